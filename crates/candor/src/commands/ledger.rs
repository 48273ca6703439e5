//! `candor ledger`: read it, or recompute all of it. A ledger that does not hold ends with exit code 1.

use flow::log::WitnessView;
use miette::{IntoDiagnostic, Result};
use terms::person::Actor;

use crate::cli::{Global, LedgerCommand, WitnessCommand};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &LedgerCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        LedgerCommand::Verify => {
            let found = app.verify_ledger().await.into_diagnostic()?;
            if global.json {
                say::json(&found)?;
            } else {
                let entries = say::count(found.entries);
                say::line(format!("{entries} entries recomputed in {:.2} s", found.seconds));
                if found.cosigned > 0 {
                    say::line(format!("{} signatures of witnesses hold", say::count(found.cosigned)));
                }
                found.problems.iter().for_each(|problem| say::line(format!("  {problem}")));
            }
            if found.verified {
                if !global.json {
                    say::line("the ledger holds");
                }
                Ok(())
            } else {
                Err(miette::miette!(
                    "the ledger does not hold; keep a copy of the store and tell the privacy officer"
                ))
            }
        }
        LedgerCommand::Export { folder } => {
            let done = app.export_ledger(folder).await.into_diagnostic()?;
            if global.json {
                return say::json(&done);
            }
            let (entries, files) = (say::count(done.entries), say::count(done.files));
            say::line(format!("{entries} entries in {files} files, cosigned by {} witnesses", done.cosigned));
            say::line(format!(
                "check it with: candor-witness verify {} --log-key '{}'",
                folder.display(),
                app.log_key()
            ));
            Ok(())
        }
        LedgerCommand::Witness(command) => witness(&app, global, command).await,
        LedgerCommand::Show { action } => {
            let page = app.ledger(action.as_deref().unwrap_or_default(), None).await.into_diagnostic()?;
            if global.json {
                return say::json(&page);
            }
            for line in &page.lines {
                say::line(format!(
                    "{:>7}  {}  {:<20} {:<22} {:<18} {}",
                    line.seq, line.at, line.actor, line.action, line.object, line.payload
                ));
            }
            Ok(())
        }
    }
}

async fn witness(app: &flow::App, global: &Global, command: &WitnessCommand) -> Result<()> {
    match command {
        WitnessCommand::Key => say::line(app.log_key()),
        WitnessCommand::Add { key, url, allow_host } => {
            let id = app.add_witness(key, url, *allow_host, Actor::Operator).await.into_diagnostic()?;
            say::line(format!("witness {id} is asked from now on; try it with `candor ledger witness ask`"));
        }
        WitnessCommand::Remove { witness } => {
            let removed = app.remove_witness(witness, Actor::Operator).await.into_diagnostic()?;
            say::line(format!("witness {} `{}` is not asked any more", removed.id, removed.name));
        }
        WitnessCommand::List => list(global, &app.witnesses().await.into_diagnostic()?)?,
        WitnessCommand::Ask => {
            let all = app.ask_witnesses().await.into_diagnostic()?;
            list(global, &all)?;
            if all.iter().any(|witness| witness.refused_at.is_some() || !witness.trouble.is_empty()) {
                return Err(miette::miette!("a witness did not sign"));
            }
        }
    }
    Ok(())
}

fn list(global: &Global, all: &[WitnessView]) -> Result<()> {
    if global.json {
        return say::json(&all);
    }
    for witness in all {
        let signed = match (witness.size, witness.cosigned_at) {
            (Some(size), Some(at)) => format!("signed {} entries at {at}", say::count(size)),
            _ => "has signed nothing yet".to_owned(),
        };
        say::line(format!("{:>3}  {:<32} {signed}  {}", witness.id, witness.name, witness.url));
        if let Some(at) = witness.refused_at {
            say::line(format!("     REFUSED at {at}: {}", witness.trouble));
        } else if !witness.trouble.is_empty() {
            say::line(format!("     did not sign: {}", witness.trouble));
        }
    }
    if all.is_empty() {
        say::line("there is no witness yet; add one with `candor ledger witness add KEY --url URL`");
    }
    Ok(())
}
