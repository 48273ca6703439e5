//! The page of how well the guard works, in figures.
//!
//! Goes in: everything that was recorded. Comes out: one view, the same for page and command. Counts are of texts that
//! differ, and a text that was read twice with the same answer counts once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::guard_readings::{Answered, Reading, RuleCount};
use terms::customer::Language;
use terms::estimate::Evidence;
use terms::ids::CampaignId;
use terms::monitoring::{SampleKind, Writer};
use terms::time::Instant;

use super::rates::{Judged, after, before, by_guard, judged, precision, sensitivity};
use super::sample::first_drafts;
use super::{LEVEL, month_of};
use crate::app::App;
use crate::error::Result;

/// An objection is put down to the last message of so many days before it.
const OBJECTION_DAYS: i64 = 14;
/// Messages that must have been sent before a rate of complaints is told.
const MESSAGES_NEEDED: u64 = 100;

/// Rates of unsupported statements for one month, one writer, or both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateLine {
    /// Month, such as `2026-11`; `None` for all.
    pub month: Option<String>,
    /// Who wrote it; `None` for all.
    pub writer: Option<Writer>,
    /// The text of the library, or the model.
    pub made_by: String,
    /// First drafts.
    pub drafts: u64,
    /// Of these, held by the guard.
    pub held: u64,
    /// The rate in first drafts as the guard alone counts it.
    pub by_guard: Evidence,
    /// The rate in first drafts, put right by what people said of a sample.
    pub before: Evidence,
    /// The rate in sent messages, as people judged a sample.
    pub after: Evidence,
    /// Texts that people judged, of drafts and of sent messages.
    pub judged: (u64, u64),
}

/// What one rule did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleLine {
    /// The rule.
    pub rule: String,
    /// Texts it spoke about.
    pub texts: u64,
    /// Findings that stopped a text.
    pub blocking: u64,
    /// Findings left to a person.
    pub for_person: u64,
    /// Findings let through on evidence.
    pub evidence: u64,
    /// Findings that an approver saw and let pass.
    pub passed: u64,
    /// Approvals in which that happened.
    pub approvals: u64,
    /// Overrides by a privacy officer that were ever recorded.
    pub overrides: u64,
    /// Messages held back at the moment of sending.
    pub held_messages: u64,
    /// Messages sent with a text it spoke about.
    pub sent: u64,
    /// Complaints, objections and opt-outs for each message sent with a text it spoke about.
    pub against: Evidence,
    /// The same for messages it did not speak about.
    pub against_otherwise: Evidence,
    /// Of the sentences it spoke about in first drafts, the share that people find false, misleading, unsupported or
    /// unfair.
    pub precision: Evidence,
}

/// How well the guard works.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonitorView {
    /// Now.
    pub at: Instant,
    /// Version of the rules.
    pub rules_version: String,
    /// Texts that were read.
    pub texts: u64,
    /// Of these, held.
    pub held: u64,
    /// Of these, left to a person and not held.
    pub for_person: u64,
    /// Messages sent of texts that were read.
    pub sent: u64,
    /// Of these, complained about as spam.
    pub complained: u64,
    /// Followed by an objection.
    pub objected: u64,
    /// Opted out from.
    pub opted_out: u64,
    /// Over all months and writers.
    pub all: RateLine,
    /// By month, oldest first.
    pub months: Vec<RateLine>,
    /// By writer.
    pub writers: Vec<RateLine>,
    /// By writer and month.
    pub cells: Vec<RateLine>,
    /// By rule; rules that never spoke are left out.
    pub rules: Vec<RuleLine>,
    /// Of the sentences that people find bad in first drafts, the share that the guard held or left to a person.
    pub sensitivity: Evidence,
    /// Of the sentences it held or left to a person, the share that people find bad.
    pub precision: Evidence,
    /// Agreement of two people beyond chance (Cohen's kappa).
    pub agreement: Evidence,
    /// Texts drawn, and texts judged whole.
    pub samples: (u64, u64),
}

/// A group of first drafts and judged texts.
#[derive(Clone, Copy)]
struct Group<'a> {
    month: Option<&'a str>,
    writer: Option<(Writer, &'a str)>,
}

impl Group<'_> {
    fn writer_is(&self, reading: &Reading) -> bool {
        self.writer.is_none_or(|(writer, made_by)| reading.writer == writer && reading.made_by == made_by)
    }
}

fn line(group: Group<'_>, drafts: &[&Reading], judged: &[Judged<'_>]) -> RateLine {
    let in_month = |month: &str| group.month.is_none_or(|known| known == month);
    let drafts: Vec<&Reading> =
        drafts.iter().copied().filter(|d| in_month(&month_of(d.at)) && group.writer_is(d)).collect();
    let judged: Vec<&Judged<'_>> =
        judged.iter().filter(|j| in_month(&j.draw.month) && group.writer_is(j.reading)).collect();
    let of = |kind: SampleKind| judged.iter().filter(|j| j.draw.kind == kind).count() as u64;
    RateLine {
        month: group.month.map(str::to_owned),
        writer: group.writer.map(|(writer, _)| writer),
        made_by: group.writer.map(|(_, made_by)| made_by.to_owned()).unwrap_or_default(),
        drafts: drafts.len() as u64,
        held: drafts.iter().filter(|draft| draft.held).count() as u64,
        by_guard: by_guard(&drafts),
        before: before(&drafts, &judged),
        after: after(&judged),
        judged: (of(SampleKind::Draft), of(SampleKind::Sent)),
    }
}

