//! How answers fade: the share of messages that are answered, by how many came in the last 30 days, against the first.
//!
//! Goes in: for each message its place within 30 days and whether it was answered. Comes out: for each place the ratio to the
//! first, shrunk towards a belief where few were sent: that the k-th brings `1 / (1 + .1 (k - 1))` of the first, worth
//! [`STRENGTH`] messages. Each share has a Beta posterior; the first one's own error is not in it.

use super::{MOST, place};
use statrs::distribution::{Beta, ContinuousCDF};

/// Messages that the belief is worth.
pub const STRENGTH: f64 = 200.0;
/// Messages, and answers among them, that are needed.
const NEEDED: (f64, f64) = (500.0, 10.0);

/// Answers by place.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseDecay {
    first: f64,
    /// Messages and answers by place.
    counts: [(f64, f64); MOST],
}

impl ResponseDecay {
    /// Counts everybody's messages; `None` when there are too few messages or answers to say anything.
    #[must_use]
    pub fn fit<'a>(messages: impl IntoIterator<Item = &'a (usize, bool)>) -> Option<Self> {
        let mut counts = [(0.0, 0.0); MOST];
        for (nth, answered) in messages {
            if let Some((sent, answers)) = counts.get_mut(place(*nth)) {
                *sent += 1.0;
                *answers += f64::from(u8::from(*answered));
            }
        }
        let (sent, answers) = counts.iter().fold((0.0, 0.0), |(n, a), (sent, got)| (n + sent, a + got));
        if sent < NEEDED.0 || answers < NEEDED.1 {
            return None;
        }
        let (n, got) = counts.first().copied().unwrap_or((0.0, 0.0));
        // Few first messages lean on the share of all.
        let first = (got + STRENGTH * answers / sent) / (n + STRENGTH);
        Some(Self { first, counts })
    }

    /// What the `nth` message within the window brings of what the first brings: expected, and its upper bound at 95 %.
    #[must_use]
    pub fn ratio(&self, nth: usize) -> (f64, f64) {
        let at = place(nth);
        let (sent, answers) = self.counts.get(at).copied().unwrap_or((0.0, 0.0));
        let believed = self.first / (1.0 + 0.1 * at as f64);
        let (yes, no) = (answers + STRENGTH * believed, sent - answers + STRENGTH * (1.0 - believed));
        let high = Beta::new(yes, no).map_or(1.0, |share| share.inverse_cdf(0.95));
        (yes / (yes + no) / self.first, high / self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_messages_speak_for_themselves_and_few_lean_on_the_belief() {
        let mut messages: Vec<(usize, bool)> = (0..100_000).map(|at| (1, at % 10 == 0)).collect();
        messages.extend((0..100_000).map(|at| (3, at % 40 == 0)));
        let decay = ResponseDecay::fit(&messages).unwrap();
        assert!((decay.ratio(1).0 - 1.0).abs() < 0.01, "{:?}", decay.ratio(1));
        assert!((decay.ratio(3).0 - 0.25).abs() < 0.01 && decay.ratio(3).1 < 0.27, "{:?}", decay.ratio(3));
        // Nothing was sent as second: the belief, 1 / 1.1, and an upper bound that says how little is known.
        assert!(
            (decay.ratio(2).0 - 1.0 / 1.1).abs() < 0.01 && decay.ratio(2).1 > 1.1,
            "{:?}",
            decay.ratio(2)
        );
    }

    #[test]
    fn too_few_say_nothing() {
        let few: Vec<(usize, bool)> = (0..499).map(|at| (1, at % 10 == 0)).collect();
        let silent: Vec<(usize, bool)> = (0..5_000).map(|_| (1, false)).collect();
        assert!(ResponseDecay::fit(&few).is_none() && ResponseDecay::fit(&silent).is_none());
    }
}
