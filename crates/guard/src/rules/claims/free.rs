//! # C8 "free" with a cost
//! **Catches**: "free*", "free, just pay shipping", "free when you buy", and "free" where a fact names a fee.
//! **Why**: what has a price is not free.
//! **Basis**: UCPD Annex I 20. Fails: "Your gift is free*". Passes: "free shipping from €30", when that is a fact.
//!
//! That something free is a fact at all is F8's; this rule looks for the cost beside it.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, is_excused};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const WITH_COST: u16 = 0;
const FREE: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C8",
        family: Family::Claims,
        name_en: "free with a cost",
        name_es: "gratis con coste",
        catches: "\"Free\" with an asterisk, with a payment beside it, or where a fact names a fee.",
        catches_es: "«Gratis» con un asterisco, con un pago al lado o cuando un dato indica un cargo.",
        why: "What has a price is not free.",
        why_es: "Lo que tiene un precio no es gratis.",
        basis: "UCPD Annex I 20",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 20",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Get your lamp free, just pay the shipping.",
                passes: "You can unsubscribe at any time, free of charge.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Llévate tu lámpara gratis, solo pagas el envío.",
                passes: "Puedes darte de baja gratis cuando quieras.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: WITH_COST,
            phrases: &[
                "free *",
                "free <w>? <w>? *",
                "free <..> ( $|£|€",
                "free ( $|£|€|<n>|activation",
                "free <..> , minus|less|plus",
                "free <..> with a? <..> charge|fee|cost of",
                "free <w>? <w>? for $|£|€",
                "free ,? <w>? <w>? the compulsory|mandatory|required",
                "costs nothing ; we only",
                "costs|cost you? nothing <..> we only|just",
                "on the house : ",
                "zero|no tuition|fee ! <..> registration|platform",
                "free , cover|service|booking",
                "free <..> : you just|only pay",
                "we only|just bill|charge|add",
                "we just add",
                "you just|only pay the",
                "handling|collection|activation|service|processing charge|fee|cut of",
                "asterisk being",
                "gratis *",
                "gratuito *|por",
                "gratis <w>? <w>? *",
                "sin coste|costo *",
                "gratis ( activacion|$|€|<n>|alta",
                "gratis <..> con <..> cuota|tasa|seguro|recarga de|obligatorio|obligatoria|mensual|adaptacion",
                "gratis , nomas|unicamente|salvo|con <..> obligatorio|obligatoria|tasas|recarga|cuota",
                "gratis : unicamente|solo|salvo",
                "gratis ; el|la|los|las",
                "gratis pagando",
                "gratis <..> por <n>",
                "no le|te? cuesta nada , solo",
                "te|le regalamos <..> por <n>",
                "sin costo|coste , <w>? <w>? solo pagas|paga|pague",
                "gratis , te|le cobramos",
                "gratis al darnos",
                "tasa|cuota|gastos de registro|mantenimiento|tramitacion|manipulado|activacion|preparacion",
                "de tramitacion|manipulado",
                "salvo comision",
                "free ,? just|only|simply pay|cover",
                "free ,? you just|only pay|cover",
                "free ( just|only pay|plus|+",
                "free when|if you buy|spend|order|purchase|subscribe",
                "free <..> plus|+ shipping|postage|handling|p",
                "free with <w>? purchase|subscription|contract",
                "gratis|gratuito|gratuita ,? solo|solamente|unicamente pagas|paga|pagando|abonas",
                "gratis|gratuito|gratuita ,? y? solo|solamente pagas|abonas",
                "gratis al comprar|suscribirte|contratar",
                "gratis si te? compras|gastas|contratas|suscribes",
                "gratis con tu|la|cada compra|suscripcion|contrato",
                "gratis <..> mas|+ gastos",
                "pagas solo|solamente los|el gastos|envio",
            ],
        },
        Cues { tag: FREE, phrases: &["free", "gratis", "gratuito|gratuita|gratuitos|gratuitas"] },
        Cues {
            tag: SAFE,
            phrases: &[
                "gratuito por ley",
                "gratis por ley",
                "feel free",
                "free of? shipping|delivery|returns <w>? when|if|with|on|over|from",
                "envio|entrega|devolucion gratis|gratuito|gratuita si|con|al|desde",
            ],
        },
    ],
    check,
};

const COSTS: Saying = Saying {
    en: "`{}` is called free, and something has to be paid for it",
    es: "`{}` se llama gratis y hay que pagar algo por ello",
    repair_en: "say what has to be paid, and do not call it free",
    repair_es: "di qué hay que pagar y no lo llames gratis",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    // A fee that cannot be avoided belongs to whatever the message offers.
    let fee =
        case.context.facts.named("mandatory_fee").find(|entry| entry.money().is_some_and(|m| m.minor > 0));
    for (part, hit) in case.hits() {
        if is_excused(part, hit) {
            continue;
        }
        let starred = part.text.word(hit.tokens.end) == "*";
        if hit.tag == WITH_COST
            || starred
            || (fee.is_some() && hit.tag == FREE && !part.is_in_name(&hit.tokens))
        {
            let verdict = if fee.is_some() { Verdict::Contradicted } else { Verdict::Unchecked };
            outcome.blocks(case, part, &hit.tokens, COSTS.problem(case, part, hit, verdict), fee);
        }
    }
}
