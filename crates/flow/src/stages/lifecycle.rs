//! Lifecycle: fits the stage models on the brand's own past, lets a backtest choose, and passes the best through the
//! gate.
//!
//! Goes in: profiles at month ends of those who did not refuse profiling. Comes out: a version in the registry with its evaluation, live only when it beats
//! the naive model on periods it had not seen. Scores follow when the snapshot is made again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use science::lifecycle::history::History;
use science::lifecycle::model::{Candidate, StageModel};
use science::lifecycle::table::{ProspectCount, TrainingTable};
use science::purchase::forecast::PurchaseForecast;
use science::purchase::log::PurchaseLog;
use science::value::ValueModel;
use terms::customer::Customer;
use terms::ids::CustomerKey;
use terms::profile::Profile;
use terms::stage::StageRule;
use terms::time::Day;

use crate::app::App;
use crate::artifact::Lineage;
use crate::error::{Error, Result};
use crate::lawful::{Fitting, Lawful};
use crate::snapshot::YEAR_DAYS;
use crate::views::BacktestLine;
use crate::{STAGE_MODEL, VALUE_MODEL};

/// Rows a model of some sixty weights is fitted on at the most, evenly spaced; more only take longer.
const MOST_ROWS: usize = 60_000;

/// What the lifecycle stage came to.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LifecycleSummary {
    /// The model in the registry; none when the past is too short to learn from.
    pub model: Option<String>,
    /// Whether it acts now.
    pub live: bool,
    /// Which kind the backtest chose.
    pub chosen: String,
    /// Backtest of every kind, best first.
    pub backtest: Vec<BacktestLine>,
    /// Why there is no model, or why it was not promoted.
    pub note: String,
}

impl LifecycleSummary {
    fn of_live(label: &str, model: &StageModel) -> Self {
        Self {
            model: Some(label.to_owned()),
            live: true,
            chosen: model.chosen().as_str().to_owned(),
            backtest: backtest_lines(model),
            note: String::new(),
        }
    }

    fn without_model(note: String) -> Self {
        Self { model: None, live: false, chosen: String::new(), backtest: Vec::new(), note }
    }
}

/// The backtest in lines, best first.
pub(crate) fn backtest_lines(model: &StageModel) -> Vec<BacktestLine> {
    let mut lines: Vec<BacktestLine> = model
        .backtest()
        .scores
        .iter()
        .map(|score| BacktestLine {
            name: score.name.as_str().to_owned(),
            log_loss: score.quality.log_loss,
            accuracy: score.quality.accuracy,
            ece: score.quality.ece,
            behind_low: score.behind.interval.low,
            behind_high: score.behind.interval.high,
            naive: score.name == Candidate::Marginal,
        })
        .collect();
    lines.sort_by(|a, b| a.log_loss.total_cmp(&b.log_loss));
    lines
}

/// The gate: on periods it had not seen, the naive model's log-loss is above the chosen one's by more than chance.
fn beats_naive(lines: &[BacktestLine]) -> bool {
    lines.iter().find(|line| line.naive).is_some_and(|naive| naive.behind_low > 0.0)
}

impl App {
    /// Fits, chooses, registers and, when the gate lets it through, promotes a stage model.
    ///
    /// # Errors
    /// When lake or store fail. Too little past is not an error but a note.
    pub async fn lifecycle(&self) -> Result<LifecycleSummary> {
        let snapshot = self.refresh().await?;
        let lineage = self.lineage(&snapshot)?;
        // Fitting is deterministic: the same data would give the same model.
        match &snapshot.model {
            Some((label, live)) if snapshot.fitted_on.as_ref() == Some(&lineage) => {
                Ok(LifecycleSummary::of_live(label, live))
            }
            _ => self.refit().await,
        }
    }

    /// The same, also when a model of the same data is live.
    ///
    /// # Errors
    /// When lake or store fail. Too little past is not an error but a note.
    pub async fn refit(&self) -> Result<LifecycleSummary> {
        let snapshot = self.snapshot().await?;
        let lineage = self.lineage(&snapshot)?;
        let rule = snapshot.rule;
        let lake = self.lake().clone();
        let fitting = Arc::new(self.lawful::<Fitting>().await?);
        let those = Arc::clone(&fitting);
        let fitted = tokio::task::spawn_blocking(move || fit(&lake, rule, &those))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let model = match fitted {
            Ok(model) => model,
            Err(note) => return Ok(LifecycleSummary::without_model(note)),
        };
        let backtest = backtest_lines(&model);
        let chosen = model.chosen().as_str().to_owned();
        let version = self.register(STAGE_MODEL, &lineage, &model, &backtest).await?;
        let passes = beats_naive(&backtest);
        let note = if passes {
            self.promote(&version).await?;
            String::new()
        } else {
            "on held-back periods the chosen model does not beat the naive one by more than chance; it does not act"
                .to_owned()
        };
        self.value(&lineage, fitting).await?;
        self.refresh().await?;
        Ok(LifecycleSummary { model: Some(version.label()), live: passes, chosen, backtest, note })
    }

