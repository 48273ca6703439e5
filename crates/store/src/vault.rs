//! The vault: sensitive attributes of customers, sealed before they come here, opened for the fairness audit only.
//!
//! Goes in: sealed texts. Comes out: sealed texts, against an [`Opening`] that writes who opened what and why into the
//! ledger in the same transaction. Deliberately absent: the key (a file of the installation), plain values, and any
//! read without an opening.
//!
//! Architecture invariant: the attributes have names here and nowhere below or beside the store, so segments, features
//! and models, which cannot import this crate, cannot name them. An [`Opening`] is neither `Clone` nor made from parts:
//!
//! ```compile_fail,E0451
//! let forged = store::vault::Opening { reason: String::new(), ..unreachable!() };
//! ```
//!
//! ```compile_fail,E0599
//! fn twice(opening: store::vault::Opening) -> (store::vault::Opening, store::vault::Opening) {
//!     (opening.clone(), opening)
//! }
//! ```

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use std::str::FromStr;
use terms::ids::{CustomerKey, PersonId};
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use terms::time::Instant;

/// A sensitive attribute: special categories (GDPR 9), age of minors, vulnerability, and what fairness is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Racial or ethnic origin.
    EthnicOrigin,
    /// Political opinion.
    PoliticalOpinion,
    /// Religious or philosophical belief.
    Religion,
    /// Membership of a trade union.
    TradeUnion,
    /// Genetic data.
    Genetic,
    /// Biometric data.
    Biometric,
    /// Health.
    Health,
    /// Disability.
    Disability,
    /// Sex life.
    SexLife,
    /// Sexual orientation.
    SexualOrientation,
    /// Gender.
    Gender,
    /// Under age.
    Minor,
    /// Age, in groups.
    AgeGroup,
    /// Flagged as vulnerable.
    Vulnerability,
    /// Financial hardship.
    Hardship,
}

impl Attribute {
    /// Every attribute.
    pub const ALL: &'static [Self] = &[
        Self::EthnicOrigin,
        Self::PoliticalOpinion,
        Self::Religion,
        Self::TradeUnion,
        Self::Genetic,
        Self::Biometric,
        Self::Health,
        Self::Disability,
        Self::SexLife,
        Self::SexualOrientation,
        Self::Gender,
        Self::Minor,
        Self::AgeGroup,
        Self::Vulnerability,
        Self::Hardship,
    ];

    /// The name it is written with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EthnicOrigin => "ethnic_origin",
            Self::PoliticalOpinion => "political_opinion",
            Self::Religion => "religion",
            Self::TradeUnion => "trade_union",
            Self::Genetic => "genetic",
            Self::Biometric => "biometric",
            Self::Health => "health",
            Self::Disability => "disability",
            Self::SexLife => "sex_life",
            Self::SexualOrientation => "sexual_orientation",
            Self::Gender => "gender",
            Self::Minor => "minor",
            Self::AgeGroup => "age_group",
            Self::Vulnerability => "vulnerability",
            Self::Hardship => "hardship",
        }
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No attribute of the vault has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the vault has no attribute of this name; it has {}", names())]
pub struct UnknownAttribute;

