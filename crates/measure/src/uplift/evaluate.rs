//! All learners on the same splits: fitted and chosen on the training part, ranked on the test part.

use crate::legacy_random::stratified_split;
use miette::miette;
use science::experiment::estimate::Settings as DecileSettings;
use science::uplift::choose::{Choice, choose, cross_fit};
use science::uplift::curve::Ranking;
use science::uplift::decile::{Decile, deciles};
use science::uplift::interval::{Figures, Part, Settings, figures};
use science::uplift::{Learner, Sample};
use std::collections::BTreeMap;

/// Share of the rows that test.
const TEST_SHARE: f64 = 0.3;
/// Rows a learner is fitted on at most, the first of the shuffled training part: more would change little and cost much.
const MOST_TRAINING_ROWS: usize = 200_000;
/// Rows times replicates of the bootstrap, beyond which replicates become fewer, 100 at least.
const MOST_DRAWS: usize = 30_000_000;
/// Share of the best whose uplift is reported.
pub(super) const BEST_SHARE: f64 = 0.3;
/// The published learner the others are compared with.
pub(super) const BASELINE: Learner = Learner::ClassTransformation;
/// Name of the row of whichever learner was chosen in each training part.
pub(super) const CHOSEN: &str = "chosen in each training part";

/// What came out.
pub(super) struct Evaluated {
    /// A name a learner.
    pub(super) names: Vec<&'static str>,
    /// Its figures.
    pub(super) figures: Vec<Figures>,
    /// The choice made in each training part.
    pub(super) choices: Vec<Choice>,
    /// The learner chosen most often.
    pub(super) chosen: Learner,
    /// Predicted against observed uplift, cross-fitted over all rows.
    pub(super) deciles: Vec<Decile>,
}

/// Evaluates on one split a seed.
pub(super) fn evaluate(sample: &Sample<'_>, seeds: &[u32], replicates: usize) -> miette::Result<Evaluated> {
    let say = |error: science::ScienceError| miette!("{error}");
    let classes: Vec<usize> = (0..sample.len())
        .map(|row| {
            let (treated, outcome) = sample.observed(row).unwrap_or((false, 0.0));
            usize::from(treated) * 2 + usize::from(outcome > 0.0)
        })
        .collect();
    let (mut parts, mut choices, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for seed in seeds {
        eprint!("\rseed {seed}  ");
        let split = stratified_split(&classes, TEST_SHARE, *seed).ok_or_else(|| {
            miette!("some arm has too few rows with or without the outcome to be split; measure on more rows")
        })?;
        let train = split.train.get(..MOST_TRAINING_ROWS).unwrap_or(&split.train);
        let choice = choose(sample, train, u64::from(*seed)).map_err(say)?;
        let mut learners = vec![Learner::Random];
        learners.extend(choice.candidates.iter().map(|candidate| candidate.learner));
        names = learners.iter().map(|learner| learner.name()).collect();
        let mut rankings = Vec::new();
        for learner in &learners {
            let fitted = learner.fit(sample, train, u64::from(*seed)).map_err(say)?;
            let scores = fitted.score(sample.covariates(), &split.test);
            rankings.push(Ranking::new(sample, &split.test, &scores));
        }
        let chosen = learners.iter().zip(&rankings).find(|(learner, _)| **learner == choice.chosen);
        rankings.extend(chosen.map(|(_, ranking)| ranking.clone()));
        parts.push(Part { perfect: Ranking::perfect(sample, &split.test), rankings });
        choices.push(choice);
    }
    eprintln!();
    names.push(CHOSEN);
    let baseline = names.iter().position(|name| *name == BASELINE.name()).unwrap_or(0);
    let settings = Settings {
        rows: sample.len(),
        share: BEST_SHARE,
        baseline,
        replicates: replicates.min((MOST_DRAWS / sample.len().max(1)).max(100)).max(40),
        level: 0.95,
        seed: 0,
    };
    let chosen = most_often(&choices).ok_or_else(|| miette!("no seed was given; name one with --seeds"))?;
    let stride = sample.len().div_ceil(MOST_TRAINING_ROWS).max(1);
    let rows: Vec<usize> = (0..sample.len()).step_by(stride).collect();
    let crossed = cross_fit(sample, &rows, &[chosen], 0).map_err(say)?;
    let scores = crossed.first().map(Vec::as_slice).unwrap_or_default();
    let deciles = deciles(sample, &rows, scores, &DecileSettings::default()).map_err(say)?;
    Ok(Evaluated { names, figures: figures(&parts, &settings), choices, chosen, deciles })
}

/// The learner chosen most often, with the middle of its penalties.
fn most_often(choices: &[Choice]) -> Option<Learner> {
    let mut by_name: BTreeMap<&str, Vec<Learner>> = BTreeMap::new();
    for choice in choices {
        by_name.entry(choice.chosen.name()).or_default().push(choice.chosen);
    }
    let mut most = by_name.into_values().max_by_key(Vec::len)?;
    most.sort_by(|a, b| a.ridge().unwrap_or(0.0).total_cmp(&b.ridge().unwrap_or(0.0)));
    most.get(most.len() / 2).copied()
}
