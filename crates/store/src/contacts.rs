//! When customers were contacted or will be, over all campaigns, and how often they engaged. What follows from it
//! (caps) is decided by policy.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::outbox::Fence;
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use std::collections::HashMap;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::time::Instant;

/// One contact, made or planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// With this message.
    pub message: MessageId,
    /// By this campaign.
    pub campaign: CampaignId,
    /// How far it got.
    pub state: DeliveryState,
    /// When the handing over began, or from when on it is planned.
    pub at: Instant,
}

/// A message somebody got, and what it brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// When it was handed over.
    pub at: Instant,
    /// They opted out through it or reported it.
    pub harmed: bool,
    /// They followed its link.
    pub answered: bool,
}

fn exposure(row: &AnyRow) -> Result<(CustomerKey, Exposure)> {
    let exposure = Exposure { at: row.at("at")?, harmed: row.flag("harms")?, answered: row.flag("answers")? };
    Ok((CustomerKey::new(row.text("customer")?), exposure))
}

fn contact(row: &AnyRow) -> Result<(CustomerKey, Contact)> {
    let contact = Contact {
        message: MessageId(row.int("id")?),
        campaign: CampaignId(row.int("campaign")?),
        state: row.word("state")?,
        at: row.at("at")?,
    };
    Ok((CustomerKey::new(row.text("customer")?), contact))
}

reads! {
    /// Contacts of everybody since an instant, by all campaigns but `except`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact_times(
        &mut self, except: CampaignId, since: Instant,
    ) -> Result<HashMap<CustomerKey, Vec<Contact>>> {
        let query = sqlx::query(sql!("contacts", "contact_times")).bind(except.0).bind(since.0);
        let mut found: HashMap<CustomerKey, Vec<Contact>> = HashMap::new();
        for (customer, contact) in sql::rows(&query.fetch_all(self.db()).await?, contact)? {
            found.entry(customer).or_default().push(contact);
        }
        Ok(found)
    }

    /// Contacts of one customer since an instant, by all campaigns but `except`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact_times_of(
        &mut self, customer: &CustomerKey, except: CampaignId, since: Instant,
    ) -> Result<Vec<Contact>> {
        let query =
            sqlx::query(sql!("contacts", "contact_times_of")).bind(except.0).bind(since.0).bind(customer.as_str());
        let rows = sql::rows(&query.fetch_all(self.db()).await?, contact)?;
        Ok(rows.into_iter().map(|(_, contact)| contact).collect())
    }

    /// The messages everybody got since an instant, by customer and oldest first, with what they brought.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exposures(&mut self, since: Instant) -> Result<HashMap<CustomerKey, Vec<Exposure>>> {
        let query = sqlx::query(sql!("contacts", "exposures")).bind(since.0);
        let mut found: HashMap<CustomerKey, Vec<Exposure>> = HashMap::new();
        for (customer, exposure) in sql::rows(&query.fetch_all(self.db()).await?, exposure)? {
            found.entry(customer).or_default().push(exposure);
        }
        Ok(found)
    }

    /// The same of one customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exposures_of(&mut self, customer: &CustomerKey, since: Instant) -> Result<Vec<Exposure>> {
        let query = sqlx::query(sql!("contacts", "exposures_of")).bind(since.0).bind(customer.as_str());
        let rows = sql::rows(&query.fetch_all(self.db()).await?, exposure)?;
        Ok(rows.into_iter().map(|(_, exposure)| exposure).collect())
    }

    /// Opens and clicks of each customer since an instant; who did neither is absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn engagement_since(&mut self, since: Instant) -> Result<HashMap<CustomerKey, u32>> {
        let rows = sqlx::query(sql!("contacts", "engagement_since")).bind(since.0).fetch_all(self.db()).await?;
        let count = |row: &AnyRow| {
            Ok((CustomerKey::new(row.text("customer")?), u32::try_from(row.int("n")?).unwrap_or(u32::MAX)))
        };
        Ok(sql::rows(&rows, count)?.into_iter().collect())
    }

    /// When the next planned message of a campaign is due; `None` when none is planned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_planned(&mut self, campaign: CampaignId) -> Result<Option<Instant>> {
        let row = sqlx::query(sql!("contacts", "next_planned")).bind(campaign.0).fetch_one(self.db()).await?;
        Ok(sqlx::Row::try_get::<Option<i64>, _>(&row, "at")?.map(Instant))
    }
}

writes! {
    /// Plans a message again that this worker was handing over, when the channel said that nothing left.
    ///
    /// # Errors
    /// When the fence is stale: another worker or a person has it by now.
    pub async fn replan_message(&mut self, fence: Fence, message: MessageId, not_before: Instant) -> Result<()> {
        let query = sqlx::query(sql!("contacts", "replan_message")).bind(message.0).bind(fence.0).bind(not_before.0);
        match query.execute(self.db()).await?.rows_affected() {
            0 => Err(Error::Fenced { what: format!("message `{message}`") }),
            _ => Ok(()),
        }
    }

    /// Plans a message in doubt again. Only for a channel that knows for sure that it never left the house.
    ///
    /// # Errors
    /// When it is not in doubt.
    pub async fn replan_doubtful(&mut self, message: MessageId, not_before: Instant) -> Result<()> {
        let query = sqlx::query(sql!("contacts", "replan_doubtful")).bind(message.0).bind(not_before.0);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            let what = format!("message `{message}` is not in doubt");
            return Err(Error::Conflict { what, next: "only a message in doubt can be planned again" });
        }
        Ok(())
    }
}
