//! `candor holdout` and `candor report marketing`: the share that hears no marketing, and what all of it changes.

use flow::views::UpliftView;
use miette::{IntoDiagnostic, Result};

use crate::cli::{Global, HoldoutArgs};
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn set(global: &Global, args: &HoldoutArgs) -> Result<()> {
    let app = open_quiet(global).await?;
    let person = person(&app, &args.by).await?;
    let from = app.set_holdout(&person, args.percent, args.months).await.into_diagnostic()?;
    if global.json {
        return say::json(
            &serde_json::json!({ "percent": args.percent, "months": args.months, "from": from }),
        );
    }
    say::line(format!(
        "{} % of all customers hear no marketing from {from} on, others every {} months",
        args.percent, args.months
    ));
    Ok(())
}

pub(crate) async fn report(global: &Global) -> Result<()> {
    let app = open_quiet(global).await?;
    let view = app.marketing_effect().await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    match &view.now {
        Some(now) => say::line(format!(
            "{:.2} % of all customers hear no marketing from {} to {}",
            now.share * 100.0,
            now.from,
            now.to
        )),
        None => say::line(format!(
            "nobody is held out; {} % is proposed: candor holdout --percent {} --by EMAIL",
            view.proposed, view.proposed
        )),
    }
    for effect in &view.effects {
        say::line(format!(
            "{} to {}: {} held out, {} others, sample ratio p {:.4}{}",
            effect.period.from,
            effect.until,
            say::count(effect.held_out),
            say::count(effect.others),
            effect.sample_ratio,
            if effect.mismatched() { " (do not trust these figures)" } else { "" }
        ));
        for (name, found) in [
            ("revenue", &effect.revenue),
            ("purchases", &effect.purchases),
            ("year after", &effect.value),
            ("opt-outs", &effect.opt_outs),
            ("complaints", &effect.complaints),
        ] {
            say::line(format!("  {name:<11} {}", told(found.as_ref())));
        }
        if let Some(shown) = effect.detectable {
            say::line(format!("  a difference of {shown:.2} {} per customer would show", view.currency));
        }
        say::line(format!("  {}", effect.verdict.replace('_', " ")));
    }
    Ok(())
}

fn told(found: Option<&UpliftView>) -> String {
    found.map_or_else(
        || "too few".to_owned(),
        |it| {
            format!(
                "{:>+10.4} ({:+.4} to {:+.4}), {:.4} with marketing, {:.4} without",
                it.value, it.low, it.high, it.mean_treated, it.mean_control
            )
        },
    )
}
