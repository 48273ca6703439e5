//! # C9 legal right sold as a perk
//! **Catches**: "our exclusive 14-day return", "we even give you a legal guarantee", rights everybody has.
//! **Why**: what the law gives is nobody's gift.
//! **Basis**: UCPD Annex I 10; LCD 27.1. Fails: "Only with us: 14 days to return". Passes: "You have 14 days to return it".

use crate::case::{Case, Outcome};
use crate::phrase::Cues;
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C9",
        family: Family::Claims,
        name_en: "legal right sold as a perk",
        name_es: "derecho legal vendido como ventaja",
        catches: "A right that the law gives everybody, presented as this brand's own offer.",
        catches_es: "Un derecho que la ley reconoce a todo el mundo, presentado como una ventaja propia de la marca.",
        why: "What the law gives is nobody's gift.",
        why_es: "Lo que concede la ley no es un regalo de nadie.",
        basis: "UCPD Annex I 10; LCD 27.1",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 10; LCD, art. 27.1",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Only with us: 14 days to return your order.",
                passes: "You have 14 days to change your mind.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Solo con nosotros: 14 días para devolver tu pedido.",
                passes: "Tienes 14 días para cambiar de opinión.",
            },
        ],
    },
    cues: &[Cues {
        tag: 0,
        phrases: &[
            "exclusive to us : <n>",
            "vip|gold|premium|platinum|club|silver <w>? <..> return|withdraw|delete|complain|unsubscribe|refund",
            "our gift|courtesy|treat|luxury|plus|extra|favour|favor <..> return|repair|refund|data|unsubscribe|replace|withdraw|faulty|legal|safety",
            "a|another courtesy|plus|luxury|treat|extra|gift of|for|to ours|our|regulars|club|you",
            "we are generous :",
            "a freedom that only",
            "only with us :",
            "because you're special",
            "lucky you : we",
            "as a vip you",
            "unlock my|your <..> return|privilege|right",
            "privilege|perk|treat : <..> withdraw|return|unsubscribe",
            "thanks to our <..> pledge|promise",
            "our satisfaction|goodwill promise :",
            "change your mind within two weeks|<n>",
            "we treat our? <..> <..> mend it|replace it",
            "detalle|cortesia|deferencia|gentileza de la casa|nuestra|hacia",
            "por cortesia de",
            "como|tenemos la? deferencia",
            "como cliente|socio oro|vip|premium|plata <..> puedes|podras",
            "funcion|ventaja|tarifa|poliza premium|vip|confianza|plata|oro :? <..> baja|datos|reembolso|desistir|elegir|devol~",
            "premiamos tu confianza",
            "regalo de bienvenida : no",
            "promo|beneficio|novedad <..> : <..> respetamos|cortesia|exclusiva",
            "novedad exclusiva :",
            "te permitimos",
            "algo que solo hacemos por",
            "solo con <w> : si",
            "nos adelantamos a tus deseos",
            "nueva ventaja vip",
            "exclusive|special|unique|generous|members <..> right|period of? withdrawal|return",
            "exclusive|special|unique|generous <n> day|days return|returns|refund|refunds|withdrawal|cancellation",
            "exclusive|special|generous|unique <w>? return|returns|refund|withdrawal|warranty|guarantee|guarantees",
            "exclusive|special|extra|unique <..> legal|statutory guarantee|warranty|rights|right",
            "only with|at|here us|our? :? <..> days|right|rights to? return|cancel|withdraw",
            "only we <..> days|right to return|cancel|withdraw",
            "<n> day|days <w>? return|returns|withdrawal|refund|cancellation only with|for us|members|our",
            "we even|gladly give|grant|offer you? <..> statutory|legal guarantee|warranty|right|rights",
            "as a special service|favour|favor|courtesy <..> return|cancel|withdraw|refund",
            "members|vip privilege|perk|benefit <..> unsubscribe|return|withdraw",
            "exclusiv~|especial|unica <w>? devolucion|desistimiento|garantia",
            "devolucion|desistimiento|garantia|garantias <w>? exclusiv~|unica|especial",
            "derecho exclusiv~ de|a <w>? devolucion|devolver|desistir|desistimiento",
            "solo con nosotros|nosotras :? <..> dias|derecho",
            "solo aqui :? <..> dias para devolver|desistir|cambiar",
            "ventaja|ventajas|privilegio|regalo exclusiv~? <..> devolver|devolucion|desistimiento|garantia",
            "te regalamos|ofrecemos|concedemos <..> garantia legal",
            "te regalamos|concedemos <..> derecho|dias de? para? a? devolver|devolucion|desistimiento|desistir",
            "como detalle|cortesia <..> devolver|devolucion|desistir",
        ],
    }],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` presents a right that everybody has by law as an advantage of this brand",
    es: "`{}` presenta como ventaja de la marca un derecho que todos tienen por ley",
    repair_en: "state the right plainly: \"you have 14 days to return it\"",
    repair_es: "di el derecho sin adornos: «tienes 14 días para devolverlo»",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
