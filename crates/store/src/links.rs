//! Links to a customer's own pages, known by the hash of their token only, and what they say after an erasure.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use std::str::FromStr;
use terms::ids::{CustomerKey, MessageId, RequestId};
use terms::time::Instant;

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerLinkKind {
    /// The preference centre.
    Centre,
    /// The confirmation of a request; once.
    Confirm,
    /// The archive of an access request.
    Archive,
}

impl CustomerLinkKind {
    /// Its text in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Confirm => "confirm",
            Self::Archive => "archive",
        }
    }
}

impl FromStr for CustomerLinkKind {
    type Err = ();
    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        [Self::Centre, Self::Confirm, Self::Archive].into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerLink {
    /// What it opens.
    pub kind: CustomerLinkKind,
    /// Whose; none after an erasure, or for somebody not known.
    pub customer: Option<CustomerKey>,
    /// The request it belongs to.
    pub request: Option<RequestId>,
    /// When it was made.
    pub made_at: Instant,
    /// Until when it opens.
    pub expires_at: Option<Instant>,
    /// When it was used, for links that work once.
    pub used_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// When its customer was erased.
    pub erased_at: Option<Instant>,
}

fn read(row: &AnyRow) -> Result<CustomerLink> {
    Ok(CustomerLink {
        kind: row.word("kind")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
        request: row.opt_int("request")?.map(RequestId),
        made_at: row.at("made_at")?,
        expires_at: row.opt_at("expires_at")?,
        used_at: row.opt_at("used_at")?,
        revoked_at: row.opt_at("revoked_at")?,
        erased_at: row.opt_at("erased_at")?,
    })
}

reads! {
    /// The link of a token, whatever became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn customer_link(&mut self, token_hash: &str) -> Result<Option<CustomerLink>> {
        let query = sqlx::query(sql!("links", "customer_link")).bind(token_hash);
        query.fetch_optional(self.db()).await?.map(|row| read(&row)).transpose()
    }

    /// Links of a customer, oldest first, for an access request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links_of_customer(&mut self, customer: &CustomerKey) -> Result<Vec<CustomerLink>> {
        let query = sqlx::query(sql!("links", "links_of_customer")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// When the customer of a message was erased, if they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erased_message(&mut self, message: MessageId) -> Result<Option<Instant>> {
        let query = sqlx::query(sql!("links", "erased_message")).bind(message.0);
        query.fetch_optional(self.db()).await?.map(|row| row.at("erased_at")).transpose()
    }
}

writes! {
    /// Keeps a new link by the hash of its token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_customer_link(
        &mut self, token_hash: &str, kind: CustomerLinkKind, customer: Option<&CustomerKey>,
        request: Option<RequestId>, made_at: Instant, expires_at: Option<Instant>,
    ) -> Result<()> {
        sqlx::query(sql!("links", "add_customer_link"))
            .bind(token_hash).bind(kind.as_str()).bind(customer.map(|key| key.as_str().to_owned()))
            .bind(request.map(|id| id.0)).bind(made_at.0).bind(expires_at.map(|at| at.0))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Uses up a link; false when somebody did before, or it was taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_customer_link(&mut self, token_hash: &str, at: Instant) -> Result<bool> {
        let query = sqlx::query(sql!("links", "use_customer_link")).bind(token_hash).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected() == 1)
    }

    /// Takes back every link of a customer that is not signed for a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_customer_links(&mut self, customer: &CustomerKey, at: Instant) -> Result<u64> {
        let query = sqlx::query(sql!("links", "revoke_customer_links")).bind(customer.as_str()).bind(at.0);
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
