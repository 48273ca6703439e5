//! `candor guard`: what the guard says of a message, and what its rules mean. The exit code tells a program how severe it
//! is; a message that could not be checked never ends with the code of one that passed.

use std::process::ExitCode;

use flow::clock::Clock;
use flow::facts::{Reading, read_file};
use flow::guarding::{CheckSettings, MessageCheck, RuleView, check_message, rulebook, rules_version};
use flow::monitoring::{CueProposal, RateLine};
use miette::{IntoDiagnostic, Result};
use terms::customer::Language;
use terms::estimate::Evidence;
use terms::fact::Fact;
use terms::finding::Severity;
use terms::house::CueKind;
use terms::ids::FactId;

use crate::cli::{Global, GuardCheckArgs, GuardCommand};
use crate::commands::facts::bytes;
use crate::compose::open_quiet;
use crate::say;

/// It could not be checked.
const NOT_CHECKED: u8 = 2;

pub(crate) async fn run(global: &Global, command: &GuardCommand) -> ExitCode {
    let done = match command {
        GuardCommand::Check(args) => check(global, args).await,
        GuardCommand::Rules(command) => super::house::rules(global, command).await,
        GuardCommand::Raise { rule, reason, undo, by } => {
            super::house::raise(global, rule, reason, !*undo, by).await
        }
        GuardCommand::Override { rule, reason, until, by, .. } => {
            super::house::override_rule(global, rule, reason, *until, by).await
        }
        GuardCommand::Monitor => monitor(global).await,
        GuardCommand::Sample { seed } => sample(global, *seed).await,
        GuardCommand::Calibrate { accept, undo, lang, by } => {
            calibrate(global, *lang, *accept, *undo, by.as_deref()).await
        }
        GuardCommand::Explain { rule, lang } => explain(global, rule.as_deref(), *lang).await,
    };
    done.unwrap_or_else(|report| {
        eprintln!("{report:?}");
        ExitCode::from(NOT_CHECKED)
    })
}

async fn check(global: &Global, args: &GuardCheckArgs) -> Result<ExitCode> {
    let message = bytes(&args.message)?;
    let message = String::from_utf8(message)
        .map_err(|_| miette::miette!("`{}` is not UTF-8; save it as UTF-8", args.message.display()))?;
    let explain_in = args.explain_in.unwrap_or(args.lang);
    let checked = match &args.facts {
        Some(path) => {
            let now =
                args.on.map_or_else(|| Clock::System.now(), |day| day.start_in(&args.zone).plus_hours(9));
            let facts = facts(&bytes(path)?, now, &args.zone)?;
            let settings = CheckSettings {
                language: args.lang,
                explain_in,
                offer: args.offer.clone(),
                from: now,
                until: now,
                zone: args.zone.clone(),
                hosts: args.host.clone(),
                last_calls: None,
                // A file of facts is checked without an installation, so there is no house either.
                house: std::sync::Arc::default(),
            };
            check_message(&message, facts, &settings).into_diagnostic()?
        }
        None => {
            let app = open_quiet(global).await?;
            app.check_message(&message, args.lang, explain_in, &args.offer).await.into_diagnostic()?
        }
    };
    if global.json {
        say::json(&checked)?;
    } else {
        tell(&checked);
    }
    Ok(ExitCode::from(match checked.severity {
        None => 0,
        Some(Severity::Block) => 1,
        Some(Severity::Evidence) => 3,
        Some(Severity::Warn) => 4,
    }))
}

/// The facts of a file, all of them or none: a check against half of them would say too much or too little.
fn facts(bytes: &[u8], now: terms::time::Instant, zone: &str) -> Result<Vec<Fact>> {
    let reading = Reading { source: "facts".to_owned(), now, max_age_hours: None, zone: zone.to_owned() };
    let file = read_file(bytes, &reading);
    if !file.faults.is_empty() {
        let told: Vec<String> = file.faults.iter().map(ToString::to_string).collect();
        return Err(miette::miette!("the facts cannot be taken:\n{}", told.join("\n")));
    }
    Ok(file.facts.into_iter().zip(1..).map(|((_, fact), id)| Fact { id: FactId(id), ..fact }).collect())
}