fn names() -> String {
    Attribute::ALL.iter().map(|attribute| attribute.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Attribute {
    type Err = UnknownAttribute;
    fn from_str(text: &str) -> std::result::Result<Self, UnknownAttribute> {
        Self::ALL.iter().copied().find(|attribute| attribute.as_str() == text.trim()).ok_or(UnknownAttribute)
    }
}

/// A value that was sealed, under the key of its customer.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// Whose.
    pub customer: CustomerKey,
    /// Which attribute.
    pub attribute: Attribute,
    /// The sealed value.
    pub sealed: String,
    /// Where it came from.
    pub source: String,
    /// Since when it is known.
    pub at: Instant,
}

/// What an opening gives: sealed values, each with its customer's wrapped key.
pub struct Opened {
    /// The sealed value.
    pub value: SealedValue,
    /// The customer's key, wrapped under the installation's.
    pub wrapped: String,
}

/// Leave to open one attribute once, in the name of a person and for a reason that will stand in the ledger.
pub struct Opening {
    actor: Actor,
    person: PersonId,
    attribute: Attribute,
    reason: String,
    about: serde_json::Value,
}

impl Opening {
    /// Leave for a person, or for a part of the system in somebody's name, to open an attribute. `about` goes into the
    /// ledger's payload, such as the audience that is audited.
    ///
    /// # Errors
    /// When the reason says nothing, or nobody answers for it.
    pub fn new(actor: Actor, attribute: Attribute, reason: &str, about: serde_json::Value) -> Result<Self> {
        let reason = reason.trim();
        if reason.chars().filter(|letter| letter.is_alphanumeric()).count() < 10 {
            return Err(Error::Conflict {
                what: "the reason for opening the vault says too little".to_owned(),
                next: "say in a sentence why it has to be opened; it stands in the ledger",
            });
        }
        let person = match &actor {
            Actor::Person { id, .. } => *id,
            Actor::System { responsible, .. } => *responsible,
            Actor::Customer | Actor::Operator => {
                return Err(Error::Conflict {
                    what: "nobody answers for opening the vault".to_owned(),
                    next: "sign in as somebody who may audit fairness",
                });
            }
        };
        Ok(Self { actor, person, attribute, reason: reason.to_owned(), about })
    }
}

/// One opening, as it was logged.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpeningLine {
    /// Who.
    pub person: i64,
    /// Which attribute.
    pub attribute: Attribute,
    /// Why.
    pub reason: String,
    /// Values read.
    pub rows: i64,
    /// When.
    pub at: Instant,
}

fn value(row: &AnyRow) -> Result<SealedValue> {
    Ok(SealedValue {
        customer: CustomerKey::new(row.text("customer")?),
        attribute: row.word("attribute")?,
        sealed: row.text("sealed")?,
        source: row.text("source")?,
        at: row.at("at")?,
    })
}

reads! {
    /// How many values each attribute has; says nothing of anybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vault_counts(&mut self) -> Result<BTreeMap<Attribute, i64>> {
        let rows = sqlx::query(sql!("vault", "vault_counts")).fetch_all(self.db()).await?;
        rows.iter().map(|row| Ok((row.word("attribute")?, row.int("n")?))).collect()
    }

    /// The wrapped keys of some customers; who has none is absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vault_keys(&mut self, customers: &[CustomerKey]) -> Result<Vec<(CustomerKey, String)>> {
        let mut found = Vec::new();
        for batch in batches(customers) {
            let mut query = sqlx::query(self.each(sql!("vault", "vault_keys"), batch.len()));
            for customer in batch {
                query = query.bind(customer.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                found.push((CustomerKey::new(row.text("customer")?), row.text("wrapped")?));
            }
        }
        Ok(found)
    }

    /// Every opening there was, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vault_openings(&mut self, limit: i64) -> Result<Vec<OpeningLine>> {
        let rows = sqlx::query(sql!("vault", "vault_openings")).bind(limit).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok(OpeningLine {
            person: row.int("person")?,
            attribute: row.word("attribute")?,
            reason: row.text("reason")?,
            rows: row.int("rows_read")?,
            at: row.at("at")?,
        }))
    }

    /// The attributes of which something is held about a customer, without the values.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vault_attributes_of(&mut self, customer: &CustomerKey) -> Result<Vec<(Attribute, String, Instant)>> {
        let query = sqlx::query(sql!("vault", "vault_attributes_of")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok((row.word("attribute")?, row.text("source")?, row.at("at")?))
        })
    }
}

