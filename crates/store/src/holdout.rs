//! The global holdout: rules with their seeds, only ever added to; and what everybody said no to in a time.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use std::collections::HashSet;
use terms::ids::{CustomerKey, PersonId};
use terms::time::{Day, Instant};

/// A rule of the holdout.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptHoldout {
    /// First day of its first period.
    pub from: Day,
    /// Months of a period.
    pub months: u32,
    /// Share of all customers in hundredths of a percent.
    pub share: u32,
    /// The recorded seed.
    pub seed: u64,
    /// When it was set.
    pub at: Instant,
    /// Who set it.
    pub by: String,
}

reads! {
    /// Every rule of the holdout in the order they were set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holdout_rules(&mut self) -> Result<Vec<KeptHoldout>> {
        sql::rows(&sqlx::query(sql!("holdout", "rules")).fetch_all(self.db()).await?, |row| {
            let small = |name: &'static str| -> Result<u32> { Ok(u32::try_from(row.int(name)?).unwrap_or(0)) };
            Ok(KeptHoldout {
                from: Day(i32::try_from(row.int("from_day")?).unwrap_or(i32::MAX)),
                months: small("months")?,
                share: small("share")?,
                seed: row.int("seed")?.cast_unsigned(),
                at: row.at("at")?,
                by: row.text("person")?,
            })
        })
    }

    /// Customers who took consent to marketing back between two instants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawn_between(&mut self, from: Instant, to: Instant) -> Result<HashSet<CustomerKey>> {
        let query = sqlx::query(sql!("holdout", "refusals_between")).bind(from.0).bind(to.0);
        let rows = sql::rows(&query.fetch_all(self.db()).await?, |row| Ok(CustomerKey::new(row.text("customer")?)))?;
        Ok(rows.into_iter().collect())
    }

    /// Customers who complained about a message between two instants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complained_between(&mut self, from: Instant, to: Instant) -> Result<HashSet<CustomerKey>> {
        let query = sqlx::query(sql!("holdout", "complaints_between")).bind(from.0).bind(to.0);
        let rows = sql::rows(&query.fetch_all(self.db()).await?, |row| Ok(CustomerKey::new(row.text("customer")?)))?;
        Ok(rows.into_iter().collect())
    }
}

writes! {
    /// Adds a rule; what went before stays.
    ///
    /// # Errors
    /// When its numbers lie outside of what the schema takes.
    pub async fn put_holdout_rule(
        &mut self, from: Day, months: u32, share: u32, seed: u64, by: PersonId, at: Instant,
    ) -> Result<()> {
        let id = self.take_numbers("holdout_rules", 1).await?;
        sqlx::query(sql!("holdout", "put_rule"))
            .bind(id).bind(i64::from(from.0)).bind(i64::from(months)).bind(i64::from(share))
            .bind(seed.cast_signed()).bind(by.0).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
