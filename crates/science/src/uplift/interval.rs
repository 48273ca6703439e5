//! Intervals of qini and uplift among the best, over one or several test parts of the same customers.
//!
//! Goes in: rankings of each test part. Comes out: for each learner the mean over the parts with a percentile interval,
//! and how it compares with a baseline. The bootstrap draws each customer Poisson(1) times (Hanley, MacGibbon 2006),
//! the same times in every part and for every learner, so that parts which overlap and learners which agree are
//! compared as the pairs they are. It holds the fitted models fixed: what another training part would change is seen
//! in the spread over parts instead.

use super::curve::{Area, Ranking};
use crate::hash::SplitMix64;
use terms::estimate::{Estimate, Interval};

/// One test part: its perfect ranking, and that of each learner.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The ranking that knows what happened.
    pub perfect: Ranking,
    /// One ranking a learner, in the same order in every part.
    pub rankings: Vec<Ranking>,
}

/// How one learner ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Mean qini over the parts.
    pub qini: Option<Estimate>,
    /// Mean uplift among the best share over the parts, in the outcome's unit.
    pub uplift: Option<Estimate>,
    /// Mean qini less that of the baseline.
    pub over_baseline: Option<Estimate>,
    /// Qini of each part.
    pub qini_of_parts: Vec<Option<f64>>,
    /// Uplift of each part.
    pub uplift_of_parts: Vec<Option<f64>>,
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Rows of the whole sample.
    pub rows: usize,
    /// Share of the best, 0 to 1.
    pub share: f64,
    /// Place of the baseline among the learners.
    pub baseline: usize,
    /// Replicates.
    pub replicates: usize,
    /// Content of the intervals.
    pub level: f64,
    /// Seed of the draws.
    pub seed: u64,
}

/// Cumulative probabilities of Poisson(1), from 0; beyond the last the draw is 7.
const POISSON: [f64; 7] = [
    0.367_879_441_171_442,
    0.735_758_882_342_885,
    0.919_698_602_928_606,
    0.981_011_843_123_846,
    0.996_340_153_172_656,
    0.999_405_815_182_418,
    0.999_916_758_850_712,
];

/// Computes the figures of every learner.
#[must_use]
pub fn figures(parts: &[Part], settings: &Settings) -> Vec<Figures> {
    let learners = parts.first().map_or(0, |part| part.rankings.len());
    let mut draws = vec![(Vec::new(), Vec::new()); learners];
    let mut stream = SplitMix64::new(settings.seed);
    for _ in 0..settings.replicates {
        let weights: Vec<f64> = (0..settings.rows)
            .map(|_| {
                let u = stream.next_f64();
                POISSON.iter().take_while(|cumulative| u >= **cumulative).count() as f64
            })
            .collect();
        let weight = |row: usize| weights.get(row).copied().unwrap_or(0.0);
        let perfect: Vec<Area> = parts.iter().map(|part| part.perfect.area(weight)).collect();
        for (learner, (qinis, uplifts)) in draws.iter_mut().enumerate() {
            qinis.push(mean(
                parts
                    .iter()
                    .zip(&perfect)
                    .map(|(part, perfect)| part.rankings.get(learner)?.weighted_qini(perfect, weight)),
            ));
            uplifts.push(mean(parts.iter().map(|part| {
                let ranking = part.rankings.get(learner)?;
                ranking.weighted_uplift_at(settings.share, weight)
            })));
        }
    }
    let baseline: Vec<Option<f64>> =
        draws.get(settings.baseline).map(|(qinis, _)| qinis.clone()).unwrap_or_default();
    let of = |learner: usize| -> (Vec<Option<f64>>, Vec<Option<f64>>) {
        let rankings = parts.iter().map(|part| part.rankings.get(learner).map(|r| (r, &part.perfect)));
        rankings
            .map(|pair| match pair {
                Some((r, perfect)) => (r.qini(perfect), r.uplift_at(settings.share)),
                None => (None, None),
            })
            .unzip()
    };
    let baseline_value = mean(of(settings.baseline).0.into_iter());
    draws
        .iter()
        .enumerate()
        .map(|(learner, (qinis, uplifts))| {
            let (qini_of_parts, uplift_of_parts) = of(learner);
            let qini = mean(qini_of_parts.iter().copied());
            let paired = qinis.iter().zip(&baseline).map(|(a, b)| Some((*a)? - (*b)?));
            Figures {
                qini: estimate(qini, qinis.iter().copied(), settings),
                uplift: estimate(mean(uplift_of_parts.iter().copied()), uplifts.iter().copied(), settings),
                over_baseline: estimate(qini.zip(baseline_value).map(|(a, b)| a - b), paired, settings),
                qini_of_parts,
                uplift_of_parts,
            }
        })
        .collect()
}

/// The mean; `None` when one is missing or there are none.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn estimate(
    value: Option<f64>,
    draws: impl Iterator<Item = Option<f64>>,
    settings: &Settings,
) -> Option<Estimate> {
    let value = value?;
    let mut draws: Vec<f64> = draws.flatten().collect();
    draws.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let place = (q * draws.len() as f64) as usize;
        draws.get(place.min(draws.len().saturating_sub(1))).copied()
    };
    let tail = (1.0 - settings.level) / 2.0;
    let interval = Interval { low: quantile(tail)?, high: quantile(1.0 - tail)?, level: settings.level };
    Some(Estimate { value, interval, n: settings.rows as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uplift::randomised::{Randomised, Sample};

    #[test]
    fn the_poisson_table_is_that_of_mean_one() {
        let mut term = (-1.0f64).exp();
        let mut sum = 0.0;
        for (k, cumulative) in POISSON.iter().enumerate() {
            sum += term;
            term /= (k + 1) as f64;
            assert!((sum - cumulative).abs() < 1e-12);
        }
    }

    #[test]
    fn the_interval_of_uplift_has_the_width_of_the_analytic_error() {
        // 2,000 treated at .3 and 2,000 others at .2, best share all: error sqrt(.21/2000 + .16/2000) = .0136015.
        let n = 4_000;
        let treated: Vec<bool> = (0..n).map(|i| i % 2 == 0).collect();
        let outcome: Vec<f64> =
            (0..n).map(|i| f64::from(u8::from(i / 2 % 10 < if i % 2 == 0 { 3 } else { 2 }))).collect();
        let proof = Randomised::for_tests(&treated);
        let sample = Sample::new(&proof, &[], &treated, &outcome).unwrap();
        let rows: Vec<usize> = (0..n).collect();
        let scores: Vec<f64> = rows.iter().map(|row| *row as f64).collect();
        let part = Part {
            perfect: Ranking::perfect(&sample, &rows),
            rankings: vec![Ranking::new(&sample, &rows, &scores)],
        };
        let settings = Settings { rows: n, share: 1.0, baseline: 0, replicates: 1_000, level: 0.95, seed: 1 };
        let figures = figures(&[part], &settings);
        let uplift = figures[0].uplift.unwrap();
        assert!((uplift.value - 0.1).abs() < 1e-12);
        let width = uplift.interval.high - uplift.interval.low;
        assert!((width / (2.0 * 1.96 * 0.013_601_5) - 1.0).abs() < 0.08, "{width}");
        assert_eq!(figures[0].over_baseline.unwrap().interval.high, 0.0);
    }
}
