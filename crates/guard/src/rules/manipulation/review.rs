//! # M8 fabricated review
//! **Catches**: a testimonial that is no verified review word for word: "I love it" - Ana.
//! **Why**: people trust other customers more than the brand; invented ones abuse that.
//! **Basis**: UCPD Annex I 23b/c; 16 CFR 465; LCD 27.7. Passes: the exact words of a quote fact whose evidence is a
//! verified review.
//!
//! Quotation marks around names, codes and titles are left alone. Star ratings without words are not judged here.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim;
use crate::claim::quotation::Quotation;
use crate::phrase::{Cues, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::{EvidenceKind, FactValue};
use terms::finding::{Severity, Verdict};

const OPINION: u16 = 0;
const HEARSAY: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M8",
        family: Family::Manipulation,
        name_en: "fabricated review",
        name_es: "reseña inventada",
        catches: "A testimonial whose words are not those of a verified review.",
        catches_es: "Un testimonio cuyas palabras no son las de una reseña verificada.",
        why: "People trust other customers; invented ones abuse that trust.",
        why_es: "La gente confía en otros clientes; un testimonio inventado abusa de esa confianza.",
        basis: "UCPD Annex I 23b/c; 16 CFR 465; LCD 27.7",
        basis_es: "Directiva 2005/29/CE, anexo I, puntos 23 ter y 23 quater; 16 CFR 465; LCD, art. 27.7",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "“I love it, it changed my life” – Ana",
                passes: "“The light is soft and easy on the eyes” – Marta",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "«Me encanta, es perfecta» – Ana",
                passes: "Usa el código «HOLA20» cuando quieras.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: OPINION,
            phrases: &[
                "i|we|we've|i've|i'm|my|me",
                "love|loved|recommend|amazing|perfect|fantastic|excellent|awesome|stars|great|wonderful",
                "mi|mis|yo|encanta|encanto|recomiendo|maravilla|maravillosa|perfecto|perfecta|genial|excelente|estrellas|increible|estoy|gracias",
            ],
        },
        Cues {
            tag: HEARSAY,
            phrases: &[
                "our? customers|clients|users|shoppers|people say|love|adore|agree|recommend|rave",
                "what our? customers say",
                "highly recommended",
                "recommended by customers|experts|doctors|users|dermatologists",
                "nuestros|los clientes dicen|aman|adoran|recomiendan|opinan",
                "a nuestros clientes les encanta",
                "muy recomendado|recomendada|recomendable",
                "recomendado|recomendada por clientes|expertos|medicos|dermatologos",
                "customer reviews? say",
                "critics|reviewers say|love|agree",
            ],
        },
        Cues { tag: SAFE, phrases: &["people|customers love|say to", "tell us <..> love", "love to hear"] },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for quotation in &part.claims.quotations {
            let opinion = part.hits.iter().any(|hit| {
                hit.rule == case.rule
                    && hit.tag == OPINION
                    && hit.tokens.start >= quotation.tokens.start
                    && hit.tokens.end <= quotation.tokens.end
            });
            let hearsay = part.hits.iter().any(|hit| hit.rule == case.rule && hit.tag == HEARSAY);
            if quotation.speaker.is_some() || opinion || hearsay {
                judge(case, part, quotation, outcome);
            }
        }
    }
    for (part, hit) in case.hits().filter(|(_, hit)| hit.tag == HEARSAY) {
        let quoted = !part.claims.quotations.is_empty();
        let reviewed = case.evidence(EvidenceKind::VerifiedReview).find(|entry| case.holds(entry));
        match reviewed {
            // What customers say is shown by a review quoted beside it.
            Some(entry) if quoted => outcome.evidenced(case, part, &hit.tokens, entry),
            _ if claim::is_negated(&part.text, &hit.tokens) => {}
            _ => refuse(case, part, &hit.tokens, None, outcome),
        }
    }
}

fn judge(case: &Case<'_>, part: &Part<'_>, quotation: &Quotation, outcome: &mut Outcome) {
    let words: Vec<&str> = quotation
        .tokens
        .clone()
        .map(|at| part.text.word(at))
        .filter(|word| word.starts_with(char::is_alphanumeric))
        .collect();
    let same = |entry: &&Entry| {
        matches!(entry.fact.value, FactValue::Quote(_))
            && entry.words.iter().map(String::as_str).eq(words.iter().copied())
    };
    let reviews: Vec<&Entry> = case.context.facts.entries().filter(same).collect();
    let verified =
        reviews.iter().find(|entry| entry.is_evidence(EvidenceKind::VerifiedReview) && case.holds(entry));
    match verified {
        Some(entry) if speaker_fits(case, quotation, entry) => {
            outcome.evidenced(case, part, &quotation.tokens, entry)
        }
        Some(entry) => refuse(case, part, &quotation.tokens, Some(entry), outcome),
        None => refuse(case, part, &quotation.tokens, reviews.first().copied(), outcome),
    }
}

/// A named speaker must be the one the facts name as `author` of the same entity, where they name one.
fn speaker_fits(case: &Case<'_>, quotation: &Quotation, review: &Entry) -> bool {
    let author = case.context.facts.named("author").find(|entry| entry.fact.entity == review.fact.entity);
    match (author, &quotation.speaker) {
        (Some(author), Some(speaker)) => author.words.contains(speaker),
        _ => true,
    }
}

fn refuse(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    fact: Option<&Entry>,
    outcome: &mut Outcome,
) {
    let quote = part.text.quote(part.text.span(tokens));
    let problem = Problem {
        verdict: if fact.is_some() { Verdict::Contradicted } else { Verdict::Unknown },
        message: case.say(
            || format!("`{quote}` reads as a review, and no verified review has these words and this author"),
            || format!("`{quote}` parece una reseña y ninguna reseña verificada tiene estas palabras y este autor"),
        ),
        repair: case.say(
            || "quote a verified review word for word, or take it out".to_owned(),
            || "cita una reseña verificada palabra por palabra o quítalo".to_owned(),
        ),
    };
    outcome.blocks(case, part, tokens, problem, fact);
}
