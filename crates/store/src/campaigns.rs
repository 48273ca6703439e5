//! Campaigns with their variants and the guard's reports. The moves between states are checked by the vocabulary and
//! again by the schema; an edit turns the campaign back into a draft and voids every approval.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::campaign::{Campaign, CampaignPlan, CampaignState};
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::{CampaignId, PersonId, VariantId};
use terms::message::Variant;
use terms::time::Instant;

fn read(row: &AnyRow) -> Result<Campaign> {
    let unreadable = |_| Error::Corrupt { what: "column `window_days`".to_owned() };
    Ok(Campaign {
        id: CampaignId(row.int("id")?),
        plan: CampaignPlan {
            name: row.text("name")?,
            goal: row.word("goal")?,
            audience: row.text("audience")?,
            channel: row.word("channel")?,
            control_share: row.float("control_share")?,
            seed: row.int("seed")?.cast_unsigned(),
            starts_at: row.at("starts_at")?,
            ends_at: row.at("ends_at")?,
            window_days: row.int("window_days")?.try_into().map_err(unreadable)?,
            offer: row.text("offer")?,
            written_with_ai: row.flag("written_with_ai")?,
            topic: row.text("topic")?,
            struck: sql::words(&row.text("struck")?, "struck")?,
            at_most: row.opt_int("at_most")?.map(i64::cast_unsigned),
        },
        variants: Vec::new(),
        state: row.word("state")?,
        author: PersonId(row.int("author")?),
        changed_at: row.at("changed_at")?,
        version: row.int("version")?,
    })
}

fn variant(row: &AnyRow) -> Result<(CampaignId, Variant)> {
    let variant = Variant {
        id: Some(VariantId(row.int("id")?)),
        language: row.word("language")?,
        subject: row.text("subject")?,
        preheader: row.text("preheader")?,
        headline: row.text("headline")?,
        body: row.text("body")?,
        button: row.text("button")?,
        link: row.text("link")?,
    };
    Ok((CampaignId(row.int("campaign")?), variant))
}

/// That a move was refused because the campaign is elsewhere.
pub(crate) const fn elsewhere(id: CampaignId, now: CampaignState, wanted: CampaignState) -> Error {
    Error::Elsewhere { id, now, wanted }
}

reads! {
    /// A campaign with its variants.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn campaign(&mut self, id: CampaignId) -> Result<Campaign> {
        let row = sqlx::query(sql!("campaigns", "campaign")).bind(id.0).fetch_optional(self.db()).await?;
        let mut campaign = read(&row.ok_or_else(|| Error::missing("campaign", id))?)?;
        let rows = sqlx::query(sql!("campaigns", "variants_of")).bind(id.0).fetch_all(self.db()).await?;
        for row in &rows {
            campaign.variants.push(variant(row)?.1);
        }
        Ok(campaign)
    }

    /// All campaigns with their variants, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns(&mut self) -> Result<Vec<Campaign>> {
        let rows = sqlx::query(sql!("campaigns", "campaigns")).fetch_all(self.db()).await?;
        let mut campaigns = sql::rows(&rows, read)?;
        for row in &sqlx::query(sql!("campaigns", "variants")).fetch_all(self.db()).await? {
            let (id, variant) = variant(row)?;
            if let Some(campaign) = campaigns.iter_mut().find(|campaign| campaign.id == id) {
                campaign.variants.push(variant);
            }
        }
        Ok(campaigns)
    }

    /// How many people must approve it.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn approvals_needed(&mut self, id: CampaignId) -> Result<i64> {
        let row = sqlx::query(sql!("campaigns", "approvals_needed")).bind(id.0).fetch_optional(self.db()).await?;
        row.ok_or_else(|| Error::missing("campaign", id))?.int("approvals_needed")
    }

    /// The hash of the content it was last submitted with; none after an edit.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn campaign_hash(&mut self, id: CampaignId) -> Result<Option<ContentHash>> {
        let row = sqlx::query(sql!("campaigns", "campaign")).bind(id.0).fetch_optional(self.db()).await?;
        row.ok_or_else(|| Error::missing("campaign", id))?.opt_word("content_hash")
    }

    /// What the guard reported about exactly this content.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report(&mut self, id: CampaignId, content: &ContentHash) -> Result<Option<serde_json::Value>> {
        let query = sqlx::query(sql!("campaigns", "report")).bind(id.0).bind(content.to_string());
        query.fetch_optional(self.db()).await?.map(|row| row.json("report")).transpose()
    }
}

