//! `candor ledger`: read it, or recompute all of it. A ledger that does not hold ends with exit code 1.

use miette::{IntoDiagnostic, Result};

use crate::cli::{Global, LedgerCommand};
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