    /// Fits the value model on everybody's history and lets it act when, three months ago, it would have forecast the
    /// purchases since then better than each customer's own past rate.
    async fn value(&self, lineage: &Lineage, fitting: Arc<Lawful<Fitting>>) -> Result<()> {
        let lake = self.lake().clone();
        let as_of = lineage.as_of;
        let fitted = tokio::task::spawn_blocking(move || fit_value(&lake, &fitting, as_of))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let Some((model, test)) = fitted else { return Ok(()) };
        let version = self.register(VALUE_MODEL, lineage, &model, &test).await?;
        if test.error < test.naive_error {
            self.promote(&version).await?;
        }
        Ok(())
    }
}

/// How the value model would have done on the last three months, had it been fitted before them.
#[derive(Debug, Clone, serde::Serialize)]
struct ValueTest {
    /// First day it did not see.
    from: Day,
    /// Customers it was tried on.
    customers: usize,
    /// Mean absolute error in purchase days per customer.
    error: f64,
    /// The same of the customer's own past rate.
    naive_error: f64,
}

/// Days held back to test the value model.
const VALUE_TEST_DAYS: i32 = 90;

/// Customers the value model is fitted and tested on at the most, evenly spaced; more only take longer.
const MOST_VALUE_CUSTOMERS: usize = 6_000;

fn fit_value(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    as_of: Day,
) -> Result<Option<(ValueModel, ValueTest)>> {
    let mut log = PurchaseLog::default();
    fitting.histories(lake, &[as_of], |customer| {
        let known = customer.purchase_days.iter().filter(|bought| bought.day <= as_of);
        log.push(known.map(|bought| (bought.day, bought.amount)));
    })?;
    let log = log.thinned(MOST_VALUE_CUSTOMERS);
    let from = as_of.plus(-VALUE_TEST_DAYS);
    let (Ok(model), Ok(earlier)) =
        (ValueModel::fit(&log, as_of, YEAR_DAYS), PurchaseForecast::fit(&log, from, VALUE_TEST_DAYS))
    else {
        return Ok(None);
    };
    let (days, scorer) = (f64::from(VALUE_TEST_DAYS), earlier.scorer());
    let before = log.as_of(from, as_of);
    let mean_error = |expect: &dyn Fn(&History) -> f64| {
        let errors = before.iter().map(|then| (expect(&then.history) - then.bought).abs());
        errors.sum::<f64>() / before.len().max(1) as f64
    };
    let test = ValueTest {
        from: from.plus(1),
        customers: before.len(),
        error: mean_error(&|history| scorer.count(history)),
        naive_error: mean_error(&|history| history.frequency * days / history.tenure.max(1.0)),
    };
    Ok(Some((model, test)))
}

/// Month ends from the first full month of the data to its last day.
pub(crate) fn month_ends(first: Day, last: Day) -> Vec<Day> {
    let mut ends = Vec::new();
    let mut end = first.month_end();
    while end <= last {
        ends.push(end);
        end = end.plus(1).month_end();
    }
    ends
}

/// Fits on every period between month ends; the inner error says why the past is too short.
fn fit(lake: &lake::Lake, rule: StageRule, fitting: &Lawful<Fitting>) -> Result<Result<StageModel, String>> {
    let stats = lake.stats()?;
    let (Some(first), Some(last)) = (stats.first_day, stats.last_day) else {
        return Ok(Err("there are no purchases yet; import some first".to_owned()));
    };
    let ends = month_ends(first, last);
    let mut profiles: Vec<Vec<Profile>> = vec![Vec::new(); ends.len()];
    let mut first_bought: HashMap<CustomerKey, Day> = HashMap::new();
    fitting.histories(lake, &ends, |customer| {
        if let Some(day) = customer.purchase_days.first() {
            first_bought.insert(customer.customer.clone(), day.day);
        }
        for (month, profile) in profiles.iter_mut().zip(customer.profiles) {
            month.extend(profile);
        }
    })?;
    let mut table = TrainingTable::new(rule);
    for ((from, to), (before, after)) in
        ends.iter().zip(ends.iter().skip(1)).zip(profiles.iter().zip(profiles.iter().skip(1)))
    {
        table.add_period(*from, *to, before, after);
        table.prospects.extend(prospects(fitting.records(), &first_bought, *from, *to));
    }
    Ok(StageModel::fit(&table.thinned(MOST_ROWS)).map_err(|error| error.to_string()))
}

/// Known customers without a purchase at `from`, by how long they had been known, and how many bought by `to`.
fn prospects(
    customers: &[Customer],
    first_bought: &HashMap<CustomerKey, Day>,
    from: Day,
    to: Day,
) -> Vec<ProspectCount> {
    let mut counts: BTreeMap<i32, (u64, u64)> = BTreeMap::new();
    for customer in customers {
        let known_days = from.0 - customer.known_since.day().0;
        let first = first_bought.get(&customer.key);
        if known_days < 0 || first.is_some_and(|day| *day <= from) {
            continue;
        }
        let (n, converted) = counts.entry(known_days).or_default();
        *n += 1;
        *converted += u64::from(first.is_some_and(|day| *day <= to));
    }
    let count = |(known_days, (n, converted))| ProspectCount { snapshot: from, known_days, n, converted };
    counts.into_iter().map(count).collect()
}
