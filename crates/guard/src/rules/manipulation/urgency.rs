//! # M1 false deadline
//! **Catches**: last hours, hurry, don't miss it, where no offer ends within three days of sending.
//! **Why**: pressure that no calendar backs takes away the time to think.
//! **Basis**: UCPD Annex I 7. Fails: "Hurry!" with no end. Passes: "Last hours", when `valid_until` is within 72 hours.
//!
//! A stated day is F4's. "For a limited time" needs an end, not a near one. "No hurry" presses nobody.

use crate::case::{Case, Outcome, Problem};
use crate::claim;
use crate::explain;
use crate::phrase::{Cues, SAFE};
use crate::rules::fact::date::ends;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const NOW: u16 = 0;
const LIMITED: u16 = 1;
/// An urgent word is honest when the end is at most this many hours after the first message goes out.
const REACH_HOURS: f64 = 72.0;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M1",
        family: Family::Manipulation,
        name_en: "false deadline",
        name_es: "falsa urgencia",
        catches: "Words of hurry where no fact gives an end within 72 hours of sending.",
        catches_es: "Palabras de prisa cuando ningún dato fija un final en las 72 horas siguientes al envío.",
        why: "Pressure that no calendar backs takes away the time to think.",
        why_es: "Una presión que ningún calendario justifica quita el tiempo para pensar.",
        basis: "UCPD Annex I 7",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 7",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Hurry, last hours!",
                passes: "There is no hurry. The last time you ordered, you chose the Aurora.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "¡Date prisa, últimas horas!",
                passes: "Sin prisas: en los últimos días hemos preparado novedades.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: NOW,
            phrases: &[
                "only|just hours|minutes|seconds left|to",
                "nearly|almost over ,?",
                "about to end|close|expire",
                "won't hang around",
                "blink and",
                "any min|minute|second|moment now?",
                "before time runs",
                "time's|time is nearly|almost up",
                "tick ,? tock",
                "clock's ticking",
                "seconds|minutes to go",
                "decide right now",
                "this very moment",
                "you'll wish you had",
                "ends sooo~|sooon",
                "don't|dont|not|never sleep on it",
                "quick quick",
                "may be withdrawn",
                "still thinking about it",
                "el reloj corre",
                "tic ,? tac",
                "quien duda",
                "muy pronto dejara",
                "termina antes de",
                "desaparece|termina|acaba en breve",
                "aprovecha mientras|antes",
                "que se cierra",
                "corrale|correle",
                "se te va",
                "parpadeas",
                "esto no dura",
                "cambia en cualquier momento",
                "a la mayor brevedad",
                "no lo pienses",
                "todavia lo estas pensando",
                "rapidito",
                "last|final few? hours|minutes|day|days|chance|call|opportunity",
                "hurry",
                "rush",
                "don't|dont|not|never miss",
                "ends|ending|expires|closing very? soon",
                "act|order|buy|shop fast|quick|quickly",
                "act now",
                "before it's|its too late",
                "time is|time's running out",
                "running out of time",
                "while you still can",
                "now or never",
                "don't|dont wait",
                "clock is ticking",
                "only a few hours|days left?",
                "countdown",
                "before it's gone",
                "before they're gone",
                "this won't last",
                "won't last long",
                "urgent|urgently",
                "today only",
                "only today",
                "ultimo|ultima|ultimos|ultimas horas|hora|minutos|minuto|dias|dia|oportunidad|oportunidades|llamada|aviso",
                "date|daos|dese prisa",
                "corre|corred|corran ,? que",
                "run ,? it|they is|are flying|going|almost|nearly",
                "run ,? it's|they're flying|going|almost|nearly",
                "flying off the? shelf|shelves",
                "grab|snap|get|claim <w>? before somebody|someone|others|anybody|anyone|they|it's",
                "be quick|fast",
                "quick|quickly|fast|hurry ,? before",
                "before they|it|they're|it's <w>? vanish|vanishes|disappear|disappears|gone",
                "while you can",
                "wait no longer",
                "no time to lose",
                "nos|te lo|la|los|las quitan",
                "hazte|hacerte|haceos con <..> antes",
                "antes que otro|otra|otros|nadie|los demas",
                "se rapido|rapida",
                "rapido|rapida|deprisa ,? antes",
                "antes de que vuelen|vuele|desaparezca|desaparezcan|se vayan|te lo|la",
                "no hay tiempo que perder",
                "espabilate",
                "apresurate|apurate",
                "no te lo|la|los|las pierdas|perdais",
                "no te pierdas",
                "no lo dejes escapar|pasar",
                "no dejes escapar|pasar",
                "no te quedes sin",
                "antes de que sea <w>? tarde",
                "antes de que se|termine|acabe",
                "se acaba el tiempo",
                "se te acaba",
                "termina|acaba|finaliza|caduca muy? pronto",
                "ahora o nunca",
                "no esperes mas",
                "cuenta atras",
                "urgente|urgentemente",
                "solo hoy",
                "hoy solo",
                "quedan pocas horas",
                "quedan pocos dias",
                "hoy o nunca",
                "actua ya|ahora",
            ],
        },
        Cues {
            tag: LIMITED,
            phrases: &[
                "limited time",
                "limited period",
                "for a short time",
                "tiempo limitado",
                "oferta temporal",
                "por poco tiempo",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "last day of term|school|the",
                "no , hoy solo",
                "ultima llamada para el|del vuelo|embarque|autobus|tren",
                "last|final call for|of flight|boarding|papers|abstracts",
                "miss our|the open day|talk|concert",
                "tiene cuenta atras",
                "cuenta atras ,? cronometro",
                "si es urgente",
                "we|we'll|will|we're be? quick|fast",
                "no hurry|rush",
                "without hurry|rush",
                "no need to hurry|rush",
                "never|don't|dont|not rush",
                "don't hurry",
                "in|over|during|for the|these|your last|final few? days|hours|day|minutes",
                "rush hour",
                "last day|days|minutes|hours of your|summer|school|the|our",
                "last minute|minutes details",
                "don't|dont|not miss a|our|any newsletter|newsletters|delivery|emails|messages|beat|email|message|of",
                "so you don't|dont miss",
                "we don't|dont miss",
                "miss you",
                "don't|dont wait in|for",
                "not urgent",
                "nothing urgent",
                "no hay prisa",
                "sin prisa|prisas",
                "en|de|durante los|estos|las|estas ultimos|ultimas dias|horas|minutos",
                "ultimo|ultimos dia|dias de|del verano|ano|vacaciones|curso|mes",
                "nada urgente",
                "no es urgente",
                "last call of duty",
                "no te pierdas nuestros|nuestras correos|mensajes|emails",
                "para que no te|se pierda|pierdas",
                "ultima hora",
                "from the last day|days",
                "entrega urgente",
                "urgent care",
                "last days|day at",
                "envio urgente",
                "no te quedes sin saber",
                "no te pierdas de vista",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let ends = ends(case);
    for (part, hit) in case.hits() {
        let own_negation =
            matches!(part.text.word(hit.tokens.start), "no" | "don't" | "dont" | "not" | "never");
        if part.is_in_name(&hit.tokens) || (!own_negation && claim::is_negated(&part.text, &hit.tokens)) {
            continue;
        }
        let reach = if hit.tag == NOW { REACH_HOURS } else { f64::INFINITY };
        let honest = ends.iter().find(|(_, day)| {
            let (first, last) = case.clock.hours_to(*day);
            last >= 0.0 && first <= reach
        });
        if honest.is_some() {
            outcome.stands(part, &hit.tokens, Verdict::Supported);
            continue;
        }
        let quote = part.text.quote(part.text.span(&hit.tokens));
        let language = case.context.explain_in;
        let problem = match ends.first() {
            Some((_, day)) => {
                let end = explain::day(*day, language);
                Problem {
                    verdict: Verdict::Contradicted,
                    message: case.say(
                        || format!("`{quote}` presses, but the offer ends on {end}, not within 72 hours of sending"),
                        || format!("`{quote}` mete prisa, pero la oferta termina el {end}, no en las 72 horas tras el envío"),
                    ),
                    repair: case.say(
                        || format!("say the date instead: `until {end}`"),
                        || format!("di la fecha en su lugar: `hasta el {end}`"),
                    ),
                }
            }
            None => Problem {
                verdict: Verdict::Unknown,
                message: case.say(
                    || format!("`{quote}` presses, and no fact says that anything ends"),
                    || format!("`{quote}` mete prisa y ningún dato dice que algo termine"),
                ),
                repair: case.say(
                    || "take it out, or add `valid_until` and say the date".to_owned(),
                    || "quítalo, o añade `valid_until` y di la fecha".to_owned(),
                ),
            },
        };
        outcome.blocks(case, part, &hit.tokens, problem, ends.first().map(|(entry, _)| *entry));
    }
}
