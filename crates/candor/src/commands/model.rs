//! `candor model`: the registry, each version held against its file and its seals, and what people decide about it.

use flow::registry::{About, GateText, ModelLine, ModelView, Step};
use miette::{Context, IntoDiagnostic, Result, miette};
use terms::estimate::Evidence;
use terms::gate::{Found, GateLine};
use terms::model::{ModelKind, ModelState};

use crate::cli::{Global, ModelCommand, ModelStep};
use crate::commands::facts::bytes;
use crate::commands::vault::person;
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, label: Option<&str>) -> Result<()> {
    let app = open_quiet(global).await?;
    let view = app.models_view().await.into_diagnostic()?;
    let Some(label) = label else {
        if global.json {
            say::json(&view)?;
        } else {
            view.models.iter().for_each(show);
            for waiting in &view.waiting {
                say::line(format!(
                    "{waiting} passed its gates and waits for a person: candor model promote {waiting} --by EMAIL"
                ));
            }
            if !view.scored {
                say::line("no stage model acts: stages are counted by rules, and nobody has a score");
            }
        }
        return fault(
            view.faults
                .into_iter()
                .map(|fault| fault.message)
                .chain(view.models.into_iter().filter_map(|model| model.problem)),
        );
    };
    let people = app.store().people().await.into_diagnostic()?;
    let reader =
        people.first().ok_or_else(|| miette!("nobody works here yet; `candor person add` adds somebody"))?;
    if !view.models.iter().any(|model| model.label == label) {
        return Err(miette!("there is no model `{label}`; `candor model` lists them"));
    }
    let one = app.model_view(reader, label).await.into_diagnostic()?;
    if global.json {
        say::json(&one)?;
    } else {
        whole(&one);
    }
    fault(one.line.problem.into_iter())
}

fn fault(mut faults: impl Iterator<Item = String>) -> Result<()> {
    faults.next().map_or(Ok(()), |problem| Err(miette!("{problem}")))
}

pub(crate) async fn decide(global: &Global, command: &ModelCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    let (step, to, share) = match command {
        ModelCommand::Promote(step) => (step, ModelState::Live, 0),
        ModelCommand::Shadow(step) => (step, ModelState::Shadow, 0),
        ModelCommand::Canary { step, share } => (step, ModelState::Canary, *share),
        ModelCommand::Retire(step) => (step, ModelState::Retired, 0),
        ModelCommand::Rollback(ModelStep { label, by, why }) => {
            let person = person(&app, by).await?;
            let moved = app.roll_back(&person, label, why).await.into_diagnostic()?;
            return told(global, &app, &moved).await;
        }
        ModelCommand::Add { file, about, by } => {
            let text = String::from_utf8(bytes(about)?).into_diagnostic()?;
            let about = About::read(&text).into_diagnostic()?;
            let person = person(&app, by).await?;
            let (version, report) = app.bring_model(&person, bytes(file)?, about).await.into_diagnostic()?;
            if global.json {
                return say::json(&serde_json::json!({ "model": version.label(), "gate": report }));
            }
            report.lines.iter().for_each(line);
            say::line(match report.passed {
                true => format!(
                    "`{}` passed its gates; somebody else may let it act: candor model promote {0} --by EMAIL",
                    version.label()
                ),
                false => format!(
                    "`{}` is a candidate; it does not pass its gates and does not act",
                    version.label()
                ),
            });
            return Ok(());
        }
        ModelCommand::Table { file, by } => {
            let person = person(&app, by).await?;
            let mut rows = Vec::new();
            let n = app.write_training_table(&person, &mut rows).await.into_diagnostic()?;
            std::fs::write(file, rows)
                .into_diagnostic()
                .wrap_err_with(|| format!("cannot write `{}`", file.display()))?;
            say::line(format!("{} rows in `{}`", say::count(n), file.display()));
            return Ok(());
        }
        ModelCommand::Gate { label, set, why, by } => {
            return gate(global, &app, label, set.as_deref(), why, by.as_deref()).await;
        }
    };
    let person = person(&app, &step.by).await?;
    let asked = Step { label: step.label.clone(), to, share, reason: step.why.clone() };
    app.move_model(&person, &asked).await.into_diagnostic()?;
    told(global, &app, &step.label).await
}

