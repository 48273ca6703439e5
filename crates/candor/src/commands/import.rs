//! `candor import`: files in, with a preview, progress, and a file of what could not be taken.

use std::collections::BTreeMap;
use std::path::Path;

use flow::first_look;
use flow::home::Home;
use lake::import::{CurrencyFrom, Header, Imported, Options, Outcome, Preview, RejectedLine};
use lake::layout::WhichImport;
use lake::layout::manifest::ImportedFile;
use miette::{IntoDiagnostic, Result};
use terms::money::Currency;

use crate::cli::{Global, ImportCommand, PeopleArgs, PurchaseArgs, TableArgs};
use crate::compose::{home, open_quiet};
use crate::progress::import_bar;
use crate::say;

fn options(args: &TableArgs) -> Options {
    Options {
        delimiter: args.delimiter.clone(),
        time_format: args.time_format.clone(),
        header: if args.no_header { Header::Absent } else { Header::Detect },
        ..Options::default()
    }
}

pub(crate) fn people_options(args: &PeopleArgs) -> Options {
    Options { columns: args.column.iter().cloned().collect(), ..options(&args.table) }
}

fn purchase_options(args: &PurchaseArgs) -> Options {
    // `--currency EUR` is a currency for every row; anything else names a column.
    let code = args.currency.as_deref().filter(|text| text.len() == 3).and_then(|text| text.parse().ok());
    Options {
        customer: args.customer.clone(),
        time: args.time.clone(),
        amount: args.amount.clone(),
        quantity: args.quantity.clone(),
        unit_price: args.unit_price.clone(),
        order: args.order.clone(),
        currency: args.currency.clone().filter(|_| code.is_none()),
        default_currency: code,
        decimal: args.decimal,
        ..options(&args.table)
    }
}

pub(crate) async fn run(global: &Global, command: &ImportCommand) -> Result<()> {
    match command {
        ImportCommand::Purchases(args) if args.table.dry_run => dry_run_purchases(global, args).await,
        ImportCommand::Purchases(args) => {
            let (app, file) = (open_quiet(global).await?, &args.table.file);
            let done = app
                .import_purchases(file, purchase_options(args), import_bar("purchases"))
                .await
                .into_diagnostic()?;
            if global.json { say::json(&done) } else { show_purchases(file, &done) }
        }
        ImportCommand::Customers(args) => {
            let (file, options) = (&args.table.file, people_options(args));
            if args.table.dry_run {
                let seen = if Home::is_installed(&home(global)) {
                    open_quiet(global).await?.preview_customers(file, options).await
                } else {
                    first_look::customers(file, options)
                };
                return table(global, file, &seen.into_diagnostic()?, "would be read");
            }
            let app = open_quiet(global).await?;
            let done =
                app.import_customers(file, options, import_bar("customers")).await.into_diagnostic()?;
            table(global, file, &done, "read")
        }
        ImportCommand::Consents(args) => {
            let (file, options) = (&args.table.file, people_options(args));
            if args.table.dry_run {
                let seen = if Home::is_installed(&home(global)) {
                    open_quiet(global).await?.preview_consents(file, options).await
                } else {
                    first_look::consents(file, options)
                };
                return table(global, file, &seen.into_diagnostic()?, "would be read");
            }
            let app = open_quiet(global).await?;
            let done = app.import_consents(file, options, import_bar("consents")).await.into_diagnostic()?;
            table(global, file, &done, "read")
        }
        ImportCommand::Events => {
            let app = open_quiet(global).await?;
            app.apply_all_events().await.into_diagnostic()?;
            let added = app.compact_events().await.into_diagnostic()?;
            if global.json {
                return say::json(&serde_json::json!({ "added": added }));
            }
            say::line(format!(
                "{} purchases and returns that came as events are new in the lake",
                say::count(added)
            ));
            Ok(())
        }
        ImportCommand::List => {
            let imports = open_quiet(global).await?.imports().into_diagnostic()?;
            if global.json { say::json(&imports) } else { show_imports(&imports) }
        }
        ImportCommand::Undo { number, file } => {
            let which = match (number, file) {
                (Some(number), _) => WhichImport::Number(*number),
                // Imports know their files by name, without folders.
                (None, Some(file)) => {
                    let name = Path::new(file).file_name().unwrap_or(file.as_ref());
                    WhichImport::File(name.to_string_lossy().into_owned())
                }
                (None, None) => WhichImport::Last,
            };
            let undone = open_quiet(global).await?.undo_import(which).await.into_diagnostic()?;
            if global.json {
                return say::json(&undone);
            }
            say::line(format!(
                "import {} of `{}` is undone: {} rows are out of the lake; the file can be imported again",
                undone.import.number,
                undone.import.name,
                say::count(undone.removed)
            ));
            Ok(())
        }
    }
}

async fn dry_run_purchases(global: &Global, args: &PurchaseArgs) -> Result<()> {
    let (file, options) = (&args.table.file, purchase_options(args));
    let preview = if Home::is_installed(&home(global)) {
        open_quiet(global).await?.preview_purchases(file, options).await
    } else {
        first_look::purchases(file, options)
    };
    let preview = preview.into_diagnostic()?;
    if global.json { say::json(&preview) } else { show_preview(&preview) }
}

