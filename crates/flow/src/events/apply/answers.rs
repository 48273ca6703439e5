//! Answers to our messages that come as events: an opt-out, a complaint or a bounce works at once.

use store::Tx;
use terms::consent::{Channel, ConsentStatus, Purpose, SuppressionReason};
use terms::delivery::ResponseKind;
use terms::event::{EventFate, EventKind};
use terms::ids::{CustomerKey, MessageId};

use super::super::meaning;
use super::super::parse::Event;
use super::{Item, Run};
use crate::error::Result;

impl Run<'_> {
    /// Records answers to our messages, and lets an opt-out or a complaint work at once.
    pub(super) async fn answers(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        for Item { event, row } in items {
            let Some(kind) =
                event.name.as_deref().filter(|_| event.kind == EventKind::Track).and_then(meaning::answer)
            else {
                continue;
            };
            let customer = self.people.of(event);
            let known = customer.as_ref().and_then(|key| self.people.records.get(key)).cloned();
            let email = known.as_ref().and_then(|known| known.email.clone());
            let reason = match kind {
                ResponseKind::OptedOut => Some(SuppressionReason::Unsubscribed),
                ResponseKind::Complained => Some(SuppressionReason::Complaint),
                ResponseKind::Bounced => Some(SuppressionReason::HardBounce),
                _ => None,
            };
            let leaves = matches!(kind, ResponseKind::OptedOut | ResponseKind::Complained);
            let source = self.source(row.key);
            let mut used = false;
            if let Some(reason) = reason {
                let named = meaning::traits(event).email;
                // Who says no says it under every name; a mail that came back says it of an address alone.
                if let Some(known) = known.as_ref().filter(|_| leaves) {
                    self.app.suppress_person(tx, known, reason, &source, event.at).await?;
                }
                for address in [email.as_deref(), named.as_deref()] {
                    tx.suppress(customer.as_ref().filter(|_| leaves), address, reason, &source, event.at)
                        .await?;
                }
                used = customer.is_some() || named.is_some();
            }
            if let Some(customer) = customer.as_ref().filter(|_| leaves) {
                let marketing = (Purpose::Marketing, Channel::Email, ConsentStatus::Withdrawn);
                let withdrawn = [self.receipt(customer, marketing, event.at, row)];
                let new = self.app.record_consents_in(tx, &withdrawn, self.actor.clone()).await?;
                self.withdrawn.extend(new);
            }
            if let Some(message) = self.message(tx, event, customer.as_ref(), kind).await? {
                tx.add_responses(&[(message, kind, event.at)]).await?;
                used = true;
            }
            self.count(row.key, if used { EventFate::Answer } else { EventFate::NoMessage });
        }
        Ok(())
    }

    /// The message an answer is about, when it is ours and this customer's. Opens and clicks count only for those who
    /// allow measuring.
    async fn message(
        &self,
        tx: &mut Tx,
        event: &Event<'_>,
        customer: Option<&CustomerKey>,
        kind: ResponseKind,
    ) -> Result<Option<MessageId>> {
        let (Some(id), Some(customer)) = (meaning::message(event.data), customer) else { return Ok(None) };
        let message = match tx.message(MessageId(id)).await {
            Ok(message) => message,
            Err(store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if self.people.key(message.customer.as_str()) != *customer || message.state.is_none() {
            return Ok(None);
        }
        if matches!(kind, ResponseKind::Opened | ResponseKind::Clicked) {
            let state = tx.consent_at(customer, Purpose::Measurement, Channel::Email, self.now).await?;
            if state.is_none_or(|receipt| receipt.status != ConsentStatus::Granted) {
                return Ok(None);
            }
        }
        Ok(Some(MessageId(id)))
    }
}
