//! Which imports brought each row of a bucket, so that one import can be taken out again.
//!
//! A row that several files hold has several owners and stays until the last of them is undone. Most buckets have one
//! set of owners for all their rows; then nothing is kept per row. Sets are kept in the bucket file's own metadata as
//! text: `1-3,7;2` is two sets, of the imports 1, 2, 3 and 7, and of import 2.

use std::fmt::Write;

/// The number of imports made before owners were recorded. It cannot be undone.
pub(crate) const UNRECORDED: u32 = 0;

/// The owners of a run of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owners {
    sets: Vec<Vec<u32>>,
    /// The set of each row; empty when all rows have the first.
    each: Vec<u32>,
}

impl Owners {
    /// One import owns every row.
    pub(crate) fn one(import: u32) -> Self {
        Self { sets: vec![vec![import]], each: Vec::new() }
    }

    /// These sets, and the set of each row; no row's means the first for all.
    pub(crate) fn new(sets: Vec<Vec<u32>>, each: Vec<u32>) -> Self {
        Self { sets, each }
    }

    /// The number of the set of a row.
    pub(crate) fn of(&self, row: usize) -> u32 {
        self.each.get(row).copied().unwrap_or(0)
    }

    /// The imports of a set.
    pub(crate) fn set(&self, number: u32) -> &[u32] {
        self.sets.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// The sets.
    pub(crate) fn sets(&self) -> &[Vec<u32>] {
        &self.sets
    }

    /// The set of each row; empty when all rows have the first.
    pub(crate) fn each(&self) -> &[u32] {
        &self.each
    }
}

/// Sets of owners, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    sets: Vec<Vec<u32>>,
    /// The last one asked for: neighbours have the same owners.
    last: u32,
}

impl Sets {
    /// The number of a set.
    pub(crate) fn number(&mut self, set: &[u32]) -> u32 {
        if self.sets.get(self.last as usize).is_none_or(|known| known != set) {
            let known = self.sets.iter().position(|known| known == set);
            self.last = known.unwrap_or(self.sets.len()) as u32;
            if known.is_none() {
                self.sets.push(set.to_owned());
            }
        }
        self.last
    }

    /// Owners of rows with these sets.
    pub(crate) fn owners(self, each: Vec<u32>) -> Owners {
        match each.split_first() {
            Some((first, rest)) if rest.iter().all(|number| number == first) => {
                let set = self.sets.get(*first as usize).cloned().unwrap_or_default();
                Owners { sets: vec![set], each: Vec::new() }
            }
            _ => Owners { sets: self.sets, each },
        }
    }

    /// The sets so far.
    pub(crate) fn into_sets(self) -> Vec<Vec<u32>> {
        self.sets
    }
}

/// A set with one more import.
pub(crate) fn with(set: &[u32], import: u32) -> Vec<u32> {
    let mut more = set.to_owned();
    if let Err(at) = more.binary_search(&import) {
        more.insert(at, import);
    }
    more
}

/// A set without an import.
pub(crate) fn without(set: &[u32], import: u32) -> Vec<u32> {
    set.iter().copied().filter(|owner| *owner != import).collect()
}

/// Sets as text.
pub(crate) fn write(sets: &[Vec<u32>]) -> String {
    let mut text = String::new();
    for (at, set) in sets.iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        for (at, run) in set.chunk_by(|a, b| a + 1 == *b).enumerate() {
            if at > 0 {
                text.push(',');
            }
            // Writing to a string cannot fail.
            let _ = match run {
                [one] => write!(text, "{one}"),
                [first, .., last] => write!(text, "{first}-{last}"),
                [] => Ok(()),
            };
        }
    }
    text
}

/// Reads what [`write`] wrote.
pub(crate) fn read(text: &str) -> Option<Vec<Vec<u32>>> {
    text.split(';')
        .map(|set| {
            let mut imports = Vec::new();
            for run in set.split(',') {
                let (first, last) = run.split_once('-').unwrap_or((run, run));
                imports.extend(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?);
            }
            Some(imports)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_owners_are_kept_as_runs_of_numbers() {
        let sets = vec![vec![1, 2, 3, 7], vec![2], vec![4, 5]];
        assert_eq!(write(&sets), "1-3,7;2;4-5");
        assert_eq!(read("1-3,7;2;4-5"), Some(sets));
        assert_eq!(read("1-x"), None);
    }

    #[test]
    fn rows_of_one_set_need_no_number_each() {
        let mut sets = Sets::default();
        let (one, both) = (sets.number(&[1]), sets.number(&[1, 2]));
        assert_eq!((one, both, sets.number(&[1])), (0, 1, 0));
        assert_eq!(sets.owners(vec![both, both]), Owners { sets: vec![vec![1, 2]], each: vec![] });
    }
}
