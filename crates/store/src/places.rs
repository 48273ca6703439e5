//! Which tables hold data of customers, and by what a row is somebody's: for access, erasure and backups.
//!
//! Goes in: a customer's key and address. Comes out: every row of theirs as JSON, or the number of rows erased.
//! Architecture invariant: every table of the schema is in [`TABLES`] or, with the reason, in [`WITHOUT_CUSTOMERS`];
//! a test fails for one that is in neither.
//!
//! The few statements here are built from the table's description and not in `queries/`, because what holds of one
//! table (read, erase, and copy all of it) has to hold of every table in the same words.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, sql};
use serde_json::{Map, Value};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};
use terms::ids::{CampaignId, CustomerKey, MessageId};

/// By what a row is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A column with the customer's key.
    Customer(&'static str),
    /// A column with the address in its normalised form (trimmed, lower case).
    Email(&'static str),
    /// A column with the keyed hash of the address, as suppressions have it.
    EmailHash(&'static str),
    /// A column with another name of the customer, such as an anonymous id, in rows that have no customer yet.
    Alias(&'static str),
    /// A column with the id of a message to the customer.
    Message(&'static str),
    /// A column with the name of an object of the ledger: `customer/KEY`, or that of a row in a table with an
    /// [`Table::object`].
    Object(&'static str),
}

/// A table that holds data of customers.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// A row is somebody's when any of these says so.
    pub by: &'static [By],
    /// How the ledger names a row: prefix and column, such as `message/` and `id`. Its entries are then the customer's.
    pub object: Option<(&'static str, &'static str)>,
    /// Columns that are emptied while the row stays, with what they become; empty: the row is deleted.
    pub blank: &'static [(&'static str, &'static str)],
}

impl Table {
    /// A table whose rows are deleted with their customer.
    const fn deleted(name: &'static str, by: &'static [By]) -> Self {
        Self { name, by, object: None, blank: &[] }
    }
}

/// Every table with data of customers, in the order in which they are erased: what refers to a row before the row.
pub const TABLES: &[Table] = &[
    Table {
        blank: &[("object", "NULL"), ("entry_key", "NULL"), ("payload", "NULL")],
        ..Table::deleted("ledger_payloads", &[By::Object("object")])
    },
    Table::deleted("responses", &[By::Message("message")]),
    Table { object: Some(("message/", "id")), ..Table::deleted("deliveries", &[By::Customer("customer")]) },
    Table::deleted("consents", &[By::Customer("customer")]),
    Table::deleted("preferences", &[By::Customer("customer")]),
    Table {
        object: Some(("sign_up/", "id")),
        ..Table::deleted("sign_ups", &[By::Customer("customer"), By::Email("email_key")])
    },
    Table {
        object: Some(("service_mail/", "id")),
        ..Table::deleted("service_mails", &[By::Customer("customer"), By::EmailHash("address_hash")])
    },
    Table { blank: &[("customer", "NULL")], ..Table::deleted("customer_links", &[By::Customer("customer")]) },
    // The request stays, as proof that the right was honoured; whose it was does not. What was open, and what old
    // links say, `Tx::end_rights_of` has settled when the erasure began.
    Table {
        blank: &[("customer", "NULL"), ("contact", "NULL"), ("answer", "NULL"), ("details", "NULL")],
        ..Table::deleted("rights_requests", &[By::Customer("customer")])
    },
    Table::deleted("events", &[By::Customer("customer"), By::Alias("anonymous")]),
    Table::deleted("event_purchases", &[By::Customer("customer"), By::Alias("anonymous")]),
    Table::deleted("trait_sources", &[By::Customer("customer")]),
    Table::deleted("identities", &[By::Customer("customer")]),
    Table::deleted("vault", &[By::Customer("customer")]),
    Table::deleted("vault_keys", &[By::Customer("customer")]),
    Table::deleted("customers", &[By::Customer("key")]),
];

/// Tables that hold nothing of customers, each with why.
pub const WITHOUT_CUSTOMERS: &[(&str, &str)] = &[
    ("moves", "the state machines"),
    ("people", "people who work with the installation"),
    ("sessions", "sign-ins of people who work with the installation"),
    ("campaigns", "audiences are conditions in a closed language that cannot name a customer"),
    ("variants", "words with slots; names are filled in at the moment of sending"),
    ("reports", "the guard reads a text as a made-up sample customer would"),
    ("approvals", "what people who work with the installation decided"),
    ("guard_readings", "texts as the guard read them, with the name of a made-up customer, and what it said"),
    ("guard_findings", "counts by rule"),
    ("guard_held", "counts of messages by campaign, month and rule"),
    ("guard_passes", "what approvers let pass, in counts by rule"),
    ("guard_draws", "which texts people are asked to judge"),
    ("guard_verdicts", "what people who work with the installation said of sentences"),
    ("measurements", "aggregates over the arms of a campaign"),
    ("jobs", "arguments name campaigns and erasures by number"),
    ("models", "coefficients fitted over everybody, and where they came from"),
    ("model_aliases", "which model acts"),
    ("gate_policies", "what must be shown of models before they act"),
    ("model_gates", "figures of models over everybody, and verdicts"),
    ("model_moves", "which versions of models people let act, and why"),
    ("model_watches", "aggregates over everybody: drift, agreement and guardrails of models"),
    ("suppressions", "keyed hashes that outlive erasure, so that nobody is written to again"),
    ("facts", "statements about the brand and its offers"),
    ("fact_versions", "what the fact sheet said when"),
    ("fairness_audits", "counts by group, without groups too small to be told"),
    (
        "holdout_rules",
        "how large a share hears nothing from when on, and the seed it is drawn by; nobody's name",
    ),
    ("long_term_judgements", "aggregates over the arms of a campaign, and what they came to"),
    ("long_term_overrides", "which vetoes people overruled, and why"),
    ("fairness_house_audits", "areas and means by group, without groups that are withheld"),
    ("house_rules", "rules of the brand, every version"),
    ("house_severities", "which rules the brand made more severe"),
    ("house_overrides", "which rules a privacy officer overrode, why and until when"),
    ("house_override_ends", "overrides that were ended early"),
    ("house_cues", "thresholds of learned cues that people set, every version"),
    ("training_reads", "lessons that people who work with the installation read"),
    ("training_tests", "tests that they began"),
    ("training_results", "what came of them"),
    ("certificates", "what they earned"),
    ("ai_switch", "who stopped all AI or let it go on, and why"),
    ("settings", "settings of the installation"),
    ("counters", "the next numbers"),
    ("ledger_leaves", "random names and keyed hashes; nothing without the payloads"),
    ("ledger_nodes", "hashes of the tree"),
    ("ledger_checkpoints", "signed roots of the tree"),
    ("ledger_head", "size and edge of the tree"),
    ("witnesses", "programs on other hosts that watch the ledger"),
    ("ledger_cosignatures", "what witnesses signed of the tree"),
    ("notices", "texts that receipts refer to"),
    ("rights_moves", "the state machine of requests"),
    ("rights_partners", "who may send requests for customers, by the hash of a key"),
    ("rights_recipients", "who else holds data of customers"),
    ("rights_notices", "names whom it is about only until the recipient was told, which erasure calls for"),
    ("erased_messages", "numbers of messages whose customer was erased"),
    ("breaches", "what happened to the installation, in numbers"),
    ("write_keys", "who may send events, by the hash of a key"),
    ("event_counts", "counts by key"),
    ("event_ids", "keyed hashes of what was seen"),
    ("event_inbox", "requests of the last seconds, not read yet; erasure waits until they are"),
    ("erasures", "names its customer only until their rows are erased, in the same transaction"),
    ("erasures_under_way", "empty outside of a transaction"),
    ("tombstones", "keyed hashes that outlive erasure, so that nobody is taken in again"),
    ("deliveries_erased", "counts by campaign"),
    ("retention_periods", "how long what is kept"),
    ("retention_runs", "counts by kind of data"),
    ("retention_steps", "counts by kind of data and place"),
    ("vault_openings", "who opened which attribute of the vault and why, over everybody"),
    ("schema_versions", "versions of the schema"),
];

/// A message with the campaign it belongs to, by which channels name what they keep of it.
pub type MessageOf = (CampaignId, MessageId);

/// What a parameter of a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Param {
    Key,
    Email,
    EmailHash,
}

/// The condition for the rows of one customer, and its parameters in their order.
fn condition(table: &Table) -> (String, Vec<Param>) {
    let (mut parts, mut params) = (Vec::new(), Vec::new());
    let mut place = |param: Param| -> String {
        let at = params.iter().position(|known| *known == param).unwrap_or_else(|| {
            params.push(param);
            params.len() - 1
        });
        format!("${}", at + 1)
    };
    for by in table.by {
        parts.push(match by {
            By::Customer(column) => format!("{column} = {}", place(Param::Key)),
            By::Email(column) => format!("{column} = {}", place(Param::Email)),
            By::EmailHash(column) => format!("{column} = {}", place(Param::EmailHash)),
            By::Alias(column) => {
                let key = place(Param::Key);
                format!("(customer IS NULL AND {column} IN (SELECT i.alias FROM identities i WHERE i.customer = {key}))")
            }
            By::Message(column) => {
                format!("{column} IN (SELECT d.id FROM deliveries d WHERE d.customer = {})", place(Param::Key))
            }
            By::Object(column) => {
                let mut any = vec![format!("{column} = 'customer/' || {}", place(Param::Key))];
                for named in TABLES {
                    let Some((prefix, id)) = named.object else { continue };
                    for by in named.by {
                        let theirs = match by {
                            By::Customer(owner) => format!("o.{owner} = {}", place(Param::Key)),
                            By::Email(owner) => format!("o.{owner} = {}", place(Param::Email)),
                            By::EmailHash(owner) => format!("o.{owner} = {}", place(Param::EmailHash)),
                            By::Alias(_) | By::Message(_) | By::Object(_) => continue,
                        };
                        any.push(format!(
                            "{column} IN (SELECT '{prefix}' || CAST(o.{id} AS TEXT) FROM {} o WHERE {theirs})",
                            named.name
                        ));
                    }
                }
                any.join(" OR ")
            }
        });
    }
    (format!("({})", parts.join(" OR ")), params)
}

/// A row as JSON: integers, floats and texts as they are.
pub(crate) fn json_of(row: &AnyRow) -> Result<Map<String, Value>> {
    let mut out = Map::new();
    for (at, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(at)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().kind() {
                AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                    Value::from(row.try_get::<i64, _>(at)?)
                }
                AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => Value::from(row.try_get::<f64, _>(at)?),
                AnyTypeInfoKind::Text => Value::from(row.try_get::<String, _>(at)?),
                _ => {
                    let what = format!("column `{}` of type {}", column.name(), raw.type_info().name());
                    return Err(Error::Corrupt { what });
                }
            }
        };
        out.insert(column.name().to_owned(), value);
    }
    Ok(out)
}

reads! {
    /// Every row of a table that is a customer's, whole.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows_of(
        &mut self, table: &Table, key: &CustomerKey, email: Option<&str>,
    ) -> Result<Vec<Map<String, Value>>> {
        let (condition, params) = condition(table);
        let text = format!("SELECT * FROM {} WHERE {condition}", table.name);
        let mut query = sqlx::query(AssertSqlSafe(text));
        let [_, hash] = self.pepper.hashes(None, email)?;
        for param in params {
            query = query.bind(match param {
                Param::Key => Some(key.as_str().to_owned()),
                Param::Email => email.map(sql::folded),
                Param::EmailHash => hash.clone(),
            });
        }
        sql::rows(&query.fetch_all(self.db()).await?, json_of)
    }

    /// The numbers of every service mail to a customer or their address, by which channels name their copies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn service_mails_to(&mut self, key: &CustomerKey, email: Option<&str>) -> Result<Vec<i64>> {
        let Some(table) = TABLES.iter().find(|table| table.name == "service_mails") else { return Ok(Vec::new()) };
        let rows = self.rows_of(table, key, email).await?;
        Ok(rows.iter().filter_map(|row| row.get("id").and_then(Value::as_i64)).collect())
    }

    /// Every message to a customer, with its campaign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_to(&mut self, key: &CustomerKey) -> Result<Vec<MessageOf>> {
        let rows = sqlx::query(sql!("erasures", "messages_of")).bind(key.as_str()).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            use crate::sql::Columns;
            Ok((CampaignId(row.int("campaign")?), MessageId(row.int("id")?)))
        })
    }
}

