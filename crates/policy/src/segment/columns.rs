//! All customers as columns, for segments over millions. NaN and `None` mean missing.

use super::country::Country;
use super::field::{NumberField, StageMoment};
use super::row::{CustomerRow, Row};
use terms::customer::Language;
use terms::stage::Stage;

/// One column a field, all of the same length, one customer a position. Fill it with [`SegmentColumns::push`].
#[derive(Debug, Clone, Default)]
pub struct SegmentColumns {
    stages: [Vec<Option<Stage>>; StageMoment::ALL.len()],
    country: Vec<Option<Country>>,
    language: Vec<Option<Language>>,
    lots: Vec<Option<u64>>,
    numbers: [Vec<f64>; NumberField::COUNT],
}

impl SegmentColumns {
    /// Empty columns with room for `n` customers.
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self {
            stages: std::array::from_fn(|_| Vec::with_capacity(n)),
            country: Vec::with_capacity(n),
            language: Vec::with_capacity(n),
            lots: Vec::with_capacity(n),
            numbers: std::array::from_fn(|_| Vec::with_capacity(n)),
        }
    }

    /// Appends one customer.
    pub fn push(&mut self, row: &impl Row) {
        for (moment, column) in StageMoment::ALL.iter().zip(&mut self.stages) {
            column.push(row.stage(*moment));
        }
        self.country.push(row.country());
        self.language.push(row.language());
        self.lots.push(row.lot());
        for (field, column) in NumberField::ALL.iter().zip(&mut self.numbers) {
            column.push(row.number(*field).unwrap_or(f64::NAN));
        }
    }

    /// How many customers there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.country.len()
    }

    /// True when there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.country.is_empty()
    }

    /// Stages at a moment, one a customer.
    #[must_use]
    pub fn stages(&self, moment: StageMoment) -> &[Option<Stage>] {
        self.stages.get(moment as usize).map_or(&[], Vec::as_slice)
    }

    /// Countries, one a customer.
    #[must_use]
    pub fn countries(&self) -> &[Option<Country>] {
        &self.country
    }

    /// Languages, one a customer.
    #[must_use]
    pub fn languages(&self) -> &[Option<Language>] {
        &self.language
    }

    /// What each customer draws with.
    #[must_use]
    pub(super) fn lots(&self) -> &[Option<u64>] {
        &self.lots
    }

    /// A numeric column; NaN is missing.
    #[must_use]
    pub fn numbers(&self, field: NumberField) -> &[f64] {
        self.numbers.get(field.index()).map_or(&[], Vec::as_slice)
    }

    /// Replaces a numeric column, such as scores that were made in one go. Missing values at the end when it is
    /// shorter than the others; what is longer is cut.
    pub fn set_numbers(&mut self, field: NumberField, mut values: Vec<f64>) {
        values.resize(self.len(), f64::NAN);
        if let Some(column) = self.numbers.get_mut(field.index()) {
            *column = values;
        }
    }

    /// One customer, copied out; the default row beyond the end.
    #[must_use]
    pub fn row(&self, at: usize) -> CustomerRow {
        let mut row = CustomerRow::default();
        for (moment, column) in StageMoment::ALL.iter().zip(&self.stages) {
            row.set_stage(*moment, column.get(at).copied().flatten());
        }
        row.country = self.country.get(at).copied().flatten();
        row.language = self.language.get(at).copied().flatten();
        row.lot = self.lots.get(at).copied().flatten();
        for (field, column) in NumberField::ALL.iter().zip(&self.numbers) {
            row.set(*field, column.get(at).copied().unwrap_or(f64::NAN));
        }
        row
    }

    /// Fills `value.percentile` and `value.stage_percentile` from `value`: mid-ranks from 0 to 100, so that equal
    /// values share a percentile and a lone value has 50. Customers without a value or stage stay missing.
    pub fn rank_values(&mut self) {
        let values = self.numbers(NumberField::Value).to_vec();
        let now = self.stages(StageMoment::Now);
        let mut within = vec![f64::NAN; self.len()];
        for stage in Stage::ALL {
            let here: Vec<usize> =
                (0..self.len()).filter(|&at| now.get(at).copied().flatten() == Some(*stage)).collect();
            rank(&values, here, &mut within);
        }
        let mut all = vec![f64::NAN; self.len()];
        rank(&values, (0..self.len()).collect(), &mut all);
        self.set_numbers(NumberField::ValuePercentile, all);
        self.set_numbers(NumberField::ValueStagePercentile, within);
    }
}

/// Writes 100 * (less + equal / 2) / n for the customers in `who` that have a value.
fn rank(values: &[f64], mut who: Vec<usize>, ranks: &mut [f64]) {
    let value = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    who.retain(|&at| !value(at).is_nan());
    who.sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)));
    let n = who.len() as f64;
    let mut less = 0usize;
    for group in who.chunk_by(|&a, &b| value(a) == value(b)) {
        let percentile = 100.0 * (less as f64 + group.len() as f64 / 2.0) / n;
        for &at in group {
            if let Some(slot) = ranks.get_mut(at) {
                *slot = percentile;
            }
        }
        less += group.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_mid_ranks_overall_and_within_the_stage() {
        let mut columns = SegmentColumns::default();
        for (stage, value) in [
            (Stage::Active, 10.0),
            (Stage::Active, 30.0),
            (Stage::Churned, 20.0),
            (Stage::Churned, 20.0),
            (Stage::Prospect, f64::NAN),
        ] {
            let mut row = CustomerRow::default();
            row.set_stage(StageMoment::Now, Some(stage));
            row.set(NumberField::Value, value);
            columns.push(&row);
        }
        columns.rank_values();
        // Of four values: 10 | 20 20 | 30: (0 + .5)/4, (1 + 1)/4, (3 + .5)/4.
        assert_eq!(columns.numbers(NumberField::ValuePercentile)[..4], [12.5, 87.5, 50.0, 50.0]);
        assert_eq!(columns.numbers(NumberField::ValueStagePercentile)[..4], [25.0, 75.0, 50.0, 50.0]);
        assert!(columns.numbers(NumberField::ValuePercentile)[4].is_nan());
    }
}
