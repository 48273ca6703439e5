//! The fairness gate: may an audience be launched, given how it falls on groups?
//!
//! Goes in: the brand's policy and, for each attribute and measure, the ratio of the lowest group's rate to the highest's with
//! its interval. Comes out: a verdict with every reason. It computes no rate, sees no customer and knows no attribute by name.
//!
//! The default is the four-fifths rule with a test beside it, as the US Uniform Guidelines have it (29 CFR 1607.4 D): a ratio
//! below .8 counts when the groups are told apart at all, and a group that is too small decides nothing and is named.

use serde::{Deserialize, Serialize};
use terms::estimate::Evidence;
use terms::fairness::{FairnessMeasure, FairnessVerdict};

/// When a ratio below the limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credible {
    /// As it was observed, whatever the interval.
    Observed,
    /// When the interval excludes 1: the groups are apart.
    #[default]
    Unequal,
    /// When the whole interval lies below the limit.
    BelowLimit,
}

/// What happens when a group is too small to be told, or nothing can be told at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallGroups {
    /// The campaign may launch, and the review page says what could not be told.
    #[default]
    Mention,
    /// It may not launch.
    Hold,
}

/// The brand's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FairnessPolicy {
    /// Attributes that are audited; empty means every one of which the vault holds anything.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Lowest ratio that is accepted, above 0 and up to 1.
    #[serde(default = "four_fifths")]
    pub lowest_ratio: f64,
    /// When a ratio below it counts.
    #[serde(default)]
    pub credible: Credible,
    /// What happens to what cannot be told.
    #[serde(default)]
    pub small_groups: SmallGroups,
}

const fn four_fifths() -> f64 {
    0.8
}

impl Default for FairnessPolicy {
    fn default() -> Self {
        Self {
            attributes: Vec::new(),
            lowest_ratio: four_fifths(),
            credible: Credible::default(),
            small_groups: SmallGroups::default(),
        }
    }
}

impl FairnessPolicy {
    /// Whether an attribute is to be audited.
    #[must_use]
    pub fn covers(&self, attribute: &str) -> bool {
        self.attributes.is_empty() || self.attributes.iter().any(|known| known == attribute)
    }

    /// True when its numbers lie in their ranges.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.lowest_ratio > 0.0 && self.lowest_ratio <= 1.0
    }
}

/// What was found about one attribute, or one intersection of two, in one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The attribute.
    pub attribute: String,
    /// The measure.
    pub measure: FairnessMeasure,
    /// Lowest rate over highest.
    pub ratio: Evidence,
    /// Groups too small to be told.
    pub small: u64,
}

/// Why a verdict is what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum GateReason {
    /// The vault holds no attribute that the policy audits: nothing can be told.
    NoAttribute,
    /// A ratio lies outside.
    BelowLimit {
        /// Attribute.
        attribute: String,
        /// Measure.
        measure: FairnessMeasure,
        /// The ratio.
        ratio: f64,
    },
    /// Groups were too small, or nobody was selected.
    TooSmall {
        /// Attribute.
        attribute: String,
        /// Measure.
        measure: FairnessMeasure,
        /// How many groups.
        groups: u64,
    },
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: FairnessVerdict,
    /// Every reason; none when it passed.
    pub reasons: Vec<GateReason>,
}

/// Judges what was found.
#[must_use]
pub fn judge(policy: &FairnessPolicy, found: &[Found]) -> Judgement {
    let mut reasons = Vec::new();
    if found.is_empty() {
        reasons.push(GateReason::NoAttribute);
    }
    for Found { attribute, measure, ratio, small } in found {
        let told = match ratio {
            Evidence::Sufficient(found) => {
                let counts = match policy.credible {
                    Credible::Observed => true,
                    Credible::Unequal => found.interval.high < 1.0,
                    Credible::BelowLimit => found.interval.high < policy.lowest_ratio,
                };
                // What is no number passes nothing.
                if (found.value < policy.lowest_ratio || found.value.is_nan()) && counts {
                    reasons.push(GateReason::BelowLimit {
                        attribute: attribute.clone(),
                        measure: *measure,
                        ratio: found.value,
                    });
                }
                true
            }
            Evidence::Insufficient { .. } => false,
        };
        if !told || *small > 0 {
            reasons.push(GateReason::TooSmall {
                attribute: attribute.clone(),
                measure: *measure,
                groups: *small,
            });
        }
    }
    let refused = reasons.iter().any(|reason| matches!(reason, GateReason::BelowLimit { .. }));
    let verdict = match (refused, reasons.is_empty()) {
        (true, _) => FairnessVerdict::Refused,
        (false, true) => FairnessVerdict::Passed,
        (false, false) => FairnessVerdict::Insufficient,
    };
    Judgement { verdict, reasons }
}

