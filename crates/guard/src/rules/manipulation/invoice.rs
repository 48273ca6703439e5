//! # M11 invoice look-alike
//! **Catches**: amount due, payment overdue, your invoice, in advertising.
//! **Why**: people pay what looks like a bill.
//! **Basis**: UCPD Annex I 21; LCD 27.4. Fails: "Amount due: €29". Passes: "The lamp costs €39".
//!
//! No fact releases it: a bill is not sent by a campaign.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M11",
        family: Family::Manipulation,
        name_en: "invoice look-alike",
        name_es: "apariencia de factura",
        catches: "Advertising that reads like a bill or a demand for payment.",
        catches_es: "Publicidad que parece una factura o un requerimiento de pago.",
        why: "People pay what looks like a bill.",
        why_es: "Lo que parece una factura se paga.",
        basis: "UCPD Annex I 21; LCD 27.4",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 21; LCD, art. 27.4",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Amount due: please pay today.",
                passes: "You find all your invoices in your account.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Importe pendiente de pago.",
                passes: "Tienes todas tus facturas en tu cuenta.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "fee|levy|subscription|membership|registration|instalment|installment|listing <..> payable|due|overdue|unpaid|remit",
                "remit|remittance",
                "please|kindly remit|pay|settle|transfer <..> $|£|€|<n>|account|below",
                "pay by bank? transfer|cheque|card within <n>",
                "overdue ,? :",
                "settle my|your|this|the|now",
                "penalty|late notice|fee|charge|charges ,? :?",
                "bill to :?",
                "<n> <w>? reminder :? unpaid|payment|invoice",
                "pay now|today|2|to <..> avoid|keep|stop|prevent",
                "final|last|second demand",
                "past due",
                "sum|amount of <..> to the account below",
                "unpaid|overdue <w>? agreement|service|fee|renewal|membership|subscription",
                "invoice <..> entry|listing|service|not yet",
                "vencimiento inmediato|de|:|.",
                "aviso de vencimiento|cobro|impago",
                "total a ingresar|pagar|abonar",
                "pague|abone|ingrese|pagalo|abonelo|abonala <w>? ahora|hoy|para|y|con|antes",
                "a pagar <n>",
                "pendiente de ingreso|pago|abono|cobro",
                "cuota|tasa|tasas|derrama|donativo <..> pendiente|vencida|impagada|en curso",
                "talonario|carta|procedimiento|orden de pago|cobro",
                "a cargo del destinatario",
                "extracto de cuenta",
                "estado de cuenta",
                "regularice|regulariza su|tu cuota|cuenta|situacion",
                "cargo de <n> <..> preparado|programado|cuenta",
                "recargo de|del servicio|por",
                "amount|balance|payment|total|sum due|overdue|outstanding|payable|owed|owing|pending",
                "payment|invoice|bill <w>? reminder|overdue|pending|outstanding|required|notice",
                "overdue|outstanding|unpaid|pending|open invoice|payment|balance|bill|amount|account",
                "your invoice|bill|statement <w>? attached|ready|enclosed|is|no|number",
                "invoice attached|enclosed|number|no",
                "pay|settle this|your|the <w>? invoice|bill|balance|amount|debt",
                "payment demand|request",
                "final|last demand|notice <..> payment",
                "you owe us?",
                "remittance slip",
                "importe|saldo|pago|total|cantidad|recibo|factura pendiente|vencido|vencida|impagado|impagada|adeudado|adeudada",
                "pendiente|pendientes de pago|abono|cobro",
                "recordatorio|requerimiento|aviso de pago",
                "factura adjunta|vencida|n|numero|disponible",
                "su|tu factura <w>? adjunta|lista|esta|n|numero",
                "adjuntamos|adjunto <w>? factura|recibo",
                "abone|abona|pague|liquide|regularice|regulariza <..> factura|importe|recibo|deuda|saldo",
                "nos debe|debes",
                "fecha limite de pago",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "tasas de matricula",
                "el total a pagar",
                "total a pagar",
                "carta de pago que",
                "direct|bank debit date",
                "pay by bank? transfer or|if|at|when",
                "no|not an|a|is invoice|bill",
                "settle in|down|into",
                "pay now or later",
                "no payment <w>? due|required|needed",
                "sin pago pendiente",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` reads like a bill, and this is advertising",
    es: "`{}` parece una factura, y esto es publicidad",
    repair_en: "say that it is an offer, and what it costs",
    repair_es: "di que es una oferta y cuánto cuesta",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
