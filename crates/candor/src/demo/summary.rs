//! What the demo came to, as one JSON object and in words.

use std::collections::BTreeMap;
use std::time::Instant as Stopwatch;

use flow::App;
use flow::views::MessageFilter;
use miette::{IntoDiagnostic, Result};
use serde::{Deserialize, Serialize};
use simulator::{Contact, Shop};
use terms::decision::ExclusionReason;
use terms::ids::PersonId;
use terms::person::{Person, Role};

use crate::demo::campaigns::Launched;
use crate::say;

#[derive(Debug, Serialize, Deserialize)]
struct Summary {
    customers: u64,
    purchases: u64,
    campaigns: Vec<CampaignSummary>,
    guard: GuardSummary,
    ledger: LedgerSummary,
    seconds: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CampaignSummary {
    name: String,
    audience: u64,
    planned: u64,
    excluded: BTreeMap<String, u64>,
    control: u64,
    sent: u64,
    /// Revenue per customer, in the brand's currency; null when the evidence is not enough for an interval.
    uplift: Option<UpliftSummary>,
    verdict: Option<String>,
    true_uplift: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct UpliftSummary {
    value: f64,
    low: f64,
    high: f64,
}

/// Variants the guard read before submission and mails it read before sending, and how many of both it held back.
#[derive(Debug, Serialize, Deserialize)]
struct GuardSummary {
    checked: u64,
    held: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct LedgerSummary {
    entries: u64,
    verified: bool,
}

/// Puts the summary together, and keeps the true uplift of each campaign for its report page.
pub(super) async fn make(
    app: &App,
    shop: &Shop,
    launched: &[Launched],
    contacts: &[Contact],
    watch: Stopwatch,
) -> Result<String> {
    let reader = Person { id: PersonId(0), name: String::new(), email: String::new(), role: Role::Analyst };
    let mut campaigns = Vec::new();
    let mut guard = guard_of_drafts(app).await?;
    for campaign in launched {
        let report = app.report(&reader, campaign.id, MessageFilter::All, 1).await.into_diagnostic()?;
        let window = app.store().campaign(campaign.id).await.into_diagnostic()?.plan.window_days;
        let of_goal: Vec<Contact> =
            contacts.iter().filter(|contact| contact.goal == campaign.goal).cloned().collect();
        let truth = shop.true_uplift(&of_goal, window).revenue;
        app.set_true_uplift(campaign.id, truth).await.into_diagnostic()?;
        guard.checked += report.planned;
        let held = app.store().funnel(campaign.id).await.into_diagnostic()?.held;
        guard.held += held.get(&ExclusionReason::Guard).map_or(0, |n| u64::try_from(*n).unwrap_or(0));
        campaigns.push(CampaignSummary {
            name: campaign.name.clone(),
            audience: report.audience,
            planned: report.planned,
            excluded: report.funnel.iter().map(|step| (step.reason.clone(), step.people)).collect(),
            control: report.brief.control,
            sent: report.brief.sent,
            uplift: report.revenue.map(|u| UpliftSummary { value: u.value, low: u.low, high: u.high }),
            verdict: report.verdict,
            true_uplift: truth,
        });
    }
    let ledger = app.verify_ledger().await.into_diagnostic()?;
    let stats = app.lake().stats().into_diagnostic()?;
    let customers = app.store().count_customers().await.into_diagnostic()?;
    let summary = Summary {
        customers: u64::try_from(customers).unwrap_or(0),
        purchases: stats.rows - stats.returns,
        campaigns,
        guard,
        ledger: LedgerSummary { entries: ledger.entries, verified: ledger.verified },
        seconds: (watch.elapsed().as_secs_f64() * 100.0).round() / 100.0,
    };
    serde_json::to_string_pretty(&summary).into_diagnostic()
}

/// Every variant of every campaign, as the guard reads it now.
async fn guard_of_drafts(app: &App) -> Result<GuardSummary> {
    let mut found = GuardSummary { checked: 0, held: 0 };
    for campaign in app.campaigns().await.into_diagnostic()?.campaigns {
        let view = app.compose(campaign.id, terms::customer::Language::English).await.into_diagnostic()?;
        if campaign.state.is_editable() {
            found.checked += view.checks.len() as u64;
            found.held += view.checks.iter().filter(|check| !check.report.is_clear()).count() as u64;
        } else {
            found.checked += view.form.variants.len() as u64;
        }
    }
    Ok(found)
}

/// The summary in words.
pub(super) fn show(summary: &str) -> Result<()> {
    let summary: Summary = serde_json::from_str(summary).into_diagnostic()?;
    say::line(format!(
        "{} customers, {} purchases, {:.1} s",
        say::count(summary.customers),
        say::count(summary.purchases),
        summary.seconds
    ));
    for campaign in &summary.campaigns {
        say::line(format!("\n{}", campaign.name));
        let excluded: u64 = campaign.excluded.values().sum();
        say::line(format!(
            "  audience {} = {} planned + {} left out",
            say::count(campaign.audience),
            say::count(campaign.planned),
            say::count(excluded)
        ));
        for (reason, people) in &campaign.excluded {
            say::line(format!("    {reason:<16}{:>7}", say::count(*people)));
        }
        say::line(format!("  sent {}, held out {}", say::count(campaign.sent), say::count(campaign.control)));
        let measured = campaign.uplift.as_ref().map_or_else(
            || "not enough evidence".to_owned(),
            |u| format!("{:+.2} € per customer, 95 % interval {:+.2} to {:+.2}", u.value, u.low, u.high),
        );
        say::line(format!("  measured uplift {measured}"));
        say::line(format!("  true uplift     {:+.2} €", campaign.true_uplift));
        if let Some(verdict) = &campaign.verdict {
            say::line(format!("  verdict         {}", verdict.replace('_', " ")));
        }
    }
    say::line(format!(
        "\nguard: {} texts read, {} held back; ledger: {} entries, {}",
        say::count(summary.guard.checked),
        say::count(summary.guard.held),
        say::count(summary.ledger.entries),
        if summary.ledger.verified { "verified" } else { "DOES NOT HOLD" }
    ));
    Ok(())
}
