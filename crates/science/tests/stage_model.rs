//! The stage model on a simulated brand: probabilities, reasons, choice, and the stored form.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

use proptest::prelude::*;
use science::hash::SplitMix64;
use science::lifecycle::history::History;
use science::lifecycle::model::{Candidate, StageModel};
use science::lifecycle::table::{ProspectCount, TrainingTable};
use std::sync::OnceLock;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::stage::{Stage, StageRule};
use terms::time::Day;

/// Purchase days of customers with rhythms of their own, of whom some leave.
fn purchases(customers: usize) -> Vec<Vec<i32>> {
    let mut stream = SplitMix64::new(1);
    (0..customers)
        .map(|_| {
            let mean = 10.0 + 80.0 * stream.next_f64();
            let mut day = 120.0 * stream.next_f64();
            let mut days = Vec::new();
            while day < 400.0 {
                days.push(day as i32);
                if stream.next_f64() < 0.15 {
                    break;
                }
                day += 1.0 - mean * (1.0 - stream.next_f64()).ln();
            }
            days.dedup();
            days
        })
        .collect()
}

fn profile(number: usize, days: &[i32], as_of: i32) -> Option<Profile> {
    let known: Vec<i32> = days.iter().copied().filter(|day| *day <= as_of).collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let gaps: Vec<f64> = known.windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    let squares: f64 = gaps.iter().map(|gap| (gap - mean).powi(2)).sum();
    Some(Profile {
        customer: CustomerKey::new(format!("C-{number}")),
        first_day: Day(first),
        last_day: Day(last),
        frequency: known.len() as u32 - 1,
        recency_days: last - first,
        t_days: as_of - first,
        monetary: 20.0,
        spend: 20.0 * known.len() as f64,
        first_amount: 20.0,
        last_amount: 20.0,
        last_gap_days: gaps.last().map_or(0, |gap| *gap as i32),
        gap_mean: mean,
        gap_sd: if gaps.len() > 1 { (squares / (gaps.len() - 1) as f64).sqrt() } else { 0.0 },
        purchases_90: known.iter().filter(|day| **day > as_of - 90).count() as u32,
        engagement_90: 0,
    })
}

fn table() -> TrainingTable {
    let customers = purchases(600);
    let at = |day: i32| -> Vec<Profile> {
        customers.iter().enumerate().filter_map(|(number, days)| profile(number, days, day)).collect()
    };
    let mut table = TrainingTable::new(StageRule::STANDARD);
    for period in 2..12 {
        table.add_period(Day(period * 30), Day(period * 30 + 30), &at(period * 30), &at(period * 30 + 30));
    }
    table.prospects.push(ProspectCount { snapshot: Day(60), known_days: 10, n: 1_000, converted: 100 });
    table
}

fn model() -> &'static StageModel {
    static MODEL: OnceLock<StageModel> = OnceLock::new();
    MODEL.get_or_init(|| StageModel::fit(&table()).unwrap())
}

fn history() -> impl Strategy<Value = History> {
    (0.0f64..900.0, 0.0f64..1.0, 0u32..80, 0.0f64..400.0, -50.0f64..5_000.0).prop_map(
        |(tenure, share, frequency, gap, amount)| {
            let repeat = frequency > 0;
            let tenure = tenure.floor();
            let silent = if repeat { (tenure * share).floor() } else { tenure };
            History {
                tenure,
                silent,
                frequency: f64::from(frequency),
                last_gap: if repeat { gap.floor().min(tenure - silent) } else { 0.0 },
                gap_mean: if repeat { gap } else { 0.0 },
                ..History::first_purchase(silent, amount)
            }
        },
    )
}

