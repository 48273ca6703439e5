//! # M12 closing-down claim
//! **Catches**: closing down, liquidation, last days of the shop, without a fact that says so.
//! **Why**: a shop that closes every month sells pity.
//! **Basis**: UCPD Annex I 15. Fails: "Everything must go". Passes: the same when the fact `closing_down` is true.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, needs_fact};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M12",
        family: Family::Manipulation,
        name_en: "closing-down claim",
        name_es: "liquidación por cierre",
        catches: "A shop said to close or move, without a fact that says so.",
        catches_es: "Una tienda de la que se dice que cierra o se traslada, sin un dato que lo confirme.",
        why: "A shop that closes every month sells pity.",
        why_es: "Una tienda que cierra cada mes vende lástima.",
        basis: "UCPD Annex I 15",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 15",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Closing down: everything must go.",
                passes: "Our shop closes at eight.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Liquidación por cierre.",
                passes: "La tienda cierra a las ocho.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "shutting|closing our|the|its doors for|forever",
                "lost our|the lease",
                "landlord wants us",
                "receivers|bailiffs are",
                "winding|wound up the",
                "pulling the plug on",
                "we're|we are folding",
                "before demolition",
                "says farewell|goodbye",
                "final chapter",
                "no more shop|store",
                "sell|selling what is left",
                "disappear from the map",
                "emptying the warehouse|shop|store",
                "lights off",
                "me|nos jubilo|jubilamos",
                "quiebra",
                "por fin de alquiler",
                "cerramos <w>? sucursal|tienda|web|definitivamente",
                "bajamos la cortina|persiana",
                "persiana abajo",
                "apaga la luz y",
                "liquidamos|liquida hasta|el|maquinas|todo|almacen",
                "no abrir jamas|mas",
                "se traspasa",
                "adios al|a la",
                "hazte con lo que quede",
                "no podemos mas con el",
                "antes del adios",
                "no vuelve : ",
                "rematamos hasta",
                "liquidacion y gracias",
                "closing down|sale|forever|permanently",
                "close|closes|closing our|its|their doors",
                "shutting down|up for? good?",
                "going out of business",
                "out of business",
                "everything must|has go|to",
                "liquidation|bankruptcy|insolvency sale|stock|prices?",
                "total liquidation",
                "we|we're are? closing <..> shop|store|premises|forever|down|good",
                "last days of our|the shop|store",
                "retirement|relocation|moving sale",
                "liquidacion por? total|cierre|cese|jubilacion|traslado|reforma",
                "liquidamos todo|todas|el|la|por",
                "cerramos <w>? tienda|puertas|para siempre",
                "cerramos definitivamente|por cese|jubilacion|liquidacion",
                "cierre definitivo|de negocio|inminente",
                "cese de negocio|actividad",
                "por cierre|jubilacion|traslado",
                "todo debe irse|desaparecer|salir",
                "nos vamos|cerramos para siempre",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "in the final chapter",
                "closing|cerramos at|a|el|los|las <n>?",
                "we're closing the gap|loop",
                "cerramos por vacaciones|descanso|festivo",
                "closing for holidays|the holidays|lunch",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` says that the shop closes or moves, and no fact says so",
    es: "`{}` dice que la tienda cierra o se traslada y ningún dato lo dice",
    repair_en: "attach the closing with its date as a fact `closing_down`, or name the sale for what it is",
    repair_es: "adjunta el cierre con su fecha como dato `closing_down`, o llama a la rebaja por su nombre",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    needs_fact(case, outcome, &SAYING, |_, entry| {
        entry.predicate == "closing_down" && entry.truth() == Some(true)
    });
}
