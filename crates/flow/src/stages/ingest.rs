//! Ingest: files in. Purchases go to the lake, contact records and consent receipts to the store.
//!
//! Goes in: a path and what the caller knows about it. Comes out: counts, and a file of the rows that could not be
//! taken. The ledger keeps what was imported and what was undone; the next job makes new profiles. Previews change
//! nothing and write nothing; before there is an installation they are given by [`first_look`].

mod responses;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use lake::import::{Imported, KeptOut, Options, Preview, Progress, Read, Reason, RejectedLine, preview};
use lake::layout::manifest::ImportedFile;
use lake::layout::{Undone, WhichImport};
use terms::consent::ConsentReceipt;
use terms::customer::Customer;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;

pub use responses::ResponseIn;

/// Rows written to the store in one transaction.
const BATCH: usize = 2_000;

/// What an import of contact records or receipts did.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TableImport {
    /// Rows that could be read.
    pub rows: u64,
    /// Customers or receipts new to the store.
    pub added: u64,
    /// Customers that the store had otherwise; receipts never change.
    pub changed: u64,
    /// Rows about a customer, or receipts, that stand in the file again. Of customers the last row counts.
    pub repeated: u64,
    /// Rows that could not be used, by what is wrong with them.
    pub rejected: BTreeMap<String, u64>,
    /// The first five of those.
    pub rejected_lines: Vec<RejectedLine>,
    /// Where all of them were written.
    pub rejects_file: Option<PathBuf>,
}

impl App {
    /// Shows how a file of purchases would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read as a table of purchases.
    pub async fn preview_purchases(&self, file: &Path, options: Options) -> Result<Preview> {
        let (lake, file) = (self.lake().clone(), file.to_owned());
        let options = self.with_brand(options).await?;
        blocking(move || preview(Some(&lake), &file, &options)).await
    }

    /// Imports a file of purchases into the lake. The same file twice adds nothing.
    ///
    /// # Errors
    /// When the file cannot be read; the lake is then as it was.
    pub async fn import_purchases(
        &self,
        file: &Path,
        options: Options,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Imported> {
        let (lake, path) = (self.lake().clone(), file.to_owned());
        let options = self.with_rejects(file, options).await?;
        let done = blocking(move || lake::import::purchases(&lake, &path, &options, &mut progress)).await?;
        let payload = serde_json::json!({ "purchases": file_name(file), "result": ledger_value(&done, &done.rejected)? });
        self.record(Actor::Operator, Action::Imported, "lake/purchases", payload).await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
    }

    /// The imports of purchases that are in the lake, oldest first.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub fn imports(&self) -> Result<Vec<ImportedFile>> {
        Ok(self.lake().manifest()?.imports)
    }

    /// Takes the rows of an import of purchases out of the lake again.
    ///
    /// # Errors
    /// When there is no such import, or its rows were not recorded; the lake is then as it was.
    pub async fn undo_import(&self, which: WhichImport) -> Result<Undone> {
        let lake = self.lake().clone();
        let undone = blocking(move || lake.undo(&which)).await?;
        let payload = serde_json::json!({ "purchases": undone.import.name, "result": json_value(&undone)? });
        self.record(Actor::Operator, Action::ImportUndone, "lake/purchases", payload).await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(undone)
    }

