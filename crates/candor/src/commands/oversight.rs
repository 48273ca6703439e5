//! `candor oversight`: when a campaign needs a second approver, and how long a launch can be undone.

use std::path::Path;

use flow::oversight::Oversight;
use miette::{IntoDiagnostic, Result, miette};

use crate::cli::Global;
use crate::commands::facts::bytes;
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, set: Option<&Path>, by: Option<&str>) -> Result<()> {
    let app = open_quiet(global).await?;
    if let Some(file) = set {
        let by = by.ok_or_else(|| miette!("say who changes it: --by EMAIL"))?;
        let settings: Oversight = serde_json::from_slice(&bytes(file)?).into_diagnostic()?;
        app.change_oversight(&person(&app, by).await?, &settings).await.into_diagnostic()?;
    }
    // The settings are the file that `--set` reads.
    say::json(&app.oversight().await.into_diagnostic()?)
}
