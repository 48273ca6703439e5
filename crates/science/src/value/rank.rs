//! Percentile ranks, overall and within a group such as a stage. Ties share the middle of their ranks.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_within_a_group_ignore_the_others() {
        assert_eq!(percentile_within(&[1.0, 100.0, 2.0, 200.0], &[0, 1, 0, 1]), [25.0, 25.0, 75.0, 75.0]);
        assert!(percentile_ranks(&[]).is_empty());
    }
}