fn tell(checked: &MessageCheck) {
    for (finding, release) in checked.report.findings.iter().zip(&checked.releases) {
        let weight = if finding.blocks { "blocks" } else { "notes " };
        say::line(format!("{:<4} {weight} {} `{}`", finding.rule, finding.span.field, finding.quote));
        say::line(format!("     {}", finding.message));
        say::line(format!("     {} ({})", finding.repair, finding.basis));
        if let Some(release) = release {
            let evidence = match release.evidence {
                terms::fact::EvidenceKind::Plain => String::new(),
                kind => format!(", with evidence {kind}"),
            };
            say::line(format!("     released by: {} of {}{evidence}", release.predicate, release.entity));
        }
    }
    for ground in &checked.grounds {
        say::line(format!(
            "     stands: {} of {} is {} ({})",
            ground.predicate, ground.entity, ground.value, ground.source
        ));
    }
    say::line(format!(
        "{} findings, {} of {} sentences unchecked; rules {}, {} facts {}",
        checked.report.findings.len(),
        checked.unchecked,
        checked.report.sentences.len(),
        checked.report.rules_version,
        checked.facts,
        checked.facts_hash.get(..12).unwrap_or_default(),
    ));
}

fn rate(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Sufficient(found) => format!(
            "{:.1} % ({:.1} to {:.1}), n = {}",
            100.0 * found.value,
            100.0 * found.interval.low,
            100.0 * found.interval.high,
            found.n
        ),
        Evidence::Insufficient { n, needed } => format!("not enough reviewed yet ({n} of {needed})"),
    }
}

fn rates(name: &str, line: &RateLine) {
    say::line(format!("{name:<24} first drafts {}, held {}", line.drafts, line.held));
    say::line(format!("  by the guard's count   {}", rate(&line.by_guard)));
    say::line(format!("  before the guard       {}", rate(&line.before)));
    say::line(format!("  after the guard        {}", rate(&line.after)));
}

