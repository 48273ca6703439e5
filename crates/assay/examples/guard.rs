//! `measure guard` without the rest of `measure`: `cargo run --release -p assay --example guard -- dark-patterns FILE`.

use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;

/// `speed` says how often the guard asks for memory.
#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> miette::Result<()> {
    assay::speed::count_allocations(|| {
        let counts = COUNTED.stats();
        (counts.allocations + counts.reallocations) as u64
    });
    assay::command::run(&assay::command::GuardArgs::parse())
}
