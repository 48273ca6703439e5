//! Receipts from events: what consent categories and privacy signals change.

use std::collections::BTreeMap;

use store::Tx;
use store::consents::Said;
use store::intake::InboxRow;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::{Customer, Language};
use terms::event::{EventFate, KeyScope};
use terms::ids::CustomerKey;
use terms::time::Instant;

use super::super::meaning;
use super::{Item, Run};
use crate::error::Result;

impl Run<'_> {
    /// Writes receipts for what consent categories and privacy signals change.
    pub(super) async fn receipts(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        let mut wishes: BTreeMap<CustomerKey, Vec<(Purpose, bool, Instant, &InboxRow)>> = BTreeMap::new();
        for Item { event, row } in items {
            let Some(customer) = self.people.of(event) else { continue };
            // Agreement needs the customer's own name; a refusal also counts on a device that was theirs.
            let named = event.user.is_some();
            for (category, yes) in event.consent.map(meaning::categories).unwrap_or_default() {
                let Some(purposes) = self.settings.purposes(&category).map(<[Purpose]>::to_vec) else {
                    self.count(row.key, EventFate::UnknownCategory);
                    continue;
                };
                let may = self.keys.get(&row.key).is_some_and(|key| key.may(KeyScope::Consents));
                if yes && !(may && named) {
                    self.count(row.key, EventFate::NoScope);
                    continue;
                }
                for purpose in purposes {
                    let no_signal = purpose != Purpose::Sharing || !event.gpc;
                    if no_signal || !yes {
                        wishes.entry(customer.clone()).or_default().push((purpose, yes, event.at, row));
                    }
                }
            }
            if event.gpc {
                wishes.entry(customer).or_default().push((Purpose::Sharing, false, event.at, row));
            }
        }
        let mut receipts = Vec::new();
        for (customer, mut wishes) in wishes {
            wishes.sort_by_key(|(_, yes, at, _)| (*at, *yes));
            let mut history = self.people.said(&customer).to_vec();
            for (purpose, yes, at, row) in wishes {
                let channels =
                    if purpose == Purpose::Marketing && !yes { Channel::ALL } else { &[Channel::Email] };
                for channel in channels {
                    let Some(status) = change(&history, purpose, *channel, yes, at) else { continue };
                    let receipt = self.receipt(&customer, (purpose, *channel, status), at, row);
                    self.count(row.key, EventFate::Receipt);
                    history.push(Said::from(&receipt));
                    receipts.push(receipt);
                }
            }
        }
        if !receipts.is_empty() {
            let new = self.app.record_consents_in(tx, &receipts, self.actor.clone()).await?;
            new.iter().for_each(|receipt| self.people.add_said(Said::from(receipt)));
            self.withdrawn.extend(new);
        }
        Ok(())
    }

    pub(super) fn receipt(
        &self,
        customer: &CustomerKey,
        (purpose, channel, status): (Purpose, Channel, ConsentStatus),
        at: Instant,
        row: &InboxRow,
    ) -> ConsentReceipt {
        let record = self.people.records.get(customer);
        ConsentReceipt {
            customer: customer.clone(),
            purpose,
            channel,
            status,
            basis: LawfulBasis::Consent,
            notice_version: "consent-manager".to_owned(),
            notice_hash: String::new(),
            language: record.map_or(Language::English, Customer::language),
            source: self.source(row.key),
            proof: format!("request/{}", row.id),
            at,
        }
    }
}

/// What a wish changes at its own time: nothing when the receipt that holds then says so already.
fn change(
    history: &[Said],
    purpose: Purpose,
    channel: Channel,
    yes: bool,
    at: Instant,
) -> Option<ConsentStatus> {
    let counts = |receipt: &&Said| {
        receipt.purpose == purpose
            && (purpose != Purpose::Marketing || receipt.channel == channel)
            && receipt.at <= at
    };
    let rank = |receipt: &&Said| (receipt.at, receipt.status != ConsentStatus::Granted);
    let holds = history.iter().filter(counts).max_by_key(rank).map(|receipt| receipt.status);
    match (yes, holds) {
        (true, Some(ConsentStatus::Granted))
        | (false, Some(ConsentStatus::Denied | ConsentStatus::Withdrawn)) => None,
        (true, _) => Some(ConsentStatus::Granted),
        (false, Some(ConsentStatus::Granted)) => Some(ConsentStatus::Withdrawn),
        (false, None) => Some(ConsentStatus::Denied),
    }
}
