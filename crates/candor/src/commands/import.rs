//! `candor import`: files in, with a preview, progress, and a file of what could not be taken.

use std::collections::BTreeMap;
use std::path::Path;

use lake::import::{Imported, Options, Outcome, Preview};
use miette::{IntoDiagnostic, Result};

use crate::cli::{Global, ImportCommand, PurchaseArgs, TableArgs};
use crate::compose::open_quiet;
use crate::progress::import_bar;
use crate::say;

fn options(args: &TableArgs) -> Options {
    Options { delimiter: args.delimiter.clone(), ..Options::default() }
}

fn purchase_options(args: &PurchaseArgs) -> Options {
    // `--currency EUR` is a currency for every row; anything else names a column.
    let code = args.currency.as_deref().filter(|text| text.len() == 3).and_then(|text| text.parse().ok());
    Options {
        customer: args.customer.clone(),
        time: args.time.clone(),
        amount: args.amount.clone(),
        quantity: args.quantity.clone(),
        order: args.order.clone(),
        currency: args.currency.clone().filter(|_| code.is_none()),
        default_currency: code,
        time_format: args.time_format.clone(),
        ..options(&args.table)
    }
}

pub(crate) async fn run(global: &Global, command: &ImportCommand) -> Result<()> {
    let app = open_quiet(global).await?;
    match command {
        ImportCommand::Purchases(args) => {
            let (file, options) = (&args.table.file, purchase_options(args));
            if args.table.dry_run {
                let preview = app.preview_purchases(file, options).await.into_diagnostic()?;
                return if global.json { say::json(&preview) } else { show_preview(&preview) };
            }
            let done =
                app.import_purchases(file, options, import_bar("purchases")).await.into_diagnostic()?;
            if global.json { say::json(&done) } else { show_purchases(file, &done) }
        }
        ImportCommand::Customers(args) => {
            if args.dry_run {
                let seen = app.preview_customers(&args.file, options(args)).await.into_diagnostic()?;
                return table(global, &args.file, &seen, "would be read");
            }
            let done = app
                .import_customers(&args.file, options(args), import_bar("customers"))
                .await
                .into_diagnostic()?;
            table(global, &args.file, &done, "read")
        }
        ImportCommand::Consents(args) => {
            if args.dry_run {
                let seen = app.preview_consents(&args.file, options(args)).await.into_diagnostic()?;
                return table(global, &args.file, &seen, "would be read");
            }
            let done = app
                .import_consents(&args.file, options(args), import_bar("consents"))
                .await
                .into_diagnostic()?;
            table(global, &args.file, &done, "read")
        }
    }
}

fn show_preview(preview: &Preview) -> Result<()> {
    let or = |text: &Option<String>, otherwise: &str| text.clone().unwrap_or_else(|| otherwise.to_owned());
    say::line(format!("format     {}", preview.format));
    say::line(format!("delimiter  {}", or(&preview.delimiter, "-")));
    say::line(format!("encoding   {}", or(&preview.encoding, "-")));
    say::line(format!("header     {}", if preview.has_header { "yes" } else { "no" }));
    say::line(format!("times      {}", or(&preview.time_format, "as the file's own type")));
    for column in &preview.columns {
        let role = format!("{:?}", column.role).to_lowercase();
        let why = format!("{:?}", column.why).to_lowercase();
        say::line(format!("column     {role} is `{}` (by {why})", column.name));
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
    for (reason, n) in &preview.rejected {
        say::line(format!("  {n:>9}  {reason}"));
    }
    say::line("nothing was imported; leave out --dry-run to import");
    Ok(())
}

fn show_purchases(file: &Path, done: &Imported) -> Result<()> {
    if done.outcome == Outcome::AlreadyImported {
        say::line(format!("`{}` was imported before; nothing was added", file.display()));
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
    let rejected: BTreeMap<String, u64> =
        done.rejected.iter().map(|(reason, n)| (reason.to_string(), *n)).collect();
    show_rejected(&rejected, done.rejects_file.as_deref());
    Ok(())
}

fn show_rejected(rejected: &BTreeMap<String, u64>, file: Option<&Path>) {
    rejected.iter().for_each(|(reason, n)| say::line(format!("  {:>9}  {reason}", say::count(*n))));
    if let Some(file) = file.filter(|_| !rejected.is_empty()) {
        say::line(format!("rejected rows with their lines and reasons: {}", file.display()));
    }
}

fn table(global: &Global, file: &Path, done: &flow::TableImport, verb: &str) -> Result<()> {
    if global.json {
        return say::json(done);
    }
    say::line(format!(
        "{} rows of `{}` {verb}, {} new",
        say::count(done.rows),
        file.display(),
        say::count(done.added)
    ));
    show_rejected(&done.rejected, done.rejects_file.as_deref());
    Ok(())
}
