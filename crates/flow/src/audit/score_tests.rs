//! A score that is worse for a group fails, a fair one passes, and both by the gate's own rules.

use super::*;
use policy::deploy_gate::{built_in, judge};
use terms::gate::{GatePolicy, GateVerdict};
use terms::model::ModelKind;
use terms::time::Instant;

/// Half of the customers are of each group; those of the second are scored by chance alone in `blind` of a hundred.
fn shop(n: u64, blind: u64) -> (Vec<Groups>, Vec<Scored>) {
    let mut random = science::hash::SplitMix64::new(11);
    let (mut held, mut rows) = (Vec::new(), Vec::new());
    for customer in 0..n {
        let second = customer % 2 == 1;
        held.push((customer, if second { "b" } else { "a" }.to_owned()));
        let risk = random.next_f64();
        let truth = f64::from(u8::from(random.next_f64() < risk));
        let guess = random.next_f64();
        let score = if second && random.next_u64() % 100 < blind { guess * 0.4 } else { risk };
        rows.push(ScoredRow { customer, score, truth });
    }
    (vec![Groups::new("g", held)], vec![Scored { field: NumberField::RiskChurn, rows }])
}

fn verdicts(n: u64, blind: u64) -> Vec<(Criterion, GateVerdict)> {
    let (groups, scored) = shop(n, blind);
    let found = compare_groups(&groups, &scored, &[]).unwrap().found();
    let rules = built_in(ModelKind::Stage).into_iter().filter(|rule| CRITERIA.contains(&rule.criterion));
    let policy = GatePolicy {
        kind: ModelKind::Stage,
        version: 0,
        rules: rules.collect(),
        person: None,
        reason: String::new(),
        at: Instant(0),
        seal: String::new(),
    };
    judge(&policy, String::new(), n, &found).lines.iter().map(|line| (line.criterion, line.verdict)).collect()
}

#[test]
fn a_score_that_is_as_good_for_both_groups_passes_and_one_that_is_worse_for_one_fails() {
    assert!(verdicts(4_000, 0).iter().all(|(_, verdict)| *verdict == GateVerdict::Passed));
    let unfair = verdicts(4_000, 100);
    let failed = |criterion| unfair.contains(&(criterion, GateVerdict::Failed));
    assert!(failed(Criterion::Fairness) && failed(Criterion::FairnessTruePositive), "{unfair:?}");
    assert!(failed(Criterion::FairnessCalibration), "{unfair:?}");
}

#[test]
fn groups_too_small_hold_nothing_back_and_are_said() {
    assert!(verdicts(30, 100).iter().all(|(_, verdict)| *verdict == GateVerdict::NotMeasured));
    let (groups, scored) = shop(30, 100);
    let found = compare_groups(&groups, &scored, &[]).unwrap();
    assert!(found.tables.iter().all(|table| table.groups.is_empty() && table.small == 2));
}

#[test]
fn chance_alone_refuses_a_fair_score_in_at_most_one_of_twenty() {
    let mut refused = 0;
    for seed in 0..200 {
        let mut random = science::hash::SplitMix64::new(seed);
        let (mut held, mut rows) = (Vec::new(), Vec::new());
        for customer in 0..300 {
            held.push((customer, if random.next_u64().is_multiple_of(3) { "b" } else { "a" }.to_owned()));
            let risk = random.next_f64();
            rows.push(ScoredRow {
                customer,
                score: risk,
                truth: f64::from(u8::from(random.next_f64() < risk)),
            });
        }
        let scored = [Scored { field: NumberField::RiskChurn, rows }];
        let found = compare_groups(&[Groups::new("g", held)], &scored, &[]).unwrap().found();
        let low = found.iter().any(|(criterion, found)| match found {
            Found::Figure(Evidence::Sufficient(it)) if *criterion == Criterion::FairnessCalibration => {
                it.interval.low > 0.05
            }
            Found::Figure(Evidence::Sufficient(it)) => it.interval.high < 0.8,
            _ => false,
        });
        refused += u32::from(low);
    }
    assert!(refused <= 10, "{refused} of 200");
}

#[test]
fn the_thresholds_are_those_of_the_audiences() {
    let mut found = Vec::new();
    let audience =
        "risk.churn >= 0.6 and not (value.percentile < 20) and chance.purchase between 0.2 and 0.4";
    cutoffs_of(&policy::segment::parse(audience).unwrap(), &mut found);
    let words: Vec<String> = found.iter().map(Cutoff::words).collect();
    assert_eq!(
        words,
        ["risk.churn >= 0.6", "value.percentile < 20", "chance.purchase >= 0.2", "chance.purchase < 0.4"]
    );
    let below = Cutoff { field: NumberField::ValuePercentile, at: 20.0, above: false };
    assert!(below.selects(19.0) && !below.selects(20.0) && below.comes_true(false, 3.0));
}
