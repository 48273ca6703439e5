//! `candor facts`: what messages may say.

use flow::App;
use flow::facts::{FactAsk, FactFilter, FactImport, FactPlan, Planned, Reading, WrittenFact};
use miette::{IntoDiagnostic, Result, WrapErr};
use terms::customer::Language;
use terms::fact::Fact;
use terms::ids::FactId;

use crate::cli::{FactArgs, FactImportArgs, FactListArgs, FactsCommand, Global};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, command: &FactsCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        FactsCommand::Import(args) => import(global, &app, args).await,
        FactsCommand::List(args) => list(global, &app, args).await,
        FactsCommand::Set(args) => set(global, &app, args).await,
        FactsCommand::End { id, reason } => {
            app.end_fact_as_operator(FactId(*id), reason).await.into_diagnostic()?;
            say::line(format!("fact {id} has ended; nothing can be said on its ground any more"));
            Ok(())
        }
        FactsCommand::Show { id } => show(global, &app, FactId(*id)).await,
    }
}

/// Reads a file, `-` for standard input.
pub(crate) fn bytes(path: &std::path::Path) -> Result<Vec<u8>> {
    use std::io::Read;
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).into_diagnostic()?;
        return Ok(bytes);
    }
    std::fs::read(path).into_diagnostic().wrap_err_with(|| format!("cannot read `{}`", path.display()))
}

async fn import(global: &Global, app: &App, args: &FactImportArgs) -> Result<()> {
    let bytes = bytes(&args.file)?;
    let named = || args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let import =
        FactImport { source: args.source.clone().unwrap_or_else(named), max_age_hours: args.max_age };
    let plan = if args.dry_run {
        app.look_at_facts(&bytes, &import).await.into_diagnostic()?
    } else {
        app.import_facts_as_operator(&bytes, &import).await.into_diagnostic()?
    };
    if global.json {
        say::json(&plan)?;
    } else {
        tell(&plan);
    }
    if plan.faults.is_empty() {
        return Ok(());
    }
    Err(miette::miette!("nothing would be written: {} faults; mend the file", plan.faults.len()))
}

fn tell(plan: &FactPlan) {
    for fault in &plan.faults {
        say::line(fault.to_string());
    }
    for line in &plan.lines {
        let Some(fact) = line.fact() else { continue };
        let place = format!("{} {}", fact.entity, fact.predicate);
        match line.what {
            Planned::New => say::line(format!("  new      {place} = {}", line.says())),
            Planned::Changed => {
                say::line(format!("  changed  {place} = {} (was {})", line.says(), line.said()))
            }
            Planned::Ended => say::line(format!("  ends     {place} = {}", line.said())),
            Planned::Same => {}
        }
    }
    for (name, n) in &plan.left_out {
        say::line(format!("  left out {name} of {n} products: it is no fact"));
    }
    say::line(format!(
        "{} facts: {} new, {} changed, {} end, {} as they were; {}",
        say::count(plan.facts as u64),
        say::count(plan.count(Planned::New) as u64),
        say::count(plan.count(Planned::Changed) as u64),
        say::count(plan.count(Planned::Ended) as u64),
        say::count(plan.count(Planned::Same) as u64),
        if plan.applied { "written" } else { "nothing was written, this was a look" },
    ));
}

async fn list(global: &Global, app: &App, args: &FactListArgs) -> Result<()> {
    if global.json {
        // Exactly as `facts import` and `guard check --facts` read them.
        let facts: Vec<Fact> = pages(app, args).await?.into_iter().map(|row| row.fact).collect();
        return say::json(&facts);
    }
    for row in pages(app, args).await? {
        let fact = &row.fact;
        let evidence = match row.wants {
            Some(kind) => format!("  needs evidence: {kind}"),
            None if fact.evidence == terms::fact::EvidenceKind::Plain => String::new(),
            None => format!("  evidence: {}", fact.evidence),
        };
        let not = if fact.polarity == terms::fact::Polarity::False { "not " } else { "" };
        say::line(format!(
            "{:>4}  {:<24} {:<18} {:<9} {not}{}{evidence}",
            fact.id,
            fact.entity,
            fact.predicate,
            row.standing.as_str(),
            row.value
        ));
    }
    Ok(())
}

