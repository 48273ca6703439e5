//! # M3 false scarcity
//! **Catches**: almost gone, last units, selling fast, without a fresh stock fact that says so.
//! **Why**: invented scarcity turns a choice into a race.
//! **Basis**: UCPD Annex I 18 and 7. Fails: "Almost gone". Passes: the same, when `stock` is 3 and fresh.
//!
//! A number of pieces is F5's, days and hours that are left belong to F4.

use crate::case::{Case, Outcome, Part};
use crate::claim;
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::fact::stock;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

const FEW: u16 = 0;
const WHILE_STOCK: u16 = 1;
/// "Almost gone" is honest up to this many pieces.
const FEW_PIECES: i64 = 20;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M3",
        family: Family::Manipulation,
        name_en: "false scarcity",
        name_es: "falsa escasez",
        catches: "Words of scarcity without a fresh stock fact of a few pieces.",
        catches_es: "Palabras de escasez sin un dato reciente de existencias que diga que quedan pocas unidades.",
        why: "Invented scarcity turns a choice into a race.",
        why_es: "La escasez inventada convierte una elección en una carrera.",
        basis: "UCPD Annex I 18, 7",
        basis_es: "Directiva 2005/29/CE, anexo I, puntos 18 y 7",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Selling fast, almost gone.",
                passes: "Almost gone: only 3 left in stock.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Se agota, quedan pocas.",
                passes: "Casi agotado: solo quedan 3 unidades.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: FEW,
            phrases: &[
                "selling|going|disappearing|vanishing faster|quick|quickly|fast",
                "as good as sold|gone",
                "when it's|they're gone ,? it's|they're gone",
                "box|shelf|shelves|warehouse|stock is|are nearly|almost empty",
                "sell|sells|selling out",
                "about to sell|run out",
                "r|are disappearing|vanishing",
                "waiting list is longer",
                "with so few",
                "not be enough <..> for",
                "stock|supplies is|are melting|drying|vanishing|running",
                "running out",
                "nearly|almost full|empty",
                "few <w>? in the back",
                "they'll be history",
                "couple|coupel|handful of spots|seats|places",
                "not <w>? see such <..> again",
                "limitadisim~|contadisim~",
                "no va|van a quedar",
                "se nos? llena|llenan|acaba|acaban|evaporan|evapora|vuelan",
                "produccion|tirada|edicion cortisima|limitadisima",
                "la mitad ya",
                "ya casi no hay",
                "ya mero se",
                "no llegaran|llegara al|a",
                "desaparecen|vuelan del|de la estante|estanteria",
                "se queda|quedan sin",
                "se ha ido casi",
                "apenas unos|unas pocos|pocas",
                "unidades|plazas contadas",
                "cuando no haya",
                "lo poco que",
                "le quedan <..> suspiros",
                "practicamente cerrado|agotado|completo",
                "proximas|proximo a su fin",
                "se las|los|la|lo estan llevando",
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
                "sold|selling fast|quickly",
                "selling out",
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
                "si|cuando se acaba|acaban|agota|agotan|agote|agoten",
                "running out of ideas|milk|road|things",
                "nearly|almost full moon|time|circle|marks",
                "se acaba|acaban el|la bateria|curso|verano|dia",
                "when it's gone we|you",
                "no va a quedar sin",
                "se quedan sin luz",
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
    let fits = |count: i64| hit.tag != FEW || count <= FEW_PIECES;
    stock::judge(case, part, &hit.tokens, fits, outcome);
}