async fn told(global: &Global, app: &flow::App, label: &str) -> Result<()> {
    let models = app.models().await.into_diagnostic()?;
    let Some(model) = models.iter().find(|model| model.label == label) else { return Ok(()) };
    if global.json {
        return say::json(model);
    }
    show(model);
    Ok(())
}

async fn gate(
    global: &Global,
    app: &flow::App,
    label: &str,
    set: Option<&std::path::Path>,
    why: &str,
    by: Option<&str>,
) -> Result<()> {
    if let Ok(kind) = label.parse::<ModelKind>() {
        let stands = app.gate_rules(kind).await.into_diagnostic()?;
        let (Some(file), Some(by)) = (set, by) else {
            if global.json {
                return say::json(&stands);
            }
            for rule in &stands.rules {
                say::line(format!("{:<18} {:>10} {}", rule.criterion.as_str(), rule.limit, rule.need));
            }
            return Ok(());
        };
        let read: GateText = serde_json::from_slice(&bytes(file)?).into_diagnostic()?;
        let text = GateText { base: stands.base, rules: read.rules, reason: why.to_owned() };
        let version = app.set_gate(&person(app, by).await?, kind, &text).await.into_diagnostic()?;
        say::line(format!("the gate of {kind} is version {version}; run the gates of what waits again"));
        return Ok(());
    }
    let by = by.ok_or_else(|| miette!("say who runs the gates: --by EMAIL"))?;
    let report = app.rerun_gate(&person(app, by).await?, label).await.into_diagnostic()?;
    if global.json {
        say::json(&report)?;
    } else {
        report.lines.iter().for_each(line);
    }
    if report.passed { Ok(()) } else { Err(miette!("`{label}` does not pass its gates")) }
}

fn line(line: &GateLine) {
    let found = match &line.found {
        Found::Figure(Evidence::Sufficient(e)) => {
            format!("{:.4} [{:.4}, {:.4}] of {}", e.value, e.interval.low, e.interval.high, say::count(e.n))
        }
        Found::Figure(Evidence::Insufficient { n, needed }) => format!("too few: {n} of {needed}"),
        Found::Missing { why } => format!("not measured: {why}"),
    };
    say::line(format!(
        "{:<18} {:<14} limit {:<8} {found}",
        line.criterion.as_str(),
        line.verdict.as_str(),
        line.limit
    ));
}

fn show(model: &ModelLine) {
    let fitted_on = model.lineage.as_ref().map_or_else(
        || {
            if model.kind.is_built_in() {
                "a part of the program".to_owned()
            } else {
                "its file cannot be used".to_owned()
            }
        },
        |lineage| {
            format!(
                "{} rows of {} customers up to {}",
                say::count(lineage.rows),
                say::count(lineage.customers),
                lineage.as_of
            )
        },
    );
    say::line(format!(
        "{:<20} {:<10} {}  {} on {fitted_on}, {} answers for it",
        model.label,
        model.state.as_str(),
        model.content_hash.chars().take(12).collect::<String>(),
        model.made_at.day(),
        model.responsible
    ));
}

fn whole(view: &ModelView) {
    show(&view.line);
    let card = &view.card;
    for (name, text) in [
        ("purpose", &card.purpose),
        ("data", &card.data),
        ("features", &card.features),
        ("evaluation", &card.evaluation),
        ("limits", &card.limits),
        ("owner", &card.owner),
        ("languages", &card.languages),
    ] {
        say::line(format!("  {name:<11} {text}"));
    }
    view.gate.iter().flat_map(|report| &report.lines).for_each(line);
    for step in &view.moves {
        let who = step.person.as_deref().unwrap_or("by itself");
        say::line(format!("  {} {} to {} ({who}) {}", step.at, step.from, step.to, step.reason));
    }
    say::line(serde_json::to_string_pretty(&view.line.evaluation).unwrap_or_default());
}
