//! `measure guard honest`: how often honest copy is blocked or shown, and dishonest copy is not.

use super::{DAY, open, print_json};
use crate::cues::{Part, Share};
use crate::desk::Desk;
use crate::honest::{HonestFigures, measure};
use std::path::PathBuf;
use terms::customer::Language;

#[derive(Debug, clap::Args)]
pub struct HonestArgs {
    /// Folder with `en.tsv` and `es.tsv`.
    #[arg(long, default_value = "crates/guard/corpus")]
    corpus: PathBuf,
    /// Part of the corpus: `train`, `dev` or `held`. What went wrong is printed, of `held` it is only counted.
    #[arg(long, value_enum, default_value_t = Part::Held)]
    part: Part,
    /// Seed of the mails.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Mails with facts, a language.
    #[arg(long, default_value_t = 1_000)]
    mails: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &HonestArgs) -> miette::Result<()> {
    let desk = Desk::at(DAY)?;
    let mut figures: Vec<HonestFigures> = Vec::new();
    for (language, file) in [(Language::English, "en.tsv"), (Language::Spanish, "es.tsv")] {
        let corpus = open(&arguments.corpus.join(file))?;
        let mails = (arguments.seed, arguments.mails);
        figures.push(measure(language, &corpus, arguments.part, mails, &desk)?);
    }
    if arguments.json {
        return print_json(&figures);
    }
    for figures in &figures {
        let language = figures.language;
        for (what, text) in &figures.wronged {
            println!("{language} wronged {what}: {text}");
        }
        for (label, text) in &figures.missed {
            println!("{language} missed {label}: {text}");
        }
        for rule in &figures.by_rule {
            let confusion: Vec<String> = rule.confusion.iter().map(|(by, n)| format!("{by} {n}")).collect();
            println!(
                "{language} {:<4} blocked {}, shown {}, by the rule itself {}; {}",
                rule.rule,
                said(rule.treated.blocked),
                said(rule.treated.reviewed),
                said(rule.by_itself),
                confusion.join(", ")
            );
        }
        for (what, treated) in [
            ("honest sentences, no facts, rules but F", figures.sentences),
            ("honest sentences, no facts, all rules", figures.sentences_all_rules),
            ("honest mails with their facts, all rules", figures.mails),
            ("dishonest sentences, rules but F", figures.dishonest),
        ] {
            println!(
                "{language} {:?} {what}: blocked {}, shown {}",
                figures.part,
                said(treated.blocked),
                said(treated.reviewed)
            );
        }
    }
    Ok(())
}

fn said(share: Share) -> String {
    let [low, high] = share.interval;
    format!(
        "{:.3} ({} of {}) [{low:.3}, {high:.3}]",
        share.hits as f64 / share.n.max(1) as f64,
        share.hits,
        share.n
    )
}
