//! How the score of a model falls on groups, before it acts: on data it had not seen, at the thresholds it is used at.
//!
//! Goes in: what was said of customers who were held back, and what came true. Comes out: for each attribute, and each pair,
//! the rates of selection, true and false positives and the fit of the score, with intervals that hold together; and from
//! them the figures of the gate. Deliberately absent: any value of anybody; groups under [`super::SMALLEST_GROUP`] are
//! counted and not shown.

use std::collections::{BTreeMap, HashMap};

use policy::segment::{Ast, Comparison, NumberField, NumberTest};
use science::fairness::interval::quantile;
use science::fairness::tally::MISSING;
use science::fairness::{Confusion, Demand, Rate, Tally, compare};
use terms::campaign::CampaignState;
use terms::estimate::{Estimate, Evidence, Interval};
use terms::gate::{Criterion, Found, GroupOfScore, Missing, ScoreByGroup};
use terms::ids::CustomerKey;

use super::SMALLEST_GROUP;
use crate::app::App;
use crate::error::{Error, Result};
use crate::lawful::FairnessAudit;
use crate::stages::lifecycle::customer_id;

/// Probability content of all intervals of one gate together.
const LEVEL: f64 = 0.95;
/// Where nobody uses a score yet, it is held against selecting this share of the customers, those who score highest.
const TOP_SHARE: f64 = 0.2;

/// The criteria that come out.
const CRITERIA: [Criterion; 4] = [
    Criterion::Fairness,
    Criterion::FairnessTruePositive,
    Criterion::FairnessFalsePositive,
    Criterion::FairnessCalibration,
];

/// What was said of one customer, and what came true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ScoredRow {
    /// Whose: [`customer_id`].
    pub(crate) customer: u64,
    /// What was said.
    pub(crate) score: f64,
    /// What came true, in the same unit: 0 or 1 where a chance was said.
    pub(crate) truth: f64,
}

/// A score on data that were held back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scored {
    /// The field audiences ask for.
    pub(crate) field: NumberField,
    /// Each customer once.
    pub(crate) rows: Vec<ScoredRow>,
}

impl Scored {
    fn is_chance(&self) -> bool {
        matches!(
            self.field,
            NumberField::RiskChurn
                | NumberField::ChanceReactivation
                | NumberField::ChanceConversion
                | NumberField::ChancePurchase
        )
    }

    /// The score that a share of the customers reaches.
    fn top(&self, share: f64) -> Option<f64> {
        let mut scores: Vec<f64> = self.rows.iter().map(|row| row.score).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let place = ((scores.len() as f64 * share).ceil() as usize).saturating_sub(1);
        scores.get(place).copied()
    }
}

/// A threshold at which a score is used, and on which side of it customers are selected.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cutoff {
    field: NumberField,
    at: f64,
    above: bool,
}

impl Cutoff {
    fn words(&self) -> String {
        let sign = if self.above { ">=" } else { "<" };
        format!("{} {sign} {}", self.field, (self.at * 1e4).round() / 1e4)
    }

    fn selects(&self, score: f64) -> bool {
        (score >= self.at) == self.above
    }

    /// Whether what came true is what this selection is after.
    fn comes_true(&self, chance: bool, truth: f64) -> bool {
        (truth >= if chance { 0.5 } else { self.at }) == self.above
    }
}

fn cutoffs_of(segment: &Ast, found: &mut Vec<Cutoff>) {
    let mut add = |field: &NumberField, at: f64, above: bool| {
        let cutoff = Cutoff { field: *field, at, above };
        if field.is_score() && at.is_finite() && !found.contains(&cutoff) {
            found.push(cutoff);
        }
    };
    match segment {
        Ast::Number(field, NumberTest::Compare(comparison, at)) => match comparison {
            Comparison::Greater | Comparison::GreaterOrEqual => add(field, *at, true),
            Comparison::Less | Comparison::LessOrEqual => add(field, *at, false),
            Comparison::Equal | Comparison::NotEqual => {}
        },
        Ast::Number(field, NumberTest::Between(low, high)) => {
            add(field, *low, true);
            add(field, *high, false);
        }
        Ast::Not(inner) => cutoffs_of(inner, found),
        Ast::And(parts) | Ast::Or(parts) => parts.iter().for_each(|part| cutoffs_of(part, found)),
        _ => {}
    }
}

