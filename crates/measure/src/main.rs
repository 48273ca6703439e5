//! `measure`: figures on anybody's data, for development. It takes files and flags and prints JSON on request.
//!
//! Goes in: a subcommand with a file. Comes out: one JSON object or a few readable lines on standard output,
//! progress on standard error. It deliberately keeps no built-in paths, baselines or expected values.

mod canary;
mod drift;
mod erasure;
mod fairness;
mod fairness_alarm;
mod fit_scale;
mod gate_bypass;
mod history;
mod import_flags;
mod ingest;
mod ledger;
mod legacy_random;
mod long_term;
mod off_policy;
mod process;
mod race;
mod repeat_purchase;
mod simulate;
mod stages;
mod uplift;

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
    /// Fit and compare purchase models and the pooled forecast on days they have not seen.
    RepeatPurchase(repeat_purchase::RepeatArgs),
    /// Fit purchase and spend models on simulated customers; CPU and memory.
    FitScale(fit_scale::ScaleArgs),
    /// Lay a purchase file out by customer and run the pass over it; CPU, memory and checksums.
    History(Box<history::HistoryArgs>),
    /// Rank customers by what a treatment changes, on randomised data; or say why not.
    Uplift(Box<uplift::UpliftArgs>),
    /// What a policy would have earned, from the log of another one (Open Bandit layout).
    OffPolicy(off_policy::OffPolicyArgs),
    /// Run seeds of the simulation of scheduler, consent and outbox, and say what was violated.
    Simulate(simulate::SimulateArgs),
    /// Send events to the ingest API over HTTP: events a second made durable, at any size.
    Ingest(ingest::IngestArgs),
    /// Let customers withdraw while a campaign is sent, and count attempts committed after a withdrawal.
    Race(race::RaceArgs),
    /// Plant customers with a word of its own in each field, erase half, and search every byte for what is left.
    Erasure(erasure::ErasureArgs),
    /// Tamper with ledgers and count what is found; append entries and count how many become durable a second.
    Ledger(ledger::LedgerArgs),
    /// How a prediction falls on groups: rates, ratios and differences with intervals, on any file.
    Fairness(fairness::FairnessArgs),
    /// How often the fairness alarm is right: power at a planted ratio, false alarms without one.
    FairnessAlarm(fairness_alarm::AlarmArgs),
    /// How often the long-term guard is right on campaigns whose truth is known: vetoes with and without a loss, and coverage.
    LongTerm(long_term::LongTermArgs),
    /// Try every way to let a model act that no gate and no person let through, and count what goes unnoticed.
    GateBypass(gate_bypass::BypassArgs),
    /// How often the guardrails of a canary are right: false rollbacks of A/A canaries, power against planted harm.
    Canary(canary::CanaryArgs),
    /// How often the drift test of models is right: power at planted shifts, false alarms without one.
    Drift(drift::DriftArgs),
    /// What the content guard finds: learned cues, dark patterns.
    Guard(assay::command::GuardArgs),
    #[command(hide = true)]
    HistoryLay(Box<history::LayArgs>),
    #[command(hide = true)]
    HistoryPass(history::PassArgs),
}

fn main() -> miette::Result<()> {
    match Arguments::parse().command {
        Command::Stages(arguments) => stages::run(arguments),
        Command::RepeatPurchase(arguments) => repeat_purchase::run(arguments),
        Command::FitScale(arguments) => fit_scale::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Uplift(arguments) => uplift::run(&arguments),
        Command::OffPolicy(arguments) => off_policy::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Race(arguments) => race::run(&arguments),
        Command::Erasure(arguments) => erasure::run(&arguments),
        Command::Ledger(arguments) => ledger::run(&arguments),
        Command::Fairness(arguments) => fairness::run(&arguments),
        Command::FairnessAlarm(arguments) => fairness_alarm::run(&arguments),
        Command::LongTerm(arguments) => long_term::run(&arguments),
        Command::GateBypass(arguments) => gate_bypass::run(&arguments),
        Command::Canary(arguments) => canary::run(&arguments),
        Command::Drift(arguments) => drift::run(&arguments),
        Command::Guard(arguments) => assay::command::run(&arguments),
        Command::HistoryLay(arguments) => history::lay(&arguments),
        Command::HistoryPass(arguments) => history::pass(&arguments),
    }
}
