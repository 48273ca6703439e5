//! The stage model: where a customer will be at the end of the next period, and of the one after.
//!
//! Goes in: a [`TrainingTable`] of the brand's own past. Comes out: five candidates fitted on it, one of them
//! chosen by rolling-origin backtest; probabilities (6 numbers in the order of [`Stage::ALL`], sum 1), risks and
//! reasons. Two candidates are naive, two classical (Markov, multinomial logistic); one is a glass box: it
//! predicts the number of purchase days in the period (none, one, several) by sums of bent lines, and lets the stage
//! rules do the rest. In it longer silence never lowers the risk of churn, other things equal. The model is stored
//! as JSON; `format` changes when that does. It never reads a clock: periods are arguments.

use super::additive::{Additive, Design, Row, Target};
use super::backtest::{self, Backtest};
use super::brought::Brought;
use super::features::Feature;
use super::history::{History, Outcome};
use super::logistic::Multinomial;
use super::migration::{MarkovMatrix, MigrationCounts};
use super::prospect::ProspectRates;
use super::rules::stages_after;
use super::table::{TrainingRow, TrainingTable};
use crate::error::ScienceError;
use crate::fit::logistic::probability;
use serde::{Deserialize, Serialize};
use terms::stage::{Stage, StageRule};

/// Version of the stored form.
pub const FORMAT: u32 = 2;

/// Training rows below which no model is fitted.
pub const FEWEST_ROWS: u64 = 50;

/// A model of the next stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// The shares of next stages, for everybody: the naive baseline.
    Marginal,
    /// Most stay where they are; the rest follow the shares.
    Persistence,
    /// The Markov matrix, smoothed by one move a cell.
    Markov,
    /// Multinomial logistic regression on ten features and the stage.
    Logistic,
    /// P(purchase) and P(one purchase day | purchase) as sums of bent lines, then the stage rules: the glass box.
    Additive,
    /// A model from elsewhere: not fitted here, so it is none of [`Candidate::ALL`].
    Brought,
}

impl Candidate {
    /// Every candidate that is fitted here, simple ones first.
    pub const ALL: [Self; 5] =
        [Self::Marginal, Self::Persistence, Self::Markov, Self::Logistic, Self::Additive];

    /// True for those that predict purchases first and stages from them.
    #[must_use]
    pub const fn is_glass_box(self) -> bool {
        matches!(self, Self::Additive)
    }

    /// True for those that know at most the stage of a customer.
    #[must_use]
    pub const fn is_baseline(self) -> bool {
        matches!(self, Self::Marginal | Self::Persistence | Self::Markov)
    }

    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marginal => "marginal",
            Self::Persistence => "persistence",
            Self::Markov => "markov",
            Self::Logistic => "logistic",
            Self::Additive => "additive",
            Self::Brought => "brought",
        }
    }
}

/// Purchase days in a period: none, one, several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Purchases {
    pub(super) buy: Additive,
    single: Additive,
}

/// A fitted and evaluated stage model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageModel {
    format: u32,
    rule: StageRule,
    chosen: Candidate,
    rows: u64,
    marginal: [f64; Stage::COUNT],
    staying: f64,
    markov: MarkovMatrix,
    /// Outcome and next stage by present stage, as seen, in the order of [`Stage::ALL`].
    by_stage: Vec<Joint>,
    logistic: Multinomial,
    pub(super) additive: Purchases,
    purchases_when_several: f64,
    pub(super) prospects: ProspectRates,
    backtest: Backtest,
    /// Not kept with the numbers: who reads them brings it, see [`StageModel::with`].
    #[serde(skip)]
    pub(super) brought: Option<Brought>,
}

/// Probabilities of outcome and next stage together; all cells sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Joint {
    /// No purchase, by next stage.
    pub silent: [f64; Stage::COUNT],
    /// One purchase day, by next stage.
    pub single: [f64; Stage::COUNT],
    /// Several purchase days, by next stage.
    pub several: [f64; Stage::COUNT],
}

/// What the next two periods hold together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TwoPeriods {
    /// Stage at the end of the second period.
    pub stages: [f64; Stage::COUNT],
    /// Probability of being churned at the end of the first or of the second period.
    pub churn_within: f64,
    /// Probability of a purchase in the first or the second period.
    pub purchase_within: f64,
}

