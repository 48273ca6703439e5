//! The outbox: claim with a lease and a fencing token, attempt, record the reply, recover after a crash.
//!
//! A claim alone sends nothing. Only a row that [`Tx::mark_attempting`] moved, durably, may be handed over; what dies
//! between that and the recorded reply is in doubt, shown to a person, and never sent again by itself. Every step
//! names the fence of its claim, so a worker that slept through its lease cannot write over the next one's work.
//!
//! [`Tx::mark_attempting`]: crate::Tx::mark_attempting

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::decision::{ExclusionReason, Reason};
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey, MessageId, PersonId, VariantId};
use terms::time::Instant;

/// A fencing token: each claim gets a higher one than all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub i64);

/// A message that is this worker's until its lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The message.
    pub message: MessageId,
    /// Of this campaign.
    pub campaign: CampaignId,
    /// To this customer.
    pub customer: CustomerKey,
    /// Step of the campaign.
    pub step: i64,
    /// In these words.
    pub variant: VariantId,
    /// Not before.
    pub not_before: Instant,
    /// The token every later step has to show.
    pub fence: Fence,
}

/// A message about to be handed over, and what that stands on.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The message.
    pub message: MessageId,
    /// Consent, approval, guard report, models and facts it stands on, for the question why.
    pub evidence: serde_json::Value,
}

fn claim(row: &AnyRow) -> Result<Claim> {
    Ok(Claim {
        message: MessageId(row.int("id")?),
        campaign: CampaignId(row.int("campaign")?),
        customer: CustomerKey::new(row.text("customer")?),
        step: row.int("step")?,
        variant: VariantId(row.int("variant")?),
        not_before: row.at("not_before")?,
        fence: Fence(row.int("fence")?),
    })
}

fn id(row: &AnyRow) -> Result<MessageId> {
    row.int("id").map(MessageId)
}

/// One row, or the lease is gone.
fn held(changed: u64, message: MessageId) -> Result<()> {
    if changed == 0 { Err(Error::Fenced { what: format!("message `{message}`") }) } else { Ok(()) }
}

reads! {
    /// Messages of a campaign that are still planned or being handed over; 0 when it has sent everything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_messages(&mut self, campaign: CampaignId) -> Result<i64> {
        sqlx::query(sql!("outbox", "pending_messages")).bind(campaign.0).fetch_one(self.db()).await?.int("n")
    }

    /// Messages of a campaign that a living worker is handing over right now. Once the campaign is paused or stopped,
    /// none is added to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handing_over(&mut self, campaign: CampaignId, now: Instant) -> Result<i64> {
        let query = sqlx::query(sql!("outbox", "handing_over")).bind(campaign.0).bind(now.0);
        query.fetch_one(self.db()).await?.int("n")
    }

    /// The same to a customer. Once their withdrawal is committed, none is added to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handing_over_to(&mut self, customer: &CustomerKey, now: Instant) -> Result<i64> {
        let query = sqlx::query(sql!("outbox", "handing_over_to")).bind(customer.as_str()).bind(now.0);
        query.fetch_one(self.db()).await?.int("n")
    }

    /// The customers that a message is being handed over to right now: a few, since each worker has one at a time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handed_to(&mut self, now: Instant) -> Result<Vec<CustomerKey>> {
        let query = sqlx::query(sql!("outbox", "handed_to")).bind(now.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| Ok(CustomerKey::new(row.text("customer")?)))
    }
}