proptest! {
    #[test]
    fn probabilities_of_every_candidate_sum_to_one(h in history(), days in 1i32..62) {
        for candidate in Candidate::ALL {
            let row = model().predict_as(candidate, &h, days);
            prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{candidate:?} {row:?}");
            prop_assert!(row.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)));
            let two = model().predict_two_as(candidate, &h, [days, 30]);
            prop_assert!((two.stages.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!((0.0..=1.0 + 1e-9).contains(&two.churn_within));
            prop_assert!((0.0..=1.0 + 1e-9).contains(&two.purchase_within));
        }
        let joint = model().joint(&h, days);
        let total: f64 = [joint.silent, joint.single, joint.several].iter().flatten().sum();
        prop_assert!((total - 1.0).abs() < 1e-9);
    }

    #[test]
    fn longer_silence_never_lowers_the_risk_of_churn(h in history(), more in 1u32..200, days in 20i32..40) {
        // The same purchases, longer ago: the last one earlier by some days, or all of them (time has passed).
        let churned = Stage::Churned.index();
        let risk = |h: &History| model().predict_as(Candidate::Additive, h, days)[churned];
        let more = f64::from(more);
        let mut compared = 0;
        let waited = History { tenure: h.tenure + more, silent: h.silent + more, ..h };
        let kept = |recent: f64| History { purchases_90: recent.min(h.purchases_90), ..waited };
        for later in [kept(h.purchases_90), kept(0.0)] {
            prop_assert!(risk(&later) >= risk(&h) - 1e-12, "{} {} {h:?} {later:?}", risk(&later), risk(&h));
            compared += 1;
        }
        if h.frequency > 0.0 && h.silent + more <= h.tenure {
            let earlier = History { silent: h.silent + more, ..h };
            prop_assert!(risk(&earlier) >= risk(&h) - 1e-12, "{} {} {h:?}", risk(&earlier), risk(&h));
            compared += 1;
        }
        prop_assert!(compared >= 2);
    }

    #[test]
    fn contributions_add_up_to_the_log_odds_of_the_purchase(h in history(), days in 1i32..62) {
        let why = model().explain(&h, days);
        let sum = why.baseline + why.contributions.iter().map(|c| c.contribution).sum::<f64>();
        prop_assert!((sum - why.logit).abs() < 1e-9);
        prop_assert!((why.probability - model().purchase(&h, days)).abs() < 1e-9);
    }
}

#[test]
fn the_backtest_prefers_a_glass_box_to_the_naive_model() {
    let backtest = model().backtest();
    assert_eq!(backtest.verdict(), science::lifecycle::backtest::Verdict::ModelWins);
    let loss = |name| backtest.scores.iter().find(|s| s.name == name).unwrap().quality.log_loss;
    assert_eq!(backtest.folds.len(), 3);
    assert!(loss(model().chosen()) < 0.7 * loss(Candidate::Marginal), "{backtest:?}");
    assert!(backtest.scores.iter().all(|s| s.quality.log_loss >= loss(model().chosen())));
}

#[test]
fn prospects_convert_at_the_rate_that_was_seen() {
    // 100 conversions in (1,000 - 50) x 30 days: 1 - exp(-30 x 100 / 28,500) = .0999.
    let chance = model().conversion(10, 30).unwrap();
    assert!((chance - 0.0999).abs() < 5e-4, "{chance}");
    let row = model().predict_prospect(10, 30);
    assert!((row[Stage::New.index()] - chance).abs() < 1e-12);
    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn too_few_rows_are_refused_with_what_to_do() {
    let empty = TrainingTable::new(StageRule::STANDARD);
    let error = StageModel::fit(&empty).unwrap_err().to_string();
    assert_eq!(error, "`stage model` needs at least `50` rows and has `0`; import a longer history");
}

/// Writes the golden files anew when `CANDOR_WRITE_GOLDEN` is set: only ever after `FORMAT` was raised.
#[test]
fn a_stored_model_of_format_2_is_read_and_still_says_the_same() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let (file, printed) =
        (format!("{folder}/stage_model_v2.json"), format!("{folder}/stage_model_v2_prediction.json"));
    let h = History {
        tenure: 200.0,
        frequency: 4.0,
        gap_mean: 40.0,
        last_gap: 35.0,
        ..History::first_purchase(40.0, 20.0)
    };
    if std::env::var_os("CANDOR_WRITE_GOLDEN").is_some() {
        std::fs::write(&file, serde_json::to_string_pretty(model()).unwrap()).unwrap();
        std::fs::write(&printed, serde_json::to_string(&model().predict(&h, 30)).unwrap()).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let stored: StageModel = serde_json::from_str(&text).unwrap();
    let then: [f64; Stage::COUNT] =
        serde_json::from_str(&std::fs::read_to_string(&printed).unwrap()).unwrap();
    for (now, then) in stored.predict(&h, 30).into_iter().zip(then) {
        assert!((now - then).abs() < 1e-9, "{now} {then}");
    }
    let again: serde_json::Value = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
    let first: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        first.as_object().unwrap().keys().collect::<Vec<_>>(),
        again.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert_eq!(first["format"], 2);
}
