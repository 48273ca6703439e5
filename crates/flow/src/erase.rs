//! Erasing a customer: everywhere, once for all, with a receipt for each place.
//!
//! Goes in: a customer's key and why. Comes out: a [`PlaceReceipt`] for each place, counted afresh after erasing.
//!
//! Steps, each of which can be repeated: the tombstone stands and nothing new begins (one transaction); what was being
//! handed over is waited for; the key of their part of every backup is destroyed; files go; all rows go in one
//! transaction, in which the erasure also forgets whose they were; the database's free pages and log are cleared. A
//! kill in between leaves an open erasure, which a job and the next start of a worker finish.
//!
//! Deliberately absent: undoing it. What stays: aggregates without a customer, keyed hashes of opt-outs and of the
//! tombstone, and the ledger's leaves, whose payloads are gone.

use serde::{Deserialize, Serialize};
use store::erasures::{Erasure, ErasureState};
use store::identities::AliasKind;
use store::jobs::NewJob;
use store::{Conn, Tx};
use terms::erasure::ErasureCause;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::in_flight::InFlight;
use crate::jobs::Work;
use crate::places::{Kept, PLACES, Place, Who};

/// Seconds after which a job looks whether an erasure was finished by whoever began it.
const TAKE_OVER_SECONDS: i64 = 60;
/// Times the job is tried. Erasing is not given up: after the last try it stands in Today's failures for a person.
const ATTEMPTS: i64 = 50;
/// Open erasures that are finished together.
const GROUP: usize = 200;

/// What happened to a customer's data in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceReceipt {
    /// Name of the place.
    pub place: String,
    /// Rows or files that were found before.
    pub found: u64,
    /// Rows or files that were erased.
    pub erased: u64,
    /// Rows or files that a fresh look found afterwards; 0, or the erasure is not complete.
    pub left: u64,
}

async fn every_key(conn: &mut Conn, key: &CustomerKey) -> Result<Vec<CustomerKey>> {
    let stays = conn.resolve_customer(key).await?;
    let joined = conn.identities_of(&stays).await?.into_iter().filter(|name| name.kind == AliasKind::Merged);
    let mut keys: Vec<CustomerKey> = joined.map(|name| CustomerKey::new(&name.alias)).collect();
    keys.push(stays);
    if !keys.contains(key) {
        keys.push(key.clone());
    }
    Ok(keys)
}

impl App {
    /// Erases a customer everywhere. Doing it again finds nothing more.
    ///
    /// # Errors
    /// When a place refuses, or a message to them is still being handed over: the erasure then stays open, and a job
    /// goes on with it.
    pub async fn erase_customer(&self, key: &CustomerKey, cause: ErasureCause) -> Result<Vec<PlaceReceipt>> {
        let ids = self.erase_customers(std::slice::from_ref(key), cause).await?;
        let mut receipts: Vec<PlaceReceipt> = Vec::new();
        for id in ids {
            for receipt in self.receipts_of(id).await? {
                match receipts.iter_mut().find(|known| known.place == receipt.place) {
                    Some(known) => {
                        known.found += receipt.found;
                        known.erased += receipt.erased;
                        known.left += receipt.left;
                    }
                    None => receipts.push(receipt),
                }
            }
        }
        Ok(receipts)
    }

    /// A customer's key and every key that was joined with it: one person is erased as a whole, whichever of their
    /// names is given.
    pub(crate) async fn every_key_of(&self, key: &CustomerKey) -> Result<Vec<CustomerKey>> {
        every_key(&mut self.store().read().await?, key).await
    }

    /// Erases many customers with one pass over the files and one clearing of the database.
    ///
    /// # Errors
    /// As [`App::erase_customer`].
    pub async fn erase_customers(&self, keys: &[CustomerKey], cause: ErasureCause) -> Result<Vec<i64>> {
        let mut done = Vec::with_capacity(keys.len());
        for group in keys.chunks(GROUP) {
            let mut ids = Vec::with_capacity(group.len());
            for key in group {
                ids.extend(self.begin_erasures(key, cause).await?);
            }
            self.run_erasures(&ids).await?;
            done.append(&mut ids);
        }
        Ok(done)
    }

    /// What an erasure did, place by place.
    ///
    /// # Errors
    /// When there is none of this number.
    pub async fn receipts_of(&self, erasure: i64) -> Result<Vec<PlaceReceipt>> {
        let erasure = self.store().erasure(erasure).await?;
        serde_json::from_value(erasure.receipts)
            .map_err(|error| Error::Internal(format!("the receipts cannot be read: {error}")))
    }

