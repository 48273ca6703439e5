//! Ingest: files in. Purchases go to the lake, contact records and consent receipts to the store.
//!
//! Goes in: a path and what the caller knows about it. Comes out: counts, and a file of the rows that could not be
//! taken. The ledger keeps what was imported, by the hash of its content; the next job makes new profiles.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use lake::import::{Imported, Options, Preview, Progress, Read, preview};
use terms::consent::{Channel, Purpose};
use terms::delivery::ResponseKind;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;
use crate::subjects::allowing;

/// Rows written to the store in one transaction.
const BATCH: usize = 2_000;

/// What an import of contact records or receipts did.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TableImport {
    /// Rows that could be read.
    pub rows: u64,
    /// Rows new to the store; a receipt that is there already is not new.
    pub added: u64,
    /// Rows that could not be used, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Where those were written.
    pub rejects_file: Option<PathBuf>,
}

/// What somebody did with a message, as a channel or the customer's pages report it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseIn {
    /// Who.
    pub customer: CustomerKey,
    /// In which campaign.
    pub campaign: CampaignId,
    /// What.
    pub kind: ResponseKind,
    /// When.
    pub at: Instant,
}

impl App {
    /// Shows how a file of purchases would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read as a table of purchases.
    pub async fn preview_purchases(&self, file: &Path, options: Options) -> Result<Preview> {
        let (lake, file) = (self.lake().clone(), file.to_owned());
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
        let payload = serde_json::json!({ "purchases": file_name(file), "result": json_value(&done)? });
        self.record(Actor::Operator, Action::Imported, "lake/purchases", payload).await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
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
        let mut tx = self.store().begin().await?;
        for batch in read.rows.chunks(BATCH) {
            tx.put_customers(batch).await?;
        }
        let done = summary(&read, read.rows.len() as u64);
        let payload = serde_json::json!({ "customers": file_name(file), "result": json_value(&done)? });
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
        let mut added = 0;
        let mut tx = self.store().begin().await?;
        for batch in read.rows.chunks(BATCH) {
            added += tx.add_consents(batch).await?;
        }
        let done = summary(&read, added);
        let payload = serde_json::json!({ "consents": file_name(file), "result": json_value(&done)? });
        tx.append_entries(&[self.entry(Actor::Operator, Action::Imported, "store/consents", payload)])
            .await?;
        tx.commit().await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
    }

    /// Shows how a file of contact records would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn preview_customers(&self, file: &Path, options: Options) -> Result<TableImport> {
        let path = file.to_owned();
        let read = blocking(move || lake::import::customers(&path, &options, &mut |_| {})).await?;
        Ok(summary(&read, 0))
    }

    /// Shows how a file of consent receipts would be read, and changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn preview_consents(&self, file: &Path, options: Options) -> Result<TableImport> {
        let path = file.to_owned();
        let read = blocking(move || lake::import::consents(&path, &options, &mut |_| {})).await?;
        Ok(summary(&read, 0))
    }

    /// Takes in what customers did with messages. Opens and clicks are kept only for those who allow measuring; an
    /// opt-out works at once. Returns how many were new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ingest_responses(&self, responses: &[ResponseIn]) -> Result<u64> {
        let allowed = allowing(self, Purpose::Measurement, Channel::ALL, self.now()).await?;
        let mut by_campaign: BTreeMap<CampaignId, BTreeMap<CustomerKey, MessageId>> = BTreeMap::new();
        let mut rows: Vec<(MessageId, ResponseKind, Instant)> = Vec::new();
        let mut leaving: Vec<(CustomerKey, MessageId, Instant)> = Vec::new();
        for response in responses {
            let messages = match by_campaign.entry(response.campaign) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(self.messages_by_customer(response.campaign).await?),
            };
            let Some(message) = messages.get(&response.customer) else { continue };
            match response.kind {
                ResponseKind::Opened | ResponseKind::Clicked if !allowed.contains(&response.customer) => {}
                ResponseKind::OptedOut => leaving.push((response.customer.clone(), *message, response.at)),
                kind => rows.push((*message, kind, response.at)),
            }
        }
        let mut added = self.store().add_responses(&rows).await?;
        for (customer, message, at) in leaving {
            let customer = self.store().customer(&customer).await?;
            self.opt_out(&customer, message, "one_click", at).await?;
            added += 1;
        }
        Ok(added)
    }

    async fn messages_by_customer(&self, campaign: CampaignId) -> Result<BTreeMap<CustomerKey, MessageId>> {
        let mut messages = BTreeMap::new();
        let sent = Some(terms::delivery::DeliveryState::Sent);
        let (page, mut offset) = (5_000, 0);
        loop {
            let batch = self.store().messages_of_campaign(campaign, sent, page, offset).await?;
            offset += page;
            let last = batch.len() < 5_000;
            messages.extend(batch.into_iter().map(|message| (message.customer, message.id)));
            if last {
                return Ok(messages);
            }
        }
    }

    /// Writes rejected rows into the home, under the name of the file, and fills in the brand's currency.
    async fn with_rejects(&self, file: &Path, options: Options) -> Result<Options> {
        let rejects = self.home().rejects().join(format!("{}.rejects.csv", file_name(file)));
        let currency = self.brand().await?.currency;
        Ok(Options {
            rejects: options.rejects.or(Some(rejects)),
            default_currency: options.default_currency.or(Some(currency)),
            ..options
        })
    }
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn summary<T>(read: &Read<T>, added: u64) -> TableImport {
    TableImport {
        rows: read.rows.len() as u64,
        added,
        rejected: read.rejected.iter().map(|(reason, n)| (reason.to_string(), *n)).collect(),
        rejects_file: read.rejects_file.clone(),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, lake::Error> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(done?)
}
