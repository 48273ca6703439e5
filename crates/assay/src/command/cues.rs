//! `measure guard cues train`: files of cues from a corpus, with figures from cross-validation.

use super::dark::say as say_dark;
use crate::cues::{
    DarkFigures, RuleFigures, SEED, Share, cross_validate, read_snippets, train_dark, train_rules,
};
use clap::Subcommand;
use miette::{IntoDiagnostic, WrapErr};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum CuesCommand {
    /// Train the files of cues again, and print figures from cross-validation on the training part.
    Train(TrainArgs),
}

#[derive(Debug, clap::Args)]
pub struct TrainArgs {
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

#[derive(Serialize)]
struct Trained {
    rules: Vec<RuleFigures>,
    dark: Option<DarkFigures>,
}

pub(super) fn run(command: &CuesCommand) -> miette::Result<()> {
    match command {
        CuesCommand::Train(arguments) => train(arguments),
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
