//! What the guard said of drafts: one row for each answer about a text, with counts by rule; what approvers let pass; what
//! was held back at the moment of sending; and what customers answered, by campaign and language.
//!
//! Architecture invariant: nothing here is about a customer. Texts are those that a made-up one would get, and answers
//! are counts.

use crate::error::Result;
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use terms::customer::Language;
use terms::finding::Verdict;
use terms::ids::{ApprovalId, CampaignId, PersonId};
use terms::monitoring::Writer;
use terms::time::Instant;

/// Number of a reading.
pub type ReadingId = i64;

/// Counts of sentences by verdict, in the order of [`Verdict::ALL`].
pub type Sentences = [i64; Verdict::ALL.len()];

/// What the guard said of a text by one rule, in findings.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// Stopped the text.
    pub blocking: i64,
    /// Shown to the person who approves.
    pub for_person: i64,
    /// Let through on evidence.
    pub evidence: i64,
}

/// An answer of the guard about a text, to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReading {
    /// The campaign.
    pub campaign: CampaignId,
    /// The variant's language.
    pub language: Language,
    /// Who wrote it.
    pub writer: Writer,
    /// The text of the library, or the model with its version; empty for a person.
    pub made_by: String,
    /// Hash of the text and the answer.
    pub hash: String,
    /// Version of the rules.
    pub rules_version: String,
    /// Whether it was held.
    pub held: bool,
    /// Sentences by verdict.
    pub sentences: Sentences,
    /// Findings by rule.
    pub rules: Vec<RuleCount>,
    /// Fields, sentences and findings as JSON.
    pub reading: serde_json::Value,
}

/// When a text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It was saved.
    Saved,
    /// It was submitted for approval.
    Submitted,
    /// Messages were made of it.
    Sent,
}

/// A kept answer, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Number.
    pub id: ReadingId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The variant's language.
    pub language: Language,
    /// Who wrote it.
    pub writer: Writer,
    /// The text of the library, or the model with its version; empty for a person.
    pub made_by: String,
    /// Version of the rules.
    pub rules_version: String,
    /// When it was read first.
    pub at: Instant,
    /// When it was submitted last.
    pub submitted_at: Option<Instant>,
    /// When messages were made of it last.
    pub sent_at: Option<Instant>,
    /// Whether it was held.
    pub held: bool,
    /// Sentences by verdict.
    pub sentences: Sentences,
}

/// What an approver let pass of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The approval.
    pub approval: ApprovalId,
    /// The reading.
    pub reading: ReadingId,
    /// The rule.
    pub rule: String,
    /// Findings.
    pub findings: i64,
    /// Who approved.
    pub approver: PersonId,
    /// When.
    pub at: Instant,
}

/// Messages that were held back when they were to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The campaign.
    pub campaign: CampaignId,
    /// The variant's language.
    pub language: Language,
    /// Month, such as `2026-11`.
    pub month: String,
    /// The rule.
    pub rule: String,
    /// Messages.
    pub messages: i64,
}

/// What became of the messages of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The campaign.
    pub campaign: CampaignId,
    /// The variant's language.
    pub language: Language,
    /// Messages sent.
    pub sent: i64,
    /// Complained about as spam.
    pub complained: i64,
    /// Opted out from.
    pub opted_out: i64,
    /// After which an objection came.
    pub objected: i64,
}

fn read(row: &AnyRow) -> Result<Reading> {
    let mut sentences = Sentences::default();
    for (count, verdict) in sentences.iter_mut().zip(Verdict::ALL) {
        *count = row.int(verdict.as_str())?;
    }
    Ok(Reading {
        id: row.int("id")?,
        campaign: CampaignId(row.int("campaign")?),
        language: row.word("language")?,
        writer: row.word("writer")?,
        made_by: row.text("made_by")?,
        rules_version: row.text("rules_version")?,
        at: row.at("at")?,
        submitted_at: row.opt_at("submitted_at")?,
        sent_at: row.opt_at("sent_at")?,
        held: row.flag("held")?,
        sentences,
    })
}

