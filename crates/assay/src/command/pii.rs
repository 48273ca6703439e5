//! `measure guard pii`: how well personal data are found in annotated texts, and how fast; and the training of the
//! taggers that are shipped.

use crate::personal::{
    Document, PiiFigures, Recipe, Worst, figures, find_in_folds, folds_of, hash_of, read_documents,
    train_tagger, worst,
};
use crate::speed::cpu_seconds;
use guard::personal::{Personal, Tagger, find_with, shipped_taggers};
use miette::{IntoDiagnostic, WrapErr, miette};
use serde::Serialize;
use std::path::PathBuf;

/// Folds whose errors may be read while features and lexicon are made; the others are set aside.
const READ_FOLDS: usize = 3;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct PiiArgs {
    #[command(subcommand)]
    command: Option<PiiCommand>,
    /// A JSON list with `full_text` and `spans`, perhaps gzipped, or a folder with BRAT files.
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// Which shipped tagger: `en` or `es`. By default the one whose words the texts have.
    #[arg(long)]
    language: Option<String>,
    /// Train a tagger on these texts and measure that one.
    #[arg(long)]
    train: Option<PathBuf>,
    /// Train and measure in this many folds by template or document. By default 5 when the shipped tagger was trained
    /// on this very file.
    #[arg(long)]
    folds: Option<usize>,
    #[command(flatten)]
    recipe: Recipe,
    /// Print that many of the texts read worst.
    #[arg(long, default_value_t = 0)]
    worst: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum PiiCommand {
    /// Train a tagger.
    Train(TrainArgs),
}

#[derive(Debug, clap::Args)]
struct TrainArgs {
    /// Annotated texts.
    file: PathBuf,
    /// `en` or `es`.
    #[arg(long)]
    language: String,
    #[command(flatten)]
    recipe: Recipe,
    /// The file to write, such as `crates/guard/cues/names.en.tagger`.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Serialize)]
struct Report {
    /// What was measured: `shipped`, `trained on another file`, `folds`.
    model: &'static str,
    /// The shipped tagger was trained on this very file, so that it was not measured on it.
    seen: bool,
    folds: usize,
    #[serde(flatten)]
    figures: PiiFigures,
    /// The same for the folds whose errors nobody has read.
    aside: Option<PiiFigures>,
    speed: Speed,
    worst: Vec<Worst>,
}

/// Everything found in every text, by the model that is shipped or was trained last.
#[derive(Serialize)]
struct Speed {
    kilobytes: f64,
    cpu_seconds: f64,
    kilobytes_per_cpu_second: f64,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &PiiArgs) -> miette::Result<()> {
    if let Some(PiiCommand::Train(arguments)) = &arguments.command {
        return train(arguments);
    }
    let Some(file) = &arguments.file else { return Err(miette!("name a file with annotated texts")) };
    if !arguments.recipe.buckets.is_power_of_two() {
        return Err(miette!("`--buckets` is a power of 2, such as 16384"));
    }
    let documents = read_documents(file)?;
    let language = match &arguments.language {
        Some(language) => language.clone(),
        None => language_of(&documents).to_owned(),
    };
    let [english, spanish] = shipped_taggers();
    let shipped = match language.as_str() {
        "en" => english,
        "es" => spanish,
        other => return Err(miette!("there are taggers for `en` and `es`, not for `{other}`")),
    };
    let shipped = Tagger::read(shipped).into_diagnostic()?;
    let seen = shipped.origin.source == hash_of(&documents);
    let folds = arguments.folds.unwrap_or(if seen && arguments.train.is_none() { 5 } else { 0 });
    let trained;
    let (model, tagger) = if let Some(path) = &arguments.train {
        let others = read_documents(path)?;
        trained = train_tagger(&others.iter().collect::<Vec<_>>(), &language, arguments.recipe);
        ("trained on another file", Tagger::read(&trained).into_diagnostic()?)
    } else {
        (if folds > 1 { "folds" } else { "shipped" }, shipped)
    };
    let (found, speed) = timed(&documents, &tagger);
    let fold_of = folds_of(&documents, folds);
    let found =
        if folds > 1 { find_in_folds(&documents, &fold_of, &language, arguments.recipe)? } else { found };
    // Features and lexicon were made with an eye on the errors of the first folds only.
    let part = |aside: bool| -> (Vec<Document>, Vec<Vec<Personal>>) {
        let of_part =
            documents.iter().zip(&found).zip(&fold_of).filter(|(_, fold)| (**fold >= READ_FOLDS) == aside);
        of_part.map(|((document, found), _)| (document.clone(), found.clone())).unzip()
    };
    let (aside, (read, read_found)) = (part(true), part(false));
    let report = Report {
        model,
        seen,
        folds: if folds > 1 { folds } else { 0 },
        figures: figures(&documents, &found),
        aside: (!aside.0.is_empty()).then(|| figures(&aside.0, &aside.1)),
        speed,
        worst: worst(&read, &read_found, arguments.worst),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&report).into_diagnostic()?);
    } else {
        say(&report);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn train(arguments: &TrainArgs) -> miette::Result<()> {
    if !arguments.recipe.buckets.is_power_of_two() {
        return Err(miette!("`--buckets` is a power of 2, such as 16384"));
    }
    let documents = read_documents(&arguments.file)?;
    let bytes = train_tagger(&documents.iter().collect::<Vec<_>>(), &arguments.language, arguments.recipe);
    std::fs::write(&arguments.out, &bytes)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}`", arguments.out.display()))?;
    println!("{} texts, {} bytes, `{}`", documents.len(), bytes.len(), arguments.out.display());
    Ok(())
}

/// Runs over every text four times; the time is the middle of the last three.
fn timed(documents: &[Document], tagger: &Tagger) -> (Vec<Vec<Personal>>, Speed) {
    let find = || -> Vec<Vec<Personal>> {
        documents.iter().map(|document| find_with(Some(tagger), &document.text)).collect()
    };
    // The first round builds patterns and lexicon.
    let found = find();
    let kilobytes = documents.iter().map(|document| document.text.len()).sum::<usize>() as f64 / 1000.0;
    let mut rounds: Vec<f64> = (0..3)
        .map(|_| {
            let begin = cpu_seconds();
            let again = find();
            let spent = cpu_seconds() - begin;
            // What was found is used, so that finding it is not left out.
            if again.len() == found.len() { spent } else { f64::NAN }
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    let seconds = rounds.get(1).copied().unwrap_or(f64::NAN);
    let speed =
        Speed { kilobytes, cpu_seconds: seconds, kilobytes_per_cpu_second: kilobytes / seconds.max(1e-9) };
    (found, speed)
}

/// Spanish when "de" and "la" are more frequent than "the" and "of".
fn language_of(documents: &[Document]) -> &'static str {
    let mut balance = 0i64;
    for word in documents.iter().flat_map(|document| document.text.split_whitespace()) {
        balance += i64::from(matches!(word, "the" | "of" | "is" | "The"));
        balance -= i64::from(matches!(word, "de" | "la" | "el" | "La" | "El"));
    }
    if balance < 0 { "es" } else { "en" }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn say(report: &Report) {
    let figures = &report.figures;
    let how = match (report.model, report.folds) {
        ("folds", folds) => format!("{folds} folds by template or document"),
        (model, _) => format!("tagger: {model}"),
    };
    println!("{} texts, {} groups, {how}", figures.texts, figures.groups);
    let line = |name: &str, value: f64, [low, high]: [f64; 2]| {
        println!("  {name:<10} {value:.4} [{low:.4}, {high:.4}]")
    };
    println!("any type, IoU .7, as published for Presidio:");
    line("F2", figures.f2, figures.f2_interval);
    line("precision", figures.precision, figures.precision_interval);
    line("recall", figures.recall, figures.recall_interval);
    if let Some(aside) = &report.aside {
        println!("the folds whose errors nobody has read, {} texts of {} groups:", aside.texts, aside.groups);
        line("F2", aside.f2, aside.f2_interval);
    }
    let typed = figures.typed;
    println!("type right as well: P {:.4} R {:.4} F2 {:.4}", typed.precision, typed.recall, typed.f2);
    println!("bounds and label exact: P {:.4} R {:.4}", figures.strict.precision, figures.strict.recall);
    line("F1", figures.strict.f1, figures.strict_f1_interval);
    for (name, figures) in &figures.types {
        println!(
            "  {name:<18} P {:.3} R {:.3} F2 {:.3}  marked {} found {} right {}",
            figures.precision, figures.recall, figures.f2, figures.marked, figures.found, figures.right
        );
    }
    let speed = &report.speed;
    println!(
        "{:.0} KB in {:.3} CPU seconds, {:.0} KB each",
        speed.kilobytes, speed.cpu_seconds, speed.kilobytes_per_cpu_second
    );
    for worst in &report.worst {
        println!("--- {}\n    missed {:?}\n    invented {:?}", worst.text, worst.missed, worst.invented);
    }
}
