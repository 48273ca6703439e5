//! `measure guard` without the rest of `measure`: `cargo run --release -p assay --example guard -- dark-patterns FILE`.

use clap::Parser;

fn main() -> miette::Result<()> {
    assay::command::run(&assay::command::GuardArgs::parse())
}
