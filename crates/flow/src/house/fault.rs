//! What is wrong with what somebody wrote about rules, with the line it stands on.

use serde::Serialize;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HouseFault {
    /// A word that is none of a closed list, or no number.
    #[error("`{column}` is missing or none of the words that can stand there")]
    Word {
        /// Column.
        column: &'static str,
    },
    /// The file is no UTF-8.
    #[error("the file is not UTF-8; save it as CSV in UTF-8")]
    NotText,
    /// A row has other columns than the header, or the header others than a file of rules.
    #[error("the columns are not those of a file of rules; export the rules to see them")]
    Columns,
    /// The reason says too little.
    #[error("say why in {least} characters at least")]
    Reason {
        /// How many.
        least: usize,
    },
    /// A built-in rule cannot become this, or the rule cannot be used.
    #[error(transparent)]
    Guard(#[from] guard::HouseFault),
}

impl HouseFault {
    /// A name for language files, and what it is about.
    #[must_use]
    pub fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Word { column } => ("word", (*column).to_owned()),
            Self::NotText => ("not_text", String::new()),
            Self::Columns => ("columns", String::new()),
            Self::Reason { least } => ("short_reason", least.to_string()),
            Self::Guard(fault) => fault.parts(),
        }
    }
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// Line of the file; 0 when there is none.
    pub line: usize,
    /// Rule; empty when there is none.
    pub rule: String,
    /// What is wrong.
    pub fault: HouseFault,
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.rule.is_empty() {
            write!(f, "{}: ", self.rule)?;
        }
        self.fault.fmt(f)
    }
}

impl Serialize for LineFault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
