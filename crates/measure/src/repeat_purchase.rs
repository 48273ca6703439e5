//! `measure repeat-purchase`: purchase models and the pooled forecast on a purchase file, on days they have not seen.
//!
//! Goes in: a file, the last day of calibration, the last day of the holdout. Purchases of a day are merged; returns,
//! cancellations and rows without a positive amount are left out. Everything is fitted and chosen on purchases up to
//! the calibration end. Comes out: for each model and baseline the error a customer, of the total and of the ranking,
//! with bootstrap intervals over customers; the coverage of the 80 % value intervals; the error of expected spend.
//! Errors of totals are fractions: -0.12 is 12 % too few. The forecast has two rows: `pooled_mean` (the mean, for
//! totals and money) and `pooled_balanced` (the same totals at the least absolute error), which is the chosen count.

mod report;

use crate::import_flags::ImportFlags;
use crate::process;
use lake::Lake;
use lake::history::PassOptions;
use miette::{IntoDiagnostic, WrapErr, miette};
use report::{Coverage, Report, Row, Spend};
use science::ScienceError;
use science::purchase::beta_geometric::BetaGeometric;
use science::purchase::forecast::PurchaseForecast;
use science::purchase::gamma_gamma::GammaGamma;
use science::purchase::log::{Observed, PurchaseLog};
use science::purchase::pareto_nbd::{ParetoNbd, Prior};
use science::purchase::pool;
use science::purchase::score::{CountScore, score};
use science::purchase::summary::{Groups, Summary};
use science::value::{COVERAGE, ValueModel};
use serde::Serialize;
use serde_json::{Map, Value, json};
use terms::time::Day;

/// Seed of the bootstrap.
const SEED: u64 = 7;
/// The row that is the count forecast.
const CHOSEN: &str = "pooled_balanced";

/// Fits one model of the beta-geometric family.
pub(crate) type Fitter = fn(&Groups) -> Result<BetaGeometric, ScienceError>;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct RepeatArgs {
    /// Purchases, CSV (also compressed) or Parquet.
    file: std::path::PathBuf,
    /// Last day the models may see, such as 1997-09-30.
    #[arg(long)]
    calibration_end: Day,
    /// Last day of the holdout, such as 1998-06-30.
    #[arg(long)]
    holdout_end: Day,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    import: ImportFlags,
}

/// The result with the CPU seconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = process::cpu_seconds();
    let result = work();
    (result, process::cpu_seconds() - start)
}

/// Runs the comparison.
pub(crate) fn run(args: RepeatArgs) -> miette::Result<()> {
    if args.holdout_end <= args.calibration_end {
        return Err(miette!("`{}` is not after `{}`", args.holdout_end, args.calibration_end));
    }
    let (log, later_rows) = read(&args)?;
    let (end, until) = (args.calibration_end, args.holdout_end);
    let horizon = until.0 - end.0;
    let days = f64::from(horizon);
    let rows = log.as_of(end, until);
    if rows.is_empty() {
        return Err(miette!("nobody had bought by `{end}`; choose a later calibration end"));
    }
    let bought: Vec<f64> = rows.iter().map(|row| row.bought).collect();
    let mut table = Table { bought: &bought, rows: Vec::new(), missing: Vec::new() };
    table.baselines(&rows, days);
    let (forecast, seconds) = timed(|| PurchaseForecast::fit(&log, end, horizon));
    table.models(&rows, days);
    let mut report = Report {
        models: Vec::new(),
        chosen: CHOSEN,
        customers: rows.len(),
        holdout_purchases: bought.iter().sum(),
        horizon_days: horizon,
        weights: Map::new(),
        regression_share: 0.0,
        total_factor: 1.0,
        total_factor_ln_deviation: 0.0,
        backtest_origins: 0,
        notes: Vec::new(),
        value_interval: None,
        spend: None,
        missing: Vec::new(),
    };
    match &forecast {
        Ok(forecast) => {
            let scorer = forecast.scorer();
            let of = |expect: &dyn Fn(&Observed) -> f64| rows.iter().map(expect).collect::<Vec<f64>>();
            let regular = forecast.pool.regular;
            if let Some(model) = regular {
                let member = of(&|row| model.expected(&row.summary(), days));
                table.add("mbg_cnbd_k", parameters(&model), Some(model.log_likelihood), &member, 0.0);
            }
            table.add("pooled_mean", Map::new(), None, &of(&|row| scorer.mean(&row.history, days)), seconds);
            table.add(CHOSEN, Map::new(), None, &of(&|row| scorer.count(&row.history)), seconds);
            report.weights =
                pool::NAMES.iter().zip(forecast.weights).map(|(n, w)| ((*n).to_owned(), json!(w))).collect();
            report.regression_share = forecast.adjustment.share;
            report.total_factor = forecast.total.ln_factor.exp();
            report.total_factor_ln_deviation = forecast.total.deviation;
            report.backtest_origins = forecast.origins;
            report.notes = forecast.notes.iter().map(|note| note.text()).collect();
        }
        Err(error) => {
            report.chosen = "naive_rate";
            table.missing.push(format!("{CHOSEN}: {error}"));
        }
    }
    match value_interval(&log, &rows, end, horizon) {
        Ok(coverage) => report.value_interval = Some(coverage),
        Err(error) => table.missing.push(format!("value interval: {error}")),
    }
    match spend(&log, &later_rows, end, until) {
        Ok(spend) => report.spend = Some(spend),
        Err(error) => table.missing.push(format!("gamma_gamma: {error}")),
    }
    report.models = table.rows;
    report.missing = table.missing;
    report::print(&report, args.json)
}

