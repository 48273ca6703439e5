//! What must hold for any text: spans point into the original, invisible characters hide nothing, one changed digit
//! is found, and every sentence has a status.

use crate::desk;
use proptest::prelude::*;
use terms::customer::Language;
use terms::finding::Verdict;
use terms::message::Field;

const SUPPORTED: &[(Language, &str)] = &[
    (Language::English, "Now €39 for the Aurora desk lamp"),
    (Language::English, "Save 20 % today"),
    (Language::English, "A welcome voucher of €10 for you"),
    (Language::English, "The offer is valid until 29 November"),
    (Language::English, "The offer is valid until 29/11/2026"),
    (Language::English, "Free shipping on orders over €30"),
    (Language::English, "It was €49 before"),
    (Language::English, "Up to 40% off"),
    (Language::English, "Only 3 left in stock"),
    (Language::Spanish, "Ahora 39 € la lámpara"),
    (Language::Spanish, "20 % de descuento"),
    (Language::Spanish, "Un vale de 10 € para ti"),
    (Language::Spanish, "Válido hasta el 29 de noviembre"),
    (Language::Spanish, "Envío gratis a partir de 30 €"),
    (Language::Spanish, "Antes 49 €"),
    (Language::Spanish, "Hasta un 40 % de descuento"),
    (Language::Spanish, "Solo quedan 3 unidades"),
];

#[test]
fn one_changed_digit_in_a_supported_text_is_found() {
    let (mut tried, mut found) = (0, 0);
    for (language, text) in SUPPORTED {
        let report = desk::read(desk::facts(), *language, Field::Body, text);
        assert!(report.is_clear(), "`{text}` is supported: {:#?}", report.findings);
        for (at, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for other in ('0'..='9').filter(|other| *other != digit) {
                let mut changed = (*text).to_owned();
                changed.replace_range(at..at + 1, &other.to_string());
                tried += 1;
                let caught = !desk::read(desk::facts(), *language, Field::Body, &changed).is_clear();
                found += usize::from(caught);
                // 20.4 % may be called 20 %; nothing else may slip.
                assert!(caught, "`{changed}` should be held back");
            }
        }
    }
    eprintln!("mutations: {found} of {tried} found");
    assert!(tried > 200);
}

#[test]
fn a_sentence_without_claims_is_unchecked_and_one_with_a_fact_is_supported() {
    let report =
        desk::read(desk::facts(), Language::English, Field::Body, "We thought of you. Now €39. Only €29.");
    let verdicts: Vec<Verdict> = report.sentences.iter().take(3).map(|sentence| sentence.verdict).collect();
    assert_eq!(verdicts, [Verdict::Unchecked, Verdict::Supported, Verdict::Contradicted]);
}

#[test]
fn invisible_and_look_alike_characters_hide_nothing() {
    for text in [
        "fr\u{200b}ee Wi-Fi",
        "frее Wi-Fi",
        "Hu\u{ad}rry up, it's waterpro\u{2060}of",
        "ｗａｔｅｒｐｒｏｏｆ",
        "4\u{200b}0% off",
        "g\u{200d}uaranteed resu\u{200b}lts, never fa\u{feff}ils",
    ] {
        assert!(!desk::read(desk::facts(), Language::English, Field::Body, text).is_clear(), "{text:?}");
    }
}

#[test]
fn a_message_without_footer_is_held_back() {
    let sheet = guard::FactSheet::new(desk::facts());
    let draft = guard::Draft {
        language: Language::English,
        fields: vec![(Field::Body, "Hello".into())],
        known_slots: &[],
    };
    let report = guard::check(&draft, &desk::context(&sheet, Language::English));
    let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(rules.contains(&"D1") && rules.contains(&"D2"), "{rules:?}");
}

#[test]
fn a_known_slot_is_no_leftover_and_an_unknown_one_is() {
    let sheet = guard::FactSheet::new(desk::facts());
    let mut draft = desk::draft(Language::English, Field::Body, "Hello {{ first_name }}, {{ nonsense }}");
    draft.known_slots = &["first_name"];
    let report = guard::check(&draft, &desk::context(&sheet, Language::English));
    let leftovers: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "F11")
        .map(|finding| finding.quote.as_str())
        .collect();
    assert_eq!(leftovers, ["{{ nonsense }}"]);
}

#[test]
fn a_relative_day_must_hold_for_the_last_reader_too() {
    let sheet = guard::FactSheet::new(desk::facts());
    let draft = desk::draft(Language::English, Field::Body, "Ends in 48 hours, until tomorrow or Sunday");
    let mut context = desk::context(&sheet, Language::English);
    context.send_until = context.send_from.plus_days(5);
    assert!(!guard::check(&draft, &context).is_clear());
}

/// Words that make claims, so that random texts are full of them.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Hurry",
        "últimas horas",
        "€29",
        "29 €",
        "1.299,50 €",
        "40 %",
        "until",
        "hasta el",
        "30 de noviembre",
        "30/11/2026",
        "the best",
        "el mejor",
        "garantizado",
        "[Name]",
        "{{ x }}",
        "“I love it so” – Ana",
        "\u{200b}",
        "e\u{301}",
        "ｆｒｅｅ",
        "waterproof",
        "not",
        "sin",
        ".",
        "\n\n",
        "!",
        "quedan 3",
        "ana@example.net",
        "4111 1111 1111 1111",
        "🎉",
        "ß",
        "İ",
        "½",
        "veinte euros",
        "-",
        "2x1",
        "www.x.example",
        "https://evil.test/a",
        "javascript:x",
        "ES91 2100 0418 4502 0005 1332",
        "only",
        "from",
        "to",
        "1 299",
        "\"",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,6}"]
}

proptest! {
    #[test]
    fn spans_lie_on_character_boundaries_and_quote_the_original(parts in prop::collection::vec(pieces(), 0..30), gap in " ?") {
        let text = parts.join(&gap);
        let report = desk::read(desk::facts(), Language::Spanish, Field::Body, &text);
        for finding in report.findings.iter().filter(|finding| finding.span.field == Field::Body) {
            prop_assert_eq!(text.get(finding.span.start..finding.span.end), Some(finding.quote.as_str()));
        }
        let mut end = 0;
        for sentence in report.sentences.iter().filter(|sentence| sentence.span.field == Field::Body) {
            prop_assert!(sentence.span.start >= end);
            prop_assert!(text.get(sentence.span.start..sentence.span.end).is_some());
            end = sentence.span.end;
        }
    }

    #[test]
    fn zero_width_characters_remove_no_finding(parts in prop::collection::vec(pieces(), 0..12), at in 0usize..200) {
        let text = parts.join(" ");
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let place = places.get(at % places.len().max(1)).copied().unwrap_or(0);
        let mut hidden = text.clone();
        hidden.insert(place, '\u{200b}');
        let rules = |text: &str| -> Vec<String> {
            desk::read(desk::facts(), Language::English, Field::Body, text).findings.into_iter().map(|f| f.rule).collect()
        };
        // That one was added may be found as well, and then learned cues (L) are silent.
        let others = |rules: Vec<String>| {
            let kept = rules.into_iter().filter(|rule| rule != "X3" && !rule.starts_with('L'));
            kept.collect::<Vec<_>>()
        };
        prop_assert_eq!(others(rules(&text)), others(rules(&hidden)));
    }
}
