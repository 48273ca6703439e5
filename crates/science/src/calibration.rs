//! How good probabilities are: log-loss, accuracy, Brier score, expected calibration error, reliability bins.
//!
//! Goes in: predicted probabilities (`n x K`, rows sum to 1) and what happened. Comes out: one [`Quality`] with
//! its number of rows, or nothing when there are none. It never changes a probability.

use serde::{Deserialize, Serialize};

/// Probabilities below this count as this in the log-loss, so that one surprise does not decide everything.
pub const SMALLEST_PROBABILITY: f64 = 1e-6;

/// Bins of the expected calibration error.
pub const ECE_BINS: usize = 10;

/// Quality of predicted probabilities on observed rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Mean of -ln(probability of what happened), each row clipped at 1e-6 and renormalised; 0 is perfect.
    pub log_loss: f64,
    /// Share of rows whose most probable class happened; 1 is perfect.
    pub accuracy: f64,
    /// Mean squared distance between the probabilities and what happened (Brier 1950, eq. 2); 0 perfect, 2 worst.
    pub brier: f64,
    /// Expected calibration error of the most probable class in ten equal-width bins; 0 is perfect (Guo, Pleiss,
    /// Sun, Weinberger 2017, "On calibration of modern neural networks", eq. 3).
    pub ece: f64,
    /// Rows.
    pub n: u64,
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Lower edge of the predicted probability.
    pub low: f64,
    /// Upper edge of the predicted probability.
    pub high: f64,
    /// Rows in the bin.
    pub n: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share in which it happened.
    pub observed: f64,
}

/// Quality of `probabilities` for what happened (`outcomes`, class numbers); `None` without rows.
///
/// ```
/// let quality = science::calibration::quality(&[[0.8, 0.2], [0.4, 0.6]], &[0, 0]).unwrap();
/// assert_eq!(quality.accuracy, 0.5);
/// assert!((quality.log_loss - (-(0.8f64.ln() + 0.4f64.ln()) / 2.0)).abs() < 1e-5);
/// ```
#[must_use]
pub fn quality<const K: usize>(probabilities: &[[f64; K]], outcomes: &[usize]) -> Option<Quality> {
    let n = probabilities.len().min(outcomes.len());
    if n == 0 {
        return None;
    }
    let (mut loss, mut hits, mut brier) = (0.0, 0u64, 0.0);
    let (mut top, mut right) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for (row, outcome) in probabilities.iter().zip(outcomes) {
        loss += row_loss(row, *outcome);
        let mut best = (0, f64::NEG_INFINITY);
        for (class, p) in row.iter().enumerate() {
            brier += (p - f64::from(u8::from(class == *outcome))).powi(2);
            if *p > best.1 {
                best = (class, *p);
            }
        }
        hits += u64::from(best.0 == *outcome);
        top.push(best.1);
        right.push(best.0 == *outcome);
    }
    let ece = reliability(&top, &right, ECE_BINS)
        .iter()
        .map(|bin| bin.n as f64 / n as f64 * (bin.predicted - bin.observed).abs())
        .sum();
    let rows = n as f64;
    Some(Quality {
        log_loss: loss / rows,
        accuracy: hits as f64 / rows,
        brier: brier / rows,
        ece,
        n: n as u64,
    })
}

/// The log-loss of one row: `-ln` of the probability of what happened, clipped at 1e-6 and renormalised.
#[must_use]
pub fn row_loss<const K: usize>(row: &[f64; K], outcome: usize) -> f64 {
    let total: f64 = row.iter().map(|p| p.clamp(SMALLEST_PROBABILITY, 1.0)).sum();
    let happened = row.get(outcome).copied().unwrap_or(0.0).clamp(SMALLEST_PROBABILITY, 1.0);
    (total / happened).ln()
}

/// Reliability bins of equal width for one probability per row; empty bins are left out. A probability on an edge
/// belongs to the bin below it, as in Guo et al. (2017), and 0 to the first.
#[must_use]
pub fn reliability(probabilities: &[f64], happened: &[bool], bins: usize) -> Vec<ReliabilityBin> {
    let mut sums = vec![(0u64, 0.0f64, 0u64); bins.max(1)];
    let width = 1.0 / sums.len() as f64;
    let last = sums.len() - 1;
    for (p, hit) in probabilities.iter().zip(happened) {
        let place = ((p / width).ceil() as usize).saturating_sub(1).min(last);
        if let Some(bin) = sums.get_mut(place) {
            bin.0 += 1;
            bin.1 += p;
            bin.2 += u64::from(*hit);
        }
    }
    sums.iter()
        .enumerate()
        .filter(|(_, bin)| bin.0 > 0)
        .map(|(place, (n, sum, hits))| ReliabilityBin {
            low: place as f64 * width,
            high: (place + 1) as f64 * width,
            n: *n,
            predicted: sum / *n as f64,
            observed: *hits as f64 / *n as f64,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_agrees_with_a_calculation_by_hand() {
        // Two rows: .7/.3 and class 0 happened; .4/.6 and class 0 happened.
        let q = quality(&[[0.7, 0.3], [0.4, 0.6]], &[0, 0]).unwrap();
        assert!((q.log_loss - 0.636_482_8).abs() < 1e-6, "{}", q.log_loss); // (.3566749 + .9162907) / 2
        assert!((q.brier - 0.45).abs() < 1e-12); // (.09 + .09 + .36 + .36) / 2
        assert!((q.ece - 0.45).abs() < 1e-12); // |.7 - 1| / 2 + |.6 - 0| / 2
        assert!((q.accuracy - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_impossible_event_costs_a_bounded_amount() {
        let q = quality(&[[0.0, 1.0]], &[0]).unwrap();
        assert!((q.log_loss - 13.815_511_56).abs() < 1e-5);
    }

    #[test]
    fn no_rows_give_no_quality() {
        assert!(quality::<2>(&[], &[]).is_none());
    }

    #[test]
    fn a_probability_on_an_edge_lies_in_the_bin_below() {
        let bins = reliability(&[0.0, 0.1, 0.11, 1.0], &[false, false, true, true], 10);
        assert_eq!(bins.iter().map(|b| b.n).collect::<Vec<_>>(), [2, 1, 1]);
    }
}
