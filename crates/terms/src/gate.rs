//! Gates: what must be shown of a model before a person may let it act, as data that a person can edit.

use crate::estimate::Evidence;
use crate::ids::{ModelId, PersonId};
use crate::model::ModelKind;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What is measured.
    "criterion" Criterion {
        /// Better than the naive forecast, on periods it had not seen: loss of the naive one less its own.
        AccuracyNaive = "accuracy_naive",
        /// Not worse than the one that acts: loss of that one less its own.
        AccuracyPresent = "accuracy_present",
        /// Expected calibration error, or the relative error of the total.
        Calibration = "calibration",
        /// How much less of the total it misses than the naive forecast does, in shares of the total.
        TotalNaive = "total_naive",
        /// How much less a model from half of the data errs than the naive forecast; the worse of two halves.
        HalvesNaive = "halves_naive",
        /// Lowest ratio between groups of who is selected at the thresholds that the score is used at.
        Fairness = "fairness",
        /// Lowest ratio between groups of who is selected among those of whom it came true.
        FairnessTruePositive = "fairness_true_positive",
        /// Lowest ratio between groups of who is selected among those of whom it did not come true.
        FairnessFalsePositive = "fairness_false_positive",
        /// How much further what is said lies from what came true in one group than in another.
        FairnessCalibration = "fairness_calibration",
        /// Population stability index of what goes in, today against what it was made from.
        Drift = "drift",
        /// How far two models made from halves of the data disagree.
        Stability = "stability",
        /// Microseconds for a customer.
        Latency = "latency",
        /// Share of texts the guard lets pass.
        GuardPass = "guard_pass",
        /// Share of statements that nothing supports.
        Hallucination = "hallucination",
        /// Share of sentences that people call unfair and a learned cue does not show.
        CueMisses = "cue_misses",
        /// Share of sentences that people call fair and a learned cue shows.
        CueFalse = "cue_false",
        /// Fields of the card that say nothing.
        Card = "card",
    }
}

/// Which end of the interval is held against the limit, and on which side it must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The lower end must not be below the limit.
    LowAtLeast,
    /// The value must not be above the limit.
    ValueAtMost,
    /// The upper end must not be below the limit: only what is certainly too low fails.
    HighAtLeast,
    /// The upper end must not be above the limit.
    HighAtMost,
    /// The lower end must not be above the limit: only what is certainly too high fails.
    LowAtMost,
}

impl Criterion {
    /// How a figure of this criterion is held against its limit.
    #[must_use]
    pub const fn held(self) -> Held {
        match self {
            Self::AccuracyNaive | Self::AccuracyPresent | Self::HalvesNaive | Self::GuardPass => {
                Held::LowAtLeast
            }
            Self::Calibration | Self::Drift | Self::Stability | Self::Latency | Self::Card => {
                Held::ValueAtMost
            }
            Self::TotalNaive | Self::Fairness | Self::FairnessTruePositive | Self::FairnessFalsePositive => {
                Held::HighAtLeast
            }
            Self::FairnessCalibration | Self::CueMisses | Self::CueFalse => Held::LowAtMost,
            Self::Hallucination => Held::HighAtMost,
        }
    }
}

text_enum! {
    /// What happens when nothing could be measured.
    "need" Need {
        /// It does not pass.
        Always = "always",
        /// It passes where there is nothing to measure, and says so.
        WhenMeasured = "when_measured",
        /// It is shown and never holds anything back.
        Never = "never",
    }
}

text_enum! {
    /// Why there is no figure.
    "missing figure" Missing {
        /// Nothing acts yet.
        NoPresent = "no_present",
        /// There is no attribute of customers to tell groups by.
        NoGroups = "no_groups",
        /// Too few rows.
        TooFew = "too_few",
        /// The customers who may be counted have changed since, or an import was taken out: the data it was made from
        /// are not there any more.
        DataGone = "data_gone",
        /// Nothing of this kind can be asked of it.
        NotAsked = "not_asked",
        /// It could be measured, and was not.
        NotDone = "not_done",
    }
}

impl Missing {
    /// True when there is nothing that could be measured, rather than nobody who did.
    #[must_use]
    pub const fn is_nothing_to_measure(self) -> bool {
        matches!(self, Self::NoPresent | Self::NoGroups | Self::TooFew | Self::NotAsked)
    }
}

/// One rule of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GateRule {
    /// What is measured.
    pub criterion: Criterion,
    /// The limit; which side of it passes is [`Criterion::held`].
    pub limit: f64,
    /// What happens when it was not measured.
    pub need: Need,
}

/// The gate of a kind as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatePolicy {
    /// Which kind.
    pub kind: ModelKind,
    /// 0 for the built-in one, then counting.
    pub version: i64,
    /// Rules, one a criterion.
    pub rules: Vec<GateRule>,
    /// Who wrote it; none for the built-in one.
    pub person: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// Seal over all of this under the key of the installation; empty for the built-in one.
    pub seal: String,
}

/// What was found for a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// A figure, or too few observations for one.
    Figure(Evidence),
    /// Nothing, and why.
    Missing {
        /// Why.
        why: Missing,
    },
}

text_enum! {
    /// How a criterion came out.
    "verdict" GateVerdict {
        /// Within the limit.
        Passed = "passed",
        /// Outside of it, or required and not measured.
        Failed = "failed",
        /// Not measured, and not required then.
        NotMeasured = "not_measured",
    }
}

/// A criterion with its figure, limit and verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GateLine {
    /// Criterion.
    pub criterion: Criterion,
    /// Figure.
    pub found: Found,
    /// Limit.
    pub limit: f64,
    /// Need.
    pub need: Need,
    /// Verdict.
    pub verdict: GateVerdict,
}

/// The outcome of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateReport {
    /// SHA-256 over the rows it was evaluated on.
    pub data_hash: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 over every figure but times: the same data give the same hash again.
    pub evidence_hash: String,
    /// Lines, in the order of the policy.
    pub lines: Vec<GateLine>,
    /// Whether no line failed.
    pub passed: bool,
    /// How a score falls on groups; empty where the vault holds no attribute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_group: Vec<ScoreByGroup>,
}

/// How a score falls on the groups of an attribute, or of two together, on held-back data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreByGroup {
    /// The attribute, or two joined by `×`.
    pub attribute: String,
    /// The score and its threshold, such as `risk.churn >= 0.5`.
    pub cut: String,
    /// Groups that are large enough, largest first.
    pub groups: Vec<GroupOfScore>,
    /// Groups that are too small.
    pub small: u64,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupOfScore {
    /// The value, or the two values, that make it.
    pub group: String,
    /// Customers of it that were held back.
    pub n: u64,
    /// Share selected.
    pub selection: Evidence,
    /// Share selected of those of whom it came true.
    pub true_positive: Evidence,
    /// Share selected of those of whom it did not.
    pub false_positive: Evidence,
    /// Mean of what was said less what came true.
    pub apart: Evidence,
}

/// A gate as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateRecord {
    /// Number.
    pub id: i64,
    /// Version it was about.
    pub model: ModelId,
    /// SHA-256 of the parameters it had.
    pub content_hash: String,
    /// Version of the gate's policy.
    pub policy: i64,
    /// Whether it passed.
    pub passed: bool,
    /// The report as JSON, the bytes that are sealed.
    pub report: String,
    /// When.
    pub at: Instant,
    /// Seal over all of this under the key of the installation.
    pub seal: String,
}
