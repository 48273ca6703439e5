//! The rules a brand makes for itself, as data: terms, patterns, words that must stand, its voice; severities it
//! raises; and overrides, by which a privacy officer lowers a rule of the law for a while.
//!
//! Goes in: what people wrote. Comes out: plain data that the store keeps and `guard::House` checks. Nothing is
//! validated here.

use crate::customer::Language;
use crate::fact::EvidenceKind;
use crate::finding::Severity;
use crate::message::Field;
use crate::person::Role;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What a brand rule looks for.
    "kind of brand rule" HouseKind {
        /// Words that must not stand, in the guard's phrase syntax; a line that begins with `-` is an honest look-alike.
        Terms = "terms",
        /// Regular expressions that must not match.
        Pattern = "pattern",
        /// Words of which one must stand in a field.
        Required = "required",
        /// Preferred wording: `clients -> customers`.
        Wording = "wording",
        /// More exclamation marks than `number`, in a field or the whole message.
        Exclamations = "exclamations",
        /// Words of `number` or more letters in capitals only; those listed are allowed.
        Capitals = "capitals",
        /// More words than `number` in a field.
        Length = "length",
        /// The form of address in Spanish: `tú` or `usted`.
        Address = "address",
    }
}

/// A rule of the brand's own. Flat, because a form, a line of a table and a row of the store all are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseRule {
    /// Identifier: `B-` and small letters, digits or hyphens, such as `B-clients`.
    pub id: String,
    /// What it looks for.
    pub kind: HouseKind,
    /// What a finding does.
    pub severity: Severity,
    /// Name in English.
    pub name_en: String,
    /// Name in Spanish.
    pub name_es: String,
    /// Why, in English.
    pub why_en: String,
    /// Why, in Spanish.
    pub why_es: String,
    /// What to do, in English; empty: as the kind says.
    #[serde(default)]
    pub repair_en: String,
    /// What to do, in Spanish; empty: as the kind says.
    #[serde(default)]
    pub repair_es: String,
    /// Lines for messages in English: phrases, patterns, pairs.
    #[serde(default)]
    pub en: Vec<String>,
    /// Lines for messages in Spanish.
    #[serde(default)]
    pub es: Vec<String>,
    /// The limit, of kinds that have one.
    #[serde(default)]
    pub number: Option<u32>,
    /// The field it is about; none: every field that people write.
    #[serde(default)]
    pub field: Option<Field>,
    /// The kind of evidence that releases a finding, of severity `evidence`.
    #[serde(default)]
    pub evidence: Option<EvidenceKind>,
    /// The predicate of the fact that is this evidence, such as `organic_certificate`.
    #[serde(default)]
    pub evidence_predicate: String,
}

/// A built-in rule made more severe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raise {
    /// The rule, such as `V1`.
    pub rule: String,
    /// What it is from now on.
    pub to: Severity,
    /// Why.
    pub why: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// A built-in rule that only shows what it would hold back, for a while and for a reason that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Number.
    pub id: i64,
    /// The rule, such as `M3`.
    pub rule: String,
    /// Why, in the officer's own words.
    pub why: String,
    /// Who.
    pub by: String,
    /// In which role: only a privacy officer's counts.
    pub role: Role,
    /// When, and since when it counts.
    pub at: Instant,
    /// Until when it counts.
    pub until: Instant,
}

/// What stands on a finding that does not block because of an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Number of the override.
    pub id: i64,
    /// Who answers for it.
    pub by: String,
    /// Why.
    pub why: String,
    /// Until when it counts.
    pub until: Instant,
}

text_enum! {
    /// A learned cue whose threshold people may move.
    "learned cue" CueKind {
        /// Sentences that resemble what any rule on fairness forbids (L1).
        Any = "any",
        /// Fields that read like orders to a text model (L2).
        Orders = "orders",
    }
}

/// From which score on a learned cue shows a sentence, as verdicts of people proposed it and somebody accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CueThreshold {
    /// Language of the cue.
    pub language: Language,
    /// Which cue.
    pub cue: CueKind,
    /// Hash of the model whose scores they are: those of another model mean something else, and the threshold does not
    /// count for it.
    pub model: String,
    /// Log-odds from which a sentence is shown.
    pub shown_from: f64,
    /// Share of unfair sentences it may miss, on average over new ones.
    pub risk: f64,
    /// Judged sentences it was set from: unfair by the cue's rules, and not.
    pub judged: (u64, u64),
    /// Who accepted it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// Everything a brand decided about rules, as it stands at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HouseData {
    /// Rules of its own.
    pub rules: Vec<HouseRule>,
    /// Built-in rules it made more severe.
    pub raises: Vec<Raise>,
    /// Built-in rules that are overridden, expired ones too.
    pub overrides: Vec<Override>,
    /// Thresholds of learned cues that were set from verdicts.
    #[serde(default)]
    pub cues: Vec<CueThreshold>,
}
