//! A canary under watch: answers against its messages, messages that fail, what it says and what comes true, and how its
//! selections fall on groups. What does harm is taken back here, without a person.
//!
//! Goes in: the registry, answers, failures, selections, and after each import the past weeks. Comes out: a row of what was
//! watched; at most a canary less. Each guardrail may alarm in [`ALPHA`] of all cases over all time where nothing is wrong,
//! however often one looks, so all of them together in a hundredth.

use policy::segment;
use science::experiment::guardrail::LossTest;
use science::experiment::sequential::{HarmTest, Stream};
use science::lifecycle::history::History;
use science::lifecycle::model::StageModel;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use store::models::ModelWatch;
use store::responses::MessageFate;
use terms::ids::CustomerKey;
use terms::model::{Guard, ModelSlot, ModelVersion};
use terms::stage::Stage;
use terms::time::{Day, Instant};

use super::in_canary;
use crate::app::{App, json_text};
use crate::error::Result;
use crate::lawful::{Fitting, Lawful};

/// False alarms of one guardrail, over all time.
const ALPHA: f64 = 0.01 / Guard::ALL.len() as f64;
/// The kind of row that a look is kept in.
const KIND: &str = "canary";
/// Days after which what was said is held against what came true.
const WEEK: i32 = 7;

/// One guardrail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guardrail {
    /// Which.
    pub guard: Guard,
    /// In the canary's share and outside of it: messages, selected customers, or weeks of customers that both were asked
    /// about.
    pub out: [u64; 2],
    /// Of them with the harm; 0 where it is no count.
    pub bad: [u64; 2],
    /// Mean loss of the canary and of what acts about the same customers.
    pub loss: Option<[f64; 2]>,
    /// Selected by group, of groups large enough.
    pub groups: Vec<(String, [u64; 2])>,
    /// The highest e-value so far.
    pub e_value: f64,
}

impl Guardrail {
    fn new(guard: Guard) -> Self {
        Self { guard, out: [0; 2], bad: [0; 2], loss: None, groups: Vec::new(), e_value: 1.0 }
    }
}

/// What was watched of a canary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CanaryReport {
    /// Since when.
    pub since: Instant,
    /// Every guardrail.
    pub guards: Vec<Guardrail>,
    /// Customers for whom it says no number where what acts says one.
    pub no_number: u64,
    /// The e-value of a guardrail at which it is taken back.
    pub limit: f64,
}

impl CanaryReport {
    fn guard(&self, guard: Guard) -> Option<&Guardrail> {
        self.guards.iter().find(|line| line.guard == guard)
    }

    /// Why it is to be taken back, if so.
    fn alarm(&self) -> Option<String> {
        if self.no_number > 0 {
            return Some(format!("it says no number about {} customers", self.no_number));
        }
        let line = self.guards.iter().find(|line| line.e_value >= self.limit)?;
        let (out, bad) = (line.out, line.bad);
        let counts = match line.guard {
            Guard::Harm | Guard::Failure => {
                format!(
                    "{} of {} messages to its customers, {} of {} to others",
                    bad[0], out[0], bad[1], out[1]
                )
            }
            Guard::Prediction => line.loss.map_or_else(String::new, |[its, live]| {
                format!(
                    "mean loss {its:.3} where the one that acts has {live:.3}, over {} customers and weeks",
                    out[0]
                )
            }),
            Guard::Disparity => {
                format!(
                    "a group is selected less often among {} of its customers than among {} others",
                    out[0], out[1]
                )
            }
        };
        Some(format!("{}: {counts}; e-value {:.0}", line.guard, line.e_value))
    }
}

