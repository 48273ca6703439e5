//! Calibration by group: does a score of .3 mean 3 in 10 in every group?
//!
//! Goes in: scores between 0 and 1, groups and outcomes, row by row. Comes out: by group the mean score, the observed rate and
//! the expected calibration error over ten equal bins (Naeini, Cooper and Hauskrecht 2015, AAAI, eq. 2). Sufficiency of a score
//! asks these to be alike (Barocas, Hardt and Narayanan 2023, chapter 3).

use serde::Serialize;

const BINS: usize = 10;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Bin {
    n: u64,
    positives: u64,
    score: f64,
}

/// Sums by group and bin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ByGroup {
    groups: Vec<[Bin; BINS]>,
}

/// How a score fits one group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fit {
    /// Rows with a score.
    pub n: u64,
    /// Their mean score.
    pub mean_score: f64,
    /// The share with the outcome.
    pub observed: f64,
    /// Mean distance of the two over ten bins, weighted by rows: 0 is calibrated.
    pub expected_calibration_error: f64,
}

impl ByGroup {
    /// Adds a row; a score outside 0 to 1 is not taken. Comes out: whether it was.
    pub fn add(&mut self, group: usize, score: f64, positive: bool) -> bool {
        if !(0.0..=1.0).contains(&score) {
            return false;
        }
        if self.groups.len() <= group {
            self.groups.resize(group + 1, [Bin::default(); BINS]);
        }
        let bin = ((score * BINS as f64) as usize).min(BINS - 1);
        if let Some(bin) = self.groups.get_mut(group).and_then(|bins| bins.get_mut(bin)) {
            bin.n += 1;
            bin.positives += u64::from(positive);
            bin.score += score;
        }
        true
    }

    /// How the score fits a group; `None` for one without rows.
    #[must_use]
    pub fn fit(&self, group: usize) -> Option<Fit> {
        let bins = self.groups.get(group)?;
        let n: u64 = bins.iter().map(|bin| bin.n).sum();
        let size = n as f64;
        let apart = |bin: &Bin| (bin.score - bin.positives as f64).abs();
        (n > 0).then(|| Fit {
            n,
            mean_score: bins.iter().map(|bin| bin.score).sum::<f64>() / size,
            observed: bins.iter().map(|bin| bin.positives).sum::<u64>() as f64 / size,
            expected_calibration_error: bins.iter().map(apart).sum::<f64>() / size,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_the_one_worked_out_by_hand() {
        let mut scores = ByGroup::default();
        // Two at .25 with one positive: .25 apart. Two at .95, both positive: .05 apart. Mean .15.
        for (score, positive) in [(0.25, true), (0.25, false), (0.95, true), (0.95, true)] {
            assert!(scores.add(1, score, positive));
        }
        assert!(!scores.add(1, 1.5, true) && !scores.add(1, f64::NAN, true));
        let fit = scores.fit(1).unwrap();
        assert!((fit.expected_calibration_error - 0.15).abs() < 1e-12);
        assert!((fit.mean_score - 0.6).abs() < 1e-12 && (fit.observed - 0.75).abs() < 1e-12);
        assert_eq!((scores.fit(0), scores.fit(2)), (None, None));
    }
}
