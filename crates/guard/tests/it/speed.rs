//! How long one message takes. Measured, never asserted; run it in release with `--ignored --nocapture`.

use crate::desk;
use guard::{FactSheet, check};
use std::time::Instant;
use terms::customer::Language;
use terms::message::Field;

#[test]
#[ignore = "a measurement, for release builds"]
fn a_message_of_150_words_is_timed() {
    let text = "Hello Ana,\n\nThe days are getting shorter, and a good light makes the evening longer. The Aurora desk \
                lamp is back: €39 instead of €49, which is 20 % less, until Sunday 29 November. It is dimmable, it \
                charges by USB-C and it fits on the smallest of desks.\n\nYou bought a lamp from us last winter, and we \
                thought this one might please you as well. Free shipping on orders over €30, and if it does not suit \
                you, send it back: returns are free. “The light is soft and easy on the eyes” – Marta.\n\nTake your \
                time. If you have a question, write to hello@lumo.example or call +34 910 000 000; we read every \
                message and we answer within two days. You can also see the lamp in our shop, where somebody will be \
                glad to show it to you and to find the light that suits your room.\n\nSee you soon, and best regards \
                from all of us at Lumo.";
    let sheet = FactSheet::new(desk::facts());
    let (draft, context) =
        (desk::draft(Language::English, Field::Body, text), desk::context(&sheet, Language::English));
    let mut micros: Vec<f64> = (0..5_000)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(check(&draft, &context));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    let [[english, ..], _] = guard::cues::shipped();
    let model = guard::cues::CueModel::read(english).unwrap();
    let mut cues: Vec<f64> = (0..5_000)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(guard::cues::score(&model, text));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    cues.sort_by(f64::total_cmp);
    eprintln!("reading and learned cues alone: p50 {:.0} us, p99 {:.0} us", cues[2_500], cues[4_950]);
    let words = text.split_whitespace().count();
    eprintln!("{words} words + footer: p50 {:.0} us, p99 {:.0} us", micros[2_500], micros[4_950]);
    assert!(check(&draft, &context).is_clear(), "{:#?}", check(&draft, &context).findings);
}
