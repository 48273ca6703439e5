//! What the guard found in a text: where, which rule, on which fact, under which law, and how to mend it.

use crate::house::Overridden;
use crate::ids::FactId;
use crate::message::Field;
use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// How severe a rule is (guard rules, severities B, E, W).
    "severity" Severity {
        /// Blocks.
        Block = "block",
        /// Blocks unless a valid evidence fact is attached.
        Evidence = "evidence",
        /// Sends it to a person.
        Warn = "warn",
    }
}

text_enum! {
    /// What the guard can say of a claim or a sentence.
    "verdict" Verdict {
        /// A fact says so.
        Supported = "supported",
        /// Follows from facts by calculation.
        Derived = "derived",
        /// A fact says otherwise.
        Contradicted = "contradicted",
        /// No fact says anything.
        Unknown = "unknown",
        /// A fact said so, and no longer holds.
        Expired = "expired",
        /// No fact and no rule covers it. Never the same as passed.
        Unchecked = "unchecked",
    }
}

/// A place in a field: byte offsets into the field's original text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Field.
    pub field: Field,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, such as `F2`.
    pub rule: String,
    /// Severity after evidence was looked for.
    pub severity: Severity,
    /// True when this finding stops the message.
    pub blocks: bool,
    /// Where.
    pub span: Span,
    /// The words found there.
    pub quote: String,
    /// Verdict on the claim.
    pub verdict: Verdict,
    /// What is wrong, for the author, in the language asked for.
    pub message: String,
    /// What to do about it, in the language asked for.
    pub repair: String,
    /// The fact that speaks for or against it, if any.
    pub fact: Option<FactId>,
    /// Legal basis, for reference: `UCPD 6`. Not legal advice.
    pub basis: String,
    /// Why it does not block although its rule would: an override that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// What was found about one sentence, so that "unchecked" can be shown sentence by sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentenceStatus {
    /// Where.
    pub span: Span,
    /// The weakest verdict among its claims, or unchecked when it has none.
    pub verdict: Verdict,
}

/// The guard's whole answer about one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardReport {
    /// Findings in reading order.
    pub findings: Vec<Finding>,
    /// Every sentence, in reading order.
    pub sentences: Vec<SentenceStatus>,
    /// Version of the rule set that was applied.
    pub rules_version: String,
}

impl GuardReport {
    /// True when nothing blocks.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.findings.iter().all(|finding| !finding.blocks)
    }
}
