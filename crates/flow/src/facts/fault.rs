//! What is wrong with a fact as somebody wrote it: a closed list, so that pages say it in the reader's language and
//! the command line in English.
//!
//! Goes in: nothing. Comes out: plain data with a code and values. It decides nothing.

use terms::money::Money;
use terms::time::Instant;

/// Why a fact cannot be taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FactFault {
    /// It is about nothing.
    #[error("it is about nothing; write what it is about, such as `offer:welcome-back` or `brand`")]
    NoEntity,
    /// It says nothing.
    #[error("it says nothing; name the predicate, such as `price` or `valid_until`")]
    NoPredicate,
    /// There is no value.
    #[error("there is no value; what nobody knows is written with the polarity `unknown`")]
    NoValue,
    /// No amount of money.
    #[error("`{text}` is no amount of money; write it as `29.90 EUR`")]
    NotMoney {
        /// As written.
        text: String,
    },
    /// No percentage.
    #[error("`{text}` is no percentage; write a number such as 15%")]
    NotPercent {
        /// As written.
        text: String,
    },
    /// A discount above 100 % or not above 0.
    #[error("`{text}` is no discount; write a percentage above 0 and up to 100, or an amount")]
    NotDiscount {
        /// As written.
        text: String,
    },
    /// No whole number.
    #[error("`{text}` is no whole number")]
    NotCount {
        /// As written.
        text: String,
    },
    /// No number.
    #[error("`{text}` is no number")]
    NotNumber {
        /// As written.
        text: String,
    },
    /// No day there is.
    #[error("there is no day `{text}`; write a day there is as 2027-01-31")]
    NotDay {
        /// As written.
        text: String,
    },
    /// No time.
    #[error("`{text}` is no time; write 2027-01-31 or 2027-01-31T18:00:00+01:00")]
    NotTime {
        /// As written.
        text: String,
    },
    /// Neither yes nor no.
    #[error("`{text}` is neither `true` nor `false`")]
    NotBool {
        /// As written.
        text: String,
    },
    /// A word that is not among those there are.
    #[error("`{text}` is not known here; choose one of: {known}")]
    NotOneOf {
        /// As written.
        text: String,
        /// Those there are.
        known: String,
    },
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Backwards,
    /// Seen after now.
    #[error("it was seen at {at}, which is yet to come")]
    SeenLater {
        /// When.
        at: Instant,
    },
    /// Evidence without a source.
    #[error("evidence needs the source it comes from, so that somebody can look it up")]
    NoSource,
    /// The price history says otherwise.
    #[error("`{said}` is no former price: the lowest of the 30 days before the reduction is {lowest}")]
    NotLowest {
        /// As written.
        said: Money,
        /// What the history says.
        lowest: Money,
    },
    /// Two lines of a file say two things.
    #[error("line {line} of the file says something else of the same")]
    Twice {
        /// The other line.
        line: usize,
    },
    /// The cells of a line do not fit its head.
    #[error("the line has {found} cells, the head {wanted}; is a quotation mark or a separator missing?")]
    Cells {
        /// Cells of the line.
        found: usize,
        /// Cells of the head.
        wanted: usize,
    },
    /// A column nobody reads would be lost.
    #[error(
        "the column `{name}` is not known; nothing is read past, so take it out or name it as one of: {known}"
    )]
    UnknownColumn {
        /// As written.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The file cannot be read at all.
    #[error("it cannot be read: {why}")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// The file holds no fact.
    #[error(
        "it holds no fact; a table has the columns entity, predicate and value, a product feed id and price"
    )]
    Empty,
    /// A product of a feed has no identifier.
    #[error("the product has no `id`")]
    NoId,
    /// A sale that is no reduction.
    #[error("the sale price {sale} is not below the price {price}")]
    NoReduction {
        /// Sale price.
        sale: Money,
        /// Price.
        price: Money,
    },
    /// A text that gives orders or hides something.
    #[error("the text `{text}` speaks to a machine or hides something ({rule}); no writer may ever read it")]
    Hostile {
        /// The words.
        text: String,
        /// Which rule of the guard says so.
        rule: String,
    },
    /// A barcode whose check digit is wrong.
    #[error("`{text}` is no GTIN: its check digit is wrong")]
    NotGtin {
        /// As written.
        text: String,
    },
}

