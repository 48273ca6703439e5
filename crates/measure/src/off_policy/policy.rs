//! The evaluation policy's probabilities, `positions x actions`.

use crate::legacy_random::LegacyRandom;
use miette::{IntoDiagnostic, miette};
use science::off_policy::thompson::positions;
use std::path::Path;

/// Each action equally often.
pub(super) fn uniform(actions: usize, positions: usize) -> Vec<Vec<f64>> {
    vec![vec![1.0 / actions.max(1) as f64; actions]; positions]
}

/// Thompson sampling at a prior: simulated, or integrated when `simulations` is 0; and how, in words.
pub(super) fn thompson(
    prior: &[(f64, f64)],
    len: usize,
    simulations: u32,
    seed: u32,
) -> miette::Result<(Vec<Vec<f64>>, String)> {
    if simulations == 0 {
        let exact = positions(prior, len).into_diagnostic()?;
        return Ok((exact, "probabilities integrated".to_owned()));
    }
    let how = format!("probabilities from {simulations} draws, seed {seed}");
    Ok((simulated(prior, len, simulations, seed), how))
}

/// As `BernoulliTS.compute_batch_action_dist` of the Open Bandit pipeline: one Beta draw an action, the highest first;
/// of equal draws the later action, as `argsort()[::-1]` has it.
fn simulated(prior: &[(f64, f64)], len: usize, simulations: u32, seed: u32) -> Vec<Vec<f64>> {
    let mut random = LegacyRandom::new(seed);
    let mut table = vec![vec![0.0; prior.len()]; len];
    let share = 1.0 / f64::from(simulations.max(1));
    let mut counts = vec![vec![0u32; prior.len()]; len];
    let mut draws: Vec<(f64, usize)> = Vec::with_capacity(prior.len());
    for _ in 0..simulations {
        draws.clear();
        draws.extend(prior.iter().enumerate().map(|(action, (a, b))| (random.next_beta(*a, *b), action)));
        draws.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        for (row, (_, action)) in counts.iter_mut().zip(&draws) {
            if let Some(count) = row.get_mut(*action) {
                *count += 1;
            }
        }
    }
    for (row, counts) in table.iter_mut().zip(counts) {
        for (cell, count) in row.iter_mut().zip(counts) {
            *cell = f64::from(count) * share;
        }
    }
    table
}

/// The parameters of each action of a campaign, from lists `alpha` and `beta` under the campaign's name.
pub(super) fn prior(path: &Path, campaign: &str, actions: usize) -> miette::Result<Vec<(f64, f64)>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| miette!("`{}` is needed for policy `bts`: {error}", path.display()))?;
    let (alpha, beta) = (list(&text, campaign, "alpha")?, list(&text, campaign, "beta")?);
    if alpha.len() != actions || beta.len() != actions {
        return Err(miette!(
            "`{}` has {} alphas and {} betas for `{campaign}`, and the log has {actions} items",
            path.display(),
            alpha.len(),
            beta.len()
        ));
    }
    Ok(alpha.into_iter().zip(beta).collect())
}

/// A list of numbers, one a line after `- `, under `campaign:` and then `name:`.
fn list(text: &str, campaign: &str, name: &str) -> miette::Result<Vec<f64>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut inside, mut listed) = (false, false);
    let mut numbers = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#')) {
        let item = line.trim();
        if let Some(number) = item.strip_prefix("- ") {
            if inside && listed {
                let wrong = |_| miette!("the prior of `{campaign}` holds `{number}`; it must hold numbers");
                numbers.push(number.trim().parse().map_err(wrong)?);
            }
        } else if indent(line) == 0 {
            inside = item.trim_end_matches(':').trim_matches(['"', '\'']) == campaign;
            listed = false;
        } else {
            listed = item.trim_end_matches(':').trim_matches(['"', '\'']) == name;
        }
    }
    match numbers.is_empty() {
        true => Err(miette!("the prior has no list `{name}` for campaign `{campaign}`")),
        false => Ok(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prior_of_a_campaign_is_found_among_others() {
        let text = "all:\n  alpha:\n    - 1.0\n  beta:\n    - 2.0\nmen:\n  alpha:\n  - 3.0\n  - 4\n  beta:\n  - 5.0\n";
        assert_eq!(list(text, "men", "alpha").unwrap(), [3.0, 4.0]);
        assert_eq!(list(text, "all", "beta").unwrap(), [2.0]);
        assert!(list(text, "women", "beta").is_err());
    }

    #[test]
    fn simulation_and_integration_agree() {
        let prior = [(47.0, 12_198.0), (8.0, 3_566.0), (62.0, 15_993.0), (3.0, 2_367.0)];
        let (drawn, exact) = (simulated(&prior, 2, 100_000, 7), positions(&prior, 2).unwrap());
        for (a, b) in drawn.iter().flatten().zip(exact.iter().flatten()) {
            assert!((a - b).abs() < 0.006, "{a} {b}");
        }
    }
}
