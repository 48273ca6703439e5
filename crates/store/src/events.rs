//! What is kept of events: behaviour of those who agreed, and purchases that wait for the lake.
//!
//! Goes in: what the stage that uses events made of them. Comes out: the same, by customer or by anonymous id.
//! Deliberately absent: how events come in (`intake`), and what they mean.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::event::EventKind;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// Behaviour that is kept, or about to be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeptEvent {
    /// Kind.
    pub kind: EventKind,
    /// The event's or the page's name.
    pub name: String,
    /// Whose, when that is known.
    pub customer: Option<CustomerKey>,
    /// The anonymous id it came with.
    pub anonymous: Option<String>,
    /// Properties as JSON.
    pub properties: String,
    /// When it happened.
    pub at: Instant,
    /// When it arrived.
    pub received_at: Instant,
    /// The key it came with.
    pub source: String,
}

/// A purchase or a return that waits for the lake.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EventPurchase {
    /// Identifier; 0 for a new one.
    pub id: i64,
    /// Whose, when that is known.
    pub customer: Option<CustomerKey>,
    /// The anonymous id it came with.
    pub anonymous: Option<String>,
    /// When.
    pub at: Instant,
    /// Minor units of the shop's currency; negative for a return.
    pub minor: i64,
    /// Order number.
    pub order: String,
    /// When it arrived.
    pub received_at: Instant,
    /// The key it came with.
    pub source: String,
}

fn kept(row: &AnyRow) -> Result<KeptEvent> {
    Ok(KeptEvent {
        kind: row.word("kind")?,
        name: row.text("name")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        anonymous: row.opt_text("anonymous")?,
        properties: row.text("properties")?,
        at: row.at("at")?,
        received_at: row.at("received_at")?,
        source: row.text("source")?,
    })
}

fn purchase(row: &AnyRow) -> Result<EventPurchase> {
    Ok(EventPurchase {
        id: row.int("id")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        anonymous: row.opt_text("anonymous")?,
        at: row.at("at")?,
        minor: row.int("minor")?,
        order: row.text("order_no")?,
        received_at: row.at("received_at")?,
        source: row.text("source")?,
    })
}

reads! {
    /// A customer's behaviour, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(&mut self, customer: &CustomerKey, limit: i64) -> Result<Vec<KeptEvent>> {
        let query = sqlx::query(sql!("events", "events_of_customer")).bind(customer.as_str()).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, kept)
    }

    /// Behaviour of an anonymous id that nobody's name was given to yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of_anonymous(&mut self, anonymous: &str, limit: i64) -> Result<Vec<KeptEvent>> {
        let query = sqlx::query(sql!("events", "events_of_anonymous")).bind(anonymous).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, kept)
    }

    /// Events that are kept, in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_kept_events(&mut self) -> Result<i64> {
        sqlx::query(sql!("events", "count_kept_events")).fetch_one(self.db()).await?.int("n")
    }

    /// Purchases that can go to the lake, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_ready(&mut self, limit: i64) -> Result<Vec<EventPurchase>> {
        let query = sqlx::query(sql!("events", "event_purchases_ready")).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, purchase)
    }

    /// A customer's purchases that wait for the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_of(&mut self, customer: &CustomerKey) -> Result<Vec<EventPurchase>> {
        let query = sqlx::query(sql!("events", "event_purchases_of")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, purchase)
    }

    /// Purchases that wait for the lake, and those that wait for a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_purchases_state(&mut self) -> Result<(i64, i64)> {
        let row = sqlx::query(sql!("events", "event_purchases_state")).fetch_one(self.db()).await?;
        Ok((row.int("ready")?, row.int("unnamed")?))
    }
}

