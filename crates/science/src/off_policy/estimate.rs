//! Five estimators of a policy's mean reward.
//!
//! Goes in: checked rounds. Comes out: estimates with intervals. With weight `w = judged / logged`:
//!
//! - IPW, `mean(w r)` (Strehl, Langford, Li, Kakade 2010, eq. 2);
//! - SNIPW, `sum(w r) / sum(w)` (Swaminathan, Joachims 2015, "The self-normalized estimator", eq. 8);
//! - DM, the mean of the reward model over the judged policy's actions (Beygelzimer, Langford 2009);
//! - DR, `mean(DM + w (r - q))` (Dudik, Langford, Li 2011, eq. 3);
//! - SNDR, `mean(DM) + sum(w (r - q)) / sum(w)` (Saito, Aihara, Matsutani, Narita 2020, the Open Bandit pipeline, whose
//!   definitions these are).
//!
//! Intervals come from the bootstrap over rounds, corrected for bias and skewness (BCa; Efron 1987, eq. 2.3), because
//! rare rewards with large weights are skewed and plain percentiles end too early above. The reward model is held
//! fixed, which for DM alone would leave out most of its uncertainty: its interval is normal, from the error of the
//! model's coefficients ([`super::reward_model`]), and knows nothing of a model that is wrong.

use super::round::{Round, Support, check};
use crate::error::ScienceError;
use crate::hash::SplitMix64;
use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::{Estimate, Interval};

/// A way of estimating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimator {
    /// Inverse probability weighting.
    Ipw,
    /// Its weights made to add up to the number of rounds.
    Snipw,
    /// The reward model alone.
    Dm,
    /// The reward model, corrected by weighted residuals.
    Dr,
    /// The same with weights that add up.
    Sndr,
}

impl Estimator {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ipw, Self::Snipw, Self::Dm, Self::Dr, Self::Sndr];

    /// Its abbreviation in the literature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ipw => "IPW",
            Self::Snipw => "SNIPW",
            Self::Dm => "DM",
            Self::Dr => "DR",
            Self::Sndr => "SNDR",
        }
    }

    /// The estimate from sums over rounds.
    fn value(self, sums: &Sums) -> f64 {
        let ratio = |x: f64| if sums.w > 0.0 { x / sums.w } else { 0.0 };
        match self {
            Self::Ipw => sums.wr / sums.n,
            Self::Snipw => ratio(sums.wr),
            Self::Dm => sums.dm / sums.n,
            Self::Dr => (sums.dm + sums.wr - sums.wq) / sums.n,
            Self::Sndr => sums.dm / sums.n + ratio(sums.wr - sums.wq),
        }
    }

    /// How much one round moves the estimate, times n (the empirical influence function), for the acceleration.
    fn influence(self, round: &Round, sums: &Sums) -> f64 {
        let (w, mean_w) = (round.weight(), (sums.w / sums.n).max(f64::MIN_POSITIVE));
        let dm = round.expected_judged - sums.dm / sums.n;
        match self {
            Self::Ipw => w * round.reward - sums.wr / sums.n,
            Self::Snipw => w * (round.reward - self.value(sums)) / mean_w,
            Self::Dm => dm,
            Self::Dr => dm + w * (round.reward - round.expected) - (sums.wr - sums.wq) / sums.n,
            Self::Sndr => {
                let ratio = if sums.w > 0.0 { (sums.wr - sums.wq) / sums.w } else { 0.0 };
                dm + w * (round.reward - round.expected - ratio) / mean_w
            }
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    w: f64,
    wr: f64,
    wq: f64,
    dm: f64,
}

impl Sums {
    fn add(&mut self, round: &Round) {
        let w = round.weight();
        self.n += 1.0;
        self.w += w;
        self.wr += w * round.reward;
        self.wq += w * round.expected;
        self.dm += round.expected_judged;
    }

    fn of<'a>(rounds: impl Iterator<Item = &'a Round>) -> Self {
        let mut sums = Self::default();
        rounds.for_each(|round| sums.add(round));
        sums
    }
}

/// How to make intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Probability content, between 0 and 1.
    pub level: f64,
    /// Replicates of the bootstrap.
    pub replicates: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Standard error of DM from its model, where there is one.
    pub model_error: Option<f64>,
}

impl Default for Settings {
    /// 95 %, 2,000 replicates, seed 0, no model error.
    fn default() -> Self {
        Self { level: 0.95, replicates: 2_000, seed: 0, model_error: None }
    }
}

/// All estimates, and what they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// One estimate an estimator, in the order of [`Estimator::ALL`].
    pub estimates: Vec<(Estimator, Estimate)>,
    /// How much the log says about the policy.
    pub support: Support,
    /// What to beware of.
    pub warnings: Vec<String>,
}

