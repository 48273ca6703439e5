//! The responsible-AI report of a month.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::rights::Which;
use terms::delivery::{DeliveryState, ResponseKind};
use terms::ids::CampaignId;
use terms::ledger::{Action, Entry};
use terms::model::ModelState;
use terms::rights::RightKind;
use terms::time::{Day, Instant, MICROS_PER_DAY};

use crate::app::App;
use crate::error::{Error, Result};
use crate::ledger::ledger_line;
use crate::monitoring::RateLine;
use crate::views::{ActorKind, LedgerLine};

/// Everything the report says, in numbers and names.
#[derive(Debug, Clone, Serialize)]
pub struct MonthView {
    /// The month, as `2026-10`.
    pub month: String,
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it.
    pub to: Instant,
    /// When the report was made; before `to`, the month is not over.
    pub made_at: Instant,
    /// Brand.
    pub brand: String,
    /// Who answers for what the system does by itself.
    pub responsible: String,
    /// Entries of the ledger in the month.
    pub entries: u64,
    /// Witnesses of the ledger, and those of them that refused it.
    pub witnesses: (usize, usize),
    /// Models that were fitted, promoted or live.
    pub models: Vec<ModelUse>,
    /// What the guard read and held, and how often it was wrong; `None` when it read nothing.
    pub guard: Option<RateLine>,
    /// What was done in the month: action, how often, by the system, by people.
    pub acts: Vec<(Action, u64, u64)>,
    /// Who answered for how much.
    pub people: Vec<PersonLine>,
    /// Campaigns launched in the month.
    pub campaigns: Vec<CampaignLine>,
    /// Campaigns that were sent back by an approver.
    pub sent_back: u64,
    /// Messages that were held back at the moment of sending.
    pub messages_held: u64,
    /// Audits of how groups are treated.
    pub audits: Vec<AuditLine>,
    /// Overrides of rules that began in the month.
    pub overrides: Vec<OverrideLine>,
    /// Requests under data protection law, by kind.
    pub rights: Vec<RightsLine>,
    /// What was forecast, held against what came true.
    pub drift: Vec<DriftLine>,
    /// Customers who opted out in the month.
    pub opted_out: u64,
    /// Personal data breaches of which the house became aware.
    pub breaches: u64,
}

/// A model and what became of it in the month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelUse {
    /// Such as `stage@2`.
    pub label: String,
    /// State today.
    pub state: ModelState,
    /// When it was fitted.
    pub made_at: Instant,
    /// Who answers for it.
    pub responsible: String,
    /// When it was promoted in this month.
    pub promoted_at: Option<Instant>,
}

/// A person, and what they answered for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// Name.
    pub name: String,
    /// Entries of their own hand.
    pub own: u64,
    /// Entries of the system and of customers that they answer for.
    pub others: u64,
}

/// A campaign launched in the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CampaignLine {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Who wrote it.
    pub author: String,
    /// Who approved it.
    pub approver: String,
    /// Messages sent.
    pub sent: i64,
    /// Of the audience, left out when it was frozen or held back later, the control group aside.
    pub left_out: i64,
    /// Held out at random.
    pub control: i64,
    /// Messages that somebody complained about.
    pub complained: i64,
    /// Messages that led to an opt-out by link.
    pub opted_out: i64,
}

/// An audit, or another opening of what only audits may open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditLine {
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: Action,
    /// What about.
    pub object: String,
    /// Attribute that makes the groups, where there is one.
    pub attribute: String,
    /// What an audit of fairness came to; empty for other openings.
    pub verdict: String,
    /// The lowest ratio between groups that it found, and the least that the brand allows.
    pub ratio: Option<(f64, f64)>,
    /// Who.
    pub by: String,
}

/// An override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverrideLine {
    /// Rule.
    pub rule: String,
    /// Why.
    pub why: String,
    /// Who.
    pub by: String,
    /// Since when.
    pub at: Instant,
    /// Until when, or when it was ended.
    pub until: Instant,
}

