//! All rows out and in again, for backups and restores: the same code and the same rows on both databases.
//!
//! Goes in: rows as JSON. Comes out: rows as JSON. What is sealed, under which key, and where it is written is decided
//! by the flow. Architecture invariant: a restore is one transaction; a kill leaves the database it found.
//!
//! How rows come back depends on the table ([`Return`]): what customers said, what was sent to them and what the
//! ledger knows is never taken back, only completed; the rest becomes what the backup has.

use crate::error::{Error, Result};
use crate::open::{Kind, reads};
use crate::places::{TABLES, WITHOUT_CUSTOMERS, json_of};
use crate::sql::{Columns, sql};
use futures_util::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Executor};
use terms::ids::CustomerKey;

/// A row as JSON.
pub type JsonRow = Map<String, Value>;

/// Rows handed over at a time.
const PAGE: usize = 1_000;
/// How far numbers jump in a restore, so that no number given after the backup is given again: an old mail's link
/// must never open another customer's page.
const JUMP: i64 = 1_000_000;

/// How a table's rows come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// It becomes what the backup has.
    Replaced,
    /// What is there stays; what is missing is added.
    Completed,
    /// Only into a database that has none of it: the ledger, which is never taken back.
    Ledger,
    /// Not in backups: made anew, or of this installation alone.
    Left,
}

/// How a table's rows come back; `None` for one that nobody decided about, without which no backup is made.
#[must_use]
pub fn return_of(table: &str) -> Option<Return> {
    Some(match table {
        "customers" | "facts" | "fact_versions" | "settings" | "models" | "gate_policies" | "model_gates"
        | "model_moves" | "model_aliases" | "model_watches" | "events" | "event_purchases" | "identities"
        | "trait_sources" => Return::Replaced,
        "people"
        | "house_rules"
        | "house_severities"
        | "house_overrides"
        | "house_override_ends"
        | "house_cues"
        | "training_reads"
        | "training_tests"
        | "training_results"
        | "certificates"
        | "campaigns"
        | "variants"
        | "reports"
        | "approvals"
        | "ai_switch"
        | "measurements"
        | "guard_readings"
        | "guard_findings"
        | "guard_held"
        | "guard_passes"
        | "guard_draws"
        | "fairness_audits"
        | "holdout_rules"
        | "long_term_judgements"
        | "long_term_overrides"
        | "fairness_house_audits"
        | "guard_verdicts"
        | "deliveries"
        | "deliveries_erased"
        | "erased_messages"
        | "responses"
        | "consents"
        | "notices"
        | "preferences"
        | "sign_ups"
        | "service_mails"
        | "suppressions"
        | "rights_requests"
        | "rights_notices"
        | "rights_partners"
        | "rights_recipients"
        | "customer_links"
        | "breaches"
        | "vault"
        | "vault_keys"
        | "vault_openings"
        | "write_keys"
        | "witnesses"
        | "event_counts"
        | "erasures"
        | "retention_periods"
        | "retention_runs"
        | "retention_steps" => Return::Completed,
        "ledger_leaves"
        | "ledger_nodes"
        | "ledger_payloads"
        | "ledger_checkpoints"
        | "ledger_head"
        | "ledger_cosignatures" => Return::Ledger,
        // Tombstones come from the log of erasures, which also knows who came back since.
        "moves" | "rights_moves" | "schema_versions" | "counters" | "jobs" | "sessions" | "tombstones"
        | "erasures_under_way" | "event_inbox" | "event_ids" => Return::Left,
        _ => return None,
    })
}

/// Every table of a backup, what others refer to before what refers to it.
pub fn tables() -> impl DoubleEndedIterator<Item = &'static str> + Clone {
    let later = ["rights_notices", "deliveries_erased"];
    let first = WITHOUT_CUSTOMERS.iter().map(|(name, _)| *name).filter(move |name| !later.contains(name));
    let theirs = TABLES.iter().rev().map(|table| table.name);
    first.chain(theirs).chain(later).filter(|name| return_of(name) != Some(Return::Left))
}

