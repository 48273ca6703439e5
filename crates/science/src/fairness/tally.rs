//! One pass over rows into a dense table: for each intersection of groups four counts, side by side in half a cache line.
//!
//! Goes in: batches of columns, a code (`u16`) an attribute and a bit each for outcome and prediction. Comes out: counts by
//! group of each attribute and by intersection, exact. No row is hashed or kept: the place of a row in the table is
//! arithmetic on its codes. The table grows when an attribute shows more codes; rows in which anything is missing are
//! counted apart.

use super::rates::Confusion;
use crate::error::ScienceError;

/// The code of a row whose group is not known.
pub const MISSING: u16 = u16::MAX;
/// What stands for an outcome or a prediction that is not known.
pub const UNKNOWN: u8 = u8::MAX;
/// Most cells of a table: 8 MiB of counts.
pub const MOST_CELLS: usize = 1 << 18;

/// Counts by intersection of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Codes there is room for, by attribute.
    room: Vec<usize>,
    /// Cells in row-major order of the codes; by outcome and prediction 00, 01, 10, 11. The last one takes rows in which
    /// something is missing.
    cells: Vec<[u64; 4]>,
    places: Vec<u32>,
}

impl Tally {
    /// An empty table for as many attributes.
    #[must_use]
    pub fn new(attributes: usize) -> Self {
        Self { room: vec![1; attributes], cells: vec![[0; 4]; 2], places: Vec::new() }
    }

    /// Makes room for at least as many codes of each attribute.
    ///
    /// # Errors
    /// When the table would have more than [`MOST_CELLS`] cells.
    pub fn reserve(&mut self, codes: &[usize]) -> Result<(), ScienceError> {
        if self.room.iter().zip(codes).all(|(room, codes)| codes <= room) {
            return Ok(());
        }
        let wider: Vec<usize> = self
            .room
            .iter()
            .zip(codes)
            .map(|(room, codes)| if codes > room { codes.next_power_of_two() } else { *room })
            .collect();
        let cells = wider.iter().try_fold(1_usize, |all, one| all.checked_mul(*one));
        let Some(cells) = cells.filter(|cells| *cells <= MOST_CELLS) else {
            return Err(ScienceError::OutOfRange {
                name: "intersections of groups",
                value: wider.iter().map(|room| *room as f64).product(),
                range: "up to 262144: name fewer columns, or columns with fewer values",
            });
        };
        let mut grown = vec![[0; 4]; cells + 1];
        for (codes, counts) in self.filled() {
            let place = codes.iter().zip(&wider).fold(0, |place, (code, room)| place * room + code);
            if let Some(slot) = grown.get_mut(place) {
                *slot = counts;
            }
        }
        if let (Some(new), Some(old)) = (grown.last_mut(), self.cells.last()) {
            *new = *old;
        }
        self.room = wider;
        self.cells = grown;
        Ok(())
    }

    /// Adds rows: `codes` holds a column an attribute, `outcome` and `prediction` are 0, 1 or [`UNKNOWN`]. Codes there is
    /// no room for count as missing.
    ///
    /// # Errors
    /// When the columns are not as many as the attributes, or not of one length.
    pub fn add(&mut self, codes: &[&[u16]], outcome: &[u8], prediction: &[u8]) -> Result<(), ScienceError> {
        let rows = outcome.len();
        let ragged = codes.iter().any(|column| column.len() != rows) || prediction.len() != rows;
        if ragged || codes.len() != self.room.len() {
            return Err(ScienceError::OutOfRange {
                name: "rows of a column",
                value: rows as f64,
                range: "that is the same for every column",
            });
        }
        let apart = self.cells.len().saturating_sub(1) as u32;
        self.places.clear();
        self.places.resize(rows, 0);
        for (column, room) in codes.iter().zip(&self.room) {
            let room = *room as u32;
            for (place, code) in self.places.iter_mut().zip(*column) {
                let code = u32::from(*code);
                // Once apart, always apart: no place of the table is as large.
                let next = place.wrapping_mul(room).wrapping_add(code);
                *place = if code < room && *place != u32::MAX { next } else { u32::MAX };
            }
        }
        for ((place, outcome), prediction) in self.places.iter().zip(outcome).zip(prediction) {
            let known = *outcome < 2 && *prediction < 2;
            let place = if known { (*place).min(apart) } else { apart };
            let kind = usize::from((outcome & 1) * 2 + (prediction & 1));
            if let Some(count) = self.cells.get_mut(place as usize).and_then(|cell| cell.get_mut(kind)) {
                *count += 1;
            }
        }
        Ok(())
    }

