//! A file of facts against the fact sheet: first what it would change, then all of it or nothing.
//!
//! Goes in: the bytes of a file. Comes out: a plan, line by line, and once applied the same facts in the store with an
//! entry in the ledger for each that changed. For what a file names (an entity with a predicate) it speaks alone:
//! facts of these that it does not repeat end. What it does not name stays as it is.

use std::collections::BTreeMap;

use serde::Serialize;
use store::Conn;
use terms::fact::{EvidenceKind, Fact};
use terms::hash::ContentHash;
use terms::ids::FactId;
use terms::ledger::Action;
use terms::person::{Actor, Person};

use super::fault::LineFault;
use super::file::{self, FactFormat, Reading};
use super::{HISTORY, value};
use crate::access::Permission;
use crate::app::{App, json_value};
use crate::error::Result;
use crate::problem::Problem;

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct FactImport {
    /// Source of facts that name none, such as `erp:price-list`.
    pub source: String,
    /// After how many hours they must be looked at again, where the file does not say.
    pub max_age_hours: Option<u32>,
}

/// What becomes of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Planned {
    /// It is added.
    New,
    /// It says something else from now on.
    Changed,
    /// It ends: the file speaks of it and says it no more.
    Ended,
    /// It was seen again as it was.
    Same,
}

/// What becomes of one fact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanLine {
    /// Line of the file; 0 for what ends.
    pub line: usize,
    /// What becomes of it.
    pub what: Planned,
    /// How it stands.
    pub before: Option<Fact>,
    /// How it will stand.
    pub after: Option<Fact>,
}

impl PlanLine {
    /// What it is about, as it will stand or stood.
    #[must_use]
    pub fn fact(&self) -> Option<&Fact> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The value before.
    #[must_use]
    pub fn said(&self) -> String {
        self.before.as_ref().map(|fact| value::written(&fact.value)).unwrap_or_default()
    }

    /// The value after.
    #[must_use]
    pub fn says(&self) -> String {
        self.after.as_ref().map(|fact| value::written(&fact.value)).unwrap_or_default()
    }
}

/// What a file would change, or changed.
#[derive(Debug, Clone, Serialize)]
pub struct FactPlan {
    /// How the file is written.
    pub format: FactFormat,
    /// Facts the file holds.
    pub facts: usize,
    /// How many are added, changed, ended, and seen again as they were.
    pub counts: BTreeMap<Planned, usize>,
    /// Every fact but those seen again as they were.
    pub lines: Vec<PlanLine>,
    /// What is wrong, by line; with one of these nothing is written.
    pub faults: Vec<LineFault>,
    /// What a feed holds that is no fact, with how often.
    pub left_out: BTreeMap<String, usize>,
    /// What was looked at: the file, and the facts it meets. Applying asks for it again.
    pub digest: String,
    /// True once it is written.
    pub applied: bool,
}

impl FactPlan {
    /// How many facts become so.
    #[must_use]
    pub fn count(&self, what: Planned) -> usize {
        self.counts.get(&what).copied().unwrap_or(0)
    }
}

type Key = (String, String, EvidenceKind);

fn key(fact: &Fact) -> Key {
    (fact.entity.clone(), guard::usual_name(&fact.predicate), fact.evidence)
}

fn same(a: &Fact, b: &Fact) -> bool {
    (&a.value, &a.unit, a.polarity, a.valid_from, a.valid_until, &a.predicate)
        == (&b.value, &b.unit, b.polarity, b.valid_from, b.valid_until, &b.predicate)
}

/// Holds the facts of a file against those there are.
fn meet(facts: &[(usize, Fact)], known: Vec<Fact>) -> Vec<PlanLine> {
    let mut there: BTreeMap<Key, Vec<Fact>> = BTreeMap::new();
    for fact in known.into_iter().filter(|fact| fact.source != HISTORY) {
        there.entry(key(&fact)).or_default().push(fact);
    }
    let mut lines = Vec::with_capacity(facts.len());
    let mut left: Vec<(usize, &Fact)> = Vec::new();
    for (line, fact) in facts {
        let again = there.get_mut(&key(fact)).and_then(|known| {
            known.iter().position(|known| same(known, fact)).map(|place| known.remove(place))
        });
        match again {
            Some(before) => {
                let after = Fact { id: before.id, ..fact.clone() };
                lines.push(PlanLine {
                    line: *line,
                    what: Planned::Same,
                    before: Some(before),
                    after: Some(after),
                });
            }
            None => left.push((*line, fact)),
        }
    }
    for (line, fact) in left {
        let before = there.get_mut(&key(fact)).filter(|known| !known.is_empty()).map(|known| known.remove(0));
        let id = before.as_ref().map_or(FactId(0), |before| before.id);
        let what = if before.is_some() { Planned::Changed } else { Planned::New };
        lines.push(PlanLine { line, what, before, after: Some(Fact { id, ..fact.clone() }) });
    }
    let named: std::collections::BTreeSet<Key> = facts.iter().map(|(_, fact)| key(fact)).collect();
    for (_, gone) in there.into_iter().filter(|(key, _)| named.contains(key)) {
        lines.extend(gone.into_iter().map(|before| PlanLine {
            line: 0,
            what: Planned::Ended,
            before: Some(before),
            after: None,
        }));
    }
    lines
}

