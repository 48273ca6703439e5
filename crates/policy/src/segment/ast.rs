//! A segment as its types allow it, and as it is written down again: `parse(ast.to_string())` gives the same tree.

use super::country::Country;
use super::field::{NumberField, StageMoment};
use std::fmt;
use terms::customer::Language;
use terms::stage::Stage;

/// A segment. `And` and `Or` have at least two parts when they come from the parser.
#[derive(Debug, Clone, PartialEq)]
pub enum Ast {
    /// Selects everybody.
    Everyone,
    /// About the stage at a moment.
    Stage(StageMoment, OneOf<Stage>),
    /// About the country.
    Country(OneOf<Country>),
    /// About the language.
    Language(OneOf<Language>),
    /// About a number.
    Number(NumberField, NumberTest),
    /// A share of everybody, by chance: percent, and the seed of the draw.
    Draw(f64, u32),
    /// True where the inner is false; unknown stays unknown.
    Not(Box<Ast>),
    /// All parts.
    And(Vec<Ast>),
    /// Any part.
    Or(Vec<Ast>),
}

/// A test of a value that has no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOf<T> {
    /// Equal.
    Is(T),
    /// Different.
    IsNot(T),
    /// Among these.
    In(Vec<T>),
}

/// A test of a number.
#[derive(Debug, Clone, PartialEq)]
pub enum NumberTest {
    /// Compared with a number.
    Compare(Comparison, f64),
    /// From the first to the second, both included.
    Between(f64, f64),
    /// Among these.
    In(Vec<f64>),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison as written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Ast {
    /// True when the segment asks for a stage, a score or anything else computed about the person, so that it needs
    /// their consent to profiling. Country, language and `known_days` are plain records.
    #[must_use]
    pub fn uses_profiling(&self) -> bool {
        match self {
            Self::Everyone | Self::Country(_) | Self::Language(_) | Self::Draw(..) => false,
            Self::Stage(..) => true,
            Self::Number(field, _) => *field != NumberField::KnownDays,
            Self::Not(inner) => inner.uses_profiling(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::uses_profiling),
        }
    }

    /// True when it asks for something a model computed: a value, a risk or a chance. A stage is a count of days, and
    /// what somebody bought is a record; neither is a score.
    #[must_use]
    pub fn uses_scores(&self) -> bool {
        match self {
            Self::Everyone | Self::Country(_) | Self::Language(_) | Self::Draw(..) | Self::Stage(..) => false,
            Self::Number(field, _) => field.is_score(),
            Self::Not(inner) => inner.uses_scores(),
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::uses_scores),
        }
    }
}

impl fmt::Display for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Stage(moment, test) => one_of(f, moment.as_str(), test, |stage| stage.to_string()),
            Self::Country(test) => one_of(f, "country", test, |country| format!("\"{country}\"")),
            Self::Language(test) => one_of(f, "language", test, |language| language.to_string()),
            Self::Number(field, test) => number(f, field.as_str(), test),
            Self::Draw(percent, seed) => write!(f, "draw({percent}, {seed})"),
            Self::Not(inner) => {
                f.write_str("not ")?;
                grouped(f, inner)
            }
            Self::And(parts) => joined(f, parts, " and "),
            Self::Or(parts) => joined(f, parts, " or "),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Ast], word: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        // `and` binds tighter than `or`, but the reader should not have to know.
        grouped(f, part)?;
    }
    Ok(())
}

fn grouped(f: &mut fmt::Formatter<'_>, part: &Ast) -> fmt::Result {
    if matches!(part, Ast::And(_) | Ast::Or(_)) { write!(f, "({part})") } else { write!(f, "{part}") }
}

fn one_of<T>(
    f: &mut fmt::Formatter<'_>,
    field: &str,
    test: &OneOf<T>,
    shown: impl Fn(&T) -> String,
) -> fmt::Result {
    match test {
        OneOf::Is(value) => write!(f, "{field} = {}", shown(value)),
        OneOf::IsNot(value) => write!(f, "{field} != {}", shown(value)),
        OneOf::In(values) => {
            write!(f, "{field} in ({})", values.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
    }
}

fn number(f: &mut fmt::Formatter<'_>, field: &str, test: &NumberTest) -> fmt::Result {
    match test {
        NumberTest::Compare(comparison, value) => write!(f, "{field} {} {value}", comparison.as_str()),
        NumberTest::Between(low, high) => write!(f, "{field} between {low} and {high}"),
        NumberTest::In(values) => {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            write!(f, "{field} in ({})", values.join(", "))
        }
    }
}