/// Counts of one rule over texts, approvals and messages.
#[derive(Default)]
struct Tally {
    texts: i64,
    blocking: i64,
    for_person: i64,
    evidence: i64,
    passed: i64,
    approvals: BTreeSet<i64>,
    overrides: u64,
    held_messages: i64,
    variants: BTreeSet<(CampaignId, Language)>,
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// The text that messages of a campaign and language were made of last.
fn sent_texts(readings: &[Reading]) -> BTreeMap<(CampaignId, Language), &Reading> {
    let mut sent: BTreeMap<(CampaignId, Language), &Reading> = BTreeMap::new();
    for reading in readings.iter().filter(|reading| reading.sent_at.is_some()) {
        let known = sent.entry((reading.campaign, reading.language)).or_insert(reading);
        if reading.sent_at >= known.sent_at {
            *known = reading;
        }
    }
    sent
}

fn against(answered: &[&Answered]) -> Evidence {
    let sent: i64 = answered.iter().map(|of| of.sent).sum();
    let spoke: i64 =
        answered.iter().map(|of| (of.complained + of.objected + of.opted_out).min(of.sent)).sum();
    science::rate::wilson(count(spoke), count(sent), MESSAGES_NEEDED, LEVEL)
}

impl App {
    /// How well the guard works.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn guard_monitor(&self) -> Result<MonitorView> {
        let mut store = self.store().read().await?;
        let (readings, rules) = (store.readings().await?, store.reading_rules().await?);
        let (passes, held) = (store.guard_passes().await?, store.guard_held().await?);
        let answered = store.answered(OBJECTION_DAYS).await?;
        let (draws, verdicts) = (store.guard_draws().await?, store.guard_verdicts().await?);
        let overrides = store.house_overrides().await?;
        drop(store);
        let rules_version = guard::rules_version_of(&*self.house().await?);
        let sent_texts = sent_texts(&readings);
        // Campaigns of before there was a record say nothing of any rule.
        let answered: Vec<&Answered> =
            answered.iter().filter(|of| sent_texts.contains_key(&(of.campaign, of.language))).collect();
        let mut whole = Vec::new();
        for draw in &draws {
            let Some(reading) = readings.iter().find(|reading| reading.id == draw.reading) else { continue };
            let of: Vec<_> = verdicts.iter().filter(|verdict| verdict.draw == draw.id).cloned().collect();
            if !of.is_empty() {
                whole.extend(judged(draw, reading, &self.text_of(draw).await?, &of));
            }
        }
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for (reading, rule) in &rules {
            let tally = tallies.entry(&rule.rule).or_default();
            let RuleCount { blocking, for_person, evidence, .. } = rule;
            tally.texts += 1;
            tally.blocking += blocking;
            tally.for_person += for_person;
            tally.evidence += evidence;
            let of_sent = sent_texts.iter().find(|(_, sent)| sent.id == *reading);
            tally.variants.extend(of_sent.map(|(variant, _)| *variant));
        }
        for pass in &passes {
            let tally = tallies.entry(&pass.rule).or_default();
            tally.passed += pass.findings;
            tally.approvals.insert(pass.approval.0);
        }
        for kept in &overrides {
            tallies.entry(&kept.entry.rule).or_default().overrides += 1;
        }
        for held in &held {
            tallies.entry(&held.rule).or_default().held_messages += held.messages;
        }
        let rule_line = |(rule, tally): (&&str, &Tally)| {
            let (with, without): (Vec<&Answered>, Vec<&Answered>) =
                answered.iter().partition(|of| tally.variants.contains(&(of.campaign, of.language)));
            RuleLine {
                rule: (*rule).to_owned(),
                texts: count(tally.texts),
                blocking: count(tally.blocking),
                for_person: count(tally.for_person),
                evidence: count(tally.evidence),
                passed: count(tally.passed),
                approvals: tally.approvals.len() as u64,
                overrides: tally.overrides,
                held_messages: count(tally.held_messages),
                sent: count(with.iter().map(|of| of.sent).sum()),
                against: against(&with),
                against_otherwise: against(&without),
                precision: precision(&whole, Some(rule)),
            }
        };
        let drafts = first_drafts(&readings);
        let months: BTreeSet<String> = drafts
            .iter()
            .map(|draft| month_of(draft.at))
            .chain(draws.iter().map(|d| d.month.clone()))
            .collect();
        let writers: BTreeSet<(Writer, &str)> =
            drafts.iter().map(|draft| (draft.writer, draft.made_by.as_str())).collect();
        let of = |month, writer| line(Group { month, writer }, &drafts, &whole);
        let cells = writers.iter().flat_map(|writer| {
            months.iter().map(|month| of(Some(month.as_str()), Some(*writer))).filter(|line| line.drafts > 0)
        });
        let leaves: BTreeSet<i64> =
            rules.iter().filter(|(_, rule)| rule.for_person > 0).map(|(reading, _)| *reading).collect();
        let total = |pick: fn(&Answered) -> i64| count(answered.iter().map(|of| pick(of)).sum());
        Ok(MonitorView {
            at: self.now(),
            rules_version,
            texts: readings.len() as u64,
            held: readings.iter().filter(|reading| reading.held).count() as u64,
            for_person: readings.iter().filter(|r| !r.held && leaves.contains(&r.id)).count() as u64,
            sent: total(|of| of.sent),
            complained: total(|of| of.complained),
            objected: total(|of| of.objected),
            opted_out: total(|of| of.opted_out),
            all: of(None, None),
            cells: cells.collect(),
            months: months.iter().map(|month| of(Some(month.as_str()), None)).collect(),
            writers: writers.iter().map(|writer| of(None, Some(*writer))).collect(),
            rules: tallies.iter().map(rule_line).collect(),
            sensitivity: sensitivity(&whole),
            precision: precision(&whole, None),
            agreement: super::judge::agreement(&verdicts),
            samples: (draws.len() as u64, whole.len() as u64),
        })
    }
}
