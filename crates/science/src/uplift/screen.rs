//! Which columns may be covariates: what is left out by itself, and why.
//!
//! Goes in: candidate columns, arms and outcomes. Comes out: the columns that are kept, those left out with the reason,
//! and how much each column differs between the arms. Rules, in this order:
//!
//! 1. A column of one value, or of (nearly) as many values as rows, says nothing or names the row.
//! 2. A column of two values that says the same as the treatment is the treatment.
//! 3. A column that *settles the outcome* was recorded after it: some of its values (at least 30 rows) come with the
//!    outcome practically always (99.5 %) or never (1/200 of the usual rate) where chance would give that less than
//!    once in a billion, or it correlates with the outcome by .98. Purchases imply visits; nobody's past does.
//!
//! A column that merely differs between the arms is not left out. It may have been recorded after the treatment, but
//! just as well be why these people were treated, and the data cannot tell: it goes into the balance test, which
//! refuses, and the refusal names it. Its owner knows, and can drop it. Limits: a column changed by the treatment too
//! little to be seen, and not settling the outcome, is not found.

use super::covariate::{Covariate, Values};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Groups numbers are cut into for these rules.
const GROUPS: usize = 20;
/// Fewest rows of a value that is judged.
const FEWEST: f64 = 30.0;
/// Probability below which chance is no explanation.
const CHANCE: f64 = 1e-9;

/// A column that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub column: String,
    /// Why, in words.
    pub reason: String,
}

/// How a column differs between the arms.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The column.
    pub column: String,
    /// Chi-square statistic of its groups by arm, divided by its degrees of freedom; about 1 under random assignment.
    pub statistic: f64,
    /// Probability of at least this difference under random assignment (Pearson 1900).
    pub p_value: f64,
    /// The difference in words.
    pub words: String,
}

/// What the rules made of the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Screened {
    /// Columns that may be used.
    pub kept: Vec<Covariate>,
    /// Columns that may not.
    pub left_out: Vec<LeftOut>,
}

/// Applies the rules to each column.
#[must_use]
pub fn screen(columns: Vec<Covariate>, treated: &[bool], outcome: &[f64]) -> Screened {
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for column in columns {
        match reason(&column, treated, outcome) {
            Some(reason) => left_out.push(LeftOut { column: column.name, reason }),
            None => kept.push(column),
        }
    }
    Screened { kept, left_out }
}

fn reason(column: &Covariate, treated: &[bool], outcome: &[f64]) -> Option<String> {
    let n = column.len();
    let distinct = distinct(column);
    if distinct < 2 {
        return Some("has one value only".to_owned());
    }
    let (names_rows, half) = match &column.values {
        Values::Numbers(numbers) => (numbers.iter().all(|x| x.fract() == 0.0) && distinct == n, false),
        Values::Levels { .. } => (distinct == n, distinct > 200 && distinct * 5 > n),
    };
    if n > 100 && (names_rows || half) {
        return Some(format!("names the row: {distinct} values in {n} rows"));
    }
    if distinct == 2 {
        let (groups, _) = column.groups(2);
        let agree = groups.iter().zip(treated).filter(|(group, t)| (**group == 1) == **t).count();
        if agree == 0 || agree == n {
            return Some("says the same as the treatment".to_owned());
        }
    }
    settles(column, outcome)
}

fn distinct(column: &Covariate) -> usize {
    match &column.values {
        Values::Numbers(numbers) => {
            let mut bits: Vec<u64> = numbers.iter().map(|x| (x + 0.0).to_bits()).collect();
            bits.sort_unstable();
            bits.dedup();
            bits.len()
        }
        Values::Levels { of, .. } => {
            let mut levels = of.clone();
            levels.sort_unstable();
            levels.dedup();
            levels.len()
        }
    }
}

