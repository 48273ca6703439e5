//! `measure guard claims`: statements that no fact supports, in folds by source or by the shipped model; and its training.

use crate::claims::{
    ClaimFigures, Misread, Reading, Response, SHIPPED_CLAIMS, claim_figures, cross_validate_claims,
    hash_of_responses, misread, read_responses, read_with, train_claims,
};
use guard::cues::unsupported::UnsupportedModel;
use miette::{IntoDiagnostic, WrapErr, miette};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct ClaimsArgs {
    /// JSON lines with `source_id`, `source` and `responses`, perhaps gzipped. Not needed with `--test`.
    #[arg(required_unless_present = "test")]
    file: Option<PathBuf>,
    /// Measure the shipped model on this file instead.
    #[arg(long)]
    test: Option<PathBuf>,
    /// Train the model on the file and write it here; `crates/guard/cues/unsupported.cues` is the shipped one.
    #[arg(long, conflicts_with = "test")]
    train: Option<PathBuf>,
    /// Folds by source.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Print that many of the texts misread most surely.
    #[arg(long, default_value_t = 0)]
    worst: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    /// Folds by source; 0 when the shipped model was measured.
    folds: usize,
    /// The shipped model was trained on this very file, which says nothing of others.
    seen: bool,
    #[serde(flatten)]
    figures: ClaimFigures,
    worst: Vec<Misread>,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &ClaimsArgs) -> miette::Result<()> {
    if let (Some(out), Some(file)) = (&arguments.train, &arguments.file) {
        let bytes = train_claims(&read_responses(file)?);
        std::fs::write(out, &bytes).into_diagnostic().wrap_err_with(|| format!("`{}`", out.display()))?;
        println!("{} bytes, `{}`", bytes.len(), out.display());
        return Ok(());
    }
    let (responses, readings, folds, seen): (Vec<Response>, Vec<Reading>, usize, bool) =
        match (&arguments.test, &arguments.file) {
            (Some(path), _) => {
                let responses = read_responses(path)?;
                let model = UnsupportedModel::read(SHIPPED_CLAIMS).into_diagnostic()?;
                let seen = model.origin.source == hash_of_responses(&responses);
                let readings = read_with(&model, &responses);
                (responses, readings, 0, seen)
            }
            (None, Some(path)) if arguments.folds > 1 => {
                let responses = read_responses(path)?;
                let readings = cross_validate_claims(&responses, arguments.folds)?;
                (responses, readings, arguments.folds, false)
            }
            _ => return Err(miette!("name a file and two folds or more, or a file to test with `--test`")),
        };
    let report = Report {
        folds,
        seen,
        figures: claim_figures(&responses, &readings),
        worst: misread(&responses, &readings, arguments.worst),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
    } else {
        say(&report);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn say(report: &Report) {
    let figures = &report.figures;
    let how = match (report.seen, report.folds) {
        (true, _) => {
            "the shipped model on the file it was trained on, which says nothing of others".to_owned()
        }
        (false, 0) => "the shipped model".to_owned(),
        (false, folds) => format!("{folds} folds by source"),
    };
    println!("{} texts from {} sources, {how}", figures.texts, figures.sources);
    let line = |name: &str, value: f64, [low, high]: [f64; 2]| {
        println!("  {name:<18} {value:.4} [{low:.4}, {high:.4}]")
    };
    line("F1", figures.f1, figures.f1_interval);
    println!(
        "    precision {:.4}, recall {:.4}; saying so of every text: F1 {:.4}",
        figures.precision, figures.recall, figures.flag_all_f1
    );
    line("AUC", figures.auc, figures.auc_interval);
    line("AUC within writer", figures.within_writer_auc, figures.within_writer_interval);
    line("span F1", figures.span_f1, figures.span_f1_interval);
    println!("    precision {:.4}, recall {:.4}", figures.span_precision, figures.span_recall);
    for (name, writer) in &figures.writers {
        let area = writer.auc.map_or_else(|| "none".to_owned(), |area| format!("{area:.3}"));
        println!("  {name:<22} AUC {area}, {} of {} marked", writer.marked, writer.texts);
    }
    for (kind, recall) in &figures.recall_by_kind {
        println!("  {kind:<28} {recall:.3} of the marked bytes shown");
    }
    for misread in &report.worst {
        println!(
            "--- {} {:.2}\n    marked {:?}\n    shown {:?}",
            misread.writer, misread.score, misread.marked, misread.shown
        );
    }
}
