//! Orders and what was given back, on their way to the lake.

use store::Tx;
use store::events::EventPurchase;
use terms::event::{EventFate, EventKind};

use super::super::meaning;
use super::super::parse::Event;
use super::{Item, Run};
use crate::error::Result;

impl Run<'_> {
    /// Puts orders and what was given back on their way to the lake: the contract needs them, whatever was agreed.
    pub(super) async fn purchases(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<bool> {
        let hasher = self.app.event_hasher()?;
        let mut orders = Vec::new();
        for Item { event, row } in items {
            let Some(sign) = order_sign(event) else { continue };
            let order = meaning::order(event.data, self.currency);
            let customer = self.people.of(event);
            if customer.is_none() && event.anonymous.is_none() {
                self.count(row.key, EventFate::Nobody);
                continue;
            }
            if !order.our_currency {
                self.count(row.key, EventFate::OtherCurrency);
                continue;
            }
            let Some(minor) = order.minor else {
                self.count(row.key, EventFate::NoAmount);
                continue;
            };
            let hash = (sign > 0 && !order.number.is_empty()).then(|| hasher.order(&order.number));
            let purchase = EventPurchase {
                id: 0,
                customer,
                anonymous: event.anonymous.as_deref().map(str::to_owned),
                at: event.at,
                minor: sign * minor,
                order: order.number,
                received_at: row.received_at,
                source: self.source(row.key),
            };
            orders.push((hash, purchase, row.key));
        }
        if orders.is_empty() {
            return Ok(false);
        }
        // A page that says thank you and is loaded again reports its order again.
        let hashes: Vec<_> = orders.iter().filter_map(|(hash, ..)| *hash).collect();
        let mut seen = tx.remember_events(&hashes, i64::from(self.now.day().0)).await?;
        let mut new = Vec::with_capacity(orders.len());
        for (hash, purchase, key) in orders {
            if hash.is_some_and(|hash| !seen.insert(hash)) {
                self.count(key, EventFate::RepeatedOrder);
                continue;
            }
            self.count(key, if purchase.minor < 0 { EventFate::Return } else { EventFate::Purchase });
            new.push(purchase);
        }
        tx.add_event_purchases(&new).await?;
        Ok(!new.is_empty())
    }
}

/// 1 for an order, -1 for what was given back.
pub(super) fn order_sign(event: &Event<'_>) -> Option<i64> {
    match event.name.as_deref().filter(|_| event.kind == EventKind::Track)? {
        "Order Completed" => Some(1),
        "Order Refunded" => Some(-1),
        _ => None,
    }
}
