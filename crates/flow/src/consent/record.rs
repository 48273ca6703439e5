//! The one way for receipts into the store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::Tx;
use store::consents::Said;
use store::identities::AliasKind;
use terms::consent::{ConsentReceipt, ConsentStatus, Purpose};
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

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

    /// Appends receipts without an entry of their own: the caller's entry speaks of the whole file. Every receipt comes
    /// through here, so what holds for all of them is done here: a refusal under a name of before is also one of the
    /// customer that stays, and who refuses profiling is not remembered by what they did. Comes out: what was new,
    /// those refusals among it.
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
        let receipts = with_those_that_stay(tx, receipts).await?;
        let added = tx.append_consents(&receipts, self.now()).await?;
        let new: Vec<ConsentReceipt> =
            receipts.into_iter().zip(added).filter(|(_, new)| *new).map(|(receipt, _)| receipt).collect();
        forget_behaviour(tx, &new).await?;
        Ok(new)
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

/// Adds to refusals under a name of before the same of the customer it was joined to. A grant under such a name stays
/// there: whether it was meant for all that is known of both is not sure.
async fn with_those_that_stay(tx: &mut Tx, receipts: Vec<ConsentReceipt>) -> Result<Vec<ConsentReceipt>> {
    let refused = |receipt: &&ConsentReceipt| receipt.status != ConsentStatus::Granted;
    let keys: BTreeSet<&str> =
        receipts.iter().filter(refused).map(|receipt| receipt.customer.as_str()).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let stays = tx.identities_named(AliasKind::Merged, &keys).await?;
    let mut all = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        if refused(&&receipt)
            && let Some(customer) = stays.get(receipt.customer.as_str())
        {
            all.push(ConsentReceipt { customer: customer.clone(), ..receipt.clone() });
        }
        all.push(receipt);
    }
    Ok(all)
}

/// Deletes the behaviour of who refused profiling and did not agree since.
async fn forget_behaviour(tx: &mut Tx, new: &[ConsentReceipt]) -> Result<()> {
    let refusals = new
        .iter()
        .filter(|receipt| receipt.purpose == Purpose::Profiling && receipt.status != ConsentStatus::Granted);
    let refusers: BTreeSet<&CustomerKey> = refusals.map(|receipt| &receipt.customer).collect();
    if refusers.is_empty() {
        return Ok(());
    }
    let customers: Vec<CustomerKey> = refusers.into_iter().cloned().collect();
    let states = profiling_states(&tx.consents_said(&customers).await?);
    let refused = states.into_iter().filter(|(_, granted)| !granted).map(|(customer, _)| customer);
    tx.delete_events_of(&refused.collect::<Vec<_>>()).await?;
    Ok(())
}

/// Whether the latest receipt about profiling of each customer is a grant; of two of the same instant the refusal counts.
pub(crate) fn profiling_states<'s>(
    receipts: impl IntoIterator<Item = &'s Said>,
) -> HashMap<CustomerKey, bool> {
    let mut latest: HashMap<CustomerKey, (Instant, bool)> = HashMap::new();
    for Said { customer, status, at, .. } in
        receipts.into_iter().filter(|said| said.purpose == Purpose::Profiling)
    {
        let said = (*at, *status != ConsentStatus::Granted);
        let known = latest.entry(customer.clone()).or_insert(said);
        *known = (*known).max(said);
    }
    latest.into_iter().map(|(customer, (_, refused))| (customer, !refused)).collect()
}
