//! Who was erased, as keyed hashes: what keeps late events, imports and sign-ups by others out.
//!
//! A tombstone stands for a customer's key or for an address in its normalised form. It says that, since when and by
//! which cause, and nothing else; without the pepper, which is kept outside of the database, nobody can tell for whom
//! it stands. Only somebody's own new consent lifts the one of their address ([`crate::Tx::lift_tombstone`]).

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{Columns, batches, sql};
use crate::suppressions::Pepper;
use std::collections::HashSet;
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// A tombstone as it is kept outside of the database, to be put back after a restore.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tombstone {
    /// Keyed hash of a key or an address.
    pub hash: String,
    /// Why they were erased.
    pub cause: ErasureCause,
    /// When.
    pub at: Instant,
}

/// Every tombstone, for looking at a whole file at once.
#[derive(Clone)]
pub struct TombstoneSet {
    pepper: Pepper,
    known: HashSet<String>,
}

impl TombstoneSet {
    /// True when nobody was ever erased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether the customer of this key was erased. What cannot be told counts as erased.
    #[must_use]
    pub fn holds_key(&self, key: &CustomerKey) -> bool {
        !self.known.is_empty() && self.pepper.hashes(Some(key), None).map_or(true, |hashes| self.has(&hashes))
    }

    /// Whether the holder of this address was erased. What cannot be told counts as erased.
    #[must_use]
    pub fn holds_address(&self, email: &str) -> bool {
        !self.known.is_empty()
            && self.pepper.hashes(None, Some(email)).map_or(true, |hashes| self.has(&hashes))
    }

    fn has(&self, hashes: &[Option<String>; 2]) -> bool {
        hashes.iter().flatten().any(|hash| self.known.contains(hash))
    }
}

reads! {
    /// Whether the customer of this key was erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_erased(&mut self, key: &CustomerKey) -> Result<bool> {
        let [hash, _] = self.pepper.hashes(Some(key), None)?;
        Ok(sqlx::query(sql!("tombstones", "tombstone")).bind(hash).fetch_optional(self.db()).await?.is_some())
    }

    /// Whether the holder of this address was erased; capital letters and spaces around it do not matter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_erased_address(&mut self, email: &str) -> Result<bool> {
        let [_, hash] = self.pepper.hashes(None, Some(email))?;
        Ok(sqlx::query(sql!("tombstones", "tombstone")).bind(hash).fetch_optional(self.db()).await?.is_some())
    }

    /// Which of these are not taken in: who was erased, and who would bring an erased address under a key that is not
    /// there yet. Parallel to the records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_out(&mut self, records: &[(&CustomerKey, Option<&str>)]) -> Result<Vec<bool>> {
        let any = sqlx::query(sql!("tombstones", "any_tombstone")).fetch_optional(self.db()).await?.is_some();
        let mut out = vec![false; records.len()];
        if !any {
            return Ok(out);
        }
        let keys: Vec<CustomerKey> = records.iter().map(|(key, _)| (*key).clone()).collect();
        let emails: Vec<&str> = records.iter().filter_map(|(_, email)| *email).collect();
        let (erased, addresses) = self.erased_among(&keys, &emails).await?;
        for (slot, (key, email)) in out.iter_mut().zip(records) {
            if erased.contains(*key) {
                *slot = true;
            } else if let Some(email) = email.filter(|email| addresses.contains(*email)) {
                let known = self.customers(std::slice::from_ref(*key)).await?;
                let had = known.iter().any(|known| {
                    known.email.as_deref().map(crate::sql::folded) == Some(crate::sql::folded(email))
                });
                *slot = !had;
            }
        }
        Ok(out)
    }

    /// Those of some keys and addresses whose holder was erased, by their place: keys first, then addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erased_among(
        &mut self, keys: &[CustomerKey], emails: &[&str],
    ) -> Result<(HashSet<CustomerKey>, HashSet<String>)> {
        let mut hashes = Vec::with_capacity(keys.len() + emails.len());
        for key in keys {
            hashes.extend(self.owner_hashes(Some(key), None)?.into_iter().flatten());
        }
        for email in emails {
            hashes.extend(self.owner_hashes(None, Some(email))?.into_iter().flatten());
        }
        let mut buried = HashSet::new();
        for batch in batches(&hashes) {
            let mut query = sqlx::query(self.each(sql!("tombstones", "tombstones_among"), batch.len()));
            for hash in batch {
                query = query.bind(hash.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                buried.insert(row.text("hash")?);
            }
        }
        if buried.is_empty() {
            return Ok(Default::default());
        }
        let erased = |place: usize| hashes.get(place).is_some_and(|hash| buried.contains(hash));
        let customers = keys.iter().enumerate().filter(|(at, _)| erased(*at)).map(|(_, key)| key.clone());
        let addresses = emails.iter().enumerate().filter(|(at, _)| erased(keys.len() + at));
        Ok((customers.collect(), addresses.map(|(_, email)| (*email).to_owned()).collect()))
    }

    /// Every tombstone, as a set that can be asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tombstone_set(&mut self) -> Result<TombstoneSet> {
        let known = self.tombstones().await?.into_iter().map(|tombstone| tombstone.hash).collect();
        Ok(TombstoneSet { pepper: self.pepper.clone(), known })
    }

    /// Every tombstone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tombstones(&mut self) -> Result<Vec<Tombstone>> {
        let rows = sqlx::query(sql!("tombstones", "tombstones")).fetch_all(self.db()).await?;
        crate::sql::rows(&rows, |row| {
            Ok(Tombstone { hash: row.text("hash")?, cause: row.word("cause")?, at: row.at("at")? })
        })
    }
}

