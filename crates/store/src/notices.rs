//! Notices on the use of data: versions with their full text. The schema lets nobody change or delete one.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::consent::Purpose;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::NoticeId;
use terms::notice::Notice;
use terms::time::Instant;

fn read(row: &AnyRow) -> Result<Notice> {
    Ok(Notice {
        id: NoticeId(row.int("id")?),
        version: row.text("version")?,
        language: row.word("language")?,
        purposes: sql::words(&row.text("purposes")?, "purposes")?,
        text: row.text("text")?,
        hash: row.word("hash")?,
        added_at: row.at("added_at")?,
    })
}

reads! {
    /// Every notice, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notices(&mut self) -> Result<Vec<Notice>> {
        sql::rows(&sqlx::query(sql!("notices", "notices")).fetch_all(self.db()).await?, read)
    }

    /// A version of a notice in a language, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notice(&mut self, version: &str, language: Language) -> Result<Option<Notice>> {
        let query = sqlx::query(sql!("notices", "notice")).bind(version).bind(language.as_str());
        query.fetch_optional(self.db()).await?.map(|row| read(&row)).transpose()
    }
}

writes! {
    /// Adds a version of a notice; its hash is taken from the text.
    ///
    /// # Errors
    /// [`crate::Error::Taken`] when there is this version in this language already.
    pub async fn add_notice(
        &mut self, version: &str, language: Language, purposes: &[Purpose], text: &str, at: Instant,
    ) -> Result<NoticeId> {
        let id = self.take_numbers("notices", 1).await?;
        sqlx::query(sql!("notices", "add_notice"))
            .bind(id).bind(version).bind(language.as_str())
            .bind(sql::joined(purposes.iter().map(|purpose| purpose.as_str())))
            .bind(text).bind(ContentHash::of_text(text).to_string()).bind(at.0)
            .execute(self.db())
            .await?;
        Ok(NoticeId(id))
    }
}