/// Customers by the value of an attribute.
struct Groups {
    attribute: String,
    values: Vec<String>,
    of: HashMap<u64, u16>,
}

impl Groups {
    fn new(attribute: &str, mut held: Vec<(u64, String)>) -> Self {
        // In one order, so that the same data give the same table.
        held.sort();
        let (mut values, mut of): (Vec<String>, HashMap<u64, u16>) = (Vec::new(), HashMap::new());
        let mut codes: BTreeMap<String, u16> = BTreeMap::new();
        for (customer, value) in held {
            let next = u16::try_from(values.len()).unwrap_or(MISSING);
            let code = *codes.entry(value).or_insert_with_key(|value| {
                values.push(value.clone());
                next
            });
            of.insert(customer, code);
        }
        Self { attribute: attribute.to_owned(), values, of }
    }
}

/// Sums of how far what was said of a group lies from what came true.
#[derive(Debug, Clone, Copy, Default)]
struct Apart {
    n: u64,
    sum: f64,
    squares: f64,
}

impl Apart {
    fn mean(&self) -> f64 {
        self.sum / self.n.max(1) as f64
    }

    /// Variance of the mean.
    fn spread(&self) -> f64 {
        let n = self.n as f64;
        ((self.squares - self.sum * self.sum / n) / (n - 1.0).max(1.0)).max(0.0) / n
    }

    fn evidence(&self, z: f64, level: f64) -> Evidence {
        if self.n < SMALLEST_GROUP {
            return Evidence::Insufficient { n: 0, needed: SMALLEST_GROUP };
        }
        let (mean, half) = (self.mean(), z * self.spread().sqrt());
        let interval = Interval { low: mean - half, high: mean + half, level };
        Evidence::Sufficient(Estimate { value: mean, interval, n: self.n })
    }
}

/// The largest difference between two groups in how far what is said lies from what came true, all pairs together.
fn widest(groups: &[Apart], level: f64) -> Evidence {
    let told: Vec<&Apart> = groups.iter().filter(|group| group.n >= SMALLEST_GROUP).collect();
    let pairs = told.len() * told.len().saturating_sub(1) / 2;
    if pairs == 0 {
        return Evidence::Insufficient { n: 0, needed: SMALLEST_GROUP };
    }
    let z = quantile(level, pairs);
    let (mut value, mut low, mut high): (f64, f64, f64) = (0.0, 0.0, 0.0);
    for (at, a) in told.iter().enumerate() {
        for b in told.iter().skip(at + 1) {
            let (apart, half) = ((a.mean() - b.mean()).abs(), z * (a.spread() + b.spread()).sqrt());
            value = value.max(apart);
            low = low.max(apart - half);
            high = high.max(apart + half);
        }
    }
    let n = told.iter().map(|group| group.n).sum();
    Evidence::Sufficient(Estimate { value, interval: Interval { low, high, level }, n })
}

fn silent(evidence: Evidence) -> Evidence {
    match evidence {
        // How small a small group is would already say something of the few in it.
        Evidence::Insufficient { needed, .. } => Evidence::Insufficient { n: 0, needed },
        told @ Evidence::Sufficient(_) => told,
    }
}

/// The findings of a gate, and the one of each criterion that is worst for certain.
#[derive(Default)]
struct Findings {
    tables: Vec<ScoreByGroup>,
    worst: [Option<Estimate>; CRITERIA.len()],
}