/// Requests of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RightsLine {
    /// Kind.
    pub kind: RightKind,
    /// Arrived in the month.
    pub received: u64,
    /// Closed in the month.
    pub closed: u64,
    /// Of those, after they were due.
    pub late: u64,
    /// Days from arrival to close of those closed, in the middle of them.
    pub median_days: Option<f64>,
    /// The longest.
    pub longest_days: Option<f64>,
}

/// How a model's forecast of a period came true.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftLine {
    /// Model.
    pub model: String,
    /// When it was looked at.
    pub at: Instant,
    /// Customers.
    pub customers: u64,
    /// Mean negative log likelihood of what happened; 0 is perfect.
    pub log_loss: f64,
    /// Share of customers whose most likely stage came true.
    pub accuracy: f64,
    /// Expected calibration error; 0 is perfect.
    pub ece: f64,
}

/// First moment of a month and of the next, from `2026-10`.
///
/// ```
/// assert!(flow::accountability::parse_month("2026-10").is_some());
/// assert!(flow::accountability::parse_month("2026-13").is_none());
/// ```
#[must_use]
pub fn parse_month(month: &str) -> Option<(Instant, Instant)> {
    let (year, number) = month.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || number.len() != 2 || !digits(year) || !digits(number) {
        return None;
    }
    let first = Day::from_ymd(year.parse().ok()?, number.parse().ok()?, 1)?;
    Some((first.start(), first.month_end().plus(1).start()))
}

/// The middle of durations and the longest, in days.
fn middle_and_longest(mut micros: Vec<i64>) -> (Option<f64>, Option<f64>) {
    micros.sort_unstable();
    let days = |micros: i64| micros as f64 / MICROS_PER_DAY as f64;
    let middle = micros.len() / 2;
    let median = match (micros.len() % 2, middle.checked_sub(1)) {
        (0, Some(before)) => {
            micros.get(before).zip(micros.get(middle)).map(|(a, b)| (days(*a) + days(*b)) / 2.0)
        }
        _ => micros.get(middle).map(|one| days(*one)),
    };
    (median, micros.last().map(|one| days(*one)))
}

fn count_of(entries: &[Entry], action: Action) -> u64 {
    entries.iter().filter(|entry| entry.entry.action == action).count() as u64
}

/// The number in `campaign/3`.
fn campaign_of(entry: &Entry) -> Option<CampaignId> {
    entry.entry.object.strip_prefix("campaign/")?.parse().ok().map(CampaignId)
}

fn drift(entry: &Entry) -> Option<DriftLine> {
    let payload = &entry.entry.payload;
    let number = |key: &str| payload.get(key)?.as_f64();
    Some(DriftLine {
        model: payload.get("model")?.as_str()?.to_owned(),
        at: entry.entry.at,
        customers: payload.get("customers")?.as_u64()?,
        log_loss: number("log_loss")?,
        accuracy: number("accuracy")?,
        ece: number("ece")?,
    })
}

impl App {
    /// The report of a month such as `2026-10`; the month that is not over is counted as far as it went.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no month, or one that has not begun.
    pub async fn responsible_ai(&self, month: &str) -> Result<MonthView> {
        let now = self.now();
        let bounds = parse_month(month).filter(|(from, _)| *from <= now);
        let (from, to) = bounds.ok_or_else(|| Error::Invalid {
            message: format!("`{month}` is no month that has begun; write it as 2026-10"),
        })?;
        let entries = self.entries_between(from, to).await?;
        let people = self.store().people().await?;
        let brand = self.brand().await?;
        let lines: Vec<LedgerLine> =
            entries.iter().map(|entry| ledger_line(entry, &people, brand.responsible)).collect();
        let monitor = self.guard_monitor().await?;
        let witnesses = self.witnesses().await?;
        let refused = witnesses.iter().filter(|witness| witness.refused_at.is_some()).count();
        let responsible = people.iter().find(|person| person.id == brand.responsible);
        Ok(MonthView {
            month: month.to_owned(),
            from,
            to,
            made_at: now,
            brand: brand.name.clone(),
            responsible: responsible.map(|person| person.name.clone()).unwrap_or_default(),
            entries: entries.len() as u64,
            witnesses: (witnesses.len(), refused),
            models: self.models_in_month(&entries, from, to).await?,
            guard: monitor.months.into_iter().find(|line| line.month.as_deref() == Some(month)),
            acts: acts(&entries, &lines),
            people: answering(&lines),
            campaigns: self.campaigns_of(&entries).await?,
            sent_back: count_of(&entries, Action::CampaignRejected),
            messages_held: count_of(&entries, Action::MessageHeld),
            audits: audits(&entries, &lines),
            overrides: self.overrides_of(from, to).await?,
            rights: self.rights_of_month(from, to).await?,
            drift: entries
                .iter()
                .filter(|entry| entry.entry.action == Action::ModelEvaluated)
                .filter_map(drift)
                .collect(),
            opted_out: count_of(&entries, Action::OptedOut),
            breaches: {
                let all = self.store().breaches().await?;
                all.iter().filter(|breach| breach.aware_at >= from && breach.aware_at < to).count() as u64
            },
        })
    }

