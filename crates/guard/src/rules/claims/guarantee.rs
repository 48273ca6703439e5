//! # C2 guaranteed result
//! **Catches**: "guaranteed", "or your money back", "never fails", without the terms of a guarantee.
//! **Why**: a guarantee is a promise a court can hold the brand to.
//! **Basis**: UCPD 6. Fails: "Results guaranteed". Passes: "2-year guarantee", when a guarantee fact has its terms.
//!
//! "We cannot guarantee" and "without guarantee" promise nothing. The length of a warranty is not judged here.

use crate::case::{Case, Outcome, Problem};
use crate::claim;
use crate::phrase::{Cues, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Severity, Verdict};

const GUARANTEE: u16 = 0;
const MONEY_BACK: u16 = 1;
const RESULT: u16 = 2;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C2",
        family: Family::Claims,
        name_en: "guarantee without terms",
        name_es: "garantía sin condiciones",
        catches: "A guarantee, a promised result or money back, without a fact that has the terms.",
        catches_es: "Una garantía, un resultado prometido o la devolución del dinero, sin un dato que recoja las condiciones.",
        why: "A guarantee is a promise that people rely on when they take a risk.",
        why_es: "Una garantía es una promesa en la que se confía al asumir un riesgo.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "It never fails: results in days.",
                passes: "Covered by our two-year guarantee.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Resultados asegurados.",
                passes: "Con nuestra garantía de dos años.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: GUARANTEE,
            phrases: &["guarantee|guarantees|guaranteed", "garantia|garantias", "garantiz~"],
        },
        Cues {
            tag: MONEY_BACK,
            phrases: &[
                "money back",
                "full refund",
                "te|le devolvemos el|tu|su dinero",
                "devolucion del dinero",
                "reembolso completo|total",
            ],
        },
        Cues {
            tag: RESULT,
            phrases: &[
                "we promise",
                "that's|it's a promise",
                "you have our word",
                "or it's not us",
                "has worked every time",
                "we have never lost",
                "never comes back|fails",
                "no stain survives",
                "success is certain",
                "you will get your",
                "every child|pupil|dog|student <w>? reads|passes|learns",
                "whatever the breed|age|weather",
                "double your sales|income|traffic",
                "page one of|on",
                "walk straight into",
                "<n> days|hours|weeks , whatever",
                "everything you plant <..> thrives",
                "your <w> will go up",
                "is safe with us",
                "no more dropped|lost|late|missed",
                "si o si",
                "sin excepcion",
                "palabra",
                "cuenta con ello",
                "exito esta asegurado",
                "es imposible que",
                "no hay mancha",
                "cien por cien|100 % efectivo|eficaz|seguro",
                "seguro segurisimo",
                "nadie suspende",
                "a la primera",
                "con nosotros nadie|sacas|apruebas",
                "te llaman fijo",
                "seras viral",
                "no se muere",
                "cosecha segura",
                "la plaza es tuya",
                "absoluta certeza",
                "sin un rasguno",
                "ninguna , nunca",
                "dejara|dejaras de <..> en <n>",
                "never fails",
                "fail proof|safe",
                "foolproof",
                "infalible|infalibles",
                "nunca falla|fallan",
                "no falla|fallan nunca|jamas",
                "works|delivers|succeeds|perfect|success <w>? every|each single? time|cup",
                "works <w>? always|forever",
                "always works|succeeds|delivers",
                "without fail",
                "never|not lets|let you down",
                "you|one can't|cannot|can not? go wrong",
                "sure|assured result|results|success",
                "success guaranteed|assured",
                "funciona|funcionan|acierta|aciertas siempre",
                "siempre funciona|funcionan|acierta|aciertas",
                "acierto|exito|resultado|resultados seguro|seguros",
                "nunca|jamas te? decepcion~|defraud~|fallara|falla",
                "no te decepcionara|defraudara|fallara",
                "resultado|resultados asegurado|asegurados",
                "exito asegurado",
                "clinically|scientifically proven|tested",
                "clinicamente|cientificamente probado|probada|testado|demostrado|demostrada",
                "100 % effective|eficaz|efectivo|efectiva",
                "100 percent effective",
                "guaranteed results",
                "you|it will definitely",
                "promises to",
                "risk free",
                "sin riesgo|riesgos",
                "satisfaccion asegurada",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "garantia no cubre",
                "guarantee|guarantees|garantia|garantias of|de origin|origen",
                "guarantee booklet|card|certificate|period|terms|conditions",
                "tarjeta|certificado|libro|periodo|condiciones de|del garantia",
                "owed|due your money back",
                // With a number they are terms, which F10 holds against the policy.
                "<n> -? year|years|month|months|day|days -? guarantee|guarantees",
                "ten-year|two-year|three-year|five-year|lifetime guarantee|guarantees",
                "guarantee of|for <n> years|months|days",
                "money back within|for|in <n> days|weeks|months",
                "<n> -? day|days|month money -? back",
                "<n> anos|meses|dias de garantia",
                "garantia de <n> anos|meses|dias",
                "devolvemos el|tu|su dinero en|durante|dentro <w>? <n> dias|meses",
                "de garantia en",
                "con garantia hipotecaria",
                "palabra por palabra",
                "trust us to? with|your",
                "palabra|palabras de|del|clave|a|en|por",
                "we promise nothing|not|only|to",
                "que palabra",
                "una|la|mi|tu|cada|ultima palabra",
                "nadie suspende la",
                "we can't|cannot promise",
                "a la primera clase|reunion|cita|planta|persona",
                "sin garantia|garantias",
                "fondo|ley|derecho|derechos de garantia|garantias",
                "garantia legal",
                "legal guarantee",
                "statutory guarantee",
                "risk free to unsubscribe",
                "without fail to",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if part.is_covered(&hit.tokens) || claim::is_negated(&part.text, &hit.tokens) {
            continue;
        }
        // Terms of a guarantee support a guarantee, terms of a refund a refund; a result needs terms that name one.
        let fits = |entry: &&Entry| {
            let says = |stems: &[&str]| {
                entry
                    .words
                    .iter()
                    .chain(&entry.predicate_words)
                    .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
            };
            match hit.tag {
                MONEY_BACK => says(&["money", "refund", "dinero", "reembols", "devol"]),
                RESULT => {
                    says(&["result", "effective", "eficac", "fail", "fall", "risk", "riesgo", "satisf"])
                }
                _ => true,
            }
        };
        let evidence: Vec<&Entry> = case.evidence(EvidenceKind::Guarantee).filter(fits).collect();
        if let Some(entry) = evidence.iter().find(|entry| case.holds(entry)) {
            outcome.evidenced(case, part, &hit.tokens, entry);
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let expired = evidence.first().copied();
        let problem = Problem {
            verdict: if expired.is_some() { Verdict::Expired } else { Verdict::Unknown },
            message: case.say(
                || format!("`{quote}` promises a result, and no fact has the terms of that guarantee"),
                || format!("`{quote}` promete un resultado y ningún dato recoge las condiciones de esa garantía"),
            ),
            repair: case.say(
                || "attach the terms of the guarantee as evidence, or say what the product does without promising".to_owned(),
                || "adjunta las condiciones de la garantía como prueba o di qué hace el producto sin prometer".to_owned(),
            ),
        };
        outcome.blocks(case, part, &hit.tokens, problem, expired);
    }
}
