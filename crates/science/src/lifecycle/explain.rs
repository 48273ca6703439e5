//! Why a customer has the chance of a purchase they have: contributions that add up exactly.
//!
//! Goes in: a model and a history. Comes out: for each feature what it adds to the log-odds, compared with the
//! average customer of the training rows. The chance of churn falls as that of a purchase rises: its reasons are
//! the same with opposite sign. Names are language-neutral; pages translate them.

use super::features::Feature;
use super::history::History;
use super::model::StageModel;
use crate::fit::logistic::probability;
use serde::{Deserialize, Serialize};

/// What one feature adds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which feature.
    pub feature: Feature,
    /// Its value as a person would say it (days, purchases, amount); the position of the stage in `Stage::ALL`.
    pub value: f64,
    /// What it adds to the log-odds of a purchase; above 0 it makes one likelier than for the average customer.
    pub contribution: f64,
}

/// A chance of purchase, taken apart: `baseline` and all contributions sum to `logit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Log-odds of the average customer.
    pub baseline: f64,
    /// Strongest first.
    pub contributions: Vec<Contribution>,
    /// Log-odds of this customer.
    pub logit: f64,
    /// Probability of this customer, 0 to 1.
    pub probability: f64,
}

impl StageModel {
    /// Takes the probability of a purchase within `days` apart.
    #[must_use]
    pub fn explain(&self, h: &History, days: i32) -> Explanation {
        if let Some(brought) = self.brought() {
            return brought.explain(self, h, days);
        }
        let buy = &self.additive.buy;
        let baseline = buy.intercept;
        let mut contributions: Vec<Contribution> = Vec::new();
        for term in &buy.terms {
            let adds = term.contribution(self.rule(), h, days);
            match contributions.iter_mut().find(|c| c.feature == term.feature) {
                Some(known) => known.contribution += adds,
                None => contributions.push(Contribution {
                    feature: term.feature,
                    value: if term.feature == Feature::Stage {
                        h.stage(self.rule()).index() as f64
                    } else {
                        term.feature.plain(self.rule(), h, days)
                    },
                    contribution: adds,
                }),
            }
        }
        contributions.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let logit = baseline + contributions.iter().map(|c| c.contribution).sum::<f64>();
        Explanation { baseline, contributions, logit, probability: probability(logit) }
    }

    /// The reasons alone, strongest first.
    #[must_use]
    pub fn reasons(&self, h: &History, days: i32) -> Vec<Contribution> {
        self.explain(h, days).contributions
    }
}