writes! {
    /// Claims messages that are due, of one running campaign or (`None`) of all of them. Nobody else gets them until
    /// `now + lease_seconds`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_messages(
        &mut self, campaign: Option<CampaignId>, worker: &str, now: Instant, lease_seconds: i64, limit: i64,
    ) -> Result<Vec<Claim>> {
        let fence = self.take_numbers("fence", 1).await?;
        let query = sqlx::query(sql!("outbox", "claim_messages"))
            .bind(worker).bind(fence).bind(now.plus_seconds(lease_seconds).0).bind(now.0)
            .bind(campaign.map_or(0, |id| id.0)).bind(limit);
        let mut claims = sql::rows(&query.fetch_all(self.db()).await?, claim)?;
        claims.sort_unstable_by_key(|claim| (claim.not_before, claim.message));
        Ok(claims)
    }

    /// Begins the handing over of claimed messages, in the transaction that checked them again. Only those that come
    /// back may be handed over after the commit: a message whose lease ran out, or whose campaign was paused or
    /// stopped, is not among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_attempting(
        &mut self, fence: Fence, attempts: &[Attempt], now: Instant, lease_seconds: i64,
    ) -> Result<Vec<MessageId>> {
        let mut accepted = Vec::with_capacity(attempts.len());
        for attempt in attempts {
            let changed = sqlx::query(sql!("outbox", "mark_attempting"))
                .bind(attempt.message.0).bind(fence.0).bind(now.0).bind(now.plus_seconds(lease_seconds).0)
                .bind(attempt.evidence.to_string())
                .execute(self.db())
                .await?
                .rows_affected();
            if changed == 1 {
                accepted.push(attempt.message);
            }
        }
        Ok(accepted)
    }

    /// The channel took it; `reference` is the channel's name for it.
    ///
    /// # Errors
    /// When the fence is stale: the message is in doubt by now.
    pub async fn mark_sent(&mut self, fence: Fence, message: MessageId, reference: &str, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "mark_sent")).bind(message.0).bind(fence.0).bind(at.0).bind(reference);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// The channel refused it for good.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn mark_failed(&mut self, fence: Fence, message: MessageId, detail: &str, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "mark_failed")).bind(message.0).bind(fence.0).bind(at.0).bind(detail);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// The connection broke after the handing over: nobody knows whether the channel took it.
    ///
    /// # Errors
    /// When the fence is stale: it is in doubt already.
    pub async fn mark_in_doubt(&mut self, fence: Fence, message: MessageId, detail: &str) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "mark_in_doubt")).bind(message.0).bind(fence.0).bind(detail);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// The check at the moment of sending said no.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn mark_suppressed(
        &mut self, fence: Fence, message: MessageId, reason: ExclusionReason, reasons: &[Reason], at: Instant,
    ) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "mark_suppressed"))
            .bind(message.0).bind(fence.0).bind(at.0).bind(reason.as_str()).bind(serde_json::to_string(reasons)?);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// Gives a claimed message back, untouched.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn release_message(&mut self, fence: Fence, message: MessageId) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "release_message")).bind(message.0).bind(fence.0);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// Gives a claimed message back for later, such as after quiet hours.
    ///
    /// # Errors
    /// When the fence is stale.
    pub async fn postpone_message(&mut self, fence: Fence, message: MessageId, not_before: Instant) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "postpone_message")).bind(message.0).bind(fence.0).bind(not_before.0);
        held(query.execute(self.db()).await?.rows_affected(), message)
    }

    /// Puts in doubt what was being handed over when its lease ran out, and names it. Claims that ran out need
    /// nothing: they can be claimed again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover_messages(&mut self, now: Instant) -> Result<Vec<MessageId>> {
        let rows = sqlx::query(sql!("outbox", "recover_messages")).bind(now.0).fetch_all(self.db()).await?;
        sql::rows(&rows, id)
    }

    /// The same at once for a worker that is known to be dead, before its leases run out; its claims are free again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover_worker(&mut self, worker: &str, now: Instant) -> Result<Vec<MessageId>> {
        let query = sqlx::query(sql!("outbox", "recover_worker")).bind(worker).bind(now.0);
        let doubtful = sql::rows(&query.fetch_all(self.db()).await?, id)?;
        sqlx::query(sql!("outbox", "free_claims_of")).bind(worker).execute(self.db()).await?;
        Ok(doubtful)
    }

    /// A person settles a message in doubt: it was sent, or it was not (`failed`).
    ///
    /// # Errors
    /// When it is not in doubt, or `to` is neither.
    pub async fn reconcile_message(
        &mut self, message: MessageId, to: DeliveryState, person: PersonId, at: Instant,
    ) -> Result<()> {
        let query = sqlx::query(sql!("outbox", "reconcile_message"));
        let query = query.bind(message.0).bind(to.as_str()).bind(person.0).bind(at.0);
        let allowed = matches!(to, DeliveryState::Sent | DeliveryState::Failed);
        if !allowed || query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::NotInDoubt { message, to });
        }
        Ok(())
    }

    /// Cancels what is still planned, when a campaign is stopped. What is being handed over goes on. Comes out: how
    /// many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_planned(&mut self, campaign: CampaignId, at: Instant) -> Result<u64> {
        let query = sqlx::query(sql!("outbox", "cancel_planned")).bind(campaign.0).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
