//! `measure`: figures on anybody's data, for development. It takes files and flags and prints JSON on request.
//!
//! Goes in: a subcommand with a file. Comes out: one JSON object or a few readable lines on standard output,
//! progress on standard error. It deliberately keeps no built-in paths, baselines or expected values.

mod stages;

use clap::{Parser, Subcommand};

/// Figures on any purchase data.
#[derive(Debug, Parser)]
#[command(name = "measure", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fit and compare next-month stage models on a purchase file.
    Stages(stages::StagesArgs),
}

fn main() -> miette::Result<()> {
    match Arguments::parse().command {
        Command::Stages(arguments) => stages::run(arguments),
    }
}
