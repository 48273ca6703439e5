//! What customers chose in the preference centre. Who chose nothing has the default.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::CustomerKey;
use terms::preference::Preferences;
use terms::time::Instant;

fn read(row: &AnyRow) -> Result<Preferences> {
    Ok(Preferences {
        personalisation: row.word("personalisation")?,
        max_per_month: row.opt_int("max_per_month")?,
        topics: row.json("topics")?,
        language: row.opt_word("language")?,
    })
}

reads! {
    /// A customer's preferences.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preferences(&mut self, customer: &CustomerKey) -> Result<Preferences> {
        let query = sqlx::query(sql!("preferences", "preferences")).bind(customer.as_str());
        let row = query.fetch_optional(self.db()).await?;
        Ok(row.map(|row| read(&row)).transpose()?.unwrap_or_default())
    }

    /// The preferences of everybody who chose any, for planning.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_preferences(&mut self) -> Result<Vec<(CustomerKey, Preferences)>> {
        let rows = sqlx::query(sql!("preferences", "all_preferences")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| Ok((CustomerKey::new(row.text("customer")?), read(row)?)))
    }
}

writes! {
    /// Sets a customer's preferences, in place of those before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_preferences(&mut self, customer: &CustomerKey, choice: &Preferences, at: Instant) -> Result<()> {
        sqlx::query(sql!("preferences", "set_preferences"))
            .bind(customer.as_str())
            .bind(choice.personalisation.as_str())
            .bind(choice.max_per_month)
            .bind(serde_json::to_string(&choice.topics)?)
            .bind(choice.language.map(|language| language.as_str()))
            .bind(at.0)
            .execute(self.db())
            .await?;
        Ok(())
    }
}
