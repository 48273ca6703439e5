//! A brand rule read: every text there, every phrase one that can be found, every pattern small.

use super::HouseFault;
use super::judge::{Line, Look};
use crate::phrase;
use crate::text::fold::fold;
use regex::{Regex, RegexBuilder};
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::Severity;
use terms::house::{HouseKind, HouseRule};

const MOST_LINES: usize = 200;
const LONGEST_LINE: usize = 300;
const LONGEST_TEXT: usize = 400;
/// Bytes a compiled pattern may take; what needs more repeats too much to be meant.
const LARGEST_PATTERN: usize = 256 * 1024;

/// What a rule looks for, or everything that is wrong with it.
pub(super) fn rule(rule: &HouseRule) -> Result<Look, Vec<HouseFault>> {
    let mut faults = Vec::new();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let name = rule.id.strip_prefix("B-").unwrap_or_default();
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        faults.push(HouseFault::Id);
    }
    for (column, text, must) in [
        ("name_en", &rule.name_en, true),
        ("name_es", &rule.name_es, true),
        ("why_en", &rule.why_en, true),
        ("why_es", &rule.why_es, true),
        ("repair_en", &rule.repair_en, false),
        ("repair_es", &rule.repair_es, false),
    ] {
        if (must && text.trim().is_empty()) || text.chars().count() > LONGEST_TEXT {
            faults.push(HouseFault::Text { column });
        }
    }
    let named = rule.evidence.is_some_and(|kind| kind != EvidenceKind::Plain)
        && !rule.evidence_predicate.trim().is_empty();
    let silent = rule.evidence.is_none() && rule.evidence_predicate.trim().is_empty();
    if !(if rule.severity == Severity::Evidence { named } else { silent }) {
        faults.push(HouseFault::Evidence);
    }
    let lines = rule.en.iter().chain(&rule.es);
    if lines.clone().any(|line| line.chars().count() > LONGEST_LINE) || lines.count() > MOST_LINES {
        faults.push(HouseFault::Lines);
        return Err(faults);
    }
    match look(rule) {
        Ok(look) if faults.is_empty() => Ok(look),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

fn look(rule: &HouseRule) -> Result<Look, Vec<HouseFault>> {
    let one = |fault| vec![fault];
    let number = |least: u32, most: u32| {
        let fits = rule.number.filter(|number| (least..=most).contains(number));
        fits.ok_or_else(|| one(HouseFault::Number { least, most }))
    };
    match rule.kind {
        HouseKind::Terms => {
            let lines = phrases(rule, |line| match line.strip_prefix('-') {
                Some(safe) => Ok(Line { phrase: safe.to_owned(), safe: true, instead: String::new() }),
                None => Ok(Line { phrase: line.to_owned(), safe: false, instead: String::new() }),
            })?;
            if lines.iter().all(|(_, line)| line.safe) {
                return Err(one(HouseFault::NoLines));
            }
            Ok(Look::Terms(lines))
        }
        HouseKind::Wording => Ok(Look::Terms(phrases(rule, |line| {
            let pair = line.split_once("->").map(|(from, to)| (from.trim(), to.trim()));
            match pair.filter(|(from, to)| !from.is_empty() && !to.is_empty()) {
                Some((from, to)) => Ok(Line { phrase: from.to_owned(), safe: false, instead: to.to_owned() }),
                None => Err(HouseFault::Pair { line: line.to_owned() }),
            }
        })?)),
        HouseKind::Required => {
            let field = rule.field.ok_or_else(|| one(HouseFault::Field))?;
            let plain =
                |line: &str| Ok(Line { phrase: line.to_owned(), safe: false, instead: String::new() });
            Ok(Look::Required { field, lines: phrases(rule, plain)? })
        }
        HouseKind::Pattern => {
            let (mut patterns, mut faults) = (Vec::new(), Vec::new());
            for (language, line) in lines(rule) {
                match pattern(line) {
                    Ok(read) => patterns.push((language, read)),
                    Err(why) => faults.push(HouseFault::Pattern { pattern: line.to_owned(), why }),
                }
            }
            if !faults.is_empty() {
                return Err(faults);
            }
            if patterns.is_empty() { Err(one(HouseFault::NoLines)) } else { Ok(Look::Patterns(patterns)) }
        }
        HouseKind::Exclamations => Ok(Look::Exclamations { most: number(0, 20)? as usize }),
        HouseKind::Capitals => {
            let least = number(2, 30)? as usize;
            let allowed = lines(rule).map(|(_, line)| line.to_owned()).collect();
            Ok(Look::Capitals { least, allowed })
        }
        HouseKind::Length => {
            if rule.field.is_none() {
                return Err(one(HouseFault::Field));
            }
            Ok(Look::Length { most: number(1, 2000)? as usize })
        }
        HouseKind::Address => match (rule.en.as_slice(), rule.es.as_slice()) {
            ([], [form]) if fold(form.trim()) == "tu" => Ok(Look::terms(Language::Spanish, FORMAL, "tú")),
            ([], [form]) if fold(form.trim()) == "usted" => {
                Ok(Look::terms(Language::Spanish, FAMILIAR, "usted"))
            }
            _ => Err(one(HouseFault::Address)),
        },
    }
}

/// Words that say `usted`. Verb forms are those of other persons too, and are not read.
const FORMAL: &[&str] = &["usted|ustedes", "ud|uds|vd|vds"];
/// Words that say `tú`.
const FAMILIAR: &[&str] = &[
    "tu|tus|ti|te|contigo",
    "tuyo|tuya|tuyos|tuyas",
    "eres|tienes|puedes|quieres|sabes|debes|necesitas|mereces|prefieres|buscas",
];

fn lines(rule: &HouseRule) -> impl Iterator<Item = (Language, &str)> {
    let english = rule.en.iter().map(|line| (Language::English, line.trim()));
    let spanish = rule.es.iter().map(|line| (Language::Spanish, line.trim()));
    english.chain(spanish).filter(|(_, line)| !line.is_empty())
}

/// The lines of a rule as phrases that can be found.
fn phrases(
    rule: &HouseRule,
    read: impl Fn(&str) -> Result<Line, HouseFault>,
) -> Result<Vec<(Language, Line)>, Vec<HouseFault>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (language, line) in lines(rule) {
        match read(line).and_then(|line| Ok(Line { phrase: folded(&line.phrase)?, ..line })) {
            Ok(line) => found.push((language, line)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        Err(faults)
    } else if found.is_empty() {
        Err(vec![HouseFault::NoLines])
    } else {
        Ok(found)
    }
}

/// A phrase as people write it, in the form that phrases have: small letters, no accents, words set apart.
fn folded(phrase: &str) -> Result<String, HouseFault> {
    let fault = |why: String| HouseFault::Phrase { why };
    let words: Vec<String> = phrase
        .replace(['-', '\u{2011}'], " ")
        .split_whitespace()
        .map(|element| match element.trim_end_matches('?') {
            "<n>" | "<w>" | "<..>" => element.to_owned(),
            // Word by word: alternatives are no letters set apart.
            _ => element.split('|').map(fold).collect::<Vec<_>>().join("|"),
        })
        .collect();
    if !words.iter().any(|word| !word.ends_with('?')) {
        return Err(fault(format!("`{phrase}` has no word that must stand")));
    }
    for word in words
        .iter()
        .filter(|word| !word.starts_with('<'))
        .flat_map(|element| element.trim_end_matches('?').split('|').map(|word| word.trim_end_matches('~')))
    {
        let one_sign = word.chars().count() == 1;
        let letters = word.chars().all(|c| c.is_alphabetic() || c == '\'');
        let digits = word.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
        if word.is_empty() || !(one_sign || letters || digits) {
            return Err(fault(format!("`{word}` in `{phrase}` is no word; leave out its signs")));
        }
    }
    let written = words.join(" ");
    phrase::fault(&written).map_or(Ok(written), |why| Err(fault(why)))
}

/// A pattern in the syntax of the `regex` crate, which reads any text in linear time; upper and lower case are the same.
fn pattern(written: &str) -> Result<Regex, String> {
    let read = RegexBuilder::new(written)
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .nest_limit(20)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            other => other.to_string().lines().last().unwrap_or_default().trim().to_owned(),
        })?;
    if read.is_match("") { Err("it matches where nothing stands".to_owned()) } else { Ok(read) }
}