impl App {
    /// What holds where a file, a form or a command says nothing.
    ///
    /// # Errors
    /// When the brand's settings cannot be read.
    pub async fn fact_reading(&self, import: &FactImport) -> Result<Reading> {
        let zone = self.brand().await?.time_zones.first().cloned().unwrap_or_else(|| "UTC".to_owned());
        let source = match import.source.trim() {
            "" => "file".to_owned(),
            source => source.to_owned(),
        };
        Ok(Reading { source, now: self.now(), max_age_hours: import.max_age_hours, zone })
    }

    async fn plan_facts(&self, conn: &mut Conn, bytes: &[u8], import: &FactImport) -> Result<FactPlan> {
        let reading = self.fact_reading(import).await?;
        let mut file = file::read(bytes, &reading);
        let mut entities: Vec<String> = file.facts.iter().map(|(_, fact)| fact.entity.clone()).collect();
        entities.sort_unstable();
        entities.dedup();
        let lines = meet(&file.facts, conn.facts_about(&entities).await?);
        let mut digest: Vec<Vec<u8>> = vec![bytes.to_vec(), import.source.clone().into_bytes()];
        for line in &lines {
            // When it was seen is the moment of looking, and no part of what was looked at.
            let told = (line.what, &line.before, line.after.as_ref().map(|fact| (&fact.value, fact.id)));
            digest.push(json_value(&told)?.to_string().into_bytes());
        }
        let mut counts: BTreeMap<Planned, usize> = BTreeMap::new();
        for line in &lines {
            *counts.entry(line.what).or_default() += 1;
        }
        file.faults.sort_by_key(|fault| fault.line);
        Ok(FactPlan {
            format: file.format,
            facts: file.facts.len(),
            counts,
            lines,
            faults: file.faults,
            left_out: file.left_out,
            digest: ContentHash::of(digest.iter().map(Vec::as_slice)).to_string(),
            applied: false,
        })
    }

    /// What a file would change. Writes nothing.
    ///
    /// # Errors
    /// When the store fails; what is wrong with the file stands in the plan.
    pub async fn look_at_facts(&self, bytes: &[u8], import: &FactImport) -> Result<FactPlan> {
        let mut conn = self.store().read().await?;
        let mut plan = self.plan_facts(&mut conn, bytes, import).await?;
        plan.lines.retain(|line| line.what != Planned::Same);
        Ok(plan)
    }

    /// Writes a file that was looked at: all of it, or nothing.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for a role that does not compose, [`Problem::BadFacts`] when a line is wrong,
    /// [`Problem::FactsMoved`] when file or facts are not those that were looked at.
    pub async fn import_facts(
        &self,
        person: &Person,
        bytes: &[u8],
        import: &FactImport,
        seen: &str,
    ) -> Result<FactPlan> {
        let granted = self.needs(person, Permission::Compose)?;
        self.take_facts(granted.actor(), bytes, import, Some(seen)).await
    }

    /// The same in one go for somebody at the command line, who looked with a dry run or did not want to.
    ///
    /// # Errors
    /// [`Problem::BadFacts`] when a line is wrong.
    pub async fn import_facts_as_operator(&self, bytes: &[u8], import: &FactImport) -> Result<FactPlan> {
        self.take_facts(Actor::Operator, bytes, import, None).await
    }

    async fn take_facts(
        &self,
        who: Actor,
        bytes: &[u8],
        import: &FactImport,
        seen: Option<&str>,
    ) -> Result<FactPlan> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let mut plan = self.plan_facts(&mut tx, bytes, import).await?;
        if !plan.faults.is_empty() {
            return Err(Problem::BadFacts { faults: plan.faults }.into());
        }
        if seen.is_some_and(|seen| seen != plan.digest) {
            return Err(Problem::FactsMoved.into());
        }
        let mut entries = Vec::new();
        let mut touched: Vec<String> = Vec::new();
        let mut faults = Vec::new();
        for line in &mut plan.lines {
            match (&line.before, &mut line.after) {
                (Some(before), Some(after)) if line.what == Planned::Same => {
                    if after.observed_at >= before.observed_at {
                        tx.touch_fact(after).await?;
                    }
                    continue;
                }
                (before, Some(after)) => {
                    if let Some(fault) = self.against_history(&mut tx, after, now).await? {
                        faults.push(LineFault::at(line.line, &after.predicate, fault));
                        continue;
                    }
                    after.id = tx.put_fact(after, now).await?;
                    let why = &import.source;
                    entries.push(self.fact_entry(&who, Action::FactChanged, after, before.as_ref(), why)?);
                }
                (Some(before), None) => {
                    tx.delete_fact(before.id, now).await?;
                    let why = &import.source;
                    entries.push(self.fact_entry(&who, Action::FactEnded, before, Some(before), why)?);
                }
                (None, None) => continue,
            }
            if let Some(fact) = line.fact().filter(|fact| guard::usual_name(&fact.predicate) == "price") {
                touched.push(fact.entity.clone());
            }
        }
        if !faults.is_empty() {
            return Err(Problem::BadFacts { faults }.into());
        }
        touched.dedup();
        for entity in &touched {
            self.keep_former_price(&mut tx, &who, entity, &mut entries).await?;
        }
        let payload = serde_json::json!({
            "source": import.source, "format": plan.format, "facts": plan.facts, "counts": plan.counts,
            "left_out": plan.left_out, "file": ContentHash::of([bytes]).to_string(),
        });
        entries.push(self.entry(who, Action::FactsImported, "facts", payload));
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        plan.lines.retain(|line| line.what != Planned::Same);
        plan.applied = true;
        Ok(plan)
    }
}
