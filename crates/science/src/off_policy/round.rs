//! A round of a log, and how much a log of rounds says about another policy.

use crate::error::ScienceError;

/// One logged action, seen from the policy that is to be judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// What came of it.
    pub reward: f64,
    /// Probability with which the logging policy took the logged action; above 0, at most 1.
    pub logged: f64,
    /// Probability with which the judged policy would have taken it, 0 to 1.
    pub judged: f64,
    /// Expected reward of the logged action, by a model fitted without this round; 0 without a model.
    pub expected: f64,
    /// Expected reward of the judged policy's actions in this round by the same model; 0 without a model.
    pub expected_judged: f64,
}

impl Round {
    /// Importance weight: how many rounds of the judged policy this one stands for.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.judged / self.logged
    }
}

/// Checks that probabilities are probabilities and rewards are finite.
///
/// # Errors
/// With the first number out of its range, or when there are no rounds.
pub(super) fn check(rounds: &[Round]) -> Result<(), ScienceError> {
    if rounds.is_empty() {
        return Err(ScienceError::TooFew { what: "the log", n: 0, needed: 1 });
    }
    for round in rounds {
        let wrong = |name, value, range| Err(ScienceError::OutOfRange { name, value, range });
        if !(round.logged > 0.0 && round.logged <= 1.0) {
            return wrong("logged probability of an action", round.logged, "above 0 and at most 1");
        }
        if !(0.0..=1.0).contains(&round.judged) {
            return wrong("judged probability of an action", round.judged, "from 0 to 1");
        }
        for value in [round.reward, round.expected, round.expected_judged] {
            if !value.is_finite() {
                return wrong("reward", value, "that is finite");
            }
        }
    }
    Ok(())
}

/// How much a log says about the judged policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// Rounds.
    pub n: u64,
    /// Effective sample size, `(sum w)^2 / sum w^2` (Kish 1965, section 11.2): rounds of the judged policy itself that
    /// would say as much. At most `n`.
    pub effective: f64,
    /// The same among rounds with a reward.
    pub effective_rewarded: f64,
    /// Mean weight; 1 when the logged probabilities are right.
    pub mean_weight: f64,
    /// Standard error of the mean weight.
    pub mean_weight_error: f64,
    /// Largest weight.
    pub largest_weight: f64,
}

/// Share of the rounds below which the effective sample size is warned about: nine rounds in ten are then, in
/// effect, thrown away, and single rounds move the estimate.
pub const LOW_SHARE: f64 = 0.1;
/// Effective rounds below which intervals are warned about.
pub const FEW_EFFECTIVE: f64 = 100.0;
/// Effective rewarded rounds below which intervals are warned about.
pub const FEW_REWARDED: f64 = 30.0;

impl Support {
    /// Measures the support of `rounds`.
    #[must_use]
    pub fn of(rounds: &[Round]) -> Self {
        let kish = |weights: &mut dyn Iterator<Item = f64>| {
            let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
            if squares > 0.0 { sum * sum / squares } else { 0.0 }
        };
        let n = rounds.len().max(1) as f64;
        let mean = rounds.iter().map(Round::weight).sum::<f64>() / n;
        let variance = rounds.iter().map(|round| (round.weight() - mean).powi(2)).sum::<f64>() / n;
        Self {
            n: rounds.len() as u64,
            effective: kish(&mut rounds.iter().map(Round::weight)),
            effective_rewarded: kish(
                &mut rounds.iter().filter(|round| round.reward != 0.0).map(Round::weight),
            ),
            mean_weight: mean,
            mean_weight_error: (variance / n).sqrt(),
            largest_weight: rounds.iter().map(Round::weight).fold(0.0, f64::max),
        }
    }

    /// What to beware of, in words; empty when the support is good.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.effective < LOW_SHARE * self.n as f64 || self.effective < FEW_EFFECTIVE {
            warnings.push(format!(
                "the {} logged rounds say only as much about this policy as {:.0} rounds of its own would (below {:.0} % \
                 of the log or below {FEW_EFFECTIVE}): it often does what the log rarely did, and weighted estimates may \
                 be far off; log more exploration, or judge a policy closer to the logged one",
                self.n,
                self.effective,
                100.0 * LOW_SHARE
            ));
        }
        if self.effective_rewarded < FEW_REWARDED {
            warnings.push(format!(
                "the rounds with a reward count as {:.0} (below {FEW_REWARDED}): a few of them decide the estimate, and \
                 its interval may be too narrow; use a longer log",
                self.effective_rewarded
            ));
        }
        if (self.mean_weight - 1.0).abs() > 4.0 * self.mean_weight_error + 1e-9 {
            warnings.push(format!(
                "weights are {:.3} on average where right probabilities give 1 (more than 4 standard errors of {:.4} \
                 off): check the logged probabilities, or whether the log misses actions this policy takes",
                self.mean_weight, self.mean_weight_error
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(logged: f64, judged: f64, reward: f64) -> Round {
        Round { reward, logged, judged, expected: 0.0, expected_judged: 0.0 }
    }

    #[test]
    fn the_effective_size_agrees_with_kish_by_hand() {
        // Weights 1, 1, 2: 16 / 6.
        let rounds = [round(0.5, 0.5, 0.0), round(0.5, 0.5, 1.0), round(0.5, 1.0, 1.0)];
        let support = Support::of(&rounds);
        assert!((support.effective - 16.0 / 6.0).abs() < 1e-12);
        assert!((support.effective_rewarded - 9.0 / 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_policy_that_does_what_the_log_rarely_did_is_warned_about() {
        let mut rounds = vec![round(0.95, 0.01, 1.0); 950];
        rounds.extend(vec![round(0.05, 0.99, 1.0); 50]);
        let few = Support::of(&rounds);
        assert!(few.effective < 60.0 && few.warnings().len() == 1, "{:?}", few.warnings());
        let same = vec![round(0.5, 0.5, 1.0); 1_000];
        assert!(Support::of(&same).warnings().is_empty());
    }

    #[test]
    fn wrong_probabilities_are_noticed_by_their_mean_weight() {
        let rounds = vec![round(0.25, 0.5, 1.0); 1_000];
        assert!(Support::of(&rounds).warnings()[0].starts_with("weights are 2.000 on average"));
    }
}
