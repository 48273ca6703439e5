//! What could be done about an audience that lies outside of the policy, and what it costs.
//!
//! Goes in: the audience's conditions and the groups. Comes out: audiences that the policy accepts, each one change away:
//! without one condition (which may stand in for the attribute), with one threshold lowered for everybody, or with a share of
//! everybody added by a draw, which is a floor under the exposure of every group. They are asked of everybody alike: a remedy
//! that chose people by their attribute would carry it out of the vault. Costs are people more or fewer, the year's revenue of an
//! average member, and what those who are added are expected to be worth; what these people will do is not promised.

use policy::fairness_gate::{FairnessPolicy, GateReason};
use policy::segment::{Ast, Comparison, NumberTest};
use serde::{Deserialize, Serialize};

use super::audience::{Choice, judged};
use super::finding::{AuditFinding, Lowest, lowest};
use super::groups::Cut;
use crate::error::Result;
use crate::snapshot::Snapshot;

/// Steps by which a threshold is moved towards letting everybody in.
const STEPS: [f64; 5] = [0.9, 0.75, 0.5, 0.25, 0.0];
/// Shares of everybody that a draw adds, in percent.
const DRAWS: [f64; 9] = [5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 75.0, 90.0];
/// Most remedies that are shown.
const SHOWN: usize = 4;

/// What a remedy changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// A condition is left out.
    Without,
    /// A threshold is moved for everybody.
    Moved,
    /// A share of everybody is added by a draw.
    Draw,
}

/// An audience that would be accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    /// The audience, as it would be written.
    pub audience: String,
    /// The condition that is left out or moved.
    pub condition: String,
    /// How it would be written then; `None` when it is left out.
    pub becomes: Option<String>,
    /// Customers who get the campaign now, of those that may be written to.
    pub people_now: u64,
    /// And then.
    pub people_then: u64,
    /// Revenue of the past year of an average one of them now, major units.
    pub revenue_now: f64,
    /// And then.
    pub revenue_then: f64,
    /// The lowest ratio then, of any cut.
    pub ratio_then: f64,
    /// What is changed; absent in audits before it was told.
    #[serde(default)]
    pub kind: Option<RemedyKind>,
    /// People who are added.
    #[serde(default)]
    pub added: u64,
    /// People who are no longer in it.
    #[serde(default)]
    pub removed: u64,
    /// Expected value over the next year of an average member now, of those who have a score.
    #[serde(default)]
    pub value_now: Option<f64>,
    /// The same of those who are added.
    #[serde(default)]
    pub value_added: Option<f64>,
    /// The cut that lies furthest outside of the policy, as it is now.
    #[serde(default)]
    pub before: Option<Lowest>,
    /// The same cut then.
    #[serde(default)]
    pub after: Option<Lowest>,
    /// The lowest of any cut then, and whose it is.
    #[serde(default)]
    pub lowest_then: Option<Lowest>,
}

/// A threshold moved towards letting everybody in; `None` for conditions that have none.
fn moved(part: &Ast, step: f64) -> Option<Ast> {
    let Ast::Number(field, NumberTest::Compare(comparison, value)) = part else { return None };
    let value = match comparison {
        Comparison::Greater | Comparison::GreaterOrEqual if *value > 0.0 => (value * step).floor(),
        Comparison::Less | Comparison::LessOrEqual if *value > 0.0 => (value * (2.0 - step)).ceil(),
        _ => return None,
    };
    Some(Ast::Number(*field, NumberTest::Compare(*comparison, value)))
}

/// One change: its kind, the condition, what becomes of it, and the whole.
type Change = (RemedyKind, String, Option<String>, Ast);

/// Every audience that is one change away, the smallest steps first.
fn changes(segment: &Ast, seed: u32) -> Vec<Vec<Change>> {
    let parts = match segment {
        Ast::And(parts) => parts.as_slice(),
        Ast::Everyone => &[],
        other => std::slice::from_ref(other),
    };
    let whole = |at: usize, replaced: Option<Ast>| -> Ast {
        let mut rest: Vec<Ast> = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            match (&replaced, place == at) {
                (Some(new), true) => rest.push(new.clone()),
                (None, true) => {}
                (_, false) => rest.push(part.clone()),
            }
        }
        match (rest.len(), rest.pop()) {
            (_, None) => Ast::Everyone,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                rest.push(last);
                Ast::And(rest)
            }
        }
    };
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        found.push(vec![(RemedyKind::Without, part.to_string(), None, whole(at, None))]);
        let steps = STEPS.iter().filter_map(|step| moved(part, *step)).filter(|new| new != part);
        let steps: Vec<_> = steps
            .map(|new| (RemedyKind::Moved, part.to_string(), Some(new.to_string()), whole(at, Some(new))))
            .collect();
        if !steps.is_empty() {
            found.push(steps);
        }
    }
    if !parts.is_empty() {
        let drawn = |percent: f64| {
            let draw = Ast::Draw(percent, seed);
            let text = draw.to_string();
            let mut either = match segment {
                Ast::Or(parts) => parts.clone(),
                other => vec![other.clone()],
            };
            either.push(draw);
            (RemedyKind::Draw, segment.to_string(), Some(text), Ast::Or(either))
        };
        found.push(DRAWS.map(drawn).to_vec());
    }
    found
}

