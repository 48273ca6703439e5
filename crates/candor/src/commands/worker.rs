//! `candor worker`: works off the jobs without serving pages.

use miette::{IntoDiagnostic, Result};

use crate::cli::{Global, WorkerArgs};
use crate::compose::{WorkerName, open};
use crate::say;

pub(crate) async fn run(global: &Global, args: &WorkerArgs) -> Result<()> {
    let app = open(global, &args.channel).await?;
    let worker = WorkerName::take(&app)?;
    let in_doubt = app.recover(&worker.name).await.into_diagnostic()?;
    if args.until_idle {
        app.apply_all_events().await.into_diagnostic()?;
        let done = app.work_until_idle(&worker.name).await.into_diagnostic()?;
        let failing = app.failing_jobs().await.into_diagnostic()?;
        if global.json {
            say::json(&serde_json::json!({ "jobs": done, "in_doubt": in_doubt, "failing": failing }))?;
        } else {
            say::line(format!("{done} jobs worked off, {in_doubt} messages in doubt"));
        }
        return match failing.as_slice() {
            [] => Ok(()),
            failing => Err(miette::miette!("{}", failing.join("\n"))),
        };
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        let _ = stop.send(true);
    });
    let using = {
        let (app, stopped) = (app.clone(), stopped.clone());
        tokio::spawn(async move { app.apply_events_forever(stopped).await })
    };
    app.work_forever(&worker.name, stopped).await.into_diagnostic()?;
    let _ = using.await;
    Ok(())
}
