//! Who is in a segment: one customer, or all of them column by column. A property test holds both equal.
//!
//! Three-valued logic (Kleene 1938): a test of a missing value is neither true nor false, and selects nobody.

use super::ast::{Ast, Comparison, NumberTest, OneOf};
use super::bits::{Bit, Bits};
use super::columns::SegmentColumns;
use super::draw::drawn;
use super::row::Row;

/// True when the segment selects this customer.
#[must_use]
pub fn eval_row(ast: &Ast, row: &impl Row) -> bool {
    truth(ast, row) == Some(true)
}

fn truth(ast: &Ast, row: &impl Row) -> Option<bool> {
    match ast {
        Ast::Everyone => Some(true),
        Ast::Stage(moment, test) => row.stage(*moment).map(|stage| test.holds(stage)),
        Ast::Country(test) => row.country().map(|country| test.holds(country)),
        Ast::Language(test) => row.language().map(|language| test.holds(language)),
        Ast::Number(field, test) => {
            row.number(*field).filter(|value| !value.is_nan()).map(|value| test.holds(value))
        }
        Ast::Draw(percent, seed) => row.lot().map(|lot| drawn(lot, *seed) < *percent),
        Ast::Not(inner) => truth(inner, row).map(|found| !found),
        // One part that is surely false decides an `and`, one that is surely true an `or`.
        Ast::And(parts) => decided(parts, row, false),
        Ast::Or(parts) => decided(parts, row, true),
    }
}

/// `by` when any part has that truth; unknown when any is unknown; otherwise the opposite.
fn decided(parts: &[Ast], row: &impl Row, by: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match truth(part, row) {
            Some(found) if found == by => return Some(by),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!by)
}

/// One bit a customer: set for those the segment selects.
#[must_use]
pub fn eval_columns(ast: &Ast, columns: &SegmentColumns) -> Bits {
    truths(ast, columns).yes
}

/// Who is surely in and who is surely out; in neither: unknown.
struct Truths {
    yes: Bits,
    no: Bits,
}

fn truths(ast: &Ast, columns: &SegmentColumns) -> Truths {
    let n = columns.len();
    let all = |bit| Bits::filled(n, bit);
    match ast {
        Ast::Everyone => Truths { yes: all(Bit::One), no: all(Bit::Zero) },
        Ast::Stage(moment, test) => one_of(columns.stages(*moment), test),
        Ast::Country(test) => one_of(columns.countries(), test),
        Ast::Language(test) => one_of(columns.languages(), test),
        Ast::Number(field, test) => numbers(columns.numbers(*field), test),
        Ast::Draw(percent, seed) => {
            let is = |in_it: bool| {
                Bits::of(columns.lots(), |lot| lot.is_some_and(|lot| (drawn(lot, *seed) < *percent) == in_it))
            };
            Truths { yes: is(true), no: is(false) }
        }
        Ast::Not(inner) => {
            let Truths { yes, no } = truths(inner, columns);
            Truths { yes: no, no: yes }
        }
        Ast::And(parts) => parts.iter().map(|part| truths(part, columns)).fold(
            Truths { yes: all(Bit::One), no: all(Bit::Zero) },
            |all, part| Truths { yes: all.yes.and(&part.yes), no: all.no.or(&part.no) },
        ),
        Ast::Or(parts) => parts.iter().map(|part| truths(part, columns)).fold(
            Truths { yes: all(Bit::Zero), no: all(Bit::One) },
            |any, part| Truths { yes: any.yes.or(&part.yes), no: any.no.and(&part.no) },
        ),
    }
}

fn one_of<T: Copy + PartialEq>(values: &[Option<T>], test: &OneOf<T>) -> Truths {
    let yes = Bits::of(values, |value| value.is_some_and(|value| test.holds(value)));
    let no = Bits::of(values, |value| value.is_some()).without(&yes);
    Truths { yes, no }
}

fn numbers(values: &[f64], test: &NumberTest) -> Truths {
    // One loop a comparison: the test is chosen outside, so that the inside is a plain comparison of floats.
    let yes = match test {
        NumberTest::Compare(comparison, with) => {
            let with = *with;
            match comparison {
                Comparison::Equal => Bits::of(values, |value| value == with),
                Comparison::NotEqual => Bits::of(values, |value| value != with && !value.is_nan()),
                Comparison::Less => Bits::of(values, |value| value < with),
                Comparison::LessOrEqual => Bits::of(values, |value| value <= with),
                Comparison::Greater => Bits::of(values, |value| value > with),
                Comparison::GreaterOrEqual => Bits::of(values, |value| value >= with),
            }
        }
        NumberTest::Between(low, high) => Bits::of(values, |value| *low <= value && value <= *high),
        NumberTest::In(options) => Bits::of(values, |value| options.contains(&value)),
    };
    let no = Bits::of(values, |value| !value.is_nan()).without(&yes);
    Truths { yes, no }
}

impl<T: Copy + PartialEq> OneOf<T> {
    fn holds(&self, value: T) -> bool {
        match self {
            Self::Is(wanted) => *wanted == value,
            Self::IsNot(unwanted) => *unwanted != value,
            Self::In(options) => options.contains(&value),
        }
    }
}

impl NumberTest {
    fn holds(&self, value: f64) -> bool {
        match self {
            Self::Compare(comparison, with) => match comparison {
                Comparison::Equal => value == *with,
                Comparison::NotEqual => value != *with,
                Comparison::Less => value < *with,
                Comparison::LessOrEqual => value <= *with,
                Comparison::Greater => value > *with,
                Comparison::GreaterOrEqual => value >= *with,
            },
            Self::Between(low, high) => *low <= value && value <= *high,
            Self::In(options) => options.contains(&value),
        }
    }
}