    /// Adds another table of the same attributes, as another thread filled it.
    ///
    /// # Errors
    /// As [`Tally::reserve`].
    pub fn merge(&mut self, other: &Self) -> Result<(), ScienceError> {
        self.reserve(&other.room)?;
        for (codes, counts) in other.filled() {
            let place = codes.iter().zip(&self.room).fold(0, |place, (code, room)| place * room + code);
            if let Some(cell) = self.cells.get_mut(place) {
                cell.iter_mut().zip(counts).for_each(|(own, more)| *own += more);
            }
        }
        if let (Some(own), Some(more)) = (self.cells.last_mut(), other.cells.last()) {
            own.iter_mut().zip(more).for_each(|(own, more)| *own += more);
        }
        Ok(())
    }

    fn filled(&self) -> impl Iterator<Item = (Vec<usize>, [u64; 4])> + '_ {
        let inner = self.cells.len().saturating_sub(1);
        self.cells.iter().take(inner).enumerate().filter(|(_, counts)| **counts != [0; 4]).map(
            |(mut place, counts)| {
                let mut codes: Vec<usize> = self
                    .room
                    .iter()
                    .rev()
                    .map(|room| {
                        let code = place % room;
                        place /= room;
                        code
                    })
                    .collect();
                codes.reverse();
                (codes, *counts)
            },
        )
    }

    /// Intersections with somebody in them: their codes and counts, in order of the codes.
    #[must_use]
    pub fn intersections(&self) -> Vec<(Vec<usize>, Confusion)> {
        self.filled().map(|(codes, counts)| (codes, confusion(counts))).collect()
    }

    /// The groups of one attribute that have somebody in them: their code and counts.
    #[must_use]
    pub fn groups(&self, attribute: usize) -> Vec<(usize, Confusion)> {
        let mut groups = vec![Confusion::default(); self.room.get(attribute).copied().unwrap_or(0)];
        for (codes, counts) in self.filled() {
            if let Some(group) = codes.get(attribute).and_then(|code| groups.get_mut(*code)) {
                *group += confusion(counts);
            }
        }
        groups.into_iter().enumerate().filter(|(_, counts)| counts.size() > 0).collect()
    }

    /// Rows in which a group, the outcome or the prediction is missing.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.cells.last().map_or(0, |cell| cell.iter().sum())
    }
}

const fn confusion([true_negative, false_positive, false_negative, true_positive]: [u64; 4]) -> Confusion {
    Confusion { true_positive, false_positive, false_negative, true_negative }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn the_table_counts_what_a_map_of_rows_counts(
            rows in prop::collection::vec((0_u16..7, 0_u16..5, 0_u8..3, 0_u8..3), 0..300),
            cut in 0_usize..300,
        ) {
            let unknown = |bit: u8| if bit == 2 { UNKNOWN } else { bit };
            let group = |code: u16, last: u16| if code == last { MISSING } else { code };
            let mut tally = Tally::new(2);
            let mut second = Tally::new(2);
            let (first_rows, second_rows) = rows.split_at(cut.min(rows.len()));
            for (table, part) in [(&mut tally, first_rows), (&mut second, second_rows)] {
                for batch in part.chunks(11) {
                    let a: Vec<u16> = batch.iter().map(|row| group(row.0, 6)).collect();
                    let b: Vec<u16> = batch.iter().map(|row| group(row.1, 4)).collect();
                    let y: Vec<u8> = batch.iter().map(|row| unknown(row.2)).collect();
                    let p: Vec<u8> = batch.iter().map(|row| unknown(row.3)).collect();
                    let most = |codes: &[u16]| {
                        codes.iter().filter(|code| **code != MISSING).max().map_or(0, |code| usize::from(*code) + 1)
                    };
                    table.reserve(&[most(&a), most(&b)]).unwrap();
                    table.add(&[&a, &b], &y, &p).unwrap();
                }
            }
            tally.merge(&second).unwrap();
            let mut map: BTreeMap<Vec<usize>, Confusion> = BTreeMap::new();
            let mut missing = 0;
            for (a, b, y, p) in rows {
                if a == 6 || b == 4 || y == 2 || p == 2 {
                    missing += 1;
                    continue;
                }
                let slot = map.entry(vec![usize::from(a), usize::from(b)]).or_default();
                let mut one = [0; 4];
                one[usize::from(y * 2 + p)] = 1;
                *slot += confusion(one);
            }
            prop_assert_eq!(tally.missing(), missing);
            prop_assert_eq!(tally.intersections(), map.clone().into_iter().collect::<Vec<_>>());
            for attribute in 0..2 {
                let sums: u64 = tally.groups(attribute).iter().map(|(_, counts)| counts.size()).sum();
                prop_assert_eq!(sums, map.values().map(Confusion::size).sum::<u64>());
            }
        }
    }

    #[test]
    fn too_many_intersections_are_an_error_that_says_what_to_do() {
        let error = Tally::new(3).reserve(&[1000, 1000, 1000]).unwrap_err().to_string();
        assert!(error.contains("name fewer columns"), "{error}");
    }
}