impl Findings {
    fn note(&mut self, criterion: usize, found: Evidence) {
        let Evidence::Sufficient(found) = found else { return };
        let Some(worst) = self.worst.get_mut(criterion) else { return };
        // Ratios are held by their upper end, the difference by its lower one.
        let worse = |than: &Estimate| match CRITERIA.get(criterion) {
            Some(Criterion::FairnessCalibration) => {
                (found.interval.low, found.value) > (than.interval.low, than.value)
            }
            _ => (found.interval.high, found.value) < (than.interval.high, than.value),
        };
        if worst.as_ref().is_none_or(worse) {
            *worst = Some(found);
        }
    }

    fn found(&self) -> Vec<(Criterion, Found)> {
        let few = Evidence::Insufficient { n: 0, needed: SMALLEST_GROUP };
        let of = |worst: &Option<Estimate>| Found::Figure(worst.map_or(few, Evidence::Sufficient));
        CRITERIA.into_iter().zip(self.worst.iter().map(of)).collect()
    }
}

/// Holds scores against groups. `groups` has one entry an attribute.
fn compare_groups(groups: &[Groups], scored: &[Scored], used: &[Cutoff]) -> Result<Findings> {
    let cuts: Vec<Vec<&Groups>> = {
        let single = groups.iter().map(|one| vec![one]);
        let pairs =
            groups.iter().enumerate().flat_map(|(at, a)| groups.iter().skip(at + 1).map(move |b| vec![a, b]));
        single.chain(pairs).collect()
    };
    let scored: Vec<(&Scored, Vec<Cutoff>)> = scored
        .iter()
        .filter_map(|scored| {
            let mut cutoffs: Vec<Cutoff> =
                used.iter().copied().filter(|cutoff| cutoff.field == scored.field).collect();
            if cutoffs.is_empty() {
                let at = scored.top(TOP_SHARE)?;
                cutoffs.push(Cutoff { field: scored.field, at, above: true });
            }
            Some((scored, cutoffs))
        })
        .collect();
    let findings = cuts.len() * scored.iter().map(|(_, cutoffs)| cutoffs.len() * 3 + 1).sum::<usize>();
    let demand = Demand { smallest: SMALLEST_GROUP, level: 1.0 - (1.0 - LEVEL) / findings.max(1) as f64 };
    let mut out = Findings::default();
    for (scored, cutoffs) in &scored {
        // What is no chance is told in shares of what came true of everybody.
        let truth = scored.rows.iter().map(|row| row.truth).sum::<f64>() / scored.rows.len().max(1) as f64;
        let unit = if scored.is_chance() || truth <= 0.0 { 1.0 } else { truth };
        for cut in &cuts {
            let codes: Vec<Vec<u16>> = cut
                .iter()
                .map(|one| {
                    let code = |row: &ScoredRow| one.of.get(&row.customer).copied().unwrap_or(MISSING);
                    scored.rows.iter().map(code).collect()
                })
                .collect();
            let mut apart: BTreeMap<Vec<usize>, Apart> = BTreeMap::new();
            for (at, row) in scored.rows.iter().enumerate() {
                let place: Option<Vec<usize>> = codes
                    .iter()
                    .map(|codes| {
                        codes.get(at).filter(|code| **code != MISSING).map(|code| usize::from(*code))
                    })
                    .collect();
                let Some(place) = place else { continue };
                let sums = apart.entry(place).or_default();
                let distance = (row.score - row.truth) / unit;
                sums.n += 1;
                sums.sum += distance;
                sums.squares += distance * distance;
            }
            let sums: Vec<Apart> = apart.values().copied().collect();
            out.note(3, widest(&sums, demand.level));
            for cutoff in cutoffs {
                let cells = tallied(cut, &codes, scored, cutoff)?;
                let counts: Vec<Confusion> = cells.iter().map(|(_, counts)| *counts).collect();
                let rates = [Rate::Selection, Rate::TruePositive, Rate::FalsePositive]
                    .map(|rate| compare(rate, &counts, &demand));
                for (criterion, rate) in rates.iter().enumerate() {
                    out.note(criterion, rate.ratio);
                }
                let [selection, hit, miss] = rates;
                let told = cells.iter().zip(selection.groups).zip(hit.groups.iter().zip(&miss.groups));
                let mut lines = Vec::new();
                let z = quantile(demand.level, cells.len());
                for (((codes, counts), selection), (hit, miss)) in told {
                    if let Evidence::Sufficient(_) = selection {
                        let name: Vec<&str> = cut
                            .iter()
                            .zip(codes)
                            .filter_map(|(one, code)| one.values.get(*code).map(String::as_str))
                            .collect();
                        let apart = apart.get(codes).copied().unwrap_or_default();
                        lines.push(GroupOfScore {
                            group: name.join(" × "),
                            n: counts.size(),
                            selection,
                            true_positive: silent(*hit),
                            false_positive: silent(*miss),
                            apart: apart.evidence(z, demand.level),
                        });
                    }
                }
                lines.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.group.cmp(&b.group)));
                out.tables.push(ScoreByGroup {
                    attribute: cut.iter().map(|one| one.attribute.as_str()).collect::<Vec<_>>().join(" × "),
                    cut: cutoff.words(),
                    small: (cells.len() - lines.len()) as u64,
                    groups: lines,
                });
            }
        }
    }
    Ok(out)
}

