//! Addresses and customers that must not be written to, whatever the consents say.
//!
//! Kept as HMAC-SHA256 under the installation's pepper: nobody can guess addresses from the rows without it, and a
//! suppression outlives the erasure of its customer. Deliberately absent: lifting a suppression that a customer or a
//! mailbox provider caused, but for one case: an opt-out ends when its customer confirms a new sign-up from that address.
//! The brand can take back its own manual ones.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{Any, Transaction};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use terms::consent::SuppressionReason;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// The secret under which addresses are hashed. Never shown.
#[derive(Clone)]
pub(crate) struct Pepper(Arc<[u8]>);

const PEPPER: &str = "pepper";
/// What the setting says once the pepper stands in a file: this, and a mark to tell the file by.
const OUTSIDE: &str = "outside:";

/// Tells a pepper from another one, and says nothing else about it.
fn mark_of(pepper: &str) -> String {
    let hash =
        terms::hash::ContentHash::of([b"candor-pepper-mark".as_slice(), pepper.as_bytes()]).to_string();
    hash.chars().take(16).collect()
}

/// Writes a new file that its owner alone can read.
fn write_owned(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Pepper {
    /// The pepper: from its file when there is one for it, else from the database. A pepper that an earlier version
    /// kept in the database moves to the file, and a mark of it stays behind: with another file no suppression and no
    /// tombstone would be found, so the store is then not opened.
    pub(crate) async fn load(tx: &mut Transaction<'static, Any>, file: Option<&Path>) -> Result<Self> {
        let row = sqlx::query(sql!("settings", "setting")).bind(PEPPER).fetch_optional(&mut **tx).await?;
        let stored = row.map(|row| row.text("value")).transpose()?;
        let outside = stored.as_deref().and_then(|value| value.strip_prefix(OUTSIDE));
        let Some(path) = file else {
            if outside.is_some() {
                return Err(Error::Pepper { path: "keys/pepper".to_owned() });
            }
            let fresh = hex(&rand::random::<[u8; 32]>());
            sqlx::query(sql!("settings", "add_setting")).bind(PEPPER).bind(fresh).execute(&mut **tx).await?;
            let row = sqlx::query(sql!("settings", "setting")).bind(PEPPER).fetch_one(&mut **tx).await?;
            return Ok(Self(row.text("value")?.into_bytes().into()));
        };
        let lost = || Error::Pepper { path: path.display().to_string() };
        let file_error = |source| Error::File { path: path.display().to_string(), source };
        let kept = match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(file_error(source)),
        };
        let pepper = match (kept, outside, &stored) {
            (Some(kept), Some(mark), _) if mark == mark_of(&kept) => {
                return Ok(Self(kept.into_bytes().into()));
            }
            // A file there is and another one than the database knows, or none and the database knows one.
            (Some(_), Some(_), _) | (None, Some(_), _) => return Err(lost()),
            (Some(kept), None, None) => kept,
            (None, None, Some(stored)) => stored.clone(),
            // Cut off between writing the file and marking the database.
            (Some(kept), None, Some(stored)) if kept == *stored => kept,
            (Some(_), None, Some(_)) => return Err(lost()),
            (None, None, None) => hex(&rand::random::<[u8; 32]>()),
        };
        if !path.exists() {
            write_owned(path, pepper.as_bytes()).map_err(file_error)?;
        }
        let mark = format!("{OUTSIDE}{}", mark_of(&pepper));
        sqlx::query(sql!("settings", "set_setting")).bind(PEPPER).bind(mark).execute(&mut **tx).await?;
        Ok(Self(pepper.into_bytes().into()))
    }

    /// A keyed hash for another use, whose results never meet those of suppressions.
    pub(crate) fn keyed(&self, domain: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| Error::Corrupt { what: "setting `pepper`".to_owned() })?;
        mac.update(domain);
        mac.update(b"/");
        Ok(mac)
    }

    pub(crate) fn hash(&self, kind: &str, text: &str) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| Error::Corrupt { what: "setting `pepper`".to_owned() })?;
        mac.update(kind.as_bytes());
        mac.update(b":");
        mac.update(text.as_bytes());
        Ok(hex(&mac.finalize().into_bytes()))
    }

    pub(crate) fn hashes(
        &self,
        customer: Option<&CustomerKey>,
        email: Option<&str>,
    ) -> Result<[Option<String>; 2]> {
        Ok([
            customer.map(|key| self.hash("customer", key.as_str())).transpose()?,
            email.map(|email| self.hash("email", &sql::folded(email))).transpose()?,
        ])
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why and since when somebody is suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub at: Instant,
}

