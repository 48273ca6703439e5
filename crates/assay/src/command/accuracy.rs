//! `measure guard accuracy`: errors of machine-written reports, found by holding them against their records.

use crate::accuracy::{AccuracyFigures, Unmatched, accuracy_figures, check_game, read_games, unmatched};
use miette::IntoDiagnostic;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct AccuracyArgs {
    /// Folder with `shared_task.jsonl`, `gsml.csv` and `texts`.
    folder: PathBuf,
    /// Print that many errors missed or doubts that were wrong.
    #[arg(long, default_value_t = 0)]
    worst: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    figures: AccuracyFigures,
    worst: Vec<Unmatched>,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &AccuracyArgs) -> miette::Result<()> {
    let games = read_games(&arguments.folder)?;
    let doubted: Vec<_> = games.iter().map(check_game).collect();
    let report = Report {
        figures: accuracy_figures(&games, &doubted),
        worst: unmatched(&games, &doubted, arguments.worst),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
        return Ok(());
    }
    let figures = &report.figures;
    println!("{} errors in {} reports", figures.errors, figures.texts);
    let line = |name: &str, value: f64, [low, high]: [f64; 2]| {
        println!("  {name:<10} {value:.4} [{low:.4}, {high:.4}]")
    };
    line("recall", figures.recall, figures.recall_interval);
    line("precision", figures.precision, figures.precision_interval);
    line("F1", figures.f1, figures.f1_interval);
    for (kind, share) in &figures.recall_by_kind {
        println!("  found of {kind:<14} {} of {}, {:.3}", share.hits, share.all, share.share);
    }
    for (doubt, share) in &figures.precision_by_doubt {
        println!("  right of {doubt:<14} {} of {}, {:.3}", share.hits, share.all, share.share);
    }
    for one in &report.worst {
        println!("--- {} {} {}: {}", one.id, one.what, one.kind, one.words);
    }
    Ok(())
}
