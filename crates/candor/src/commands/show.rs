//! `candor stages`, `forecast`, `campaign`, `why`: the views of the pages, in words or as JSON.

use flow::views::{CampaignBrief, CustomersView, MessageFilter, UpliftView, Verdict};
use miette::{IntoDiagnostic, Result};
use terms::customer::Language;
use terms::ids::{CampaignId, MessageId, PersonId};
use terms::person::{Person, Role};
use terms::stage::Stage;

use crate::cli::Global;
use crate::compose::open_quiet;
use crate::progress::Spinner;
use crate::say;

/// Somebody at the command line may read, and holds no other right.
fn reader() -> Person {
    Person { id: PersonId(0), name: "operator".to_owned(), email: String::new(), role: Role::Analyst }
}

fn matrix<T>(rows: &[Vec<T>], cell: impl Fn(&T) -> String) {
    let heads: String = Stage::ALL.iter().map(|stage| format!("{:>13}", stage.as_str())).collect();
    say::line(format!("{:<14}{heads}", "from \\ to"));
    for (stage, row) in Stage::ALL.iter().zip(rows) {
        let cells: String = row.iter().map(|value| format!("{:>13}", cell(value))).collect();
        say::line(format!("{:<14}{cells}", stage.as_str()));
    }
}

pub(crate) async fn stages(global: &Global) -> Result<()> {
    let app = open_quiet(global).await?;
    let view = app.customers("", 1, Language::English).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(format!("{} customers on {}", say::count(view.matches), view.as_of));
    for count in &view.stages {
        say::line(format!("  {:<14}{:>10}", count.stage.as_str(), say::count(count.now)));
    }
    let rule = view.rule;
    say::line(format!(
        "new up to {} days, at risk after {}, churned after {} ({})",
        rule.new_days,
        rule.at_risk_days,
        rule.churned_days,
        if rule.gaps > 0 {
            format!("from {} gaps between purchases", say::count(rule.gaps))
        } else {
            "by default or by hand".to_owned()
        }
    ));
    say::line(format!("moves from {} to {}", view.moves_from, view.moves_to));
    matrix(&view.moves, |cell| say::count(cell.customers));
    say::line("what they bought for in that month");
    matrix(&view.moves, |cell| format!("{:.0}", cell.revenue));
    Ok(())
}

pub(crate) async fn forecast(global: &Global, refit: bool) -> Result<()> {
    let app = open_quiet(global).await?;
    let summary = {
        let _spinner = Spinner::start("fitting the stage models");
        if refit { app.refit().await } else { app.lifecycle().await }.into_diagnostic()?
    };
    let view: CustomersView = app.customers("", 1, Language::English).await.into_diagnostic()?;
    let two = app.forecast_two().await.into_diagnostic()?;
    if global.json {
        return say::json(&serde_json::json!({ "summary": summary, "next": view.forecast, "next_two": two }));
    }
    if !summary.note.is_empty() {
        say::line(format!("note: {}", summary.note));
    }
    for line in &summary.backtest {
        let mark = if line.name == summary.chosen {
            "chosen"
        } else if line.naive {
            "naive"
        } else {
            ""
        };
        say::line(format!(
            "  {:<14} log-loss {:.4}  behind the best {:.4} to {:.4}  accuracy {:.4}  ece {:.4}  {mark}",
            line.name, line.log_loss, line.behind_low, line.behind_high, line.accuracy, line.ece
        ));
    }
    if let Some(forecast) = &view.forecast {
        let months = forecast.held_back.len();
        say::line(match forecast.verdict {
            Verdict::TooShort => {
                "the history is too short to hold anything back: nobody knows how good this is".to_owned()
            }
            Verdict::BaselineWins => {
                format!("on the last {months} months a simple baseline forecast best, so the baseline acts")
            }
            Verdict::NotDistinguishable => format!(
                "on the last {months} months the model did better than the baselines, but by no more than chance"
            ),
            Verdict::ModelWins => {
                format!("on the last {months} months, not seen before, the model beat every baseline")
            }
        });
        if forecast.misses_seasons() {
            say::line(format!(
                "the history has {} days: seasons it has not seen, such as a Christmas, are missing from the forecast",
                forecast.history_days
            ));
        }
        say::line(format!(
            "{} customers have a score of their own; {} do not allow profiling and count only as numbers in a stage{}",
            say::count(forecast.customers),
            say::count(forecast.unscored),
            if forecast.customers == 0 {
                ": no consent to profiling is on record; `candor import consents` brings them"
            } else {
                ""
            }
        ));
        say::line(format!("expected moves by {} ({})", forecast.until, forecast.model));
        matrix(&forecast.moves, |cell| format!("{:.0}", cell.expected));
    }
    if let Some(two) = two {
        say::line(format!("expected moves by {}", two.until));
        matrix(&two.moves, |cell| format!("{:.0}", cell.expected));
    }
    Ok(())
}

