//! The rule book: one rule a file, each a value with its documentation, its cues and its judgement. The pages and
//! the printed reference are made from [`RuleDoc`]; nothing about a rule is written twice.

mod claims;
mod disclosure;
pub(crate) mod fact;
mod manipulation;
mod plain;
pub(crate) mod privacy;
mod resemblance;
mod security;
mod vulnerability;

use crate::case::{Case, Outcome};
use crate::phrase::Cues;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::finding::Severity;

/// The family of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// F: what is said against what is known.
    Facts,
    /// C: claims that need evidence.
    Claims,
    /// M: pressure and pretence.
    Manipulation,
    /// V: pressure on people where they are weakest.
    Vulnerability,
    /// P: personal data.
    Privacy,
    /// X: addresses and hidden text that could harm the reader.
    Security,
    /// D: what every message must carry.
    Disclosure,
    /// L: what resembles the words of another rule, by a learned model.
    Learned,
}

/// A sentence the rule finds and one it lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleExample {
    /// Language of both.
    pub language: Language,
    /// Blocked.
    pub fails: &'static str,
    /// Passes, given the facts that say so.
    pub passes: &'static str,
}

/// What people read about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDoc {
    /// Identifier, such as `F2`.
    pub id: &'static str,
    /// Family.
    pub family: Family,
    /// Name in English; reads as "allow this".
    pub name_en: &'static str,
    /// Name in Spanish.
    pub name_es: &'static str,
    /// What it catches.
    pub catches: &'static str,
    /// The same in Spanish.
    pub catches_es: &'static str,
    /// Why that harms the reader or the brand.
    pub why: &'static str,
    /// The same in Spanish.
    pub why_es: &'static str,
    /// Legal basis, for reference; not legal advice.
    pub basis: &'static str,
    /// The same as it is cited in Spanish.
    pub basis_es: &'static str,
    /// Severity before evidence is looked for.
    pub severity: Severity,
    /// Examples in both languages.
    pub examples: &'static [RuleExample],
}

/// A rule.
pub(crate) struct Rule {
    pub(crate) doc: RuleDoc,
    /// The phrases it wants to be told about.
    pub(crate) cues: &'static [Cues],
    pub(crate) check: fn(&Case<'_>, &mut Outcome),
}

/// The rule about last calls that come back.
pub(crate) const RECURRING: &str = "M2";

/// Every rule, in the order of the rule book.
pub(crate) static ALL: &[&Rule] = &[
    &fact::price::RULE,
    &fact::discount::RULE,
    &fact::price_before::RULE,
    &fact::date::RULE,
    &fact::stock::RULE,
    &fact::people::RULE,
    &fact::conflict::RULE,
    &fact::attribute::RULE,
    &fact::quantity::RULE,
    &fact::policy::RULE,
    &fact::placeholder::RULE,
    &fact::language::RULE,
    &fact::unfinished::RULE,
    &claims::superlative::RULE,
    &claims::guarantee::RULE,
    &claims::health::RULE,
    &claims::finance::RULE,
    &claims::green::RULE,
    &claims::neutral::RULE,
    &claims::award::RULE,
    &claims::free::RULE,
    &claims::right::RULE,
    &claims::comparison::RULE,
    &manipulation::urgency::RULE,
    &manipulation::recurring::RULE,
    &manipulation::scarcity::RULE,
    &manipulation::shaming::RULE,
    &manipulation::drip::RULE,
    &manipulation::renewal::RULE,
    &manipulation::crowd::RULE,
    &manipulation::review::RULE,
    &manipulation::subject::RULE,
    &manipulation::prize::RULE,
    &manipulation::invoice::RULE,
    &manipulation::closing::RULE,
    &vulnerability::fear::RULE,
    &vulnerability::hardship::RULE,
    &vulnerability::children::RULE,
    &privacy::special_category::RULE,
    &privacy::over_personalisation::RULE,
    &privacy::personal_data::RULE,
    &privacy::tracking::RULE,
    &security::instruction::RULE,
    &security::address::RULE,
    &security::hidden::RULE,
    &disclosure::identity::RULE,
    &disclosure::opt_out::RULE,
    &disclosure::machine::RULE,
    &disclosure::own_price::RULE,
    // Last: they are silent where other rules have spoken.
    &security::order_cue::RULE,
    &resemblance::RULE,
];

static BOOK: LazyLock<Vec<RuleDoc>> = LazyLock::new(|| ALL.iter().map(|rule| rule.doc).collect());

/// The rule book: every rule with what it catches, why, on which legal basis, and examples.
#[must_use]
pub fn rulebook() -> &'static [RuleDoc] {
    &BOOK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_every_rule_can_be_found() {
        for rule in ALL {
            for phrase in rule.cues.iter().flat_map(|cues| cues.phrases) {
                assert_eq!(crate::phrase::fault(phrase), None, "{}", rule.doc.id);
            }
        }
    }

    #[test]
    fn every_rule_is_told_in_both_languages() {
        for doc in rulebook() {
            let id = doc.id;
            for (english, spanish) in
                [(doc.name_en, doc.name_es), (doc.catches, doc.catches_es), (doc.why, doc.why_es)]
            {
                assert!(!english.trim().is_empty() && !spanish.trim().is_empty(), "{id}");
                assert_ne!(english, spanish, "{id}");
            }
            for sentence in [doc.catches, doc.catches_es, doc.why, doc.why_es] {
                assert!(sentence.ends_with('.'), "{id}: {sentence}");
            }
            // Some citations are the same in both, such as `OWASP LLM01`; none mixes the languages.
            assert!(!doc.basis.is_empty() && !doc.basis_es.is_empty(), "{id}");
            for english in ["UCPD", "GDPR", "Annex", "Directive", "Regulation", "quality", "security"] {
                assert!(!doc.basis_es.contains(english), "{id}: {}", doc.basis_es);
            }
        }
    }

    #[test]
    fn no_two_rules_share_an_explanation() {
        for texts in [
            rulebook().iter().map(|doc| doc.catches).collect::<Vec<_>>(),
            rulebook().iter().map(|doc| doc.catches_es).collect(),
            rulebook().iter().map(|doc| doc.why_es).collect(),
        ] {
            let mut own = texts.clone();
            own.sort_unstable();
            own.dedup();
            assert_eq!(own.len(), texts.len());
        }
    }

    #[test]
    fn every_rule_has_examples_in_both_languages_and_an_id_of_its_own() {
        let mut ids: Vec<&str> = ALL.iter().map(|rule| rule.doc.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        for doc in rulebook() {
            for language in [Language::English, Language::Spanish] {
                assert!(
                    doc.examples.iter().any(|example| example.language == language),
                    "{} {language}",
                    doc.id
                );
            }
        }
    }
}
