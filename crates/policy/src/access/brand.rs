//! Policies as text: read statement by statement, so that every fault has its line and column.
//!
//! A brand's own text can only narrow. What it holds besides `forbid` is a fault, and so is what the schema does not
//! know: nothing of a text with a fault is used.

use std::collections::BTreeSet;

use cedar_policy::{Effect, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

use super::{Origin, Policy};

/// A place of a text that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl Fault {
    /// A fault at a byte of a text.
    pub(super) fn at(text: &str, offset: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message: message.into(), help: help.into() }
    }

    /// What cedar says about a statement that begins at `start`.
    fn of(text: &str, start: usize, error: &dyn Diagnostic) -> Self {
        let place = error.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset());
        let help = error
            .help()
            .map_or_else(|| "see the schema with `candor access schema`".to_owned(), |help| help.to_string());
        let message = error.to_string();
        // Names of policies are ours; the place says it better.
        let message = match message.split_once("`, ") {
            Some((name, rest)) if name.starts_with("for policy `") => rest.to_owned(),
            _ => message,
        };
        Self::at(text, start + place, message, help)
    }
}

/// A brand's own policies, when all of them can be used.
pub(super) fn read(text: &str, schema: &Schema) -> Result<Vec<(cedar_policy::Policy, Policy)>, Vec<Fault>> {
    statements(text, schema, Origin::Brand)
}

/// Every statement of a text as a policy with its words.
pub(super) fn statements(
    text: &str,
    schema: &Schema,
    origin: Origin,
) -> Result<Vec<(cedar_policy::Policy, Policy)>, Vec<Fault>> {
    let validator = Validator::new(schema.clone());
    let mut faults = Vec::new();
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for (start, statement) in split(text) {
        let fault = |message: &str, help: &str| Fault::at(text, start, message, help);
        let rule = match cedar_policy::Policy::parse(None, statement) {
            Ok(rule) => rule,
            Err(errors) => {
                faults.extend(errors.iter().map(|error| Fault::of(text, start, error)));
                continue;
            }
        };
        let said = |key| rule.annotation(key).map(str::trim).filter(|said| !said.is_empty());
        if origin == Origin::Brand && rule.effect() == Effect::Permit {
            faults.push(fault(
                "a brand's own policies only narrow, and this one permits",
                "write what must not be as a `forbid`, or take it out",
            ));
        }
        let Some(id) = said("id") else {
            faults.push(fault("this policy has no name", "write @id(\"a-name\") above it"));
            continue;
        };
        let Some(reason) = said("reason").or_else(|| said("reason_en")) else {
            faults.push(fault(
                "this policy says no reason; who is stopped by it must be told one",
                "write @reason(\"…\") above it, or @reason_en and @reason_es",
            ));
            continue;
        };
        if !names.insert(id.to_owned()) {
            faults.push(fault("two policies have this name", "give each a name of its own"));
            continue;
        }
        let policy = Policy {
            id: id.to_owned(),
            origin,
            permits: rule.effect() == Effect::Permit,
            reason_en: reason.to_owned(),
            reason_es: said("reason_es").unwrap_or(reason).to_owned(),
            line: Fault::at(text, start, "", "").line,
            text: statement.to_owned(),
        };
        // A brand's name never stands for one of the house.
        let name = match origin {
            Origin::House => id.to_owned(),
            Origin::Brand => format!("brand:{id}"),
        };
        let rule = rule.new_id(PolicyId::new(name));
        match PolicySet::from_policies([rule.clone()]) {
            Ok(alone) => {
                let result = validator.validate(&alone, ValidationMode::Strict);
                faults.extend(result.validation_errors().map(|error| Fault::of(text, start, error)));
                // A policy that can never hold narrows nothing, though somebody relies on it.
                faults.extend(result.validation_warnings().map(|warning| Fault::of(text, start, warning)));
            }
            Err(error) => faults.push(fault(&error.to_string(), "")),
        }
        found.push((rule, policy));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The statements of a text with the byte each begins at, without what stands before its first word. A statement ends
/// with `;` outside of strings and comments.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '/' if letters.peek().is_some_and(|(_, next)| *next == '/') => {
                letters.by_ref().find(|(_, letter)| *letter == '\n');
            }
            '"' => {
                start.get_or_insert(at);
                while let Some((_, inside)) = letters.next() {
                    match inside {
                        '\\' => drop(letters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ';' => {
                let begin = start.take().unwrap_or(at);
                found.extend(text.get(begin..=at).map(|statement| (begin, statement)));
            }
            letter if letter.is_whitespace() => {}
            _ => {
                start.get_or_insert(at);
            }
        }
    }
    // What has no end is a statement too, for cedar to say what is missing.
    found.extend(start.and_then(|begin| text.get(begin..).map(|rest| (begin, rest))));
    found
}
