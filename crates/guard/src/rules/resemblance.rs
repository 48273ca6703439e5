//! # L1 resemblance to forbidden words
//! **Catches**: sentences that no phrase of a rule matches and that read like those the rule is about, by a model
//! learned from labelled sentences (`crate::cues`).
//! **Why**: pressure can be put in more words than any list holds.
//! **Basis**: that of the rule it resembles. Fails: "No, my dog doesn't matter that much to me". Passes: "No thanks".
//!
//! It shows a sentence to the person who approves, with the rule it resembles, its score and the words that weighed
//! most. It never blocks and never releases, and it is silent where the rule itself has spoken.

use crate::case::{Case, Outcome, Part, Problem};
use crate::cues::{self, Cue};
use crate::explain;
use crate::rules::{self, Family, Rule, RuleDoc, RuleExample};
use crate::text::Sentence;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "L1",
        family: Family::Learned,
        name_en: "words that resemble forbidden ones",
        name_es: "palabras que se parecen a las prohibidas",
        catches: "A sentence that reads like what another rule forbids, though none of its phrases was found.",
        why: "Pressure can be put in more words than any list holds; a person must look.",
        basis: "that of the rule it resembles",
        severity: Severity::Warn,
        examples: EXAMPLES,
    },
    cues: &[],
    check,
};

const EXAMPLES: &[RuleExample] = &[
    RuleExample {
        language: Language::English,
        fails: "No, my dog doesn't matter that much to me.",
        passes: "You can unsubscribe at any time.",
    },
    RuleExample {
        language: Language::Spanish,
        fails: "No, prefiero que mi perro pase frío.",
        passes: "Puedes darte de baja cuando quieras.",
    },
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts.iter().filter(|part| part.text.field != Field::Link) {
        for sentence in &part.text.sentences {
            let cues = cues::of(case.draft.language, &part.text, &sentence.tokens);
            // One finding a sentence: the cue furthest above its threshold whose rule has not spoken.
            if let Some(cue) = cues.into_iter().find(|cue| !has_spoken(outcome, part, sentence, cue)) {
                outcome.warns(case, part, &sentence.tokens, problem(case, part, &cue));
            }
        }
    }
}

/// True when the rule that a cue resembles found something in the sentence itself.
fn has_spoken(outcome: &Outcome, part: &Part<'_>, sentence: &Sentence, cue: &Cue) -> bool {
    outcome.findings.iter().any(|finding| {
        finding.rule == cue.label
            && finding.span.field == part.text.field
            && finding.span.start < sentence.to
            && sentence.from < finding.span.end
    })
}

fn problem(case: &Case<'_>, part: &Part<'_>, cue: &Cue) -> Problem {
    let doc = rules::ALL.iter().map(|rule| &rule.doc).find(|doc| doc.id == cue.label);
    let words: Vec<String> = cue
        .words
        .iter()
        .map(|token| format!("`{}`", part.text.quote(part.text.span(&(*token..*token + 1)))))
        .collect();
    let (id, words) = (cue.label, words.join(", "));
    let number = |share: f64, language| explain::percent(100.0 * share, language);
    let message = case.say(
        || {
            format!(
                "reads like {id} ({}), by a learned cue and no rule: score {} of 100, shown from {}; weighed most: {words}",
                doc.map_or(id, |doc| doc.name_en),
                number(cue.probability, Language::English),
                number(cue.shown_from, Language::English),
            )
        },
        || {
            format!(
                "se parece a {id} ({}), según un indicio aprendido y no una regla: puntuación {} de 100, se muestra desde {}; pesaron más: {words}",
                doc.map_or(id, |doc| doc.name_es),
                number(cue.probability, Language::Spanish),
                number(cue.shown_from, Language::Spanish),
            )
        },
    );
    let repair = case.say(
        || format!("a person must look: keep the sentence if it does not do what {id} forbids, else say it plainly"),
        || format!("debe mirarlo una persona: deja la frase si no hace lo que {id} prohíbe; si lo hace, dilo sin presión"),
    );
    Problem { verdict: Verdict::Unchecked, message, repair }
}