impl FactFault {
    /// The key of its words, and the values in them in order.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Vec<String>) {
        let one = |text: &String| vec![text.clone()];
        match self {
            Self::NoEntity => ("no_entity", vec![]),
            Self::NoPredicate => ("no_predicate", vec![]),
            Self::NoValue => ("no_value", vec![]),
            Self::NotMoney { text } => ("not_money", one(text)),
            Self::NotPercent { text } => ("not_percent", one(text)),
            Self::NotDiscount { text } => ("not_discount", one(text)),
            Self::NotCount { text } => ("not_count", one(text)),
            Self::NotNumber { text } => ("not_number", one(text)),
            Self::NotDay { text } => ("not_day", one(text)),
            Self::NotTime { text } => ("not_time", one(text)),
            Self::NotBool { text } => ("not_bool", one(text)),
            Self::NotOneOf { text, known } => ("not_one_of", vec![text.clone(), known.clone()]),
            Self::Backwards => ("backwards", vec![]),
            Self::SeenLater { at } => ("seen_later", vec![at.to_string()]),
            Self::NoSource => ("no_source", vec![]),
            Self::NotLowest { said, lowest } => ("not_lowest", vec![said.to_string(), lowest.to_string()]),
            Self::Twice { line } => ("twice", vec![line.to_string()]),
            Self::Cells { found, wanted } => ("cells", vec![found.to_string(), wanted.to_string()]),
            Self::UnknownColumn { name, known } => ("unknown_column", vec![name.clone(), known.clone()]),
            Self::Unreadable { why } => ("unreadable", one(why)),
            Self::Empty => ("empty", vec![]),
            Self::NoId => ("no_id", vec![]),
            Self::NoReduction { sale, price } => ("no_reduction", vec![sale.to_string(), price.to_string()]),
            Self::Hostile { text, rule } => ("hostile", vec![text.clone(), rule.clone()]),
            Self::NotGtin { text } => ("not_gtin", one(text)),
        }
    }

    /// Every key of words there is, so that a test can hold both languages to them.
    pub const CODES: &'static [&'static str] = &[
        "no_entity",
        "no_predicate",
        "no_value",
        "not_money",
        "not_percent",
        "not_discount",
        "not_count",
        "not_number",
        "not_day",
        "not_time",
        "not_bool",
        "not_one_of",
        "backwards",
        "seen_later",
        "no_source",
        "not_lowest",
        "twice",
        "cells",
        "unknown_column",
        "unreadable",
        "empty",
        "no_id",
        "no_reduction",
        "hostile",
        "not_gtin",
    ];
}

/// Where in a file or form something is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct LineFault {
    /// Line of the file, from 1; 0 for a form and for the file as a whole.
    pub line: usize,
    /// Column or field; empty for the line as a whole.
    pub column: String,
    /// What is wrong.
    pub fault: FactFault,
}

impl LineFault {
    /// A fault of a line.
    pub(crate) fn at(line: usize, column: &str, fault: FactFault) -> Self {
        Self { line, column: column.to_owned(), fault }
    }
}

impl std::fmt::Display for LineFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "line {}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, "{}{}", if self.line > 0 { ", " } else { "" }, self.column)?;
        }
        if self.line > 0 || !self.column.is_empty() {
            write!(f, ": ")?;
        }
        self.fault.fmt(f)
    }
}

impl serde::Serialize for LineFault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("LineFault", 4)?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("code", self.fault.parts().0)?;
        out.serialize_field("message", &self.fault.to_string())?;
        out.end()
    }
}