/// The chances that pages and segments speak of, 0 to 1; only those that make sense for the present stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Risks {
    /// A purchase in the next period.
    pub purchase: f64,
    /// A purchase within two periods.
    pub purchase_two: f64,
    /// Churned at the end of the next period; only for those who are not churned now.
    pub churn: Option<f64>,
    /// Churned at the end of one of the next two.
    pub churn_two: Option<f64>,
    /// A return (any purchase) in the next period; only for the churned.
    pub reactivation: Option<f64>,
    /// A return within two periods.
    pub reactivation_two: Option<f64>,
}

impl Joint {
    /// Probabilities of the stage alone.
    #[must_use]
    pub fn stages(&self) -> [f64; Stage::COUNT] {
        let mut row = self.silent;
        for ((cell, one), more) in row.iter_mut().zip(self.single).zip(self.several) {
            *cell += one + more;
        }
        row
    }
}

const GLASS_BOX: &[Feature] = &[
    Feature::Silence,
    Feature::Frequency,
    Feature::OrderValue,
    Feature::LastGap,
    Feature::RecentPurchases,
    Feature::Spend,
    Feature::LastAmount,
    Feature::Rate,
    Feature::SilenceInGaps,
    Feature::GapMean,
    Feature::GapVariation,
    Feature::SilenceSurprise,
    Feature::Overdue,
    Feature::Engagement,
    Feature::Due,
];

impl Purchases {
    fn fit(rule: &StageRule, rows: &[TrainingRow]) -> Self {
        let design = |ridge| Design { features: GLASS_BOX, knots: &[0.25, 0.5, 0.75], ridge };
        let row = |r: &TrainingRow, hit: bool| (r.history, r.days, hit);
        let all: Vec<_> = rows.iter().map(|r| row(r, r.purchases > 0)).collect();
        let bought: Vec<_> =
            rows.iter().filter(|r| r.purchases > 0).map(|r| row(r, r.purchases == 1)).collect();
        let fit = |data: &[(History, i32, bool)], design, target| {
            let rows: Vec<Row<'_>> =
                data.iter().map(|(history, days, hit)| Row { history, days: *days, hit: *hit }).collect();
            Additive::fit(rule, &rows, design, target)
        };
        Self {
            buy: fit(&all, design(300.0), Target::Purchase),
            single: fit(&bought, design(3000.0), Target::OneOfSeveral),
        }
    }
}

impl StageModel {
    /// Fits every candidate and chooses one by backtest on the last periods of the table itself.
    ///
    /// # Errors
    /// With fewer than [`FEWEST_ROWS`] rows.
    pub fn fit(table: &TrainingTable) -> Result<Self, ScienceError> {
        let backtest = backtest::run(table)?;
        let mut model = Self::fit_parts(table)?;
        model.chosen = backtest.chosen;
        model.backtest = backtest;
        Ok(model)
    }

    /// Fits every candidate without choosing.
    pub(super) fn fit_parts(table: &TrainingTable) -> Result<Self, ScienceError> {
        let n = table.rows.len() as u64;
        if n < FEWEST_ROWS {
            return Err(ScienceError::TooFew { what: "stage model", n, needed: FEWEST_ROWS });
        }
        let (rule, rows) = (&table.rule, &table.rows);
        let mut counts = MigrationCounts::default();
        let mut marginal = [0.0; Stage::COUNT];
        for row in rows {
            counts.add(row.stage, row.next, 1);
            if let Some(share) = marginal.get_mut(row.next.index()) {
                *share += 1.0 / n as f64;
            }
        }
        let stayed = rows.iter().filter(|row| row.stage == row.next).count();
        let several: Vec<f64> =
            rows.iter().filter(|r| r.purchases > 1).map(|r| f64::from(r.purchases)).collect();
        Ok(Self {
            format: FORMAT,
            rule: *rule,
            chosen: Candidate::Markov,
            rows: n,
            marginal,
            staying: (stayed as f64 + 0.5) / (n as f64 + 1.0),
            markov: counts.markov(1.0),
            by_stage: by_stage(rows),
            logistic: Multinomial::fit(rule, rows),
            additive: Purchases::fit(rule, rows),
            purchases_when_several: (several.iter().sum::<f64>() + 2.0) / (several.len() as f64 + 1.0),
            prospects: ProspectRates::fit(&table.prospects),
            backtest: Backtest::none(),
            brought: None,
        })
    }

    /// This model with one from elsewhere in the place of the chosen candidate. What that one does not say, how many
    /// purchases and what becomes of prospects, this one says.
    #[must_use]
    pub fn with(self, brought: Brought, backtest: Backtest) -> Self {
        Self { chosen: Candidate::Brought, backtest, brought: Some(brought), ..self }
    }

