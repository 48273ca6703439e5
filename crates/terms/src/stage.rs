//! Lifecycle stages and the thresholds that separate them.

use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// Where a customer is in their lifecycle. First match wins, in the order of [`StageRule::stage_of`].
    "stage" Stage {
        /// Known, has not bought yet.
        Prospect = "prospect",
        /// First purchase not long ago.
        New = "new",
        /// Buys at their rhythm.
        Active = "active",
        /// Silent for longer than usual, not yet given up.
        AtRisk = "at_risk",
        /// Silent for so long that a return would be a surprise.
        Churned = "churned",
        /// Came back after having been churned.
        Reactivated = "reactivated",
    }
}

impl Stage {
    /// Number of stages; the width of every stage matrix.
    pub const COUNT: usize = 6;

    /// Position of this stage in matrices, 0 to 5, in the order of [`Stage::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Thresholds in days that turn a purchase history into a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRule {
    /// New while the first purchase is at most this many days ago.
    pub new_days: i32,
    /// At risk when silent for more than this many days.
    pub at_risk_days: i32,
    /// Churned when silent for more than this many days; also the gap after which a return counts as reactivation.
    pub churned_days: i32,
}

impl StageRule {
    /// The rule used in published comparisons here: 30, 60 and 120 days.
    pub const STANDARD: Self = Self { new_days: 30, at_risk_days: 60, churned_days: 120 };

    /// The stage of a customer who has bought at least once.
    ///
    /// `tenure_days`: since the first purchase; `silent_days`: since the last; `last_gap_days`: between the last
    /// two purchases, 0 if there was one.
    #[must_use]
    pub const fn stage_of(&self, tenure_days: i32, silent_days: i32, last_gap_days: i32) -> Stage {
        if tenure_days <= self.new_days {
            Stage::New
        } else if silent_days > self.churned_days {
            Stage::Churned
        } else if silent_days > self.at_risk_days {
            Stage::AtRisk
        } else if last_gap_days > self.churned_days {
            Stage::Reactivated
        } else {
            Stage::Active
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_matching_threshold_names_the_stage() {
        let rule = StageRule::STANDARD;
        assert_eq!(rule.stage_of(30, 30, 0), Stage::New);
        assert_eq!(rule.stage_of(31, 31, 0), Stage::Active);
        assert_eq!(rule.stage_of(400, 61, 0), Stage::AtRisk);
        assert_eq!(rule.stage_of(400, 121, 0), Stage::Churned);
        assert_eq!(rule.stage_of(400, 10, 121), Stage::Reactivated);
    }

    #[test]
    fn a_stage_reads_back_from_its_text() {
        for stage in Stage::ALL {
            assert_eq!(stage.as_str().parse::<Stage>().unwrap(), *stage);
        }
        assert_eq!(
            "lapsed".parse::<Stage>().unwrap_err().to_string(),
            "unknown stage `lapsed`; it is one of: prospect, new, active, at_risk, churned, reactivated"
        );
    }
}