/// What a restore found in the database and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct PutBack {
    /// Rows that were missing.
    pub added: u64,
    /// Rows of the backup that were there already.
    pub there: u64,
    /// Messages that were planned in the backup and may have been sent since; cancelled.
    pub cancelled: u64,
    /// Messages that were being handed over; in doubt.
    pub in_doubt: u64,
    /// Campaigns that ran or were approved, and wait for a person now.
    pub halted: u64,
}

reads! {
    /// Versions of the schema.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema_versions(&mut self) -> Result<Vec<i64>> {
        let rows = sqlx::query(sql!("connection", "schema_versions")).fetch_all(self.db()).await?;
        rows.iter().map(|row| row.int("version")).collect()
    }

    /// Numbers given so far, by counter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counters(&mut self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query(sql!("copy", "counters")).fetch_all(self.db()).await?;
        rows.iter().map(|row| Ok((row.text("name")?, row.int("value")?))).collect()
    }
}

impl crate::open::Conn {
    /// Hands every row of a table over, some at a time.
    ///
    /// # Errors
    /// When the database fails, or `take` refuses.
    pub async fn each_row<E: From<Error>>(
        &mut self,
        table: &str,
        mut take: impl FnMut(Vec<JsonRow>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let text = format!("SELECT * FROM {}", known(table)?);
        let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(self.db());
        let mut page = Vec::with_capacity(PAGE);
        while let Some(row) = rows.try_next().await.map_err(Error::from)? {
            page.push(json_of(&row)?);
            if page.len() == PAGE {
                take(std::mem::take(&mut page))?;
            }
        }
        drop(rows);
        if page.is_empty() { Ok(()) } else { take(page) }
    }
}

impl crate::open::Tx {
    /// Empties the tables that become what the backup has, and opens the rules of the schema for rows that come back
    /// as they were. A database that is `empty` keeps nothing of what it was set up with. Comes out: what closes the rules again; give it to [`crate::Tx::end_restore`] in this transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_restore(&mut self, kind: Kind, empty: bool) -> Result<Vec<String>> {
        let mut closing = Vec::new();
        match kind {
            Kind::Sqlite => {
                self.db().execute(sqlx::raw_sql(sql!("copy", "sqlite_defer"))).await?;
                for row in sqlx::query(sql!("copy", "sqlite_triggers")).fetch_all(self.db()).await? {
                    closing.push(row.text("sql")?);
                    let drop = format!("DROP TRIGGER {}", row.text("name")?);
                    self.db().execute(sqlx::raw_sql(AssertSqlSafe(drop))).await?;
                }
            }
            Kind::Postgres => {
                for table in tables() {
                    let text = |what: &str| format!("ALTER TABLE {table} {what} TRIGGER USER");
                    self.db().execute(sqlx::raw_sql(AssertSqlSafe(text("DISABLE")))).await?;
                    closing.push(text("ENABLE"));
                }
            }
        }
        let goes = |table: &&str| match return_of(table) {
            Some(Return::Replaced) => *table != "settings",
            Some(Return::Completed) => empty,
            Some(Return::Ledger | Return::Left) | None => false,
        };
        for table in tables().rev().filter(goes) {
            self.db().execute(sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {table}")))).await?;
        }
        Ok(closing)
    }

    /// Adds rows that are not there. Comes out: how many were missing.
    ///
    /// # Errors
    /// When a row does not fit its table.
    pub async fn put_rows(&mut self, table: &str, rows: &[JsonRow]) -> Result<u64> {
        let table = known(table)?;
        let mut added = 0;
        for row in rows {
            let columns: Vec<&String> =
                row.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect();
            if columns.iter().any(|name| {
                !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
            }) {
                return Err(Error::Corrupt { what: format!("a column of `{table}` in the backup") });
            }
            let names: Vec<&str> = columns.iter().map(|name| name.as_str()).collect();
            let marks: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
            let conflict = match table {
                // The pepper's mark and what tells this installation stays its own.
                "settings" => {
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE settings.key <> 'pepper'"
                }
                "ledger_head" => " ON CONFLICT (id) DO UPDATE SET size = excluded.size, edge = excluded.edge",
                _ => " ON CONFLICT DO NOTHING",
            };
            let text =
                format!("INSERT INTO {table} ({}) VALUES ({}){conflict}", names.join(", "), marks.join(", "));
            let mut query = sqlx::query(AssertSqlSafe(text));
            for value in row.values().filter(|value| !value.is_null()) {
                query = match value {
                    Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                        (Some(integer), _) => query.bind(integer),
                        (None, Some(float)) => query.bind(float),
                        (None, None) => {
                            return Err(Error::Corrupt {
                                what: format!("a number of `{table}` in the backup"),
                            });
                        }
                    },
                    Value::String(text) => query.bind(text.clone()),
                    _ => return Err(Error::Corrupt { what: format!("a value of `{table}` in the backup") }),
                };
            }
            added += query.execute(self.db()).await?.rows_affected();
        }
        Ok(added)
    }

