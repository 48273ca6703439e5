//! The guard's rule book as a view, the same for the page and the command line.

use serde::Serialize;
use terms::customer::Language;
use terms::finding::Severity;

/// What people read about a rule.
#[derive(Debug, Clone, Serialize)]
pub struct RuleView {
    /// Identifier, such as `F2`.
    pub id: &'static str,
    /// Its family, as a word in language files: `facts`.
    pub family: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Name in Spanish.
    pub name_es: &'static str,
    /// What it catches.
    pub catches: &'static str,
    /// The same in Spanish.
    pub catches_es: &'static str,
    /// Why that harms.
    pub why: &'static str,
    /// The same in Spanish.
    pub why_es: &'static str,
    /// Legal basis, for reference; not legal advice.
    pub basis: &'static str,
    /// The same as it is cited in Spanish.
    pub basis_es: &'static str,
    /// Severity.
    pub severity: Severity,
    /// Sentences that fail and pass, by language.
    pub examples: Vec<RuleExampleView>,
}

/// A sentence that fails and one that passes.
#[derive(Debug, Clone, Serialize)]
pub struct RuleExampleView {
    /// Language of both.
    pub language: Language,
    /// Held back.
    pub fails: &'static str,
    /// Passes, given the facts that say so.
    pub passes: &'static str,
}

impl RuleView {
    /// The name in a language.
    #[must_use]
    pub const fn name(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.name_en,
            Language::Spanish => self.name_es,
        }
    }

    /// What it catches, in a language.
    #[must_use]
    pub const fn catches(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.catches,
            Language::Spanish => self.catches_es,
        }
    }

    /// Why that harms, in a language.
    #[must_use]
    pub const fn why(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.why,
            Language::Spanish => self.why_es,
        }
    }

    /// The legal basis as it is cited in a language.
    #[must_use]
    pub const fn basis(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.basis,
            Language::Spanish => self.basis_es,
        }
    }
}

const fn family(family: guard::Family) -> &'static str {
    match family {
        guard::Family::Facts => "facts",
        guard::Family::Claims => "claims",
        guard::Family::Manipulation => "manipulation",
        guard::Family::Vulnerability => "vulnerability",
        guard::Family::Privacy => "privacy",
        guard::Family::Security => "security",
        guard::Family::Disclosure => "disclosure",
        guard::Family::Learned => "learned",
    }
}

/// Every rule, in the order of the book.
#[must_use]
pub fn rulebook() -> Vec<RuleView> {
    guard::rulebook()
        .iter()
        .map(|doc| RuleView {
            id: doc.id,
            family: family(doc.family),
            name_en: doc.name_en,
            name_es: doc.name_es,
            catches: doc.catches,
            catches_es: doc.catches_es,
            why: doc.why,
            why_es: doc.why_es,
            basis: doc.basis,
            basis_es: doc.basis_es,
            severity: doc.severity,
            examples: doc
                .examples
                .iter()
                .map(|example| RuleExampleView {
                    language: example.language,
                    fails: example.fails,
                    passes: example.passes,
                })
                .collect(),
        })
        .collect()
}

/// The version of the rules that are applied.
#[must_use]
pub fn rules_version() -> String {
    guard::rules_version()
}
