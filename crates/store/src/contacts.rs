//! When customers were contacted or will be, over all campaigns, and how often they engaged. What follows from it
//! (caps) is decided by policy.

use crate::error::Result;
use crate::open::reads;
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use std::collections::HashMap;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey};
use terms::time::Instant;

/// One contact, made or planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// By this campaign.
    pub campaign: CampaignId,
    /// How far it got.
    pub state: DeliveryState,
    /// When the handing over began, or from when on it is planned.
    pub at: Instant,
}

fn contact(row: &AnyRow) -> Result<(CustomerKey, Contact)> {
    let contact =
        Contact { campaign: CampaignId(row.int("campaign")?), state: row.word("state")?, at: row.at("at")? };
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
}
