//! What a comma means in a column of numbers: decided over a sample for the whole column, never for a cell.
//!
//! Goes in: the cells of a sample. Comes out: the mark, or that a person has to say it. It reads no amounts.

use super::amount::Number;
use std::fmt;

/// Which character separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1,299.50`
    Point,
    /// `1.299,50`
    Comma,
}

/// A text that names no decimal mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no decimal mark; use comma (as in 1.299,50) or point (as in 1,299.50)")]
pub struct BadDecimalMark(pub String);

/// What a sample says about the decimal mark of its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Convention {
    /// The mark; `None` when no number of the sample has one.
    Clear(Option<DecimalMark>),
    /// Numbers such as this one may be read two ways, and none decides.
    Ambiguous(String),
    /// As many numbers speak for the point (the first) as for the comma (the second).
    Contradicting(String, String),
}

impl DecimalMark {
    pub(crate) const fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }

    /// The mark of a column, by a sample of its cells: the one that more of its numbers speak for.
    pub(crate) fn detect<'a>(sample: impl Iterator<Item = &'a str>) -> Convention {
        let (mut point, mut comma, mut either) = ((0_u64, ""), (0_u64, ""), None);
        for text in sample.filter(|text| text.contains(['.', ','])) {
            match (Number::by(text, Self::Point).is_ok(), Number::by(text, Self::Comma).is_ok()) {
                (true, false) => point = (point.0 + 1, if point.0 == 0 { text } else { point.1 }),
                (false, true) => comma = (comma.0 + 1, if comma.0 == 0 { text } else { comma.1 }),
                (true, true) => either = either.or(Some(text)),
                (false, false) => {}
            }
        }
        match (point.0, comma.0, either) {
            (0, 0, None) => Convention::Clear(None),
            (0, 0, Some(text)) => Convention::Ambiguous(text.to_owned()),
            (points, commas, _) if points == commas => {
                Convention::Contradicting(point.1.to_owned(), comma.1.to_owned())
            }
            (points, commas, _) => {
                Convention::Clear(Some(if commas > points { Self::Comma } else { Self::Point }))
            }
        }
    }
}

impl fmt::Display for DecimalMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Point => "point",
            Self::Comma => "comma",
        })
    }
}

impl std::str::FromStr for DecimalMark {
    type Err = BadDecimalMark;
    fn from_str(text: &str) -> Result<Self, BadDecimalMark> {
        match text {
            "point" | "dot" | "." => Ok(Self::Point),
            "comma" | "," => Ok(Self::Comma),
            other => Err(BadDecimalMark(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DecimalMark::{Comma, Point};

    #[test]
    fn the_column_decides_what_a_comma_means() {
        let detect = |sample: &[&str]| DecimalMark::detect(sample.iter().copied());
        assert_eq!(detect(&["1.299,50", "3"]), Convention::Clear(Some(Comma)));
        assert_eq!(detect(&["12,5"]), Convention::Clear(Some(Comma)));
        assert_eq!(detect(&["10.50", "12,5", "3,99"]), Convention::Clear(Some(Comma)));
        assert_eq!(detect(&["1,299", "0.5"]), Convention::Clear(Some(Point)));
        assert_eq!(detect(&["1.299.000"]), Convention::Clear(Some(Comma)));
        assert_eq!(detect(&["3", "-4"]), Convention::Clear(None));
        assert_eq!(detect(&["3", "1,234"]), Convention::Ambiguous("1,234".into()));
        assert_eq!(detect(&["12,5", "10.50"]), Convention::Contradicting("10.50".into(), "12,5".into()));
    }
}
