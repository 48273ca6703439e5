//! `measure guard speed`: microseconds for a message of 150 words, in both languages and with two sizes of fact sheet.

use super::{DAY, print_json};
use crate::desk::Desk;
use crate::speed::{SpeedFigures, time};
use terms::customer::Language;

#[derive(Debug, clap::Args)]
pub struct SpeedArgs {
    /// Seed of the messages.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Different messages.
    #[arg(long, default_value_t = 500)]
    messages: usize,
    /// Times each is checked.
    #[arg(long, default_value_t = 10)]
    rounds: usize,
    /// Facts of the larger sheet.
    #[arg(long, default_value_t = 300)]
    facts: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &SpeedArgs) -> miette::Result<()> {
    let desk = Desk::at(DAY)?;
    let mut figures: Vec<SpeedFigures> = Vec::new();
    for more in [0, arguments.facts] {
        for language in [Language::English, Language::Spanish] {
            figures.push(time(arguments.seed, arguments.messages, arguments.rounds, more, language, &desk));
        }
    }
    if arguments.json {
        return print_json(&figures);
    }
    for figures in &figures {
        println!(
            "{} {} facts, {:.0} words: p50 {:.0} us, p99 {:.0} us; fastest round of each message p50 {:.0} us, p99 {:.0} us \
             ({} checks of {} messages); sheet {:.0} us",
            figures.language,
            figures.facts,
            figures.words,
            figures.p50_us,
            figures.p99_us,
            figures.p50_fastest_us,
            figures.p99_fastest_us,
            figures.checks,
            figures.messages,
            figures.sheet_us
        );
    }
    Ok(())
}
