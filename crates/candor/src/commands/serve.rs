//! `candor serve`: the pages and a worker, until somebody stops them.

use std::net::SocketAddr;

use flow::App;
use miette::{IntoDiagnostic, Result, WrapErr};

use crate::cli::{Global, ServeArgs};
use crate::compose::{WorkerName, open};
use crate::say;

pub(crate) async fn run(global: &Global, args: &ServeArgs) -> Result<()> {
    let app = open(global, &args.channel).await?;
    if app.store().people().await.into_diagnostic()?.is_empty() {
        say::line("nobody can sign in yet; add somebody with `candor person add`, or look at `candor demo`");
    }
    pages(app, args.listen.listen).await
}

/// Serves the pages of an installation and works off its jobs until the process is asked to stop.
pub(crate) async fn pages(app: App, address: SocketAddr) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot listen on `{address}`; choose another address with --listen"))?;
    let local = listener.local_addr().into_diagnostic()?;
    let worker = WorkerName::take(&app)?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let working = {
        let (app, name, stopped) = (app.clone(), worker.name.clone(), stopped.clone());
        tokio::spawn(async move {
            if let Err(error) = app.recover(&name).await {
                tracing::error!(%error, "what an earlier worker left could not be taken over");
            }
            app.work_forever(&name, stopped).await
        })
    };
    let using = {
        let (app, stopped) = (app.clone(), stopped.clone());
        tokio::spawn(async move { app.apply_events_forever(stopped).await })
    };
    say::line(format!("Candor is at http://{local}  (stop with Ctrl-C)"));
    // Cookies of an installation that is reached over https never travel in the clear.
    let brand = app.brand().await.into_diagnostic()?;
    let options = web::WebOptions { secure_cookies: brand.base_url.starts_with("https://") };
    web::serve(listener, app, options, async {
        let _ = tokio::signal::ctrl_c().await;
    })
    .await
    .into_diagnostic()?;
    let _ = stop.send(true);
    let _ = working.await;
    let _ = using.await;
    Ok(())
}