    /// Imports a file of contact records. A record of the same key replaces the earlier one.
    ///
    /// # Errors
    /// When the file cannot be read; nothing is imported then.
    pub async fn import_customers(
        &self,
        file: &Path,
        options: Options,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<TableImport> {
        let path = file.to_owned();
        let options = self.with_rejects(file, options).await?;
        let read = blocking(move || lake::import::customers(&path, &options, &mut progress)).await?;
        let customers = last_of_each(&read.rows);
        let mut done = summary(&read, customers.len() as u64);
        let mut tx = self.store().begin().await?;
        for batch in customers.chunks(BATCH) {
            let keys: Vec<CustomerKey> = batch.iter().map(|customer| customer.key.clone()).collect();
            done.count(batch, &tx.customers(&keys).await?);
            tx.put_customers(batch).await?;
        }
        let payload = serde_json::json!({ "customers": file_name(file), "result": ledger_value(&done, &read.rejected)? });
        tx.append_entries(&[self.entry(Actor::Operator, Action::Imported, "store/customers", payload)])
            .await?;
        tx.commit().await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
    }

    /// Imports a file of consent receipts. One that is there already is left as it is.
    ///
    /// # Errors
    /// When the file cannot be read; nothing is imported then.
    pub async fn import_consents(
        &self,
        file: &Path,
        options: Options,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<TableImport> {
        let path = file.to_owned();
        let options = self.with_rejects(file, options).await?;
        let read = blocking(move || lake::import::consents(&path, &options, &mut progress)).await?;
        let mut done = summary(&read, distinct(&read.rows));
        let mut tx = self.store().begin().await?;
        let mut new = Vec::new();
        for batch in read.rows.chunks(BATCH) {
            new.extend(self.append_receipts(&mut tx, batch).await?);
        }
        done.added = new.len() as u64;
        let payload = serde_json::json!({ "consents": file_name(file), "result": ledger_value(&done, &read.rejected)? });
        tx.append_entries(&[self.entry(Actor::Operator, Action::Imported, "store/consents", payload)])
            .await?;
        tx.commit().await?;
        self.settle_withdrawn(&new).await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
    }

    /// Shows how a file of contact records would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn preview_customers(&self, file: &Path, options: Options) -> Result<TableImport> {
        let (path, options) = (file.to_owned(), self.with_brand(options).await?);
        let read = blocking(move || lake::import::customers(&path, &options, &mut |_| {})).await?;
        let customers = last_of_each(&read.rows);
        let mut seen = summary(&read, customers.len() as u64);
        for batch in customers.chunks(BATCH) {
            let keys: Vec<CustomerKey> = batch.iter().map(|customer| customer.key.clone()).collect();
            seen.count(batch, &self.store().customers(&keys).await?);
        }
        Ok(seen)
    }

    /// Shows how a file of consent receipts would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn preview_consents(&self, file: &Path, options: Options) -> Result<TableImport> {
        let (path, options) = (file.to_owned(), self.with_brand(options).await?);
        let read = blocking(move || lake::import::consents(&path, &options, &mut |_| {})).await?;
        let mut seen = summary(&read, distinct(&read.rows));
        // Only the database knows which are there; a transaction that is not committed leaves no trace.
        let mut tx = self.store().begin().await?;
        for batch in read.rows.chunks(BATCH) {
            seen.added += tx.add_consents(batch).await?;
        }
        drop(tx);
        Ok(seen)
    }

    /// Writes rejected rows into the home, under the name of the file.
    pub(crate) async fn with_rejects(&self, file: &Path, options: Options) -> Result<Options> {
        let rejects = self.home().rejects().join(format!("{}.rejects.csv", file_name(file)));
        let options = self.with_brand(options).await?;
        Ok(Options { rejects: options.rejects.or(Some(rejects)), ..options })
    }

    /// Fills in what every look at a file has to know alike: the brand's currency and the present.
    async fn with_brand(&self, options: Options) -> Result<Options> {
        let currency = self.brand().await?.currency;
        Ok(Options {
            brand_currency: options.brand_currency.or(Some(currency)),
            now: options.now.or(Some(self.now())),
            kept_out: self.kept_out().await?,
            ..options
        })
    }

    /// Who was erased, so that no file brings them back. A row with an erased address is kept out too, unless its key is
    /// that of somebody who has had this address all along.
    async fn kept_out(&self) -> Result<Option<KeptOut>> {
        let tombstones = self.store().tombstone_set().await?;
        if tombstones.is_empty() {
            return Ok(None);
        }
        let mut known = HashMap::new();
        let mut after: Option<CustomerKey> = None;
        loop {
            let page = self.store().customers_after(after.as_ref(), 10_000).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for customer in page {
                if let Some(email) = customer.email.filter(|email| tombstones.holds_address(email)) {
                    known.insert(customer.key, email.trim().to_lowercase());
                }
            }
        }
        Ok(Some(KeptOut::new(move |key, email| {
            let key = CustomerKey::new(key);
            let shares = |email: &str| known.get(&key).is_some_and(|had| *had == email.trim().to_lowercase());
            tombstones.holds_key(&key)
                || email.is_some_and(|email| tombstones.holds_address(email) && !shares(email))
        })))
    }
}

