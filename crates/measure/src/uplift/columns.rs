//! From a table of text to arms, outcomes and candidate covariates.
//!
//! A column of numbers is numbers; of dates, days; of levels that begin with a number of their own (`2) $100 - $200`),
//! those numbers, since somebody put them in order; of anything else, levels. Empty cells and `NA` are unknown. It
//! decides nothing about which columns may be used.

use super::{Arm, UpliftArgs};
use lake::import::{Table, TextColumn, TimeFormat};
use miette::miette;
use science::uplift::{Covariate, Values};
use std::collections::BTreeMap;

/// The rows of both arms.
pub(super) struct Data {
    pub(super) treated: Vec<bool>,
    pub(super) outcome: Vec<f64>,
    pub(super) covariates: Vec<Covariate>,
    /// Columns left out by the caller.
    pub(super) dropped: Vec<String>,
    /// Rows of the file.
    pub(super) rows: usize,
    /// Rows of both arms without an outcome, left out.
    pub(super) without_outcome: usize,
}

/// Reads what the arguments ask for.
pub(super) fn read(table: &Table, args: &UpliftArgs) -> miette::Result<Data> {
    let known = |name: &str| {
        table.named(name).ok_or_else(|| {
            miette!("`{}` has no column `{name}`; it has {}", args.file.display(), table.names.join(", "))
        })
    };
    let (of_treated, of_control) = (known(&args.treatment.column)?, known(&args.control.column)?);
    let outcomes = known(&args.outcome)?;
    for name in args.covariates.iter().chain(&args.drop) {
        known(name)?;
    }
    let (mut rows, mut treated, mut outcome) = (Vec::new(), Vec::new(), Vec::new());
    let mut without_outcome = 0;
    for (row, ((t, c), y)) in of_treated.cells().zip(of_control.cells()).zip(outcomes.cells()).enumerate() {
        let arm = match (args.treatment.is(t), args.control.is(c)) {
            (true, true) => {
                return Err(miette!("row {} is of both arms; name values that exclude each other", row + 1));
            }
            (false, false) => continue,
            (treated, _) => treated,
        };
        if is_unknown(y) {
            without_outcome += 1;
            continue;
        }
        outcome.push(outcome_value(y).ok_or_else(|| {
            miette!(
                "`{}` in row {} is `{y}`; an outcome is 0/1, yes/no, true/false or a number",
                args.outcome,
                row + 1
            )
        })?);
        rows.push(row);
        treated.push(arm);
    }
    for (wanted, arm) in [(true, &args.treatment), (false, &args.control)] {
        if !treated.contains(&wanted) {
            let example: Vec<&str> = known(&arm.column)?.cells().take(1).collect();
            return Err(miette!(
                "no row with an outcome has `{}` = `{}`; its first value is `{}`",
                arm.column,
                arm.value,
                example.concat()
            ));
        }
    }
    let mut covariates = Vec::new();
    for (place, name) in table.names.iter().enumerate() {
        let spoken_for = [&args.treatment.column, &args.control.column, &args.outcome].contains(&name);
        let wanted = args.covariates.is_empty() || args.covariates.contains(name);
        if let Some(column) = table.at(place).filter(|_| wanted && !spoken_for && !args.drop.contains(name)) {
            let name = if name.is_empty() { format!("column {}", place + 1) } else { name.clone() };
            covariates.push(Covariate { name, values: values(column, &rows) });
        }
    }
    let dropped = args.drop.clone();
    Ok(Data { treated, outcome, covariates, dropped, rows: table.rows(), without_outcome })
}

impl Arm {
    fn is(&self, cell: &str) -> bool {
        let number = |text: &str| text.parse::<f64>().ok();
        cell == self.value || number(cell).zip(number(&self.value)).is_some_and(|(a, b)| a == b)
    }
}

fn is_unknown(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "N/A" | "NaN" | "nan" | "null" | "NULL" | "None")
}

fn outcome_value(cell: &str) -> Option<f64> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "y" | "t" | "si" | "sí" => Some(1.0),
        "no" | "false" | "n" | "f" => Some(0.0),
        number => number.parse().ok().filter(|y: &f64| y.is_finite()),
    }
}

fn values(column: &TextColumn, rows: &[usize]) -> Values {
    let mut wanted = rows.iter().copied().peekable();
    let cells: Vec<&str> = column
        .cells()
        .enumerate()
        .filter(|(row, _)| wanted.next_if_eq(row).is_some())
        .map(|(_, cell)| cell)
        .collect();
    let all = |read: &dyn Fn(&str) -> Option<f64>| -> Option<Vec<f64>> {
        cells.iter().map(|cell| if is_unknown(cell) { Some(f64::NAN) } else { read(cell) }).collect()
    };
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|x| x.is_finite());
    let day = |cell: &str| TimeFormat::Iso.parse(cell).map(|instant| f64::from(instant.day().0));
    if let Some(numbers) = all(&number).or_else(|| all(&day)) {
        return Values::Numbers(numbers);
    }
    let mut places: BTreeMap<&str, u32> = cells.iter().map(|cell| (*cell, 0)).collect();
    for (place, slot) in places.values_mut().enumerate() {
        *slot = place as u32;
    }
    let ordered: Option<Vec<i64>> = places.keys().map(|level| leading_number(level)).collect();
    if let Some(mut ordered) = ordered {
        ordered.sort_unstable();
        ordered.dedup();
        if ordered.len() == places.len() {
            return Values::Numbers(
                cells.iter().map(|cell| leading_number(cell).map_or(f64::NAN, |x| x as f64)).collect(),
            );
        }
    }
    let of = cells.iter().filter_map(|cell| places.get(cell).copied()).collect();
    Values::Levels { of, names: places.into_keys().map(str::to_owned).collect() }
}

/// The number a level begins with, if a mark follows it: `2) $100`, `3. gold`, `4: late`.
fn leading_number(level: &str) -> Option<i64> {
    let digits = level.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = level.split_at_checked(digits)?;
    rest.starts_with([')', '.', ':']).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(text: &str) -> Values {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, format!("x;y\n{text}\n")).unwrap();
        let table = lake::import::table(&path, &lake::import::Options::default(), &mut |_| {}).unwrap();
        let rows: Vec<usize> = (0..table.rows()).collect();
        values(table.named("x").unwrap(), &rows)
    }

    #[test]
    fn levels_in_a_written_order_become_their_numbers() {
        assert_eq!(column("2) $100;\n1) $0;\n2) $100;"), Values::Numbers(vec![2.0, 1.0, 2.0]));
    }

    #[test]
    fn anything_else_stays_a_level_and_a_date_becomes_a_day() {
        let Values::Levels { of, names } = column("b;\na;\n;1") else { panic!("levels") };
        assert_eq!((of, names), (vec![2, 1, 0], vec![String::new(), "a".to_owned(), "b".to_owned()]));
        assert_eq!(column("1970-01-03;\n1970-01-01;"), Values::Numbers(vec![2.0, 0.0]));
    }

    #[test]
    fn outcomes_are_read_as_people_write_them() {
        assert_eq!(
            ["yes", "No", "TRUE", "0", "12.5", "maybe"].map(outcome_value),
            [Some(1.0), Some(0.0), Some(1.0), Some(0.0), Some(12.5), None]
        );
    }
}
