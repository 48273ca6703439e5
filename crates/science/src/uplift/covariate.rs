//! Covariates from before the treatment, and how they become columns of numbers.
//!
//! Goes in: named columns of numbers (`NaN` where unknown) or of levels. Comes out: an [`Encoder`], which learns
//! means and knots from the training rows, and matrices of standardised columns for any rows. Levels become one column
//! each, an unknown number becomes the mean and a column that says so. It never looks at an outcome.

use crate::fit::matrix::Matrix;

/// Levels a covariate keeps; the rarer ones become one.
pub const MOST_LEVELS: usize = 30;

/// What a covariate holds, one entry a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers; `NaN` where unknown.
    Numbers(Vec<f64>),
    /// Numbers of levels, from 0, with their names.
    Levels {
        /// Level of each row.
        of: Vec<u32>,
        /// Name of each level.
        names: Vec<String>,
    },
}

/// A column known before the treatment.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub values: Values,
}

impl Covariate {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(numbers) => numbers.len(),
            Values::Levels { of, .. } => of.len(),
        }
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each row's group among at most `most`: levels as they are (the rarer ones together), numbers in runs of like size,
    /// unknown numbers by themselves. Returns the groups and how many there are.
    #[must_use]
    pub fn groups(&self, most: usize) -> (Vec<usize>, usize) {
        match &self.values {
            Values::Levels { of, names } => {
                let kept = kept_levels(of.iter().copied(), names.len(), most);
                let other = kept.iter().flatten().count();
                let place = |level: &u32| kept.get(*level as usize).copied().flatten().unwrap_or(other);
                (of.iter().map(place).collect(), other + 1)
            }
            Values::Numbers(numbers) => {
                let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
                sorted.sort_by(f64::total_cmp);
                let mut distinct = sorted.clone();
                distinct.dedup();
                let few = distinct.len() <= most;
                // A value as frequent as a whole group is one by itself, so that a rare "more than nothing" is one too.
                let enough = sorted.len().div_ceil(most).max(1);
                let (mut cuts, mut filled): (Vec<f64>, usize) = (Vec::new(), usize::MAX);
                for run in sorted.chunk_by(|a, b| a == b) {
                    if filled >= enough || run.len() >= enough || few {
                        cuts.extend(run.first());
                        filled = 0;
                    }
                    filled += run.len();
                }
                let place = |x: &f64| match x.is_finite() {
                    true => cuts.partition_point(|cut| cut <= x).saturating_sub(1),
                    false => cuts.len(),
                };
                (numbers.iter().map(place).collect(), cuts.len() + 1)
            }
        }
    }
}

/// For each level its place among the `most` most frequent, in the order of the levels.
fn kept_levels(of: impl Iterator<Item = u32>, levels: usize, most: usize) -> Vec<Option<usize>> {
    let mut counts = vec![0u64; levels];
    for level in of {
        if let Some(count) = counts.get_mut(level as usize) {
            *count += 1;
        }
    }
    let mut by_count: Vec<(u64, usize)> = counts.iter().copied().zip(0..).filter(|(n, _)| *n > 0).collect();
    by_count.sort_by(|a, b| b.cmp(a));
    by_count.truncate(most);
    let mut kept: Vec<usize> = by_count.into_iter().map(|(_, level)| level).collect();
    kept.sort_unstable();
    let mut places = vec![None; levels];
    for (place, level) in kept.into_iter().enumerate() {
        if let Some(slot) = places.get_mut(level) {
            *slot = Some(place);
        }
    }
    places
}

/// How fine a matrix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Numbers as they are.
    Plain,
    /// Numbers with their logarithm where they are skewed, and with bends at their quartiles.
    Bent,
}

#[derive(Debug, Clone)]
enum Column {
    Number { mean: f64, unknown: bool, log: bool, knots: Vec<f64> },
    Levels { kept: Vec<Option<usize>>, width: usize },
}

/// How covariates become columns; learned from the training rows.
#[derive(Debug, Clone)]
pub struct Encoder {
    columns: Vec<Column>,
    moments: Vec<(f64, f64)>,
    width: usize,
}

fn signed_log(x: f64) -> f64 {
    x.signum() * x.abs().ln_1p()
}

impl Encoder {
    /// Learns means, knots and scales from `rows` of `covariates`.
    #[must_use]
    pub fn fit(covariates: &[Covariate], rows: &[usize], detail: Detail) -> Self {
        let columns: Vec<Column> = covariates.iter().map(|c| Column::fit(&c.values, rows, detail)).collect();
        let width = columns.iter().map(Column::width).sum();
        let mut encoder = Self { columns, moments: Vec::new(), width };
        encoder.moments = encoder.raw(covariates, rows).standardise();
        encoder
    }

    /// Number of columns.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// `rows` of `covariates` as standardised columns, `n_rows x width`.
    #[must_use]
    pub fn matrix(&self, covariates: &[Covariate], rows: &[usize]) -> Matrix {
        let raw = self.raw(covariates, rows);
        let mut matrix = Matrix::with_capacity(self.width, rows.len());
        for row in raw.rows() {
            matrix.push(row.iter().zip(&self.moments).map(|(x, (mean, scale))| (x - mean) / scale));
        }
        matrix
    }

