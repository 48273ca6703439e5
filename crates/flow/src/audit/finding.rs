//! What is said of a choice and the groups it falls on: rates, how far they are apart, and the lowest of several.
//!
//! Deliberately absent: groups that are too small and those from which a small one could be worked out; and, where there are any of
//! these, figures as exact as would let them be worked out after all.

use science::fairness::alarm::Alarm;
use serde::{Deserialize, Serialize};
use terms::estimate::{Estimate, Evidence, Interval};
use terms::fairness::FairnessMeasure;

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRate {
    /// The value, or the two values, that make it.
    pub group: String,
    /// Customers in it who may be written to.
    pub size: u64,
    /// How many of them were chosen.
    pub selected: u64,
    /// The share with its interval.
    pub rate: Evidence,
    /// Messages each of them got in a year, on average.
    pub messages: f64,
    /// The same with its interval; absent in audits before it was told.
    #[serde(default)]
    pub burden: Option<Evidence>,
}

/// How a choice falls on the groups of an attribute, or of two together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// The attribute, such as `gender`, or two joined by `×`.
    pub attribute: String,
    /// By what groups are compared.
    pub measure: FairnessMeasure,
    /// Groups that are large enough, largest first.
    pub groups: Vec<GroupRate>,
    /// Groups that are too small.
    pub small: u64,
    /// Groups that are large enough and not shown, because a small one could be worked out from them. They count in ratio and
    /// difference, which are then told in hundredths.
    #[serde(default)]
    pub withheld: u64,
    /// Lowest rate over highest: 1 is the same for all.
    pub ratio: Evidence,
    /// Highest less lowest: 0 is the same for all.
    pub difference: Evidence,
    /// Group with the lowest rate.
    pub lowest: Option<String>,
    /// Group with the highest.
    pub highest: Option<String>,
    /// Whether it is cause for alarm, corrected for a year's audits.
    pub alarm: Alarm,
}

/// The lowest ratio of an audit, and whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lowest {
    /// The attribute, or two.
    pub attribute: String,
    /// What groups are compared by.
    pub measure: FairnessMeasure,
    /// The ratio with its interval.
    pub ratio: Estimate,
}

impl AuditFinding {
    /// The ratio, where it can be told.
    pub(super) fn lowest_ratio(&self) -> Option<Lowest> {
        match self.ratio {
            Evidence::Sufficient(ratio) => {
                Some(Lowest { attribute: self.attribute.clone(), measure: self.measure, ratio })
            }
            Evidence::Insufficient { .. } => None,
        }
    }
}

/// The finding with the lowest ratio.
pub(super) fn lowest(findings: &[AuditFinding]) -> Option<Lowest> {
    let told = findings.iter().filter_map(AuditFinding::lowest_ratio);
    told.min_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value))
}

/// In hundredths, always towards the lower: what lies below a limit in hundredths stays below it.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).floor() / 100.0
}

/// An estimate in hundredths, about those who are shown: an exact ratio of counts would tell the counts.
pub(super) fn blurred(evidence: Evidence, shown: u64) -> Evidence {
    match evidence {
        Evidence::Sufficient(Estimate { value, interval: Interval { low, high, level }, .. }) => {
            let interval = Interval { low: hundredths(low), high: hundredths(high), level };
            Evidence::Sufficient(Estimate { value: hundredths(value), interval, n: shown })
        }
        few @ Evidence::Insufficient { .. } => few,
    }
}

/// The same of an alarm.
pub(super) fn blurred_alarm(alarm: Alarm) -> Alarm {
    let rounded = |p: f64| if p < 1e-3 { 1e-3 } else { (p * 1000.0).ceil() / 1000.0 };
    Alarm { raised: alarm.raised, p_value: rounded(alarm.p_value), ratio: hundredths(alarm.ratio) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_in_hundredths_stays_on_its_side_of_a_limit_and_of_one() {
        for (value, low, high) in [(0.799, 0.7, 0.999), (0.8, 0.7, 1.0), (0.801, 0.7, 0.801)] {
            let interval = Interval { low, high, level: 0.95 };
            let told = blurred(Evidence::Sufficient(Estimate { value, interval, n: 900 }), 480);
            let Evidence::Sufficient(told) = told else { panic!("told") };
            assert_eq!((value < 0.8, high < 1.0), (told.value < 0.8, told.interval.high < 1.0), "{told:?}");
            assert_eq!(told.n, 480);
        }
    }
}