/// Holds bad ends of messages in the order of time against the streams they belong to.
fn held(
    guard: Guard,
    fates: &[MessageFate],
    watched: impl Fn(&CustomerKey) -> bool,
    bad: impl Fn(&MessageFate) -> Option<Instant>,
) -> Guardrail {
    let mut events: Vec<(Instant, bool, Stream)> = Vec::new();
    for fate in fates {
        let stream = if watched(&fate.customer) { Stream::Watched } else { Stream::Other };
        events.push((fate.finished_at, false, stream));
        events.extend(bad(fate).map(|at| (at, true, stream)));
    }
    // What went out at the same instant counts as out.
    events.sort_by_key(|(at, harmed, _)| (*at, *harmed));
    let (mut test, mut out) = (HarmTest::default(), [0u64; 2]);
    for (_, harmed, stream) in events {
        let [a, b] = &mut out;
        match (harmed, stream) {
            (true, _) => test.add(stream, *a, *b),
            (false, Stream::Watched) => *a += 1,
            (false, Stream::Other) => *b += 1,
        }
    }
    Guardrail { out, bad: test.harmed, e_value: test.highest, ..Guardrail::new(guard) }
}

/// What the canary said of its customers at the beginning of each week since `since`, beside what the live one says of the
/// same, held against what came true by `to`.
pub(super) fn came_true(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    (label, share): (&str, i64),
    [canary, live]: [&StageModel; 2],
    [since, to]: [Day; 2],
) -> Result<Guardrail> {
    let weeks: Vec<Day> = (0..).map(|week| since.plus(week * WEEK)).take_while(|day| *day <= to).collect();
    let mut line = Guardrail::new(Guard::Prediction);
    if weeks.len() < 2 {
        return Ok(line);
    }
    let mut rows: Vec<(usize, u64, [f64; 2])> = Vec::new();
    fitting.histories(lake, &weeks, |customer| {
        if !in_canary(label, share, customer.customer.as_str()) {
            return;
        }
        for (week, pair) in customer.profiles.windows(2).enumerate() {
            let [Some(before), Some(after)] = pair else { continue };
            let (history, came) =
                (History::from(before), science::lifecycle::stage::observe(live.rule(), Some(after)).index());
            let loss = |model: &StageModel| -> f64 {
                let said = model.predict(&history, WEEK);
                (0..Stage::COUNT)
                    .map(|at| said.get(at).copied().unwrap_or(0.0) - f64::from(u8::from(at == came)))
                    .map(|apart| apart * apart)
                    .sum()
            };
            let order = crate::stages::lifecycle::customer_id(&customer.customer);
            rows.push((week, order, [loss(canary), loss(live)]));
        }
    })?;
    // In an order that does not depend on what came: week after week, and within one by a hash.
    rows.sort_by_key(|(week, order, _)| (*week, *order));
    let mut test = LossTest::default();
    let mut sums = [0.0; 2];
    for (_, _, [its, live]) in &rows {
        // Each lies between 0 and 2.
        test.add((its - live) / 2.0);
        sums[0] += its;
        sums[1] += live;
    }
    let n = rows.len();
    line.out = [n as u64; 2];
    line.loss = (n > 0).then(|| sums.map(|sum| sum / n as f64));
    line.e_value = test.highest;
    Ok(line)
}

/// A canary as the registry has it.
pub(super) struct Watched {
    pub(super) version: ModelVersion,
    pub(super) share: i64,
    pub(super) since: Instant,
}

impl App {
    /// Every canary.
    pub(super) async fn canaries(&self) -> Result<Vec<Watched>> {
        let mut canaries = Vec::new();
        let mut moves = Vec::new();
        for alias in self.store().model_aliases().await? {
            if alias.slot != ModelSlot::Canary {
                continue;
            }
            if moves.is_empty() {
                moves = self.store().model_moves().await?;
            }
            if let Some(step) = moves.iter().find(|step| step.id == alias.moved) {
                let version = self.store().model(alias.model).await?;
                canaries.push(Watched { version, share: alias.share, since: step.at });
            }
        }
        Ok(canaries)
    }

