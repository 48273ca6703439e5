//! A stage model from elsewhere, asked like one of our own.
//!
//! Goes in: what it looks at, by name, and something that turns these numbers into chances. Comes out: chances of each
//! stage that are chances, or none at all; reasons by comparing the customer with a typical one. How the numbers are
//! made is not known here: a file, a program, a test.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use terms::stage::{Stage, StageRule};
use terms::time::Day;

use super::explain::{Contribution, Explanation};
use super::features::Feature;
use super::history::History;
use super::model::StageModel;
use super::table::TrainingTable;
use crate::fit::logistic::probability;

/// How far chances may be from summing to 1 before they are no chances.
const SLACK: f64 = 0.01;

/// Turns what a model looks at into chances of each stage.
pub trait Forecaster: Send + Sync + std::fmt::Debug {
    /// Chances in the order of [`Stage::ALL`], for the inputs in the order that was agreed; `None` when it cannot say.
    fn chances(&self, inputs: &[f64]) -> Option<[f64; Stage::COUNT]>;
}

/// What a model from elsewhere looks at, and since when it knows nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Its inputs, in order. A feature goes in as a person would say it (days, purchases, amounts); the stage as its
    /// position in [`Stage::ALL`].
    pub inputs: Vec<Feature>,
    /// Last day of the data it was made from, as said by who brings it. It is judged on periods that begin later.
    pub trained_until: Day,
    /// Inputs of a typical customer: medians of the training rows. Reasons compare with them.
    pub typical: Vec<f64>,
}

/// A stage model from elsewhere.
#[derive(Debug, Clone)]
pub struct Brought {
    agreement: Agreement,
    forecaster: Arc<dyn Forecaster>,
}

impl PartialEq for Brought {
    fn eq(&self, other: &Self) -> bool {
        self.agreement == other.agreement && Arc::ptr_eq(&self.forecaster, &other.forecaster)
    }
}

impl Agreement {
    /// What somebody looks like to the model.
    #[must_use]
    pub fn numbers(&self, rule: &StageRule, h: &History, days: i32) -> Vec<f64> {
        self.inputs.iter().map(|feature| number(*feature, rule, h, days)).collect()
    }
}

/// A feature as models from elsewhere are given it.
#[must_use]
pub fn number(feature: Feature, rule: &StageRule, h: &History, days: i32) -> f64 {
    match feature {
        Feature::Stage => h.stage(rule).index() as f64,
        other => other.plain(rule, h, days),
    }
}

