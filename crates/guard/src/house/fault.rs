//! What can be wrong with a house, said so that whoever wrote it can mend it.

/// What is wrong with one rule, change or override.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HouseFault {
    /// The identifier has another form.
    #[error("a brand rule is named `B-` and then small letters, digits or hyphens, such as `B-clients`")]
    Id,
    /// It stands there twice.
    #[error("it stands there twice; keep one")]
    Twice,
    /// More rules than a house may have.
    #[error("a brand may have {most} rules at most")]
    TooMany {
        /// How many.
        most: usize,
    },
    /// A text that people read is missing or too long.
    #[error("`{column}` must be written, in 400 characters at most")]
    Text {
        /// Which.
        column: &'static str,
    },
    /// No lines in either language.
    #[error("write at least one line, in the language of the messages it is about")]
    NoLines,
    /// Too many lines, or one that is too long.
    #[error("write 200 lines at most, of 300 characters each")]
    Lines,
    /// A phrase that could never be found.
    #[error("the phrase cannot be read: {why}")]
    Phrase {
        /// Why.
        why: String,
    },
    /// A pattern that is no regular expression, is too large or matches nothing at all.
    #[error("the pattern `{pattern}` cannot be used: {why}")]
    Pattern {
        /// As it was written.
        pattern: String,
        /// Why.
        why: String,
    },
    /// A line without an arrow.
    #[error("`{line}` is no pair; write the word to replace, ` -> ` and the preferred one")]
    Pair {
        /// As it was written.
        line: String,
    },
    /// A kind with a limit has none.
    #[error("this kind needs a number from {least} to {most}")]
    Number {
        /// Smallest.
        least: u32,
        /// Largest.
        most: u32,
    },
    /// A threshold of a learned cue is no number.
    #[error(
        "the threshold of a learned cue must be a number; set it anew from verdicts, or as it is built in"
    )]
    NoThreshold,
    /// A kind that is about one field has none.
    #[error("this kind needs a field, such as `footer` or `subject`")]
    Field,
    /// The form of address is neither.
    #[error("write `tú` or `usted` as the only line in Spanish")]
    Address,
    /// Severity and evidence do not fit together.
    #[error(
        "severity `evidence` names the kind of evidence and the fact that releases it, and no other severity does"
    )]
    Evidence,
    /// No built-in rule has this name.
    #[error("there is no built-in rule of this name")]
    NoSuchRule,
    /// A warning raised to evidence.
    #[error("no evidence releases this rule; raise it to `block`")]
    NoEvidence,
    /// No raise at all.
    #[error("a severity can only be raised, from `warn` or `evidence` to `block`")]
    NoRaise,
    /// A rule that is never lowered.
    #[error("this rule cannot be overridden: no message may leave that breaks it")]
    NeverLowered,
    /// The rule blocks nothing.
    #[error("this rule holds nothing back, so there is nothing to override")]
    OnlyWarns,
    /// Not by a privacy officer.
    #[error("only a privacy officer can override a rule")]
    NotAnOfficer,
    /// The reason is too short.
    #[error("say why in {least} characters at least")]
    ShortReason {
        /// How many.
        least: usize,
    },
    /// It ends before it begins.
    #[error("it ends before it begins")]
    EndsBefore,
    /// It lasts too long.
    #[error("an override lasts {days} days at most")]
    TooLong {
        /// How many.
        days: i64,
    },
}

impl HouseFault {
    /// A name for language files, with what it is about: pages say the rest in their reader's language.
    #[must_use]
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Id => ("id", String::new()),
            Self::Twice => ("twice", String::new()),
            Self::TooMany { most } => ("too_many", most.to_string()),
            Self::Text { column } => ("text", (*column).to_owned()),
            Self::NoLines => ("no_lines", String::new()),
            Self::Lines => ("lines", String::new()),
            Self::Phrase { why } => ("phrase", why.clone()),
            Self::Pattern { pattern, .. } => ("pattern", pattern.clone()),
            Self::Pair { line } => ("pair", line.clone()),
            Self::Number { least, most } => ("number", format!("{least}–{most}")),
            Self::NoThreshold => ("no_threshold", String::new()),
            Self::Field => ("field", String::new()),
            Self::Address => ("address", String::new()),
            Self::Evidence => ("evidence", String::new()),
            Self::NoSuchRule => ("no_such_rule", String::new()),
            Self::NoEvidence => ("no_evidence", String::new()),
            Self::NoRaise => ("no_raise", String::new()),
            Self::NeverLowered => ("never_lowered", String::new()),
            Self::OnlyWarns => ("only_warns", String::new()),
            Self::NotAnOfficer => ("not_an_officer", String::new()),
            Self::ShortReason { least } => ("short_reason", least.to_string()),
            Self::EndsBefore => ("ends_before", String::new()),
            Self::TooLong { days } => ("too_long", days.to_string()),
        }
    }
}

/// A fault with the rule it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {fault}")]
pub struct HouseError {
    /// The rule; empty for the house as a whole.
    pub rule: String,
    /// What is wrong.
    pub fault: HouseFault,
}

impl HouseError {
    pub(crate) fn new(rule: &str, fault: HouseFault) -> Self {
        Self { rule: rule.to_owned(), fault }
    }
}
