//! # M2 recurring last chance
//! **Catches**: last chance, final call, never again, where the brand called for the last time before, or nobody looked.
//! **Why**: a last chance that comes back every month was never the last.
//! **Basis**: UCPD Annex I 7. Fails: "Last chance!", after one for the same offer. Passes: the first one of an offer.
//!
//! The history comes with the context. An earlier last call for the same offer counts for ever, one for another offer for
//! thirty days. Whether anything ends at all is M1's. "Never again" promises something nobody can see yet: it needs the
//! fact `never_again`.

use crate::case::{Case, Outcome, Problem};
use crate::claim;
use crate::explain;
use crate::phrase::{Cues, SAFE};
use crate::rules::{Family, RECURRING, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const LAST: u16 = 0;
const NEVER: u16 = 1;
/// A last call for another offer is remembered so long.
const OTHERS_DAYS: i64 = 30;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: RECURRING,
        family: Family::Manipulation,
        name_en: "recurring last chance",
        name_es: "última oportunidad repetida",
        catches: "A last call where the brand has called for the last time before, or where its history is not known.",
        catches_es: "Una última llamada de una marca que ya había hecho otra antes, o cuyo historial no se conoce.",
        why: "A last chance that comes back every month was never the last.",
        why_es: "Una última oportunidad que vuelve cada mes nunca fue la última.",
        basis: "UCPD Annex I 7",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 7",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "We will never offer this again.",
                passes: "Last chance: until Sunday 29 November.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Este precio no se repetirá.",
                passes: "Última oportunidad: hasta el domingo 29 de noviembre.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: LAST,
            phrases: &[
                "last|final <w>? chance|chances|call|opportunity|reminder|notice|warning|go|word|offer|farewell|goodbye|weekend|push",
                "one last|final time|gift|go|email|mail|try|round|thing",
                "for the very? last|final time",
                "our|your very? last|final chance|call|email|mail|message|reminder",
                "last call ,? for|to",
                "we|we'll|will won't|not call|write|remind|ask again",
                "last|final few? hours|day to|for|of",
                "no second|next|other chance|time",
                "never get a? second|another chance",
                "there is|will no|be|not no? next one|time",
                "ultima|ultimas <w>? oportunidad|oportunidades|llamada|ocasion|chance|ronda|vez|vuelta|invitacion",
                "ultimo|ultimos aviso|avisos|recordatorio|adios|correo|mensaje|llamado|intento|tren",
                "por ultima vez",
                "es|sera la ultima",
                "ultima y nos vamos",
                "no habra <w>? otra|proxima|segunda|mas vez|oportunidad|ocasion",
                "no hay|habra revancha|vuelta atras",
                "no te? lo? volveremos a escribir|avisar|recordar",
            ],
        },
        Cues {
            tag: NEVER,
            phrases: &[
                "never again <..> price|offer|sale|deal|discount",
                "price|offer|deal|sale|discount <..> never <..> again|back|return|returns",
                "will|we'll|won't never? <w>? offer|repeat|sell|run|do this|it|that again",
                "never offer|repeat|run|see this|it|that|these <..> again",
                "won't|not be? repeated|back again?",
                "won't|never|not come|coming back",
                "missed|gone for ever|good",
                "gone forever",
                "once|one in|of a lifetime|kind deal|offer|price|chance|opportunity",
                "nunca|jamas <w>? volveremos|volveras|volvera|volveran a? <w>? poner|ver|tener|ofrecer|repetir|bajar|encontrar",
                "no|nunca|jamas se? repetira|repetiremos|repetiran|volvera|volveran",
                "no volveremos a poner|ofrecer|repetir|hacer|bajar",
                "se va|van para siempre",
                "unica en la vida",
                "no abriremos mas",
                "nunca mas <..> precio|oferta|descuento",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "when|since|until|about|was|the last|ultima time|vez",
                "the last time you|we|i|that",
                "your last order|visit|purchase|call|weekend",
                "last weekend we|you|i|in|of",
                "over|during|on|at the? last weekend",
                "last word belongs|goes",
                "la ultima vez que",
                "ultima vez que",
                "desde|cuando|en la ultima vez",
                "ultima ronda de pedidos|consultas|preguntas",
                "esta no es la ultima vez|oportunidad",
                "not|isn't your|the|a last chance|call",
                "never miss",
                "never have to",
                "gone for good|ever ,? the|our",
                "won't|not come back to? you|us|empty|late",
                "<n> <w>? last|final call|calls",
                "boarding call",
                "final boarding|whistle|exam|score|match|word on",
                "one last thing",
                "last thing",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        let own_negation = matches!(
            part.text.word(hit.tokens.start),
            "no" | "never" | "nunca" | "jamas" | "won't" | "not" | "will" | "we'll" | "we"
        );
        if part.is_in_name(&hit.tokens) || (!own_negation && claim::is_negated(&part.text, &hit.tokens)) {
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let (verdict, message) = match judge(case, hit.tag) {
            Answer::Stands => {
                outcome.stands(part, &hit.tokens, Verdict::Supported);
                continue;
            }
            Answer::NobodyLooked => (
                Verdict::Unknown,
                case.say(
                    || format!("`{quote}` calls for the last time, and nobody looked whether the brand did so before"),
                    || format!("`{quote}` dice que es lo último y nadie ha mirado si la marca ya lo dijo antes"),
                ),
            ),
            Answer::Before(day) => (
                Verdict::Contradicted,
                case.say(
                    || format!("`{quote}` is not the first last call: the brand made one on {day}"),
                    || format!("`{quote}` no es la primera última llamada: la marca hizo una el {day}"),
                ),
            ),
            Answer::Promise => (
                Verdict::Unknown,
                case.say(
                    || format!("`{quote}` promises that it never comes back, and no fact says so"),
                    || format!("`{quote}` promete que no se repetirá y ningún dato lo dice"),
                ),
            ),
        };
        let repair = case.say(
            || "say the day on which it ends, and not that it is the last".to_owned(),
            || "di el día en que termina, y no que es lo último".to_owned(),
        );
        outcome.blocks(case, part, &hit.tokens, Problem { verdict, message, repair }, None);
    }
}

enum Answer {
    Stands,
    NobodyLooked,
    Before(String),
    Promise,
}

fn judge(case: &Case<'_>, tag: u16) -> Answer {
    let Some(calls) = case.context.last_calls else { return Answer::NobodyLooked };
    let about_this = |offer: &str| case.context.facts.entries().any(|entry| entry.fact.entity == offer);
    let recent = |call: &crate::LastCall| call.at.plus_days(OTHERS_DAYS) >= case.clock.from;
    if let Some(call) = calls.iter().find(|call| about_this(&call.offer) || recent(call)) {
        return Answer::Before(explain::day(case.clock.day(call.at), case.context.explain_in));
    }
    let promised = || {
        case.context.facts.named("never_again").any(|entry| entry.truth() == Some(true) && case.holds(entry))
    };
    if tag == NEVER && !promised() { Answer::Promise } else { Answer::Stands }
}
