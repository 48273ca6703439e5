//! Other names of customers: anonymous ids that were seen with them, and customer keys that were joined to theirs; and
//! who said what about a customer last.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use std::collections::HashMap;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// What sort of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// An anonymousId.
    Anonymous,
    /// A customer key that was joined to another.
    Merged,
}

impl AliasKind {
    /// Its text in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Merged => "merged",
        }
    }
}

/// Another name of a customer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Identity {
    /// What sort of name.
    pub kind: AliasKind,
    /// The name.
    pub alias: String,
    /// Whose.
    pub customer: CustomerKey,
    /// The key whose event said so.
    pub source: String,
    /// When.
    pub at: Instant,
}

/// Who said a field of a contact record last.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TraitSource {
    /// Whose record.
    pub customer: CustomerKey,
    /// Field, such as `email`.
    pub field: String,
    /// The key whose event said so.
    pub source: String,
    /// When it was said.
    pub at: Instant,
}

fn read(row: &AnyRow) -> Result<Identity> {
    let kind = if row.text("kind")? == "merged" { AliasKind::Merged } else { AliasKind::Anonymous };
    Ok(Identity {
        kind,
        alias: row.text("alias")?,
        customer: CustomerKey::new(row.text("customer")?),
        source: row.text("source")?,
        at: row.at("at")?,
    })
}

fn source(row: &AnyRow) -> Result<TraitSource> {
    Ok(TraitSource {
        customer: CustomerKey::new(row.text("customer")?),
        field: row.text("field")?,
        source: row.text("source")?,
        at: row.at("at")?,
    })
}

reads! {
    /// The customers that names of one sort belong to; a name nobody has is absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_named(
        &mut self, kind: AliasKind, aliases: &[&str],
    ) -> Result<HashMap<String, CustomerKey>> {
        let mut found = HashMap::new();
        for batch in batches(aliases) {
            let mut query = sqlx::query(self.each(sql!("identities", "identities_named"), batch.len())).bind(kind.as_str());
            for alias in batch {
                query = query.bind(*alias);
            }
            for row in query.fetch_all(self.db()).await? {
                let identity = read(&row)?;
                found.insert(identity.alias, identity.customer);
            }
        }
        Ok(found)
    }

    /// The key that counts for a customer: the one they were joined to, or their own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_customer(&mut self, customer: &CustomerKey) -> Result<CustomerKey> {
        let mut found = self.identities_named(AliasKind::Merged, &[customer.as_str()]).await?;
        Ok(found.remove(customer.as_str()).unwrap_or_else(|| customer.clone()))
    }

    /// Every other name of a customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_of(&mut self, customer: &CustomerKey) -> Result<Vec<Identity>> {
        let query = sqlx::query(sql!("identities", "identities_of")).bind(customer.as_str());
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Joined keys whose purchases in the lake were not given to their customer yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn joined_not_moved(&mut self, limit: i64) -> Result<Vec<Identity>> {
        let query = sqlx::query(sql!("identities", "joined_not_moved")).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Who said the fields of some customers' records last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trait_sources(&mut self, customers: &[CustomerKey]) -> Result<Vec<TraitSource>> {
        let mut found = Vec::new();
        for batch in batches(customers) {
            let mut query = sqlx::query(self.each(sql!("identities", "trait_sources"), batch.len()));
            for customer in batch {
                query = query.bind(customer.as_str());
            }
            for row in query.fetch_all(self.db()).await? {
                found.push(source(&row)?);
            }
        }
        Ok(found)
    }
}

writes! {
    /// Gives names to customers. Each name at most once; a later saying replaces an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_identities(&mut self, identities: &[Identity]) -> Result<()> {
        for batch in batches(identities) {
            let mut query = sqlx::query(self.each(sql!("identities", "put_identity"), batch.len()));
            for identity in batch {
                query = query
                    .bind(identity.kind.as_str())
                    .bind(identity.alias.as_str())
                    .bind(identity.customer.as_str())
                    .bind(identity.source.as_str())
                    .bind(identity.at.0);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Gives all names of a customer to another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_identities(&mut self, from: &CustomerKey, into: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("identities", "move_identities")).bind(from.as_str()).bind(into.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Notes that the purchases of joined keys were given to their customers; not of those joined anew since `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_moved(&mut self, aliases: &[&str], before: Instant, at: Instant) -> Result<()> {
        for batch in batches(aliases) {
            let query = sqlx::query(self.each(sql!("identities", "set_moved"), batch.len()));
            let mut query = query.bind(before.0).bind(at.0);
            for alias in batch {
                query = query.bind(*alias);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Forgets all names of a customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_identities_of(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("identities", "delete_identities_of")).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Forgets one name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_identity(&mut self, kind: AliasKind, alias: &str) -> Result<u64> {
        let query = sqlx::query(sql!("identities", "delete_identity")).bind(kind.as_str()).bind(alias);
        Ok(query.execute(self.db()).await?.rows_affected())
    }

    /// Notes who said fields last; each customer and field at most once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_trait_sources(&mut self, sources: &[TraitSource]) -> Result<()> {
        for batch in batches(sources) {
            let mut query = sqlx::query(self.each(sql!("identities", "put_trait_sources"), batch.len()));
            for source in batch {
                query = query
                    .bind(source.customer.as_str())
                    .bind(source.field.as_str())
                    .bind(source.source.as_str())
                    .bind(source.at.0);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }

    /// Forgets who said what about a customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_trait_sources(&mut self, customer: &CustomerKey) -> Result<u64> {
        let query = sqlx::query(sql!("identities", "delete_trait_sources")).bind(customer.as_str());
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}