    fn raw(&self, covariates: &[Covariate], rows: &[usize]) -> Matrix {
        let mut matrix = Matrix::with_capacity(self.width, rows.len());
        let mut cells = Vec::with_capacity(self.width);
        for row in rows {
            cells.clear();
            for (column, covariate) in self.columns.iter().zip(covariates) {
                column.push(&covariate.values, *row, &mut cells);
            }
            matrix.push(cells.iter().copied());
        }
        matrix
    }
}

impl Column {
    fn fit(values: &Values, rows: &[usize], detail: Detail) -> Self {
        match values {
            Values::Levels { of, names } => {
                let levels = rows.iter().filter_map(|row| of.get(*row).copied());
                let kept = kept_levels(levels, names.len(), MOST_LEVELS);
                let width = kept.iter().flatten().count();
                Self::Levels { kept, width }
            }
            Values::Numbers(numbers) => {
                let all = rows.iter().filter_map(|row| numbers.get(*row).copied());
                let mut known: Vec<f64> = all.filter(|x| x.is_finite()).collect();
                let unknown = known.len() < rows.len();
                let n = known.len().max(1) as f64;
                let mean = known.iter().sum::<f64>() / n;
                let moment = |power| known.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
                let (second, third) = (moment(2), moment(3));
                known.sort_by(f64::total_cmp);
                let mut distinct = known.clone();
                distinct.dedup();
                if detail == Detail::Plain || distinct.len() < 10 {
                    return Self::Number { mean, unknown, log: false, knots: Vec::new() };
                }
                let log = third.abs() > 2.0 * second.powf(1.5);
                let quartile = |k: usize| known.get(k * known.len() / 4).copied();
                let mut knots: Vec<f64> = (1..4).filter_map(quartile).collect();
                if log {
                    knots.iter_mut().for_each(|x| *x = signed_log(*x));
                }
                knots.dedup();
                Self::Number { mean, unknown, log, knots }
            }
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Number { unknown, log, knots, .. } => {
                1 + usize::from(*unknown) + usize::from(*log) + knots.len()
            }
            Self::Levels { width, .. } => *width,
        }
    }

    fn push(&self, values: &Values, row: usize, cells: &mut Vec<f64>) {
        match (self, values) {
            (Self::Number { mean, unknown, log, knots }, Values::Numbers(numbers)) => {
                let known = numbers.get(row).copied().filter(|x| x.is_finite());
                let x = known.unwrap_or(*mean);
                cells.push(x);
                if *unknown {
                    cells.push(f64::from(u8::from(known.is_none())));
                }
                let bent = if *log { signed_log(x) } else { x };
                if *log {
                    cells.push(bent);
                }
                cells.extend(knots.iter().map(|knot| (bent - knot).max(0.0)));
            }
            (Self::Levels { kept, width }, Values::Levels { of, .. }) => {
                let level = of.get(row).and_then(|level| kept.get(*level as usize).copied().flatten());
                cells.extend((0..*width).map(|place| f64::from(u8::from(Some(place) == level))));
            }
            (column, _) => cells.extend(std::iter::repeat_n(0.0, column.width())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: Vec<f64>) -> Covariate {
        Covariate { name: "x".to_owned(), values: Values::Numbers(values) }
    }

    #[test]
    fn an_unknown_number_becomes_the_mean_and_a_column_that_says_so() {
        let covariate = numbers(vec![1.0, 3.0, f64::NAN]);
        let encoder = Encoder::fit(std::slice::from_ref(&covariate), &[0, 1, 2], Detail::Plain);
        let matrix = encoder.matrix(&[covariate], &[2]);
        let row = matrix.rows().next().unwrap();
        assert_eq!(encoder.width(), 2);
        assert!(row[0].abs() < 1e-12 && row[1] > 1.0, "{row:?}");
    }

    #[test]
    fn rare_levels_become_one_group() {
        let of: Vec<u32> = (0..100).map(|i| if i < 90 { i % 3 } else { 3 + i % 10 }).collect();
        let names = (0..13).map(|i| i.to_string()).collect();
        let covariate = Covariate { name: "x".to_owned(), values: Values::Levels { of, names } };
        let (groups, n) = covariate.groups(3);
        assert_eq!(n, 4);
        assert_eq!(groups.iter().filter(|group| **group == 3).count(), 10);
    }

    #[test]
    fn numbers_are_grouped_by_value_when_few_and_by_quantile_when_many() {
        assert_eq!(numbers(vec![5.0, 0.0, 5.0, 2.0]).groups(10).0, [2, 0, 2, 1]);
        let (groups, n) = numbers((0..1_000).map(f64::from).collect()).groups(10);
        assert_eq!((n, groups[0], groups[999]), (11, 0, 9));
    }
}
