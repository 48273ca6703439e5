//! Oversight: the switch that stops all AI, and what is known of a campaign from its launch
//! on.
//! The switch is rows that are only added; the last one holds, and the schema lets AI go on only by two people.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::{CampaignId, PersonId};
use terms::time::Instant;

/// A throw of the switch of AI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AiSwitch {
    /// True: all AI was stopped; false: it was let go on.
    pub stopped: bool,
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
}

fn switch(row: &AnyRow) -> Result<AiSwitch> {
    Ok(AiSwitch {
        stopped: row.flag("stopped")?,
        person: PersonId(row.int("person")?),
        reason: row.text("reason")?,
        at: row.at("at")?,
    })
}

reads! {
    /// How the switch of AI was thrown last; `None` while nobody ever stopped it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ai_switch(&mut self) -> Result<Option<AiSwitch>> {
        let query = sqlx::query(sql!("oversight", "ai_switch"));
        query.fetch_optional(self.db()).await?.as_ref().map(switch).transpose()
    }

    /// The last throws of the switch, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ai_switches(&mut self, limit: i64) -> Result<Vec<AiSwitch>> {
        let rows = sqlx::query(sql!("oversight", "ai_switches")).bind(limit).fetch_all(self.db()).await?;
        sql::rows(&rows, switch)
    }

    /// Running campaigns whose audience a model chose or whose words a machine wrote.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running_with_ai(&mut self) -> Result<Vec<CampaignId>> {
        let rows = sqlx::query(sql!("oversight", "running_with_ai")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok(CampaignId(row.int("id")?)))
    }

    /// Before when nothing of a campaign leaves; `None` before its launch.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn sends_from(&mut self, id: CampaignId) -> Result<Option<Instant>> {
        let row = sqlx::query(sql!("oversight", "sends_from")).bind(id.0).fetch_optional(self.db()).await?;
        row.ok_or_else(|| Error::missing("campaign", id))?.opt_at("sends_from")
    }

    /// Whether no message of a campaign has begun to leave.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nothing_began(&mut self, id: CampaignId) -> Result<bool> {
        let query = sqlx::query(sql!("oversight", "began")).bind(id.0);
        Ok(query.fetch_one(self.db()).await?.int("n")? == 0)
    }
}

writes! {
    /// Throws the switch of AI.
    ///
    /// # Errors
    /// When the schema refuses: AI goes on by somebody certified who did not stop it.
    pub async fn put_ai_switch(&mut self, throw: &AiSwitch) -> Result<()> {
        let id = self.take_numbers("ai_switch", 1).await?;
        sqlx::query(sql!("oversight", "put_ai_switch"))
            .bind(id).bind(i64::from(throw.stopped)).bind(throw.person.0).bind(throw.reason.clone()).bind(throw.at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Writes down at the launch whether a campaign uses AI, and before when nothing of it leaves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn launching(&mut self, id: CampaignId, uses_ai: bool, sends_from: Instant) -> Result<()> {
        let query = sqlx::query(sql!("oversight", "launching"));
        query.bind(id.0).bind(i64::from(uses_ai)).bind(sends_from.0).execute(self.db()).await?;
        Ok(())
    }
}
