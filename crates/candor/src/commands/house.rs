//! `candor guard rules|raise|override`: what a brand decides about rules.

use std::process::ExitCode;

use miette::{IntoDiagnostic, Result, miette};
use terms::customer::Language;
use terms::time::Day;

use crate::cli::{Global, GuardRulesCommand};
use crate::commands::facts::bytes;
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn rules(global: &Global, command: &GuardRulesCommand) -> Result<ExitCode> {
    let app = open_quiet(global).await?;
    match command {
        GuardRulesCommand::List => list(global, &app).await?,
        GuardRulesCommand::Import { file, by } => {
            let person = person(&app, by).await?;
            let done = app.import_house(&person, &bytes(file)?).await.into_diagnostic()?;
            if global.json {
                say::json(&done)?;
            } else {
                say::line(format!(
                    "{} added, {} changed, {} as they were",
                    done.added, done.changed, done.same
                ));
            }
        }
        GuardRulesCommand::Export => {
            say::line(app.export_house().await.into_diagnostic()?.trim_end());
        }
        GuardRulesCommand::Retire { rule, undo, by } => {
            let person = person(&app, by).await?;
            app.retire_house_rule(&person, rule, !undo).await.into_diagnostic()?;
            say::line(format!("{rule} is {}", if *undo { "in force" } else { "retired" }));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(global: &Global, app: &flow::App) -> Result<()> {
    let view = app.house_view().await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    for fault in &view.faults {
        say::line(format!("cannot be used: {fault}"));
    }
    for kept in &view.rules {
        let rule = &kept.rule;
        say::line(format!(
            "{:<20} {:<9} {:<12} {}  by {}",
            rule.id, rule.severity, rule.kind, rule.name_en, kept.by
        ));
    }
    for raise in &view.raises {
        say::line(format!("{:<20} raised to {} by {}: {}", raise.rule, raise.to, raise.by, raise.why));
    }
    for kept in &view.overrides {
        let entry = &kept.entry;
        say::line(format!(
            "{:<20} overridden until {} by {}: {}",
            entry.rule, entry.until, entry.by, entry.why
        ));
    }
    say::line(format!("{} rules of the brand, version {}", view.rules.len(), view.version));
    Ok(())
}

/// Says what a rule of the brand looks for, why, and who wrote which version of it.
pub(crate) async fn explain(global: &Global, id: &str, lang: Language) -> Result<ExitCode> {
    let versions = open_quiet(global).await?.house_rule(id).await;
    let versions = match versions {
        Err(flow::Error::NotFound) => {
            return Err(miette!(
                "the brand has no rule `{id}`; `candor guard rules list` shows those it has"
            ));
        }
        other => other.into_diagnostic()?,
    };
    if global.json {
        say::json(&versions)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(last) = versions.last() else { return Ok(ExitCode::SUCCESS) };
    let rule = &last.rule;
    let (name, why, lines) = match lang {
        Language::English => (&rule.name_en, &rule.why_en, &rule.en),
        Language::Spanish => (&rule.name_es, &rule.why_es, &rule.es),
    };
    let standing = if last.retired { ", retired" } else { "" };
    say::line(format!("{} {name} ({}, {}{standing})", rule.id, rule.severity, rule.kind));
    say::line(why);
    lines.iter().for_each(|line| say::line(format!("  {line}")));
    for version in &versions {
        let standing = if version.retired { " retired" } else { "" };
        say::line(format!("version {} by {}, {}{standing}", version.version, version.by, version.at));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn raise(
    global: &Global,
    rule: &str,
    why: &str,
    raised: bool,
    by: &str,
) -> Result<ExitCode> {
    let app = open_quiet(global).await?;
    let person = person(&app, by).await?;
    app.set_severity(&person, rule, raised, why).await.into_diagnostic()?;
    if global.json {
        say::json(&app.built_in_rule(rule).await.into_diagnostic()?)?;
    } else {
        say::line(format!("{rule} {}", if raised { "blocks" } else { "is as it was built in" }));
    }
    Ok(ExitCode::SUCCESS)
}

/// Records an override through a day; without a day it ends the one there is.
pub(crate) async fn override_rule(
    global: &Global,
    rule: &str,
    why: &str,
    until: Option<Day>,
    by: &str,
) -> Result<ExitCode> {
    let app = open_quiet(global).await?;
    let person = person(&app, by).await?;
    if !app.may(&person, flow::access::Permission::OverrideRules) {
        return Err(miette!("only a privacy officer can override a rule; `{by}` is no privacy officer"));
    }
    if let Some(until) = until {
        let id = app.override_rule(&person, rule, why, until).await.into_diagnostic()?;
        if global.json {
            say::json(&app.built_in_rule(rule).await.into_diagnostic()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        say::line(format!(
            "override {id}: {rule} holds nothing back through {until}, and is shown on every message"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let view = app.house_view().await.into_diagnostic()?;
    let ids: Vec<i64> =
        view.overrides.iter().filter(|kept| kept.entry.rule == rule).map(|kept| kept.entry.id).collect();
    if ids.is_empty() {
        return Err(miette!("no override of `{rule}` counts; `candor guard rules list` shows which do"));
    }
    for id in ids {
        app.end_override(&person, id).await.into_diagnostic()?;
    }
    if global.json {
        say::json(&app.built_in_rule(rule).await.into_diagnostic()?)?;
    } else {
        say::line(format!("{rule} holds back again"));
    }
    Ok(ExitCode::SUCCESS)
}
