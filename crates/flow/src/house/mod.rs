//! The rules a brand makes for itself: added, mended, retired and restored; severities raised; and overrides by a
//! privacy officer. Every message is held against the house as it stands at that moment.
//!
//! Goes in: a person, and a rule as they wrote it. Comes out: a version that is kept with who wrote it, and an entry of
//! the ledger in the same transaction. A house that cannot be read stops every check: it is never left out.

mod built_in;
mod fault;
mod row;

pub use built_in::BuiltInView;
pub use fault::{HouseFault, LineFault};
pub use row::HouseRow;
pub use store::house::{KeptOverride, RuleVersion};

use std::collections::BTreeSet;
use std::sync::Arc;

use guard::{House, HouseError};
use serde::Serialize;
use terms::customer::Language;
use terms::finding::{Finding, Severity};
use terms::house::{HouseData, HouseRule, Override, Raise};
use terms::ledger::Action;
use terms::message::Field;
use terms::person::Person;
use terms::time::{Day, Instant};

use crate::access::{Granted, On, Permission};
use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::problem::Problem;

/// A raise says why in this many characters at least.
const SHORTEST_RAISE_REASON: usize = 10;

/// Everything the brand decided about rules.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HouseView {
    /// Version of the rules that are applied, the brand's included.
    pub version: String,
    /// Rules as they stand.
    pub rules: Vec<RuleVersion>,
    /// Rules that were retired.
    pub retired: Vec<RuleVersion>,
    /// Built-in rules that are more severe.
    pub raises: Vec<Raise>,
    /// Overrides that count now.
    pub overrides: Vec<KeptOverride>,
    /// Overrides that are over, the latest first.
    pub past: Vec<KeptOverride>,
    /// Why the house cannot be used, if it cannot: nothing is checked and nothing is sent until it is mended.
    pub faults: Vec<LineFault>,
}

/// What importing a file did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HouseImported {
    /// Rules that are new.
    pub added: usize,
    /// Rules that are different now.
    pub changed: usize,
    /// Rules that stood so already.
    pub same: usize,
}

fn faults(line: usize, errors: Vec<HouseError>) -> Vec<LineFault> {
    errors.into_iter().map(|error| LineFault { line, rule: error.rule, fault: error.fault.into() }).collect()
}

fn refused(faults: Vec<LineFault>) -> Error {
    Problem::BadHouse { faults }.into()
}

fn one(rule: &str, fault: impl Into<HouseFault>) -> Error {
    refused(vec![LineFault { line: 0, rule: rule.to_owned(), fault: fault.into() }])
}

/// A rule alone as a house, which says whether it can be used.
fn alone(line: usize, rule: HouseRule) -> Result<House, Vec<LineFault>> {
    House::new(HouseData { rules: vec![rule], ..HouseData::default() }).map_err(|errors| faults(line, errors))
}

fn counts(entry: &KeptOverride, now: Instant) -> bool {
    entry.ended.is_none() && now <= entry.entry.until
}

impl App {
    async fn house_data(&self) -> Result<HouseData> {
        let now = self.now();
        let rules = self.store().house_rules().await?;
        let overrides = self.store().house_overrides().await?;
        Ok(HouseData {
            rules: rules.into_iter().filter(|version| !version.retired).map(|version| version.rule).collect(),
            raises: self.store().house_raises().await?,
            overrides: overrides
                .into_iter()
                .filter(|kept| counts(kept, now))
                .map(|kept| kept.entry)
                .collect(),
            cues: self.store().house_cues().await?,
        })
    }

    /// The house as it stands now.
    ///
    /// # Errors
    /// [`Problem::BadHouse`] when it cannot be read whole: nothing may be checked without it.
    pub(crate) async fn house(&self) -> Result<Arc<House>> {
        let house = House::new(self.house_data().await?).map_err(|errors| refused(faults(0, errors)))?;
        Ok(Arc::new(house))
    }

