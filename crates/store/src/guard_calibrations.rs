//! Thresholds of learned cues that people set from verdicts. One is taken back by saying so, never deleted.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::customer::Language;
use terms::ids::PersonId;
use terms::time::Instant;

/// A threshold as it was set.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Calibration {
    /// Number; 0 before it is kept.
    pub id: i64,
    /// Language of the cues.
    pub language: Language,
    /// The rule that the cue resembles.
    pub rule: String,
    /// Log-odds from which a sentence was shown before.
    pub was: f64,
    /// Log-odds from which it is shown.
    pub threshold: f64,
    /// Verdicts it was computed from that call a sentence unfair by the rule.
    pub positives: i64,
    /// Verdicts that do not.
    pub negatives: i64,
    /// Hash of the cues it was computed for.
    pub cues: String,
    /// Who set it.
    pub person: PersonId,
    /// When.
    pub at: Instant,
    /// Who took it back, and when.
    pub undone: Option<(PersonId, Instant)>,
}

fn read(row: &AnyRow) -> Result<Calibration> {
    Ok(Calibration {
        id: row.int("id")?,
        language: row.word("language")?,
        rule: row.text("rule")?,
        was: row.float("was")?,
        threshold: row.float("threshold")?,
        positives: row.int("positives")?,
        negatives: row.int("negatives")?,
        cues: row.text("cues")?,
        person: PersonId(row.int("person")?),
        at: row.at("at")?,
        undone: row.opt_int("undone_by")?.map(PersonId).zip(row.opt_at("undone_at")?),
    })
}

reads! {
    /// Every threshold that was ever set, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_calibrations(&mut self) -> Result<Vec<Calibration>> {
        let rows = sqlx::query(sql!("guard_calibrations", "calibrations")).fetch_all(self.db()).await?;
        sql::rows(&rows, read)
    }
}

writes! {
    /// Keeps a threshold. Comes out: its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_guard_calibration(&mut self, set: &Calibration) -> Result<i64> {
        let id = self.take_numbers("guard_calibrations", 1).await?;
        sqlx::query(sql!("guard_calibrations", "put_calibration"))
            .bind(id).bind(set.language.as_str()).bind(set.rule.clone()).bind(set.was).bind(set.threshold)
            .bind(set.positives).bind(set.negatives).bind(set.cues.clone()).bind(set.person.0).bind(set.at.0)
            .execute(self.db())
            .await?;
        Ok(id)
    }

    /// Takes a threshold back.
    ///
    /// # Errors
    /// When there is none of this number that acts.
    pub async fn undo_guard_calibration(&mut self, id: i64, person: PersonId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("guard_calibrations", "undo_calibration")).bind(id).bind(person.0).bind(at.0);
        match query.execute(self.db()).await?.rows_affected() {
            0 => Err(Error::missing("calibration", id)),
            _ => Ok(()),
        }
    }
}
