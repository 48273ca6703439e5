//! Ranks of values, overall and within a group such as a stage: percentile, permille, place. Ties share a percentile in
//! the middle of theirs.

/// Percentile of each value among all, 0 to 100: the share below plus half the share equal.
///
/// ```
/// assert_eq!(science::value::percentile_ranks(&[1.0, 3.0, 3.0, 9.0]), [12.5, 50.0, 50.0, 87.5]);
/// ```
#[must_use]
pub fn percentile_ranks(values: &[f64]) -> Vec<f64> {
    percentile_within(values, &vec![0; values.len()])
}

/// Percentile of each value among those with the same group number, 0 to 100.
#[must_use]
pub fn percentile_within(values: &[f64], groups: &[usize]) -> Vec<f64> {
    let mut order: Vec<(usize, f64, usize)> = groups
        .iter()
        .zip(values)
        .enumerate()
        .map(|(place, (group, value))| (*group, *value, place))
        .collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut ranks = vec![0.0; values.len()];
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let n = group.len() as f64;
        let mut below = 0usize;
        for ties in group.chunk_by(|a, b| a.1 == b.1) {
            let percentile = 100.0 * (below as f64 + ties.len() as f64 / 2.0) / n;
            for (_, _, place) in ties {
                if let Some(rank) = ranks.get_mut(*place) {
                    *rank = percentile;
                }
            }
            below += ties.len();
        }
    }
    ranks
}

/// The permille, 1 to 1,000, that belongs to a percentile rank: 1,000 is the best thousandth.
#[must_use]
pub fn permille(percentile: f64) -> u32 {
    ((percentile * 10.0).floor().clamp(0.0, 999.0) as u32) + 1
}

/// Rank of each value among those with the same group number: 1 is the largest, ties share the better rank.
#[must_use]
pub fn ranks_within(values: &[f64], groups: &[usize]) -> Vec<u32> {
    let mut order: Vec<(usize, f64, usize)> = groups
        .iter()
        .zip(values)
        .enumerate()
        .map(|(place, (group, value))| (*group, *value, place))
        .collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut ranks = vec![0; values.len()];
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let mut above = 0u32;
        for ties in group.chunk_by(|a, b| a.1 == b.1) {
            for (_, _, place) in ties {
                if let Some(rank) = ranks.get_mut(*place) {
                    *rank = above + 1;
                }
            }
            above += ties.len() as u32;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_within_a_group_ignore_the_others() {
        assert_eq!(percentile_within(&[1.0, 100.0, 2.0, 200.0], &[0, 1, 0, 1]), [25.0, 25.0, 75.0, 75.0]);
        assert!(percentile_ranks(&[]).is_empty());
    }

    #[test]
    fn the_best_of_a_stage_has_rank_one_and_ties_share_theirs() {
        assert_eq!(ranks_within(&[1.0, 100.0, 2.0, 2.0, 200.0], &[0, 1, 0, 0, 1]), [3, 2, 1, 1, 1]);
        assert_eq!((permille(0.0), permille(99.96), permille(100.0)), (1, 1_000, 1_000));
    }
}
