//! What customers did with messages, as a channel or the customer's pages report it.
//!
//! Goes in: opens, clicks, opt-outs, complaints, bounces. Comes out: responses for measuring, of those who allow it, and
//! refusals that work at once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use terms::consent::SuppressionReason;
use terms::delivery::ResponseKind;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::ledger::Action;
use terms::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::lawful::Responses;

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
    /// Takes in what customers did with messages. Opens and clicks are kept only for those who allow measuring; an
    /// opt-out works at once, and so do a complaint and a bounce: the address is suppressed. Returns how many were new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ingest_responses(&self, responses: &[ResponseIn]) -> Result<u64> {
        let allowed = self.lawful::<Responses>().await?;
        let mut by_campaign: BTreeMap<CampaignId, BTreeMap<CustomerKey, MessageId>> = BTreeMap::new();
        let mut rows: Vec<(MessageId, ResponseKind, Instant)> = Vec::new();
        let mut leaving: Vec<(CustomerKey, MessageId, Instant)> = Vec::new();
        let mut closed: Vec<(CustomerKey, SuppressionReason, Instant)> = Vec::new();
        for response in responses {
            let messages = match by_campaign.entry(response.campaign) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(self.messages_by_customer(response.campaign).await?),
            };
            let Some(message) = messages.get(&response.customer) else { continue };
            match response.kind {
                ResponseKind::Opened | ResponseKind::Clicked if !allowed.covers(&response.customer) => {}
                ResponseKind::OptedOut => leaving.push((response.customer.clone(), *message, response.at)),
                kind => rows.push((*message, kind, response.at)),
            }
            match response.kind {
                ResponseKind::Complained => {
                    closed.push((response.customer.clone(), SuppressionReason::Complaint, response.at));
                }
                ResponseKind::Bounced => {
                    closed.push((response.customer.clone(), SuppressionReason::HardBounce, response.at));
                }
                ResponseKind::Opened | ResponseKind::Clicked | ResponseKind::OptedOut => {}
            }
        }
        // First nobody is written to any more, then what was heard is counted.
        for (key, reason, at) in closed {
            self.close_address(&key, reason, at).await?;
        }
        let mut added = self.store().add_responses(&rows).await?;
        for (customer, message, at) in leaving {
            let customer = self.store().customer(&customer).await?;
            self.opt_out(&customer, message, "one_click", at).await?;
            added += 1;
        }
        Ok(added)
    }

    /// Suppresses whoever complained under every name and address they have or had, and the address a mail came back from.
    async fn close_address(&self, key: &CustomerKey, reason: SuppressionReason, at: Instant) -> Result<()> {
        let customer = self.customer_that_stays(key).await?;
        let mut tx = self.store().begin().await?;
        match reason {
            // Says something of the address, and nothing of a person who may have another one by now.
            SuppressionReason::HardBounce => {
                tx.suppress(None, customer.email.as_deref(), reason, "response", at).await?;
            }
            _ => self.suppress_person(&mut tx, &customer, reason, "response", at).await?,
        }
        let actor = self.system("flow.ingest").await?;
        let object = format!("customer/{}", customer.key);
        let payload = serde_json::json!({ "suppressed": reason });
        tx.append_entries(&[self.entry(actor, Action::OptedOut, object, payload)]).await?;
        tx.commit().await?;
        self.settle_person(&customer.key).await
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
}
