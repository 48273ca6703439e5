//! What `measure repeat-purchase` reports, and how it reads on a terminal.
//!
//! Goes in: a filled [`Report`]. Comes out: one JSON object or a table. It computes nothing.

use miette::IntoDiagnostic;
use serde::Serialize;
use serde_json::{Map, Value};
use terms::estimate::Interval;

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) log_likelihood: Option<f64>,
    pub(crate) mae: f64,
    pub(crate) mae_interval: Interval,
    pub(crate) rmse: f64,
    pub(crate) rmse_interval: Interval,
    pub(crate) aggregate_error: f64,
    pub(crate) aggregate_error_interval: Interval,
    pub(crate) auc: f64,
    pub(crate) auc_interval: Interval,
    pub(crate) fit_cpu_seconds: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Coverage {
    pub(crate) level: f64,
    /// Share of all customers whose holdout revenue lay in their interval.
    pub(crate) all: f64,
    /// The same among those with a repeat purchase in calibration.
    pub(crate) repeat_buyers: Option<f64>,
    /// The same among those who bought once in calibration.
    pub(crate) one_time_buyers: Option<f64>,
    /// The same among those who bought in the holdout.
    pub(crate) holdout_buyers: Option<f64>,
    /// Holdout revenue of all, and what was expected.
    pub(crate) revenue: f64,
    pub(crate) expected_revenue: f64,
    pub(crate) fit_cpu_seconds: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Spend {
    pub(crate) parameters: Map<String, Value>,
    pub(crate) log_likelihood: f64,
    pub(crate) repeat_buyers: usize,
    /// Mean absolute error of the mean amount of a purchase row in the holdout, among repeat buyers who bought again.
    /// The models know purchase days; rows are what the peers are held against.
    pub(crate) mae: f64,
    pub(crate) mae_of_own_mean: f64,
    pub(crate) mae_of_global_mean: f64,
    pub(crate) holdout_buyers: usize,
    pub(crate) fit_cpu_seconds: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) models: Vec<Row>,
    pub(crate) chosen: &'static str,
    pub(crate) customers: usize,
    pub(crate) holdout_purchases: f64,
    pub(crate) horizon_days: i32,
    pub(crate) weights: Map<String, Value>,
    pub(crate) regression_share: f64,
    pub(crate) total_factor: f64,
    pub(crate) total_factor_ln_deviation: f64,
    pub(crate) backtest_origins: u32,
    pub(crate) notes: Vec<&'static str>,
    pub(crate) value_interval: Option<Coverage>,
    pub(crate) spend: Option<Spend>,
    /// What could not be fitted, and why.
    pub(crate) missing: Vec<String>,
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
/// Prints a table, or one JSON object.
pub(crate) fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} customers, {} purchase days in the {} days of the holdout",
        report.customers, report.holdout_purchases, report.horizon_days
    );
    println!(
        "model                 MAE (95 % interval)         RMSE   total (95 % interval)      AUC (95 % interval)      CPU s  log-likelihood"
    );
    for row in &report.models {
        let likelihood = row.log_likelihood.map_or(String::new(), |l| format!("{l:.3}"));
        println!(
            "{:<18} {:>7.4} ({:.4} to {:.4}) {:>8.4}  {:>+6.1} % ({:+.1} to {:+.1})  {:.4} ({:.4} to {:.4})  {:>6.3}  {}",
            row.name,
            row.mae,
            row.mae_interval.low,
            row.mae_interval.high,
            row.rmse,
            100.0 * row.aggregate_error,
            100.0 * row.aggregate_error_interval.low,
            100.0 * row.aggregate_error_interval.high,
            row.auc,
            row.auc_interval.low,
            row.auc_interval.high,
            row.fit_cpu_seconds,
            likelihood
        );
    }
    for row in report.models.iter().filter(|row| !row.parameters.is_empty()) {
        println!("  {}: {}", row.name, Value::Object(row.parameters.clone()));
    }
    println!(
        "chosen: {}; weights {}, regression {:.2}, total times {:.3} (ln sd {:.3}), {} origins",
        report.chosen,
        Value::Object(report.weights.clone()),
        report.regression_share,
        report.total_factor,
        report.total_factor_ln_deviation,
        report.backtest_origins
    );
    let percent = |share: Option<f64>| share.map_or("-".to_owned(), |s| format!("{:.1} %", 100.0 * s));
    if let Some(c) = &report.value_interval {
        println!(
            "value: {:.0} % intervals cover {} of all, {} of repeat buyers, {} of one-time buyers, {} of who bought; \
             revenue {:.0}, expected {:.0}; fitted in {:.2} CPU s",
            100.0 * c.level,
            percent(Some(c.all)),
            percent(c.repeat_buyers),
            percent(c.one_time_buyers),
            percent(c.holdout_buyers),
            c.revenue,
            c.expected_revenue,
            c.fit_cpu_seconds
        );
    }
    if let Some(s) = &report.spend {
        println!(
            "gamma-gamma: {} repeat buyers, {} log-likelihood {:.3}; spend MAE {:.3} of {} (own mean {:.3}, global {:.3}); {:.3} CPU s",
            s.repeat_buyers,
            Value::Object(s.parameters.clone()),
            s.log_likelihood,
            s.mae,
            s.holdout_buyers,
            s.mae_of_own_mean,
            s.mae_of_global_mean,
            s.fit_cpu_seconds
        );
    }
    report.notes.iter().for_each(|note| println!("note: {note}"));
    report.missing.iter().for_each(|what| println!("missing: {what}"));
    Ok(())
}
