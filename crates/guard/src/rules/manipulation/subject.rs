//! # M9 misleading subject
//! **Catches**: "Re:", "Fwd:", "your order", "delivery failed" in the subject of a mail that is none of that.
//! **Why**: it opens a mail under a false flag.
//! **Basis**: CAN-SPAM 5(a)(2); UCPD 6; LSSI 20. Fails: "Re: your order". Passes: "News from our workshop".
//!
//! A campaign never answers anything, so no fact releases a reply prefix. What looks like a notice about an order or
//! an account is held too: campaigns carry advertising, notices do not come from them.

use crate::case::{Case, Outcome, Part};
use crate::phrase::{Cues, Hit};
use crate::rules::plain::Saying;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

const PREFIX: u16 = 0;
const NOTICE: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M9",
        family: Family::Manipulation,
        name_en: "misleading subject",
        name_es: "asunto engañoso",
        catches: "A subject that pretends to be a reply, a forward, or a notice about an order or account.",
        catches_es: "Un asunto que finge ser una respuesta, un reenvío o un aviso sobre un pedido o una cuenta.",
        why: "It opens a mail under a false flag.",
        why_es: "Consigue con engaño que se abra el correo.",
        basis: "CAN-SPAM 5(a)(2); UCPD 6; LSSI 20",
        basis_es: "CAN-SPAM 5(a)(2); Directiva 2005/29/CE, art. 6; LSSI, art. 20",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Re: your order",
                passes: "News from our workshop",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "RV: su pedido",
                passes: "Novedades de nuestro taller",
            },
        ],
    },
    cues: &[
        Cues { tag: PREFIX, phrases: &["re|fw|fwd|rv|rm|res|reenv|reenviado :"] },
        Cues {
            tag: NOTICE,
            phrases: &[
                "as discussed|agreed|promised",
                "payment failed|declined|received",
                "refund issued|approved",
                "following up on",
                "shared a file|document with you",
                "invitation accepted",
                "official letter|notice",
                "recall notice",
                "our sincere apologies",
                "reset your password",
                "summons :?",
                "our conversation|call|chat last|yesterday|on",
                "no hemos podido entregar",
                "envio|paquete <w>? retenido",
                "cita confirmada",
                "tu cita de",
                "pago rechazado|recibido|fallido",
                "error en su|tu",
                "este es mi numero",
                "tu vuelo ha",
                "en respuesta a",
                "gracias por tu compra|pedido",
                "documento adjunto",
                "multa de",
                "transferencia recibida",
                "te transfirieron",
                "te devuelvo la llamada",
                "sobre el parte|asunto|tema que",
                "ayer te vi",
                "delivery failed|attempted|problem",
                "we couldn't|could not? deliver|charge|process",
                "your account|card|payment|password|profile <w>? has? been? suspended|blocked|locked|limited|declined|expired|expires|failed|closed",
                "account suspended|locked|blocked|alert|warning|closed",
                "security alert|warning|notice",
                "missed call|delivery|parcel|appointment",
                "unread message|messages",
                "you|you've have? <n> new|unread message|messages|notification|notifications",
                "action required|needed",
                "problem with your order|payment|account|delivery",
                "order confirmed|confirmation|cancelled|canceled",
                "final|last reminder|warning|notice",
                "pedido|envio|entrega|paquete cancelado|retenido|fallido|fallida|retenida|pendiente",
                "problema con tu|su pedido|pago|cuenta|envio",
                "tu|su cuenta|tarjeta|pago|contrasena <w>? ha? sido? suspendida|bloqueada|rechazado|rechazada|limitada|caducado|cerrada",
                "cuenta suspendida|bloqueada|cerrada",
                "alerta|aviso de seguridad",
                "llamada|entrega perdida|fallida",
                "<n> mensaje|mensajes nuevo|nuevos|sin",
                "mensaje|mensajes sin leer",
                "accion requerida|necesaria",
                "confirmacion de tu? su? pedido|compra|reserva",
                "ultimo|ultima aviso|recordatorio|advertencia",
            ],
        },
    ],
    check,
};

const REPLY: Saying = Saying {
    en: "`{}` pretends to answer or forward a message, and a campaign does neither",
    es: "`{}` finge responder o reenviar un mensaje, y una campaña no hace ninguna de las dos cosas",
    repair_en: "say in the subject what the mail is about",
    repair_es: "di en el asunto de qué trata el correo",
};

const NOTICES: Saying = Saying {
    en: "`{}` looks like a notice about an order or an account, and this is advertising",
    es: "`{}` parece un aviso sobre un pedido o una cuenta, y esto es publicidad",
    repair_en: "say in the subject that it is an offer or news, and of what",
    repair_es: "di en el asunto que es una oferta o una novedad, y de qué",
};

/// True when the hit opens its field: "re:" in mid-sentence is no prefix.
fn opens(hit: &Hit) -> bool {
    hit.tokens.start == 0
}

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let shown = |part: &Part<'_>| matches!(part.text.field, Field::Subject | Field::Preheader);
    for (part, hit) in case.hits().filter(|(part, hit)| shown(part) && !part.is_covered(&hit.tokens)) {
        let saying = match hit.tag {
            PREFIX if opens(hit) => &REPLY,
            NOTICE => &NOTICES,
            _ => continue,
        };
        outcome.blocks(case, part, &hit.tokens, saying.problem(case, part, hit, Verdict::Unchecked), None);
    }
}
