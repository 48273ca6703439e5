//! `candor retention`: how long what is kept, and what ended.

use flow::App;
use flow::retention::RetentionReport;
use miette::{IntoDiagnostic, Result};
use terms::person::Actor;

use crate::cli::{Global, RetentionCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &RetentionCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        RetentionCommand::Show => show(global, &app).await,
        RetentionCommand::Set { kind, days } => {
            app.set_retention(*kind, *days, Actor::Operator).await.into_diagnostic()?;
            show(global, &app).await
        }
        RetentionCommand::Activate { kind } => {
            let view = app.retention_view().await.into_diagnostic()?;
            let days = view.lines.iter().find(|line| line.kind == *kind).map_or(0, |line| line.days);
            app.activate_retention(*kind, days, Actor::Operator).await.into_diagnostic()?;
            show(global, &app).await
        }
        RetentionCommand::Run { dry_run } => {
            let report = if *dry_run {
                app.look_at_retention(None, Actor::Operator).await
            } else {
                app.run_retention(Actor::Operator).await
            };
            tell(global, &report.into_diagnostic()?)
        }
    }
}

async fn show(global: &Global, app: &App) -> Result<()> {
    let view = app.retention_view().await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    for line in &view.lines {
        let state = match (line.active, line.looked) {
            (true, _) => "active",
            (false, true) => "looked at, not active",
            (false, false) => "waits for a dry run",
        };
        say::line(format!(
            "{:<20} {:>6} days  {state:<22} {:>10} would be deleted now",
            line.kind.as_str(),
            line.days,
            say::count(line.would_delete())
        ));
    }
    Ok(())
}

fn tell(global: &Global, report: &RetentionReport) -> Result<()> {
    if global.json {
        return say::json(report);
    }
    if report.run.is_none() {
        say::line(
            "no period is active, so nothing was deleted; `candor retention run --dry-run` comes first",
        );
        return Ok(());
    }
    for step in &report.steps {
        let n = if report.dry { step.found } else { step.deleted.unwrap_or(0) };
        let done = if report.dry { "would be deleted" } else { "deleted" };
        say::line(format!("{:>10} {done}  {} in {}", say::count(n), step.kind, step.place));
    }
    Ok(())
}
