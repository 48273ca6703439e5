//! Settings by key: brand, stage rule, as-of day, the demo's marker. Values are text, usually JSON; what they mean is
//! up to their reader.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{Columns, sql};

reads! {
    /// The value of a setting, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>> {
        let row = sqlx::query(sql!("settings", "setting")).bind(key).fetch_optional(self.db()).await?;
        row.map(|row| row.text("value")).transpose()
    }
}

writes! {
    /// Sets a value, in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_setting(&mut self, key: &str, value: &str) -> Result<()> {
        sqlx::query(sql!("settings", "set_setting")).bind(key).bind(value).execute(self.db()).await?;
        Ok(())
    }
}
