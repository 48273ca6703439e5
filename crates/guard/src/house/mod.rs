//! A brand's own rules and its changes of severity, on top of the built-in ones.
//!
//! Goes in: data ([`HouseData`]). Comes out: a [`House`] to check with, or every fault by rule: a house that cannot be
//! read whole is refused, never read in part. What a house may do is one-sided. It may add rules and raise severities.
//! It lowers nothing except by an override of a privacy officer that says why and until when, and what an override
//! lowers is still shown to a person. Rules without which no message may leave ([`NEVER_LOWERED`]) have no override.

mod fault;
mod judge;
mod read;

pub use fault::{HouseError, HouseFault};

use crate::draft::Context;
use crate::phrase::Phrases;
use crate::rules;
use judge::Look;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use terms::customer::Language;
use terms::finding::{Finding, Severity, Verdict};
use terms::hash::ContentHash;
use terms::house::{CueKind, CueThreshold, HouseData, HouseRule, Overridden, Override, Raise};
use terms::person::Role;
use terms::time::Instant;

/// Rules that no override lowers: slots nobody filled (F11), a language nobody can read (F12), data by which a person is
/// known or hurt (P1, P3), orders, addresses and text that harm the reader (X1 to X3), and who writes and how to make
/// it stop (D1, D2). Nothing a brand could gain weighs against these, and no officer can answer for them.
pub const NEVER_LOWERED: &[&str] = &["F11", "F12", "P1", "P3", "X1", "X2", "X3", "D1", "D2"];

/// An override ends after this many days at the latest.
pub const LONGEST_OVERRIDE_DAYS: i64 = 365;

/// An override says why in this many characters at least.
pub const SHORTEST_REASON: usize = 20;

/// Rules a house may have.
const MOST_RULES: usize = 500;

/// The rules of a brand, ready to be checked with.
#[derive(Debug, Default)]
pub struct House {
    rules: Vec<(HouseRule, Look)>,
    english: Phrases,
    spanish: Phrases,
    raises: BTreeMap<String, Raise>,
    overrides: Vec<Override>,
    cues: Vec<CueThreshold>,
    version: String,
}

static BARE: LazyLock<House> = LazyLock::new(House::default);

impl House {
    /// The house of nobody: the built-in rules as they are.
    #[must_use]
    pub fn bare() -> &'static Self {
        &BARE
    }

    /// Reads a house whole.
    ///
    /// # Errors
    /// Every fault, by rule, when anything in it cannot be taken.
    pub fn new(data: HouseData) -> Result<Self, Vec<HouseError>> {
        let mut errors = Vec::new();
        let version = version(&data);
        if data.rules.len() > MOST_RULES {
            errors.push(HouseError::new("", HouseFault::TooMany { most: MOST_RULES }));
        }
        let mut ids = BTreeSet::new();
        let (mut english, mut spanish) = (Phrases::default(), Phrases::default());
        let mut rules = Vec::with_capacity(data.rules.len());
        for (position, rule) in data.rules.into_iter().enumerate() {
            if !ids.insert(rule.id.clone()) {
                errors.push(HouseError::new(&rule.id, HouseFault::Twice));
            }
            match read::rule(&rule) {
                Ok(look) => {
                    look.add_to(position, &mut english, &mut spanish);
                    rules.push((rule, look));
                }
                Err(faults) => {
                    errors.extend(faults.into_iter().map(|fault| HouseError::new(&rule.id, fault)));
                }
            }
        }
        let mut raises = BTreeMap::new();
        for raise in data.raises {
            match may_raise(&raise.rule, raise.to) {
                Err(fault) => errors.push(HouseError::new(&raise.rule, fault)),
                Ok(()) if raises.contains_key(&raise.rule) => {
                    errors.push(HouseError::new(&raise.rule, HouseFault::Twice));
                }
                Ok(()) => {
                    raises.insert(raise.rule.clone(), raise);
                }
            }
        }
        for entry in &data.overrides {
            if let Err(fault) = may_override(entry) {
                errors.push(HouseError::new(&entry.rule, fault));
            }
        }
        let mut set = BTreeSet::new();
        for cue in &data.cues {
            if !set.insert((cue.language, cue.cue)) {
                errors.push(HouseError::new(cue.cue.as_str(), HouseFault::Twice));
            }
            if !cue.shown_from.is_finite() {
                errors.push(HouseError::new(cue.cue.as_str(), HouseFault::NoThreshold));
            }
        }
        // Scores of another model mean something else: what was set for it waits until it is set anew.
        let cues = data.cues.into_iter().filter(crate::cues::is_current).collect();
        if errors.is_empty() {
            Ok(Self { rules, english, spanish, raises, overrides: data.overrides, cues, version })
        } else {
            Err(errors)
        }
    }

    /// A hash over everything in it; empty for a house without rules, changes or overrides.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The brand's own rules.
    pub fn rules(&self) -> impl Iterator<Item = &HouseRule> {
        self.rules.iter().map(|(rule, _)| rule)
    }

    /// One of them.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&HouseRule> {
        self.rules().find(|rule| rule.id == id)
    }

    /// The change of severity of a built-in rule, if there is one.
    #[must_use]
    pub fn raise(&self, rule: &str) -> Option<&Raise> {
        self.raises.get(rule)
    }

    /// The log-odds from which a learned cue shows a sentence, when people set them for the model that is part of this
    /// program.
    #[must_use]
    pub fn threshold(&self, language: Language, cue: CueKind) -> Option<f64> {
        let set = self.cues.iter().find(|set| set.language == language && set.cue == cue);
        set.map(|set| set.shown_from)
    }

    /// The override of a rule that counts from the first to the last moment, if there is one; of several, the one that
    /// counts longest.
    #[must_use]
    pub fn override_of(&self, rule: &str, from: Instant, until: Instant) -> Option<&Override> {
        self.overrides
            .iter()
            .filter(|entry| entry.rule == rule && entry.at <= from && until <= entry.until)
            .max_by_key(|entry| (entry.until, entry.id))
    }

    /// Changes what was found by the built-in rules as the house says.
    pub(crate) fn weigh(&self, findings: &mut [Finding], context: &Context<'_>) {
        for finding in findings {
            if let Some(raise) = self.raises.get(&finding.rule) {
                // From a warning to a block: what no fact supports. From evidence to a block: evidence or not.
                let supported = matches!(finding.verdict, Verdict::Supported | Verdict::Derived);
                if !supported || finding.severity == Severity::Evidence {
                    finding.blocks = true;
                }
                finding.severity = raise.to;
            }
            if !finding.blocks {
                continue;
            }
            if let Some(entry) = self.override_of(&finding.rule, context.send_from, context.send_until) {
                finding.blocks = false;
                finding.severity = Severity::Warn;
                finding.message = noted(&finding.message, entry, context.explain_in);
                finding.overridden = Some(Overridden {
                    id: entry.id,
                    by: entry.by.clone(),
                    why: entry.why.clone(),
                    until: entry.until,
                });
            }
        }
    }
}

