//! Lifecycle: fits the stage models on the brand's own past, lets a backtest choose, and passes the best through the
//! gate.
//!
//! Goes in: profiles at month ends of those who did not refuse profiling. Comes out: a version in the registry with its
//! evaluation, through its gates. Whether it acts is for a person to say; until then stages are counted by rules.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use science::lifecycle::backtest::Backtest;
use science::lifecycle::model::{Candidate, StageModel};
use science::lifecycle::table::{ProspectCount, TrainingTable};
use science::purchase::log::PurchaseLog;
use science::value::ValueModel;
use terms::customer::Customer;
use terms::gate::GateVerdict;
use terms::ids::CustomerKey;
use terms::model::{ModelKind, ModelState};
use terms::profile::Profile;
use terms::stage::StageRule;
use terms::time::Day;

use crate::app::App;
use crate::artifact::{Lineage, read_artifact};
use crate::error::{Error, Result};
use crate::lawful::{Fitting, Lawful};
use crate::registry::{VALUE_TEST_DAYS, ValueTrial, is_brought};
use crate::snapshot::YEAR_DAYS;
use crate::views::BacktestLine;

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
            backtest: backtest_lines(model.backtest()),
            note: String::new(),
        }
    }

    fn without_model(note: String) -> Self {
        Self { model: None, live: false, chosen: String::new(), backtest: Vec::new(), note }
    }
}