/// Purchase days of the file, and each customer's purchase rows in the holdout.
fn read(args: &RepeatArgs) -> miette::Result<(PurchaseLog, Vec<f64>)> {
    let folder = tempfile::tempdir().into_diagnostic().wrap_err("no folder for temporary files")?;
    let lake = Lake::open(folder.path()).into_diagnostic()?;
    lake::import::purchases(&lake, &args.file, &args.import.options(), &mut |_| ()).into_diagnostic()?;
    let (mut log, mut later_rows) = (PurchaseLog::default(), Vec::new());
    lake.snapshots(&[args.calibration_end], &PassOptions::default(), |part| {
        for customer in part {
            let days = customer.purchase_days.iter().filter(|p| p.day <= args.holdout_end);
            let before = log.len();
            log.push(days.clone().map(|p| (p.day, p.amount)));
            if log.len() > before {
                later_rows
                    .push(days.filter(|p| p.day > args.calibration_end).map(|p| f64::from(p.rows)).sum());
            }
        }
        Ok(())
    })
    .into_diagnostic()?;
    Ok((log, later_rows))
}

/// Named numbers of a model's parameters.
pub(crate) fn parameters<M: Serialize>(model: &M) -> Map<String, Value> {
    match serde_json::to_value(model) {
        Ok(Value::Object(mut map)) => {
            map.remove("log_likelihood");
            map
        }
        _ => Map::new(),
    }
}

struct Table<'a> {
    bought: &'a [f64],
    rows: Vec<Row>,
    missing: Vec<String>,
}

impl Table<'_> {
    fn add(
        &mut self,
        name: &'static str,
        parameters: Map<String, Value>,
        log_likelihood: Option<f64>,
        expected: &[f64],
        fit_cpu_seconds: f64,
    ) {
        let Some(CountScore { mae, rmse, aggregate_error, auc }) = score(expected, self.bought, SEED) else {
            return;
        };
        self.rows.push(Row {
            name,
            parameters,
            log_likelihood,
            mae: mae.value,
            mae_interval: mae.interval,
            rmse: rmse.value,
            rmse_interval: rmse.interval,
            aggregate_error: aggregate_error.value,
            aggregate_error_interval: aggregate_error.interval,
            auc: auc.value,
            auc_interval: auc.interval,
            fit_cpu_seconds,
        });
    }

    /// The customer's own rate, the mean rate of all, and silence alone (for its ranking; its counts mean nothing).
    fn baselines(&mut self, rows: &[Observed], days: f64) {
        let rate = |row: &Observed| row.history.frequency / row.history.tenure.max(1.0) * days;
        let own: Vec<f64> = rows.iter().map(rate).collect();
        self.add("naive_rate", Map::new(), None, &own, 0.0);
        let repeats: f64 = rows.iter().map(|row| row.history.frequency).sum();
        let tenure: f64 = rows.iter().map(|row| row.history.tenure).sum();
        let mean = repeats / tenure.max(1.0) * days;
        self.add("naive_mean_rate", Map::new(), None, &vec![mean; rows.len()], 0.0);
        // Silent for more than two own gaps means gone; the others go on at their own rate.
        let gone_after_two = |row: &Observed| {
            let near =
                row.history.silent <= 2.0 * row.history.gap_mean.max(1.0) && row.history.frequency > 0.0;
            if near { rate(row) } else { 0.01 / (1.0 + row.history.silent) }
        };
        let rule: Vec<f64> = rows.iter().map(gone_after_two).collect();
        self.add("naive_two_gaps", Map::new(), None, &rule, 0.0);
        let silence: Vec<f64> = rows.iter().map(|row| 1.0 / (1.0 + row.history.silent)).collect();
        self.add("naive_recency", Map::new(), None, &silence, 0.0);
    }

    fn models(&mut self, rows: &[Observed], days: f64) {
        let summaries: Vec<Summary> = rows.iter().map(Observed::summary).collect();
        let (groups, grouping) = timed(|| Groups::new(&summaries));
        let groups = match groups {
            Ok(groups) => groups,
            Err(error) => return self.missing.push(format!("purchase models: {error}")),
        };
        for (name, fit) in
            [("bg_nbd", BetaGeometric::fit_bg as Fitter), ("mbg_nbd", BetaGeometric::fit_mbg as Fitter)]
        {
            match timed(|| fit(&groups)) {
                (Ok(model), seconds) => {
                    let expected: Vec<f64> = summaries.iter().map(|s| model.expected(s, days)).collect();
                    let likelihood = Some(model.log_likelihood);
                    self.add(name, parameters(&model), likelihood, &expected, grouping + seconds);
                }
                (Err(error), _) => self.missing.push(format!("{name}: {error}")),
            }
        }
        match timed(|| ParetoNbd::fit(&groups, Prior::Flat)) {
            (Ok(model), seconds) => {
                let scorer = model.scorer();
                let expected: Vec<f64> = summaries.iter().map(|s| scorer.expected(s, days)).collect();
                let likelihood = Some(model.log_likelihood);
                self.add("pareto_nbd", parameters(&model), likelihood, &expected, grouping + seconds);
            }
            (Err(error), _) => self.missing.push(format!("pareto_nbd: {error}")),
        }
    }
}