/// Mean expected value over the next year of those who have a score.
fn worth(snapshot: &Snapshot, who: impl Iterator<Item = usize>) -> Option<f64> {
    let value =
        |at: usize| snapshot.scores.get(at)?.as_ref().map(|score| score.value).filter(|v| v.is_finite());
    let (n, sum) = who.filter_map(value).fold((0_u64, 0.0), |(n, sum), value| (n + 1, sum + value));
    (n > 0).then(|| sum / n as f64)
}

fn revenue(snapshot: &Snapshot, included: &[bool]) -> (u64, f64) {
    let chosen = included.iter().zip(&snapshot.revenue_year).filter(|(included, _)| **included);
    let (n, sum) = chosen.fold((0_u64, 0.0), |(n, sum), (_, revenue)| (n + 1, sum + revenue));
    (n, if n > 0 { sum / n as f64 } else { 0.0 })
}

/// The remedies there are, those that change the number of people least first.
pub(super) fn offers(
    segment: &Ast,
    snapshot: &Snapshot,
    choice: &Choice,
    cuts: &[Cut<'_>],
    policy: &FairnessPolicy,
    seed: u32,
) -> Result<Vec<Remedy>> {
    let now = choice.findings(cuts, policy.lowest_ratio)?;
    let refused = judged(policy, &now);
    let outside = |one: &&AuditFinding| {
        refused.reasons.iter().any(|reason| {
            matches!(reason, GateReason::BelowLimit { attribute, measure, .. }
                if *attribute == one.attribute && *measure == one.measure)
        })
    };
    let furthest = now.iter().filter(outside).filter_map(AuditFinding::lowest_ratio);
    let before = furthest.min_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value));
    let (people_now, revenue_now) = revenue(snapshot, &choice.included);
    let mut offers: Vec<Remedy> = Vec::new();
    for steps in changes(segment, seed) {
        // The smallest step that is enough.
        for (kind, condition, becomes, changed) in steps {
            let mut included = vec![false; snapshot.customers.len()];
            for at in policy::segment::eval_columns(&changed, &snapshot.columns).ones() {
                included.get_mut(at).into_iter().for_each(|slot| *slot = true);
            }
            let then = choice.with(included);
            let findings = then.findings(cuts, policy.lowest_ratio)?;
            let outside = judged(policy, &findings);
            if outside.reasons.iter().any(|reason| matches!(reason, GateReason::BelowLimit { .. })) {
                continue;
            }
            let Some(lowest_then) = lowest(&findings) else { continue };
            let same = |one: &&AuditFinding| {
                before
                    .as_ref()
                    .is_some_and(|cut| cut.attribute == one.attribute && cut.measure == one.measure)
            };
            let after = findings.iter().find(same).and_then(AuditFinding::lowest_ratio);
            let pairs = || choice.included.iter().zip(&then.included).enumerate();
            let added: Vec<usize> =
                pairs().filter(|(_, (now, then))| !**now && **then).map(|(at, _)| at).collect();
            let members = pairs().filter(|(_, (now, _))| **now).map(|(at, _)| at);
            let (people_then, revenue_then) = revenue(snapshot, &then.included);
            let audience = changed.to_string();
            offers.push(Remedy {
                audience,
                condition,
                becomes,
                people_now,
                people_then,
                revenue_now,
                revenue_then,
                ratio_then: lowest_then.ratio.value,
                kind: Some(kind),
                removed: pairs().filter(|(_, (now, then))| **now && !**then).count() as u64,
                value_now: worth(snapshot, members),
                value_added: worth(snapshot, added.iter().copied()),
                added: added.len() as u64,
                before: before.clone(),
                after,
                lowest_then: Some(lowest_then),
            });
            break;
        }
    }
    offers.sort_by_key(|offer| (offer.people_then.abs_diff(people_now), offer.audience.clone()));
    offers.truncate(SHOWN);
    Ok(offers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_is_left_out_or_moved_and_the_rest_stays() {
        let segment = policy::segment::parse("stage = churned and value.percentile >= 60").unwrap();
        let written: Vec<String> =
            changes(&segment, 7).into_iter().flatten().map(|(.., whole)| whole.to_string()).collect();
        assert_eq!(written[0], "value.percentile >= 60");
        assert_eq!(written[1], "stage = churned");
        assert!(written.contains(&"stage = churned and value.percentile >= 30".to_owned()), "{written:?}");
        assert!(written.contains(&"(stage = churned and value.percentile >= 60) or draw(5, 7)".to_owned()));
        assert!(written.iter().all(|text| policy::segment::parse(text).is_ok()), "{written:?}");
    }

    #[test]
    fn everyone_has_nothing_to_leave_out_and_one_condition_becomes_everyone() {
        assert!(changes(&Ast::Everyone, 7).is_empty());
        let segment = policy::segment::parse("known_days <= 30").unwrap();
        let all: Vec<_> = changes(&segment, 7).into_iter().flatten().map(|(.., whole)| whole).collect();
        assert_eq!(all.first(), Some(&Ast::Everyone));
        assert!(all.iter().any(|ast| ast.to_string() == "known_days <= 60"));
    }
}
