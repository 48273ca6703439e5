//! `measure guard dark-patterns`: the model of dark patterns in folds by page, or the shipped one on a file.

use crate::cues::{DarkFigures, SHIPPED_DARK, SNIPPETS_SEED, cross_validate, read_snippets, test};
use guard::cues::CueModel;
use miette::IntoDiagnostic;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct DarkArgs {
    /// CSV or TSV, perhaps gzipped, with `page_id`, `text` and `label`. Not needed with `--test`.
    #[arg(required_unless_present = "test")]
    file: Option<PathBuf>,
    /// Measure the shipped model on this file instead.
    #[arg(long)]
    test: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn say(figures: &DarkFigures) {
    let ([low, high], [worst, best]) = (figures.accuracy_interval, figures.auc_interval);
    println!(
        "dark patterns: accuracy {:.4} [{low:.4}, {high:.4}], AUC {:.4} [{worst:.4}, {best:.4}], F1 {:.4}; {} snippets of {} pages, {}",
        figures.accuracy,
        figures.auc,
        figures.f1,
        figures.n,
        figures.pages,
        if figures.seen {
            "the shipped model on the file it was trained on, which says nothing of others".to_owned()
        } else if figures.folds == 0 {
            "the shipped model".to_owned()
        } else {
            format!("{} folds by page", figures.folds)
        }
    );
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &DarkArgs) -> miette::Result<()> {
    let figures = match (&arguments.test, &arguments.file) {
        (Some(path), _) => {
            let (items, source) = read_snippets(path)?;
            test(&CueModel::read(SHIPPED_DARK).into_diagnostic()?, &items, source)?
        }
        (None, Some(path)) => cross_validate(&read_snippets(path)?.0, SNIPPETS_SEED)?,
        (None, None) => return Err(miette::miette!("name a file, or one to test with `--test`")),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&figures).into_diagnostic()?);
    } else {
        say(&figures);
    }
    Ok(())
}
