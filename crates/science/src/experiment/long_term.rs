//! What a campaign did to the long term: its gain in the window, against future value, opt-outs and complaints with a price.
//!
//! Goes in: for each customer of both arms what they brought in the window, what they are expected to bring after it, whether
//! they refused or complained; and prices. Comes out: each part as a difference with its interval, and the long-term part and
//! all of it together in money a customer.
//!
//! Method. The future value at the end of the window stands in for years that nobody has seen yet, as a surrogate index does
//! (Athey, Chetty, Imbens, Kang 2019, NBER 26463): right as far as the message works on the future through what the model
//! sees. All parts are added up within each customer, so that one estimate (CUPED within strata, [`super::estimate`]) knows how
//! they go together; what is not known of prices and of the model comes on top by the delta method:
//! `Var = se^2 + (d_refused e_o)^2 + (d_complained e_c)^2 + (d_value m)^2`, with the differences d, the errors of the prices
//! e and the relative error of the model m. Weighing lasting against passing effects in one criterion is how Kohavi, Longbotham,
//! Sommerfield, Henne (2009, DMKD 18:140-181) and Hohnhold, O'Brien, Tang (2015, KDD, "Focusing on the long-term") ask for it.

use super::estimate::{Outcome, Settings, estimate, rate_difference};
use crate::error::ScienceError;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use terms::estimate::{Estimate, Evidence, Interval};

/// A customer of an experiment at the end of its window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    /// Treated, not held out.
    pub treated: bool,
    /// Stratum of the assignment.
    pub stratum: u32,
    /// A number from before the campaign: expected value then, or revenue of the year before.
    pub covariate: f64,
    /// What they brought in the window.
    pub gain: f64,
    /// What they are expected to bring after it; `None` where nothing may be said of them.
    pub value: Option<f64>,
    /// Took consent back in the window.
    pub refused: bool,
    /// Complained in the window.
    pub complained: bool,
}

/// What one event costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Cost of one.
    pub value: f64,
    /// Standard error of that.
    pub error: f64,
}

/// What harm costs, and how far the value model can be wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// An opt-out.
    pub opt_out: Price,
    /// A complaint.
    pub complaint: Price,
    /// Relative standard error of differences of the model's values.
    pub model_error: f64,
}

/// What a campaign did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LongTerm {
    /// Gain in the window, per customer treated.
    pub gain: Evidence,
    /// Change of what is expected after it.
    pub value: Evidence,
    /// Difference of the shares that refused.
    pub opt_outs: Evidence,
    /// Difference of the shares that complained.
    pub complaints: Evidence,
    /// Change of value less what opt-outs and complaints cost.
    pub long: Evidence,
    /// Gain and long term together.
    pub overall: Evidence,
    /// Prices it was counted with.
    pub prices: Prices,
}

fn normal_quantile(level: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + level / 2.0)
}

/// An estimate whose interval is widened by errors that come on top.
fn widened(evidence: Evidence, more: f64) -> Evidence {
    match evidence {
        Evidence::Sufficient(Estimate { value, interval, n }) => {
            let half = (interval.high - interval.low) / 2.0;
            let extra = normal_quantile(interval.level) * more;
            let half = half.hypot(extra);
            let interval = Interval { low: value - half, high: value + half, level: interval.level };
            Evidence::Sufficient(Estimate { value, interval, n })
        }
        few @ Evidence::Insufficient { .. } => few,
    }
}

const fn told(evidence: &Evidence) -> f64 {
    match evidence {
        Evidence::Sufficient(found) => found.value,
        Evidence::Insufficient { .. } => 0.0,
    }
}

