//! What can keep a figure from being computed, said so that the reader knows what to do next.

/// Why a figure could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScienceError {
    /// There are too few rows.
    #[error("`{what}` needs at least `{needed}` rows and has `{n}`; import a longer history")]
    TooFew {
        /// What was to be computed.
        what: &'static str,
        /// Rows there are.
        n: u64,
        /// Rows that would do.
        needed: u64,
    },
    /// A number lies outside its range.
    #[error("`{name}` is `{value}`; give a number {range}")]
    OutOfRange {
        /// Name of the argument.
        name: &'static str,
        /// What it was.
        value: f64,
        /// The range, in words that follow "a number".
        range: &'static str,
    },
    /// An optimisation did not settle.
    #[error("fitting `{what}` did not settle; check the purchases for impossible dates or amounts")]
    NotConverged {
        /// What was fitted.
        what: &'static str,
    },
}