/// The backtest in lines, best first.
pub(crate) fn backtest_lines(backtest: &Backtest) -> Vec<BacktestLine> {
    let mut lines: Vec<BacktestLine> = backtest
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

impl App {
    /// Fits, chooses and registers a stage model and a value model when the data changed, and takes them through their
    /// gates.
    ///
    /// # Errors
    /// When lake or store fail. Too little past is not an error but a note.
    pub async fn lifecycle(&self) -> Result<LifecycleSummary> {
        self.needs_ai().await?;
        self.register_built_in().await?;
        self.watch_models().await?;
        let snapshot = self.refresh().await?;
        let lineage = self.lineage(&snapshot)?;
        // Fitting is deterministic: the same data would give the same model.
        match &snapshot.model {
            Some((label, live)) if snapshot.fitted_on.as_ref() == Some(&lineage) => {
                Ok(LifecycleSummary::of_live(label, live))
            }
            _ if self.waits(&lineage).await? => Ok(LifecycleSummary::without_model(
                "a model of these data is in the registry and waits for a person; see Models".to_owned(),
            )),
            _ => self.refit().await,
        }
    }

    /// Whether the newest stage model was fitted on the same data and can still be promoted.
    async fn waits(&self, lineage: &Lineage) -> Result<bool> {
        let versions = self.store().models().await?;
        let stages = versions.iter().filter(|version| version.kind == ModelKind::Stage);
        // What somebody brought is not what would be fitted here.
        let own = stages.filter_map(|version| {
            let artifact = read_artifact::<serde_json::Value>(&self.home().models(), version).ok()?;
            (!is_brought(&artifact.model)).then_some((version.state, artifact.lineage))
        });
        let newest = own.take(1).next();
        Ok(newest.is_some_and(|(state, fitted_on)| state != ModelState::Retired && fitted_on == *lineage))
    }

    /// The same, also when there is a model of the same data.
    ///
    /// # Errors
    /// When lake or store fail. Too little past is not an error but a note.
    pub async fn refit(&self) -> Result<LifecycleSummary> {
        self.needs_ai().await?;
        let snapshot = self.snapshot().await?;
        let lineage = self.lineage(&snapshot)?;
        let (rule, as_of) = (snapshot.rule, snapshot.as_of);
        let lake = self.lake().clone();
        let fitting = Arc::new(self.lawful::<Fitting>().await?);
        let those = Arc::clone(&fitting);
        let fitted = tokio::task::spawn_blocking(move || fit(&lake, rule, as_of, &those))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let model = match fitted {
            Ok(model) => model,
            Err(note) => return Ok(LifecycleSummary::without_model(note)),
        };
        let backtest = backtest_lines(model.backtest());
        let chosen = model.chosen().as_str().to_owned();
        let version = self.register(ModelKind::Stage, &lineage, &model, &backtest).await?;
        let report = self.run_gate(&version, self.system("flow.lifecycle").await?).await?;
        let failed: Vec<&str> = report
            .lines
            .iter()
            .filter(|line| line.verdict == GateVerdict::Failed)
            .map(|line| line.criterion.as_str())
            .collect();
        let note = if report.passed {
            "it passed its gates and acts when a person promotes it; see Models".to_owned()
        } else {
            format!("it does not act: it fails {}", failed.join(", "))
        };
        self.value(&lineage, fitting).await?;
        Ok(LifecycleSummary { model: Some(version.label()), live: false, chosen, backtest, note })
    }

    /// Fits the value model on everybody's history and takes it through its gates.
    async fn value(&self, lineage: &Lineage, fitting: Arc<Lawful<Fitting>>) -> Result<()> {
        let lake = self.lake().clone();
        let as_of = lineage.as_of;
        let fitted = tokio::task::spawn_blocking(move || fit_value(&lake, &fitting, as_of))
            .await
            .map_err(|error| Error::Internal(error.to_string()))??;
        let Some((model, test)) = fitted else { return Ok(()) };
        let version = self.register(ModelKind::Value, lineage, &model, &test).await?;
        self.run_gate(&version, self.system("flow.lifecycle").await?).await?;
        Ok(())
    }
}

/// How the value model would have done on the last three months, had it been fitted before them.
#[derive(Debug, Clone, serde::Serialize)]
struct ValueTest {
    /// First day it did not see.
    from: Day,
    /// Customers it was tried on.
    customers: u64,
    /// Mean absolute error in purchase days per customer.
    error: f64,
    /// The same of the customer's own past rate.
    naive_error: f64,
}

/// Customers the value model is fitted and tested on at the most, evenly spaced; more only take longer.
const MOST_VALUE_CUSTOMERS: usize = 6_000;

/// By what rows of one customer are held together where a key has no place.
pub(crate) fn customer_id(key: &CustomerKey) -> u64 {
    science::hash::seeded_hash(0, key.as_str().as_bytes())
}

/// Purchases up to a day of those whose data may be used for fitting.
pub(crate) fn purchase_log(lake: &lake::Lake, fitting: &Lawful<Fitting>, as_of: Day) -> Result<PurchaseLog> {
    let mut log = PurchaseLog::default();
    fitting.histories(lake, &[as_of], |customer| {
        let known = customer.purchase_days.iter().filter(|bought| bought.day <= as_of);
        log.push_as(customer_id(&customer.customer), known.map(|bought| (bought.day, bought.amount)));
    })?;
    Ok(log.thinned(MOST_VALUE_CUSTOMERS))
}

fn fit_value(
    lake: &lake::Lake,
    fitting: &Lawful<Fitting>,
    as_of: Day,
) -> Result<Option<(ValueModel, ValueTest)>> {
    let log = purchase_log(lake, fitting, as_of)?;
    let (Ok(model), Some(trial)) = (ValueModel::fit(&log, as_of, YEAR_DAYS), ValueTrial::of(&log, as_of))
    else {
        return Ok(None);
    };
    let [error, naive_error] = trial.errors();
    let from = as_of.plus(1 - VALUE_TEST_DAYS);
    Ok(Some((model, ValueTest { from, customers: trial.customers(), error, naive_error })))
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

/// Every period between month ends up to a day, of those whose data may be used for fitting; `None` without purchases.
pub(crate) fn training_table(
    lake: &lake::Lake,
    rule: StageRule,
    as_of: Day,
    fitting: &Lawful<Fitting>,
) -> Result<Option<TrainingTable>> {
    let Some(first) = lake.stats()?.first_day else { return Ok(None) };
    let ends = month_ends(first, as_of);
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
    Ok(Some(table.thinned(MOST_ROWS)))
}

/// Fits on every period; the inner error says why the past is too short.
fn fit(
    lake: &lake::Lake,
    rule: StageRule,
    as_of: Day,
    fitting: &Lawful<Fitting>,
) -> Result<Result<StageModel, String>> {
    match training_table(lake, rule, as_of, fitting)? {
        Some(table) => Ok(StageModel::fit(&table).map_err(|error| error.to_string())),
        None => Ok(Err("there are no purchases yet; import some first".to_owned())),
    }
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