/// What was found, with why it does not block.
fn noted(message: &str, entry: &Override, language: Language) -> String {
    let (by, why) = (&entry.by, &entry.why);
    let until = crate::explain::day(entry.until.day(), language);
    match language {
        Language::English => {
            format!(
                "{message}. It holds nothing back, because {by} overrode {} until {until}: {why}",
                entry.rule
            )
        }
        Language::Spanish => {
            format!("{message}. No retiene nada, porque {by} anuló {} hasta el {until}: {why}", entry.rule)
        }
    }
}

/// Severity of a built-in rule.
fn severity_of(rule: &str) -> Result<Severity, HouseFault> {
    let found = rules::ALL.iter().find(|known| known.doc.id == rule);
    found.map(|known| known.doc.severity).ok_or(HouseFault::NoSuchRule)
}

/// Whether a built-in rule can be raised to this: a warning or a claim that needs evidence, to a block. A warning has no
/// evidence that would release it, so that there is nothing between the two.
///
/// # Errors
/// Why not.
pub fn may_raise(rule: &str, to: Severity) -> Result<(), HouseFault> {
    match (severity_of(rule)?, to) {
        (Severity::Warn | Severity::Evidence, Severity::Block) => Ok(()),
        (Severity::Warn, Severity::Evidence) => Err(HouseFault::NoEvidence),
        (_, _) => Err(HouseFault::NoRaise),
    }
}

/// Whether there can be an override of a rule, whoever records it.
///
/// # Errors
/// Why not.
pub fn may_be_overridden(rule: &str) -> Result<(), HouseFault> {
    let severity = severity_of(rule)?;
    if NEVER_LOWERED.contains(&rule) {
        return Err(HouseFault::NeverLowered);
    }
    if severity == Severity::Warn {
        return Err(HouseFault::OnlyWarns);
    }
    Ok(())
}

/// Whether an override can count at all; whether it does now is a matter of its times.
///
/// # Errors
/// Why not.
pub fn may_override(entry: &Override) -> Result<(), HouseFault> {
    may_be_overridden(&entry.rule)?;
    if entry.role != Role::PrivacyOfficer || entry.by.trim().is_empty() {
        return Err(HouseFault::NotAnOfficer);
    }
    if entry.why.trim().chars().count() < SHORTEST_REASON {
        return Err(HouseFault::ShortReason { least: SHORTEST_REASON });
    }
    if entry.until <= entry.at {
        return Err(HouseFault::EndsBefore);
    }
    if entry.until > entry.at.plus_days(LONGEST_OVERRIDE_DAYS) {
        return Err(HouseFault::TooLong { days: LONGEST_OVERRIDE_DAYS });
    }
    Ok(())
}

fn version(data: &HouseData) -> String {
    if *data == HouseData::default() {
        return String::new();
    }
    // Written out field by field by `Debug`: every part of the data is part of the version.
    let mut parts: Vec<String> = Vec::new();
    parts.extend(data.rules.iter().map(|rule| format!("{rule:?}")));
    parts.extend(data.raises.iter().map(|raise| format!("{raise:?}")));
    parts.extend(data.overrides.iter().map(|entry| format!("{entry:?}")));
    parts.extend(data.cues.iter().map(|set| format!("{set:?}")));
    parts.sort_unstable();
    ContentHash::of(parts.iter().map(String::as_bytes)).short()
}
