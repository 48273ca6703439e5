//! `measure guard mutations`: one thing changed in a supported text; how often it is noticed.

use super::{DAY, print_json};
use crate::cues::Share;
use crate::desk::Desk;
use crate::mutations::mutate;

#[derive(Debug, clap::Args)]
pub struct MutationsArgs {
    /// Seed of the texts.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Texts to write and change, both languages together.
    #[arg(long, default_value_t = 4_000)]
    n: usize,
    /// Day on which the texts would leave.
    #[arg(long, default_value = DAY)]
    on: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &MutationsArgs) -> miette::Result<()> {
    let figures = mutate(arguments.seed, arguments.n, &Desk::at(&arguments.on)?);
    if arguments.json {
        return print_json(&figures);
    }
    for wrong in &figures.wrong {
        println!("{}\n    {}", wrong.what, wrong.text);
    }
    for group in &figures.groups {
        println!(
            "{:<28} recall {}   unchanged passed {}",
            group.name,
            said(group.recall),
            said(group.passed)
        );
    }
    println!(
        "{} texts, seed {}: recall {}, precision {}, unchanged passed {}",
        figures.texts,
        figures.seed,
        said(figures.recall),
        said(figures.precision),
        said(figures.passed)
    );
    Ok(())
}

fn said(share: Share) -> String {
    let [low, high] = share.interval;
    if share.n == 0 {
        return "-".to_owned();
    }
    format!("{:.4} ({} of {}) [{low:.4}, {high:.4}]", share.hits as f64 / share.n as f64, share.hits, share.n)
}
