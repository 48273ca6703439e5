//! Samples of texts for people to judge, and every verdict they gave. A draw is made once; a changed mind is another
//! verdict, and the latest of a person counts.

use crate::error::Result;
use crate::guard_readings::ReadingId;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::customer::Language;
use terms::ids::{CampaignId, PersonId};
use terms::monitoring::{SampleKind, Truth};
use terms::time::Instant;

/// Number of a draw.
pub type DrawId = i64;

/// A text that came into a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// Number; 0 before it is kept.
    pub id: DrawId,
    /// Month, such as `2026-11`.
    pub month: String,
    /// Drawn from what.
    pub kind: SampleKind,
    /// What was read.
    pub reading: ReadingId,
    /// Within which group it was drawn.
    pub stratum: String,
    /// Messages of the month with this text; 1 for a draft.
    pub messages: i64,
    /// Probability with which it came into the sample, above 0 and at most 1.
    pub probability: f64,
    /// Seed of the sample.
    pub seed: i64,
    /// When it was drawn.
    pub at: Instant,
}

/// What somebody said of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SentenceVerdict {
    /// Number; 0 before it is kept.
    pub id: i64,
    /// The draw.
    pub draw: DrawId,
    /// Position of the sentence in the reading.
    pub sentence: i64,
    /// Who.
    pub person: PersonId,
    /// What of its truth.
    pub truth: Truth,
    /// The rule by which it is unfair; empty when it is fair.
    pub unfair: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: Instant,
}

fn draw(row: &AnyRow) -> Result<Draw> {
    Ok(Draw {
        id: row.int("id")?,
        month: row.text("month")?,
        kind: row.word("kind")?,
        reading: row.int("reading")?,
        stratum: row.text("stratum")?,
        messages: row.int("messages")?,
        probability: row.float("probability")?,
        seed: row.int("seed")?,
        at: row.at("at")?,
    })
}

fn verdict(row: &AnyRow) -> Result<SentenceVerdict> {
    Ok(SentenceVerdict {
        id: row.int("id")?,
        draw: row.int("draw")?,
        sentence: row.int("sentence")?,
        person: PersonId(row.int("person")?),
        truth: row.word("truth")?,
        unfair: row.text("unfair")?,
        note: row.text("note")?,
        at: row.at("at")?,
    })
}

reads! {
    /// Every draw, by month and kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_draws(&mut self) -> Result<Vec<Draw>> {
        let rows = sqlx::query(sql!("guard_samples", "draws")).fetch_all(self.db()).await?;
        sql::rows(&rows, draw)
    }

    /// Messages sent from `from` and before `until`, by campaign and language.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_between(&mut self, from: Instant, until: Instant) -> Result<Vec<(CampaignId, Language, i64)>> {
        let query = sqlx::query(sql!("guard_samples", "sent_between")).bind(from.0).bind(until.0);
        sql::rows(&query.fetch_all(self.db()).await?, |row| {
            Ok((CampaignId(row.int("campaign")?), row.word("language")?, row.int("sent")?))
        })
    }

    /// Every verdict, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_verdicts(&mut self) -> Result<Vec<SentenceVerdict>> {
        let rows = sqlx::query(sql!("guard_samples", "verdicts")).fetch_all(self.db()).await?;
        sql::rows(&rows, verdict)
    }

    /// Every verdict about one draw, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_verdicts_of(&mut self, draw: DrawId) -> Result<Vec<SentenceVerdict>> {
        let rows = sqlx::query(sql!("guard_samples", "verdicts_of")).bind(draw).fetch_all(self.db()).await?;
        sql::rows(&rows, verdict)
    }
}

writes! {
    /// Keeps draws; one that was made before stays as it was. Comes out: how many are new.
    ///
    /// # Errors
    /// When a reading does not exist.
    pub async fn put_draws(&mut self, draws: &[Draw]) -> Result<u64> {
        let mut added = 0;
        for draw in draws {
            let id = self.take_numbers("guard_draws", 1).await?;
            added += sqlx::query(sql!("guard_samples", "put_draw"))
                .bind(id).bind(draw.month.clone()).bind(draw.kind.as_str()).bind(draw.reading)
                .bind(draw.stratum.clone()).bind(draw.messages).bind(draw.probability).bind(draw.seed).bind(draw.at.0)
                .execute(self.db())
                .await?
                .rows_affected();
        }
        Ok(added)
    }

    /// Keeps verdicts.
    ///
    /// # Errors
    /// When a draw does not exist.
    pub async fn put_guard_verdicts(&mut self, verdicts: &[SentenceVerdict]) -> Result<()> {
        for verdict in verdicts {
            let id = self.take_numbers("guard_verdicts", 1).await?;
            sqlx::query(sql!("guard_samples", "put_verdict"))
                .bind(id).bind(verdict.draw).bind(verdict.sentence).bind(verdict.person.0)
                .bind(verdict.truth.as_str()).bind(verdict.unfair.clone()).bind(verdict.note.clone()).bind(verdict.at.0)
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
