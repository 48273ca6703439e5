//! Opens an installation the way the command line asks for.

use std::path::PathBuf;

use flow::clock::Clock;
use flow::{App, Opening};
use miette::{Context, IntoDiagnostic, Result};

use crate::cli::{ChannelArgs, Global};

/// Where an installation lives unless `--home` says otherwise.
pub(crate) const HOME: &str = ".candor";

/// The home folder of a command.
pub(crate) fn home(global: &Global) -> PathBuf {
    global.home.clone().unwrap_or_else(|| PathBuf::from(HOME))
}

/// Opens the installation of a command, on the system's clock.
pub(crate) async fn open(global: &Global, channel: &ChannelArgs) -> Result<App> {
    let home = home(global);
    App::open(Opening {
        home: &home,
        database_url: global.database_url.as_deref(),
        smtp_url: channel.smtp.as_deref(),
        clock: Clock::System,
    })
    .await
    .into_diagnostic()
    .wrap_err_with(|| format!("cannot open the installation in `{}`", home.display()))
}

/// Opens it for a command that sends nothing.
pub(crate) async fn open_quiet(global: &Global) -> Result<App> {
    open(global, &ChannelArgs::default()).await
}

/// A name for this worker that no other living process of this home has; held until the process ends, so that the
/// next one of the same name knows that the earlier one is dead.
pub(crate) struct WorkerName {
    /// The name.
    pub(crate) name: String,
    /// Locked by the operating system as long as this process lives.
    _lock: std::fs::File,
}

impl WorkerName {
    /// Takes the first free name.
    pub(crate) fn take(app: &App) -> Result<Self> {
        let tag = app.home().secret("worker").into_diagnostic()?;
        let tag: String = tag.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        for number in 1..=64 {
            let path = app.home().path().join(format!("worker-{number}.lock"));
            let file = std::fs::File::create(&path)
                .into_diagnostic()
                .wrap_err_with(|| format!("cannot use `{}`", path.display()))?;
            if file.try_lock().is_ok() {
                return Ok(Self { name: format!("{tag}-{number}"), _lock: file });
            }
        }
        Err(miette::miette!("64 workers already run in this home; stop one first"))
    }
}

/// Holds the names of all workers that ever ran in a home, so that nothing else works in it.
pub(crate) fn nobody_works(home: &std::path::Path) -> Result<Vec<std::fs::File>> {
    let mut held = Vec::new();
    for number in 1..=64 {
        let path = home.join(format!("worker-{number}.lock"));
        if !path.exists() {
            continue;
        }
        let file = std::fs::File::create(&path)
            .into_diagnostic()
            .wrap_err_with(|| format!("cannot use `{}`", path.display()))?;
        if file.try_lock().is_err() {
            return Err(miette::miette!("a `candor serve` or `candor worker` uses this home; stop it first"));
        }
        held.push(file);
    }
    Ok(held)
}