/// Evaluates an experiment. Where values are known of some customers, long term and total are about these.
///
/// # Errors
/// When the level is not between 0 and 1.
pub fn evaluate(
    subjects: &[Subject],
    prices: &Prices,
    settings: &Settings,
) -> Result<LongTerm, ScienceError> {
    let valued = subjects.iter().any(|one| one.value.is_some());
    let counted = |one: &&Subject| !valued || one.value.is_some();
    let difference = |of: &dyn Fn(&Subject) -> f64, all: bool| -> Result<Evidence, ScienceError> {
        let arm = |treated: bool| -> Vec<Outcome> {
            subjects
                .iter()
                .filter(|one| one.treated == treated && (all || counted(one)))
                .map(|one| Outcome {
                    revenue: of(one),
                    purchases: 0.0,
                    stratum: one.stratum,
                    covariate: one.covariate,
                })
                .collect()
        };
        Ok(estimate(&arm(true), &arm(false), settings)?.revenue)
    };
    let rate = |of: fn(&Subject) -> bool| -> Result<Evidence, ScienceError> {
        let count = |treated: bool| {
            let arm = || subjects.iter().filter(move |one| one.treated == treated);
            (arm().filter(|one| of(one)).count() as u64, arm().count() as u64)
        };
        rate_difference(count(true), count(false), settings.level)
    };
    let share = |of: fn(&Subject) -> bool| -> f64 {
        let of_arm = |treated: bool| {
            let arm = || subjects.iter().filter(move |one| one.treated == treated);
            arm().filter(|one| of(one)).count() as f64 / arm().count().max(1) as f64
        };
        of_arm(true) - of_arm(false)
    };
    let hit = |yes: bool| if yes { 1.0 } else { 0.0 };
    let lasting = |one: &Subject| {
        one.value.unwrap_or(0.0)
            - prices.opt_out.value * hit(one.refused)
            - prices.complaint.value * hit(one.complained)
    };
    let value = match valued {
        true => difference(&|one| one.value.unwrap_or(0.0), false)?,
        false => Evidence::Insufficient { n: 0, needed: settings.fewest },
    };
    let errors = [
        share(|one| one.refused) * prices.opt_out.error,
        share(|one| one.complained) * prices.complaint.error,
        told(&value) * prices.model_error,
    ];
    let more = errors.iter().map(|error| error * error).sum::<f64>().sqrt();
    Ok(LongTerm {
        gain: difference(&|one| one.gain, true)?,
        value: widened(value, told(&value) * prices.model_error),
        opt_outs: rate(|one| one.refused)?,
        complaints: rate(|one| one.complained)?,
        long: widened(difference(&lasting, false)?, more),
        overall: widened(difference(&|one| one.gain + lasting(one), false)?, more),
        prices: *prices,
    })
}

/// What rounding makes of sums of money, in major units a customer: far below anything that is measured.
const ROUNDING: f64 = 1e-9;

/// Probability that what was estimated lies below a limit; `None` where there are too few.
#[must_use]
pub fn probability_below(evidence: &Evidence, limit: f64) -> Option<f64> {
    let Evidence::Sufficient(found) = evidence else { return None };
    let error = (found.interval.high - found.interval.low) / 2.0 / normal_quantile(found.interval.level);
    // Where nothing differs, what is left is the rounding of sums, and that is no loss.
    Some(match error > ROUNDING {
        true => Normal::standard().cdf((limit - found.value) / error),
        false if found.value < limit - ROUNDING => 1.0,
        false => 0.0,
    })
}

