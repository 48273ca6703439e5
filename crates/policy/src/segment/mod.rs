//! A closed, typed language for audiences: `stage = churned and value.percentile >= 80 and country in ("ES", "PT")`.
//!
//! Goes in: text. Comes out: an [`Ast`] that is right by its types, errors that point at the place, and the same
//! answer whether one customer is asked ([`eval_row`]) or all of them column by column ([`eval_columns`]).
//! Deliberately absent: functions, arithmetic, loops, and every sensitive attribute.
//!
//! Missing values follow three-valued logic, as in SQL: a comparison with something unknown is unknown, `not` of
//! unknown is unknown, and unknown never selects. A prospect has no `silent_days`, so neither `silent_days > 60` nor
//! `not silent_days > 60` selects them; `stage = prospect or silent_days > 60` does.
//!
//! ```
//! use policy::segment::{CustomerRow, NumberField, StageMoment, eval_row, parse};
//! use terms::stage::Stage;
//!
//! let audience = parse(r#"stage = churned and value.percentile >= 80"#).unwrap();
//! let mut row = CustomerRow::default();
//! row.set_stage(StageMoment::Now, Some(Stage::Churned));
//! row.set(NumberField::ValuePercentile, 91.0);
//! assert!(eval_row(&audience, &row));
//! ```

mod ast;
mod bits;
mod check;
mod columns;
mod country;
mod describe;
mod draw;
mod error;
mod eval;
mod field;
mod lex;
mod parse;
mod problem;
mod row;

pub use ast::{Ast, Comparison, NumberTest, OneOf};
pub use bits::Bits;
pub use columns::SegmentColumns;
pub use country::{BadCountry, Country};
pub use describe::describe;
pub use draw::lot;
pub use error::SegmentError;
pub use eval::{eval_columns, eval_row};
pub use field::{NumberField, SegmentField, StageMoment};
pub use parse::{MAX_DEPTH, MAX_LENGTH, parse};
pub use problem::{SegmentProblem, Wanted};
pub use row::{CustomerRow, Row};

#[cfg(test)]
mod tests;
