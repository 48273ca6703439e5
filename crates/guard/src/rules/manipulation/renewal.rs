//! # M6 hidden renewal
//! **Catches**: a free or cheap trial that does not say whether it renews, and at which price.
//! **Why**: the cost of a trial is what comes after it.
//! **Basis**: UCPD 7; CRD 6(1)(o), 8(2). Fails: "Try it free for 30 days". Passes: the same with "then €9.99 a month,
//! cancel any time" when a fact says so, or when a fact says that it does not renew.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, is_excused};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const TRIAL: u16 = 0;
const RENEWS: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M6",
        family: Family::Manipulation,
        name_en: "hidden renewal",
        name_es: "renovación oculta",
        catches: "A trial without a word on whether it renews and at which price.",
        catches_es: "Un periodo de prueba del que no se dice si se renueva ni a qué precio.",
        why: "The cost of a trial is what comes after it.",
        why_es: "Lo que cuesta una prueba es lo que viene después.",
        basis: "UCPD 7; CRD 6(1)(o), 8(2)",
        basis_es: "Directiva 2005/29/CE, art. 7; Directiva 2011/83/UE, arts. 6.1 o) y 8.2",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Start your free trial.",
                passes: "Come in and try the lamp on your desk.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Empieza tu prueba gratis.",
                passes: "Ven a probar la lámpara en tu mesa.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: TRIAL,
            phrases: &[
                "free <w>? box|bag|lesson|lessons|episode|issue with? subscription|plan|membership?",
                "first <w>? <w>? box|bag|month|lesson|lessons|year|order is|costs|are on|free|$|£|€",
                "<n> days|day|months|weeks <..> at no cost|for nothing|free|on us|our treat",
                "<n> months|weeks at half price",
                "a week|month of <..> for nothing|free",
                "try us|it|premium for <n>",
                "everything|all|it free for <n> days|weeks|months",
                "trial converts|kit",
                "free days start",
                "join <..> for $|£|€ <n> today",
                "<n> month gratis",
                "one month gratis|free",
                "for the first year|month :?",
                "first year :",
                "without paying a penny",
                "test <..> for a dollar|pound|euro",
                "month one",
                "mes|meses|trimestre|dias|ano <w>? gratis|bonificado|bonificada|sin pagar|a coste",
                "empezar|activar mi mes|periodo|prueba",
                "periodo bonificado",
                "no pagues nada? hasta",
                "<n> dias|meses <..> gratis|por la cara|sin pagar",
                "el primer ano|mes|trimestre",
                "dos|tres|seis meses sin pagar",
                "a coste cero",
                "suscribite|suscribete|suscribase gratis",
                "sin pagar nada? este verano|mes|hasta",
                "primer <w> a mitad de precio",
                "free trial|trials|period|month|months|week|weeks",
                "free <n> day|days|week|weeks|month|months trial?",
                "<n> day|days|week|weeks|month|months <w>? free|trial",
                "try <..> free",
                "first month|week|year|days free|on",
                "prueba|periodo gratis|gratuita|gratuito",
                "prueba|pruebalo|pruebala|probar|pruebe <..> gratis",
                "mes|meses|semana|semanas|dias|ano gratis|gratuito|gratuitos|de prueba",
                "primer mes|ano gratis|gratuito",
                "periodo de prueba",
            ],
        },
        Cues {
            tag: RENEWS,
            phrases: &[
                "then it|they stops|ends|stop|end",
                "stops|ends by itself",
                "no card",
                "ask for no card",
                "then $|£|€ <n>",
                "se apaga|termina|acaba|cancela sola|solo",
                "no pedimos tarjeta",
                "sin tarjeta",
                "then|after|afterwards|after that|renews|renew|continues <..> <n>",
                "renews|renew|renewed|renewal automatically?|at|for",
                "does|will|do not|never renew|renews|continue",
                "doesn't|won't renew|continue",
                "ends by itself|automatically",
                "no|without automatic? renewal",
                "despues|luego|a partir de|posteriormente|se renueva|renovacion <..> <n>",
                "no se renueva",
                "sin renovacion",
                "se renueva",
                "termina por si|sola|automaticamente",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "then it stops",
                "it stops by itself",
                "stays|stay free",
                "ask for no card",
                "y <n> € los|cada",
                "el primer ano y <n>",
                "<n> € el primer ano",
                "no pedimos tarjeta",
                "se apaga sola",
                "then £|$|€ <n>",
                "first year of|at|in|we|i|as",
                "el primer ano|mes de|que|en|fue",
                "first month of|in|at",
                "para el primer",
                "for the first year|month in|of|since",
                "clinical trial|trials",
                "months|month free of pain|worry",
                "free weekend|time",
                "<n> days free returns|shipping|delivery|to return",
                "try to|on|again|it on",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` does not say what it costs after the trial, nor whether it renews by itself",
    es: "`{}` no dice qué cuesta después de la prueba ni si se renueva sola",
    repair_en: "say beside it when it renews and at which price, or that it ends by itself, with a fact `auto_renews`",
    repair_es: "di al lado cuándo se renueva y a qué precio, o que termina sola, con un dato `auto_renews`",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let known =
        case.context.facts.named("auto_renews").find(|entry| entry.truth().is_some() && case.holds(entry));
    let told = case.hits().any(|(_, hit)| hit.tag == RENEWS);
    // A price after the trial is F1's to prove; here it only has to be told.
    let silent = match known.and_then(crate::sheet::Entry::truth) {
        Some(false) => false,
        Some(true) => !told,
        None => true,
    };
    if !silent {
        return;
    }
    for (part, hit) in case.hits().filter(|(part, hit)| hit.tag == TRIAL && !is_excused(part, hit)) {
        let verdict = if known.is_some() { Verdict::Contradicted } else { Verdict::Unknown };
        outcome.blocks(case, part, &hit.tokens, SAYING.problem(case, part, hit, verdict), known);
    }
}