/// What several experiments and a belief from before say together: each experiment has its own truth around a common one
/// (DerSimonian, Laird 1986, Controlled Clinical Trials 7:177-188), and the belief counts as one more.
#[must_use]
pub fn pooled(prior: Price, experiments: &[Price]) -> Price {
    let usable =
        || experiments.iter().filter(|one| one.error > 0.0 && one.error.is_finite() && one.value.is_finite());
    let sums = |spread: f64| {
        usable().fold((0.0, 0.0, 0.0), |(w, wy, ww), one| {
            let weight = 1.0 / (one.error * one.error + spread);
            (w + weight, weight.mul_add(one.value, wy), weight.mul_add(weight, ww))
        })
    };
    let (w, wy, ww) = sums(0.0);
    let n = usable().count() as f64;
    let spread = if n > 1.0 {
        let mean = wy / w;
        let q: f64 = usable().map(|one| ((one.value - mean) / one.error).powi(2)).sum();
        ((q - (n - 1.0)) / (w - ww / w)).max(0.0)
    } else {
        0.0
    };
    let (w, wy, _) = sums(spread);
    let belief = if prior.error > 0.0 { 1.0 / (prior.error * prior.error) } else { 0.0 };
    let weight = w + belief;
    if weight <= 0.0 {
        return prior;
    }
    Price { value: belief.mul_add(prior.value, wy) / weight, error: (1.0 / weight).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    fn sufficient(evidence: Evidence) -> Estimate {
        let Evidence::Sufficient(found) = evidence else { panic!("{evidence:?}") };
        found
    }

    fn subject(treated: bool, gain: f64, value: f64, refused: bool) -> Subject {
        Subject { treated, stratum: 0, covariate: 0.0, gain, value: Some(value), refused, complained: false }
    }

    #[test]
    fn the_parts_add_up_as_by_hand() {
        // Treated gain 4, 6; values 10, 8; one refuses. Control gain 3, 5; values 11, 11. Price 2.
        // Gain 1; value 9 - 11 = -2; long (10 - 2 + 8)/2 - 11 = -3; together -2.
        let all = [
            subject(true, 4.0, 10.0, true),
            subject(true, 6.0, 8.0, false),
            subject(false, 3.0, 11.0, false),
            subject(false, 5.0, 11.0, false),
        ];
        let prices = Prices { opt_out: Price { value: 2.0, error: 0.0 }, ..Prices::default() };
        let found = evaluate(&all, &prices, &Settings { level: 0.9, fewest: 2 }).unwrap();
        let values = [found.gain, found.value, found.long, found.overall].map(|one| sufficient(one).value);
        for (value, by_hand) in values.iter().zip([1.0, -2.0, -3.0, -2.0]) {
            assert!((value - by_hand).abs() < 1e-12, "{values:?}");
        }
    }

    #[test]
    fn what_is_not_known_of_prices_and_model_widens_the_interval_by_the_delta_method() {
        // No spread at all within arms: only the errors are left. d_refused = 1 - 0, e = .5; d_value = -2, m = .25.
        let all: Vec<Subject> =
            (0..8).map(|at| subject(at < 4, 0.0, if at < 4 { 9.0 } else { 11.0 }, at < 4)).collect();
        let opt_out = Price { value: 2.0, error: 0.5 };
        let prices = Prices { opt_out, model_error: 0.25, ..Prices::default() };
        let found = evaluate(&all, &prices, &Settings { level: 0.9, fewest: 2 }).unwrap();
        let long = sufficient(found.long);
        let by_hand = 1.644_853_6 * (0.25_f64 + 0.25).sqrt();
        assert!((long.value + 4.0).abs() < 1e-12);
        assert!((long.interval.high - long.value - by_hand).abs() < 1e-6, "{long:?}");
        let below = probability_below(&found.long, 0.0).unwrap();
        assert!((below - Normal::standard().cdf(4.0 / 0.5_f64.sqrt())).abs() < 1e-6);
    }

    #[test]
    fn without_a_value_model_the_long_term_is_what_harm_costs() {
        let mut all: Vec<Subject> = (0..8).map(|at| subject(at < 4, 1.0, 0.0, at == 0)).collect();
        all.iter_mut().for_each(|one| one.value = None);
        let prices = Prices { opt_out: Price { value: 8.0, error: 0.0 }, ..Prices::default() };
        let found = evaluate(&all, &prices, &Settings { level: 0.9, fewest: 2 }).unwrap();
        assert!(matches!(found.value, Evidence::Insufficient { .. }));
        assert!((sufficient(found.long).value + 2.0).abs() < 1e-12);
    }

    #[test]
    fn experiments_are_pooled_as_by_hand() {
        // Values 1 and 3, errors 1: w = 2, mean 2, Q = 2, spread = (2 - 1) / (2 - 2/2) = 1; each weighs 1/2, so 2 with error 1;
        // with a belief of 0, error 1: (2 + 0) / 2 = 1, error sqrt(1/2).
        let two = [Price { value: 1.0, error: 1.0 }, Price { value: 3.0, error: 1.0 }];
        let found = pooled(Price { value: 0.0, error: 1.0 }, &two);
        assert!(
            (found.value - 1.0).abs() < 1e-12 && (found.error - 0.5_f64.sqrt()).abs() < 1e-12,
            "{found:?}"
        );
        let alone = pooled(Price { value: 5.0, error: 2.0 }, &[]);
        assert!((alone.value - 5.0).abs() < 1e-12 && (alone.error - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_90_percent_interval_covers_the_truth_in_86_to_94_percent_of_1000_campaigns() {
        let (mut long, mut overall) = (0_u32, 0_u32);
        for run in 0..1_000_u64 {
            let mut random = SplitMix64::new(run * 2 + 1);
            // The price is known with an error that is drawn; the truth is 20.
            let price = Price { value: 3.0f64.mul_add(random.next_normal(), 20.0), error: 3.0 };
            let all: Vec<Subject> = (0..1_200)
                .map(|at| {
                    let treated = at % 3 != 0;
                    let before = (0.8 * random.next_normal() + 3.0).exp();
                    let buys = random.next_f64() < if treated { 0.15 } else { 0.10 };
                    let gain = if buys { 0.5f64.mul_add(random.next_normal(), 3.0).exp() } else { 0.0 };
                    let lost = if treated { 0.5 } else { 0.0 };
                    let value = before + 6.0 * random.next_normal() - lost;
                    let refused = random.next_f64() < if treated { 0.03 } else { 0.01 };
                    Subject { covariate: before, stratum: at % 4, ..subject(treated, gain, value, refused) }
                })
                .collect();
            let prices = Prices { opt_out: price, ..Prices::default() };
            let found = evaluate(&all, &prices, &Settings { level: 0.9, fewest: 50 }).unwrap();
            let true_long = -0.5 - 0.02 * 20.0;
            let true_overall = 0.05 * (3.0f64 + 0.125).exp() + true_long;
            let covers = |evidence: Evidence, truth: f64| {
                let interval = sufficient(evidence).interval;
                u32::from(interval.low <= truth && truth <= interval.high)
            };
            long += covers(found.long, true_long);
            overall += covers(found.overall, true_overall);
        }
        assert!((860..=940).contains(&long) && (860..=940).contains(&overall), "{long} {overall}");
    }
}
