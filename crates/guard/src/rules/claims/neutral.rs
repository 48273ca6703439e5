//! # C6 neutrality by offsetting
//! **Catches**: carbon neutral, climate neutral, net zero, CO2 compensated, said of a product, an order or a delivery.
//! **Why**: paying for projects elsewhere does not make a product free of emissions.
//! **Basis**: UCPD Annex I 4c (Directive (EU) 2024/825). Fails: "CO2-neutral delivery". Passes: "delivered by bicycle".
//!
//! No fact releases it: the directive forbids the claim, whatever was paid.

use crate::case::{Case, Outcome};
use crate::phrase::Cues;
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C6",
        family: Family::Claims,
        name_en: "neutrality by offsetting",
        name_es: "neutralidad por compensación",
        catches: "A product, order or delivery called neutral, compensated or positive for the climate.",
        catches_es: "Un producto, un pedido o un envío presentado como neutro, compensado o positivo para el clima.",
        why: "Paying for projects elsewhere does not make a product free of emissions.",
        why_es: "Pagar proyectos en otro lugar no deja un producto libre de emisiones.",
        basis: "UCPD Annex I 4c (Directive (EU) 2024/825)",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 4 quater (Directiva (UE) 2024/825)",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Every order is carbon neutral.",
                passes: "We deliver by bicycle in Madrid.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Todos los envíos son neutros en carbono.",
                passes: "Repartimos en bicicleta en Madrid.",
            },
        ],
    },
    cues: &[Cues {
        tag: 0,
        phrases: &[
            "fully|all|completely offset",
            "emissions are|is|? paid|offset|balanced|settled|compensated|cancelled",
            "fly|drive|ship|travel|shop neutral",
            "carbon nuetral|nutral",
            "c02|co2 neutral|neutro|zero|cero",
            "leave no footprint",
            "balanced with",
            "without a carbon",
            "trees for each|every",
            "climate is even",
            "compensamos tu|tus|cada|el|las|su",
            "quita|quitamos <..> mas co2",
            "emisiones a|en cero",
            "quedas|queda a cero",
            "compensado|compensada <..> cien|100",
            "huella cero|nula",
            "borra|neutraliza|neutralizamos|compensa <..> emisiones",
            "emisiones las pagamos|compensamos",
            "impacto <w>? nulo|cero",
            "no contamina",
            "lo neutralizamos",
            "sin culpa : tus",
            "carbon|climate|co2|co2e|emission|emissions neutral|positive|negative|compensated|offset|free",
            "co 2 neutral|compensated|free|neutro|neutra",
            "carbon|climate|co2|emission|emissions neutrality",
            "net zero|0",
            "zero|no carbon|emission|emissions|co2",
            "zero|no carbon footprint",
            "offset|offsets|offsetting|compensate|compensates <..> carbon|emissions|co2|footprint",
            "without <w>? carbon footprint",
            "neutro|neutra|neutros|neutras|neutral|neutrales en? carbono|emisiones|co2",
            "neutro|neutra|neutral para el clima",
            "climaticamente neutro|neutra|neutral",
            "carbono|co2|clima neutro|neutra|neutral|positivo",
            "cero|0 emisiones|emision",
            "emisiones cero|0",
            "huella de carbono cero|neutra|nula",
            "sin huella de carbono",
            "sin emisiones",
            "compensamos|compensa|compensan|compensada|compensadas <..> emisiones|huella|co2|carbono",
            "emisiones|huella <..> compensamos|compensadas|compensada",
            "libre de emisiones|carbono",
        ],
    }],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` calls something neutral for the climate, which offsetting cannot make true",
    es: "`{}` llama neutro para el clima a algo que la compensación no puede volver neutro",
    repair_en: "say what was done to emit less, such as delivery by bicycle or a share of renewable power",
    repair_es: "di qué se ha hecho para emitir menos, como el reparto en bicicleta o la parte de energía renovable",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
