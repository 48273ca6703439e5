//! Fatigue: how likely the next message is to do harm (an opt-out or a complaint), by how many came in the last 30 days,
//! for one person by their own history, shrunk towards everybody's.
//!
//! Everybody's curve h(k), the probability of harm of a message that is the k-th within 30 days, is the isotonic
//! (never falling) maximum-likelihood fit of the observed shares, by pool-adjacent-violators (Ayer, Brunk, Ewing, Reid
//! and Silverman 1955, Annals of Mathematical Statistics 26:641-647); half a harm in the first count keeps it off zero.
//! A person's own risk of a message is 1 - exp(-u l(k)), with u gamma distributed over persons, mean 1 and shape v, and
//! the hazard l(k) such that the mean over persons is h(k). A message without harm then has the likelihood exp(-u l),
//! one with harm nearly u l exp(-u l / 2); so y harms are negative binomial given the exposure E, the sum of l over
//! messages without and of l / 2 over those with harm. By that likelihood v is chosen, and u is then gamma with shape
//! v + y and rate v + E (empirical Bayes: Robbins 1956; the gamma-Poisson shrinker of DuMouchel 1999, The American
//! Statistician 53:177-190, equations 4 to 8). Someone with few messages is judged like everybody, someone with many by
//! themselves.
//!
//! Deliberately absent: what to do with it, and any other fact about a person.

pub mod decay;

use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::gamma::ln_gamma;
use terms::estimate::{Estimate, Interval};

/// Longest run of messages within 30 days that is told apart; more count as this many.
pub const MOST: usize = 8;
/// Messages, and harms among them, that are needed before a curve is fitted at all.
const NEEDED: (u64, u64) = (500, 10);
/// Days within which messages tire.
pub const WINDOW_DAYS: i64 = 30;

/// What a person got: for each message, how many came within the window up to and with it (1, 2, ...), and whether it
/// did harm.
pub type History<'a> = &'a [(usize, bool)];

/// Everybody's curve and how much persons differ.
#[derive(Debug, Clone, PartialEq)]
pub struct FatigueModel {
    /// Probability of harm of the k-th message within the window; position 0 is the first.
    curve: [f64; MOST],
    /// The hazards that give this curve on average.
    hazards: [f64; MOST],
    /// Shape of the distribution of personal factors: small when persons differ much.
    shape: f64,
    messages: u64,
}

/// The sum of a person's hazards (halved where there was harm), and the harms there were.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Exposure {
    expected: f64,
    harms: f64,
}

fn place(nth: usize) -> usize {
    nth.clamp(1, MOST) - 1
}

impl FatigueModel {
    /// Fits the curve on everybody's history; `None` when there are too few messages or harms to say anything.
    #[must_use]
    pub fn fit(histories: &[Vec<(usize, bool)>]) -> Option<Self> {
        let (mut messages, mut harms) = ([0.0_f64; MOST], [0.0_f64; MOST]);
        for (nth, harmed) in histories.iter().flatten() {
            if let (Some(count), Some(harm)) = (messages.get_mut(place(*nth)), harms.get_mut(place(*nth))) {
                *count += 1.0;
                *harm += f64::from(u8::from(*harmed));
            }
        }
        let (sent, harmful) = (messages.iter().sum::<f64>(), harms.iter().sum::<f64>());
        if sent < NEEDED.0 as f64 || harmful < NEEDED.1 as f64 {
            return None;
        }
        if let (Some(count), Some(harm)) = (messages.first_mut(), harms.first_mut()) {
            *count += 1.0;
            *harm += 0.5;
        }
        let curve = isotonic(&harms, &messages);
        let mut model = Self { curve, hazards: curve, shape: 1.0, messages: sent as u64 };
        // Hazards hang on the shape, and the shape on them; they settle within a few rounds.
        for _ in 0..4 {
            let exposures: Vec<Exposure> = histories.iter().map(|history| model.exposure(history)).collect();
            model.shape = best_shape(&exposures);
            model.hazards = curve.map(|share| hazard(share, model.shape));
        }
        Some(model)
    }

