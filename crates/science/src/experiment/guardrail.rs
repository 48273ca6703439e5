//! Watching a canary for two harms that no answer of a customer tells: that it selects some group less often, and that what
//! it says comes true less often. At any time and as often as one likes, as in [`super::sequential`].
//!
//! Goes in: for each selected customer the group and whether the canary decides for them; or by how much the canary's loss
//! is the higher one. Comes out: an e-value. Deliberately absent: who anybody is.

use std::collections::VecDeque;

/// How many times as rarely a group may be selected that is looked for, each with the same weight.
pub const FEWER: [f64; 5] = [0.8, 0.67, 0.5, 0.33, 0.2];

/// Whether a canary selects a group less often than what it is compared with does, held against everybody else: a change
/// of how many are selected in all is none of a group.
///
/// Who is in the canary is decided by a hash, so as long as both select alike a selected customer is in it with one and
/// the same chance in either group. One customer of each group makes a block; the product over blocks of the likelihood
/// ratio against the mean of the two chances is an e-process for that, whatever the chance is (Turner, Ly, Grünwald
/// 2024, "Generic e-variables for exact sequential k-sample tests that allow for optional stopping", theorem 1). Each
/// customer may be added once.
#[derive(Debug, Clone)]
pub struct SelectionTest {
    share: f64,
    logs: [f64; FEWER.len()],
    waiting: [VecDeque<bool>; 2],
}

impl SelectionTest {
    /// Of a canary that decides for a share of the customers, 0 to 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        let share = share.clamp(0.001, 0.999);
        Self { share, logs: [0.0; FEWER.len()], waiting: [VecDeque::new(), VecDeque::new()] }
    }

    /// Adds a selected customer: of the group or not, in the canary or not.
    pub fn add(&mut self, of_group: bool, in_canary: bool) {
        let [group, rest] = &mut self.waiting;
        (if of_group { &mut *group } else { &mut *rest }).push_back(in_canary);
        let (Some(a), Some(b)) = (group.front().copied(), rest.front().copied()) else { return };
        group.pop_front();
        rest.pop_front();
        let said = |chance: f64, yes: bool| if yes { chance } else { 1.0 - chance };
        for (log, ratio) in self.logs.iter_mut().zip(FEWER) {
            let other = self.share;
            let fewer = ratio * other / (ratio * other + 1.0 - other);
            let mean = f64::midpoint(fewer, other);
            *log += (said(fewer, a) * said(other, b) / (said(mean, a) * said(mean, b))).ln();
        }
    }

    /// The e-value now; 1 says nothing.
    #[must_use]
    pub fn e_value(&self) -> f64 {
        self.logs.iter().map(|log| log.exp()).sum::<f64>() / FEWER.len() as f64
    }
}

/// Stakes that are laid on the canary being worse, each with the same weight.
const STAKES: [f64; 5] = [0.05, 0.1, 0.2, 0.4, 0.8];

/// Whether one loses more than another about the same customers. A gambler who bets on it with no expected gain as long as
/// it does not (Waudby-Smith, Ramdas 2024, "Estimating means of bounded random variables by betting", section 4).
#[derive(Debug, Clone)]
pub struct LossTest {
    logs: [f64; STAKES.len()],
    /// The highest e-value so far.
    pub highest: f64,
}

impl Default for LossTest {
    fn default() -> Self {
        Self { logs: [0.0; STAKES.len()], highest: 1.0 }
    }
}

impl LossTest {
    /// Adds by how much the watched loss is the higher one, -1 to 1.
    pub fn add(&mut self, apart: f64) {
        if !apart.is_finite() {
            return;
        }
        for (log, stake) in self.logs.iter_mut().zip(STAKES) {
            *log += (stake * apart.clamp(-1.0, 1.0)).ln_1p();
        }
        self.highest = self.highest.max(self.e_value());
    }

    /// The e-value now; 1 says nothing.
    #[must_use]
    pub fn e_value(&self) -> f64 {
        self.logs.iter().map(|log| log.exp()).sum::<f64>() / STAKES.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    #[test]
    fn one_block_is_the_one_worked_out_by_hand() {
        let mut test = SelectionTest::new(0.5);
        test.add(true, false);
        assert!((test.e_value() - 1.0).abs() < 1e-12, "a block needs one of each");
        test.add(false, true);
        // r .8: .4444 and .5, mean .4722: .5556 * .5 / (.5278 * .4722) = 1.1146; the mean over all five is 1.41.
        let of = |r: f64| {
            let fewer = r / (r + 1.0);
            let mean = (fewer + 0.5) / 2.0;
            (1.0 - fewer) * 0.5 / ((1.0 - mean) * mean)
        };
        let by_hand = FEWER.map(of).iter().sum::<f64>() / 5.0;
        assert!((test.e_value() - by_hand).abs() < 1e-12 && (of(0.8) - 1.1146).abs() < 1e-3);
    }

    /// Share of runs that reach `limit` among 2,000 selected; `rate` is how often the canary selects the group that the
    /// other would, and everybody is selected `all` times as often by it.
    fn reached(rate: f64, all: f64, share: f64, runs: u64, limit: f64) -> f64 {
        let mut count = 0;
        for seed in 0..runs {
            let mut rng = SplitMix64::new(seed);
            let mut test = SelectionTest::new(share);
            let mut added = 0;
            while added < 2_000 {
                let (group, canary) = (rng.next_f64() < 0.3, rng.next_f64() < share);
                let chance = 0.5 * if canary { all * if group { rate } else { 1.0 } } else { 1.0 };
                if rng.next_f64() >= chance {
                    continue;
                }
                test.add(group, canary);
                added += 1;
                if test.e_value() >= limit {
                    count += 1;
                    break;
                }
            }
        }
        f64::from(count) / runs as f64
    }

    #[test]
    fn a_group_that_is_selected_less_is_found_and_chance_or_another_total_alarms_in_at_most_one_of_a_hundred()
    {
        for share in [0.1, 0.5] {
            assert!(reached(1.0, 1.0, share, 400, 100.0) <= 0.01);
            assert!(reached(1.0, 0.5, share, 400, 100.0) <= 0.01, "fewer of everybody is no disparity");
        }
        assert!(reached(0.5, 1.0, 0.5, 200, 100.0) >= 0.9);
    }

    #[test]
    fn a_higher_loss_is_found_and_the_same_one_alarms_in_at_most_one_of_a_hundred() {
        let found = |bias: f64| {
            let mut count = 0;
            for seed in 0..400 {
                let mut rng = SplitMix64::new(seed);
                let mut test = LossTest::default();
                (0..2_000).for_each(|_| test.add((rng.next_f64() - 0.5) * 0.6 + bias));
                count += u32::from(test.highest >= 100.0);
            }
            f64::from(count) / 400.0
        };
        assert!(found(0.0) <= 0.01 && found(-0.02) <= 0.01);
        assert!(found(0.03) >= 0.95);
    }
}
