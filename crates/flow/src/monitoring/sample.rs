//! Samples for people to judge: once a month is over, texts of its sent messages and of its first drafts are drawn at
//! random, with probabilities that are kept.
//!
//! Sent texts are drawn with a probability proportional to the messages that carried them, within writer and language;
//! first drafts within writer, language and whether the guard held them. Nothing of a customer is drawn: a text stands
//! for its messages, and is shown as a made-up customer would read it.

use std::collections::{BTreeMap, BTreeSet};

use store::guard_readings::Reading;
use store::guard_samples::Draw;
use terms::ledger::Action;
use terms::monitoring::SampleKind;
use terms::time::{Day, Instant};

use super::month_of;
use crate::app::App;
use crate::error::Result;
use crate::jobs::Work;

/// Texts drawn of each kind a month, beyond what small groups get at least.
const A_MONTH: usize = 20;
/// Texts drawn at least of each group that has so many.
const EACH: usize = 3;

/// The first instant of a month, and of the next one.
fn bounds(month: &str) -> Option<(Instant, Instant)> {
    let first: Day = format!("{month}-01").parse().ok()?;
    Some((first.start(), first.month_end().plus(1).start()))
}

/// The group within which a text is drawn.
fn stratum(reading: &Reading, kind: SampleKind) -> String {
    let (writer, made_by, language) = (reading.writer, &reading.made_by, reading.language);
    match kind {
        SampleKind::Sent => format!("{writer}/{made_by}/{language}"),
        SampleKind::Draft => {
            format!("{writer}/{made_by}/{language}/{}", if reading.held { "held" } else { "passed" })
        }
    }
}

/// The first reading of each campaign and language.
pub(super) fn first_drafts(readings: &[Reading]) -> Vec<&Reading> {
    let mut seen = BTreeSet::new();
    readings.iter().filter(|reading| seen.insert((reading.campaign, reading.language))).collect()
}

impl App {
    /// Draws what is not drawn yet of every month that is over, by a seed or, better, by one that nobody can foresee.
    /// Comes out: texts drawn.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn draw_guard_samples(&self, seed: Option<u64>) -> Result<u64> {
        let seed = seed.unwrap_or_else(rand::random);
        let now = self.now();
        let readings = self.store().readings().await?;
        let drawn: BTreeSet<(String, SampleKind)> =
            self.store().guard_draws().await?.into_iter().map(|draw| (draw.month, draw.kind)).collect();
        let Some(first) = readings.first() else { return Ok(0) };
        let mut all: Vec<Draw> = Vec::new();
        let mut month = first.at;
        while month_of(month) < month_of(now) {
            let name = month_of(month);
            let Some((from, until)) = bounds(&name) else { break };
            for kind in SampleKind::ALL.iter().filter(|kind| !drawn.contains(&(name.clone(), **kind))) {
                let frame = self.frame(*kind, &readings, from, until).await?;
                all.extend(draws(&name, *kind, &frame, seed, now));
            }
            month = until;
        }
        if all.is_empty() {
            return Ok(0);
        }
        let months: BTreeSet<&str> = all.iter().map(|draw| draw.month.as_str()).collect();
        let payload = serde_json::json!({ "months": months, "texts": all.len(), "seed": seed.to_string() });
        let actor = self.system("flow.monitoring").await?;
        let mut tx = self.store().begin().await?;
        let added = tx.put_draws(&all).await?;
        tx.append_entries(&[self.entry(actor, Action::GuardSampled, "guard/sample", payload)]).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Texts that can be drawn, with the messages they stand for.
    async fn frame<'r>(
        &self,
        kind: SampleKind,
        readings: &'r [Reading],
        from: Instant,
        until: Instant,
    ) -> Result<Vec<(&'r Reading, i64)>> {
        if kind == SampleKind::Draft {
            let within = |reading: &&Reading| reading.at >= from && reading.at < until;
            return Ok(first_drafts(readings)
                .into_iter()
                .filter(within)
                .map(|reading| (reading, 1))
                .collect());
        }
        let sent = self.store().sent_between(from, until).await?;
        let text_of = |(campaign, language, messages)| {
            // What messages were made of last, before the month was over.
            let made = readings.iter().filter(|reading| {
                reading.campaign == campaign && reading.language == language && reading.at < until
            });
            let last = made.filter(|reading| reading.sent_at.is_some()).max_by_key(|reading| reading.sent_at);
            last.map(|reading| (reading, messages))
        };
        Ok(sent.into_iter().filter_map(text_of).collect())
    }

    /// The monthly job: draws, and waits for the next month.
    pub(crate) async fn sample_job(&self) -> Result<()> {
        let next = self.now().day().month_end().plus(1).start();
        self.enqueue(&Work::SampleGuard, next).await?;
        self.draw_guard_samples(None).await.map(|_| ())
    }
}

fn draws(month: &str, kind: SampleKind, frame: &[(&Reading, i64)], seed: u64, at: Instant) -> Vec<Draw> {
    let mut strata: BTreeMap<String, Vec<(&Reading, i64)>> = BTreeMap::new();
    for (reading, messages) in frame {
        strata.entry(stratum(reading, kind)).or_default().push((reading, *messages));
    }
    let sizes: Vec<usize> = strata.values().map(Vec::len).collect();
    let wanted = science::sampling::allocate(&sizes, EACH, A_MONTH);
    let mut found = Vec::new();
    for ((stratum, texts), wanted) in strata.into_iter().zip(wanted) {
        let sizes: Vec<f64> = texts.iter().map(|(_, messages)| *messages as f64).collect();
        let seed = science::hash::seeded_hash(seed, format!("{month}/{kind}/{stratum}").as_bytes());
        for (place, probability) in science::sampling::draw(&sizes, wanted, seed) {
            let Some((reading, messages)) = texts.get(place) else { continue };
            found.push(Draw {
                id: 0,
                month: month.to_owned(),
                kind,
                reading: reading.id,
                stratum: stratum.clone(),
                messages: *messages,
                probability,
                seed: seed.cast_signed(),
                at,
            });
        }
    }
    found
}
