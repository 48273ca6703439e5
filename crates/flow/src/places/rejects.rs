//! Rows that imports could not take, as far as they name a customer.
//!
//! A rejected row is a text that could not be read, so whose it is can only be told by what stands in it: their
//! address, or their key as a word of its own. Erasing errs on the side of erasing; reading does not show somebody
//! a row for a short number alone, because a quantity could be meant.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Who;
use super::files::{blocking, sync};
use crate::app::App;
use crate::error::{Error, Result};

/// Digits that a key of digits needs to be told from a quantity or an amount.
const TELLING_DIGITS: usize = 6;

/// What a row is told by.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    key: String,
    email: Option<String>,
}

impl Marks {
    pub(super) fn of(who: &Who) -> Self {
        let email = who.email.as_deref().map(|email| email.trim().to_lowercase());
        Self { key: who.key.as_str().to_lowercase(), email: email.filter(|email| !email.is_empty()) }
    }

    /// Whether a row may be theirs.
    pub(super) fn found_in(&self, row: &str) -> bool {
        let row = row.to_lowercase();
        self.email.as_ref().is_some_and(|email| row.contains(email)) || has_word(&row, &self.key)
    }

    fn certainly_in(&self, row: &str) -> bool {
        let row = row.to_lowercase();
        let telling = !self.key.bytes().all(|byte| byte.is_ascii_digit()) || self.key.len() >= TELLING_DIGITS;
        self.email.as_ref().is_some_and(|email| row.contains(email)) || (telling && has_word(&row, &self.key))
    }
}

/// Whether `word` stands in a text without a letter or digit right before or after it.
fn has_word(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
        ![before, after].iter().flatten().any(|letter| letter.is_alphanumeric())
    })
}

fn files(app: &App) -> Result<Vec<PathBuf>> {
    let folder = app.home().rejects();
    let io = |source| Error::Io { path: folder.display().to_string(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(super) async fn read(app: &App, who: &Who) -> Result<Vec<Value>> {
    let (files, marks) = (files(app)?, Marks::of(who));
    blocking(move || {
        let mut found = Vec::new();
        for path in files {
            for line in lake::import::rejected_rows(&path)? {
                if marks.certainly_in(&line.row) {
                    let file = path.file_name().unwrap_or_default().to_string_lossy();
                    found.push(
                        json!({ "file": file, "line": line.line, "reason": line.reason, "row": line.row }),
                    );
                }
            }
        }
        Ok(found)
    })
    .await
}

pub(super) async fn erase(app: &App, who: &Who) -> Result<u64> {
    let (files, marks, folder) = (files(app)?, Marks::of(who), app.home().rejects());
    blocking(move || {
        let mut erased = 0;
        for path in files {
            erased += lake::import::drop_rejected_rows(&path, |row| marks.found_in(row))?;
        }
        sync(&folder)?;
        Ok(erased)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(key: &str, email: Option<&str>) -> Marks {
        Marks::of(&Who {
            key: terms::ids::CustomerKey::new(key),
            email: email.map(ToOwned::to_owned),
            messages: Vec::new(),
            service: Vec::new(),
        })
    }

    #[test]
    fn a_row_is_theirs_by_address_or_by_the_key_as_a_word() {
        let marks = marks("C-17", Some("Ana@Example.org"));
        assert!(marks.found_in("x,ANA@example.ORG,y") && marks.found_in("\"c-17\",2026"));
        assert!(!marks.found_in("C-170,2026") && !marks.found_in("XC-17,2026") && !marks.found_in("other"));
    }

    #[test]
    fn a_short_number_is_erased_and_not_shown() {
        let marks = marks("17", None);
        assert!(marks.found_in("9,17,2.50") && !marks.certainly_in("9,17,2.50"));
    }
}
