//! What segments and models may use of a customer, as columns that a finder of proxies reads. Nothing of the vault is here.

use policy::segment::{CustomerRow, Row, SegmentColumns, SegmentField};
use science::fairness::proxy::{Feature, Finder};
use science::fairness::tally::MISSING;

enum Column<'a> {
    Number(&'a [f64]),
    Category(Vec<u16>),
}

/// Every field of the segment language, as columns.
pub(super) struct Features<'a>(Vec<(SegmentField, Column<'a>)>);

fn coded<T: Copy + PartialEq>(values: &[Option<T>]) -> Column<'static> {
    let mut known: Vec<T> = Vec::new();
    let mut code = |value: &Option<T>| -> u16 {
        let Some(value) = value else { return MISSING };
        let place = known.iter().position(|one| one == value).unwrap_or_else(|| {
            known.push(*value);
            known.len() - 1
        });
        u16::try_from(place).unwrap_or(MISSING)
    };
    Column::Category(values.iter().map(&mut code).collect())
}

impl<'a> Features<'a> {
    /// The columns of a snapshot.
    pub(super) fn of(columns: &'a SegmentColumns) -> Self {
        let column = |field: SegmentField| match field {
            SegmentField::Stage(moment) => coded(columns.stages(moment)),
            SegmentField::Country => coded(columns.countries()),
            SegmentField::Language => coded(columns.languages()),
            SegmentField::Number(number) => Column::Number(columns.numbers(number)),
        };
        Self(SegmentField::all().map(|field| (field, column(field))).collect())
    }

    /// The fields, in the order of the finder.
    pub(super) fn fields(&self) -> impl Iterator<Item = SegmentField> + '_ {
        self.0.iter().map(|(field, _)| *field)
    }

    /// A finder over all of them.
    pub(super) fn finder(&self) -> Finder<'_> {
        let features = self
            .0
            .iter()
            .map(|(_, column)| match column {
                Column::Number(values) => Feature::Number(values),
                Column::Category(codes) => Feature::Category(codes),
            })
            .collect();
        Finder::new(features)
    }

    /// The numbers and the codes of all fields but some.
    pub(super) fn without(&self, left_out: &[SegmentField]) -> (Vec<&[f64]>, Vec<&[u16]>) {
        let (mut numbers, mut codes) = (Vec::new(), Vec::new());
        for (_, column) in self.0.iter().filter(|(field, _)| !left_out.contains(field)) {
            match column {
                Column::Number(values) => numbers.push(*values),
                Column::Category(values) => codes.push(values.as_slice()),
            }
        }
        (numbers, codes)
    }
}

/// A customer with some fields as another has them.
pub(super) fn exchanged(of: &CustomerRow, with: &CustomerRow, fields: &[SegmentField]) -> CustomerRow {
    let mut row = of.clone();
    for field in fields {
        match field {
            SegmentField::Stage(moment) => row.set_stage(*moment, with.stage(*moment)),
            SegmentField::Country => row.country = with.country,
            SegmentField::Language => row.language = with.language,
            SegmentField::Number(number) => row.set(*number, with.number(*number).unwrap_or(f64::NAN)),
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::segment::{NumberField, StageMoment};
    use terms::customer::Language;
    use terms::stage::Stage;

    #[test]
    fn only_the_named_fields_are_those_of_the_other() {
        let mut one = CustomerRow::default();
        one.language = Some(Language::English);
        one.set_stage(StageMoment::Now, Some(Stage::Active));
        one.set(NumberField::Spend, 10.0);
        let mut other = CustomerRow::default();
        other.language = Some(Language::Spanish);
        other.set(NumberField::Spend, 99.0);
        let mixed = exchanged(&one, &other, &[SegmentField::Language, SegmentField::Stage(StageMoment::Now)]);
        assert_eq!(mixed.language, Some(Language::Spanish));
        assert_eq!((mixed.stage(StageMoment::Now), mixed.number(NumberField::Spend)), (None, Some(10.0)));
    }
}