/// The estimate of one estimator, without an interval, for those who bring their own.
///
/// # Errors
/// When a probability or reward is out of range, or there are no rounds.
pub fn value(estimator: Estimator, rounds: &[Round]) -> Result<f64, ScienceError> {
    check(rounds)?;
    Ok(estimator.value(&Sums::of(rounds.iter())))
}

/// Estimates with every estimator.
///
/// # Errors
/// When a probability or reward is out of range, there are no rounds, or the level is not between 0 and 1.
pub fn evaluate(rounds: &[Round], settings: &Settings) -> Result<Report, ScienceError> {
    check(rounds)?;
    if !(settings.level > 0.0 && settings.level < 1.0) {
        return Err(ScienceError::OutOfRange {
            name: "level",
            value: settings.level,
            range: "between 0 and 1",
        });
    }
    let sums = Sums::of(rounds.iter());
    let mut draws: Vec<Vec<f64>> =
        vec![Vec::with_capacity(settings.replicates.max(100)); Estimator::ALL.len()];
    let mut stream = SplitMix64::new(settings.seed);
    for _ in 0..settings.replicates.max(100) {
        let drawn = std::iter::repeat_with(|| (stream.next_f64() * rounds.len() as f64) as usize);
        let resampled = Sums::of(drawn.take(rounds.len()).filter_map(|place| rounds.get(place)));
        for (estimator, draws) in Estimator::ALL.iter().zip(&mut draws) {
            draws.push(estimator.value(&resampled));
        }
    }
    let estimates = Estimator::ALL.iter().zip(draws).map(|(estimator, draws)| {
        let value = estimator.value(&sums);
        let interval = match (estimator, settings.model_error) {
            (Estimator::Dm, Some(error)) => {
                let half = Normal::standard().inverse_cdf(0.5 + settings.level / 2.0) * error;
                Interval { low: value - half, high: value + half, level: settings.level }
            }
            _ => {
                let influence = rounds.iter().map(|round| estimator.influence(round, &sums));
                corrected(value, draws, acceleration(influence), settings.level)
            }
        };
        (*estimator, Estimate { value, interval, n: rounds.len() as u64 })
    });
    let estimates = estimates.collect();
    let support = Support::of(rounds);
    Ok(Report { estimates, warnings: support.warnings(), support })
}

