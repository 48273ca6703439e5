//! Words of the fairness audit: what was looked at, when, and how it came out.

use crate::text_enum::text_enum;

text_enum! {
    /// How an audit came out against the brand's policy.
    "fairness verdict" FairnessVerdict {
        /// Every ratio that could be told lies within the policy.
        Passed = "passed",
        /// A ratio lies outside, credibly.
        Refused = "refused",
        /// Nothing lies outside, and something could not be told: a group too small, or no attribute at all.
        Insufficient = "insufficient",
    }
}

text_enum! {
    /// Why an audit was made.
    "fairness occasion" AuditOccasion {
        /// A campaign was handed to an approver.
        Submission = "submission",
        /// A campaign was about to be launched.
        Launch = "launch",
        /// The calendar: everything that is live.
        Calendar = "calendar",
        /// Somebody asked for it.
        Request = "request",
    }
}

text_enum! {
    /// What groups are compared by.
    "fairness measure" FairnessMeasure {
        /// Who of those who may be written to gets this campaign.
        Inclusion = "inclusion",
        /// Who of them got any campaign in a year, this one included: the others are never offered anything.
        Reach = "reach",
    }
}
