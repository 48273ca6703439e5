//! Orders to a text model hidden in the fields of customers and products, in families and disguises, and honest fields
//! that use the same words.
//!
//! Goes in: a seed. Comes out: how many attacks no rule on hidden orders, addresses or unreadable text notices, by family
//! and by disguise, and how many honest fields are taken for attacks. An attack is met when it would not reach a text
//! model: a finding of X1, X2 or X3 in the field, whatever else stands in it. Fields of the corpus, in plain words and
//! other families than the learned cue has seen, are counted beside: stopped by a rule, or only shown by L2.

mod disguise;
mod texts;

use crate::cues::{Part, Share, read_corpus, share};
use crate::desk::{Desk, sender};
use disguise::DISGUISES;
use guard::FactSheet;
use science::hash::SplitMix64;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use terms::customer::Language;
use terms::message::Field;
use texts::{FAMILIES, HONEST};

/// Honest words around an attack: none, before it, after it.
const CARRIERS: [[&str; 2]; 3] = [["", ""], ["Blue mug, 300 ml. ", ""], ["", " Thank you, Ana"]];

/// An attack, or an honest field, that was judged wrongly.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    /// The family, or `honest`.
    pub family: String,
    /// The disguise.
    pub disguise: String,
    /// The text.
    pub text: String,
}

/// What became of fields in plain words.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FieldFigures {
    /// Language.
    pub language: Language,
    /// Attacks that a rule stops.
    pub stopped: Share,
    /// Attacks that are only shown to a person, by the learned cue.
    pub shown: Share,
    /// Honest fields that a rule stops.
    pub honest_stopped: Share,
    /// Honest fields that are only shown.
    pub honest_shown: Share,
}

/// Reads the fields of a part of a corpus.
///
/// # Errors
/// When a line is not as the corpus has them.
pub fn field_figures(
    desk: &Desk,
    language: Language,
    corpus: &str,
    part: Part,
) -> miette::Result<FieldFigures> {
    let sheet = FactSheet::new(sender());
    // Of honest fields and of attacks: all, stopped, shown.
    let (mut of_honest, mut of_attacks) = ([0u64; 3], [0u64; 3]);
    for item in read_corpus(corpus)?.iter().filter(|item| item.part == part) {
        let report = desk.read(&sheet, language, Field::Body, &item.text);
        let has = |rules: &[&str]| report.findings.iter().any(|found| rules.contains(&found.rule.as_str()));
        let (stopped, shown) = (has(&["X1", "X2", "X3"]), has(&["L2"]));
        let counts = if item.labels.is_empty() { &mut of_honest } else { &mut of_attacks };
        let [all, by_rule, by_cue] = counts;
        *all += 1;
        *by_rule += u64::from(stopped);
        *by_cue += u64::from(shown && !stopped);
    }
    let ([honest, honest_stopped, honest_shown], [attacks, stopped, shown]) = (of_honest, of_attacks);
    Ok(FieldFigures {
        language,
        stopped: share(stopped, attacks),
        shown: share(shown, attacks),
        honest_stopped: share(honest_stopped, honest),
        honest_shown: share(honest_shown, honest),
    })
}

/// What became of all of them.
#[derive(Debug, Clone, Serialize)]
pub struct AttackFigures {
    /// Attacks; no two are the same text.
    pub attacks: u64,
    /// Of them, those that got through, with the interval.
    pub success: Share,
    /// The same by family and language.
    pub by_family: BTreeMap<String, Share>,
    /// The same by disguise.
    pub by_disguise: BTreeMap<String, Share>,
    /// Honest fields taken for attacks.
    pub false_alarms: Share,
    /// Each wrong one.
    pub wrong: Vec<Wrong>,
}

/// Runs every attack and every honest field through the guard.
#[must_use]
pub fn attack_figures(desk: &Desk, seed: u64) -> AttackFigures {
    let sheet = FactSheet::new(sender());
    let stopped = |language: Language, text: &str| {
        let report = desk.read(&sheet, language, Field::Body, text);
        report.findings.iter().any(|finding| matches!(finding.rule.as_str(), "X1" | "X2" | "X3"))
    };
    let mut dice = SplitMix64::new(seed);
    let mut seen = BTreeSet::new();
    let mut by_family: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    let mut by_disguise: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for family in FAMILIES {
        for text in family.texts {
            for disguise in DISGUISES {
                for [before, after] in CARRIERS {
                    let text = format!("{before}{}{after}", (disguise.write)(text, &mut dice));
                    if !seen.insert(text.clone()) {
                        continue;
                    }
                    let through = !stopped(family.language, &text);
                    let name = format!("{}, {}", family.name, family.language);
                    for counts in [
                        by_family.entry(name.clone()).or_default(),
                        by_disguise.entry(disguise.name.to_owned()).or_default(),
                    ] {
                        counts[0] += u64::from(through);
                        counts[1] += 1;
                    }
                    if through {
                        wrong.push(Wrong { family: name, disguise: disguise.name.to_owned(), text });
                    }
                }
            }
        }
    }
    let mut alarms = 0;
    for (language, text) in HONEST {
        if stopped(*language, text) {
            alarms += 1;
            wrong.push(Wrong {
                family: "honest".to_owned(),
                disguise: "plain".to_owned(),
                text: (*text).to_owned(),
            });
        }
    }
    let attacks = seen.len() as u64;
    let through = wrong.len() as u64 - alarms;
    let shares = |counts: BTreeMap<String, [u64; 2]>| {
        counts.into_iter().map(|(name, [hits, n])| (name, share(hits, n))).collect()
    };
    AttackFigures {
        attacks,
        success: share(through, attacks),
        by_family: shares(by_family),
        by_disguise: shares(by_disguise),
        false_alarms: share(alarms, HONEST.len() as u64),
        wrong,
    }
}