fn uplift(view: Option<&UpliftView>) -> String {
    view.map_or_else(
        || "not measured".to_owned(),
        |u| format!("{:+.2} [{:+.2}, {:+.2}]", u.value, u.low, u.high),
    )
}

fn brief(campaign: &CampaignBrief) -> String {
    format!(
        "{:>4}  {:<11} audience {:>7}  planned {:>7}  sent {:>7}  control {:>6}  uplift {:<26} {}",
        campaign.id,
        campaign.state.as_str(),
        say::count(campaign.audience),
        say::count(campaign.planned),
        say::count(campaign.sent),
        say::count(campaign.control),
        uplift(campaign.uplift.as_ref()),
        campaign.name
    )
}

pub(crate) async fn campaign(global: &Global, id: Option<i64>) -> Result<()> {
    let app = open_quiet(global).await?;
    let Some(id) = id else {
        let view = app.campaigns().await.into_diagnostic()?;
        if global.json {
            return say::json(&view);
        }
        view.campaigns.iter().for_each(|campaign| say::line(brief(campaign)));
        return Ok(());
    };
    let report = app.report(&reader(), CampaignId(id), MessageFilter::All, 1).await.into_diagnostic()?;
    if global.json {
        return say::json(&report);
    }
    say::line(brief(&report.brief));
    say::line(format!("audience {} = planned {} + left out:", report.audience, report.planned));
    report
        .funnel
        .iter()
        .for_each(|step| say::line(format!("  {:<16}{:>8}", step.reason, say::count(step.people))));
    report.deliveries.iter().for_each(|(state, n)| say::line(format!("  {state:<16}{:>8}", say::count(*n))));
    say::line(format!("revenue per customer    {}", uplift(report.revenue.as_ref())));
    say::line(format!("purchases per customer  {}", uplift(report.purchases.as_ref())));
    if let Some(found) = &report.long_term {
        let told = |evidence: &terms::estimate::Evidence| match evidence {
            terms::estimate::Evidence::Sufficient(it) => {
                format!("{:+.3} ({:+.3} to {:+.3})", it.value, it.interval.low, it.interval.high)
            }
            terms::estimate::Evidence::Insufficient { .. } => "too few".to_owned(),
        };
        say::line(format!("year after              {}", told(&found.parts.value)));
        say::line(format!("long term               {}, {}", told(&found.parts.long), found.verdict));
        say::line(format!("gain and long term      {}", told(&found.parts.overall)));
    }
    if let Some(verdict) = &report.verdict {
        say::line(format!("verdict: {}", verdict.replace('_', " ")));
    }
    Ok(())
}

pub(crate) async fn why(global: &Global, message: i64) -> Result<()> {
    let app = open_quiet(global).await?;
    let view = app.why(MessageId(message), Language::English).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(format!("message {} to customer {}: {}", view.message, view.customer, view.state));
    say::line(format!("campaign  {} (`{}`)", view.campaign, view.audience));
    say::line(format!("audience  {}", view.audience_described));
    view.data.iter().for_each(|(name, value)| say::line(format!("data      {name} = {value}")));
    say::line(format!("models    {}", view.models.join(", ")));
    for reason in &view.reasons {
        say::line(format!(
            "{}       {:<26} {}",
            if reason.allows { "ok " } else { "NO " },
            reason.check,
            reason.found
        ));
    }
    if let Some(guard) = &view.guard {
        say::line(format!("guard     {} findings, rules {}", guard.findings.len(), guard.rules_version));
    }
    say::line(format!("author    {}", view.author));
    say::line(format!("approver  {} approved {}", view.approver, view.content_hash));
    view.ledger.iter().for_each(|line| {
        say::line(format!("ledger    {:>6}  {}  {:<20} {}", line.seq, line.at, line.action, line.actor))
    });
    Ok(())
}