/// Whether a column settles the outcome, and how.
fn settles(column: &Covariate, outcome: &[f64]) -> Option<String> {
    if let Values::Numbers(numbers) = &column.values
        && correlation(numbers, outcome).is_some_and(|r| r.abs() > 0.98)
    {
        return Some("repeats the outcome: was recorded with it, after the treatment".to_owned());
    }
    let n = outcome.len() as f64;
    let rate = outcome.iter().filter(|y| **y > 0.0).count() as f64 / n;
    if rate <= 0.0 || rate >= 1.0 {
        return None;
    }
    let (groups, count) = column.groups(GROUPS);
    let mut cells = vec![(0.0, 0.0); count];
    for (group, y) in groups.iter().zip(outcome) {
        if let Some(cell) = cells.get_mut(*group) {
            cell.0 += 1.0;
            cell.1 += f64::from(u8::from(*y > 0.0));
        }
    }
    for (rows, hits) in cells.into_iter().filter(|(rows, _)| *rows >= FEWEST) {
        if hits >= 0.995 * rows && rate < 0.9 && rows * rate.ln() < CHANCE.ln() {
            return Some(format!(
                "settles the outcome: {hits} of {rows} rows with one of its values have it, {:.1} % of all; was \
                 recorded after the treatment",
                100.0 * rate
            ));
        }
        if hits <= 0.005 * rate * rows && rows * (1.0 - rate).ln() < CHANCE.ln() {
            return Some(format!(
                "settles the outcome: {hits} of {rows} rows with one of its values have it, {:.1} % of all; was \
                 recorded after the treatment",
                100.0 * rate
            ));
        }
    }
    None
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(a, _)| a.is_finite()).collect();
    let n = pairs.len() as f64;
    let (mx, my) = pairs.iter().fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a / n, sum.1 + b / n));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        xx += (a - mx) * (a - mx);
        xy += (a - mx) * (b - my);
        yy += (b - my) * (b - my);
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// How each column differs between the arms, the most different first.
#[must_use]
pub fn differences(columns: &[Covariate], treated: &[bool]) -> Vec<Difference> {
    let mut all: Vec<Difference> = columns.iter().filter_map(|column| difference(column, treated)).collect();
    all.sort_by(|a, b| a.p_value.total_cmp(&b.p_value).then(b.statistic.total_cmp(&a.statistic)));
    all
}

fn difference(column: &Covariate, treated: &[bool]) -> Option<Difference> {
    let (groups, count) = column.groups(GROUPS);
    let mut cells = vec![[0.0f64; 2]; count];
    for (group, t) in groups.iter().zip(treated) {
        if let Some(cell) = cells.get_mut(*group) {
            let [control, of_treated] = cell;
            *(if *t { of_treated } else { control }) += 1.0;
        }
    }
    let control: f64 = cells.iter().map(|[c, _]| c).sum();
    let of_treated: f64 = cells.iter().map(|[_, t]| t).sum();
    let n = control + of_treated;
    let used: Vec<&[f64; 2]> = cells.iter().filter(|[c, t]| c + t > 0.0).collect();
    if used.len() < 2 || control <= 0.0 || of_treated <= 0.0 {
        return None;
    }
    let statistic: f64 = used
        .iter()
        .map(|[c, t]| {
            let (expect_c, expect_t) = ((c + t) * control / n, (c + t) * of_treated / n);
            (c - expect_c).powi(2) / expect_c + (t - expect_t).powi(2) / expect_t
        })
        .sum();
    let freedom = (used.len() - 1) as f64;
    let p_value = ChiSquared::new(freedom).map_or(1.0, |chi| chi.sf(statistic));
    let words = words(column, treated)?;
    Some(Difference { column: column.name.clone(), statistic: statistic / freedom, p_value, words })
}

