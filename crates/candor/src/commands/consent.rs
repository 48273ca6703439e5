//! `candor consent`: receipts at any time, notices, consent strings, export.

use std::fs::OpenOptions;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use flow::App;
use flow::views::{ConsentHistory, NoticeState, ReceiptLine, SaleCheck};
use miette::{IntoDiagnostic, Result, miette};
use terms::consent::{Channel, Purpose};
use terms::ids::CustomerKey;
use terms::time::Instant;

use crate::cli::{ConsentCommand, Global, NoticeCommand, PeopleArgs};
use crate::commands::import::{people_options, show_rejected};
use crate::compose::open_quiet;
use crate::progress::import_bar;
use crate::say;

pub(crate) async fn run(global: &Global, command: &ConsentCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        ConsentCommand::Show { customer, at } => show(global, &app, customer, at.as_deref()).await,
        ConsentCommand::Counts { at } => counts(global, &app, at.as_deref()).await,
        ConsentCommand::Notice(NoticeCommand::List) => notices(global, &app).await,
        ConsentCommand::Notice(NoticeCommand::Add { name: version, file, language, purpose }) => {
            let text = read_text(file)?;
            let id = app.add_notice(version, *language, purpose, &text).await.into_diagnostic()?;
            let hash = terms::hash::ContentHash::of_text(text.trim());
            say::line(format!("notice {id}: {version} ({language}), sha256 {hash}"));
            Ok(())
        }
        ConsentCommand::ImportStrings(args) => strings(global, &app, args).await,
        ConsentCommand::Export { customer, out } => export(&app, customer.as_deref(), out.as_deref()).await,
    }
}

fn time(text: Option<&str>) -> Result<Option<Instant>> {
    let read = |text: &str| {
        flow::consent::read_instant(text)
            .ok_or_else(|| miette!("`{text}` is no time; write it as 2026-03-01, or 2026-03-01T09:30 in UTC"))
    };
    text.map(read).transpose()
}

async fn show(global: &Global, app: &App, who: &str, at: Option<&str>) -> Result<()> {
    let at = time(at)?;
    let keys = match who.contains('@') {
        true => {
            let found = app.store().customers_by_email(who).await.into_diagnostic()?;
            found.into_iter().map(|customer| customer.key).collect()
        }
        false => vec![CustomerKey::new(who)],
    };
    if keys.is_empty() {
        return Err(miette!("nobody has the address `{who}`; look for them by key"));
    }
    let mut histories = Vec::with_capacity(keys.len());
    for key in &keys {
        histories.push(app.consent_history(key, at).await.into_diagnostic()?);
    }
    if global.json {
        return say::json(&histories);
    }
    histories.iter().for_each(words);
    Ok(())
}

fn asked(purpose: Purpose, channel: Option<Channel>) -> String {
    channel.map_or_else(|| purpose.to_string(), |channel| format!("{purpose} by {channel}"))
}

fn words(history: &ConsentHistory) {
    say::line(format!("{} at {}", history.customer, history.at));
    if history.states.is_empty() {
        say::line("  nothing was said by then: nothing is allowed");
    }
    for state in &history.states {
        let answer = if state.allows { "yes" } else { "no" };
        say::line(format!(
            "  {:<3} {:<22} {} ({}) since {}",
            answer,
            asked(state.purpose, state.channel),
            state.status,
            state.basis,
            state.since
        ));
    }
    say::line(format!("{} receipts", history.receipts.len()));
    history.receipts.iter().for_each(receipt);
}

