//! `candor ai`: the switch of all AI.

use flow::oversight::AiSwitchView;
use miette::{IntoDiagnostic, Result, miette};
use terms::person::Person;

use crate::cli::{AiCommand, Global};
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &AiCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    let reader: Person = match command {
        AiCommand::Status => {
            let people = app.store().people().await.into_diagnostic()?;
            people
                .into_iter()
                .next()
                .ok_or_else(|| miette!("nobody works here yet; `candor person add` adds somebody"))?
        }
        AiCommand::Stop { reason, by } => {
            let person = person(&app, by).await?;
            let done = app.stop_ai(&person, reason).await.into_diagnostic()?;
            if global.json {
                return say::json(&done);
            }
            say::line(format!(
                "all AI is stopped; {} campaigns were paused, and nothing more of them leaves",
                done.paused.len()
            ));
            person
        }
        AiCommand::Resume { reason, by } => {
            let person = person(&app, by).await?;
            app.resume_ai(&person, reason).await.into_diagnostic()?;
            person
        }
    };
    let view = app.ai_switch(&reader).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    show(&view);
    Ok(())
}

fn show(view: &AiSwitchView) {
    match &view.stopped {
        Some(stop) => say::line(format!("stopped by {} at {}: {}", stop.by, stop.at, stop.reason)),
        None => say::line("AI is on"),
    }
    for (id, name) in &view.waiting {
        say::line(format!("  campaign {id} waits, paused: {name}"));
    }
    for throw in &view.history {
        let what = if throw.stopped { "stopped" } else { "let go on" };
        say::line(format!("  {} {what:<9} {} {}", throw.at, throw.by, throw.reason));
    }
}
