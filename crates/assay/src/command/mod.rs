//! `measure guard`: what the content guard finds, on any data.
//!
//! Goes in: a corpus of the guard, or snippets of web pages. Comes out: figures with intervals, and from `cues train`
//! the files that are shipped with the guard. It compares nothing with a built-in expectation.

mod cues;
mod dark;
mod pii;

use clap::Subcommand;

/// Figures on the content guard.
#[derive(Debug, clap::Parser)]
pub struct GuardArgs {
    #[command(subcommand)]
    command: GuardCommand,
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum GuardCommand {
    /// Learned cues.
    #[command(subcommand)]
    Cues(cues::CuesCommand),
    /// Tell dark patterns from other snippets: folds by page, or the shipped model on a file.
    DarkPatterns(dark::DarkArgs),
    /// Personal data in annotated texts: found, missed, how fast; or train the taggers.
    Pii(pii::PiiArgs),
}

/// Runs one of the commands and prints what it found.
///
/// # Errors
/// A file that cannot be read, or data too small to measure on, with what to do next.
pub fn run(arguments: &GuardArgs) -> miette::Result<()> {
    match &arguments.command {
        GuardCommand::Cues(command) => cues::run(command),
        GuardCommand::DarkPatterns(arguments) => dark::run(arguments),
        GuardCommand::Pii(arguments) => pii::run(arguments),
    }
}
