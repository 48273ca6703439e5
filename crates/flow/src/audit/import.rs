//! Filling the vault from a file: CSV with the columns customer, attribute and value.
//!
//! Goes in: a file. Comes out: counts by attribute, or the lines that cannot be used, each with its number and why. All
//! of a file or nothing of it. Architecture invariant: no error, log line, ledger entry or rejects file ever holds what
//! stands in a line; a misplaced column would put a value where a name is expected.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde::Serialize;
use store::vault::{Attribute, SealedValue};
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Person;

use super::seal::SealingKey;
use super::{belongs, belongs_to};
use crate::access::Permission;
use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Longest value that is taken, in characters: a group has a name, not a story.
const LONGEST: usize = 80;
/// Lines that are named when a file cannot be used.
const NAMED: usize = 10;

/// What an import put into the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VaultImport {
    /// Values by attribute.
    pub values: BTreeMap<Attribute, u64>,
    /// Customers they are of.
    pub customers: u64,
}

/// A row that can be used, with the line it stands on.
struct Row {
    line: u64,
    customer: CustomerKey,
    attribute: Attribute,
    value: String,
}

impl App {
    /// Puts the values of a file into the vault, in place of those it has.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for somebody who may not audit; [`Error::Problem`] when a line cannot be used: then nothing
    /// is taken in.
    pub async fn import_vault(&self, person: &Person, file: &Path) -> Result<VaultImport> {
        let granted = self.needs(person, Permission::AuditFairness)?;
        let io = |source| Error::Io { path: file.display().to_string(), source };
        let bytes = std::fs::read(file).map_err(io)?;
        let rows = read(&bytes)?;
        let keys: Vec<CustomerKey> =
            rows.iter().map(|row| row.customer.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        let known: BTreeSet<CustomerKey> =
            self.known_among(&keys).await?.into_iter().map(|customer| customer.key).collect();
        let strangers = rows.iter().filter(|row| !known.contains(&row.customer));
        let faults: Vec<(u64, &'static str)> =
            strangers.map(|row| (row.line, "there is no customer of this key")).collect();
        refuse(faults)?;
        let mut done = VaultImport { values: BTreeMap::new(), customers: keys.len() as u64 };
        for row in &rows {
            *done.values.entry(row.attribute).or_default() += 1;
        }
        let now = self.now();
        let source = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let vault = self.vault_key()?;
        let mut tx = self.store().begin().await?;
        let held = unwrapped(&vault, tx.vault_keys(&keys).await?)?;
        let mut sealing: HashMap<&CustomerKey, SealingKey> = HashMap::new();
        let mut fresh = Vec::new();
        let mut held: HashMap<CustomerKey, SealingKey> = held.into_iter().collect();
        for key in &keys {
            let own = match held.remove(key) {
                Some(own) => own,
                None => {
                    let own = SealingKey::fresh();
                    fresh.push((key.clone(), own.wrapped_under(&vault, &belongs(key))?));
                    own
                }
            };
            sealing.insert(key, own);
        }
        let mut values = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(own) = sealing.get(&row.customer) else { continue };
            let sealed = own.seal(&belongs_to(&row.customer, row.attribute), row.value.as_bytes())?;
            values.push(SealedValue {
                customer: row.customer.clone(),
                attribute: row.attribute,
                sealed,
                source: source.clone(),
                at: now,
            });
        }
        tx.add_vault_keys(&fresh).await?;
        tx.put_vault(&values).await?;
        let payload = json_value(&done)?;
        tx.append_entries(&[self.entry(granted.actor(), Action::VaultFilled, "vault", payload)]).await?;
        tx.commit().await?;
        Ok(done)
    }
}

fn unwrapped(vault: &SealingKey, keys: Vec<(CustomerKey, String)>) -> Result<Vec<(CustomerKey, SealingKey)>> {
    keys.into_iter()
        .map(|(customer, wrapped)| {
            let own = vault.unwrap(&belongs(&customer), &wrapped)?;
            Ok((customer, own))
        })
        .collect()
}

/// The rows of a file, each customer and attribute once.
fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let unreadable = || Error::from(Problem::VaultFile { lines: vec![(1, "it is no CSV file in UTF-8")] });
    let header = reader.headers().map_err(|_| unreadable())?.clone();
    let place = |names: [&str; 2]| {
        header.iter().position(|column| {
            let column = column.trim_start_matches('\u{feff}').to_lowercase();
            names.contains(&column.as_str())
        })
    };
    let (Some(customer), Some(attribute), Some(value)) =
        (place(["customer", "cliente"]), place(["attribute", "atributo"]), place(["value", "valor"]))
    else {
        let lines = vec![(1, "the columns must be named `customer`, `attribute` and `value`")];
        return Err(Problem::VaultFile { lines }.into());
    };
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, record) in reader.records().enumerate() {
        let number = at as u64 + 2;
        let Ok(record) = record else {
            faults.push((number, "it cannot be read as CSV in UTF-8"));
            continue;
        };
        let line = record.position().map_or(number, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let fault = if record.len() != header.len() {
            Some("it has another number of columns than the first line")
        } else if cell(customer).is_empty() {
            Some("it names no customer")
        } else if cell(attribute).parse::<Attribute>().is_err() {
            Some("the vault has no attribute of this name; `candor vault list` shows those it has")
        } else if cell(value).is_empty() || cell(value).chars().any(char::is_control) {
            Some("it has no value")
        } else if cell(value).chars().count() > LONGEST {
            Some("its value is longer than 80 characters; name the group, not the person")
        } else if !seen.insert((cell(customer).to_owned(), cell(attribute).to_owned())) {
            Some("it says of a customer and an attribute what an earlier line says, too")
        } else {
            None
        };
        match (fault, cell(attribute).parse::<Attribute>()) {
            (None, Ok(attribute)) => rows.push(Row {
                line,
                customer: CustomerKey::new(cell(customer)),
                attribute,
                value: cell(value).to_owned(),
            }),
            (fault, _) => faults.push((line, fault.unwrap_or("it cannot be used"))),
        }
    }
    refuse(faults)?;
    Ok(rows)
}

fn refuse(mut faults: Vec<(u64, &'static str)>) -> Result<()> {
    faults.truncate(NAMED);
    if faults.is_empty() { Ok(()) } else { Err(Problem::VaultFile { lines: faults }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        read(text.as_bytes()).map(|_| String::new()).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn what_cannot_be_used_is_named_by_line_and_never_repeated() {
        for (text, line) in [
            ("customer,attribute,value\nC-1,asthma,health\n", "line 2"),
            ("customer,attribute,value\nC-1,health,\n", "line 2"),
            ("customer,attribute,value\nC-1,health,asthma\nC-1,health,epilepsy\n", "line 3"),
            ("customer,attribute,value\nC-1,health,asthma,epilepsy\n", "line 2"),
            ("C-1,health,asthma\nC-2,health,epilepsy\n", "line 1"),
        ] {
            let said = said(text);
            assert!(said.contains(line), "{said}");
            for secret in ["asthma", "epilepsy", "C-1", "C-2"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
        assert_eq!(said("cliente,atributo,valor\nC-1,health,asthma\n"), "");
    }
}
