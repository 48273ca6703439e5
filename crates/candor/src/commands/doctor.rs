//! `candor doctor`: looks for trouble and says what to do about it.

use miette::{IntoDiagnostic, Result};

use crate::cli::Global;
use crate::compose::{home, open_quiet};
use crate::say;

pub(crate) async fn run(global: &Global) -> Result<()> {
    let app = open_quiet(global).await?;
    app.health().await.into_diagnostic()?;
    let stats = app.lake().stats().into_diagnostic()?;
    let ledger = app.verify_ledger().await.into_diagnostic()?;
    let open_jobs = app.store().open_jobs().await.into_diagnostic()?;
    let campaigns = app.campaigns().await.into_diagnostic()?;
    let mut in_doubt = 0;
    for campaign in &campaigns.campaigns {
        let funnel = app.store().funnel(campaign.id).await.into_diagnostic()?;
        in_doubt += funnel.state(terms::delivery::DeliveryState::InDoubt);
    }
    let intake = app.intake_health().await.into_diagnostic()?;
    let mut problems = app.failing_jobs().await.into_diagnostic()?;
    problems.extend(app.registry_faults().await.into_diagnostic()?.into_iter().map(|fault| fault.message));
    let team = app.training_team().await.into_diagnostic()?;
    let approvers = team.people.iter().filter(|person| person.role == terms::person::Role::Approver);
    if approvers.clone().count() > 0 && !approvers.clone().any(|person| person.standing.holds()) {
        problems
            .push(format!("no approver is certified, so nothing can be approved; {}", super::training::NEXT));
    }
    if intake.oldest_seconds > 300 {
        problems.push(format!(
            "{} events wait for {} seconds; start `candor serve` or `candor worker`, which use them",
            intake.waiting, intake.oldest_seconds
        ));
    }
    let healthy = ledger.verified && in_doubt == 0 && problems.is_empty();
    if global.json {
        say::json(&serde_json::json!({
            "home": home(global), "store": format!("{:?}", app.store().kind()), "purchases": stats.rows,
            "ledger": ledger, "open_jobs": open_jobs, "in_doubt": in_doubt, "intake": intake, "problems": problems,
            "healthy": healthy,
        }))?;
    } else {
        say::line(format!("home          {}", home(global).display()));
        say::line(format!("store         {:?}, answers", app.store().kind()));
        say::line(format!(
            "lake          {} rows of {} customers",
            say::count(stats.rows),
            say::count(stats.customers)
        ));
        say::line(format!(
            "ledger        {} entries, {}",
            ledger.entries,
            if ledger.verified { "holds" } else { "DOES NOT HOLD" }
        ));
        say::line(format!("jobs waiting  {open_jobs}"));
        say::line(format!(
            "events        {} wait to be used, {} purchases wait for the lake, {} for a name",
            intake.waiting, intake.purchases, intake.unnamed_purchases
        ));
        say::line(format!(
            "in doubt      {in_doubt} messages{}",
            if in_doubt > 0 { "; settle them on the campaign's page" } else { "" }
        ));
        problems.iter().for_each(|problem| say::line(format!("trouble       {problem}")));
    }
    if healthy { Ok(()) } else { Err(miette::miette!("something needs a person; see above")) }
}