reads! {
    /// Every reading, oldest first: the first of a campaign and language is its first draft.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings(&mut self) -> Result<Vec<Reading>> {
        let rows = sqlx::query(sql!("guard_readings", "readings")).fetch_all(self.db()).await?;
        sql::rows(&rows, read)
    }

    /// Findings by reading and rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading_rules(&mut self) -> Result<Vec<(ReadingId, RuleCount)>> {
        let rows = sqlx::query(sql!("guard_readings", "findings")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok((row.int("reading")?, RuleCount {
                rule: row.text("rule")?,
                blocking: row.int("blocking")?,
                for_person: row.int("for_person")?,
                evidence: row.int("evidence")?,
            }))
        })
    }

    /// The text of a reading, with sentences and findings; `None` when there is no such reading.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading_text(&mut self, id: ReadingId) -> Result<Option<serde_json::Value>> {
        let row = sqlx::query(sql!("guard_readings", "reading_text")).bind(id).fetch_optional(self.db()).await?;
        row.map(|row| row.json("reading")).transpose()
    }

    /// Whether messages of exactly this text and answer were made before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_already(&mut self, campaign: CampaignId, language: Language, hash: &str) -> Result<bool> {
        let query = sqlx::query(sql!("guard_readings", "sent_already")).bind(campaign.0).bind(language.as_str());
        Ok(query.bind(hash.to_owned()).fetch_one(self.db()).await?.int("n")? > 0)
    }

    /// What approvers let pass.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_passes(&mut self) -> Result<Vec<Pass>> {
        let rows = sqlx::query(sql!("guard_readings", "passes")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(Pass {
                approval: ApprovalId(row.int("approval")?),
                reading: row.int("reading")?,
                rule: row.text("rule")?,
                findings: row.int("findings")?,
                approver: PersonId(row.int("approver")?),
                at: row.at("at")?,
            })
        })
    }

    /// Messages held back at the moment of sending, by campaign, language, month and rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guard_held(&mut self) -> Result<Vec<Held>> {
        let rows = sqlx::query(sql!("guard_readings", "held")).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(Held {
                campaign: CampaignId(row.int("campaign")?),
                language: row.word("language")?,
                month: row.text("month")?,
                rule: row.text("rule")?,
                messages: row.int("messages")?,
            })
        })
    }

    /// Messages sent and answers to them, by campaign and language. An objection counts for the last message that its
    /// customer got within `objection_days` before it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered(&mut self, objection_days: i64) -> Result<Vec<Answered>> {
        let rows = sqlx::query(sql!("guard_readings", "answered")).fetch_all(self.db()).await?;
        let mut answered = sql::rows(&rows, |row| {
            Ok(Answered {
                campaign: CampaignId(row.int("campaign")?),
                language: row.word("language")?,
                sent: row.int("sent")?,
                complained: row.int("complained")?,
                opted_out: row.int("opted_out")?,
                objected: 0,
            })
        })?;
        let days = objection_days * terms::time::MICROS_PER_DAY;
        for row in &sqlx::query(sql!("guard_readings", "objected")).bind(days).fetch_all(self.db()).await? {
            let (campaign, language) = (CampaignId(row.int("campaign")?), row.word::<Language>("language")?);
            let of = answered.iter_mut().find(|of| of.campaign == campaign && of.language == language);
            if let Some(of) = of {
                of.objected = row.int("objected")?;
            }
        }
        Ok(answered)
    }
}

writes! {
    /// Keeps an answer of the guard; the same answer about the same text again only notes the step. Comes out: its
    /// number.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn put_reading(&mut self, reading: &NewReading, step: Step, at: Instant) -> Result<ReadingId> {
        let fresh = self.take_numbers("guard_readings", 1).await?;
        let when = |of: Step| (step == of).then_some(at.0);
        let mut query = sqlx::query(sql!("guard_readings", "put_reading"))
            .bind(fresh)
            .bind(reading.campaign.0)
            .bind(reading.language.as_str())
            .bind(reading.writer.as_str())
            .bind(reading.made_by.clone())
            .bind(reading.hash.clone())
            .bind(reading.rules_version.clone())
            .bind(at.0)
            .bind(when(Step::Submitted))
            .bind(when(Step::Sent))
            .bind(i64::from(reading.held));
        for count in reading.sentences {
            query = query.bind(count);
        }
        let id = query.bind(reading.reading.to_string()).fetch_one(self.db()).await?.int("id")?;
        for batch in batches(&reading.rules) {
            let mut query = sqlx::query(self.each(sql!("guard_readings", "put_findings"), batch.len()));
            for rule in batch {
                query = query.bind(id).bind(rule.rule.clone()).bind(rule.blocking).bind(rule.for_person).bind(rule.evidence);
            }
            query.execute(self.db()).await?;
        }
        Ok(id)
    }

    /// Keeps what an approval let pass: every finding for a person of what was submitted last. Comes out: findings by
    /// rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_passes(&mut self, approval: ApprovalId, campaign: CampaignId) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query(sql!("guard_readings", "shown_to_approver")).bind(campaign.0).fetch_all(self.db()).await?;
        let mut passed = Vec::new();
        for row in &rows {
            let (rule, findings) = (row.text("rule")?, row.int("for_person")?);
            sqlx::query(sql!("guard_readings", "put_pass"))
                .bind(approval.0).bind(row.int("reading")?).bind(rule.clone()).bind(findings)
                .execute(self.db())
                .await?;
            passed.push((rule, findings));
        }
        Ok(passed)
    }

    /// Counts a message that the guard held back when it was to be sent, once for each rule.
    ///
    /// # Errors
    /// When there is no such campaign.
    pub async fn add_guard_held(
        &mut self, campaign: CampaignId, language: Language, month: &str, rules: &[String],
    ) -> Result<()> {
        for rule in rules {
            sqlx::query(sql!("guard_readings", "add_held"))
                .bind(campaign.0).bind(language.as_str()).bind(month.to_owned()).bind(rule.clone())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
