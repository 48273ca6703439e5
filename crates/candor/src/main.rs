//! The program: reads the command line, opens the installation, and calls one use case.
//!
//! Deliberately absent: domain logic. What a command does is a use case of `flow`; how it reads is `say`.

mod cli;
mod commands;
mod compose;
mod demo;
mod progress;
mod say;

use clap::Parser;
use miette::Result;
use std::process::ExitCode;

use crate::cli::{Cli, Command};

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("CANDOR_LOG")
                .unwrap_or_else(|_| "warn,candor=info".into()),
        )
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| miette::miette!("cannot start: {error}"))?;
    runtime.block_on(run(cli))
}

async fn run(Cli { global, command }: Cli) -> Result<ExitCode> {
    let done = match command {
        // Its exit code tells how severe the findings are.
        Command::Guard(guard) => return Ok(commands::guard::run(&global, &guard).await),
        Command::Demo(args) => demo::run(&global, &args).await,
        Command::Serve(args) => commands::serve::run(&global, &args).await,
        Command::Worker(args) => commands::worker::run(&global, &args).await,
        Command::Import(import) => commands::import::run(&global, &import).await,
        Command::Stages => commands::show::stages(&global).await,
        Command::Forecast { refit } => commands::show::forecast(&global, refit).await,
        Command::Model { label, command: None } => commands::model::run(&global, label.as_deref()).await,
        Command::Model { command: Some(command), .. } => commands::model::decide(&global, &command).await,
        Command::Campaign { id } => commands::show::campaign(&global, id).await,
        Command::Ledger(ledger) => commands::ledger::run(&global, &ledger).await,
        Command::Why { message } => commands::show::why(&global, message).await,
        Command::Who { about } => commands::report::who(&global, &about).await,
        Command::Holdout(args) => commands::holdout::set(&global, &args).await,
        Command::LongTerm(command) => commands::long_term::run(&global, &command).await,
        Command::Report(report) => commands::report::run(&global, &report).await,
        Command::Rights(rights) => commands::rights::run(&global, &rights).await,
        Command::Person(person) => commands::person::run(&global, &person).await,
        Command::Access { command } => commands::access::run(&global, command.as_ref()).await,
        Command::Oversight { set, by } => {
            commands::oversight::run(&global, set.as_deref(), by.as_deref()).await
        }
        Command::Ai(command) => commands::ai::run(&global, &command).await,
        Command::Training(training) => commands::training::run(&global, &training).await,
        Command::Brand(args) => commands::brand::run(&global, &args).await,
        Command::Facts(facts) => commands::facts::run(&global, &facts).await,
        Command::Key(key) => commands::key::run(&global, &key).await,
        Command::Consent(consent) => commands::consent::run(&global, &consent).await,
        Command::Retention(retention) => commands::retention::run(&global, &retention).await,
        Command::Processing(what) => commands::processing::run(&global, what).await,
        Command::Vault(vault) => commands::vault::run(&global, &vault).await,
        Command::Audit(audit) => commands::vault::audit(&global, &audit).await,
        Command::Backup { to } => commands::backup::back_up(&global, &to).await,
        Command::Restore { from } => commands::backup::restore(&global, &from).await,
        Command::Doctor => commands::doctor::run(&global).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}
