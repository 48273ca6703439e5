//! Service mails: one durable row for each attempt, written before anything leaves. Addresses, domains and sources
//! stand in it as keyed hashes, enough to count by and no more.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use crate::suppressions::Pepper;
use serde::Serialize;
use terms::ids::{CustomerKey, ServiceMailId};
use terms::service::{ServiceKind, ServiceMail, ServiceState};
use terms::time::Instant;

/// How many mails were attempted lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// To the address in 24 hours, of the kinds that anybody can cause.
    pub address: i64,
    /// To the address in 24 hours, of any kind.
    pub any: i64,
    /// To its domain in an hour, of the kinds that anybody can cause.
    pub domain: i64,
    /// From the source in an hour, of the kinds that anybody can cause.
    pub source: i64,
}

/// A service mail as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceMailRow {
    /// Number.
    pub id: ServiceMailId,
    /// What it said.
    pub kind: ServiceKind,
    /// What became of it.
    pub state: ServiceState,
    /// Number of the request it was about.
    pub reference: Option<String>,
    /// When it was attempted.
    pub at: Instant,
    /// When the channel answered.
    pub finished_at: Option<Instant>,
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain)
}

impl Pepper {
    fn service(&self, mail: &ServiceMail) -> Result<(String, String, Option<String>)> {
        Ok((
            self.hash("email", &sql::folded(&mail.to))?,
            self.hash("domain", &sql::folded(domain(&mail.to)))?,
            mail.source.as_deref().map(|source| self.hash("source", source)).transpose()?,
        ))
    }
}

reads! {
    /// How many mails were attempted lately like this one: to its address, its domain, from its source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn service_attempts(&mut self, mail: &ServiceMail, now: Instant) -> Result<Attempts> {
        let (address, domain, source) = self.pepper.service(mail)?;
        let row = sqlx::query(sql!("service_mails", "service_counts"))
            .bind(address).bind(domain).bind(source).bind(now.plus_hours(-24).0).bind(now.plus_hours(-1).0)
            .fetch_one(self.db())
            .await?;
        Ok(Attempts {
            address: row.int("address")?,
            any: row.int("any_kind")?,
            domain: row.int("domain")?,
            source: row.int("source")?,
        })
    }

    /// Every service mail of a customer or an address, for access requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn service_mails_of(&mut self, customer: &CustomerKey, email: Option<&str>) -> Result<Vec<ServiceMailRow>> {
        let hash = email.map(|email| self.pepper.hash("email", &sql::folded(email))).transpose()?;
        let query = sqlx::query(sql!("service_mails", "service_mails_of")).bind(customer.as_str()).bind(hash);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok(ServiceMailRow {
                id: ServiceMailId(row.int("id")?),
                kind: row.word("kind")?,
                state: row.word("state")?,
                reference: row.opt_text("reference")?,
                at: row.at("at")?,
                finished_at: row.opt_at("finished_at")?,
            })
        })
    }
}

writes! {
    /// Records that a service mail is about to be handed over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_service_mail(&mut self, mail: &ServiceMail, at: Instant) -> Result<ServiceMailId> {
        let (address, domain, source) = self.pepper.service(mail)?;
        let id = self.take_numbers("service_mails", 1).await?;
        sqlx::query(sql!("service_mails", "begin_service_mail"))
            .bind(id).bind(mail.kind.as_str()).bind(mail.customer.as_ref().map(|key| key.as_str().to_owned()))
            .bind(address).bind(domain).bind(source).bind(i64::from(mail.kind.is_unproved()))
            .bind(mail.reference.clone()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(ServiceMailId(id))
    }

    /// Records what the channel said of a service mail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_service_mail(
        &mut self, id: ServiceMailId, state: ServiceState, detail: &str, at: Instant,
    ) -> Result<()> {
        sqlx::query(sql!("service_mails", "end_service_mail"))
            .bind(id.0).bind(state.as_str()).bind(detail).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Deletes every service mail of a customer or an address, for erasure. Comes out: how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_service_mails_of(&mut self, customer: &CustomerKey, email: Option<&str>) -> Result<u64> {
        let hash = email.map(|email| self.pepper.hash("email", &sql::folded(email))).transpose()?;
        let query = sqlx::query(sql!("service_mails", "delete_service_mails_of")).bind(customer.as_str()).bind(hash);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
