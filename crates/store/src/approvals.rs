//! Approvals and refusals. An approval is bound to the hash the campaign was submitted with, and the schema keeps
//! author and approver apart and asks for a certificate of the approver. It is voided by an edit, never deleted.

use crate::campaigns::elsewhere;
use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::approval::Approval;
use terms::campaign::CampaignState;
use terms::hash::ContentHash;
use terms::ids::{ApprovalId, CampaignId, PersonId};
use terms::time::Instant;

/// Which way somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No, with a reason in the note.
    Rejected,
}

/// A decision as it was taken, and whether it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Who, what and when.
    pub approval: Approval,
    /// Which way.
    pub verdict: Verdict,
    /// When an edit voided it, if one did.
    pub voided_at: Option<Instant>,
}

fn read(row: &AnyRow) -> Result<Approval> {
    Ok(Approval {
        id: ApprovalId(row.int("id")?),
        campaign: CampaignId(row.int("campaign")?),
        approver: PersonId(row.int("approver")?),
        content: row.word("content_hash")?,
        at: row.at("at")?,
        note: row.text("note")?,
    })
}

reads! {
    /// The approvals that hold, the latest first: not void, and of exactly the content the campaign was submitted with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn valid_approvals(&mut self, campaign: CampaignId) -> Result<Vec<Approval>> {
        let query = sqlx::query(sql!("approvals", "valid_approvals")).bind(campaign.0);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// The latest of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn valid_approval(&mut self, campaign: CampaignId) -> Result<Option<Approval>> {
        Ok(self.valid_approvals(campaign).await?.into_iter().next())
    }

    /// Every decision about a campaign, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn approvals(&mut self, campaign: CampaignId) -> Result<Vec<Decided>> {
        let rows = sqlx::query(sql!("approvals", "approvals")).bind(campaign.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            let verdict = if row.text("verdict")? == "approved" { Verdict::Approved } else { Verdict::Rejected };
            Ok(Decided { approval: read(row)?, verdict, voided_at: row.opt_at("voided_at")? })
        })
    }
}

writes! {
    /// Approves a submitted campaign; it moves on when that makes as many approvals as it needs. `content` is the hash of what the approver saw.
    ///
    /// # Errors
    /// When it is not submitted, the content is not what was submitted, or the approver is its author;
    /// [`Error::NotCertified`] when the approver has no certificate that holds.
    pub async fn approve_campaign(
        &mut self, campaign: CampaignId, approver: PersonId, content: &ContentHash, note: &str, at: Instant,
    ) -> Result<Approval> {
        let found = self.campaign(campaign).await?;
        if found.state != CampaignState::Submitted {
            return Err(elsewhere(campaign, found.state, CampaignState::Approved));
        }
        if self.campaign_hash(campaign).await? != Some(*content) {
            return Err(Error::Stale { what: format!("campaign `{campaign}`") });
        }
        let id = self.decide(campaign, found.author, approver, "approved", content, note, at).await?;
        // The schema counts again when the campaign moves.
        let valid = self.valid_approvals(campaign).await?;
        if valid.len() as i64 >= self.approvals_needed(campaign).await? {
            self.move_campaign(campaign, CampaignState::Submitted, CampaignState::Approved, at).await?;
        }
        Ok(Approval { id, campaign, approver, content: *content, at, note: note.to_owned() })
    }

    /// Refuses a submitted campaign, which becomes a draft again. The note says why.
    ///
    /// # Errors
    /// When it is not submitted, the note is empty, or the person is its author.
    pub async fn reject_campaign(
        &mut self, campaign: CampaignId, approver: PersonId, note: &str, at: Instant,
    ) -> Result<()> {
        if note.trim().is_empty() {
            let next = "write what has to change";
            return Err(Error::Conflict { what: "a refusal needs a reason".to_owned(), next });
        }
        let found = self.campaign(campaign).await?;
        let content = self.campaign_hash(campaign).await?;
        let (CampaignState::Submitted, Some(content)) = (found.state, content) else {
            return Err(elsewhere(campaign, found.state, CampaignState::Draft));
        };
        self.decide(campaign, found.author, approver, "rejected", &content, note, at).await?;
        self.move_campaign(campaign, CampaignState::Submitted, CampaignState::Draft, at).await
    }
}

impl crate::open::Tx {
    #[expect(clippy::too_many_arguments, reason = "one column each")]
    async fn decide(
        &mut self,
        campaign: CampaignId,
        author: PersonId,
        approver: PersonId,
        verdict: &'static str,
        content: &ContentHash,
        note: &str,
        at: Instant,
    ) -> Result<ApprovalId> {
        if author == approver {
            return Err(Error::OwnWork);
        }
        let id = self.take_numbers("approvals", 1).await?;
        let done = sqlx::query(sql!("approvals", "decide"))
            .bind(id)
            .bind(campaign.0)
            .bind(author.0)
            .bind(approver.0)
            .bind(verdict)
            .bind(content.to_string())
            .bind(note)
            .bind(at.0)
            .execute(self.db())
            .await?;
        if done.rows_affected() == 0 {
            return Err(self.uncertified(approver, at).await?);
        }
        Ok(ApprovalId(id))
    }

    pub(crate) async fn void_approvals(&mut self, campaign: CampaignId, at: Instant) -> Result<()> {
        sqlx::query(sql!("approvals", "void_approvals"))
            .bind(campaign.0)
            .bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