async fn monitor(global: &Global) -> Result<ExitCode> {
    let view = open_quiet(global).await?.guard_monitor().await.into_diagnostic()?;
    if global.json {
        say::json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    say::line(format!(
        "{} different texts read, {} held, {} more left to a person; {} messages sent, {} complaints, {} objections, {} opt-outs",
        view.texts, view.held, view.for_person, view.sent, view.complained, view.objected, view.opted_out
    ));
    rates("all", &view.all);
    for line in view.months.iter().chain(&view.writers) {
        let writer = line.writer.map(|writer| format!("{writer} {}", line.made_by));
        rates(line.month.as_deref().or(writer.as_deref()).unwrap_or("all").trim(), line);
    }
    say::line("rule  texts  blocked  to a person  on evidence  let pass  held at sending  right, by people");
    for rule in &view.rules {
        say::line(format!(
            "{:<5} {:>5}  {:>7}  {:>11}  {:>11}  {:>8}  {:>15}  {}",
            rule.rule,
            rule.texts,
            rule.blocking,
            rule.for_person,
            rule.evidence,
            rule.passed,
            rule.held_messages,
            rate(&rule.precision)
        ));
    }
    say::line(format!("{} of {} drawn texts judged", view.samples.1, view.samples.0));
    Ok(ExitCode::SUCCESS)
}

async fn calibrate(
    global: &Global,
    lang: Language,
    accept: Option<CueKind>,
    undo: Option<CueKind>,
    by: Option<&str>,
) -> Result<ExitCode> {
    let app = open_quiet(global).await?;
    if let (Some(cue), Some(by)) = (accept.or(undo), by) {
        let person = super::vault::person(&app, by).await?;
        if undo.is_some() {
            app.undo_calibration(&person, lang, cue).await.into_diagnostic()?;
        } else {
            let view = app.guard_calibration().await.into_diagnostic()?;
            let line = view.cues.iter().find(|line| line.language == lang && line.cue == cue);
            let Some(to) = line.and_then(CueProposal::acceptable) else {
                return Err(miette::miette!(
                    "nothing else is proposed for `{cue}` in `{lang}`; `candor guard calibrate` shows how many verdicts there are"
                ));
            };
            app.accept_calibration(&person, lang, cue, to).await.into_diagnostic()?;
        }
    }
    let view = app.guard_calibration().await.into_diagnostic()?;
    if global.json {
        say::json(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    say::line("cue       shown from  proposed  unfair  caught now/then  fair  shown now/then");
    for cue in &view.cues {
        let proposed = cue.proposed.map_or_else(|| "too few".to_owned(), |to| format!("{to:.2}"));
        say::line(format!(
            "{} {:<6} {:>10.2}  {proposed:>8}  {:>6}  {:>15}  {:>4}  {:>14}",
            cue.language,
            cue.cue.as_str(),
            cue.now,
            cue.positives,
            format!("{}/{}", cue.caught.0, cue.caught.1),
            cue.negatives,
            format!("{}/{}", cue.shown.0, cue.shown.1)
        ));
    }
    say::line("nothing was changed: a proposal is for a person");
    Ok(ExitCode::SUCCESS)
}

async fn sample(global: &Global, seed: Option<u64>) -> Result<ExitCode> {
    let app = open_quiet(global).await?;
    let drawn = app.draw_guard_samples(seed).await.into_diagnostic()?;
    if global.json {
        say::json(&serde_json::json!({ "drawn": drawn }))?;
    } else {
        say::line(format!("{drawn} texts drawn; judge them at /guard/sample"));
    }
    Ok(ExitCode::SUCCESS)
}

async fn explain(global: &Global, rule: Option<&str>, lang: Language) -> Result<ExitCode> {
    let all = rulebook();
    let Some(id) = rule else {
        if global.json {
            say::json(&all)?;
        } else {
            for rule in &all {
                say::line(format!("{:<4} {:<9} {}", rule.id, rule.severity.as_str(), rule.name(lang)));
            }
            say::line(format!("{} rules, version {}", all.len(), rules_version()));
        }
        return Ok(ExitCode::SUCCESS);
    };
    if id.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("b-")) {
        return super::house::explain(global, id, lang).await;
    }
    let Some(rule) = all.iter().find(|rule| rule.id.eq_ignore_ascii_case(id)) else {
        let known: Vec<&str> = all.iter().map(|rule| rule.id).collect();
        return Err(miette::miette!("there is no rule `{id}`; the rules are {}", known.join(", ")));
    };
    if global.json {
        say::json(rule)?;
    } else {
        one(rule, lang);
    }
    Ok(ExitCode::SUCCESS)
}

fn one(rule: &RuleView, lang: Language) {
    say::line(format!("{} {} ({})", rule.id, rule.name(lang), rule.severity));
    let [catches, why, basis, advice, held, passes] = match lang {
        Language::English => ["catches", "why", "basis", "for reference, not legal advice", "held", "passes"],
        Language::Spanish => {
            ["detecta", "motivo", "base", "como referencia, no es asesoramiento legal", "retiene", "admite"]
        }
    };
    say::line(format!("{catches:<8} {}", rule.catches(lang)));
    say::line(format!("{why:<8} {}", rule.why(lang)));
    say::line(format!("{basis:<8} {}; {advice}", rule.basis(lang)));
    for example in &rule.examples {
        say::line(format!("{:<8} {held:<7} {}", example.language.as_str(), example.fails));
        say::line(format!("{:<8} {passes:<7} {}", "", example.passes));
    }
}
