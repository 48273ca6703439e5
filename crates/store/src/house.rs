//! The rules a brand makes for itself, changes of severity, and overrides. Everything that was ever decided is kept; what
//! stands is the last version. An override has the role of who recorded it, taken from their row.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, sql};
use sqlx::any::AnyRow;
use terms::finding::Severity;
use terms::house::{CueThreshold, HouseRule, Override, Raise};
use terms::ids::PersonId;
use terms::time::Instant;

/// How a rule of the brand stood from a time on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleVersion {
    /// The rule as it was written.
    pub rule: HouseRule,
    /// 1 for the first.
    pub version: i64,
    /// Since when.
    pub at: Instant,
    /// Who wrote it so.
    pub by: String,
    /// True when it finds nothing from here on.
    pub retired: bool,
}

/// An override with its early end, if it had one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeptOverride {
    /// As it was recorded.
    #[serde(flatten)]
    pub entry: Override,
    /// When it was ended early.
    pub ended: Option<Instant>,
    /// By whom.
    pub ended_by: Option<String>,
}

fn version(row: &AnyRow) -> Result<RuleVersion> {
    Ok(RuleVersion {
        rule: row.json("body")?,
        version: row.int("version")?,
        at: row.at("at")?,
        by: row.text("person")?,
        retired: row.flag("retired")?,
    })
}

reads! {
    /// Every rule as it stands, retired ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn house_rules(&mut self) -> Result<Vec<RuleVersion>> {
        sql::rows(&sqlx::query(sql!("house", "rules")).fetch_all(self.db()).await?, version)
    }

    /// Every version of a rule, in the order they were written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn house_rule_versions(&mut self, rule: &str) -> Result<Vec<RuleVersion>> {
        sql::rows(&sqlx::query(sql!("house", "versions")).bind(rule).fetch_all(self.db()).await?, version)
    }

    /// Built-in rules that are more severe now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn house_raises(&mut self) -> Result<Vec<Raise>> {
        sql::rows(&sqlx::query(sql!("house", "raises")).fetch_all(self.db()).await?, |row| {
            Ok(Raise {
                rule: row.text("rule")?,
                to: row.word("severity")?,
                why: row.text("why")?,
                by: row.text("person")?,
                at: row.at("at")?,
            })
        })
    }

    /// Thresholds of learned cues as they stand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn house_cues(&mut self) -> Result<Vec<CueThreshold>> {
        sql::rows(&sqlx::query(sql!("house", "cues")).fetch_all(self.db()).await?, |row| {
            Ok(CueThreshold {
                language: row.word("language")?,
                cue: row.word("cue")?,
                model: row.text("model")?,
                shown_from: row.float("shown_from")?,
                risk: row.float("risk")?,
                judged: (row.int("unfair")?.unsigned_abs(), row.int("fair")?.unsigned_abs()),
                by: row.text("person")?,
                at: row.at("at")?,
            })
        })
    }

    /// Every override there was, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn house_overrides(&mut self) -> Result<Vec<KeptOverride>> {
        sql::rows(&sqlx::query(sql!("house", "overrides")).fetch_all(self.db()).await?, |row| {
            Ok(KeptOverride {
                entry: Override {
                    id: row.int("id")?,
                    rule: row.text("rule")?,
                    why: row.text("why")?,
                    by: row.text("person")?,
                    role: row.word("role")?,
                    at: row.at("at")?,
                    until: row.at("until")?,
                },
                ended: row.opt_at("ended")?,
                ended_by: row.opt_text("ended_by")?,
            })
        })
    }
}

writes! {
    /// Adds the version after `base` of a rule; `base` is 0 for a new one.
    ///
    /// # Errors
    /// [`Error::Stale`] when there is a later version than `base` already.
    pub async fn add_house_rule(
        &mut self, rule: &HouseRule, base: i64, retired: bool, person: PersonId, at: Instant,
    ) -> Result<i64> {
        let query = sqlx::query(sql!("house", "add_rule"))
            .bind(rule.id.clone())
            .bind(base + 1)
            .bind(at.0)
            .bind(person.0)
            .bind(i64::from(retired))
            .bind(serde_json::to_string(rule)?);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::Stale { what: format!("rule `{}`", rule.id) });
        }
        Ok(base + 1)
    }

    /// Makes a built-in rule more severe, or (without a severity) as it is built in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_severity(
        &mut self, rule: &str, to: Option<Severity>, why: &str, person: PersonId, at: Instant,
    ) -> Result<()> {
        sqlx::query(sql!("house", "add_severity"))
            .bind(rule)
            .bind(at.0)
            .bind(person.0)
            .bind(to.map_or("", Severity::as_str))
            .bind(why)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Sets the threshold of a learned cue; without one it is as it is built in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_cue(&mut self, set: &CueThreshold, from: Option<f64>, person: PersonId) -> Result<()> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        sqlx::query(sql!("house", "add_cue"))
            .bind(set.language.as_str())
            .bind(set.cue.as_str())
            .bind(set.at.0)
            .bind(person.0)
            .bind(set.model.as_str())
            .bind(from)
            .bind(set.risk)
            .bind(count(set.judged.0))
            .bind(count(set.judged.1))
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Records an override; the database refuses one of anybody but a privacy officer.
    ///
    /// # Errors
    /// When the database refuses, or there is no such person; [`Error::NotCertified`] without a certificate that holds.
    pub async fn add_override(
        &mut self, rule: &str, why: &str, person: PersonId, at: Instant, until: Instant,
    ) -> Result<i64> {
        let id = self.take_numbers("house_overrides", 1).await?;
        let query = sqlx::query(sql!("house", "add_override"))
            .bind(id).bind(rule).bind(why).bind(person.0).bind(at.0).bind(until.0);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(self.uncertified(person, at).await?);
        }
        Ok(id)
    }

    /// Ends an override early.
    ///
    /// # Errors
    /// When there is none, or it was ended already.
    pub async fn end_override(&mut self, id: i64, person: PersonId, at: Instant) -> Result<()> {
        let query = sqlx::query(sql!("house", "end_override")).bind(id).bind(at.0).bind(person.0);
        if query.execute(self.db()).await?.rows_affected() == 0 {
            return Err(Error::missing("override", id));
        }
        Ok(())
    }
}