writes! {
    /// Adds a campaign as a draft.
    ///
    /// # Errors
    /// When a live campaign has this name, or the author does not exist.
    pub async fn create_campaign(
        &mut self, plan: &CampaignPlan, variants: &[Variant], author: PersonId, at: Instant,
    ) -> Result<Campaign> {
        let id = CampaignId(self.take_numbers("campaigns", 1).await?);
        sqlx::query(sql!("campaigns", "create_campaign"))
            .bind(id.0).bind(plan.name.clone()).bind(plan.goal.as_str()).bind(plan.audience.clone())
            .bind(plan.channel.as_str()).bind(plan.control_share).bind(plan.seed.cast_signed())
            .bind(plan.starts_at.0).bind(plan.ends_at.0).bind(i64::from(plan.window_days))
            .bind(plan.offer.clone()).bind(i64::from(plan.written_with_ai)).bind(author.0).bind(at.0)
            .bind(plan.topic.clone())
            .execute(self.db())
            .await?;
        self.put_variants(id, variants).await?;
        self.campaign(id).await
    }

    /// Changes plan and words. The campaign becomes a draft again, approvals are void, and an audience that was
    /// frozen for the words before is thawed.
    ///
    /// # Errors
    /// When it has started, or changed since `expected_version` was read.
    pub async fn update_campaign(
        &mut self, id: CampaignId, plan: &CampaignPlan, variants: &[Variant], expected_version: i64, at: Instant,
    ) -> Result<Campaign> {
        let before = self.campaign(id).await?;
        if !before.state.is_editable() {
            return Err(elsewhere(id, before.state, CampaignState::Draft));
        }
        if before.version != expected_version {
            return Err(Error::Stale { what: format!("campaign `{id}`") });
        }
        sqlx::query(sql!("campaigns", "update_campaign"))
            .bind(id.0).bind(plan.name.clone()).bind(plan.goal.as_str()).bind(plan.audience.clone())
            .bind(plan.channel.as_str()).bind(plan.control_share).bind(plan.seed.cast_signed())
            .bind(plan.starts_at.0).bind(plan.ends_at.0).bind(i64::from(plan.window_days))
            .bind(plan.offer.clone()).bind(i64::from(plan.written_with_ai)).bind(at.0)
            .bind(plan.topic.clone())
            .execute(self.db())
            .await?;
        self.void_approvals(id, at).await?;
        sqlx::query(sql!("campaigns", "thaw_audience")).bind(id.0).execute(self.db()).await?;
        for old in before.variants.iter().filter(|old| variants.iter().all(|new| new.language != old.language)) {
            let query = sqlx::query(sql!("campaigns", "drop_variant")).bind(id.0).bind(old.language.as_str());
            query.execute(self.db()).await?;
        }
        self.put_variants(id, variants).await?;
        self.campaign(id).await
    }

    /// Moves a campaign from one state to another, if it is still in the first. For submitting, approving and
    /// rejecting there are calls of their own, which record what they are about.
    ///
    /// # Errors
    /// When it is in another state, or there is no such move.
    pub async fn move_campaign(
        &mut self, id: CampaignId, from: CampaignState, to: CampaignState, at: Instant,
    ) -> Result<()> {
        if !from.may_become(to) {
            return Err(elsewhere(id, from, to));
        }
        let query = sqlx::query(sql!("campaigns", "move_campaign"));
        let query = query.bind(id.0).bind(from.as_str()).bind(to.as_str()).bind(at.0);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(elsewhere(id, self.campaign(id).await?.state, to));
        }
        Ok(())
    }

    /// Submits a checked campaign for approval and records the hash an approval will be bound to.
    ///
    /// # Errors
    /// When it is not checked.
    pub async fn submit_campaign(&mut self, id: CampaignId, content: &ContentHash, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("campaigns", "bind_content")).bind(id.0).bind(content.to_string());
        query.execute(self.db()).await?;
        self.move_campaign(id, CampaignState::Checked, CampaignState::Submitted, at).await
    }

    /// Leaves a part of a submitted campaign out: languages, and everybody but so many. What was approved before was
    /// more, so it is void.
    ///
    /// # Errors
    /// When it is not submitted.
    pub async fn narrow_campaign(
        &mut self, id: CampaignId, struck: &[Language], at_most: Option<u64>, content: &ContentHash, at: Instant,
    ) -> Result<()> {
        self.void_approvals(id, at).await?;
        let struck: Vec<&str> = struck.iter().map(|language| language.as_str()).collect();
        let at_most = at_most.map_or(0, |most| i64::try_from(most).unwrap_or(i64::MAX));
        let query = sqlx::query(sql!("campaigns", "narrow_campaign")).bind(id.0).bind(struck.join(" "));
        let query = query.bind(at_most).bind(content.to_string());
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(elsewhere(id, self.campaign(id).await?.state, CampaignState::Submitted));
        }
        Ok(())
    }

    /// Says how many people must approve a campaign. It is never made fewer while the content stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn need_approvals(&mut self, id: CampaignId, needed: i64) -> Result<()> {
        sqlx::query(sql!("campaigns", "need_approvals")).bind(id.0).bind(needed).execute(self.db()).await?;
        Ok(())
    }

    /// Takes an audience away that was frozen and of which nothing left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn thaw_audience(&mut self, id: CampaignId) -> Result<u64> {
        let query = sqlx::query(sql!("campaigns", "thaw_audience")).bind(id.0);
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Keeps what the guard reported about exactly this content.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn put_report(
        &mut self, id: CampaignId, content: &ContentHash, report: &serde_json::Value, at: Instant,
    ) -> Result<()> {
        sqlx::query(sql!("campaigns", "put_report"))
            .bind(id.0).bind(content.to_string()).bind(report.to_string()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}

impl crate::open::Tx {
    async fn put_variants(&mut self, id: CampaignId, variants: &[Variant]) -> Result<()> {
        for variant in variants {
            let fresh = self.take_numbers("variants", 1).await?;
            sqlx::query(sql!("campaigns", "put_variant"))
                .bind(fresh)
                .bind(id.0)
                .bind(variant.language.as_str())
                .bind(variant.subject.clone())
                .bind(variant.preheader.clone())
                .bind(variant.headline.clone())
                .bind(variant.body.clone())
                .bind(variant.button.clone())
                .bind(variant.link.clone())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
