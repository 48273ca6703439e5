//! `candor processing`: the record of processing and the impact assessment as documents.

use miette::{IntoDiagnostic, Result};
use terms::person::Actor;
use web::documents::{Kind, markdown};

use crate::cli::{Global, ProcessingCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: ProcessingCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    let (kind, language) = match command {
        ProcessingCommand::Record { language } => (Kind::Record, language),
        ProcessingCommand::Dpia { language } => (Kind::Dpia, language),
        ProcessingCommand::State { what, words } => {
            app.set_statements([(what, words)].into(), Actor::Operator).await.into_diagnostic()?;
            let stated = app.statements().await.into_diagnostic()?;
            if global.json {
                return say::json(&stated);
            }
            say::line(if stated.contains_key(&what) { "stated" } else { "taken back" });
            return Ok(());
        }
    };
    let view = app.processing_view().await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(markdown(kind, language, &view).trim_end());
    Ok(())
}