impl Judgement {
    /// Whether an audience may be launched. Without any attribute there is nothing to hold it to: that is said, and it may.
    #[must_use]
    pub fn may_launch(&self, policy: &FairnessPolicy) -> bool {
        match self.verdict {
            FairnessVerdict::Passed => true,
            FairnessVerdict::Refused => false,
            FairnessVerdict::Insufficient => {
                policy.small_groups == SmallGroups::Mention || self.reasons == [GateReason::NoAttribute]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::estimate::{Estimate, Interval};

    fn found(value: f64, low: f64, high: f64, small: u64) -> Found {
        let interval = Interval { low, high, level: 0.95 };
        let ratio = Evidence::Sufficient(Estimate { value, interval, n: 1000 });
        Found { attribute: "a".to_owned(), measure: FairnessMeasure::Inclusion, ratio, small }
    }

    fn verdict(credible: Credible, of: &Found) -> FairnessVerdict {
        judge(&FairnessPolicy { credible, ..FairnessPolicy::default() }, std::slice::from_ref(of)).verdict
    }

    #[test]
    fn below_four_fifths_counts_when_it_is_credible_as_the_policy_says() {
        use FairnessVerdict::{Passed, Refused};
        for (of, observed, unequal, below) in [
            (found(0.75, 0.70, 0.79, 0), Refused, Refused, Refused),
            (found(0.75, 0.65, 0.90, 0), Refused, Refused, Passed),
            (found(0.75, 0.50, 1.00, 0), Refused, Passed, Passed),
            (found(0.80, 0.75, 0.85, 0), Passed, Passed, Passed),
            (found(f64::NAN, 0.1, 0.2, 0), Refused, Refused, Refused),
        ] {
            let verdicts = [Credible::Observed, Credible::Unequal, Credible::BelowLimit]
                .map(|credible| verdict(credible, &of));
            assert_eq!(verdicts, [observed, unequal, below], "{of:?}");
        }
    }

    #[test]
    fn a_small_group_never_passes_in_silence_and_is_held_where_the_policy_says_so() {
        let judged = judge(&FairnessPolicy::default(), &[found(0.9, 0.8, 1.0, 1)]);
        assert_eq!(judged.verdict, FairnessVerdict::Insufficient);
        assert!(judged.may_launch(&FairnessPolicy::default()));
        let strict = FairnessPolicy { small_groups: SmallGroups::Hold, ..FairnessPolicy::default() };
        assert!(!judged.may_launch(&strict));
    }

    #[test]
    fn without_any_attribute_it_is_said_and_launches() {
        let strict = FairnessPolicy { small_groups: SmallGroups::Hold, ..FairnessPolicy::default() };
        let judged = judge(&strict, &[]);
        assert_eq!((judged.verdict, judged.may_launch(&strict)), (FairnessVerdict::Insufficient, true));
    }

    #[test]
    fn one_refusal_among_many_refuses_all() {
        let judged = judge(&FairnessPolicy::default(), &[found(0.9, 0.8, 1.0, 0), found(0.5, 0.4, 0.6, 2)]);
        assert_eq!((judged.verdict, judged.reasons.len()), (FairnessVerdict::Refused, 2));
        assert!(!judged.may_launch(&FairnessPolicy::default()));
    }

    #[test]
    fn a_policy_is_read_with_what_it_leaves_out() {
        let policy: FairnessPolicy = serde_json::from_str(r#"{"lowest_ratio":0.9}"#).unwrap();
        assert_eq!(policy, FairnessPolicy { lowest_ratio: 0.9, ..FairnessPolicy::default() });
        assert!(serde_json::from_str::<FairnessPolicy>(r#"{"lowest":0.9}"#).is_err());
    }
}
