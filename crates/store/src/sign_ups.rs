//! Sign-ups: somebody typed an address into the form and was sent a link. Only the hash of the link's token is kept; it
//! works once and runs out.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use serde::Serialize;
use sqlx::any::AnyRow;
use terms::consent::Purpose;
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignUp<'a> {
    /// Address as typed.
    pub email: &'a str,
    /// Language they chose.
    pub language: Language,
    /// Purposes they ticked.
    pub purposes: &'a [Purpose],
    /// Version of the notice they were shown.
    pub notice_version: &'a str,
    /// Its hash.
    pub notice_hash: &'a str,
    /// Hash of the token in the link.
    pub token_hash: &'a str,
    /// Where they asked.
    pub source: &'a str,
    /// Where from, kept as a keyed hash only.
    pub address: Option<&'a str>,
    /// True when their browser asked not to sell or share (`Sec-GPC: 1`).
    pub opted_out: bool,
    /// When.
    pub asked_at: Instant,
    /// Until when the link works.
    pub expires_at: Instant,
}

/// A sign-up as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignUp {
    /// Number; part of the receipt's proof.
    pub id: i64,
    /// Address as typed.
    pub email: String,
    /// Language they chose.
    pub language: Language,
    /// Purposes they ticked.
    pub purposes: Vec<Purpose>,
    /// Version of the notice they were shown.
    pub notice_version: String,
    /// Its hash.
    pub notice_hash: String,
    /// Where they asked.
    pub source: String,
    /// Keyed hash of where from.
    pub source_hash: Option<String>,
    /// True when their browser asked not to sell or share.
    pub opted_out: bool,
    /// When they asked.
    pub asked_at: Instant,
    /// Until when the link works.
    pub expires_at: Instant,
    /// When they confirmed.
    pub confirmed_at: Option<Instant>,
    /// Whose record it became.
    pub customer: Option<CustomerKey>,
}

fn read(row: &AnyRow) -> Result<SignUp> {
    Ok(SignUp {
        id: row.int("id")?,
        email: row.text("email")?,
        language: row.word("language")?,
        purposes: sql::words(&row.text("purposes")?, "purposes")?,
        notice_version: row.text("notice_version")?,
        notice_hash: row.text("notice_hash")?,
        source: row.text("source")?,
        source_hash: row.opt_text("source_hash")?,
        opted_out: row.flag("opted_out")?,
        asked_at: row.at("asked_at")?,
        expires_at: row.at("expires_at")?,
        confirmed_at: row.opt_at("confirmed_at")?,
        customer: row.opt_text("customer")?.map(CustomerKey::new),
    })
}

reads! {
    /// The sign-up of a token, confirmed or not, run out or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_up(&mut self, token_hash: &str) -> Result<Option<SignUp>> {
        let query = sqlx::query(sql!("sign_ups", "sign_up")).bind(token_hash);
        query.fetch_optional(self.db()).await?.map(|row| read(&row)).transpose()
    }

    /// Every sign-up of a customer or an address, for access requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_ups_of(&mut self, customer: &CustomerKey, email: Option<&str>) -> Result<Vec<SignUp>> {
        let query = sqlx::query(sql!("sign_ups", "sign_ups_of")).bind(customer.as_str()).bind(email.map(sql::folded));
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }
}

writes! {
    /// Keeps a sign-up until it is confirmed or runs out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sign_up(&mut self, new: &NewSignUp<'_>) -> Result<i64> {
        let id = self.take_numbers("sign_ups", 1).await?;
        let source_hash = new.address.map(|address| self.pepper.hash("source", address)).transpose()?;
        sqlx::query(sql!("sign_ups", "add_sign_up"))
            .bind(id).bind(new.email).bind(sql::folded(new.email)).bind(new.language.as_str())
            .bind(sql::joined(new.purposes.iter().map(|purpose| purpose.as_str())))
            .bind(new.notice_version).bind(new.notice_hash).bind(new.token_hash).bind(new.source)
            .bind(source_hash).bind(i64::from(new.opted_out)).bind(new.asked_at.0).bind(new.expires_at.0)
            .execute(self.db())
            .await?;
        Ok(id)
    }

    /// Confirms a sign-up, once and in time. False: it was confirmed before, ran out, or never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_sign_up(&mut self, token_hash: &str, at: Instant, customer: &CustomerKey) -> Result<bool> {
        let query = sqlx::query(sql!("sign_ups", "confirm_sign_up")).bind(token_hash).bind(at.0).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected() == 1)
    }

    /// Deletes what nobody confirmed in time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_sign_ups(&mut self, now: Instant) -> Result<u64> {
        let query = sqlx::query(sql!("sign_ups", "delete_expired_sign_ups")).bind(now.0);
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Deletes every sign-up of a customer or an address, for erasure.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sign_ups_of(&mut self, customer: &CustomerKey, email: Option<&str>) -> Result<u64> {
        let query = sqlx::query(sql!("sign_ups", "delete_sign_ups_of")).bind(customer.as_str()).bind(email.map(sql::folded));
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