fn words(column: &Covariate, treated: &[bool]) -> Option<String> {
    let name = &column.name;
    match &column.values {
        Values::Numbers(numbers) => {
            let mean = |arm: bool| {
                let of: Vec<f64> = numbers
                    .iter()
                    .zip(treated)
                    .filter(|(x, t)| **t == arm && x.is_finite())
                    .map(|(x, _)| *x)
                    .collect();
                of.iter().sum::<f64>() / of.len().max(1) as f64
            };
            Some(format!(
                "`{name}` is {:.3} on average for the treated and {:.3} for the others",
                mean(true),
                mean(false)
            ))
        }
        Values::Levels { of, names } => {
            let mut counts = vec![[0.0f64; 2]; names.len()];
            let mut sizes = [0.0f64; 2];
            for (level, t) in of.iter().zip(treated) {
                let arm = usize::from(*t);
                if let Some(count) = counts.get_mut(*level as usize).and_then(|cell| cell.get_mut(arm)) {
                    *count += 1.0;
                }
                if let Some(size) = sizes.get_mut(arm) {
                    *size += 1.0;
                }
            }
            let [n_c, n_t] = sizes;
            let shares = counts.iter().map(|[c, t]| (c / n_c.max(1.0), t / n_t.max(1.0)));
            let ((c, t), level) = shares
                .zip(names)
                .max_by(|((a, b), _), ((c, d), _)| (a - b).abs().total_cmp(&(c - d).abs()))?;
            Some(format!(
                "`{name}` is `{level}` for {:.1} % of the treated and {:.1} % of the others",
                100.0 * t,
                100.0 * c
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::SplitMix64;

    fn numbers(name: &str, values: Vec<f64>) -> Covariate {
        Covariate { name: name.to_owned(), values: Values::Numbers(values) }
    }

    #[test]
    fn a_purchase_is_left_out_where_the_outcome_is_a_visit_and_a_strong_past_is_kept() {
        let mut stream = SplitMix64::new(5);
        let (mut past, mut visit, mut spend) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..5_000 {
            let x = stream.next_normal();
            let visited = stream.next_f64() < 1.0 / (1.0 + (2.0 - 1.5 * x).exp());
            past.push(x);
            visit.push(f64::from(u8::from(visited)));
            spend.push(if visited && stream.next_f64() < 0.1 { 10.0 + stream.next_f64() } else { 0.0 });
        }
        let treated: Vec<bool> = (0..5_000).map(|_| stream.next_f64() < 0.5).collect();
        let columns = vec![numbers("past", past), numbers("spend", spend.clone())];
        let screened = screen(columns, &treated, &visit);
        assert_eq!(screened.kept.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["past"]);
        assert!(screened.left_out[0].reason.starts_with("settles the outcome"), "{screened:?}");
        let other_way = screen(vec![numbers("visit", visit)], &treated, &spend);
        assert!(other_way.kept.is_empty());
    }

    #[test]
    fn a_row_number_a_constant_and_a_copy_of_the_treatment_are_left_out() {
        let treated: Vec<bool> = (0..400).map(|i| i % 2 == 0).collect();
        let outcome = vec![1.0; 400];
        let columns = vec![
            numbers("row", (0..400).map(f64::from).collect()),
            numbers("one", vec![1.0; 400]),
            numbers("arm", treated.iter().map(|t| f64::from(u8::from(!*t))).collect()),
        ];
        let left: Vec<String> =
            screen(columns, &treated, &outcome).left_out.into_iter().map(|l| l.reason).collect();
        assert_eq!(
            left,
            ["names the row: 400 values in 400 rows", "has one value only", "says the same as the treatment"]
        );
    }

    #[test]
    fn a_difference_agrees_with_a_chi_square_by_hand() {
        // 30/20 against 20/30: chi-square (4 cells of 25, each off by 5) = 4, p = .0455 at one degree of freedom.
        let values = [vec![0.0; 30], vec![1.0; 20], vec![0.0; 20], vec![1.0; 30]].concat();
        let treated: Vec<bool> = (0..100).map(|i| i < 50).collect();
        let d = &differences(&[numbers("x", values)], &treated)[0];
        assert!((d.statistic - 4.0).abs() < 1e-12 && (d.p_value - 0.0455).abs() < 1e-4, "{d:?}");
    }
}
