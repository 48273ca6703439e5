//! `measure guard attacks`: orders to a text model hidden in fields, and how many get through.

use super::{DAY, open, print_json};
use crate::attacks::{AttackFigures, FieldFigures, attack_figures, field_figures};
use crate::cues::{Part, Share};
use crate::desk::Desk;
use serde::Serialize;
use std::path::PathBuf;
use terms::customer::Language;

#[derive(Debug, clap::Args)]
pub struct AttacksArgs {
    /// Seed of the slips of the pen.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Day on which the texts are read.
    #[arg(long, default_value = DAY)]
    on: String,
    /// Folder with `fields.en.tsv` and `fields.es.tsv`.
    #[arg(long, default_value = "crates/guard/corpus")]
    corpus: PathBuf,
    /// Part of the fields: `train` or `held`.
    #[arg(long, value_enum, default_value_t = Part::Held)]
    part: Part,
    /// Print every attack that gets through and every honest field that is taken for one.
    #[arg(long)]
    wrong: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    disguised: AttackFigures,
    fields: Vec<FieldFigures>,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &AttacksArgs) -> miette::Result<()> {
    let desk = Desk::at(&arguments.on)?;
    let figures = attack_figures(&desk, arguments.seed);
    let mut fields = Vec::new();
    for (language, file) in [(Language::English, "fields.en.tsv"), (Language::Spanish, "fields.es.tsv")] {
        let corpus = open(&arguments.corpus.join(file))?;
        fields.push(field_figures(&desk, language, &corpus, arguments.part)?);
    }
    if arguments.json {
        return print_json(&Figures { disguised: figures, fields });
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
    for fields in &fields {
        let name = |what: &str| format!("fields, {}, {what}", fields.language);
        say(&name("stopped by a rule"), &fields.stopped);
        say(&name("only shown"), &fields.shown);
        say(&name("honest, stopped"), &fields.honest_stopped);
        say(&name("honest, only shown"), &fields.honest_shown);
    }
    for wrong in figures.wrong.iter().filter(|_| arguments.wrong) {
        println!("{} / {}: {}", wrong.family, wrong.disguise, wrong.text.escape_debug());
    }
    Ok(())
}