/// Previews before there is an installation: they read the file and touch nothing else.
pub mod first_look {
    use super::{Options, Path, Preview, Result, TableImport, distinct, last_of_each, summary};
    use crate::brand::Brand;
    use crate::clock::Clock;
    use terms::ids::PersonId;

    fn with_defaults(options: Options) -> Options {
        let currency = Brand::unnamed(PersonId(0)).currency;
        Options {
            brand_currency: options.brand_currency.or(Some(currency)),
            now: options.now.or_else(|| Some(Clock::System.now())),
            ..options
        }
    }

    /// How a file of purchases would be read.
    ///
    /// # Errors
    /// When the file cannot be read as a table of purchases.
    pub fn purchases(file: &Path, options: Options) -> Result<Preview> {
        Ok(lake::import::preview(None, file, &with_defaults(options))?)
    }

    /// How a file of contact records would be read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn customers(file: &Path, options: Options) -> Result<TableImport> {
        let read = lake::import::customers(file, &with_defaults(options), &mut |_| {})?;
        let customers = last_of_each(&read.rows);
        let mut seen = summary(&read, customers.len() as u64);
        seen.count(&customers, &[]);
        Ok(seen)
    }

    /// How a file of consent receipts would be read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn consents(file: &Path, options: Options) -> Result<TableImport> {
        let read = lake::import::consents(file, &with_defaults(options), &mut |_| {})?;
        let receipts = distinct(&read.rows);
        Ok(TableImport { added: receipts, ..summary(&read, receipts) })
    }
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl TableImport {
    /// Counts which customers are new and which are changed, beside those that the store has.
    fn count(&mut self, customers: &[Customer], stored: &[Customer]) {
        let stored: HashMap<&CustomerKey, &Customer> =
            stored.iter().map(|known| (&known.key, known)).collect();
        for customer in customers {
            match stored.get(&customer.key) {
                None => self.added += 1,
                Some(known) => self.changed += u64::from(changes(known, customer)),
            }
        }
    }
}

/// Whether a record brings something new to one that the store has: what it leaves open keeps its value, and the
/// earliest day stays (`put_customers`).
fn changes(known: &Customer, new: &Customer) -> bool {
    let other = |new: &Option<String>, known: &Option<String>| new.is_some() && new != known;
    other(&new.email, &known.email)
        || other(&new.first_name, &known.first_name)
        || other(&new.country, &known.country)
        || other(&new.time_zone, &known.time_zone)
        || (!new.locale.is_empty() && new.locale != known.locale)
        || new.known_since < known.known_since
        || (new.restricted && !known.restricted)
}

/// The last record of each key, in the order of the file.
fn last_of_each(rows: &[Customer]) -> Vec<Customer> {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut last: Vec<Customer> = rows.iter().rev().filter(|row| seen.insert(&row.key)).cloned().collect();
    last.reverse();
    last
}

/// How many receipts differ in what tells receipts apart (`add_consents`).
fn distinct(rows: &[ConsentReceipt]) -> u64 {
    let parts = |row: &ConsentReceipt| {
        (
            row.customer.clone(),
            row.purpose,
            row.channel,
            row.at,
            row.status,
            row.source.clone(),
            row.proof.clone(),
        )
    };
    rows.iter().map(parts).collect::<HashSet<_>>().len() as u64
}

/// What was read, of which `distinct` rows stand for something of their own; nothing is counted as new yet.
fn summary<T>(read: &Read<T>, distinct: u64) -> TableImport {
    TableImport {
        rows: read.rows.len() as u64,
        added: 0,
        changed: 0,
        repeated: (read.rows.len() as u64).saturating_sub(distinct),
        rejected: read.rejected_texts.clone(),
        rejected_lines: read.rejected_lines.clone(),
        rejects_file: read.rejects_file.clone(),
    }
}

/// A result for the ledger: without rejected rows and without texts that repeat what a file says, since those may be
/// about people.
fn ledger_value(
    value: &impl serde::Serialize,
    rejected: &BTreeMap<Reason, u64>,
) -> Result<serde_json::Value> {
    let mut value = json_value(value)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("rejected_lines");
        fields.insert("rejected".to_owned(), json_value(rejected)?);
    }
    Ok(value)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, lake::Error> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(done?)
}
