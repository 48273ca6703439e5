//! Drawing a sample with probabilities that are known: systematic sampling proportional to size from a random order
//! (Madow 1949, Annals of Mathematical Statistics 20:333-354), with what is larger than a step taken for certain.
//!
//! Goes in: sizes, how many to draw, a seed. Comes out: who was drawn, each with the probability it had. The same seed
//! draws the same.

use crate::hash::SplitMix64;

/// Draws `n` of `sizes`; those without a size are never drawn. Comes out: positions in rising order, with probabilities.
#[must_use]
pub fn draw(sizes: &[f64], n: usize, seed: u64) -> Vec<(usize, f64)> {
    let usable = |at: &usize| sizes.get(*at).is_some_and(|size| size.is_finite() && *size > 0.0);
    let size = |at: usize| sizes.get(at).copied().unwrap_or(0.0);
    let mut rest: Vec<usize> = (0..sizes.len()).filter(usable).collect();
    let mut drawn: Vec<(usize, f64)> = Vec::new();
    // Whoever is as large as a step is in for certain; the step of the others shrinks by it.
    loop {
        let left = n.saturating_sub(drawn.len());
        let total: f64 = rest.iter().map(|at| size(*at)).sum();
        if left == 0 || rest.is_empty() {
            break;
        }
        let certain: Vec<usize> =
            rest.iter().copied().filter(|at| size(*at) * left as f64 >= total * (1.0 - 1e-12)).collect();
        if certain.is_empty() {
            drawn.extend(systematic(&mut rest, &size, left, total, seed));
            break;
        }
        rest.retain(|at| !certain.contains(at));
        drawn.extend(certain.into_iter().map(|at| (at, 1.0)));
    }
    drawn.sort_by_key(|(at, _)| *at);
    drawn
}

fn systematic(
    rest: &mut [usize],
    size: &impl Fn(usize) -> f64,
    n: usize,
    total: f64,
    seed: u64,
) -> Vec<(usize, f64)> {
    let mut random = SplitMix64::new(seed);
    for at in (1..rest.len()).rev() {
        let other = (random.next_f64() * (at as f64 + 1.0)) as usize;
        rest.swap(at, other.min(at));
    }
    let step = total / n as f64;
    let mut mark = random.next_f64() * step;
    let (mut passed, mut found) = (0.0, Vec::new());
    for at in rest.iter().copied() {
        passed += size(at);
        if mark < passed && found.len() < n {
            found.push((at, (size(at) / step).min(1.0)));
            mark += step;
        }
    }
    found
}

/// How many to draw of each group: at least `each` where there are so many, `total` in proportion to size beyond.
#[must_use]
pub fn allocate(groups: &[usize], each: usize, total: usize) -> Vec<usize> {
    let all: usize = groups.iter().sum();
    let share = |size: usize| (total * size).checked_div(all).unwrap_or(0);
    groups.iter().map(|size| share(*size).max(each).min(*size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_many_as_asked_are_drawn_each_once_with_probabilities_that_add_up(
            sizes in prop::collection::vec(0.0..500.0f64, 0..40), n in 0usize..50, seed: u64,
        ) {
            let usable = sizes.iter().filter(|size| **size > 0.0).count();
            let drawn = draw(&sizes, n, seed);
            prop_assert_eq!(drawn.len(), n.min(usable));
            prop_assert!(drawn.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(drawn.iter().all(|(_, p)| *p > 0.0 && *p <= 1.0));
            prop_assert_eq!(drawn, draw(&sizes, n, seed));
        }
    }

    #[test]
    fn everybody_comes_in_as_often_as_their_probability_says() {
        let sizes = [1.0, 2.0, 3.0, 4.0, 50.0, 0.0, 5.0];
        let mut often = [0.0f64; 7];
        for seed in 0..20_000 {
            draw(&sizes, 3, seed).iter().for_each(|(at, _)| often[*at] += 1.0 / 20_000.0);
        }
        // The large one is certain; two of the others with total 15.
        for (at, expected) in
            [(0, 2.0 / 15.0), (1, 4.0 / 15.0), (2, 0.4), (3, 8.0 / 15.0), (4, 1.0), (5, 0.0), (6, 2.0 / 3.0)]
        {
            assert!((often[at] - expected).abs() < 0.015, "{at}: {} for {expected}", often[at]);
        }
    }

    #[test]
    fn small_groups_get_their_least_and_large_ones_their_share() {
        assert_eq!(allocate(&[100, 10, 2], 5, 20), [17, 5, 2]);
        assert_eq!(allocate(&[], 5, 20), Vec::<usize>::new());
    }
}