    /// Goes on with every erasure that is open. Returns how many were finished.
    ///
    /// # Errors
    /// As [`App::erase_customer`].
    pub async fn finish_erasures(&self) -> Result<usize> {
        let open: Vec<i64> = self.store().open_erasures().await?.iter().map(|erasure| erasure.id).collect();
        for group in open.chunks(GROUP) {
            self.run_erasures(group).await?;
        }
        Ok(open.len())
    }

    /// From this commit on nothing about the customer begins any more, under any of their names: tombstones stand, what
    /// was planned is cancelled, and the erasures are on record. All of it in one transaction, since one person is
    /// erased as a whole or not at all.
    async fn begin_erasures(&self, key: &CustomerKey, cause: ErasureCause) -> Result<Vec<i64>> {
        let mut tx = self.store().begin().await?;
        let mut ids = Vec::new();
        for key in every_key(&mut tx, key).await? {
            ids.push(self.begin_erasure(&mut tx, &key, cause).await?);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// One name of it. Somebody who is being erased already keeps that erasure.
    async fn begin_erasure(&self, tx: &mut Tx, key: &CustomerKey, cause: ErasureCause) -> Result<i64> {
        let now = self.now();
        if let Some(open) = tx.erasure_of(key).await? {
            return Ok(open.id);
        }
        let customer = tx.customers(std::slice::from_ref(key)).await?.pop();
        let email = customer.as_ref().and_then(|customer| customer.email.as_deref());
        tx.bury(key, email, cause, now).await?;
        // Other keys that were joined with theirs: a late event may still come under one of them.
        for identity in tx.identities_of(key).await? {
            if identity.kind == AliasKind::Merged {
                tx.bury(&CustomerKey::new(&identity.alias), None, cause, now).await?;
            }
        }
        let id = tx.begin_erasure(key, email, cause, now).await?;
        if customer.is_some() {
            tx.restrict_customer(key).await?;
        }
        tx.cancel_planned_of(key, now).await?;
        tx.end_rights_of(key, now).await?;
        let work = Work::Erase { erasure: id };
        let job = NewJob {
            kind: work.kind().to_owned(),
            payload: json_value(&work)?,
            run_at: now.plus_seconds(TAKE_OVER_SECONDS),
            dedup: Some(work.dedup()),
            max_attempts: ATTEMPTS,
        };
        tx.enqueue_job(&job, now).await?;
        Ok(id)
    }

    /// Runs erasures from wherever they are to their end.
    pub(crate) async fn run_erasures(&self, ids: &[i64]) -> Result<()> {
        // Events that wait to be used may be about them; with the tombstone standing these are dropped.
        self.apply_all_events().await?;
        let mut running: Vec<(Erasure, Who)> = Vec::new();
        for id in ids {
            let erasure = self.store().erasure(*id).await?;
            if let (ErasureState::Running, Some(key)) = (erasure.state, &erasure.customer) {
                let mut who = Who::find(self, key).await?;
                who.email = erasure.email.clone().or(who.email);
                running.push((erasure, who));
            }
        }
        for (_, who) in &running {
            self.settle_in_flight(InFlight::To(&who.key)).await?;
            if self.store().handing_over_to(&who.key, self.now()).await? > 0 {
                let message =
                    "a message to this customer is still being handed over; the erasure goes on by itself";
                return Err(Error::Conflict { message: message.to_owned() });
            }
        }
        let mut receipts: Vec<Vec<PlaceReceipt>> = vec![Vec::new(); running.len()];
        self.shred(&running).await?;
        for place in
            PLACES.iter().filter(|place| place.is_personal() && !matches!(place.kept, Kept::Table(_)))
        {
            self.erase_outside(place, &running, &mut receipts).await?;
        }
        for ((erasure, who), receipts) in running.iter().zip(&mut receipts) {
            self.erase_rows(erasure, who, receipts).await?;
        }
        self.clear(ids).await
    }

    /// Destroys the keys of their parts of all backups, and notes outside of the database that they were erased.
    async fn shred(&self, running: &[(Erasure, Who)]) -> Result<()> {
        let owner = self.store().owner_hashes();
        for (erasure, who) in running {
            let mut hashes = vec![owner.of_key(&who.key)?];
            hashes.extend(who.email.as_deref().map(|email| owner.of_address(email)).transpose()?);
            let mut aliases = Vec::new();
            for identity in self.store().identities_of(&who.key).await? {
                match identity.kind {
                    AliasKind::Merged => hashes.push(owner.of_key(&CustomerKey::new(&identity.alias))?),
                    AliasKind::Anonymous => aliases.push(owner.of_alias(&identity.alias)?),
                }
            }
            self.keyring()?.shred(&hashes, &aliases, erasure.cause, erasure.started_at)?;
        }
        Ok(())
    }

    /// Erases from one place outside of the store, for everybody at once where the place is a file that they share.
    async fn erase_outside(
        &self,
        place: &Place,
        running: &[(Erasure, Who)],
        receipts: &mut [Vec<PlaceReceipt>],
    ) -> Result<()> {
        let mut found = Vec::with_capacity(running.len());
        for (_, who) in running {
            found.push(place.read(self, who).await?.len() as u64);
        }
        if place.kept == Kept::Lake {
            let (lake, keys) =
                (self.lake().clone(), running.iter().map(|(_, who)| who.key.clone()).collect::<Vec<_>>());
            tokio::task::spawn_blocking(move || lake.erase(&keys))
                .await
                .map_err(|error| Error::Internal(error.to_string()))??;
        }
        for (((_, who), found), receipts) in running.iter().zip(found).zip(receipts) {
            let erased = place.erase_outside(self, who).await?;
            let left = place.read(self, who).await?.len() as u64;
            let erased = if place.kept == Kept::Lake { found.saturating_sub(left) } else { erased };
            receipts.push(PlaceReceipt {
                place: place.name.to_owned(),
                found: found.max(erased),
                erased,
                left,
            });
        }
        Ok(())
    }

    /// Erases all rows of a customer in one transaction, in which the erasure also forgets whose they were.
    async fn erase_rows(&self, erasure: &Erasure, who: &Who, receipts: &mut Vec<PlaceReceipt>) -> Result<()> {
        let actor = match erasure.cause {
            ErasureCause::Request => Actor::Customer,
            ErasureCause::Operator => Actor::Operator,
            ErasureCause::Retention | ErasureCause::Restore => self.system("flow.erase").await?,
        };
        let (key, email) = (&who.key, who.email.as_deref());
        let mut tx = self.store().begin().await?;
        // Somebody else may have finished it meanwhile.
        if tx.erasure(erasure.id).await?.state != ErasureState::Running {
            return Ok(());
        }
        tx.allow_deleting(key).await?;
        let mut found = Vec::new();
        for place in PLACES {
            if let Some(table) = place.table()? {
                found.push(tx.rows_of(table, key, email).await?.len() as u64);
            }
        }
        tx.count_erased_deliveries(key).await?;
        let mut found = found.into_iter();
        for place in PLACES {
            let Some(table) = place.table()? else { continue };
            let found = found.next().unwrap_or_default();
            tx.erase_rows_of(table, key, email).await?;
            let left = tx.rows_of(table, key, email).await?.len() as u64;
            if left > 0 {
                return Err(Error::Internal(format!("`{}` still has rows of somebody erased", table.name)));
            }
            let erased = found.saturating_sub(left);
            receipts.push(PlaceReceipt { place: place.name.to_owned(), found, erased, left });
        }
        tx.forbid_deleting(key).await?;
        let value = json_value(&receipts)?;
        let payload = serde_json::json!({ "cause": erasure.cause, "receipts": value });
        let object = format!("erasure/{}", erasure.id);
        tx.append_entries(&[self.entry(actor, Action::Erased, object, payload)]).await?;
        tx.scrub_erasure(erasure.id, &value).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Clears what the database keeps of erased rows, and memory; then the erasures are done.
    async fn clear(&self, ids: &[i64]) -> Result<()> {
        self.forget_snapshot()?;
        self.store().scrub().await?;
        let mut tx = self.store().begin().await?;
        for id in ids {
            let erasure = tx.erasure(*id).await?;
            match erasure.state {
                ErasureState::Scrubbing => tx.finish_erasure(*id, &erasure.receipts, self.now()).await?,
                ErasureState::Done => {}
                ErasureState::Running => {
                    return Err(Error::Internal(format!(
                        "erasure `{id}` was cleared before its rows were gone"
                    )));
                }
            }
        }
        tx.commit().await?;
        // Signed, so that a restore of an older state knows that there was more.
        self.checkpoint().await
    }
}
