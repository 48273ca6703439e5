//! `measure stages`: next-month stage models on a purchase file, under the published protocol.
//!
//! Goes in: a file and the last day of training. Snapshots are taken at every month end from the first one within
//! the data to the last complete month; a snapshot up to that day trains, later ones test. Purchases of a day are
//! merged, returns are left out. Comes out: log-loss, accuracy and calibration error of each candidate on the test
//! periods, and the one the backtest on the training periods chose. It never fits on a test period.

use crate::import_flags::ImportFlags;
use lake::Lake;
use lake::history::{CustomerSnapshots, PassOptions};
use miette::{IntoDiagnostic, WrapErr, miette};
use science::calibration::Quality;
use science::lifecycle::backtest::{self, CandidateScore};
use science::lifecycle::history::History;
use science::lifecycle::model::{Candidate, StageModel};
use science::lifecycle::rhythm::{Gaps, RuleFinding};
use science::lifecycle::table::{TrainingRow, TrainingTable};
use serde::Serialize;
use std::time::Instant;
use terms::stage::StageRule;
use terms::time::Day;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct StagesArgs {
    /// Purchases, CSV (also compressed) or Parquet.
    file: std::path::PathBuf,
    /// Last day on which a training period may begin, such as 1997-11-30.
    #[arg(long)]
    train_until: Day,
    /// Stage thresholds: 30, 60 and 120 days, or from the rhythm of the training purchases.
    #[arg(long, value_enum, default_value_t = RuleChoice::Standard)]
    rule: RuleChoice,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    import: ImportFlags,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RuleChoice {
    Standard,
    Brand,
}

#[derive(Debug, Serialize)]
struct Score {
    name: &'static str,
    log_loss: f64,
    accuracy: f64,
    ece: f64,
    brier: f64,
    /// Log-loss less that of the best model here, with its 95 % interval.
    behind: f64,
    behind_low: f64,
    behind_high: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    models: Vec<Score>,
    chosen: &'static str,
    chosen_by: Vec<Score>,
    two_periods: Vec<Score>,
    rule: StageRule,
    rule_evidence: Option<RuleFinding>,
    customers: usize,
    train_rows: usize,
    test_rows: usize,
    snapshots: Vec<String>,
    fit_seconds: f64,
}

/// Runs the comparison.
pub(crate) fn run(args: StagesArgs) -> miette::Result<()> {
    let folder = tempfile::tempdir().into_diagnostic().wrap_err("no folder for temporary files")?;
    let lake = Lake::open(folder.path()).into_diagnostic()?;
    let imported =
        lake::import::purchases(&lake, &args.file, &args.import.options(), &mut |_| ()).into_diagnostic()?;
    let (Some(first), Some(last)) = (imported.first_day, imported.last_day) else {
        return Err(miette!("`{}` has no purchase with a day", args.file.display()));
    };
    let days = month_ends(first, last);
    let mut customers = Vec::new();
    lake.snapshots(&days, &PassOptions::default(), |part| {
        customers.extend(part.into_iter().filter(|customer| !customer.purchase_days.is_empty()));
        Ok(())
    })
    .into_diagnostic()?;
    let evidence = match args.rule {
        RuleChoice::Standard => None,
        RuleChoice::Brand => Some(rhythm(&customers, args.train_until)),
    };
    let rule = evidence.map_or(StageRule::STANDARD, |found| found.rule());
    let table = table(&customers, &days, rule);
    let train = table.filtered(|day| day <= args.train_until);
    let test = table.filtered(|day| day > args.train_until);
    if train.rows.is_empty() || test.rows.is_empty() {
        return Err(miette!(
            "`{}` leaves nothing to train on or to test; choose a day between {first} and {last}",
            args.train_until
        ));
    }
    let started = Instant::now();
    let model = StageModel::fit(&train).into_diagnostic()?;
    let fit_seconds = started.elapsed().as_secs_f64();
    let report = Report {
        models: scores(&backtest::evaluate(&model, &test)),
        chosen: model.chosen().as_str(),
        chosen_by: scores(&model.backtest().scores),
        two_periods: two_periods(&model, &customers, &days, args.train_until),
        rule,
        rule_evidence: evidence,
        customers: customers.len(),
        train_rows: train.rows.len(),
        test_rows: test.rows.len(),
        snapshots: days.iter().map(Day::to_string).collect(),
        fit_seconds,
    };
    print(&report, args.json)
}

/// Every month end from the first month's to the last complete month's.
fn month_ends(first: Day, last: Day) -> Vec<Day> {
    let ends = std::iter::successors(Some(first.month_end()), |day| Some(day.plus(1).month_end()));
    ends.take_while(|day| *day <= last).collect()
}

/// Thresholds from purchases up to the last training day.
fn rhythm(customers: &[CustomerSnapshots], until: Day) -> RuleFinding {
    let mut gaps = Gaps::default();
    for customer in customers {
        let days: Vec<Day> =
            customer.purchase_days.iter().map(|p| p.day).filter(|day| *day <= until).collect();
        gaps.add_customer(&days, until);
    }
    gaps.derive_rule()
}

/// A customer's history at a snapshot, with returns left out of the spend.
fn history(customer: &CustomerSnapshots, at: usize, day: Day) -> Option<History> {
    let mut profile = customer.profiles.get(at)?.clone()?;
    profile.spend = customer.purchase_days.iter().filter(|p| p.day <= day).map(|p| p.amount).sum();
    Some(History::from(&profile))
}

fn table(customers: &[CustomerSnapshots], days: &[Day], rule: StageRule) -> TrainingTable {
    let mut table = TrainingTable::new(rule);
    for (at, (from, to)) in days.iter().zip(days.iter().skip(1)).enumerate() {
        for customer in customers {
            let (Some(before), Some(after)) = (history(customer, at, *from), history(customer, at + 1, *to))
            else {
                continue;
            };
            table.rows.push(TrainingRow {
                customer: 0,
                snapshot: *from,
                days: to.0 - from.0,
                stage: before.stage(&rule),
                next: after.stage(&rule),
                purchases: (after.frequency - before.frequency) as u32,
                history: before,
            });
        }
    }
    table
}

/// Quality of the stage two periods ahead, for test periods that have another one after them.
fn two_periods(model: &StageModel, customers: &[CustomerSnapshots], days: &[Day], until: Day) -> Vec<Score> {
    let rule = model.rule();
    let mut rows: Vec<(History, [i32; 2])> = Vec::new();
    let mut outcomes = Vec::new();
    let mut periods = 0;
    let triples = days.iter().zip(days.iter().skip(1)).zip(days.iter().skip(2)).enumerate();
    for (at, ((from, middle), to)) in triples.filter(|(_, ((from, _), _))| **from > until) {
        periods += 1;
        for customer in customers {
            let (Some(before), Some(after)) = (history(customer, at, *from), history(customer, at + 2, *to))
            else {
                continue;
            };
            rows.push((before, [middle.0 - from.0, to.0 - middle.0]));
            outcomes.push(after.stage(rule).index());
        }
    }
    let predict = |name: Candidate| {
        rows.iter().map(|(history, lengths)| model.predict_two_as(name, history, *lengths).stages).collect()
    };
    let predicted: Vec<backtest::Rows> = Candidate::ALL.into_iter().map(predict).collect();
    scores(&backtest::scores(&predicted, &outcomes, periods))
}

fn scores(of: &[CandidateScore]) -> Vec<Score> {
    of.iter()
        .map(|CandidateScore { name, quality: Quality { log_loss, accuracy, ece, brier, .. }, behind }| {
            Score {
                name: name.as_str(),
                behind: behind.value,
                behind_low: behind.interval.low,
                behind_high: behind.interval.high,
                log_loss: *log_loss,
                accuracy: *accuracy,
                ece: *ece,
                brier: *brier,
            }
        })
        .collect()
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn print(report: &Report, json: bool) -> miette::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report).into_diagnostic()?);
        return Ok(());
    }
    println!(
        "{} customers, {} training rows, {} test rows",
        report.customers, report.train_rows, report.test_rows
    );
    println!(
        "new {} at risk {} churned {} days",
        report.rule.new_days, report.rule.at_risk_days, report.rule.churned_days
    );
    for (title, scores) in [
        ("next period", &report.models),
        ("two periods ahead", &report.two_periods),
        ("backtest", &report.chosen_by),
    ] {
        println!("{title:<20} log-loss  accuracy     ece   behind the best (95 %)");
        for score in scores {
            println!(
                "  {:<18} {:>8.4}  {:>8.4}  {:>6.4}   {:.4} to {:.4}",
                score.name, score.log_loss, score.accuracy, score.ece, score.behind_low, score.behind_high
            );
        }
    }
    println!("chosen: {} (fitted and backtested in {:.1} s)", report.chosen, report.fit_seconds);
    Ok(())
}