    async fn models_in_month(&self, entries: &[Entry], from: Instant, to: Instant) -> Result<Vec<ModelUse>> {
        let promoted = |label: &str| {
            let object = format!("model/{label}");
            let of =
                |entry: &&Entry| entry.entry.action == Action::ModelPromoted && entry.entry.object == object;
            entries.iter().filter(of).map(|entry| entry.entry.at).next_back()
        };
        let models = self.models().await?.into_iter().map(|model| ModelUse {
            promoted_at: promoted(&model.label),
            label: model.label,
            state: model.state,
            made_at: model.made_at,
            responsible: model.responsible,
        });
        let matters = |model: &ModelUse| {
            let fitted = model.made_at >= from && model.made_at < to;
            let live = model.state == ModelState::Live && model.made_at < to;
            fitted || live || model.promoted_at.is_some()
        };
        Ok(models.filter(matters).collect())
    }

    async fn campaigns_of(&self, entries: &[Entry]) -> Result<Vec<CampaignLine>> {
        let launched: BTreeSet<CampaignId> = entries
            .iter()
            .filter(|entry| entry.entry.action == Action::CampaignLaunched)
            .filter_map(campaign_of)
            .collect();
        let people = self.store().people().await?;
        let name = |id| people.iter().find(|person| person.id == id).map(|person| person.name.clone());
        let mut lines = Vec::new();
        for id in launched {
            let campaign = self.store().campaign(id).await?;
            let approval = self.store().valid_approval(id).await?;
            let funnel = self.store().funnel(id).await?;
            let answers = self.store().response_counts(id).await?;
            let answered = |kind| answers.get(&kind).copied().unwrap_or(0);
            let (sent, control) = (funnel.state(DeliveryState::Sent), funnel.control());
            let excluded: i64 = funnel.excluded.values().sum();
            let held: i64 = funnel.held.values().sum();
            lines.push(CampaignLine {
                id: id.0,
                name: campaign.plan.name,
                author: name(campaign.author).unwrap_or_default(),
                approver: approval.and_then(|approval| name(approval.approver)).unwrap_or_default(),
                sent,
                left_out: excluded - control + held,
                control,
                complained: answered(ResponseKind::Complained),
                opted_out: answered(ResponseKind::OptedOut),
            });
        }
        Ok(lines)
    }

    async fn overrides_of(&self, from: Instant, to: Instant) -> Result<Vec<OverrideLine>> {
        let all = self.store().house_overrides().await?;
        let began = all.into_iter().filter(|kept| kept.entry.at >= from && kept.entry.at < to);
        let overruled = self.store().veto_overrides_between(from, to).await?.into_iter();
        let vetoes = overruled.map(|kept| OverrideLine {
            rule: format!("long_term/campaign/{}", kept.campaign),
            why: kept.why,
            by: kept.by,
            at: kept.at,
            until: kept.at,
        });
        Ok(began
            .map(|kept| OverrideLine {
                until: kept.ended.unwrap_or(kept.entry.until),
                rule: kept.entry.rule,
                why: kept.entry.why,
                by: kept.entry.by,
                at: kept.entry.at,
            })
            .chain(vetoes)
            .collect())
    }