/// A sixth of the skewness of the estimate (Efron 1987, eq. 4.4).
fn acceleration(influence: impl Iterator<Item = f64>) -> f64 {
    let (squares, cubes) = influence.fold((0.0, 0.0), |(s, c), u| (s + u * u, c + u * u * u));
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

/// The BCa interval from bootstrap draws.
fn corrected(value: f64, mut draws: Vec<f64>, acceleration: f64, level: f64) -> Interval {
    draws.sort_by(f64::total_cmp);
    let normal = Normal::standard();
    let n = draws.len() as f64;
    let below = draws.iter().filter(|draw| **draw < value).count() as f64;
    let equal = draws.iter().filter(|draw| **draw == value).count() as f64;
    // Half a draw at either end keeps the quantile finite.
    let share = ((below + equal / 2.0) / n).clamp(0.5 / n, 1.0 - 0.5 / n);
    let bias = normal.inverse_cdf(share);
    let end = |q: f64| {
        let z = bias + normal.inverse_cdf(q);
        let place = normal.cdf(bias + z / (1.0 - acceleration * z)) * n;
        draws.get((place as usize).min(draws.len().saturating_sub(1))).copied().unwrap_or(value)
    };
    Interval { low: end((1.0 - level) / 2.0), high: end(0.5 + level / 2.0), level }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rounds() -> impl Strategy<Value = Vec<Round>> {
        let round = (0.0..5.0f64, 0.01..1.0f64, 0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64);
        prop::collection::vec(
            round.prop_map(|(reward, logged, judged, expected, expected_judged)| Round {
                reward,
                logged,
                judged,
                expected,
                expected_judged,
            }),
            1..60,
        )
    }

    #[test]
    fn the_estimators_agree_with_a_calculation_by_hand() {
        // Weights 2, .5; rewards 1, 0; q .4, .2; DM .3, .1. IPW (2)/2 = 1; SNIPW 2/2.5 = .8; DM .2;
        // DR .2 + (2 * .6 - .5 * .2)/2 = .75; SNDR .2 + 1.1/2.5 = .64.
        let rounds = [
            Round { reward: 1.0, logged: 0.25, judged: 0.5, expected: 0.4, expected_judged: 0.3 },
            Round { reward: 0.0, logged: 0.5, judged: 0.25, expected: 0.2, expected_judged: 0.1 },
        ];
        let expected = [1.0, 0.8, 0.2, 0.75, 0.64];
        for (estimator, by_hand) in Estimator::ALL.into_iter().zip(expected) {
            assert!((value(estimator, &rounds).unwrap() - by_hand).abs() < 1e-12, "{estimator:?}");
        }
    }

    #[test]
    fn the_estimators_are_those_of_the_open_bandit_pipeline() {
        // obp 0.4.1 on eight random rounds of three actions (NumPy `RandomState(5)`), reward, logged, judged, q of the
        // action, q of the policy; `estimate_policy_values` printed the five values.
        let rows = [
            (1.0, 0.31, 0.312, 0.399, 0.630_456),
            (1.0, 0.82, 0.212, 0.546, 0.746_563),
            (1.0, 0.39, 0.031, 0.087, 0.255_15),
            (0.0, 0.49, 0.826, 0.965, 0.838_384),
            (0.0, 0.41, 0.631, 0.632, 0.610_156),
            (0.0, 0.64, 0.415, 0.812, 0.878_983),
            (1.0, 0.61, 0.688, 0.913, 0.693_291),
            (0.0, 0.62, 0.444, 0.361, 0.180_3),
        ];
        let rounds = rows.map(|(reward, logged, judged, expected, expected_judged)| Round {
            reward,
            logged,
            judged,
            expected,
            expected_judged,
        });
        let printed = [
            0.309_043_028_776_909_4,
            0.350_108_604_479_863_7,
            0.604_160_375,
            0.292_725_110_394_134,
            0.251_341_654_873_854_24,
        ];
        for (estimator, printed) in Estimator::ALL.into_iter().zip(printed) {
            assert!((value(estimator, &rounds).unwrap() - printed).abs() < 1e-12, "{estimator:?}");
        }
    }

    #[test]
    fn the_interval_of_ipw_covers_the_truth_about_as_often_as_it_says() {
        // Actions 0 and 1 logged at .8 and .2 with rewards at .1 and .3; judged .3 and .7: truth .24.
        let (mut covered, runs) = (0, 400);
        for run in 0..runs {
            let mut stream = SplitMix64::new(run);
            let rounds: Vec<Round> = (0..400)
                .map(|_| {
                    let rare = stream.next_f64() < 0.2;
                    let (logged, judged, rate) = if rare { (0.2, 0.7, 0.3) } else { (0.8, 0.3, 0.1) };
                    let reward = f64::from(u8::from(stream.next_f64() < rate));
                    Round { reward, logged, judged, expected: 0.0, expected_judged: 0.0 }
                })
                .collect();
            let settings = Settings { replicates: 500, seed: run, ..Settings::default() };
            let interval = evaluate(&rounds, &settings).unwrap().estimates[0].1.interval;
            covered += u32::from(interval.low <= 0.24 && 0.24 <= interval.high);
        }
        let share = f64::from(covered) / runs as f64;
        assert!((0.92..=0.98).contains(&share), "{share}");
    }

    #[test]
    fn a_probability_of_zero_in_the_log_is_refused() {
        let round = Round { reward: 1.0, logged: 0.0, judged: 0.5, expected: 0.0, expected_judged: 0.0 };
        let error = evaluate(&[round], &Settings::default()).unwrap_err().to_string();
        assert_eq!(error, "`logged probability of an action` is `0`; give a number above 0 and at most 1");
    }

    proptest! {
        #[test]
        fn snipw_stays_within_the_rewards(rounds in rounds()) {
            prop_assume!(rounds.iter().any(|round| round.judged > 0.0));
            let estimate = value(Estimator::Snipw, &rounds).unwrap();
            let low = rounds.iter().map(|r| r.reward).fold(f64::INFINITY, f64::min);
            let high = rounds.iter().map(|r| r.reward).fold(0.0, f64::max);
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&estimate));
        }

        #[test]
        fn without_weights_dr_is_dm_and_without_a_model_it_is_ipw(rounds in rounds()) {
            let none: Vec<Round> = rounds.iter().map(|r| Round { judged: 0.0, ..*r }).collect();
            let blind: Vec<Round> =
                rounds.iter().map(|r| Round { expected: 0.0, expected_judged: 0.0, ..*r }).collect();
            let same = |a: Estimator, b: Estimator, rounds: &[Round]| {
                (value(a, rounds).unwrap() - value(b, rounds).unwrap()).abs() < 1e-9
            };
            prop_assert!(same(Estimator::Dr, Estimator::Dm, &none) && same(Estimator::Sndr, Estimator::Dm, &none));
            prop_assert!(same(Estimator::Dr, Estimator::Ipw, &blind));
            prop_assert!(same(Estimator::Sndr, Estimator::Snipw, &blind));
        }

        #[test]
        fn a_policy_that_is_the_logged_one_has_the_mean_reward_and_full_support(rounds in rounds()) {
            let same: Vec<Round> = rounds.iter().map(|r| Round { judged: r.logged, ..*r }).collect();
            let mean = same.iter().map(|r| r.reward).sum::<f64>() / same.len() as f64;
            prop_assert!((value(Estimator::Ipw, &same).unwrap() - mean).abs() < 1e-9);
            prop_assert!((Support::of(&same).effective - same.len() as f64).abs() < 1e-6);
        }
    }
}
