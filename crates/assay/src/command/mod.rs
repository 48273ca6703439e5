//! `measure guard`: what the content guard finds, on any data.
//!
//! Goes in: a corpus of the guard, or snippets of web pages. Comes out: figures with intervals, and from `cues train`
//! the files that are shipped with the guard. It compares nothing with a built-in expectation.

mod accuracy;
mod attacks;
mod claims;
mod cues;
mod dark;
mod honest;
mod mails;
mod mutations;
mod pii;
mod speed;

use clap::Subcommand;
use miette::{IntoDiagnostic, WrapErr};
use std::path::Path;

/// The day on which measured messages leave, unless another is given: figures must not change with the calendar.
const DAY: &str = "2026-11-27";

/// Figures on the content guard.
#[derive(Debug, clap::Parser)]
pub struct GuardArgs {
    #[command(subcommand)]
    command: GuardCommand,
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum GuardCommand {
    /// Errors of machine-written reports, held against their records.
    Accuracy(accuracy::AccuracyArgs),
    /// Orders to a text model hidden in fields, in families and disguises: how many get through.
    Attacks(attacks::AttacksArgs),
    /// Statements that no fact supports: folds by source, or the shipped model on a file.
    Claims(claims::ClaimsArgs),
    /// Learned cues.
    #[command(subcommand)]
    Cues(cues::CuesCommand),
    /// Tell dark patterns from other snippets: folds by page, or the shipped model on a file.
    DarkPatterns(dark::DarkArgs),
    /// Personal data in annotated texts: found, missed, how fast; or train the taggers.
    Pii(pii::PiiArgs),
    /// Mails written from facts: which are held back, and for which reasons.
    Mails(mails::MailsArgs),
    /// Honest and dishonest copy: how much of each is blocked, and how much is shown to a person.
    Honest(honest::HonestArgs),
    /// One thing changed in texts that their facts support: how often it is noticed.
    Mutations(mutations::MutationsArgs),
    /// Microseconds for a message of 150 words.
    Speed(speed::SpeedArgs),
}

/// Runs one of the commands and prints what it found.
///
/// # Errors
/// A file that cannot be read, or data too small to measure on, with what to do next.
pub fn run(arguments: &GuardArgs) -> miette::Result<()> {
    match &arguments.command {
        GuardCommand::Accuracy(arguments) => accuracy::run(arguments),
        GuardCommand::Attacks(arguments) => attacks::run(arguments),
        GuardCommand::Claims(arguments) => claims::run(arguments),
        GuardCommand::Cues(command) => cues::run(command),
        GuardCommand::DarkPatterns(arguments) => dark::run(arguments),
        GuardCommand::Pii(arguments) => pii::run(arguments),
        GuardCommand::Mails(arguments) => mails::run(arguments),
        GuardCommand::Honest(arguments) => honest::run(arguments),
        GuardCommand::Mutations(arguments) => mutations::run(arguments),
        GuardCommand::Speed(arguments) => speed::run(arguments),
    }
}

fn open(path: &Path) -> miette::Result<String> {
    std::fs::read_to_string(path).into_diagnostic().wrap_err_with(|| format!("`{}`", path.display()))
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn print_json(figures: &impl serde::Serialize) -> miette::Result<()> {
    println!("{}", serde_json::to_string(figures).into_diagnostic()?);
    Ok(())
}