    async fn rights_of_month(&self, from: Instant, to: Instant) -> Result<Vec<RightsLine>> {
        let within = |at: Instant| at >= from && at < to;
        let mut by_kind: BTreeMap<RightKind, (RightsLine, Vec<i64>)> = BTreeMap::new();
        for request in self.store().rights_requests(Which::All, None, i64::MAX).await? {
            let closed = request.closed_at.filter(|at| within(*at));
            if !within(request.received_at) && closed.is_none() {
                continue;
            }
            let empty = RightsLine {
                kind: request.kind,
                received: 0,
                closed: 0,
                late: 0,
                median_days: None,
                longest_days: None,
            };
            let (line, took) = by_kind.entry(request.kind).or_insert((empty, Vec::new()));
            line.received += u64::from(within(request.received_at));
            if let Some(at) = closed {
                line.closed += 1;
                line.late += u64::from(at > request.due_at);
                took.push(at.0 - request.received_at.0);
            }
        }
        let finished = by_kind.into_values().map(|(line, took)| {
            let (median_days, longest_days) = middle_and_longest(took);
            RightsLine { median_days, longest_days, ..line }
        });
        Ok(finished.collect())
    }
}

/// How often each thing was done by the system, and by people; the most frequent first.
fn acts(entries: &[Entry], lines: &[LedgerLine]) -> Vec<(Action, u64, u64)> {
    let mut counted: BTreeMap<&str, (Action, u64, u64)> = BTreeMap::new();
    for (entry, line) in entries.iter().zip(lines) {
        let action = entry.entry.action;
        let (_, system, people) = counted.entry(action.as_str()).or_insert((action, 0, 0));
        *(if line.by == ActorKind::System { system } else { people }) += 1;
    }
    let mut all: Vec<_> = counted.into_values().collect();
    all.sort_by_key(|(_, system, people)| std::cmp::Reverse(system + people));
    all
}

/// Who answered for how much; whoever answers for most, first.
fn answering(lines: &[LedgerLine]) -> Vec<PersonLine> {
    let mut counted: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let (own, others) = counted.entry(line.responsible.as_str()).or_default();
        *(if line.by == ActorKind::Person { own } else { others }) += 1;
    }
    let mut all: Vec<PersonLine> = counted
        .into_iter()
        .map(|(name, (own, others))| PersonLine { name: name.to_owned(), own, others })
        .collect();
    all.sort_by_key(|line| std::cmp::Reverse(line.own + line.others));
    all
}

/// Audits: those of fairness, and other openings of the vault.
fn audits(entries: &[Entry], lines: &[LedgerLine]) -> Vec<AuditLine> {
    let is_audit = |action: Action| matches!(action, Action::VaultOpened | Action::FairnessAudited);
    entries
        .iter()
        .zip(lines)
        .filter(|(entry, _)| is_audit(entry.entry.action))
        .map(|(entry, line)| AuditLine {
            verdict: (entry.entry.payload.get("verdict"))
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            ratio: (entry.entry.payload.get("lowest_ratio").and_then(serde_json::Value::as_f64))
                .zip(entry.entry.payload.get("limit").and_then(serde_json::Value::as_f64)),
            at: entry.entry.at,
            action: entry.entry.action,
            object: entry.entry.object.clone(),
            attribute: (entry.entry.payload.get("attribute"))
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            by: line.actor.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let (from, to) = parse_month("2028-02").unwrap();
        assert_eq!((from, to), (parse_month("2028-01").unwrap().1, parse_month("2028-03").unwrap().0));
        assert_eq!((to.0 - from.0) / MICROS_PER_DAY, 29);
        for bad in ["", "2026", "2026-0", "2026-00", "2026-13", "26-10", "2026-10-01", "+026-10", "2026-1a"] {
            assert_eq!(parse_month(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_middle_of_times_is_that_of_their_order() {
        let days = |all: &[i64]| all.iter().map(|day| day * MICROS_PER_DAY).collect::<Vec<_>>();
        assert_eq!(middle_and_longest(Vec::new()), (None, None));
        assert_eq!(middle_and_longest(days(&[9])), (Some(9.0), Some(9.0)));
        assert_eq!(middle_and_longest(days(&[9, 1])), (Some(5.0), Some(9.0)));
        assert_eq!(middle_and_longest(days(&[9, 1, 2])), (Some(2.0), Some(9.0)));
    }
}
