//! # M3 false scarcity
//! **Catches**: almost gone, last units, only 3 left, without a fresh stock fact that says so.
//! **Why**: invented scarcity turns a choice into a race.
//! **Basis**: UCPD Annex I 18 and 7. Fails: "Only 2 left". Passes: "Only 3 left", when `stock` is 3 and fresh.
//!
//! Days and hours that are left belong to F4.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim;
use crate::claim::number;
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::fact::{FactValue, Polarity};
use terms::finding::{Severity, Verdict};

const COUNT: u16 = 0;
const FEW: u16 = 1;
const WHILE_STOCK: u16 = 2;
/// "Almost gone" is honest up to this many pieces.
const FEW_PIECES: i64 = 20;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M3",
        family: Family::Manipulation,
        name_en: "false scarcity",
        name_es: "falsa escasez",
        catches: "Scarcity without a fresh stock fact, or with another number than the fact's.",
        why: "Invented scarcity turns a choice into a race.",
        basis: "UCPD Annex I 18, 7",
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
                "<n> left in stock",
                "<n> units|pieces|pairs|places|seats left|remaining",
                "last <n> units|pieces|pairs|seats|places",
                "quedan|queda <w>? <n> unidades|unidad|plazas|plaza|pares|piezas|entradas",
                "quedan|queda <n>",
                "solo <n> unidades|plazas|disponibles",
                "<n> unidades disponibles",
                "ultimas|ultimos <n> unidades|plazas|pares",
            ],
        },
        Cues {
            tag: FEW,
            phrases: &[
                "handful|couple|dozen|few of <..> left|remain|remains|remaining",
                "handful|couple|dozen|few <w>? remain|remains|remaining",
                "handful left",
                "barely|hardly|scarcely <..> remain|remains|remaining",
                "barely|hardly|scarcely any|a|enough <w>? left",
                "barely|hardly|scarcely any of <w> left",
                "very few <w>? to go",
                "very few <w>? left|remain|remaining",
                "not many|much|enough <w>? left|remain|remaining",
                "stock|stocks|supply|supplies is|are <w>? dwindling|shrinking|low|thin|falling",
                "dwindling|shrinking stock|stocks|supply|supplies",
                "down to our|the|its last|final",
                "nearly|almost nothing left",
                "apenas <w>? queda|quedan",
                "apenas queda|quedan <w>? unidades|plazas|existencias",
                "queda|quedan apenas",
                "casi no <w>? queda|quedan",
                "ya? no <w>? queda|quedan muchas|muchos|mucha|mucho|casi",
                "queda|quedan <..> poqu~",
                "queda|quedan <..> punado|par|docena",
                "queda|quedan las|los ultimas|ultimos",
                "muy|tan pocas|pocos|poquisimas|poquisimos <w> para",
                "existencias|stock se? mengua~|escase~|disminuy~|agota~",
                "almost|nearly gone",
                "almost|nearly sold out",
                "sold|selling out|fast|quickly",
                "going fast",
                "last units|pieces|pairs|seats|places|few|ones",
                "few <w>? left",
                "only a few left?",
                "limited stock|availability|quantities|quantity|supply|places|seats",
                "low stock",
                "low in stock",
                "running low",
                "high demand",
                "sells out",
                "ultimo|ultima|ultimos|ultimas unidad|unidades|plazas|existencias|pares|piezas|entradas|tallas",
                "quedan|queda <w>? pocas|pocos|poca|poco",
                "se agota|agotan|agotaran|agotara|agotando",
                "casi agotado|agotada|agotados|agotadas",
                "a punto de agotarse",
                "antes de que se agote|agoten",
                "stock|plazas|unidades|existencias limitado|limitadas|limitados|limitada",
                "vuelan",
                "pocas unidades|plazas",
                "alta demanda",
                "gran demanda",
            ],
        },
        Cues {
            tag: WHILE_STOCK,
            phrases: &[
                "while stocks|stock|supplies last|lasts",
                "until stocks last",
                "hasta fin de existencias",
                "hasta agotar existencias|stock",
                "fin de existencias",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "quedan|queda <w>? <n> dias|dia|horas|hora|minutos|semanas|meses",
                "<n> days|hours|weeks left",
                "only|just <n> days|hours|day|hour|weeks left|remaining",
                "quedan|queda pocos|poco dias|para|tiempo|por",
                "quedan|queda pocas horas|semanas",
                "going fast enough",
                "no limited stock",
                "quedan <n> %",
                "demanda de empleo",
                "last few days|weeks|months|years|hours|orders",
                "few|couple|handful of? days|hours|weeks|minutes|steps|questions|pages|lines|letters|words <..> left|remain|remains|remaining",
                "not many|much days|hours|weeks|time <w>? left|remain",
                "not much left to",
                "queda|quedan <..> punado|par|docena de dias|horas|semanas|minutos|pasos|preguntas",
                "apenas <w>? queda|quedan dias|horas|semanas|tiempo",
                "only a few days|hours|minutes|clicks|words|questions|steps|seconds|lines",
                "just <n> clicks|minutes|steps left?",
                "last ones you",
                "quedan|queda <n> por",
                "queda un|una",
                "a few of",
                "se agota la bateria",
                "se agota la",
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
        judge(case, part, hit, outcome);
    }
}

fn judge(case: &Case<'_>, part: &Part<'_>, hit: &Hit, outcome: &mut Outcome) {
    let stated =
        hit.tokens.clone().find_map(|at| number::at(&part.text, at)).and_then(|(value, _)| value.integer());
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
    let fits = |count: i64| match hit.tag {
        COUNT => stated == Some(count),
        FEW => count <= FEW_PIECES,
        _ => true,
    };
    if facts.iter().any(|(entry, count)| case.holds(entry) && fits(*count)) {
        return outcome.stands(part, &hit.tokens, Verdict::Supported);
    }
    let quote = part.text.quote(part.text.span(&hit.tokens));
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
    outcome.blocks(case, part, &hit.tokens, Problem { verdict, message, repair }, fact);
}