fn receipt(line: &ReceiptLine) {
    let receipt = &line.receipt;
    let mark = match (line.counts, line.later) {
        (true, _) => "*",
        (false, true) => "(later)",
        (false, false) => "",
    };
    say::line(format!(
        "{:>6} {:<7} {} {} {} by {} ({}), through {}",
        line.id,
        mark,
        receipt.at,
        receipt.purpose,
        receipt.status,
        receipt.channel,
        receipt.basis,
        receipt.source
    ));
    let recorded = line.recorded_at.map_or_else(|| "not kept".to_owned(), |at| at.to_string());
    say::line(format!("               recorded {recorded}; proof: {}", or(&receipt.proof, "none")));
    let named = format!(
        "notice {} ({}), sha256 {}",
        or(&receipt.notice_version, "unnamed"),
        receipt.language,
        or(&receipt.notice_hash, "not given")
    );
    say::line(match &line.notice {
        NoticeState::Known { .. } => format!("               {named}"),
        NoticeState::OtherText => format!("               {named}: NOT the text of that version"),
        NoticeState::Unknown => format!("               {named}: notice text not known"),
        NoticeState::None => "               no notice: a signal of a browser or another tool".to_owned(),
    });
    match line.sale {
        SaleCheck::NotNeeded => {}
        SaleCheck::Found => say::line("               sale: a purchase by then is known"),
        SaleCheck::NoProof => {
            say::line("               NOT VALID: a soft opt-in without a proof that names a sale")
        }
        SaleCheck::NoPurchase => {
            say::line("               NOT VALID: a soft opt-in, and no purchase by then is known")
        }
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

async fn counts(global: &Global, app: &App, at: Option<&str>) -> Result<()> {
    let at = time(at)?.map(|at| at.to_string()).unwrap_or_default();
    let view = app.consent_view("", &at).await.into_diagnostic()?;
    if global.json {
        return say::json(&view);
    }
    say::line(format!("at {}", view.at));
    say::line(format!("{:<22} {:>10} {:>10} {:>10}", "", "granted", "denied", "withdrawn"));
    for line in &view.counts {
        let n = |n: i64| say::count(u64::try_from(n).unwrap_or(0));
        say::line(format!(
            "{:<22} {:>10} {:>10} {:>10}",
            asked(line.purpose, line.channel),
            n(line.counts.granted),
            n(line.counts.denied),
            n(line.counts.withdrawn)
        ));
    }
    Ok(())
}

async fn notices(global: &Global, app: &App) -> Result<()> {
    let notices = app.notices().await.into_diagnostic()?;
    if global.json {
        return say::json(&notices);
    }
    for notice in &notices {
        let purposes: Vec<&str> = notice.purposes.iter().map(|purpose| purpose.as_str()).collect();
        say::line(format!("{} ({}) added {}", notice.version, notice.language, notice.added_at));
        say::line(format!("  {}", purposes.join(", ")));
        say::line(format!("  sha256 {}", notice.hash));
    }
    Ok(())
}

async fn strings(global: &Global, app: &App, args: &PeopleArgs) -> Result<()> {
    if args.table.dry_run {
        return Err(miette!(
            "consent strings have no preview; every row that cannot be used is told after the import"
        ));
    }
    let file = &args.table.file;
    let done = app
        .import_consent_strings(file, people_options(args), import_bar("strings"))
        .await
        .into_diagnostic()?;
    if global.json {
        return say::json(&done);
    }
    say::line(format!(
        "{} strings of `{}` read, {} of them say nothing of these purposes; {} new receipts",
        say::count(done.strings),
        file.display(),
        say::count(done.silent),
        say::count(done.added)
    ));
    done.says.iter().for_each(|(says, n)| say::line(format!("  {:>9}  {says}", say::count(*n))));
    if done.refusals_kept > 0 {
        say::line(format!("of {} rejected rows the refusals were kept", say::count(done.refusals_kept)));
    }
    show_rejected(&done.rejected, &done.rejected_lines, done.rejects_file.as_deref());
    Ok(())
}

async fn export(app: &App, customer: Option<&str>, out: Option<&Path>) -> Result<()> {
    let mut to: Box<dyn Write + Send> = match out {
        Some(path) => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(path).map_err(|error| {
                miette!("cannot write `{}`: {error}; name a file that does not exist", path.display())
            })?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(std::io::stdout()),
    };
    let (records, receipts) = match customer {
        Some(key) => {
            let records = app.consent_records(&CustomerKey::new(key)).await.into_diagnostic()?;
            let receipts: usize = records
                .iter()
                .filter_map(|record| record.get("events").and_then(|events| events.as_array()))
                .map(Vec::len)
                .sum();
            let document =
                serde_json::json!({ "@context": flow::consent::export::context(), "@graph": records });
            serde_json::to_writer_pretty(&mut to, &document).into_diagnostic()?;
            writeln!(to).and_then(|()| to.flush()).into_diagnostic()?;
            (records.len() as u64, receipts as u64)
        }
        None => app.export_consents(&mut *to).await.into_diagnostic()?,
    };
    if let Some(path) = out {
        let (records, receipts) = (say::count(records), say::count(receipts));
        say::line(format!(
            "{records} consent records with {receipts} receipts written to `{}`",
            path.display()
        ));
    }
    Ok(())
}

fn read_text(file: &Path) -> Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).into_diagnostic()?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(|error| miette!("cannot read `{}`: {error}", file.display()))
}
