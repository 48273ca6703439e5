//! # L1 resemblance to forbidden words
//! **Catches**: sentences that no phrase of a rule matches and that read like those the rules are about, by a model
//! learned from labelled sentences (`crate::cues`).
//! **Why**: pressure can be put in more words than any list holds.
//! **Basis**: that of the rules it resembles. Fails: "Your mother won't be here forever". Passes: "No thanks".
//!
//! It shows a sentence to the person who approves, with the family of rules it resembles, its score and the words that
//! weighed most. It never blocks and never releases, and it is silent where another rule has spoken. Footers are the
//! same in every message of a brand, and nothing like the sentences it was trained on, so it leaves them to the rules.

use crate::case::{Case, Outcome, Part, Problem};
use crate::cues::{self, Cue};
use crate::explain;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::text::Sentence;
use std::ops::Range;
use terms::customer::Language;
use terms::finding::{Severity, Span, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "L1",
        family: Family::Learned,
        name_en: "words that resemble forbidden ones",
        name_es: "palabras que se parecen a las prohibidas",
        catches: "A sentence that reads like what another rule forbids, though none of its phrases was found.",
        catches_es: "Una frase que se lee como lo que otra regla prohíbe, aunque no se haya encontrado ninguna de sus expresiones.",
        why: "Pressure can be put in more words than any list holds; a person must look.",
        why_es: "La presión cabe en más palabras que las de cualquier lista; debe mirarlo una persona.",
        basis: "that of the rules it resembles",
        basis_es: "la de las reglas a las que se parece",
        severity: Severity::Warn,
        examples: EXAMPLES,
    },
    cues: &[],
    check,
};

const EXAMPLES: &[RuleExample] = &[
    RuleExample {
        language: Language::English,
        fails: "Your mother won't be here forever, and you will wish you had bought this.",
        passes: "You can unsubscribe at any time.",
    },
    RuleExample {
        language: Language::Spanish,
        fails: "No, prefiero que mi perro pase frío.",
        passes: "Puedes darte de baja cuando quieras.",
    },
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for sentence in part.shown(|shown| shown.forbidden) {
            let of = |runs: &[Range<usize>]| {
                cues::forbidden(case.draft.language, &part.text, runs, case.context.house)
            };
            let Some((cue, family)) = of(std::slice::from_ref(&sentence.tokens)) else { continue };
            let rest = unsupported(outcome, part, sentence);
            if rest.is_none_or(|rest| of(&rest).is_some()) && !has_spoken(outcome, part, sentence) {
                outcome.warns(case, part, &sentence.tokens, problem(case, part, &cue, family));
            }
        }
    }
}

/// What is left of a sentence without the words that a fact supports, `None` when no fact supports any. "12,000 customers
/// trust us" resembles invented crowds; where a fact has the 12,000, the other words must do so by themselves.
fn unsupported(outcome: &Outcome, part: &Part<'_>, sentence: &Sentence) -> Option<Vec<Range<usize>>> {
    let findings = outcome.findings.iter().map(|finding| (finding.span, finding.verdict));
    let supported = |(span, verdict): &(Span, Verdict)| {
        span.field == part.text.field
            && span.start < sentence.to
            && sentence.from < span.end
            && matches!(verdict, Verdict::Supported | Verdict::Derived)
    };
    let spans: Vec<Span> =
        outcome.marks.iter().copied().chain(findings).filter(supported).map(|(span, _)| span).collect();
    if spans.is_empty() {
        return None;
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in sentence.tokens.clone() {
        let Some(token) = part.text.tokens.get(at) else { break };
        if spans.iter().any(|span| span.start < token.to && token.from < span.end) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    // A few words between two facts are no statement.
    runs.retain(|run| run.len() >= cues::FEWEST_WORDS);
    Some(runs)
}

/// True when a rule about how things are said found something in the sentence. One about facts (F) says nothing of
/// that.
pub(super) fn has_spoken(outcome: &Outcome, part: &Part<'_>, sentence: &Sentence) -> bool {
    outcome.findings.iter().any(|finding| {
        !finding.rule.starts_with('F')
            && finding.span.field == part.text.field
            && finding.span.start < sentence.to
            && sentence.from < finding.span.end
    })
}

/// What the rules of a family are about, in English and in Spanish.
fn about(family: &str) -> (&'static str, &'static str) {
    match family {
        "C" => ("claims that need evidence", "afirmaciones que necesitan pruebas"),
        "M" => ("pressure and pretence", "presión y engaño"),
        "V" => ("fear, hardship and children", "miedo, dificultades y menores"),
        "P" => ("personal data", "datos personales"),
        "X" => ("orders to a text model", "órdenes a un modelo de texto"),
        _ => ("what a message must say", "lo que un mensaje debe decir"),
    }
}

fn problem(case: &Case<'_>, part: &Part<'_>, cue: &Cue, family: &str) -> Problem {
    let words = weighed_most(part, cue);
    let (english, spanish) = about(family);
    let message = case.say(
        || {
            format!(
                "reads like what the rules on {english} ({family}) forbid, by a learned cue and no rule: score {} of 100, shown from {}; weighed most: {words}",
                percent(cue.probability, Language::English),
                percent(cue.shown_from, Language::English),
            )
        },
        || {
            format!(
                "se parece a lo que prohíben las reglas sobre {spanish} ({family}), según un indicio aprendido y no una regla: puntuación {} de 100, se muestra desde {}; pesaron más: {words}",
                percent(cue.probability, Language::Spanish),
                percent(cue.shown_from, Language::Spanish),
            )
        },
    );
    let repair = case.say(
        || "a person must look: keep the sentence if it is true and puts nobody under pressure, else say it plainly".to_owned(),
        || "debe mirarla una persona: deja la frase si es cierta y no presiona a nadie; si no, dilo con llaneza".to_owned(),
    );
    Problem { verdict: Verdict::Unchecked, message, repair }
}

/// The words that weighed most, quoted.
pub(super) fn weighed_most(part: &Part<'_>, cue: &Cue) -> String {
    let quote = |token: &usize| format!("`{}`", part.text.quote(part.text.span(&(*token..*token + 1))));
    cue.words.iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// A share of one as a number of a hundred.
pub(super) fn percent(share: f64, language: Language) -> String {
    explain::percent(100.0 * share, language)
}
