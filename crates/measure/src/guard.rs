//! `measure guard`: what the content guard finds, on any data.
//!
//! Goes in: a corpus of the guard, or snippets of web pages. Comes out: figures with intervals, and from `cues train`
//! the files that are shipped with the guard. It compares nothing with a built-in expectation.

use clap::Subcommand;
use guard::cues::CueModel;
use measure::cues::{
    DarkFigures, RuleFigures, SEED, SHIPPED_DARK, SNIPPETS_SEED, Share, cross_validate, read_snippets, test,
    train_dark, train_rules,
};
use miette::{IntoDiagnostic, WrapErr};
use serde::Serialize;
use std::path::PathBuf;

/// Figures on the content guard.
#[derive(Debug, clap::Args)]
pub(crate) struct GuardArgs {
    #[command(subcommand)]
    command: GuardCommand,
}

#[derive(Debug, Subcommand)]
enum GuardCommand {
    /// Learned cues.
    #[command(subcommand)]
    Cues(CuesCommand),
    /// Tell dark patterns from other snippets: folds by page, or the shipped model on a file.
    DarkPatterns(DarkArgs),
}

#[derive(Debug, Subcommand)]
enum CuesCommand {
    /// Train the files of cues again, and print figures from cross-validation on the training part.
    Train(TrainArgs),
}

#[derive(Debug, clap::Args)]
struct TrainArgs {
    /// Folder with `en.tsv` and `es.tsv`.
    #[arg(long, default_value = "crates/guard/corpus")]
    corpus: PathBuf,
    /// Snippets with `page_id`, `text` and `label`, to train the model of dark patterns as well.
    #[arg(long)]
    snippets: Option<PathBuf>,
    /// Folder to write `en.cues`, `es.cues` and, with snippets, `dark.cues` into.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Seed of the folds.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct DarkArgs {
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

#[derive(Serialize)]
struct Trained {
    rules: Vec<RuleFigures>,
    dark: Option<DarkFigures>,
}

pub(crate) fn run(arguments: &GuardArgs) -> miette::Result<()> {
    match &arguments.command {
        GuardCommand::Cues(CuesCommand::Train(arguments)) => train(arguments),
        GuardCommand::DarkPatterns(arguments) => dark_patterns(arguments),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn train(arguments: &TrainArgs) -> miette::Result<()> {
    let write = |name: &str, bytes: &[u8]| -> miette::Result<()> {
        let Some(folder) = &arguments.out else { return Ok(()) };
        let path = folder.join(name);
        std::fs::write(&path, bytes).into_diagnostic().wrap_err_with(|| format!("`{}`", path.display()))
    };
    let mut trained = Trained { rules: Vec::new(), dark: None };
    for language in ["en", "es"] {
        let path = arguments.corpus.join(format!("{language}.tsv"));
        let corpus = std::fs::read_to_string(&path)
            .into_diagnostic()
            .wrap_err_with(|| format!("`{}`", path.display()))?;
        let (bytes, figures) = train_rules(language, &corpus, arguments.seed)?;
        write(&format!("{language}.cues"), &bytes)?;
        trained.rules.push(figures);
    }
    if let Some(path) = &arguments.snippets {
        let (items, source) = read_snippets(path)?;
        write("dark.cues", &train_dark(&items, source, arguments.seed))?;
        trained.dark = Some(cross_validate(&items, arguments.seed)?);
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&trained).into_diagnostic()?);
        return Ok(());
    }
    for figures in &trained.rules {
        println!("{}: {} folds by family, training part", figures.language, figures.folds);
        for label in &figures.labels {
            let (area, [low, high]) = label.auc.unwrap_or((f64::NAN, [0.0, 1.0]));
            println!(
                "  {:<3} AUC {area:.3} [{low:.3}, {high:.3}]  found {}  honest shown {}  from {:.2}",
                label.label,
                said(label.found),
                said(label.honest_shown),
                label.threshold
            );
        }
        println!("  any found {}  honest shown {}", said(figures.found), said(figures.honest_shown));
    }
    if let Some(figures) = &trained.dark {
        say_dark(figures);
    }
    Ok(())
}

fn said(share: Share) -> String {
    let [low, high] = share.interval;
    format!("{} of {} [{low:.3}, {high:.3}]", share.hits, share.n)
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn say_dark(figures: &DarkFigures) {
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
fn dark_patterns(arguments: &DarkArgs) -> miette::Result<()> {
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
        say_dark(&figures);
    }
    Ok(())
}
