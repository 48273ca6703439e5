//! `measure guard cues train`: files of cues from a corpus, with figures from cross-validation.

use super::dark::say as say_dark;
use crate::cues::{
    DarkFigures, SEED, Share, WhetherFigures, cross_validate, read_snippets, train_dark, train_orders,
    train_rules,
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
    /// Folder with `en.tsv`, `es.tsv`, `fields.en.tsv` and `fields.es.tsv`.
    #[arg(long, default_value = "crates/guard/corpus")]
    corpus: PathBuf,
    /// Snippets with `page_id`, `text` and `label`, to train the model of dark patterns as well.
    #[arg(long)]
    snippets: Option<PathBuf>,
    /// Folder to write `en.cues`, `en.families.cues`, `en.orders.cues`, the same of `es` and, with snippets, `dark.cues` into.
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
    rules: Vec<WhetherFigures>,
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
        let [corpus, fields] = [format!("{language}.tsv"), format!("fields.{language}.tsv")]
            .map(|file| arguments.corpus.join(file));
        let (corpus, fields) = (super::open(&corpus)?, super::open(&fields)?);
        let ([any, families], figures) = train_rules(language, &corpus, arguments.seed)?;
        write(&format!("{language}.cues"), &any)?;
        write(&format!("{language}.families.cues"), &families)?;
        let (orders, order_figures) = train_orders(language, &fields, &corpus, arguments.seed)?;
        write(&format!("{language}.orders.cues"), &orders)?;
        trained.rules.extend([figures, order_figures]);
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
        println!("{} {}: {} folds by family, training part", figures.language, figures.label, figures.folds);
        let (area, [low, high]) = figures.auc.unwrap_or((f64::NAN, [0.0, 1.0]));
        for (rule, share) in &figures.found_by_rule {
            println!("  {rule:<3} found {}", said(*share));
        }
        println!(
            "  AUC {area:.3} [{low:.3}, {high:.3}]  found {}  honest shown {}  from {:.2}",
            said(figures.found),
            said(figures.honest_shown),
            figures.threshold
        );
        if let Some(right) = figures.family_right {
            println!("  family said rightly {}", said(right));
        }
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
