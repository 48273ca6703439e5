//! What could be done about an audience that lies outside of the policy, and what it costs.
//!
//! Goes in: the audience's conditions and the groups. Comes out: audiences that the policy accepts, each one change away:
//! without one condition (which may stand in for the attribute), or with one threshold lowered for everybody. They are asked of
//! everybody alike: a remedy that chose people by their attribute would carry it out of the vault. Costs are people more or
//! fewer and the year's revenue of an average member; what these people will do is not promised.

use policy::fairness_gate::{FairnessPolicy, GateReason};
use policy::segment::{Ast, Comparison, NumberTest};
use serde::{Deserialize, Serialize};

use super::audience::{Choice, judged};
use super::groups::Cut;
use crate::error::Result;
use crate::snapshot::Snapshot;
use terms::estimate::Evidence;

/// Steps by which a threshold is moved towards letting everybody in.
const STEPS: [f64; 5] = [0.9, 0.75, 0.5, 0.25, 0.0];
/// Most remedies that are shown.
const SHOWN: usize = 4;

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
    /// The lowest ratio then.
    pub ratio_then: f64,
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

/// Every audience that is one change away: the condition, what becomes of it, and the whole.
fn changes(segment: &Ast) -> Vec<Vec<(String, Option<String>, Ast)>> {
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
        found.push(vec![(part.to_string(), None, whole(at, None))]);
        let steps = STEPS.iter().filter_map(|step| moved(part, *step)).filter(|new| new != part);
        let steps: Vec<_> =
            steps.map(|new| (part.to_string(), Some(new.to_string()), whole(at, Some(new)))).collect();
        if !steps.is_empty() {
            found.push(steps);
        }
    }
    found
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
) -> Result<Vec<Remedy>> {
    let (people_now, revenue_now) = revenue(snapshot, &choice.included);
    let mut offers: Vec<Remedy> = Vec::new();
    for steps in changes(segment) {
        // The smallest step that is enough.
        for (condition, becomes, changed) in steps {
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
            let ratios = findings.iter().filter_map(|finding| match finding.ratio {
                Evidence::Sufficient(found) => Some(found.value),
                Evidence::Insufficient { .. } => None,
            });
            let Some(ratio_then) = ratios.min_by(f64::total_cmp) else { continue };
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
                ratio_then,
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
            changes(&segment).into_iter().flatten().map(|(_, _, whole)| whole.to_string()).collect();
        assert_eq!(written[0], "value.percentile >= 60");
        assert_eq!(written[1], "stage = churned");
        assert!(written.contains(&"stage = churned and value.percentile >= 30".to_owned()), "{written:?}");
        assert!(written.iter().all(|text| policy::segment::parse(text).is_ok()), "{written:?}");
    }

    #[test]
    fn everyone_has_nothing_to_leave_out_and_one_condition_becomes_everyone() {
        assert!(changes(&Ast::Everyone).is_empty());
        let segment = policy::segment::parse("known_days <= 30").unwrap();
        let all: Vec<_> = changes(&segment).into_iter().flatten().map(|(_, _, whole)| whole).collect();
        assert_eq!(all.first(), Some(&Ast::Everyone));
        assert!(all.iter().any(|ast| ast.to_string() == "known_days <= 60"));
    }
}