writes! {
    /// Erases every row of a table that is a customer's. Receipts of consent go only between
    /// [`crate::Tx::allow_deleting`] and [`crate::Tx::forbid_deleting`]. Comes out: how many.
    ///
    /// # Errors
    /// When the database, or a rule of the schema, refuses.
    pub async fn erase_rows_of(&mut self, table: &Table, key: &CustomerKey, email: Option<&str>) -> Result<u64> {
        let (condition, params) = condition(table);
        let text = if table.blank.is_empty() {
            format!("DELETE FROM {} WHERE {condition}", table.name)
        } else {
            let blanks: Vec<String> = table.blank.iter().map(|(column, to)| format!("{column} = {to}")).collect();
            format!("UPDATE {} SET {} WHERE {condition}", table.name, blanks.join(", "))
        };
        let mut query = sqlx::query(AssertSqlSafe(text));
        let [_, hash] = self.pepper.hashes(None, email)?;
        for param in params {
            query = query.bind(match param {
                Param::Key => Some(key.as_str().to_owned()),
                Param::Email => email.map(sql::folded),
                Param::EmailHash => hash.clone(),
            });
        }
        Ok(query.execute(self.db()).await?.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_of_the_schema_is_listed_once() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut made = BTreeSet::from(["schema_versions".to_owned()]);
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                let Some(rest) = line.trim_start().strip_prefix("CREATE TABLE ") else { continue };
                let name = rest.trim_start_matches("IF NOT EXISTS ").split([' ', '(']).next().unwrap();
                // A table rebuilt under a working name gets its own name back in the same script.
                if !name.ends_with("_next") && !name.ends_with("_new") {
                    made.insert(name.to_owned());
                }
            }
        }
        let names =
            TABLES.iter().map(|table| table.name).chain(WITHOUT_CUSTOMERS.iter().map(|(name, _)| *name));
        let mut listed = BTreeSet::new();
        for name in names {
            assert!(listed.insert(name.to_owned()), "`{name}` is listed twice");
        }
        assert_eq!(
            made, listed,
            "list a table with data of customers in TABLES (and in flow::places), any other in WITHOUT_CUSTOMERS"
        );
    }

    #[test]
    fn a_condition_has_the_parameters_it_names_and_no_others() {
        let table = Table::deleted("sign_ups", &[By::Email("email_key")]);
        assert_eq!(condition(&table), ("(email_key = $1)".to_owned(), vec![Param::Email]));
        let table = Table::deleted("requests", &[By::Customer("customer"), By::EmailHash("hash")]);
        let both = "(customer = $1 OR hash = $2)".to_owned();
        assert_eq!(condition(&table), (both, vec![Param::Key, Param::EmailHash]));
    }
}