fn show_imports(imports: &[ImportedFile]) -> Result<()> {
    if imports.is_empty() {
        say::line("no purchases have been imported");
    }
    for import in imports {
        let at = import.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let number = if import.number == 0 { "-".to_owned() } else { import.number.to_string() };
        say::line(format!(
            "{number:>6}  {at:<20}  {:>12} rows added  `{}`  {}",
            say::count(import.added),
            import.name,
            import.reading
        ));
    }
    Ok(())
}

/// The currency of a file and who says so.
fn currency(currency: Currency, from: CurrencyFrom) -> String {
    let why = match from {
        CurrencyFrom::Lake => "as the lake has it",
        CurrencyFrom::Told => "as --currency says",
        CurrencyFrom::Column => "as most rows of its column say",
        CurrencyFrom::Amounts => "as the amounts or their column's name show",
        CurrencyFrom::Brand => "the brand's, since the file names none; if it is another, say --currency",
    };
    format!("{currency} ({why})")
}

fn show_preview(preview: &Preview) -> Result<()> {
    let or = |text: &Option<String>, otherwise: &str| text.clone().unwrap_or_else(|| otherwise.to_owned());
    say::line(format!("format     {}", preview.format));
    say::line(format!("delimiter  {}", or(&preview.delimiter, "-")));
    say::line(format!("encoding   {}", or(&preview.encoding, "-")));
    say::line(format!("header     {}", if preview.has_header { "yes" } else { "no" }));
    say::line(format!("times      {}", or(&preview.time_format, "as the file's own type")));
    say::line(format!("decimals   {}", or(&preview.decimal, "no amount has a mark")));
    say::line(format!("currency   {}", currency(preview.currency, preview.currency_from)));
    for column in &preview.columns {
        let why = format!("{:?}", column.why).to_lowercase();
        say::line(format!("column     {} is `{}` (by {why})", column.role.name(), column.name));
    }
    for row in &preview.rows {
        say::line(format!(
            "           {}  {}  {:>14}  {}",
            row.time,
            row.customer,
            row.amount,
            or(&row.order, "")
        ));
    }
    say::line(format!("{} rows looked at, {} returns", preview.sampled, preview.returns));
    let rejected: BTreeMap<String, u64> =
        preview.rejected.iter().map(|(reason, n)| (reason.to_string(), *n)).collect();
    show_rejected(&rejected, &preview.rejected_lines, None);
    say::line("nothing was imported; leave out --dry-run to import");
    Ok(())
}

fn show_purchases(file: &Path, done: &Imported) -> Result<()> {
    if done.outcome == Outcome::AlreadyImported {
        say::line(format!(
            "`{}` was imported before, read the same way (import {}); nothing was added",
            file.display(),
            done.number
        ));
        return Ok(());
    }
    say::line(format!(
        "{} rows: {} purchases, {} returns, {} rejected; {} new to the lake",
        say::count(done.rows),
        say::count(done.purchases),
        say::count(done.returns),
        say::count(done.rejected_rows()),
        say::count(done.added)
    ));
    say::line(format!("amounts are in {}", currency(done.currency, done.currency_from)));
    let rejected: BTreeMap<String, u64> =
        done.rejected.iter().map(|(reason, n)| (reason.to_string(), *n)).collect();
    show_rejected(&rejected, &done.rejected_lines, done.rejects_file.as_deref());
    if done.currency_from == CurrencyFrom::Brand {
        say::line("in the wrong currency? `candor import undo`, then import it again with --currency");
    }
    if let Some(earlier) = done.read_otherwise {
        say::line(format!(
            "this file was imported before, read another way, and those rows are still there; `candor import undo \
             {earlier}` takes them out"
        ));
    }
    say::line(format!("this is import {}; `candor import undo` takes it out again", done.number));
    Ok(())
}

pub(crate) fn show_rejected(rejected: &BTreeMap<String, u64>, lines: &[RejectedLine], file: Option<&Path>) {
    rejected.iter().for_each(|(reason, n)| say::line(format!("  {:>9}  {reason}", say::count(*n))));
    for line in lines {
        // A file's control characters are not for the terminal.
        let row: String = line.row.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        say::line(format!("  line {}: {}: {row}", line.line, line.reason));
    }
    if let Some(file) = file.filter(|_| !rejected.is_empty()) {
        say::line(format!("rejected rows with their lines and reasons: {}", file.display()));
    }
}

fn table(global: &Global, file: &Path, done: &flow::TableImport, verb: &str) -> Result<()> {
    if global.json {
        return say::json(done);
    }
    say::line(format!(
        "{} rows of `{}` {verb}, {} new, {} changed",
        say::count(done.rows),
        file.display(),
        say::count(done.added),
        say::count(done.changed)
    ));
    if done.repeated > 0 {
        let rows = say::count(done.repeated);
        say::line(format!("{rows} rows repeat one that stands in the file too; the last of them counts"));
    }
    show_rejected(&done.rejected, &done.rejected_lines, done.rejects_file.as_deref());
    Ok(())
}