writes! {
    /// Keeps behaviour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_events(&mut self, events: &[KeptEvent]) -> Result<()> {
        let mut id = self.take_numbers("events", events.len()).await?;
        for batch in batches(events) {
            let mut query = sqlx::query(self.each(sql!("events", "add_events"), batch.len()));
            for event in batch {
                query = query
                    .bind(id)
                    .bind(event.kind.as_str())
                    .bind(event.name.as_str())
                    .bind(event.customer.as_ref().map(CustomerKey::as_str))
                    .bind(event.anonymous.as_deref())
                    .bind(event.properties.as_str())
                    .bind(event.at.0)
                    .bind(event.received_at.0)
                    .bind(event.source.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Keeps purchases and returns until they are in the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_event_purchases(&mut self, purchases: &[EventPurchase]) -> Result<()> {
        let mut id = self.take_numbers("event_purchases", purchases.len()).await?;
        for batch in batches(purchases) {
            let mut query = sqlx::query(self.each(sql!("events", "add_event_purchases"), batch.len()));
            for purchase in batch {
                query = query
                    .bind(id)
                    .bind(purchase.customer.as_ref().map(CustomerKey::as_str))
                    .bind(purchase.anonymous.as_deref())
                    .bind(purchase.at.0)
                    .bind(purchase.minor)
                    .bind(purchase.order.as_str())
                    .bind(purchase.received_at.0)
                    .bind(purchase.source.as_str());
                id += 1;
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Removes purchases that are in the lake.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_event_purchases(&mut self, ids: &[i64]) -> Result<u64> {
        let mut deleted = 0;
        for batch in batches(ids) {
            let mut query = sqlx::query(self.each(sql!("events", "delete_event_purchases"), batch.len()));
            for id in batch {
                query = query.bind(*id);
            }
            deleted += query.execute(self.db()).await?.rows_affected();
        }
        Ok(deleted)
    }

    /// Gives what anonymous ids did to the customers they turned out to be, each id once; how many events and purchases.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_events(&mut self, given: &[(&str, &CustomerKey)]) -> Result<(u64, u64)> {
        let (mut events, mut purchases) = (0, 0);
        for batch in batches(given) {
            let mut give_events = sqlx::query(self.each(sql!("events", "give_events"), batch.len()));
            let mut give_purchases = sqlx::query(self.each(sql!("events", "give_purchases"), batch.len()));
            for (anonymous, customer) in batch {
                give_events = give_events.bind(*anonymous).bind(customer.as_str());
                give_purchases = give_purchases.bind(*anonymous).bind(customer.as_str());
            }
            events += give_events.execute(self.db()).await?.rows_affected();
            purchases += give_purchases.execute(self.db()).await?.rows_affected();
        }
        Ok((events, purchases))
    }

    /// Gives a customer's events and waiting purchases to another, when two names are one person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_events(&mut self, from: &CustomerKey, into: &CustomerKey) -> Result<(u64, u64)> {
        let events = sqlx::query(sql!("events", "move_events")).bind(from.as_str()).bind(into.as_str());
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "move_purchases")).bind(from.as_str()).bind(into.as_str());
        Ok((events, purchases.execute(self.db()).await?.rows_affected()))
    }

    /// Deletes the behaviour of some customers; how many events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_of(&mut self, customers: &[CustomerKey]) -> Result<u64> {
        let mut deleted = 0;
        for batch in batches(customers) {
            let mut query = sqlx::query(self.each(sql!("events", "delete_events_of_customers"), batch.len()));
            for customer in batch {
                query = query.bind(customer.as_str());
            }
            deleted += query.execute(self.db()).await?.rows_affected();
        }
        Ok(deleted)
    }

    /// Deletes the behaviour and the unnamed purchases of an anonymous id; how many rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_of_anonymous(&mut self, anonymous: &str) -> Result<u64> {
        let events = sqlx::query(sql!("events", "delete_events_of_anonymous")).bind(anonymous);
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "delete_purchases_of_anonymous")).bind(anonymous);
        Ok(events + purchases.execute(self.db()).await?.rows_affected())
    }

    /// Deletes a customer's purchases that wait for the lake; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_purchases_of(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("events", "delete_purchases_of_customer")).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Deletes behaviour, and purchases nobody claimed, that arrived before an instant; how many rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_events_before(&mut self, at: Instant) -> Result<u64> {
        let events = sqlx::query(sql!("events", "delete_events_before")).bind(at.0);
        let events = events.execute(self.db()).await?.rows_affected();
        let purchases = sqlx::query(sql!("events", "delete_unnamed_purchases_before")).bind(at.0);
        Ok(events + purchases.execute(self.db()).await?.rows_affected())
    }
}
