//! Audits of audiences by group: what was found when, in counts. An audit is written once.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::fairness::{AuditOccasion, FairnessVerdict};
use terms::ids::{CampaignId, CustomerKey};
use terms::time::Instant;

/// An audit, with its findings as they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAudit {
    /// Number; 0 before it is kept.
    pub id: i64,
    /// The campaign whose audience it is about.
    pub campaign: CampaignId,
    /// Why it was made.
    pub occasion: AuditOccasion,
    /// When.
    pub at: Instant,
    /// The content hash it was about.
    pub content: String,
    /// How it came out.
    pub verdict: FairnessVerdict,
    /// Whether it raised an alarm.
    pub alarm: bool,
    /// Findings as JSON.
    pub findings: String,
}

/// An audit of the house as a whole, with its findings as they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredHouseAudit {
    /// Why it was made.
    pub occasion: AuditOccasion,
    /// When.
    pub at: Instant,
    /// Findings as JSON.
    pub findings: String,
}

fn audit(row: &AnyRow) -> Result<StoredAudit> {
    Ok(StoredAudit {
        id: row.int("id")?,
        campaign: CampaignId(row.int("campaign")?),
        occasion: row.word("occasion")?,
        at: row.at("at")?,
        content: row.text("content")?,
        verdict: row.word("verdict")?,
        alarm: row.int("alarm")? == 1,
        findings: row.text("findings")?,
    })
}

reads! {
    /// The newest audit of a campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_fairness_audit(&mut self, campaign: CampaignId) -> Result<Option<StoredAudit>> {
        let query = sqlx::query(sql!("fairness", "latest_audit")).bind(campaign.0);
        query.fetch_optional(self.db()).await?.as_ref().map(audit).transpose()
    }

    /// Audits, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fairness_audits(&mut self, limit: i64) -> Result<Vec<StoredAudit>> {
        let rows = sqlx::query(sql!("fairness", "audits")).bind(limit).fetch_all(self.db()).await?;
        sql::rows(&rows, audit)
    }

    /// The newest audit of the house.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_house_audit(&mut self) -> Result<Option<StoredHouseAudit>> {
        let row = sqlx::query(sql!("fairness", "latest_house_audit")).fetch_optional(self.db()).await?;
        let read = |row: &AnyRow| -> Result<StoredHouseAudit> {
            Ok(StoredHouseAudit { occasion: row.word("occasion")?, at: row.at("at")?, findings: row.text("findings")? })
        };
        row.as_ref().map(read).transpose()
    }

    /// How many messages were handed over since a moment, by customer, and how many of them made an offer; who got none is
    /// absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reached_since(&mut self, since: Instant) -> Result<Vec<(CustomerKey, i64, i64)>> {
        let rows = sqlx::query(sql!("fairness", "reached_since")).bind(since.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((CustomerKey::new(row.text("customer")?), row.int("n")?, row.int("offers")?)))
    }

    /// Whom a launched campaign was meant for, those held out by chance among them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_of(&mut self, campaign: CampaignId) -> Result<Vec<CustomerKey>> {
        let rows = sqlx::query(sql!("fairness", "planned_of")).bind(campaign.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok(CustomerKey::new(row.text("customer")?)))
    }
}

writes! {
    /// Keeps an audit of the house.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_house_audit(&mut self, audit: &StoredHouseAudit) -> Result<()> {
        let id = self.take_numbers("fairness_house_audits", 1).await?;
        sqlx::query(sql!("fairness", "put_house_audit"))
            .bind(id)
            .bind(audit.occasion.as_str())
            .bind(audit.at.0)
            .bind(audit.findings.clone())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Keeps an audit. Comes out: its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_fairness_audit(&mut self, audit: &StoredAudit) -> Result<i64> {
        let id = self.take_numbers("fairness_audits", 1).await?;
        sqlx::query(sql!("fairness", "put_audit"))
            .bind(id)
            .bind(audit.campaign.0)
            .bind(audit.occasion.as_str())
            .bind(audit.at.0)
            .bind(audit.content.clone())
            .bind(audit.verdict.as_str())
            .bind(i64::from(audit.alarm))
            .bind(audit.findings.clone())
            .execute(self.db())
            .await?;
        Ok(id)
    }
}
