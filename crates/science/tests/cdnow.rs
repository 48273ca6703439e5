//! Published figures on the CDNOW data: parameters of Fader, Hardie and Lee (2005) and of note 025 (2013), and the
//! holdout count of the purchase model. Skipped where the data are not beside the workspace.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

use science::lifecycle::history::History;
use science::value::bg_nbd::{BgNbd, Summary};
use science::value::gamma_gamma::GammaGamma;
use std::collections::BTreeMap;
use std::io::Read;
use terms::time::Day;

/// Purchase days and amounts of each customer of the 1/10 sample, same-day purchases merged.
fn sample() -> Option<Vec<Vec<(Day, f64)>>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/cdnow/CDNOW_sample.txt.gz");
    let Ok(file) = std::fs::File::open(path) else {
        eprintln!("skipped: the CDNOW sample is not beside the workspace");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut customers: BTreeMap<String, BTreeMap<Day, f64>> = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let number = |range: std::ops::Range<usize>| fields[2][range].parse::<i16>().unwrap();
        let day = Day::from_ymd(number(0..4), number(4..6) as i8, number(6..8) as i8).unwrap();
        let days = customers.entry(fields[1].to_owned()).or_default();
        *days.entry(day).or_default() += fields[4].parse::<f64>().unwrap();
    }
    Some(customers.into_values().map(|days| days.into_iter().collect()).collect())
}

fn calibration(customers: &[Vec<(Day, f64)>]) -> Vec<Summary> {
    let end = Day::from_ymd(1997, 9, 30).unwrap();
    let summary = |days: &Vec<(Day, f64)>| {
        let before: Vec<Day> = days.iter().map(|(day, _)| *day).filter(|day| *day <= end).collect();
        let (first, last) = (before[0], before[before.len() - 1]);
        Summary {
            frequency: before.len() as u32 - 1,
            recency: f64::from(last.0 - first.0) / 7.0,
            age: f64::from(end.0 - first.0) / 7.0,
        }
    };
    customers.iter().map(summary).collect()
}

#[test]
fn bg_nbd_gives_the_published_parameters_and_likelihood() {
    let Some(customers) = sample() else { return };
    let model = BgNbd::fit(&calibration(&customers)).unwrap();
    assert_eq!(customers.len(), 2_357);
    let published =
        [(model.r, 0.242_594_5), (model.alpha, 4.413_601_9), (model.a, 0.792_919_9), (model.b, 2.425_888_1)];
    for (fitted, printed) in published {
        assert!((fitted - printed).abs() < 2e-3 * printed, "{model:?}");
    }
    assert!((model.log_likelihood + 9_582.429).abs() < 2e-3, "{model:?}");
}

#[test]
fn bg_nbd_predicts_the_recorded_holdout_count() {
    let Some(customers) = sample() else { return };
    let summaries = calibration(&customers);
    let model = BgNbd::fit(&summaries).unwrap();
    let expected: f64 = summaries.iter().map(|s| model.expected(s, 273.0)).sum();
    assert!((expected - 1_653.0).abs() < 2.0, "{expected}");
    assert!(summaries.iter().all(|s| (0.0..=1.0).contains(&model.alive(s))));
}

#[test]
fn gamma_gamma_gives_the_published_parameters() {
    let Some(customers) = sample() else { return };
    let end = Day::from_ymd(1997, 9, 30).unwrap();
    // Note 025: the mean of repeat purchases only, customers with at least one of a positive amount.
    let orders: Vec<(f64, f64)> = customers
        .iter()
        .filter_map(|days| {
            let repeat: Vec<f64> =
                days.iter().skip(1).filter(|(day, _)| *day <= end).map(|(_, amount)| *amount).collect();
            let mean = repeat.iter().sum::<f64>() / repeat.len().max(1) as f64;
            (mean > 0.0).then_some((repeat.len() as f64, mean))
        })
        .collect();
    let model = GammaGamma::fit(&orders).unwrap();
    assert_eq!(orders.len(), 946);
    for (fitted, printed) in [(model.p, 6.25), (model.q, 3.74), (model.v, 15.44)] {
        assert!((fitted - printed).abs() < 0.02, "{model:?}");
    }
    assert!((model.log_likelihood + 4_055.918).abs() < 0.05, "{model:?}");
}

#[test]
fn a_year_of_value_is_an_estimate_around_purchases_times_amount() {
    let Some(customers) = sample() else { return };
    let end = Day::from_ymd(1997, 9, 30).unwrap();
    let histories: Vec<History> = customers
        .iter()
        .map(|days| {
            let before: Vec<(Day, f64)> = days.iter().filter(|(day, _)| *day <= end).copied().collect();
            let (first, last) = (before[0].0, before[before.len() - 1].0);
            let spend: f64 = before.iter().map(|(_, amount)| amount).sum();
            History {
                tenure: f64::from(end.0 - first.0),
                frequency: before.len() as f64 - 1.0,
                spend,
                order_value: spend / before.len() as f64,
                ..History::first_purchase(f64::from(end.0 - last.0), 0.0)
            }
        })
        .collect();
    let model = science::value::ValueModel::fit(&histories).unwrap();
    for history in &histories {
        let value = model.expected(history, 365.0);
        assert!((value.revenue.value - value.purchases * value.order_value).abs() < 1e-9);
        assert!(
            value.revenue.interval.low <= value.revenue.value
                && value.revenue.value <= value.revenue.interval.high
        );
    }
}
