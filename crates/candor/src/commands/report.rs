//! `candor who` and `candor report`: who answers for what was done.

use miette::{IntoDiagnostic, Result, miette};
use web::documents::{month_html, month_markdown};

use crate::cli::{Global, ReportCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn who(global: &Global, about: &str) -> Result<()> {
    let app = open_quiet(global).await?;
    let found = app.who_answers(about).await.into_diagnostic()?;
    if global.json {
        return say::json(&found);
    }
    for line in &found.lines {
        say::line(format!(
            "{:>7}  {}  {:<22} {:<18} by {:<20} answers: {}",
            line.seq, line.at, line.action, line.object, line.actor, line.responsible
        ));
    }
    for (name, n) in &found.responsible {
        say::line(format!("{name} answers for {n} of {}", found.lines.len()));
    }
    Ok(())
}

pub(crate) async fn run(global: &Global, command: &ReportCommand) -> Result<()> {
    let ReportCommand::ResponsibleAi { month, lang, out } = command else {
        return crate::commands::holdout::report(global).await;
    };
    let app = open_quiet(global).await?;
    let month = match month {
        Some(month) => month.clone(),
        None => app.now().day().to_string().chars().take(7).collect(),
    };
    let view = app.responsible_ai(&month).await.into_diagnostic()?;
    if let Some(path) = out {
        let page =
            month_html(*lang, &view).map_err(|error| miette!("the report cannot be written: {error}"))?;
        std::fs::write(path, page).into_diagnostic()?;
    }
    if global.json {
        return say::json(&view);
    }
    match out {
        Some(path) => say::line(format!("the report of {month} is in {}", path.display())),
        None => say::line(month_markdown(*lang, &view).trim_end()),
    }
    Ok(())
}
