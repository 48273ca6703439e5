//! How often somebody alive buys in a time ahead, when gaps are Erlang and each purchase may be the last.
//!
//! Goes in: a [`Clock`] (negative binomial stage events, Schmittlein, Morrison, Colombo 1987, eq. 7) and a beta chance
//! of leaving. Comes out: the probabilities of at least m purchases, one by one; and the Gauss series.

/// Counts beyond this are not looked at.
const MOST: u32 = 2_000;

/// The stage clock of a customer who is alive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Stages in a gap.
    pub k: u32,
    /// Shape of the rate's gamma distribution after the history, without stages passed in the open gap.
    pub shape: f64,
    /// Silence since the last purchase as a share of `alpha + T`: weighs the stages that may have passed.
    pub silence: f64,
    /// Time ahead as a share of `alpha + T + t`.
    pub ahead: f64,
}

/// One stage of the open gap: how likely it is, and the negative binomial run of further events from it, in
/// logarithms because a busy customer's chance of none is smaller than the smallest number.
struct Lane {
    weight: f64,
    shape: f64,
    ln_pmf: f64,
    below: f64,
    events: u32,
}

/// Calls `each` with the probability of at least 1, 2, ... purchases of somebody who is alive, until it is below 1e-9.
/// `P(N >= m)` is the chance that the clock strikes m times, times that of staying through m - 1 purchases,
/// `B(a, b + m - 1) / B(a, b)`; `b` counts the chances survived.
pub fn at_least(clock: &Clock, a: f64, b: f64, mut each: impl FnMut(f64)) {
    let k = clock.k.max(1);
    let mut lanes: Vec<Lane> = Vec::with_capacity(k as usize);
    let (mut weight, mut total) = (1.0, 0.0);
    for j in 0..k {
        let shape = clock.shape + f64::from(j);
        lanes.push(Lane { weight, shape, ln_pmf: shape * (-clock.ahead).ln_1p(), below: 0.0, events: 0 });
        total += weight;
        weight *= clock.silence * shape / f64::from(j + 1);
    }
    let ln_ahead = clock.ahead.ln();
    let mut stays = 1.0;
    for m in 1..=MOST {
        let mut strikes = 0.0;
        for (j, lane) in (0u32..).zip(lanes.iter_mut()) {
            // At least m purchases need m k - j further stages: sum the probabilities of fewer.
            while lane.events < m * k - j {
                lane.below += lane.ln_pmf.exp();
                let n = f64::from(lane.events);
                lane.ln_pmf += ((lane.shape + n) / (n + 1.0)).ln() + ln_ahead;
                lane.events += 1;
            }
            strikes += lane.weight * (1.0 - lane.below).max(0.0);
        }
        let p = strikes / total * stays;
        each(p);
        if p < 1e-9 {
            break;
        }
        let at = b + f64::from(m - 1);
        stays *= at / (a + at);
    }
}

/// The Gauss series F(a, b; c; z), for `0 <= z < 1` and `c > 0` (Abramowitz, Stegun 15.1.1).
#[must_use]
pub fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..20_000 {
        let k = f64::from(k);
        term *= (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        sum += term;
        if term.abs() < 1e-12 * sum.abs() {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauss_series_gives_closed_forms() {
        // F(1, 1; 2; z) = -ln(1 - z) / z and F(a, b; b; z) = (1 - z)^-a (Abramowitz, Stegun 15.1.3, 15.1.8).
        assert!((hypergeometric(1.0, 1.0, 2.0, 0.5) - 2.0 * 2f64.ln()).abs() < 1e-10);
        assert!((hypergeometric(0.3, 1.7, 1.7, 0.6) - 0.4f64.powf(-0.3)).abs() < 1e-10);
    }

    #[test]
    fn a_poisson_clock_without_dropout_has_the_negative_binomial_mean() {
        // Shape 2, ahead = t / (alpha + t) = 1/3: the mean is shape * ahead / (1 - ahead) = 1.
        let clock = Clock { k: 1, shape: 2.0, silence: 0.5, ahead: 1.0 / 3.0 };
        let mut sum = 0.0;
        at_least(&clock, 1e-12, 1.0, |p| sum += p);
        assert!((sum - 1.0).abs() < 1e-7, "{sum}");
    }

    #[test]
    fn two_stages_strike_at_every_second_event_by_hand() {
        // Just bought (silence 0), shape 1, ahead 1/2: events are geometric, P(n) = 2^-(n+1). One purchase needs two
        // events: P = 1/4; two need four: 1/16.
        let clock = Clock { k: 2, shape: 1.0, silence: 0.0, ahead: 0.5 };
        let mut found = Vec::new();
        at_least(&clock, 1e-12, 1.0, |p| found.push(p));
        assert!((found[0] - 0.25).abs() < 1e-9 && (found[1] - 0.0625).abs() < 1e-9, "{found:?}");
    }
}
