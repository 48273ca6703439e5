//! What campaigns were measured to have changed: every result is kept, the latest is shown.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use terms::ids::CampaignId;
use terms::time::Instant;

reads! {
    /// The latest result of a campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn measurement(&mut self, campaign: CampaignId) -> Result<Option<serde_json::Value>> {
        Ok(self.measurements(campaign).await?.pop().map(|(_, result)| result))
    }

    /// Every result of a campaign, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn measurements(&mut self, campaign: CampaignId) -> Result<Vec<(Instant, serde_json::Value)>> {
        let rows = sqlx::query(sql!("measurements", "measurements")).bind(campaign.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((row.at("at")?, row.json("result")?)))
    }
}

writes! {
    /// Keeps a result.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn put_measurement(
        &mut self, campaign: CampaignId, result: &serde_json::Value, at: Instant,
    ) -> Result<()> {
        let id = self.take_numbers("measurements", 1).await?;
        sqlx::query(sql!("measurements", "put_measurement"))
            .bind(id).bind(campaign.0).bind(result.to_string()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
