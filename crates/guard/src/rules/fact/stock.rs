//! # F5 stock count
//! **Catches**: "only 2 left", "quedan 5 plazas", with no fresh stock fact of that very number.
//! **Why**: the number of pieces left decides whether people buy now.
//! **Basis**: UCPD 6, Annex I 18. Fails: "Only 2 left". Passes: "Only 3 left", when `stock` is 3 and fresh.
//!
//! Scarcity without a number is M3's, days and hours that are left belong to F4.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::{self, number};
use crate::phrase::{Cues, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::{FactValue, Polarity};
use terms::finding::{Severity, Verdict};

const COUNT: u16 = 0;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F5",
        family: Family::Facts,
        name_en: "stock count",
        name_es: "existencias",
        catches: "A number of pieces or places left that no fresh stock fact states.",
        catches_es: "Un número de unidades o plazas disponibles que ningún dato reciente de existencias confirma.",
        why: "The number of pieces left decides whether people buy now.",
        why_es: "Saber cuántas unidades quedan decide si se compra ya.",
        basis: "UCPD 6, Annex I 18",
        basis_es: "Directiva 2005/29/CE, art. 6 y anexo I, punto 18",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Only 2 left in stock.",
                passes: "Only 3 left in stock.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Solo quedan 2 unidades.",
                passes: "Solo quedan 3 unidades.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: COUNT,
            phrases: &[
                "only|just <n> <w>? left|remaining|available",
                "<n> left|remaining in stock",
                "<n> <w>? in stock",
                "there|we are|have only|just? <n> <w>? left",
                "<n> units|pieces|pairs|places|seats|items|copies|tickets|rooms|spots|lamps left|remaining|available",
                "last|final <n> units|pieces|pairs|seats|places|items|copies|tickets|rooms|spots",
                "stock of <n>",
                "quedan|queda <w>? <n> unidades|unidad|plazas|plaza|pares|piezas|entradas|ejemplares|habitaciones",
                "quedan|queda solo|solamente|unicamente|apenas? <n>",
                "solo|solamente|unicamente|apenas <n> unidades|plazas|disponibles|piezas|pares",
                "<n> unidades|plazas|piezas|pares|entradas disponibles|restantes",
                "<n> <w>? en stock",
                "ultimas|ultimos <n> unidades|plazas|pares|piezas|entradas",
                "<n> ultimas|ultimos unidades|plazas|pares|piezas|entradas",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "quedan|queda <w>? <n> dias|dia|horas|hora|minutos|semanas|meses|%",
                "<n> days|hours|weeks left",
                "only|just <n> days|hours|day|hour|weeks|minutes|steps|questions left|remaining",
                "quedan|queda <n> por|%",
                "queda un|una",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if part.is_in_name(&hit.tokens) || claim::is_negated(&part.text, &hit.tokens) {
            continue;
        }
        let stated = hit
            .tokens
            .clone()
            .find_map(|at| number::at(&part.text, at))
            .and_then(|(value, _)| value.integer());
        judge(case, part, &hit.tokens, |count| stated == Some(count), outcome);
    }
}

/// Holds words about stock against the stock facts: one that holds during the whole sending must fit.
pub(crate) fn judge(
    case: &Case<'_>,
    part: &Part<'_>,
    tokens: &Range<usize>,
    fits: impl Fn(i64) -> bool,
    outcome: &mut Outcome,
) {
    let stock = |entry: &Entry| match entry.fact.value {
        FactValue::Count(count) if entry.fact.polarity == Polarity::True => Some(count),
        _ => None,
    };
    let facts: Vec<(&Entry, i64)> = case
        .context
        .facts
        .named("stock")
        .filter_map(|entry| stock(entry).map(|count| (entry, count)))
        .collect();
    if facts.iter().any(|(entry, count)| case.holds(entry) && fits(*count)) {
        return outcome.stands(part, tokens, Verdict::Supported);
    }
    let quote = part.text.quote(part.text.span(tokens));
    let fresh = facts.iter().find(|(entry, _)| case.holds(entry));
    let (verdict, fact, message) = match (fresh, facts.first()) {
        (Some((entry, count)), _) => (
            Verdict::Contradicted,
            Some(*entry),
            case.say(
                || format!("`{quote}` does not fit the stock of {count}"),
                || format!("`{quote}` no coincide con las existencias, que son {count}"),
            ),
        ),
        (None, Some((entry, _))) => (
            Verdict::Expired,
            Some(*entry),
            case.say(
                || format!("the stock fact behind `{quote}` will be too old when the message is sent"),
                || format!("el dato de existencias tras `{quote}` será demasiado antiguo cuando se envíe el mensaje"),
            ),
        ),
        (None, None) => (
            Verdict::Unknown,
            None,
            case.say(
                || format!("`{quote}` says that stock is short, and no stock fact does"),
                || format!("`{quote}` dice que quedan pocas existencias y ningún dato lo confirma"),
            ),
        ),
    };
    let repair = case.say(
        || "take it out, or refresh the stock fact and say its number".to_owned(),
        || "quítalo, o actualiza el dato de existencias y di su número".to_owned(),
    );
    outcome.blocks(case, part, tokens, Problem { verdict, message, repair }, fact);
}
