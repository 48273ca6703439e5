//! People who work with Candor and the hash of their password. Whether a password is right is decided elsewhere.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::ids::PersonId;
use terms::person::{Person, Role};
use terms::time::Instant;

pub(crate) fn read(row: &AnyRow) -> Result<Person> {
    Ok(Person {
        id: PersonId(row.int("id")?),
        name: row.text("name")?,
        email: row.text("email")?,
        role: row.word("role")?,
    })
}

reads! {
    /// A person with the hash of their password, by sign-in address (capital letters do not matter).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_by_email(&mut self, email: &str) -> Result<Option<(Person, String)>> {
        let query = sqlx::query(sql!("people", "person_by_email")).bind(sql::folded(email));
        let row = query.fetch_optional(self.db()).await?;
        row.map(|row| Ok((read(&row)?, row.text("password_hash")?))).transpose()
    }

    /// A person.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn person(&mut self, id: PersonId) -> Result<Person> {
        let row = sqlx::query(sql!("people", "person")).bind(id.0).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("person", id))?)
    }

    /// Everybody, in the order they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&mut self) -> Result<Vec<Person>> {
        sql::rows(&sqlx::query(sql!("people", "people")).fetch_all(self.db()).await?, read)
    }
}

writes! {
    /// Adds a person; `password_hash` is a PHC string, never a password.
    ///
    /// # Errors
    /// When somebody has this address already.
    pub async fn add_person(&mut self, name: &str, email: &str, role: Role, password_hash: &str) -> Result<PersonId> {
        let id = self.take_numbers("people", 1).await?;
        sqlx::query(sql!("people", "add_person"))
            .bind(id).bind(name).bind(email).bind(sql::folded(email)).bind(role.as_str()).bind(password_hash)
            .execute(self.db())
            .await?;
        Ok(PersonId(id))
    }

    /// Changes a password and ends every session of this person, so that nobody stays signed in with the old one.
    ///
    /// # Errors
    /// When there is no such person.
    pub async fn set_password(&mut self, id: PersonId, password_hash: &str, now: Instant) -> Result<()> {
        let query = sqlx::query(sql!("people", "set_password")).bind(id.0).bind(password_hash);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::missing("person", id));
        }
        self.revoke_sessions(id, now).await
    }
}
