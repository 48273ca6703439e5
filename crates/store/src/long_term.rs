//! What campaigns did to the long term, judged once each time it was measured, and who overruled a veto for which campaign.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::hash::ContentHash;
use terms::ids::{CampaignId, PersonId};
use terms::long_term::LongTermVerdict;
use terms::time::Instant;

/// The last word about campaigns of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptJudgement {
    /// Number.
    pub id: i64,
    /// The campaign that was measured.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: LongTermVerdict,
    /// What was found, as JSON.
    pub found: String,
    /// When.
    pub at: Instant,
}

/// Somebody let a campaign through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct VetoOverride {
    /// Which.
    pub campaign: CampaignId,
    /// Why.
    pub why: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
}

fn overruled(row: &AnyRow) -> Result<VetoOverride> {
    Ok(VetoOverride {
        campaign: CampaignId(row.int("campaign")?),
        why: row.text("why")?,
        by: row.text("person")?,
        at: row.at("at")?,
    })
}

reads! {
    /// The last word about campaigns of a kind, if one was ever clear.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn long_term_of_kind(&mut self, kind: &str) -> Result<Option<KeptJudgement>> {
        let query = sqlx::query(sql!("long_term", "decided_of_kind")).bind(kind.to_owned());
        let judgement = |row: &AnyRow| -> Result<KeptJudgement> {
            Ok(KeptJudgement {
                id: row.int("id")?,
                campaign: CampaignId(row.int("campaign")?),
                name: row.text("name")?,
                verdict: row.word("verdict")?,
                found: row.text("found")?,
                at: row.at("at")?,
            })
        };
        query.fetch_optional(self.db()).await?.as_ref().map(judgement).transpose()
    }

    /// Who overruled a veto for a campaign as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn veto_override(
        &mut self, judgement: i64, campaign: CampaignId, content: &ContentHash,
    ) -> Result<Option<VetoOverride>> {
        let query = sqlx::query(sql!("long_term", "override_of"))
            .bind(judgement).bind(campaign.0).bind(content.to_string());
        query.fetch_optional(self.db()).await?.as_ref().map(overruled).transpose()
    }

    /// Vetoes that were overruled in a time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn veto_overrides_between(&mut self, from: Instant, to: Instant) -> Result<Vec<VetoOverride>> {
        let query = sqlx::query(sql!("long_term", "overrides_between")).bind(from.0).bind(to.0);
        sql::rows(&query.fetch_all(self.db()).await?, overruled)
    }
}

writes! {
    /// Keeps what a campaign was judged.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn put_long_term_judgement(
        &mut self, campaign: CampaignId, kind: &str, verdict: LongTermVerdict, found: &str, at: Instant,
    ) -> Result<i64> {
        let id = self.take_numbers("long_term_judgements", 1).await?;
        sqlx::query(sql!("long_term", "put_judgement"))
            .bind(id).bind(campaign.0).bind(kind.to_owned()).bind(verdict.as_str())
            .bind(found.to_owned()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(id)
    }

    /// Keeps that somebody overruled a veto for a campaign as it stands.
    ///
    /// # Errors
    /// When they wrote it, or have no certificate that holds.
    pub async fn put_veto_override(
        &mut self,
        judgement: i64,
        of: (CampaignId, &ContentHash),
        person: PersonId,
        why: &str,
        at: Instant,
    ) -> Result<()> {
        let (campaign, content) = of;
        let id = self.take_numbers("long_term_overrides", 1).await?;
        sqlx::query(sql!("long_term", "put_override"))
            .bind(id).bind(judgement).bind(campaign.0).bind(content.to_string())
            .bind(person.0).bind(why.to_owned()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