    /// Customers whose data may not be used, so that a restore does not lift it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restricted_customers(&mut self) -> Result<Vec<CustomerKey>> {
        let rows = sqlx::query(sql!("copy", "restricted")).fetch_all(self.db()).await?;
        rows.iter().map(|row| Ok(CustomerKey::new(row.text("key")?))).collect()
    }

    /// Ends a restore: numbers jump, what may have been sent since is not sent, and the rules hold again. `fresh` means
    /// that the database had nothing of its own, so that nobody knows what happened after the backup.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_restore(
        &mut self,
        closing: &[String],
        counters: &[(String, i64)],
        restricted: &[CustomerKey],
        fresh: Fresh,
    ) -> Result<PutBack> {
        let mut done = PutBack::default();
        if fresh == Fresh::Lost {
            done.cancelled =
                self.db().execute(sqlx::raw_sql(sql!("copy", "cancel_planned"))).await?.rows_affected();
            done.in_doubt =
                self.db().execute(sqlx::raw_sql(sql!("copy", "doubt_attempting"))).await?.rows_affected();
            done.halted +=
                self.db().execute(sqlx::raw_sql(sql!("copy", "void_approvals"))).await?.rows_affected();
        }
        done.halted += self.db().execute(sqlx::raw_sql(sql!("copy", "pause_running"))).await?.rows_affected();
        self.db().execute(sqlx::raw_sql(sql!("copy", "empty_payloads"))).await?;
        for key in restricted {
            sqlx::query(sql!("customers", "set_restricted"))
                .bind(key.as_str())
                .bind(1_i64)
                .execute(self.db())
                .await?;
        }
        self.db().execute(sqlx::raw_sql(sql!("copy", "drop_jobs"))).await?;
        for (name, value) in counters {
            sqlx::query(sql!("copy", "raise_counter"))
                .bind(name.clone())
                .bind(value + JUMP)
                .execute(self.db())
                .await?;
        }
        for text in closing {
            self.db().execute(sqlx::raw_sql(AssertSqlSafe(text.clone()))).await?;
        }
        Ok(done)
    }
}

/// What a restore found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fresh {
    /// A database without anything: what happened after the backup is not known.
    Lost,
    /// The database as it was: nothing that customers said or that was sent to them is taken back.
    Kept,
}

/// The name of a table there is.
fn known(table: &str) -> Result<&'static str> {
    tables()
        .find(|name| *name == table && return_of(name).is_some())
        .ok_or_else(|| Error::Corrupt { what: format!("the table `{table}` of the backup") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_decided_about_every_table_how_it_comes_back() {
        let names =
            TABLES.iter().map(|table| table.name).chain(WITHOUT_CUSTOMERS.iter().map(|(name, _)| *name));
        let open: Vec<&str> = names.filter(|name| return_of(name).is_none()).collect();
        assert!(open.is_empty(), "{open:?}");
        assert!(known("moves").is_err() && known("nonsense").is_err() && known("consents").is_ok());
    }

    #[test]
    fn what_others_refer_to_comes_back_first() {
        let order: Vec<&str> = tables().collect();
        let place = |name: &str| order.iter().position(|known| *known == name).unwrap();
        for (before, after) in [
            ("people", "campaigns"),
            ("campaigns", "variants"),
            ("campaigns", "deliveries"),
            ("variants", "deliveries"),
            ("deliveries", "responses"),
            ("ledger_leaves", "ledger_payloads"),
            ("models", "model_aliases"),
            ("rights_requests", "customer_links"),
            ("rights_requests", "rights_notices"),
            ("campaigns", "deliveries_erased"),
        ] {
            assert!(place(before) < place(after), "{before} after {after}");
        }
    }
}
