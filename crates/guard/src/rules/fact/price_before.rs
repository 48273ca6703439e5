//! # F3 former price
//! **Catches**: a "was" price that is not the lowest price of the last 30 days, or not shown to be.
//! **Why**: a former price nobody paid makes any price look like a bargain.
//! **Basis**: Directive 98/6, 6a; C-330/23. Fails: "was €59". Passes: "was €49", with a price history as evidence.
//!
//! It needs a `price_before` fact whose evidence is `price_history`; it does not compute the history.

use crate::case::{Case, Outcome, Problem};
use crate::claim::money::Role;
use crate::explain;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Severity, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F3",
        family: Family::Facts,
        name_en: "unproven former price",
        name_es: "precio anterior sin probar",
        catches: "A former price that is not shown to be the lowest of the last 30 days.",
        catches_es: "Un precio anterior del que no consta que sea el más bajo de los últimos 30 días.",
        why: "A former price nobody paid makes any price look like a bargain.",
        why_es: "Un precio anterior que nadie pagó hace que cualquier precio parezca una ganga.",
        basis: "Dir 98/6 6a, C-330/23",
        basis_es: "Directiva 98/6/CE, art. 6 bis; C-330/23",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Now €39, was €59.",
                passes: "Now €39, was €49.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Ahora 39 €, antes 59 €.",
                passes: "Ahora 39 €, antes 49 €.",
            },
        ],
    },
    cues: &[],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        for claim in part.claims.money.iter().filter(|claim| claim.role == Role::Before) {
            let quote = part.text.quote(part.text.span(&claim.tokens));
            let before = || case.context.facts.named("price_before");
            let equal = before().filter(|entry| entry.money().is_some_and(|money| claim.equals(money)));
            let proven = |entry: &&crate::sheet::Entry| entry.is_evidence(EvidenceKind::PriceHistory);
            let mut equal: Vec<_> = equal.collect();
            equal.sort_by_key(|entry| (!proven(entry), !case.holds(entry)));
            if let Some(entry) = equal.first() {
                if proven(entry) && case.holds(entry) {
                    outcome.evidenced(case, part, &claim.tokens, entry);
                    continue;
                }
                let verdict = if case.holds(entry) { Verdict::Unknown } else { Verdict::Expired };
                let problem = Problem {
                    verdict,
                    message: case.say(
                        || format!("the former price `{quote}` is not proven by a price history that holds at sending"),
                        || format!("el precio anterior `{quote}` no está probado por un historial de precios vigente"),
                    ),
                    repair: case.say(
                        || "attach the lowest price of the last 30 days as evidence, or take it out".to_owned(),
                        || "adjunta el precio más bajo de los últimos 30 días como prueba o quítalo".to_owned(),
                    ),
                };
                outcome.blocks(case, part, &claim.tokens, problem, Some(entry));
                continue;
            }
            let stated = before().find_map(|entry| entry.money().map(|money| (entry, money)));
            let problem = match stated {
                Some((entry, money)) => {
                    let (entity, right) =
                        (&entry.fact.entity, explain::money(money, case.context.explain_in));
                    Problem {
                        verdict: Verdict::Contradicted,
                        message: case.say(
                            || format!("the former price `{quote}` is not in the fact sheet; for `{entity}` it says {money}"),
                            || format!("el precio anterior `{quote}` no está en la ficha; para `{entity}` dice {money}"),
                        ),
                        repair: case.say(|| format!("write {right}"), || format!("escribe {right}")),
                    }
                }
                None => Problem {
                    verdict: Verdict::Unknown,
                    message: case.say(
                        || format!("no fact states the former price `{quote}`"),
                        || format!("ningún dato respalda el precio anterior `{quote}`"),
                    ),
                    repair: case.say(
                        || "add `price_before` with its price history, or take it out".to_owned(),
                        || "añade `price_before` con su historial de precios o quítalo".to_owned(),
                    ),
                },
            };
            outcome.blocks(case, part, &claim.tokens, problem, stated.map(|(entry, _)| entry));
        }
    }
}