fn value_interval(
    log: &PurchaseLog,
    rows: &[Observed],
    end: Day,
    horizon: i32,
) -> Result<Coverage, ScienceError> {
    let (model, fit_cpu_seconds) = timed(|| ValueModel::fit(log, end, horizon));
    let model = model?;
    let scorer = model.scorer();
    let mut found: Vec<(&Observed, bool)> = Vec::with_capacity(rows.len());
    let mut expected_revenue = 0.0;
    for row in rows {
        let revenue = scorer.expected(&row.history, f64::from(horizon)).revenue;
        expected_revenue += revenue.value;
        found.push((row, revenue.interval.low <= row.spent && row.spent <= revenue.interval.high));
    }
    let share = |wanted: &dyn Fn(&Observed) -> bool| {
        let of: Vec<bool> = found.iter().filter(|(row, _)| wanted(row)).map(|(_, inside)| *inside).collect();
        (!of.is_empty()).then(|| of.iter().filter(|inside| **inside).count() as f64 / of.len() as f64)
    };
    Ok(Coverage {
        level: COVERAGE,
        all: share(&|_| true).unwrap_or(0.0),
        repeat_buyers: share(&|row| row.history.frequency > 0.0),
        one_time_buyers: share(&|row| row.history.frequency == 0.0),
        holdout_buyers: share(&|row| row.bought > 0.0),
        revenue: rows.iter().map(|row| row.spent).sum(),
        expected_revenue,
        fit_cpu_seconds,
    })
}

/// Gamma-gamma as note 025 fits it: repeat purchases only.
fn spend(log: &PurchaseLog, later_rows: &[f64], end: Day, until: Day) -> Result<Spend, ScienceError> {
    let mut rows: Vec<(f64, f64, Option<f64>)> = Vec::new();
    for (customer, later) in log.customers().zip(later_rows) {
        let Some(row) = science::purchase::log::observe(customer, end, until) else { continue };
        let first = customer.first().map_or(0.0, |(_, amount)| f64::from(*amount));
        if let Some((n, mean)) = row.repeat_orders(first).filter(|(_, mean)| *mean > 1e-6) {
            rows.push((n, mean, (*later > 0.0).then(|| row.spent / later)));
        }
    }
    let orders: Vec<(f64, f64)> = rows.iter().map(|(n, mean, _)| (*n, *mean)).collect();
    let (model, fit_cpu_seconds) = timed(|| GammaGamma::fit(&orders));
    let model = model?;
    let global = orders.iter().map(|(_, mean)| mean).sum::<f64>() / orders.len().max(1) as f64;
    let later: Vec<(f64, f64, f64)> =
        rows.iter().filter_map(|(n, mean, later)| Some((*n, *mean, (*later)?))).collect();
    let mae = |expect: &dyn Fn(f64, f64) -> f64| {
        let errors = later.iter().map(|(n, mean, later)| (expect(*n, *mean) - later).abs());
        errors.sum::<f64>() / later.len().max(1) as f64
    };
    Ok(Spend {
        parameters: parameters(&model),
        log_likelihood: model.log_likelihood,
        repeat_buyers: orders.len(),
        mae: mae(&|n, mean| model.expected(n, mean)),
        mae_of_own_mean: mae(&|_, mean| mean),
        mae_of_global_mean: mae(&|_, _| global),
        holdout_buyers: later.len(),
        fit_cpu_seconds,
    })
}
