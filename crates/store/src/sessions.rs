//! Sign-in sessions, known by the hash of their token only: who reads the database cannot sign in with it.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::people;
use crate::sql::sql;
use terms::ids::PersonId;
use terms::person::Person;
use terms::time::Instant;

reads! {
    /// Whose session this is, unless it has expired or was revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&mut self, token_hash: &str, now: Instant) -> Result<Option<Person>> {
        let query = sqlx::query(sql!("sessions", "session")).bind(token_hash).bind(now.0);
        query.fetch_optional(self.db()).await?.map(|row| people::read(&row)).transpose()
    }
}

writes! {
    /// Opens a session until `expires`.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn create_session(&mut self, token_hash: &str, person: PersonId, expires: Instant) -> Result<()> {
        sqlx::query(sql!("sessions", "create_session"))
            .bind(token_hash).bind(person.0).bind(expires.0)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Ends one session; one that is unknown or ended already is left as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_session(&mut self, token_hash: &str, now: Instant) -> Result<()> {
        sqlx::query(sql!("sessions", "revoke_session")).bind(token_hash).bind(now.0).execute(self.db()).await?;
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sessions(&mut self, person: PersonId, now: Instant) -> Result<()> {
        sqlx::query(sql!("sessions", "revoke_sessions")).bind(person.0).bind(now.0).execute(self.db()).await?;
        Ok(())
    }
}
