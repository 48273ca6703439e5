//! Watching two streams of messages for more harm in one of them, at any time and as often as one likes.
//!
//! Goes in: how many of each stream went out, and each adverse answer in the order it came. Comes out: an e-value. When
//! both streams do the same harm, the chance that it ever reaches `1 / alpha` is at most `alpha`, however often one looks
//! (Ville's inequality); so it may stop a canary by itself. It never says that a stream is safe.
//!
//! Given that an adverse answer comes, and with the same rate in both streams, it is of the first stream with the
//! probability that its share of what is out says. Against a rate `r` times as high it is `r p / (r p + 1 - p)`. The
//! product of the likelihood ratios, mixed over several `r`, is a test martingale: a mixture sequential probability ratio
//! test (Robbins 1970, "Statistical methods related to the law of the iterated logarithm"; Howard, Ramdas, McAuliffe,
//! Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", section 3.3).

use serde::{Deserialize, Serialize};

/// How many times as high the rate may be that is looked for, each with the same weight.
pub const RATIOS: [f64; 5] = [1.25, 1.5, 2.0, 3.0, 5.0];

/// Where two streams stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HarmTest {
    /// Logarithm of the likelihood ratio against each of [`RATIOS`].
    logs: [f64; RATIOS.len()],
    /// Adverse answers of the watched stream and of the other.
    pub harmed: [u64; 2],
    /// The highest e-value so far.
    pub highest: f64,
}

impl Default for HarmTest {
    fn default() -> Self {
        Self { logs: [0.0; RATIOS.len()], harmed: [0; 2], highest: 1.0 }
    }
}

/// Which stream an adverse answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The one that is watched.
    Watched,
    /// The one it is compared with.
    Other,
}

impl HarmTest {
    /// Adds an adverse answer while `watched` and `other` messages were out. Nothing is learned while one of the two is
    /// empty.
    ///
    /// ```
    /// use science::experiment::sequential::{HarmTest, Stream};
    /// let mut test = HarmTest::default();
    /// (0..12).for_each(|_| test.add(Stream::Watched, 100, 900));
    /// assert!(test.e_value() > 100.0);
    /// ```
    pub fn add(&mut self, of: Stream, watched: u64, other: u64) {
        let [a, b] = &mut self.harmed;
        *(if of == Stream::Watched { a } else { b }) += 1;
        if watched == 0 || other == 0 {
            return;
        }
        let p = watched as f64 / (watched + other) as f64;
        for (log, ratio) in self.logs.iter_mut().zip(RATIOS) {
            let total = ratio * p + 1.0 - p;
            *log += match of {
                Stream::Watched => (ratio / total).ln(),
                Stream::Other => (1.0 / total).ln(),
            };
        }
        self.highest = self.highest.max(self.e_value());
    }

    /// The e-value now; 1 says nothing.
    #[must_use]
    pub fn e_value(&self) -> f64 {
        self.logs.iter().map(|log| log.exp()).sum::<f64>() / RATIOS.len() as f64
    }

    /// Whether it was ever high enough to say, with at most `alpha` of false alarms over all time, that the watched
    /// stream does more harm.
    #[must_use]
    pub fn alarms(&self, alpha: f64) -> bool {
        self.highest >= 1.0 / alpha
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    #[test]
    fn one_answer_changes_the_e_value_as_computed_by_hand() {
        let mut test = HarmTest::default();
        test.add(Stream::Watched, 1, 1);
        // p = .5: r / (.5 r + .5) for 1.25, 1.5, 2, 3, 5 is 1.1111, 1.2, 1.3333, 1.5, 1.6667; their mean 1.3622.
        assert!((test.e_value() - 1.362_222).abs() < 1e-5, "{}", test.e_value());
        test.add(Stream::Other, 0, 5);
        assert!((test.e_value() - 1.362_222).abs() < 1e-5, "an empty stream teaches nothing");
    }

    /// Share of runs with an alarm among messages of which `rates` answer badly, looked at after each; and the mean
    /// number of messages until then.
    fn alarms(rates: [f64; 2], share: f64, messages: u64, runs: u64, alpha: f64) -> (f64, f64) {
        let (mut alarmed, mut taken) = (0u64, 0u64);
        for seed in 0..runs {
            let mut rng = SplitMix64::new(seed);
            let (mut test, mut out) = (HarmTest::default(), [0u64; 2]);
            for message in 1..=messages {
                let watched = rng.next_f64() < share;
                let [a, b] = &mut out;
                *(if watched { a } else { b }) += 1;
                if rng.next_f64() < rates[usize::from(!watched)] {
                    test.add(if watched { Stream::Watched } else { Stream::Other }, out[0], out[1]);
                    if test.alarms(alpha) {
                        alarmed += 1;
                        taken += message;
                        break;
                    }
                }
            }
        }
        (alarmed as f64 / runs as f64, taken as f64 / alarmed.max(1) as f64)
    }

    #[test]
    fn false_alarms_stay_below_alpha_however_often_one_looks_and_harm_is_found() {
        let (quiet, _) = alarms([0.01, 0.01], 0.1, 20_000, 1_000, 0.01);
        assert!(quiet <= 0.01, "{quiet}");
        let (better, _) = alarms([0.005, 0.01], 0.1, 20_000, 200, 0.01);
        assert!(better <= 0.01, "{better}");
        let (found, after) = alarms([0.03, 0.01], 0.1, 20_000, 500, 0.01);
        assert!(found >= 0.95, "{found}");
        assert!(after < 10_000.0, "{after}");
    }
}
