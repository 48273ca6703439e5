//! The one way for receipts into the store.

use std::collections::{BTreeMap, BTreeSet};

use store::Tx;
use terms::consent::{ConsentReceipt, ConsentStatus};
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::App;
use crate::error::Result;
use crate::in_flight::InFlight;

impl App {
    /// Takes in receipts, all or none, with one ledger entry for each customer, and waits until no message to who
    /// withdrew is being handed over. A receipt that is there already is left as it is. Comes out: how many were new.
    ///
    /// # Errors
    /// When the store fails; nothing was written then.
    pub async fn record_consents(&self, receipts: &[ConsentReceipt], actor: Actor) -> Result<usize> {
        let mut tx = self.store().begin().await?;
        let new = self.record_consents_in(&mut tx, receipts, actor).await?;
        tx.commit().await?;
        self.settle_withdrawn(&new).await?;
        Ok(new.len())
    }

    /// The same inside a transaction that does more. Once it is committed, call [`App::settle_withdrawn`] with what
    /// comes out: the receipts that were new.
    pub(crate) async fn record_consents_in(
        &self,
        tx: &mut Tx,
        receipts: &[ConsentReceipt],
        actor: Actor,
    ) -> Result<Vec<ConsentReceipt>> {
        let new = self.append_receipts(tx, receipts).await?;
        let mut by_customer: BTreeMap<&CustomerKey, Vec<&ConsentReceipt>> = BTreeMap::new();
        for receipt in &new {
            by_customer.entry(&receipt.customer).or_default().push(receipt);
        }
        let mut entries = Vec::with_capacity(by_customer.len());
        for (key, receipts) in by_customer {
            let payload = serde_json::json!({ "receipts": crate::app::json_value(&receipts)? });
            entries.push(self.entry(
                actor.clone(),
                Action::ConsentRecorded,
                format!("customer/{key}"),
                payload,
            ));
        }
        tx.append_entries(&entries).await?;
        Ok(new)
    }

    /// Appends receipts without an entry of their own: the caller's entry speaks of the whole file.
    pub(crate) async fn append_receipts(
        &self,
        tx: &mut Tx,
        receipts: &[ConsentReceipt],
    ) -> Result<Vec<ConsentReceipt>> {
        let erased = if receipts.is_empty() { None } else { Some(tx.tombstone_set().await?) };
        // Who was erased is not taken in again by what arrives late.
        let receipts: Vec<ConsentReceipt> = receipts
            .iter()
            .filter(|receipt| !erased.as_ref().is_some_and(|erased| erased.holds_key(&receipt.customer)))
            .cloned()
            .collect();
        let added = tx.append_consents(&receipts, self.now()).await?;
        Ok(receipts.into_iter().zip(added).filter(|(_, new)| *new).map(|(receipt, _)| receipt).collect())
    }

    /// Waits until no message to who withdrew or refused is being handed over.
    pub(crate) async fn settle_withdrawn(&self, receipts: &[ConsentReceipt]) -> Result<()> {
        let refused = receipts.iter().filter(|receipt| receipt.status != ConsentStatus::Granted);
        let customers: BTreeSet<&CustomerKey> = refused.map(|receipt| &receipt.customer).collect();
        if customers.is_empty() {
            return Ok(());
        }
        self.settle_in_flight(InFlight::ToAny(&customers)).await
    }
}
