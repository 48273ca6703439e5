//! Behaviour of those who agreed to profiling, and of nobody else.

use std::collections::{BTreeMap, BTreeSet};

use store::Tx;
use store::events::KeptEvent;
use terms::consent::Purpose;
use terms::event::{EventFate, EventKind};
use terms::ids::CustomerKey;

use super::super::meaning;
use super::super::parse::Event;
use super::orders::order_sign;
use super::{Item, Run};
use crate::error::Result;

impl Run<'_> {
    /// Keeps behaviour of those who agreed to profiling, and of nobody else.
    pub(super) async fn behaviour(
        &mut self,
        tx: &mut Tx,
        items: &[Item<'_>],
        linked: &[(String, CustomerKey)],
    ) -> Result<()> {
        self.people.settle_agreed();
        // Of an id that turned out to be two customers, the first gets what it did before.
        let mut given: BTreeMap<&str, &CustomerKey> = BTreeMap::new();
        for (anonymous, customer) in linked {
            given.entry(anonymous).or_insert(customer);
        }
        tx.give_events(&given.into_iter().collect::<Vec<_>>()).await?;
        let customers: BTreeSet<&CustomerKey> = linked.iter().map(|(_, customer)| customer).collect();
        let refused = customers.into_iter().filter(|customer| !self.people.agreed(customer)).cloned();
        tx.delete_events_of(&refused.collect::<Vec<_>>()).await?;
        let mut kept = Vec::new();
        for Item { event, row } in items {
            if !is_behaviour(event) {
                continue;
            }
            let customer = self.people.of(event);
            let fate = match &customer {
                Some(customer) if self.people.records.get(customer).is_some_and(|known| known.restricted) => {
                    EventFate::Restricted
                }
                Some(customer) if self.people.agreed(customer) => EventFate::Kept,
                None if event.anonymous.is_none() => EventFate::Nobody,
                None if self.device_agrees(event) => EventFate::Kept,
                _ => EventFate::NoProfiling,
            };
            self.count(row.key, fate);
            if fate == EventFate::Kept {
                kept.push(KeptEvent {
                    kind: event.kind,
                    name: event.name.as_deref().unwrap_or_default().to_owned(),
                    customer,
                    anonymous: event.anonymous.as_deref().map(str::to_owned),
                    properties: event.data.map_or_else(|| "{}".to_owned(), |data| data.get().to_owned()),
                    at: event.at,
                    received_at: row.received_at,
                    source: self.source(row.key),
                });
            }
        }
        tx.add_events(&kept).await?;
        Ok(())
    }

    /// Whether an event nobody's name is on says itself that profiling was agreed to.
    fn device_agrees(&self, event: &Event<'_>) -> bool {
        let mut agreed = false;
        for (category, yes) in event.consent.map(meaning::categories).unwrap_or_default() {
            if self
                .settings
                .purposes(&category)
                .is_some_and(|purposes| purposes.contains(&Purpose::Profiling))
            {
                if !yes {
                    return false;
                }
                agreed = true;
            }
        }
        agreed
    }
}

/// Whether an event is behaviour: neither a record nor a name, and neither an order nor an answer.
fn is_behaviour(event: &Event<'_>) -> bool {
    match event.kind {
        EventKind::Identify | EventKind::Alias => false,
        EventKind::Track => {
            order_sign(event).is_none() && event.name.as_deref().and_then(meaning::answer).is_none()
        }
        EventKind::Page | EventKind::Screen | EventKind::Group => true,
    }
}