/// Inputs of a typical customer of a table: the median of each.
#[must_use]
pub fn typical(table: &TrainingTable, inputs: &[Feature]) -> Vec<f64> {
    let median = |feature: &Feature| {
        let mut values: Vec<f64> =
            table.rows.iter().map(|row| number(*feature, &table.rule, &row.history, row.days)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    inputs.iter().map(median).collect()
}

impl Brought {
    /// What was agreed, with what says it.
    #[must_use]
    pub fn new(agreement: Agreement, forecaster: Arc<dyn Forecaster>) -> Self {
        Self { agreement, forecaster }
    }

    /// What was agreed.
    #[must_use]
    pub const fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    fn ask(&self, inputs: &[f64]) -> [f64; Stage::COUNT] {
        let silent = [f64::NAN; Stage::COUNT];
        let Some(said) = self.forecaster.chances(inputs) else { return silent };
        let sum: f64 = said.iter().sum();
        let are_chances = said.iter().all(|p| *p >= -SLACK) && (sum - 1.0).abs() <= SLACK;
        let kept = said.map(|p| p.max(0.0));
        let total: f64 = kept.iter().sum();
        if are_chances { kept.map(|p| p / total) } else { silent }
    }

    /// Chances of each stage `days` from now. Not a number each when the model gives no chances: nobody is chosen by what
    /// is no number.
    #[must_use]
    pub fn predict(&self, rule: &StageRule, h: &History, days: i32) -> [f64; Stage::COUNT] {
        self.ask(&self.agreement.numbers(rule, h, days))
    }

    /// Takes the chance of a purchase apart: what each input adds to its log-odds against a typical customer's. Inputs
    /// are exchanged one by one, in one order and in the opposite one, and the mean of the two is told: Shapley's value
    /// from one pair of orders (Mitchell, Cooper, Frank, Holmes 2022, antithetic sampling). The parts add up exactly.
    pub(super) fn explain(&self, model: &StageModel, h: &History, days: i32) -> Explanation {
        let own = self.agreement.numbers(model.rule(), h, days);
        let logit = |inputs: &[f64]| {
            let chance = model.purchase_given(h, days, self.ask(inputs)).clamp(1e-6, 1.0 - 1e-6);
            (chance / (1.0 - chance)).ln()
        };
        let baseline = logit(&self.agreement.typical);
        let mut adds = vec![0.0; own.len()];
        let forwards: Vec<usize> = (0..own.len()).collect();
        let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
        for order in [forwards, backwards] {
            let (mut inputs, mut before) = (self.agreement.typical.clone(), baseline);
            for at in order {
                if let (Some(input), Some(value)) = (inputs.get_mut(at), own.get(at)) {
                    *input = *value;
                }
                let now = logit(&inputs);
                if let Some(add) = adds.get_mut(at) {
                    *add += (now - before) / 2.0;
                }
                before = now;
            }
        }
        let parts = self.agreement.inputs.iter().zip(&own).zip(&adds);
        let mut contributions: Vec<Contribution> = parts
            .map(|((feature, value), adds)| Contribution {
                feature: *feature,
                value: *value,
                contribution: *adds,
            })
            .collect();
        contributions.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let logit = baseline + adds.iter().sum::<f64>();
        Explanation { baseline, contributions, logit, probability: probability(logit) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Candidate;
    use super::super::table::TrainingRow;
    use super::*;

    /// Says what it was told to say, if it looks at one number.
    #[derive(Debug)]
    struct Says(Answer);

    type Answer = fn(f64) -> Option<[f64; Stage::COUNT]>;

    impl Forecaster for Says {
        fn chances(&self, inputs: &[f64]) -> Option<[f64; Stage::COUNT]> {
            (self.0)(*inputs.first()?)
        }
    }

    fn table() -> TrainingTable {
        let mut table = TrainingTable::new(StageRule::STANDARD);
        for month in 0..6 {
            for customer in 0..60 {
                let history = History {
                    tenure: f64::from(200 + customer),
                    frequency: f64::from(customer % 5),
                    last_gap: 40.0,
                    ..History::first_purchase(f64::from(customer * 3), 20.0)
                };
                let stage = history.stage(&table.rule);
                let next = if (customer + month) % 4 == 0 { Stage::Active } else { Stage::Churned };
                let purchases = u32::from(next == Stage::Active);
                let snapshot = Day(19_000 + month * 30);
                table.rows.push(TrainingRow {
                    customer: customer as u64,
                    snapshot,
                    days: 30,
                    history,
                    stage,
                    next,
                    purchases,
                });
            }
        }
        table
    }

    fn brought(says: Answer, inputs: &[Feature]) -> Brought {
        let agreement = Agreement {
            inputs: inputs.to_vec(),
            trained_until: Day(19_100),
            typical: typical(&table(), inputs),
        };
        Brought::new(agreement, Arc::new(Says(says)))
    }

    fn by_silence(silence: f64) -> Option<[f64; Stage::COUNT]> {
        let churned = (silence / 400.0).clamp(0.05, 0.95);
        let mut row = [0.0; Stage::COUNT];
        row[Stage::Churned.index()] = churned;
        row[Stage::Active.index()] = 1.0 - churned;
        Some(row)
    }

    #[test]
    fn what_is_no_chance_chooses_nobody() {
        let h = History::first_purchase(10.0, 20.0);
        let none: [Answer; 4] = [
            |_| None,
            |_| Some([0.5; 6]),
            |_| Some([f64::NAN; 6]),
            |_| Some([-1.0, 2.0, 0.0, 0.0, 0.0, 0.0]),
        ];
        for says in none {
            let row = brought(says, &[Feature::Silence]).predict(&StageRule::STANDARD, &h, 30);
            assert!(row.iter().all(|p| p.is_nan()), "{row:?}");
        }
    }

    #[test]
    fn it_takes_the_place_of_the_chosen_candidate_and_its_reasons_add_up() {
        let table = table();
        let brought = brought(by_silence, &[Feature::Silence, Feature::Frequency]);
        let backtest = super::super::backtest::of_brought(&table, &brought).unwrap();
        let model = StageModel::fit(&table).unwrap().with(brought, backtest);
        assert_eq!(model.chosen(), Candidate::Brought);
        let h = table.rows[7].history;
        assert_eq!(Some(model.predict(&h, 30)), by_silence(h.silent));
        let joint = model.joint(&h, 30);
        assert!((joint.stages().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let explanation = model.explain(&h, 30);
        assert!((probability(explanation.logit) - model.purchase(&h, 30)).abs() < 1e-9, "{explanation:?}");
        let frequency = explanation.contributions.iter().find(|part| part.feature == Feature::Frequency);
        assert_eq!(frequency.unwrap().contribution, 0.0, "it does not look at it");
        let longer = History { silent: h.silent + 60.0, tenure: h.tenure + 60.0, ..h };
        assert!(model.risks(&longer, [30, 30]).churn >= model.risks(&h, [30, 30]).churn);
    }

    #[test]
    fn it_is_judged_only_on_periods_after_its_own_data() {
        let table = table();
        let brought = brought(by_silence, &[Feature::Silence]);
        let backtest = super::super::backtest::of_brought(&table, &brought).unwrap();
        assert_eq!(backtest.folds, [Day(19_120), Day(19_150)]);
        assert_eq!(backtest.score(Candidate::Brought).unwrap().quality.n, 120);
        // A day later moves the chance of churn by 1/400 where it is not at its ends.
        let steady = super::super::backtest::steadiness(&table, &brought).unwrap();
        assert!(steady.value > 0.0 && steady.value <= 1.0 / 400.0 + 1e-12, "{steady:?}");
    }
}