writes! {
    /// Marks a key and an address as erased. Doing it again changes nothing. Comes out: the tombstones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bury(
        &mut self, key: &CustomerKey, email: Option<&str>, cause: ErasureCause, at: Instant,
    ) -> Result<Vec<Tombstone>> {
        let hashes = self.pepper.hashes(Some(key), email)?;
        let tombstones: Vec<Tombstone> =
            hashes.into_iter().flatten().map(|hash| Tombstone { hash, cause, at }).collect();
        self.put_tombstones(&tombstones).await?;
        Ok(tombstones)
    }

    /// Puts tombstones back, such as those newer than a backup.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_tombstones(&mut self, tombstones: &[Tombstone]) -> Result<()> {
        for tombstone in tombstones {
            sqlx::query(sql!("tombstones", "bury"))
                .bind(tombstone.hash.clone()).bind(tombstone.cause.as_str()).bind(tombstone.at.0)
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Lifts the tombstone of an address, because its holder came back by a consent of their own (double opt-in). The
    /// one of their old key stays: they get a fresh record. Comes out: the hash that was lifted, if there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_tombstone(&mut self, email: &str) -> Result<Option<String>> {
        let [_, hash] = self.pepper.hashes(None, Some(email))?;
        let query = sqlx::query(sql!("tombstones", "lift_tombstone")).bind(hash.clone());
        Ok(if query.execute(self.db()).await?.rows_affected() == 0 { None } else { hash })
    }
}

/// Makes the keyed hashes under which something of somebody is known outside of the database. Cheap to clone.
#[derive(Clone)]
pub struct OwnerHashes {
    pepper: Pepper,
}

impl OwnerHashes {
    /// Of a customer's key.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn of_key(&self, key: &CustomerKey) -> Result<String> {
        self.pepper.hash("customer", key.as_str())
    }

    /// Of an address; capital letters and spaces around it do not matter.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn of_address(&self, email: &str) -> Result<String> {
        self.pepper.hash("email", &crate::sql::folded(email))
    }

    /// Of another name of somebody, such as an anonymous id.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn of_alias(&self, alias: &str) -> Result<String> {
        self.pepper.hash("alias", alias)
    }
}

impl crate::open::Store {
    /// What makes the keyed hashes.
    #[must_use]
    pub fn owner_hashes(&self) -> OwnerHashes {
        OwnerHashes { pepper: self.pepper().clone() }
    }
}

impl crate::open::Conn {
    /// The keyed hashes of a key and of an address, for what is kept outside of the database under them.
    ///
    /// # Errors
    /// When the pepper cannot be used.
    pub fn owner_hashes(
        &self,
        key: Option<&CustomerKey>,
        email: Option<&str>,
    ) -> Result<[Option<String>; 2]> {
        self.pepper.hashes(key, email)
    }
}