    /// Looks at every canary and takes back the one that does harm. Comes out: the labels of those taken back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn watch_canaries(&self) -> Result<Vec<String>> {
        let mut taken = Vec::new();
        for canary in self.canaries().await? {
            if self.look_at(&canary, None).await? {
                taken.push(canary.version.label());
            }
        }
        Ok(taken)
    }

    /// Looks at one, with what came true of what it said when that was found out just now. Comes out: whether it was taken
    /// back.
    pub(super) async fn look_at(&self, canary: &Watched, prediction: Option<Guardrail>) -> Result<bool> {
        let (label, share, since) = (canary.version.label(), canary.share, canary.since);
        let last = self.store().model_watches(canary.version.id, KIND, 1).await?;
        let before = last.first().and_then(|last| serde_json::from_str::<CanaryReport>(&last.report).ok());
        let before = before.filter(|before| before.since == since);
        let kept = |guard| {
            let line = before.as_ref().and_then(|before| before.guard(guard)).cloned();
            line.unwrap_or_else(|| Guardrail::new(guard))
        };
        let fates = self.answers_since(since).await?;
        let its = |key: &CustomerKey| in_canary(&label, share, key.as_str());
        let sent: Vec<MessageFate> = fates
            .iter()
            .filter(|fate| fate.failed_at.is_none_or(|at| at > fate.finished_at))
            .cloned()
            .collect();
        let report = CanaryReport {
            since,
            guards: vec![
                held(Guard::Harm, &sent, its, |fate| fate.harmed_at),
                held(Guard::Failure, &fates, its, |fate| fate.failed_at),
                prediction.unwrap_or_else(|| kept(Guard::Prediction)),
                self.disparity_of(&label, share, since, kept(Guard::Disparity)).await?,
            ],
            no_number: self.without_number(&label).await?,
            limit: 1.0 / ALPHA,
        };
        let alarm = report.alarm();
        let text = json_text(&report)?;
        if last.first().is_none_or(|last| last.report != text) {
            let watch = ModelWatch {
                id: 0,
                model: canary.version.id,
                kind: KIND.to_owned(),
                alarm: alarm.is_some(),
                report: text,
                at: self.now(),
            };
            self.store().add_watch(&watch).await?;
        }
        if let Some(reason) = &alarm {
            self.take_back(canary.version.id, reason).await?;
        }
        Ok(alarm.is_some())
    }

    /// How the selections of campaigns that ask for scores fall on groups. The vault is opened when there are new ones.
    async fn disparity_of(
        &self,
        label: &str,
        share: i64,
        since: Instant,
        before: Guardrail,
    ) -> Result<Guardrail> {
        let scored: HashSet<_> = self
            .store()
            .campaigns()
            .await?
            .into_iter()
            .filter(|campaign| {
                segment::parse(&campaign.plan.audience).is_ok_and(|segment| segment.uses_scores())
            })
            .map(|campaign| campaign.id)
            .collect();
        let (mut seen, mut selected, mut out) = (HashSet::new(), Vec::new(), [0u64; 2]);
        for (campaign, customer) in self.store().selected_since(since).await? {
            // Each customer once: whoever is in the canary stays there, so a second time says nothing new.
            if scored.contains(&campaign) && seen.insert(customer.clone()) {
                let [its, others] = &mut out;
                *(if in_canary(label, share, customer.as_str()) { its } else { others }) += 1;
                selected.push(customer);
            }
        }
        if out == before.out {
            return Ok(before);
        }
        let mut line = Guardrail { out, ..Guardrail::new(Guard::Disparity) };
        if let Some(found) = self.selection_of_canary(label, share, &selected).await? {
            line.groups = found.groups;
            line.e_value = found.highest;
        }
        Ok(line)
    }

    /// Customers about whom a canary says no number.
    async fn without_number(&self, label: &str) -> Result<u64> {
        let snapshot = self.snapshot().await?;
        if snapshot.canary.as_ref().is_none_or(|canary| canary.label != label) {
            return Ok(0);
        }
        let its = snapshot.customers.iter().zip(&snapshot.scores).filter(|(customer, score)| {
            let numbers = |score: &crate::snapshot::Score| {
                score.buys.is_finite() && score.next.iter().all(|chance| chance.is_finite())
            };
            score.as_ref().is_some_and(|score| !numbers(score))
                && snapshot.decider(&customer.key).is_some_and(|(by, _)| by == label)
        });
        Ok(its.count() as u64)
    }

    /// Everything canaries are watched by, counted, or nothing without a canary: a cheap question that tells whether to
    /// look closer.
    pub(crate) async fn canary_mark(&self) -> Result<Option<i64>> {
        let Some(since) = self.canaries().await?.iter().map(|canary| canary.since).min() else {
            return Ok(None);
        };
        Ok(Some(self.store().watch_count(since).await?))
    }
}
