//! How long the guard takes for one message: time on the processor, so that other programs on the machine are not
//! counted, and time on the wall beside it.

use crate::copy::Writer;
use crate::desk::{Desk, draft, fact};
use guard::{FactSheet, check};
use serde::Serialize;
use std::sync::{LazyLock, OnceLock};
use std::time::Instant;
use terms::customer::Language;
use terms::fact::{Fact, FactValue};
use terms::message::Field;

static ALLOCATIONS: OnceLock<fn() -> u64> = OnceLock::new();

/// Tells how many times this program has asked for memory so far; a program whose allocator counts calls it once.
pub fn count_allocations(so_far: fn() -> u64) {
    // The first of two is as good.
    let _ = ALLOCATIONS.set(so_far);
}

/// How many times this program has asked for memory, when it counts.
pub(crate) fn allocations() -> Option<u64> {
    ALLOCATIONS.get().map(|so_far| so_far())
}

/// Seconds that this thread has spent on a processor, as Linux counts them; elsewhere the time of the clock.
pub(crate) fn cpu_seconds() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    spent.map_or_else(|| START.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Figures for one language and size of fact sheet.
#[derive(Debug, Clone, Serialize)]
pub struct SpeedFigures {
    /// Language.
    pub language: Language,
    /// Facts in the sheet.
    pub facts: usize,
    /// Different messages.
    pub messages: usize,
    /// Words of a message, on average, without its footer.
    pub words: f64,
    /// Messages checked in all.
    pub checks: usize,
    /// Microseconds on the wall: half of the messages take less,
    pub p50_us: f64,
    /// and 99 of 100.
    pub p99_us: f64,
    /// The same of each message's fastest of its rounds, which other programs hardly disturb.
    pub p50_fastest_us: f64,
    /// And 99 of 100 of those.
    pub p99_fastest_us: f64,
    /// Microseconds to make the sheet, once a campaign.
    pub sheet_us: f64,
    /// Times a check asks for memory, on average; when the program counts them.
    pub allocations: Option<f64>,
}

/// Checks different messages again and again.
#[must_use]
pub fn time(
    seed: u64,
    messages: usize,
    rounds: usize,
    more_facts: usize,
    language: Language,
    desk: &Desk,
) -> SpeedFigures {
    let mut writer = Writer::new(seed, desk.day);
    let mails: Vec<_> = (0..messages).map(|_| writer.mail(150, language)).collect();
    let words = mails.iter().map(|mail| mail.text.split_whitespace().count()).sum::<usize>() as f64
        / messages.max(1) as f64;
    let mut sheets = Vec::new();
    let start = Instant::now();
    for mail in &mails {
        let mut facts = mail.facts.clone();
        facts.extend(others(more_facts));
        sheets.push(FactSheet::new(facts));
    }
    let sheet_us = start.elapsed().as_secs_f64() * 1e6 / messages.max(1) as f64;
    let drafts: Vec<_> = mails.iter().map(|mail| draft(language, Field::Body, &mail.text)).collect();
    let facts = sheets.first().map_or(0, |sheet| sheet.facts().count());
    let (mut all, mut fastest) = (Vec::new(), vec![f64::INFINITY; messages]);
    let mut asked = None;
    for round in 0..=rounds {
        // The first round fills what is filled once.
        asked = if round == 1 { allocations() } else { asked };
        for ((draft, sheet), fastest) in drafts.iter().zip(&sheets).zip(&mut fastest) {
            let context = desk.context(sheet);
            let start = Instant::now();
            std::hint::black_box(check(draft, &context));
            let micros = start.elapsed().as_secs_f64() * 1e6;
            if round > 0 {
                all.push(micros);
                *fastest = fastest.min(micros);
            }
        }
    }
    let asked =
        allocations().zip(asked).map(|(after, before)| (after - before) as f64 / all.len().max(1) as f64);
    let quantile = |values: &mut Vec<f64>, share: f64| {
        values.sort_by(f64::total_cmp);
        values.get((values.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN)
    };
    SpeedFigures {
        language,
        facts,
        messages,
        words,
        checks: all.len(),
        p50_us: quantile(&mut all, 0.50),
        p99_us: quantile(&mut all, 0.99),
        p50_fastest_us: quantile(&mut fastest, 0.50),
        p99_fastest_us: quantile(&mut fastest, 0.99),
        sheet_us,
        allocations: asked,
    }
}

/// Facts about other products, which a brand has many of.
fn others(n: usize) -> Vec<Fact> {
    (0..n)
        .map(|at| {
            let entity = format!("product:other-{}", at / 8);
            match at % 8 {
                0 => fact(&entity, "name", FactValue::Text(format!("Modelo{at} Serie{}", at % 17))),
                1 => fact(&entity, "stock", FactValue::Count(at as i64)),
                2 => fact(&entity, "waterproof", FactValue::Bool(at % 3 == 0)),
                3 => fact(&entity, "battery_hours", FactValue::Quantity(at as f64)),
                4 => fact(&entity, "material", FactValue::Text(format!("recycled steel of grade {at}"))),
                5 => fact(&entity, "lid_included", FactValue::Bool(true)),
                6 => fact(&entity, "discount", FactValue::Percent((at % 60) as f64 + 1.5)),
                _ => fact(&entity, "levels", FactValue::Count(at as i64 % 9)),
            }
        })
        .collect()
}