/// Every suppression, for planning a whole audience at once.
pub struct SuppressionSet {
    pepper: Pepper,
    known: HashMap<String, Suppression>,
    objected: HashSet<String>,
}

impl SuppressionSet {
    /// Whether this customer or their address is suppressed.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn find(&self, customer: &CustomerKey, email: Option<&str>) -> Result<Option<Suppression>> {
        let hashes = self.pepper.hashes(Some(customer), email)?;
        Ok(hashes.iter().flatten().find_map(|hash| self.known.get(hash).copied()))
    }

    /// Whether this customer or their address objected to direct marketing, whatever else came before.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn objected(&self, customer: &CustomerKey, email: Option<&str>) -> Result<bool> {
        if self.objected.is_empty() {
            return Ok(false);
        }
        let hashes = self.pepper.hashes(Some(customer), email)?;
        Ok(hashes.iter().flatten().any(|hash| self.objected.contains(hash)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

reads! {
    /// Whether a customer or an address is suppressed; the oldest reason is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppression(
        &mut self, customer: Option<&CustomerKey>, email: Option<&str>,
    ) -> Result<Option<Suppression>> {
        let [by_key, by_email] = self.pepper.hashes(customer, email)?;
        let query = sqlx::query(sql!("suppressions", "suppression")).bind(by_key).bind(by_email);
        let row = query.fetch_optional(self.db()).await?;
        row.map(|row| Ok(Suppression { reason: row.word("reason")?, at: row.at("at")? })).transpose()
    }

    /// Every reason for which an address or its customer is suppressed, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppression_reasons(
        &mut self, customer: Option<&CustomerKey>, email: Option<&str>,
    ) -> Result<Vec<SuppressionReason>> {
        let [by_key, by_email] = self.pepper.hashes(customer, email)?;
        let query = sqlx::query(sql!("suppressions", "suppression_reasons")).bind(by_key).bind(by_email);
        sql::rows(&query.fetch_all(self.db()).await?, |row| row.word("reason"))
    }

    /// All suppressions, for planning.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppression_set(&mut self) -> Result<SuppressionSet> {
        let rows = sqlx::query(sql!("suppressions", "suppressions")).fetch_all(self.db()).await?;
        let mut known = HashMap::with_capacity(rows.len());
        let mut objected = HashSet::new();
        for row in &rows {
            let suppression = Suppression { reason: row.word("reason")?, at: row.at("at")? };
            let hash = row.text("address_hash")?;
            if suppression.reason == SuppressionReason::Objection {
                objected.insert(hash.clone());
            }
            known.entry(hash).or_insert(suppression);
        }
        Ok(SuppressionSet { pepper: self.pepper.clone(), known, objected })
    }
}

writes! {
    /// Suppresses a customer, an address, or both. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suppress(
        &mut self, customer: Option<&CustomerKey>, email: Option<&str>, reason: SuppressionReason, source: &str,
        at: Instant,
    ) -> Result<()> {
        for hash in self.pepper.hashes(customer, email)?.into_iter().flatten() {
            sqlx::query(sql!("suppressions", "suppress"))
                .bind(hash).bind(reason.as_str()).bind(source).bind(at.0)
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Lifts suppressions of one reason under a customer's key and address; all others stay. Comes out: whether there
    /// was one. Who may lift which reason is the caller's business: the brand its own, customers what they said
    /// themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_suppression(
        &mut self, customer: Option<&CustomerKey>, email: Option<&str>, reason: SuppressionReason,
    ) -> Result<bool> {
        let mut lifted = 0;
        for hash in self.pepper.hashes(customer, email)?.into_iter().flatten() {
            let query = sqlx::query(sql!("suppressions", "lift_suppression")).bind(hash).bind(reason.as_str());
            lifted += query.execute(self.db()).await?.rows_affected();
        }
        Ok(lifted > 0)
    }
}
