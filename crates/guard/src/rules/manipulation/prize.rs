//! # M10 false prize
//! **Catches**: "you've won", "you have been chosen", "claim your prize", without a fact of the draw.
//! **Why**: people pay, travel or hand over data for prizes that do not exist.
//! **Basis**: UCPD Annex I 31. Fails: "You've won!". Passes: "Take part in our draw", or a win that the draw fact says.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, needs_fact, speaks_of};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M10",
        family: Family::Manipulation,
        name_en: "false prize",
        name_es: "falso premio",
        catches: "A prize said to be won or waiting, without a fact of the draw.",
        catches_es: "Un premio que se da por ganado o que espera a quien lee, sin un dato del sorteo.",
        why: "People pay, travel or hand over data for prizes that do not exist.",
        why_es: "Hay quien paga, viaja o entrega sus datos por premios que no existen.",
        basis: "UCPD Annex I 31",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 31",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Congratulations, you've won!",
                passes: "Take part and you may win a lamp.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "¡Enhorabuena, has ganado!",
                passes: "Participa y podrás ganar una lámpara.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "congratulations|congrats|cngrats <..> is|are yours",
                "your number <w>? came|was up|drawn|chosen",
                "your lucky day|number",
                "you are|you're our? <..> <n> th? <w>? visitor|customer",
                "unclaimed|uncollected <w>? reward|prize|cheque|money|winnings",
                "your prize <..> delivered|ready|shipped|held",
                "hit|won the jackpot",
                "winner <..> tap|click|open|see|txt|text",
                "cheque|check for|of <..> waiting|signature|you",
                "prize of the",
                "your golden ticket",
                "reward confirmed|unlocked|reserved",
                "confirms|confirm a win|prize",
                "awarded you",
                "held in your name",
                "at our expense",
                "the keys are <..> your name",
                "you spun the wheel",
                "your name appears|is on the list|winners",
                "enhorabuena|felicidades ,? :? te|le toca|ha|has",
                "te|le toca|toco|ha salido un|una|el|la",
                "gira la ruleta",
                "siempre toca",
                "premio gordo",
                "has|ha|a sido uno|una|el|la de|del? los? afortunad~|ganador|ganadora",
                "a tu|su nombre sin reclamar",
                "sin reclamar",
                "cheque <w>? esperandote|a tu nombre",
                "reclamar|reclama|recoger|canjear mi|tu|su premio",
                "salio ganador|ganadora",
                "te ganaste|sacaste",
                "ganaste",
                "como ganador|ganadora",
                "te la rifaste",
                "ha sido sorteada|sorteado",
                "premio ! ",
                "pulsa y recogelo|recogela",
                "you|you've have? won",
                "you|you're are? a|our|the|today's|this <..> winner",
                "winner|winners announced ? you",
                "you|you've have? been <w>? selected|chosen|picked|drawn",
                "you|you're are|were <w>? selected|chosen|picked",
                "lucky winner|visitor|customer",
                "claim|collect|redeem|get your <w>? prize|reward|winnings",
                "your <w>? prize|reward|winnings is|are|awaits|waiting",
                "a|your prize is|has <..> waiting|reserved",
                "has|ha|habeis|han ganado",
                "eres|es el|la|uno|nuestro|nuestra <..> ganador|ganadora|afortunado|afortunada|agraciado|agraciada",
                "te ha tocado",
                "te|le hemos elegido|seleccionado|escogido",
                "has|ha sido <w>? elegido|elegida|seleccionado|seleccionada|agraciado|agraciada|premiado|premiada",
                "reclama|recoge|canjea|cobra|reclame tu|su <w>? premio|regalo|recompensa",
                "tu|su <w>? premio te? espera|esta",
                "te espera un|tu premio",
                "ganador|ganadora seguro|segura",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "congratulations on",
                "enhorabuena por",
                "te toca a|elegir|decidir|descansar",
                "le toca a|revision",
                "ganaste puntos|experiencia",
                "you've|you have? won our|us heart|hearts|over",
                "you've|you <w>? won your|the race|game|match|heat|league|group|age",
                "you've earned",
                "has ganado puntos|experiencia|tiempo",
                "you've won points",
                "redeem your points|voucher|code",
                "collect|claim your order|points|parcel",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` says that the reader has won something, and no fact of a draw says so",
    es: "`{}` dice que quien lee ha ganado algo y ningún dato de un sorteo lo dice",
    repair_en: "attach the draw with its date and result as a fact, or invite to take part",
    repair_es: "adjunta el sorteo con su fecha y resultado como dato, o invita a participar",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    needs_fact(case, outcome, &SAYING, |_, entry| {
        speaks_of(entry, &["draw", "sorteo", "prize", "premio", "winner", "ganador"])
            && entry.truth() != Some(false)
            && entry.fact.polarity == terms::fact::Polarity::True
    });
}