    /// Messages it was fitted on.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// Everybody's probability of harm for the k-th message within the window, from the first to the [`MOST`]-th.
    #[must_use]
    pub const fn curve(&self) -> &[f64; MOST] {
        &self.curve
    }

    /// How alike persons are: the shape of their factors' distribution, whose variance is its inverse.
    #[must_use]
    pub const fn shape(&self) -> f64 {
        self.shape
    }

    fn exposure(&self, history: History<'_>) -> Exposure {
        history.iter().fold(Exposure::default(), |sum, (nth, harmed)| Exposure {
            expected: sum.expected
                + self.hazards.get(place(*nth)).copied().unwrap_or(0.0) * if *harmed { 0.5 } else { 1.0 },
            harms: sum.harms + f64::from(u8::from(*harmed)),
        })
    }

    /// The probability that a person's next message, the `nth` within the window, does harm: expected, with an interval
    /// of probability content `level` from what is known of them. The uncertainty of everybody's curve is not in it.
    #[must_use]
    pub fn risk(&self, history: History<'_>, nth: usize, level: f64) -> Estimate {
        let Exposure { expected, harms } = self.exposure(history);
        let (shape, rate) = (self.shape + harms, self.shape + expected);
        let base = self.hazards.get(place(nth)).copied().unwrap_or(1.0);
        let probability = |factor: f64| 1.0 - (-(factor * base).min(700.0)).exp();
        let tail = (1.0 - level.clamp(0.0, 0.999_999)) / 2.0;
        let (low, high) = Gamma::new(shape, rate).map_or((0.0, f64::INFINITY), |factor| {
            (factor.inverse_cdf(tail), factor.inverse_cdf(1.0 - tail))
        });
        // The mean over what the person's factor may be.
        let value = 1.0 - (rate / (rate + base)).powf(shape);
        let interval =
            Interval { low: probability(low).min(value), high: probability(high).max(value), level };
        Estimate { value, interval, n: history.len() as u64 }
    }
}

/// The hazard whose harm has this share on average over persons of this shape.
fn hazard(share: f64, shape: f64) -> f64 {
    shape * ((1.0 - share.min(0.999_999)).powf(-1.0 / shape) - 1.0)
}

/// The never-falling sequence that fits shares `hits / sizes` best, by pooling neighbours that fall. Where nothing was
/// seen the last share goes on.
fn isotonic(hits: &[f64; MOST], sizes: &[f64; MOST]) -> [f64; MOST] {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (hit, size) in hits.iter().zip(sizes) {
        pools.push((*hit, *size, 1));
        while let [.., before, last] = pools.as_slice() {
            let falls = last.1 == 0.0 || (before.1 > 0.0 && last.0 / last.1 <= before.0 / before.1);
            if !falls {
                break;
            }
            let merged = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            pools.truncate(pools.len() - 2);
            pools.push(merged);
        }
    }
    let mut curve = [0.0; MOST];
    let shares = pools.iter().flat_map(|(hit, size, count)| {
        std::iter::repeat_n(if *size > 0.0 { hit / size } else { 0.0 }, *count)
    });
    curve.iter_mut().zip(shares).for_each(|(slot, share)| *slot = share);
    curve
}

/// Log-likelihood of a shape: harms are negative binomial (DuMouchel 1999, equation 4, without the second component).
fn likelihood(shape: f64, exposures: &[Exposure]) -> f64 {
    exposures
        .iter()
        .map(|Exposure { expected, harms }| {
            ln_gamma(shape + harms) - ln_gamma(shape)
                + shape * (shape / (shape + expected)).ln()
                + harms * (expected.max(1e-12) / (shape + expected)).ln()
        })
        .sum()
}

/// The shape between 0.1 and 1000 that explains the harms best, by golden section on its logarithm.
fn best_shape(exposures: &[Exposure]) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let at = |log: f64| likelihood(log.exp(), exposures);
    let (mut low, mut high) = (0.1_f64.ln(), 1000.0_f64.ln());
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (at(left), at(right));
    for _ in 0..60 {
        if at_left < at_right {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = at(right);
        } else {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = at(left);
        }
    }
    f64::midpoint(low, high).exp()
}

#[cfg(test)]
mod tests;
