//! Consent strings of the advertising industry as receipts: what they say of this house's purposes, with the string as
//! proof.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lake::import::{ConsentString, Options, Progress, RejectedLine};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis};
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;

/// Longest string that a receipt keeps as it is; of longer ones it keeps the hash.
const KEPT: usize = 900;
/// Receipts written at once.
const BATCH: usize = 2_000;

/// What an import of consent strings did.
#[derive(Debug, Clone, serde::Serialize)]
pub struct StringImport {
    /// Strings that could be read.
    pub strings: u64,
    /// Of those, strings that say nothing of this house's purposes.
    pub silent: u64,
    /// Receipts they made that were new.
    pub added: u64,
    /// Those by purpose and status.
    pub says: BTreeMap<String, u64>,
    /// Rejected rows whose refusals were kept.
    pub refusals_kept: u64,
    /// Rows that could not be used, by what is wrong with them.
    pub rejected: BTreeMap<String, u64>,
    /// The first five of those.
    pub rejected_lines: Vec<RejectedLine>,
    /// Where all of them were written.
    pub rejects_file: Option<PathBuf>,
}

impl App {
    /// Imports a file of TCF, GPP and US Privacy strings.
    ///
    /// # Errors
    /// When the file cannot be read; nothing is imported then.
    pub async fn import_consent_strings(
        &self,
        file: &Path,
        options: Options,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<StringImport> {
        let path = file.to_owned();
        let options = self.with_rejects(file, options).await?;
        let work = move || lake::import::consent_strings(&path, &options, &mut progress);
        let (read, refusals) =
            tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))??;
        let mut receipts: Vec<ConsentReceipt> =
            read.rows.iter().flat_map(|row| receipts_of(row, Taken::Whole)).collect();
        receipts.extend(refusals.iter().flat_map(|row| receipts_of(row, Taken::Refusals)));
        let mut done = StringImport {
            strings: read.rows.len() as u64,
            silent: read.rows.iter().filter(|row| row.decoded.says.is_empty()).count() as u64,
            added: 0,
            says: BTreeMap::new(),
            refusals_kept: refusals.len() as u64,
            rejected: read.rejected_texts,
            rejected_lines: read.rejected_lines,
            rejects_file: read.rejects_file,
        };
        let mut tx = self.store().begin().await?;
        let mut new = Vec::new();
        for batch in receipts.chunks(BATCH) {
            new.extend(self.append_receipts(&mut tx, batch).await?);
        }
        done.added = new.len() as u64;
        for receipt in &new {
            *done.says.entry(format!("{} {}", receipt.purpose, receipt.status)).or_default() += 1;
        }
        let mut result = json_value(&done)?;
        if let Some(fields) = result.as_object_mut() {
            // Rejected rows are about people.
            fields.remove("rejected_lines");
            fields.insert("rejected".to_owned(), json_value(&read.rejected)?);
        }
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let payload = serde_json::json!({ "consent_strings": name, "result": result });
        let entry = self.entry(Actor::Operator, Action::Imported, "store/consents", payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        self.settle_withdrawn(&new).await?;
        self.enqueue(&Work::Profile, self.now()).await?;
        Ok(done)
    }
}

/// How much of a string counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Whole,
    /// A part of it could not be read: only what the rest refuses.
    Refusals,
}

fn receipts_of(row: &ConsentString, taken: Taken) -> impl Iterator<Item = ConsentReceipt> {
    let kind = row.decoded.kind.as_str();
    let proof = if row.text.len() <= KEPT {
        format!("{kind}:{}", row.text)
    } else {
        format!("{kind}-sha256:{}", ContentHash::of_text(&row.text))
    };
    let says = row.decoded.says.iter();
    says.filter(move |(_, status)| taken == Taken::Whole || **status != ConsentStatus::Granted).map(
        move |(purpose, status)| ConsentReceipt {
            customer: row.customer.clone(),
            purpose: *purpose,
            channel: Channel::Email,
            status: *status,
            basis: LawfulBasis::Consent,
            // What the site's own tool showed is not known here.
            notice_version: String::new(),
            notice_hash: String::new(),
            language: Language::English,
            source: kind.to_owned(),
            proof: proof.clone(),
            at: row.at,
        },
    )
}