writes! {
    /// Adds wrapped keys; who has one keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_vault_keys(&mut self, keys: &[(CustomerKey, String)]) -> Result<()> {
        for batch in batches(keys) {
            let mut query = sqlx::query(self.each(sql!("vault", "add_vault_keys"), batch.len()));
            for (customer, wrapped) in batch {
                query = query.bind(customer.as_str()).bind(wrapped.clone());
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Puts sealed values into the vault, in place of those before. Of a customer and attribute given twice the last
    /// one counts, so each must be given once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_vault(&mut self, values: &[SealedValue]) -> Result<()> {
        for batch in batches(values) {
            let mut query = sqlx::query(self.each(sql!("vault", "put_vault"), batch.len()));
            for value in batch {
                query = query
                    .bind(value.customer.as_str()).bind(value.attribute.as_str()).bind(value.sealed.clone())
                    .bind(value.source.clone()).bind(value.at.0);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Opens an attribute: reads every sealed value of it, and logs who read how many, and why, in the same
    /// transaction. Nothing is read that is not logged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_vault(&mut self, opening: Opening, at: Instant) -> Result<Vec<Opened>> {
        let query = sqlx::query(sql!("vault", "open_vault")).bind(opening.attribute.as_str());
        let rows = query.fetch_all(self.db()).await?;
        let opened = sql::rows(&rows, |row| Ok(Opened { value: value(row)?, wrapped: row.text("wrapped")? }))?;
        self.log_opening(opening, opened.len(), at).await?;
        Ok(opened)
    }

    /// The same for what is held of one customer, all attributes: for the answer to their own request. `opening` says
    /// whose, in its reason's payload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_vault_of(
        &mut self, customer: &CustomerKey, opening: Opening, at: Instant,
    ) -> Result<Vec<Opened>> {
        let query = sqlx::query(sql!("vault", "open_vault_of")).bind(customer.as_str());
        let rows = query.fetch_all(self.db()).await?;
        let opened = sql::rows(&rows, |row| Ok(Opened { value: value(row)?, wrapped: row.text("wrapped")? }))?;
        self.log_opening(opening, opened.len(), at).await?;
        Ok(opened)
    }

    /// Deletes what the vault holds of a customer, and their key with it. Comes out: how many values there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_vault(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("vault", "erase_vault")).bind(customer.as_str());
        let erased = query.execute(self.db()).await?.rows_affected();
        sqlx::query(sql!("vault", "shred_vault_key")).bind(customer.as_str()).execute(self.db()).await?;
        Ok(erased)
    }
}

impl crate::open::Tx {
    async fn log_opening(&mut self, opening: Opening, rows: usize, at: Instant) -> Result<()> {
        let Opening { actor, person, attribute, reason, about } = opening;
        let id = self.take_numbers("vault_openings", 1).await?;
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        sqlx::query(sql!("vault", "log_opening"))
            .bind(id)
            .bind(person.0)
            .bind(attribute.as_str())
            .bind(reason.clone())
            .bind(rows)
            .bind(at.0)
            .execute(self.db())
            .await?;
        let entry = NewEntry {
            at,
            actor,
            action: Action::VaultOpened,
            object: format!("vault/{attribute}"),
            payload: serde_json::json!({ "reason": reason, "rows": rows, "about": about }),
        };
        self.append_entries(&[entry]).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_refused_without_being_repeated() {
        for attribute in Attribute::ALL {
            assert_eq!(attribute.as_str().parse(), Ok(*attribute));
        }
        let error = "shoe_size".parse::<Attribute>().unwrap_err().to_string();
        assert!(error.contains("ethnic_origin") && !error.contains("shoe_size"), "{error}");
    }

    #[test]
    fn no_opening_without_a_reason_that_says_something() {
        let ana = || Actor::Person { id: PersonId(1), name: "Ana".into() };
        for reason in ["", "   ", "audit", ". . . . . . . . . . . . ."] {
            assert!(Opening::new(ana(), Attribute::Health, reason, serde_json::Value::Null).is_err());
        }
        let reason = "the yearly audit of our audiences";
        assert!(Opening::new(ana(), Attribute::Health, reason, serde_json::Value::Null).is_ok());
        assert!(Opening::new(Actor::Operator, Attribute::Health, reason, serde_json::Value::Null).is_err());
    }
}
