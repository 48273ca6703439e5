//! # D4 personalised price
//! **Catches**: "your price", "a price just for you", without saying that it was set by automated means.
//! **Why**: whoever gets another price than others must be told that a computer made it.
//! **Basis**: CRD 6(1)(ea). Fails: "Your price: €29". Passes: the same when the text says that it was set
//! automatically, or the fact `personalised_price` is false and the price is everybody's.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, is_excused};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const OWN: u16 = 0;
const TOLD: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "D4",
        family: Family::Disclosure,
        name_en: "personalised price not told",
        name_es: "precio personalizado sin decirlo",
        catches: "A price for this reader alone, without a word that it was set by automated means.",
        catches_es: "Un precio solo para quien lee, sin indicar que se fijó por medios automatizados.",
        why: "Whoever gets another price than others must be told how it was made.",
        why_es: "A quien se le ofrece un precio distinto del de los demás hay que decirle cómo se ha calculado.",
        basis: "CRD 6(1)(ea)",
        basis_es: "Directiva 2011/83/UE, art. 6.1 e bis)",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "A price just for you.",
                passes: "The same price for everybody.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Un precio solo para ti.",
                passes: "El mismo precio para todo el mundo.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: OWN,
            phrases: &[
                "tariff|fare|fee|price|figure|rate|premium|quote just|only|set|made|calculated|adjusted|worked for you|<w>",
                "set|calculated|adjusted|made a|the|it|you <w>? fare|price|fee|rate|tariff <w>? for|to you",
                "costs you ,? and only you",
                "my|your personal? fare|price|rate",
                "for you , going by",
                "we made it $|£|€",
                "not everybody pays the same",
                "price we calculated",
                "see another|different price",
                "next guest|customer|reader will get another",
                "for you we'd|we'll do|we",
                "what we? you'll|you pay|paid on your last",
                "comes out at <..> for you",
                "given|based|going by on? your shopping|visits|searches|profile|history|purchases",
                "precio|prima|cuota|tarifa|comision|cotizacion|tipo|interes|alquiler <..> a tu|su medida|imagen|alcance|perfil",
                "prima|cuota|comision|cotizacion <w>? pensada|recalculada|personal|asignado|calculada",
                "te hacemos un precio",
                "te hemos asignado|calculado",
                "hemos calculado <..> precio|tarifa|cuota",
                "a ti te cuesta|proponemos|sale",
                "segun tu perfil|consumo|historial|compras",
                "precio|tarifa para ti|tu perfil",
                "desbloqueado para tu",
                "solo para ti",
                "porque eres tu",
                "oferta unica para tu",
                "con lo que sabemos de",
                "para tu asiento|bolsillo",
                "calculada|calculado al vuelo|para ti",
                "your <w>? price|rate|quote|tariff",
                "price|prices|discount|rate|deal <w>? just|only|especially|specially|made|tailored|calculated|picked|exclusively for you",
                "personal|personalised|personalized|individual <w>? price|prices|discount|rate|offer",
                "price|prices|discount made|tailored|adapted|adjusted to|for you|your",
                "tu|su <w>? precio|tarifa",
                "precio|precios|descuento|tarifa|oferta solo|exclusivo|exclusiva|especial|pensado|pensada|calculado|calculada|hecho|hecha <w>? para ti|usted",
                "precio|precios|descuento|tarifa|oferta personal|personalizado|personalizada|personalizados|individual",
                "precio|tarifa adaptado|adaptada|ajustado|ajustada a ti|tu|su",
            ],
        },
        Cues {
            tag: TOLD,
            phrases: &[
                "set|calculated|computed|personalised|personalized <..> automatically|automated|algorithm",
                "automated|automatic decision|decisions|means|processing",
                "by an? algorithm|computer",
                "fijado|calculado|personalizado|calculada|fijada <..> automaticamente|automatizada|automatica|algoritmo",
                "mediante|por <w>? decision|decisiones|medios|algoritmo automatizada|automatizadas|automatizados",
                "decision|decisiones|medios automatizada|automatizadas|automatizados",
                "por un algoritmo|ordenador",
                "sistema|proceso automatizado|automatico",
                "automated system|process",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "a card|message|playlist|letter|song solo|just for you",
                "solo para ti :? <..> carta|mensaje",
                "check|compare|read|explain your tariff|bill|rate",
                "set|choose|pick your <w>? price",
                "tu|su precio <..> igual|mismo para todos|todas|todo",
                "your price list|lists|alert|alerts|range|tag|tags",
                "name your price",
                "your heart rate",
                "your exchange|interest|conversion rate",
                "tu precio maximo|ideal",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` offers a price for this reader alone, and nothing says how it was made",
    es: "`{}` ofrece un precio solo para quien lee y nada dice cómo se ha fijado",
    repair_en: "say that the price was set automatically for the reader, or state with a fact `personalised_price` = false that it is everybody's",
    repair_es: "di que el precio se ha fijado automáticamente para quien lee, o indica con un dato `personalised_price` = falso que es el de todos",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let known = case
        .context
        .facts
        .named("personalised_price")
        .find(|entry| entry.truth().is_some() && case.holds(entry));
    let told = case.hits().any(|(_, hit)| hit.tag == TOLD);
    for (part, hit) in case.hits().filter(|(part, hit)| hit.tag == OWN && !is_excused(part, hit)) {
        match known.and_then(Entry::truth) {
            Some(false) => outcome.stands(part, &hit.tokens, Verdict::Supported),
            _ if told => outcome.stands(part, &hit.tokens, Verdict::Supported),
            fact => {
                let verdict = if fact.is_some() { Verdict::Contradicted } else { Verdict::Unknown };
                outcome.blocks(case, part, &hit.tokens, SAYING.problem(case, part, hit, verdict), known);
            }
        }
    }
}
