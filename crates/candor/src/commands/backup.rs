//! `candor backup` and `candor restore`.

use std::path::Path;

use flow::clock::Clock;
use flow::home::Home;
use flow::{App, Opening};
use miette::{IntoDiagnostic, Result, WrapErr};

use crate::cli::Global;
use crate::compose::{home, nobody_works, open_quiet};
use crate::say;

pub(crate) async fn back_up(global: &Global, to: &Path) -> Result<()> {
    if !global.json {
        say::line("writing the backup ...");
    }
    let app = open_quiet(global).await?;
    let done = app
        .back_up(to)
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("no backup was made in `{}`", to.display()))?;
    if global.json {
        return say::json(&done);
    }
    say::line(format!(
        "{}: {} bytes, {} lines of {} customers and addresses, {} others, {} ledger entries",
        done.file.display(),
        done.bytes,
        done.sealed,
        done.owners,
        done.open,
        done.ledger
    ));
    say::line("it opens with the `keys` folder of this home alone; keep a replica of that folder elsewhere");
    Ok(())
}

pub(crate) async fn restore(global: &Global, from: &Path) -> Result<()> {
    let home = home(global);
    if !Home::is_installed(&home) {
        return Err(miette::miette!(
            "`{}` has no `keys` folder of an installation; put the one that the backup was made with there first",
            home.display()
        ));
    }
    let _alone = nobody_works(&home)?;
    if !global.json {
        say::line("checking the whole backup, then putting it back ...");
    }
    let opening = Opening {
        home: &home,
        database_url: global.database_url.as_deref(),
        smtp_url: None,
        clock: Clock::System,
    };
    let app = App::open_for_restore(opening).await.into_diagnostic()?;
    let done = app
        .restore(from)
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` was not put back", from.display()))?;
    if global.json {
        return say::json(&done);
    }
    say::line(format!("put back what was backed up at {}", done.backup_at));
    say::line(format!(
        "{} rows added, {} were there; {} purchases; {} files",
        done.rows.added, done.rows.there, done.purchases, done.copies
    ));
    say::line(format!(
        "{} lines of erased customers stay unreadable; {} customers were erased again",
        done.unreadable, done.erased_again
    ));
    say::line(format!(
        "{} messages cancelled, {} in doubt, {} campaigns wait for a person",
        done.rows.cancelled, done.rows.in_doubt, done.rows.halted
    ));
    if done.ledger_lost > 0 {
        say::line(format!("{} ledger entries after the backup are lost", done.ledger_lost));
    }
    if done.ledger_verified {
        say::line("the ledger verifies");
        Ok(())
    } else {
        Err(miette::miette!("the ledger does not verify; look at `candor ledger verify`"))
    }
}