    /// The model from elsewhere, if it is one.
    #[must_use]
    pub const fn brought(&self) -> Option<&Brought> {
        self.brought.as_ref()
    }

    /// The rule that names this model's stages.
    #[must_use]
    pub const fn rule(&self) -> &StageRule {
        &self.rule
    }

    /// The candidate that acts.
    #[must_use]
    pub const fn chosen(&self) -> Candidate {
        self.chosen
    }

    /// How the candidates did on the brand's own past.
    #[must_use]
    pub const fn backtest(&self) -> &Backtest {
        &self.backtest
    }

    /// Rows the model was fitted on.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The Markov matrix of the training rows.
    #[must_use]
    pub const fn markov(&self) -> &MarkovMatrix {
        &self.markov
    }

    /// Outcome and next stage of whoever is in a stage, as the training rows show them: nothing of the customer but the
    /// stage goes in. `None` for a stage nobody was in.
    #[must_use]
    pub fn joint_of_stage(&self, stage: Stage) -> Option<&Joint> {
        self.by_stage.get(stage.index()).filter(|joint| joint.stages().iter().sum::<f64>() > 0.0)
    }

    /// Mean number of purchase days in a period that has several.
    #[must_use]
    pub const fn purchases_when_several(&self) -> f64 {
        self.purchases_when_several
    }

    /// Log-odds of a purchase in a period of `days`, and of one purchase day rather than several.
    fn buy_logit(&self, h: &History, days: i32) -> (f64, f64) {
        let Purchases { buy, single } = &self.additive;
        (buy.logit(&self.rule, h, days), single.logit(&self.rule, h, days))
    }

    /// Probability of a purchase within the next `days`.
    #[must_use]
    pub fn purchase(&self, h: &History, days: i32) -> f64 {
        match &self.brought {
            Some(brought) => self.purchase_given(h, days, brought.predict(&self.rule, h, days)),
            None => probability(self.buy_logit(h, days).0),
        }
    }

    /// The same when the chances of the stages are these.
    pub(super) fn purchase_given(&self, h: &History, days: i32, stages: [f64; Stage::COUNT]) -> f64 {
        let joint = scaled(self.structural_joint(h, days), stages);
        1.0 - joint.silent.iter().sum::<f64>()
    }

    fn structural_joint(&self, h: &History, days: i32) -> Joint {
        let (buy, single) = self.buy_logit(h, days);
        let (buy, single) = (probability(buy), probability(single));
        let part = |outcome, p: f64| stages_after(&self.rule, h, outcome, days).map(|share| share * p);
        Joint {
            silent: part(Outcome::Silent, 1.0 - buy),
            single: part(Outcome::Single, buy * single),
            several: part(Outcome::Several, buy * (1.0 - single)),
        }
    }

    /// Outcome and next stage together. Where the chosen candidate predicts stages only, the outcomes are those of
    /// the additive one, scaled to its stages.
    #[must_use]
    pub fn joint(&self, h: &History, days: i32) -> Joint {
        let joint = self.structural_joint(h, days);
        if self.chosen.is_glass_box() { joint } else { scaled(joint, self.predict(h, days)) }
    }

    /// Probabilities of the stage `days` from now, by the chosen candidate.
    #[must_use]
    pub fn predict(&self, h: &History, days: i32) -> [f64; Stage::COUNT] {
        self.predict_as(self.chosen, h, days)
    }

    /// Probabilities of the stage `days` from now, by a candidate of your choice.
    #[must_use]
    pub fn predict_as(&self, by: Candidate, h: &History, days: i32) -> [f64; Stage::COUNT] {
        let stage = h.stage(&self.rule);
        match by {
            Candidate::Marginal => self.marginal,
            Candidate::Persistence => {
                let mut row = self.marginal.map(|share| share * (1.0 - self.staying));
                if let Some(cell) = row.get_mut(stage.index()) {
                    *cell += self.staying;
                }
                row
            }
            Candidate::Markov => self.markov.row(stage),
            Candidate::Logistic => self.logistic.predict(&self.rule, h, days),
            Candidate::Additive => self.structural_joint(h, days).stages(),
            // Without one there are no chances, and nobody is chosen by what is no number.
            Candidate::Brought => self
                .brought
                .as_ref()
                .map_or([f64::NAN; Stage::COUNT], |brought| brought.predict(&self.rule, h, days)),
        }
    }

