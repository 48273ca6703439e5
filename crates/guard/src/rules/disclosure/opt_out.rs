//! # D2 opt-out
//! **Catches**: a footer without words and a link to opt out, in the reader's language.
//! **Why**: leaving must be as easy as reading.
//! **Basis**: LSSI 21-22; GDPR 21. Passes: "Unsubscribe" or "Darse de baja" with a link on an allowed host.
//!
//! It does not open the link; the one-click header is the channel's.

use crate::case::{Case, Outcome, Problem};
use crate::phrase::Cues;
use crate::rules::security::address::{host_of, is_listed, is_this_machine};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

const ENGLISH: u16 = 0;
const SPANISH: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "D2",
        family: Family::Disclosure,
        name_en: "no opt-out",
        name_es: "sin opción de baja",
        catches: "A footer without opt-out words in the reader's language, or without the link.",
        catches_es: "Un pie sin la opción de baja en el idioma de quien lee, o sin el enlace.",
        why: "Leaving must be as easy as reading.",
        why_es: "Darse de baja debe ser tan fácil como leer.",
        basis: "LSSI 21-22; GDPR 21",
        basis_es: "LSSI, arts. 21 y 22; RGPD, art. 21",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. You receive this because you subscribed.",
                passes: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. You receive this because you subscribed. Unsubscribe",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. Publicidad. Unsubscribe",
                passes: "Lumo Home SL, Calle Mayor 12, 28013 Madrid. Publicidad. Darse de baja",
            },
        ],
    },
    cues: &[
        Cues {
            tag: ENGLISH,
            phrases: &[
                "unsubscribe",
                "opt out",
                "opting out",
                "stop receiving|getting",
                "stop these",
                "no longer want|wish to receive|hear",
                "manage|change your? subscription|subscriptions",
            ],
        },
        Cues {
            tag: SPANISH,
            phrases: &[
                "darse|darte|date|dese|causar de? baja",
                "cancelar|cancela la|tu|su? suscripcion",
                "dejar|deja de recibir",
                "no recibir|quiero|quieres|deseas mas|recibir",
                "baja de|aqui",
                "oponerte|oponerse",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let (tag, words) = match case.draft.language {
        Language::English => (ENGLISH, "Unsubscribe"),
        Language::Spanish => (SPANISH, "Darse de baja"),
    };
    let said = case.hits().any(|(part, hit)| part.text.field == Field::Footer && hit.tag == tag);
    if !said {
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || "the footer does not say, in the reader's language, how to stop these messages".to_owned(),
                || "el pie no dice, en el idioma del lector, cómo dejar de recibir estos mensajes".to_owned(),
            ),
            repair: case.say(
                || format!("add `{words}` with its link to the footer"),
                || format!("añade `{words}` con su enlace al pie"),
            ),
        };
        outcome.missing(case, Field::Footer, problem, None);
    }
    if !case.context.unsubscribe_url.is_some_and(|url| is_usable(case, url)) {
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || "the footer has no opt-out link that leads to a secure page of the brand".to_owned(),
                || "el pie no tiene un enlace de baja a una página segura de la marca".to_owned(),
            ),
            repair: case.say(
                || "give every message an https opt-out link on an allowed host".to_owned(),
                || "pon en cada mensaje un enlace https de baja en un dominio permitido".to_owned(),
            ),
        };
        outcome.missing(case, Field::Footer, problem, None);
    }
}

/// Secure and on a host the brand lists; on this machine, as a demo is, also without https.
fn is_usable(case: &Case<'_>, url: &str) -> bool {
    let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let name = host_of(authority);
    is_listed(case, authority, &name) && (secure || is_this_machine(&name))
}