async fn pages(app: &App, args: &FactListArgs) -> Result<Vec<flow::facts::FactRow>> {
    let mut rows = Vec::new();
    for page in 1.. {
        let ask = FactAsk {
            search: args.search.clone(),
            filter: FactFilter::of(args.show.as_deref().unwrap_or("all")),
            page,
        };
        let view = app.facts_view(&ask, Language::English).await.into_diagnostic()?;
        rows.extend(view.rows);
        if page >= view.pages {
            break;
        }
    }
    Ok(rows)
}

async fn show(global: &Global, app: &App, id: FactId) -> Result<()> {
    let view = app.fact_view(id, Language::English).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    let fact = &view.row.fact;
    let ended = if view.ended { ", ended" } else { "" };
    say::line(format!(
        "{} {} = {} ({}{ended})",
        fact.entity,
        fact.predicate,
        view.row.value,
        view.row.standing.as_str()
    ));
    say::line(format!("source {}, seen {}, evidence {}", fact.source, fact.observed_at, fact.evidence));
    for change in &view.changes {
        let what = if change.ended { "ended".to_owned() } else { change.after.clone() };
        say::line(format!("  {}  {what:<20} {} {}", change.at, change.who, change.why));
    }
    if let Some(former) = &view.former {
        say::line(match former.proven() {
            Some(price) => format!("former price that may be told: {price}"),
            None => "no former price may be told".to_owned(),
        });
    }
    Ok(())
}

/// Words that are true of the brand because its settings say so.
pub(crate) async fn state_of_brand(app: &App, predicate: &str, words: &str) -> Result<FactId> {
    let import = FactImport { source: "brand settings".to_owned(), max_age_hours: None };
    let reading = app.fact_reading(&import).await.into_diagnostic()?;
    let written = WrittenFact {
        entity: "brand".to_owned(),
        predicate: predicate.to_owned(),
        value: words.to_owned(),
        kind: "text".to_owned(),
        ..WrittenFact::default()
    };
    put(app, &written, &reading).await.map(|fact| fact.id)
}

/// Adds a fact, or changes the one of the same entity, predicate and evidence.
async fn put(app: &App, written: &WrittenFact, reading: &Reading) -> Result<Fact> {
    let mut fact = written.read(0, reading).map_err(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        miette::miette!("{}", told.join("\n"))
    })?;
    let known = app.store().facts_of(&fact.entity).await.into_diagnostic()?;
    let same = |known: &&Fact| known.predicate == fact.predicate && known.evidence == fact.evidence;
    fact.id = known.iter().find(same).map_or(FactId(0), |known| known.id);
    fact.id = app.put_fact_as_operator(&fact).await.into_diagnostic()?;
    Ok(fact)
}

async fn set(global: &Global, app: &App, args: &FactArgs) -> Result<()> {
    let import = FactImport { source: args.source.clone(), max_age_hours: args.max_age };
    let reading = app.fact_reading(&import).await.into_diagnostic()?;
    let written = WrittenFact {
        entity: args.entity.clone(),
        predicate: args.predicate.clone(),
        value: args.value.clone(),
        kind: args.kind.clone(),
        unit: args.unit.clone(),
        polarity: args.polarity.clone(),
        valid_from: args.from.map(|day| day.to_string()).unwrap_or_default(),
        valid_until: args.until.map(|day| day.to_string()).unwrap_or_default(),
        evidence: args.evidence.map(|kind| kind.to_string()).unwrap_or_default(),
        ..WrittenFact::default()
    };
    let fact = put(app, &written, &reading).await?;
    if global.json {
        return say::json(&fact);
    }
    say::line(format!("fact {}: {} {} = {}", fact.id, args.entity, args.predicate, args.value));
    Ok(())
}
