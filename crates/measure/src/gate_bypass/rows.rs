//! Rows that somebody with the database edits: statements on the registry, and putting it back as it was.

use miette::{IntoDiagnostic, Result, miette};

use super::Tries;

/// The registry's tables, with the columns that are worth editing.
pub(super) const COLUMNS: &[(&str, &[&str])] = &[
    (
        "models",
        &[
            "state",
            "share",
            "content_hash",
            "parameters",
            "evaluation",
            "card",
            "responsible",
            "seal",
            "version",
        ],
    ),
    ("model_gates", &["model", "content_hash", "policy", "passed", "report", "seal"]),
    ("model_moves", &["model", "content_hash", "from_state", "to_state", "share", "gate", "person", "seal"]),
    ("model_aliases", &["model", "content_hash", "gate", "moved", "share", "slot", "seal"]),
];

impl Tries {
    /// A statement on the registry.
    pub(super) fn edit(&mut self) -> String {
        let (table, columns) = self.one(COLUMNS).unwrap_or(("models", &["state"]));
        let column = self.one(columns).unwrap_or("state");
        let id = if table == "model_aliases" { "rowid" } else { "id" };
        // The newest rows are those of fitted models; parts of the program come before them.
        let row = format!("(SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1 OFFSET {})", self.below(5));
        let other = format!("(SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1 OFFSET {})", self.below(5));
        let version = self.below(3) + 1;
        let model = format!("(SELECT id FROM models ORDER BY id DESC LIMIT 1 OFFSET {})", self.below(5));
        let value = match self.below(4) {
            0 => format!("(SELECT o.{column} FROM {table} o WHERE o.{id} = {other})"),
            1 => self
                .one(&["'live'", "'canary'", "'validated'", "'retired'", "'shadow'"])
                .unwrap_or("''")
                .to_owned(),
            2 => self.below(20).to_string(),
            _ => self.one(&["'{}'", "''", "'ab'", "NULL"]).unwrap_or("''").to_owned(),
        };
        match self.below(10) {
            0 => format!("DELETE FROM {table} WHERE {id} >= {row}"),
            1 => format!(
                "UPDATE models SET state = 'retired' WHERE name = 'stage';
                 UPDATE models SET state = 'live' WHERE name = 'stage' AND version = {version}"
            ),
            2 => format!(
                "UPDATE model_aliases SET model = {model}, content_hash = (SELECT content_hash FROM models WHERE id = {model})"
            ),
            _ => format!("UPDATE {table} SET {column} = {value} WHERE {id} = {row}"),
        }
    }

    /// Keeps the registry as it is now, with the file that says what its last move is.
    pub(super) async fn keep(&mut self) -> Result<()> {
        for (table, _) in COLUMNS {
            let text = format!(
                "DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            );
            if !self.kit.try_statement(&text).await {
                return Err(miette!("the rows of `{table}` could not be kept"));
            }
        }
        self.head = std::fs::read(self.head_path()).into_diagnostic()?;
        self.before = self.kit.app.acting_labels().await.into_diagnostic()?;
        Ok(())
    }

    fn head_path(&self) -> std::path::PathBuf {
        self.kit.app.home().keys().join("registry-head")
    }

    /// Puts it back, so that no try builds on another one and the chain of moves does not grow.
    pub(super) async fn put_back(&self) -> Result<()> {
        let tables: Vec<&str> = COLUMNS.iter().map(|(table, _)| *table).collect();
        self.kit.put_registry_back(&tables).await;
        std::fs::write(self.head_path(), &self.head).into_diagnostic()
    }
}
