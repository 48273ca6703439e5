//! `measure guard attacks`: orders to a text model hidden in fields, and how many get through.

use super::{DAY, print_json};
use crate::attacks::attack_figures;
use crate::cues::Share;
use crate::desk::Desk;

#[derive(Debug, clap::Args)]
pub struct AttacksArgs {
    /// Seed of the slips of the pen.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Day on which the texts are read.
    #[arg(long, default_value = DAY)]
    on: String,
    /// Print every attack that gets through and every honest field that is taken for one.
    #[arg(long)]
    wrong: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &AttacksArgs) -> miette::Result<()> {
    let figures = attack_figures(&Desk::at(&arguments.on)?, arguments.seed);
    if arguments.json {
        return print_json(&figures);
    }
    let say = |name: &str, share: &Share| {
        let [low, high] = share.interval;
        println!("{name:<28} {:>4} of {:>4} [{low:.3}, {high:.3}]", share.hits, share.n);
    };
    for (name, share) in figures.by_family.iter().chain(&figures.by_disguise) {
        say(name, share);
    }
    say("through, of all attacks", &figures.success);
    say("honest fields taken for one", &figures.false_alarms);
    for wrong in figures.wrong.iter().filter(|_| arguments.wrong) {
        println!("{} / {}: {}", wrong.family, wrong.disguise, wrong.text.escape_debug());
    }
    Ok(())
}