    /// Everything the brand decided about rules.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn house_view(&self) -> Result<HouseView> {
        let now = self.now();
        let (retired, rules) =
            self.store().house_rules().await?.into_iter().partition(|version| version.retired);
        let (overrides, past) =
            self.store().house_overrides().await?.into_iter().partition(|entry| counts(entry, now));
        let raises = self.store().house_raises().await?;
        let (version, faults) = match House::new(self.house_data().await?) {
            Ok(house) => (guard::rules_version_of(&house), Vec::new()),
            Err(errors) => (guard::rules_version(), faults(0, errors)),
        };
        Ok(HouseView { version, rules, retired, raises, overrides, past, faults })
    }

    /// Every version of a rule, the first one first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there never was such a rule.
    pub async fn house_rule(&self, id: &str) -> Result<Vec<RuleVersion>> {
        let versions = self.store().house_rule_versions(id).await?;
        if versions.is_empty() { Err(Error::NotFound) } else { Ok(versions) }
    }

    /// What a rule finds in a text, before anybody saves it.
    ///
    /// # Errors
    /// [`Problem::BadHouse`] when the rule cannot be used.
    pub async fn try_house_rule(
        &self,
        row: &HouseRow,
        text: &str,
        language: Language,
        explain_in: Language,
    ) -> Result<Vec<Finding>> {
        let rule = row.read(0).map_err(refused)?;
        let (id, field) = (rule.id.clone(), rule.field.unwrap_or(Field::Body));
        let house = alone(0, rule).map_err(refused)?;
        let sheet = guard::FactSheet::new(self.facts_for("").await?);
        let now = self.now();
        let context = guard::Context {
            house: &house,
            ..crate::facts::plain_context(&sheet, now, now, "UTC", explain_in)
        };
        let draft = guard::Draft { language, fields: vec![(field, text.to_owned())], known_slots: &[] };
        let report = guard::check(&draft, &context);
        Ok(report.findings.into_iter().filter(|finding| finding.rule == id).collect())
    }

    /// Adds a rule, or writes the version after `base`.
    ///
    /// # Errors
    /// [`Problem::BadHouse`] when it cannot be used, [`Problem::Stale`] when somebody else wrote a later version.
    pub async fn put_house_rule(&self, person: &Person, row: &HouseRow, base: i64) -> Result<i64> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let rule = row.read(0).map_err(refused)?;
        alone(0, rule.clone()).map_err(refused)?;
        self.write_rules(&granted, vec![(rule, base, false)]).await?;
        Ok(base + 1)
    }

    /// Retires a rule, or restores it.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a rule; a restored rule must still be one that can be used.
    pub async fn retire_house_rule(&self, person: &Person, id: &str, retired: bool) -> Result<()> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let last = self.house_rule(id).await?.pop().ok_or(Error::NotFound)?;
        if last.retired == retired {
            return Ok(());
        }
        if !retired {
            alone(0, last.rule.clone()).map_err(refused)?;
        }
        self.write_rules(&granted, vec![(last.rule, last.version, retired)]).await
    }

    async fn write_rules(&self, granted: &Granted, rules: Vec<(HouseRule, i64, bool)>) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let mut entries = Vec::with_capacity(rules.len());
        let written: BTreeSet<String> = rules.iter().map(|(rule, ..)| rule.id.clone()).collect();
        for (rule, base, retired) in rules {
            let version = tx.add_house_rule(&rule, base, retired, granted.person(), now).await?;
            let object = format!("rule/{}", rule.id);
            let payload =
                serde_json::json!({ "version": version, "retired": retired, "rule": json_value(&rule)? });
            entries.push(self.entry(granted.actor(), Action::HouseRuleChanged, object, payload));
        }
        tx.append_entries(&entries).await?;
        // The house as this transaction leaves it. What was written must stand; another rule that no longer does is no
        // reason against mending or retiring this one.
        let standing = tx.house_rules().await?;
        let rules =
            standing.into_iter().filter(|version| !version.retired).map(|version| version.rule).collect();
        let mut errors = House::new(HouseData { rules, ..HouseData::default() }).err().unwrap_or_default();
        errors.retain(|error| error.rule.is_empty() || written.contains(&error.rule));
        if !errors.is_empty() {
            return Err(refused(faults(0, errors)));
        }
        tx.commit().await?;
        Ok(())
    }

    /// Takes in a CSV file of rules: all of them or none. Rules that are not in it stay as they are.
    ///
    /// # Errors
    /// [`Problem::BadHouse`] with every fault and its line.
    pub async fn import_house(&self, person: &Person, bytes: &[u8]) -> Result<HouseImported> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let read = row::read_file(bytes).map_err(refused)?;
        let mut wrong = Vec::new();
        let mut seen = BTreeSet::new();
        for (line, rule) in &read {
            if !seen.insert(rule.id.clone()) {
                let fault = guard::HouseFault::Twice.into();
                wrong.push(LineFault { line: *line, rule: rule.id.clone(), fault });
            }
            wrong.extend(alone(*line, rule.clone()).err().unwrap_or_default());
        }
        if !wrong.is_empty() {
            return Err(refused(wrong));
        }
        let known = self.store().house_rules().await?;
        let (mut done, mut write) = (HouseImported::default(), Vec::new());
        for (_, rule) in read {
            match known.iter().find(|version| version.rule.id == rule.id) {
                Some(there) if there.rule == rule && !there.retired => done.same += 1,
                Some(there) => {
                    done.changed += 1;
                    write.push((rule, there.version, false));
                }
                None => {
                    done.added += 1;
                    write.push((rule, 0, false));
                }
            }
        }
        self.write_rules(&granted, write).await?;
        Ok(done)
    }

    /// The rules as they stand, as a CSV file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn export_house(&self) -> Result<String> {
        let rules = self.store().house_rules().await?;
        row::write_file(rules.iter().filter(|version| !version.retired).map(|version| &version.rule))
    }

    /// Makes a built-in rule block, or as it is built in again.
    ///
    /// # Errors
    /// [`Problem::BadHouse`] for a rule that cannot be raised, or without a reason.
    pub async fn set_severity(&self, person: &Person, rule: &str, raised: bool, why: &str) -> Result<()> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let why = why.trim();
        // What was raised can always be taken back, also when a later version has no such rule or builds it in as a block:
        // the house cannot be read until it is.
        let stands = self.store().house_raises().await?.iter().any(|raise| raise.rule == rule);
        if raised || !stands {
            guard::may_raise(rule, Severity::Block).map_err(|fault| one(rule, fault))?;
        }
        if why.chars().count() < SHORTEST_RAISE_REASON {
            return Err(one(rule, HouseFault::Reason { least: SHORTEST_RAISE_REASON }));
        }
        let to = raised.then_some(Severity::Block);
        let mut tx = self.store().begin().await?;
        tx.set_severity(rule, to, why, person.id, self.now()).await?;
        let payload = serde_json::json!({ "severity": to, "why": why });
        let entry = self.entry(granted.actor(), Action::SeverityChanged, format!("rule/{rule}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records an override of a built-in rule, through the last day.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but a privacy officer, [`Problem::NotCertified`] without a certificate that holds,
    /// [`Problem::BadHouse`] for a rule that is never lowered, a
    /// reason that says too little, or a day that is past or too far away.
    pub async fn override_rule(&self, person: &Person, rule: &str, why: &str, until: Day) -> Result<i64> {
        let on = On::Rule { id: rule.to_owned() };
        let granted = self.needs_on(person, Permission::OverrideRules, on).await?;
        let now = self.now();
        let last = now.plus_days(guard::LONGEST_OVERRIDE_DAYS);
        let end = self.brand().await?.end_of(until);
        // The last day there can be ends with the year, not with its midnight.
        let until = if end > last && last.day() == until { last } else { end };
        let why = why.trim().to_owned();
        let entry = Override {
            id: 0,
            rule: rule.to_owned(),
            why,
            by: person.name.clone(),
            role: person.role,
            at: now,
            until,
        };
        guard::may_override(&entry).map_err(|fault| one(rule, fault))?;
        let mut tx = self.store().begin().await?;
        let id = tx.add_override(rule, &entry.why, person.id, now, until).await?;
        let payload = serde_json::json!({ "override": id, "why": entry.why, "until": until });
        let entry = self.entry(granted.actor(), Action::RuleOverridden, format!("rule/{rule}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Ends an override before its time: the rule holds back again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but a privacy officer, [`Error::NotFound`] for one that is over.
    pub async fn end_override(&self, person: &Person, id: i64) -> Result<()> {
        let granted = self.needs(person, Permission::OverrideRules)?;
        let now = self.now();
        let all = self.store().house_overrides().await?;
        let kept =
            all.into_iter().find(|kept| kept.entry.id == id && counts(kept, now)).ok_or(Error::NotFound)?;
        let mut tx = self.store().begin().await?;
        tx.end_override(id, person.id, now).await?;
        let object = format!("rule/{}", kept.entry.rule);
        let payload = serde_json::json!({ "override": id });
        tx.append_entries(&[self.entry(granted.actor(), Action::OverrideEnded, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}
