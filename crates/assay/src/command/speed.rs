//! `measure guard speed`: microseconds for a message of 150 words, in both languages and with two sizes of fact sheet.

use super::{DAY, print_json};
use crate::desk::Desk;
use crate::renderings::{RenderingFigures, renderings};
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
    /// Judge that many renderings of one message instead, by their slots and, of a part, each whole: as many, and a
    /// tenth of them.
    #[arg(long)]
    renderings: Option<usize>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &SpeedArgs) -> miette::Result<()> {
    let desk = Desk::at(DAY)?;
    if let Some(count) = arguments.renderings {
        return of_renderings(arguments, count, &desk);
    }
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
             ({} checks of {} messages); sheet {:.0} us{}",
            figures.language,
            figures.facts,
            figures.words,
            figures.p50_us,
            figures.p99_us,
            figures.p50_fastest_us,
            figures.p99_fastest_us,
            figures.checks,
            figures.messages,
            figures.sheet_us,
            figures.allocations.map(|n| format!("; {n:.0} allocations a check")).unwrap_or_default()
        );
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn of_renderings(arguments: &SpeedArgs, count: usize, desk: &Desk) -> miette::Result<()> {
    let mut figures: Vec<RenderingFigures> = Vec::new();
    for count in [count / 10, count] {
        for language in [Language::English, Language::Spanish] {
            figures.push(renderings(arguments.seed, count, language, desk));
        }
    }
    if arguments.json {
        return print_json(&figures);
    }
    for figures in &figures {
        println!(
            "{} {} renderings with {} names: {:.2} us each, {:.0} a second by slots; {:.1} us, {:.0} a second each read whole \
             ({} of them); {:.0} times as many; {:.4} read whole; same verdict {} of {}; {} blocked; allocations {}; peak {} MB",
            figures.language,
            figures.renderings,
            figures.names,
            figures.slots_us,
            figures.slots_per_second,
            figures.whole_us,
            figures.whole_per_second,
            figures.sample,
            figures.times,
            figures.read_whole,
            figures.same,
            figures.sample,
            figures.blocked,
            figures.allocations.map_or_else(
                || "not counted".to_owned(),
                |(slots, whole)| format!("{slots:.2} and {whole:.0}")
            ),
            figures.peak_megabytes.map_or_else(|| "?".to_owned(), |peak| format!("{peak:.0}")),
        );
    }
    Ok(())
}