    /// The next two periods of `days` each, by the chosen candidate.
    #[must_use]
    pub fn predict_two(&self, h: &History, days: [i32; 2]) -> TwoPeriods {
        self.predict_two_as(self.chosen, h, days)
    }

    /// The next two periods, by a candidate of your choice. Glass boxes follow the three outcomes of the
    /// first period into the second; the others apply the Markov matrix to their first period.
    #[must_use]
    pub fn predict_two_as(&self, by: Candidate, h: &History, days: [i32; 2]) -> TwoPeriods {
        let churned = Stage::Churned.index();
        let at = |row: &[f64; Stage::COUNT]| row.get(churned).copied().unwrap_or(0.0);
        let [first, second] = days;
        if !by.is_glass_box() {
            let one = self.predict_as(by, h, first);
            let stages = if by == Candidate::Marginal { one } else { self.markov.step(&one) };
            let mut elsewhere = one;
            if let Some(cell) = elsewhere.get_mut(churned) {
                *cell = 0.0;
            }
            let churn_within = at(&one) + at(&self.markov.step(&elsewhere));
            let buy = self.purchase(h, first);
            let later = h.after(Outcome::Silent, f64::from(first));
            let again = self.purchase(&later, second);
            return TwoPeriods { stages, churn_within, purchase_within: 1.0 - (1.0 - buy) * (1.0 - again) };
        }
        let joint = self.structural_joint(h, first);
        let mut two = TwoPeriods { stages: [0.0; Stage::COUNT], churn_within: 0.0, purchase_within: 0.0 };
        let branches = [
            (Outcome::Silent, &joint.silent),
            (Outcome::Single, &joint.single),
            (Outcome::Several, &joint.several),
        ];
        for (outcome, row) in branches {
            let weight: f64 = row.iter().sum();
            let later = h.after(outcome, f64::from(first));
            let next = self.predict_as(by, &later, second);
            for (cell, p) in two.stages.iter_mut().zip(next) {
                *cell += weight * p;
            }
            two.churn_within += at(row) + (weight - at(row)) * at(&next);
            two.purchase_within += match outcome {
                Outcome::Silent => weight * probability(self.buy_logit(&later, second).0),
                Outcome::Single | Outcome::Several => weight,
            };
        }
        two
    }

    /// The chances of churn, return and purchase that make sense for this customer's present stage.
    #[must_use]
    pub fn risks(&self, h: &History, days: [i32; 2]) -> Risks {
        let [first, _] = days;
        let next = self.predict(h, first);
        let two = self.predict_two(h, days);
        let purchase = self.purchase(h, first);
        let lost = h.stage(&self.rule) == Stage::Churned;
        let churn = next.get(Stage::Churned.index()).copied().unwrap_or(0.0);
        Risks {
            purchase,
            purchase_two: two.purchase_within.max(purchase),
            churn: (!lost).then_some(churn),
            churn_two: (!lost).then_some(two.churn_within.max(churn)),
            reactivation: lost.then_some(purchase),
            reactivation_two: lost.then_some(two.purchase_within.max(purchase)),
        }
    }
}

/// Outcomes scaled to these chances of the stages.
fn scaled(mut joint: Joint, wanted: [f64; Stage::COUNT]) -> Joint {
    let Joint { silent, single, several } = &mut joint;
    for (((a, b), c), total) in silent.iter_mut().zip(single).zip(several).zip(wanted) {
        let sum = *a + *b + *c;
        if sum > 0.0 {
            *a *= total / sum;
            *b *= total / sum;
            *c *= total / sum;
        } else {
            *a = total;
        }
    }
    joint
}

/// Shares of outcome and next stage, by present stage.
fn by_stage(rows: &[TrainingRow]) -> Vec<Joint> {
    let zeros = [0.0; Stage::COUNT];
    let share = |stage: &Stage| {
        let mut joint = Joint { silent: zeros, single: zeros, several: zeros };
        let here: Vec<&TrainingRow> = rows.iter().filter(|row| row.stage == *stage).collect();
        for row in &here {
            let outcome = match row.purchases {
                0 => &mut joint.silent,
                1 => &mut joint.single,
                _ => &mut joint.several,
            };
            if let Some(cell) = outcome.get_mut(row.next.index()) {
                *cell += 1.0 / here.len() as f64;
            }
        }
        joint
    };
    Stage::ALL.iter().map(share).collect()
}