fn tallied(
    cut: &[&Groups],
    codes: &[Vec<u16>],
    scored: &Scored,
    cutoff: &Cutoff,
) -> Result<Vec<(Vec<usize>, Confusion)>> {
    let mut tally = Tally::new(cut.len());
    let room: Vec<usize> = cut.iter().map(|one| one.values.len()).collect();
    let columns: Vec<&[u16]> = codes.iter().map(Vec::as_slice).collect();
    let chance = scored.is_chance();
    let outcome: Vec<u8> =
        scored.rows.iter().map(|row| u8::from(cutoff.comes_true(chance, row.truth))).collect();
    let selected: Vec<u8> = scored.rows.iter().map(|row| u8::from(cutoff.selects(row.score))).collect();
    tally
        .reserve(&room)
        .and_then(|()| tally.add(&columns, &outcome, &selected))
        .map_err(|error| Error::Invalid { message: error.to_string() })?;
    Ok(tally.intersections())
}

impl App {
    /// How scores of a version fall on groups. Every opening of the vault is an entry of the ledger.
    pub(crate) async fn score_by_group(
        &self,
        label: &str,
        scored: &[Scored],
    ) -> Result<(Vec<(Criterion, Found)>, Vec<ScoreByGroup>)> {
        let nothing =
            |why| CRITERIA.into_iter().map(|criterion| (criterion, Found::Missing { why })).collect();
        let policy = self.fairness_policy().await?;
        let attributes = self.audited_attributes(&policy).await?;
        if attributes.is_empty() {
            return Ok((nothing(Missing::NoGroups), Vec::new()));
        }
        if scored.iter().all(|scored| scored.rows.is_empty()) {
            return Ok((nothing(Missing::TooFew), Vec::new()));
        }
        let mut used = Vec::new();
        for campaign in self.store().campaigns().await? {
            if campaign.state != CampaignState::Draft
                && let Ok(segment) = policy::segment::parse(&campaign.plan.audience)
            {
                cutoffs_of(&segment, &mut used);
            }
        }
        used.sort_by(|a, b| a.field.index().cmp(&b.field.index()).then_with(|| a.at.total_cmp(&b.at)));
        let lawful = self.lawful::<FairnessAudit>().await?;
        let mut groups = Vec::new();
        for attribute in attributes {
            let about = serde_json::json!({ "audit": "model", "model": label });
            let held: Vec<(CustomerKey, String)> = self.values_for_audit(attribute, about).await?;
            let held = held.into_iter().filter(|(key, _)| lawful.covers(key));
            let held = held.map(|(key, value)| (customer_id(&key), value)).collect();
            groups.push(Groups::new(attribute.as_str(), held));
        }
        let findings = compare_groups(&groups, scored, &used)?;
        Ok((findings.found(), findings.tables))
    }
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
