//! What customers did with their messages.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use std::collections::BTreeMap;
use terms::delivery::{DeliveryState, ResponseKind};
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::time::Instant;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFate {
    /// To whom.
    pub customer: CustomerKey,
    /// When it went out, or failed.
    pub finished_at: Instant,
    /// The first opt-out or complaint after it.
    pub harmed_at: Option<Instant>,
    /// When it failed or bounced.
    pub failed_at: Option<Instant>,
}

reads! {
    /// Messages that went out or failed since an instant, in the order they did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_since(&mut self, since: Instant) -> Result<Vec<MessageFate>> {
        let rows = sqlx::query(sql!("responses", "answers_since")).bind(since.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            let (state, finished_at) = (row.word::<DeliveryState>("state")?, row.at("sent_at")?);
            let failed = state == DeliveryState::Failed;
            Ok(MessageFate {
                customer: CustomerKey::new(row.text("customer")?),
                finished_at,
                harmed_at: row.opt_at("harmed_at")?,
                failed_at: if failed { Some(finished_at) } else { row.opt_at("bounced_at")? },
            })
        })
    }

    /// Who was selected by which campaign since an instant, in the order they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn selected_since(&mut self, since: Instant) -> Result<Vec<(CampaignId, CustomerKey)>> {
        let rows = sqlx::query(sql!("responses", "selected_since")).bind(since.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((CampaignId(row.int("campaign")?), CustomerKey::new(row.text("customer")?))))
    }

    /// Answers against messages, failures and selections since an instant, together: it moves when a canary may have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_count(&mut self, since: Instant) -> Result<i64> {
        let row = sqlx::query(sql!("responses", "watch_count")).bind(since.0).fetch_one(self.db()).await?;
        row.int("n")
    }

    /// For each kind of response, the messages of a campaign with at least one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn response_counts(&mut self, campaign: CampaignId) -> Result<BTreeMap<ResponseKind, i64>> {
        let rows = sqlx::query(sql!("responses", "response_counts")).bind(campaign.0).fetch_all(self.db()).await?;
        rows.iter().map(|row| Ok((row.word("kind")?, row.int("n")?))).collect()
    }

    /// Responses to one message, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn responses_of(&mut self, message: MessageId) -> Result<Vec<(ResponseKind, Instant)>> {
        let rows = sqlx::query(sql!("responses", "responses_of")).bind(message.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((row.word("kind")?, row.at("at")?)))
    }

    /// Customers of each arm who withdrew consent to marketing, on the campaign's channel, from the time the campaign
    /// started and before `until`. Opting out is a cost of the message only as far as the treated do it more often.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opted_out(&mut self, campaign: CampaignId, until: Instant) -> Result<Vec<(Arm, CustomerKey)>> {
        let query = sqlx::query(sql!("responses", "opted_out")).bind(campaign.0).bind(until.0);
        let rows = query.fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((row.word("arm")?, CustomerKey::new(row.text("customer")?))))
    }
}

writes! {
    /// Adds responses; the same one twice (message, kind, time) is one. Comes out: how many were new.
    ///
    /// # Errors
    /// When a message does not exist.
    pub async fn add_responses(&mut self, responses: &[(MessageId, ResponseKind, Instant)]) -> Result<u64> {
        let mut added = 0;
        for batch in batches(responses) {
            let mut query = sqlx::query(self.each(sql!("responses", "add_responses"), batch.len()));
            for (message, kind, at) in batch {
                query = query.bind(message.0).bind(kind.as_str()).bind(at.0);
            }
            added += query.execute(self.db()).await?.rows_affected();
        }
        Ok(added)
    }
}
