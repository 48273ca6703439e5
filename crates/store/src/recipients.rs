//! Who else holds data of customers, what they were told, and the partners that send requests.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::{PartnerId, RecipientId, RecipientNoticeId, RequestId};
use terms::rights::{NoticeKind, NoticeState};
use terms::time::Instant;

/// A recipient of data.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Identifier.
    pub id: RecipientId,
    /// Name.
    pub name: String,
    /// Where it takes notices.
    pub url: String,
    /// What notices to it are signed with.
    pub secret: String,
    /// What it wants to be told of.
    pub kinds: Vec<NoticeKind>,
    /// True when the operator allowed its host although it is a private address.
    pub allow_host: bool,
    /// When it was added.
    pub added_at: Instant,
}

impl std::fmt::Debug for Recipient {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recipient").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// A notice to a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientNotice {
    /// Identifier.
    pub id: RecipientNoticeId,
    /// The request it tells of.
    pub request: RequestId,
    /// To whom.
    pub recipient: RecipientId,
    /// Name of the recipient.
    pub recipient_name: String,
    /// What it says.
    pub kind: NoticeKind,
    /// Where it stands.
    pub state: NoticeState,
    /// Whom it is about, as JSON; blank once it is over.
    pub subject: Option<String>,
    /// When it was made.
    pub made_at: Instant,
    /// Tries so far.
    pub attempts: i64,
    /// What the last try came to.
    pub last_status: String,
    /// When it was taken.
    pub delivered_at: Option<Instant>,
}

/// A system that sends requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Identifier.
    pub id: PartnerId,
    /// Name.
    pub name: String,
}

fn read_recipient(row: &AnyRow) -> Result<Recipient> {
    Ok(Recipient {
        id: RecipientId(row.int("id")?),
        name: row.text("name")?,
        url: row.text("url")?,
        secret: row.text("secret")?,
        kinds: row.json("kinds")?,
        allow_host: row.flag("allow_host")?,
        added_at: row.at("added_at")?,
    })
}

fn read_notice(row: &AnyRow) -> Result<RecipientNotice> {
    Ok(RecipientNotice {
        id: RecipientNoticeId(row.int("id")?),
        request: RequestId(row.int("request")?),
        recipient: RecipientId(row.int("recipient")?),
        recipient_name: row.text("name")?,
        kind: row.word("kind")?,
        state: row.word("state")?,
        subject: row.opt_text("subject")?,
        made_at: row.at("made_at")?,
        attempts: row.int("attempts")?,
        last_status: row.text("last_status")?,
        delivered_at: row.opt_at("delivered_at")?,
    })
}

fn read_partner(row: &AnyRow) -> Result<Partner> {
    Ok(Partner { id: PartnerId(row.int("id")?), name: row.text("name")? })
}

reads! {
    /// Recipients that were not removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recipients(&mut self) -> Result<Vec<Recipient>> {
        sql::rows(&sqlx::query(sql!("recipients", "recipients")).fetch_all(self.db()).await?, read_recipient)
    }

    /// A recipient, removed or not.
    ///
    /// # Errors
    /// When there is no such recipient.
    pub async fn recipient(&mut self, id: RecipientId) -> Result<Recipient> {
        let row = sqlx::query(sql!("recipients", "recipient")).bind(id.0).fetch_optional(self.db()).await?;
        read_recipient(&row.ok_or_else(|| Error::missing("recipient", id))?)
    }

    /// A notice.
    ///
    /// # Errors
    /// When there is no such notice.
    pub async fn recipient_notice(&mut self, id: RecipientNoticeId) -> Result<RecipientNotice> {
        let row = sqlx::query(sql!("recipients", "notice")).bind(id.0).fetch_optional(self.db()).await?;
        read_notice(&row.ok_or_else(|| Error::missing("notice", id))?)
    }

    /// What recipients were told of a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recipient_notices_of(&mut self, request: RequestId) -> Result<Vec<RecipientNotice>> {
        let query = sqlx::query(sql!("recipients", "notices_of_request")).bind(request.0);
        sql::rows(&query.fetch_all(self.db()).await?, read_notice)
    }

    /// Notices that nobody has taken yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_recipient_notices(&mut self) -> Result<Vec<RecipientNoticeId>> {
        let rows = sqlx::query(sql!("recipients", "waiting_notices")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok(RecipientNoticeId(row.int("id")?)))
    }

    /// The partner of a key, by its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn partner_by_key(&mut self, key_hash: &str) -> Result<Option<Partner>> {
        let query = sqlx::query(sql!("recipients", "partner_by_key")).bind(key_hash);
        query.fetch_optional(self.db()).await?.map(|row| read_partner(&row)).transpose()
    }

    /// Partners whose key is valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn partners(&mut self) -> Result<Vec<Partner>> {
        sql::rows(&sqlx::query(sql!("recipients", "partners")).fetch_all(self.db()).await?, read_partner)
    }
}

writes! {
    /// Adds a recipient.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_recipient(
        &mut self, name: &str, url: &str, secret: &str, kinds: &[NoticeKind], allow_host: bool, at: Instant,
    ) -> Result<RecipientId> {
        let id = self.take_numbers("rights_recipients", 1).await?;
        sqlx::query(sql!("recipients", "add_recipient"))
            .bind(id).bind(name).bind(url).bind(secret).bind(serde_json::to_string(kinds)?)
            .bind(i64::from(allow_host)).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(RecipientId(id))
    }

    /// Removes a recipient: it gets no new notices; those it got stay on record.
    ///
    /// # Errors
    /// When there is no such recipient.
    pub async fn remove_recipient(&mut self, id: RecipientId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("recipients", "remove_recipient")).bind(id.0).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("recipient", id)) } else { Ok(()) }
    }

    /// Keeps a notice to be delivered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_recipient_notice(
        &mut self, request: RequestId, recipient: RecipientId, kind: NoticeKind, subject: &str, at: Instant,
    ) -> Result<RecipientNoticeId> {
        let id = self.take_numbers("rights_notices", 1).await?;
        sqlx::query(sql!("recipients", "add_notice"))
            .bind(id).bind(request.0).bind(recipient.0).bind(kind.as_str()).bind(subject).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(RecipientNoticeId(id))
    }

    /// Records a try; a notice that is over loses its subject. One that is over already stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recipient_notice_tried(&mut self, id: RecipientNoticeId, state: NoticeState, status: &str, at: Instant) -> Result<bool> {
        let delivered = (state == NoticeState::Delivered).then_some(at.0);
        let query = sqlx::query(sql!("recipients", "notice_tried"))
            .bind(id.0).bind(state.as_str()).bind(status).bind(delivered);
        Ok(query.execute(self.db()).await?.rows_affected() == 1)
    }

    /// Adds a partner with the hash of its key.
    ///
    /// # Errors
    /// When the key is taken.
    pub async fn add_partner(&mut self, name: &str, key_hash: &str, at: Instant) -> Result<PartnerId> {
        let id = self.take_numbers("rights_partners", 1).await?;
        sqlx::query(sql!("recipients", "add_partner"))
            .bind(id).bind(name).bind(key_hash).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(PartnerId(id))
    }

    /// Takes back a partner's key.
    ///
    /// # Errors
    /// When there is no such partner.
    pub async fn revoke_partner(&mut self, id: PartnerId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("recipients", "revoke_partner")).bind(id.0).bind(at.0);
        let changed = query.execute(self.db()).await?.rows_affected();
        if changed == 0 { Err(Error::missing("partner", id)) } else { Ok(()) }
    }
}
