//! # M4 confirm-shaming
//! **Catches**: a way to say no that makes the reader say something bad of themselves.
//! **Why**: a refusal is a choice, not a confession.
//! **Basis**: UCPD 8; DSA 25. Fails: "No thanks, I like paying more". Passes: "No thanks".
//!
//! The grammar of the trick: a refusal, then the speaker's own voice with a verb of wanting, and something nobody
//! wants. Subtler forms are for the learned cues.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::Saying;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "M4",
        family: Family::Manipulation,
        name_en: "confirm-shaming",
        name_es: "rechazo vergonzante",
        catches: "A refusal worded so that whoever chooses it speaks badly of themselves.",
        catches_es: "Un rechazo redactado de modo que quien lo elige habla mal de sí mismo.",
        why: "A refusal is a choice, not a confession.",
        why_es: "Rechazar es elegir, no confesar.",
        basis: "UCPD 8; DSA 25",
        basis_es: "Directiva 2005/29/CE, art. 8; Reglamento de Servicios Digitales, art. 25",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "No thanks, I like paying more.",
                passes: "No thanks, maybe another day.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "No, prefiero pagar más.",
                passes: "No, gracias, quizá otro día.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "no|nah|nope ,? thanks|thank|way? you? ,? i|i'd|i'll|i'm like|love|prefer|enjoy|hate|want|rather|stay|keep|miss|pay|don't|dont|do|already|am|have|choose|can|will|happy|fine|too",
                "no|nah|nope ,? i|i'd|i'll|i'm like|love|prefer|enjoy|hate|rather|stay|keep|happy|fine <..> paying|pay|full|overpaying|missing|miss|boring|bored|broke|tired|ugly|poor|money|discount|discounts|savings|waste|wasting|dark|alone|behind|old|sick|fat|unhealthy",
                "i hate|dislike saving|savings|discounts|deals|money|good|free",
                "i'd|i rather|prefer|like|love|enjoy to? pay|paying|overpay|overpaying|miss|missing|waste|wasting|stay|staying|be|being <..> full|more|out|money|tired|broke|bored|uninformed|price|behind",
                "i like|prefer|want|choose to? paying|pay <w>? more|full",
                "i don't|dont|do not? want|need|like|care <..> save|saving|savings|discount|discounts|better|money|deal|deals|free|smart|smarter|healthy|healthier",
                "i'm|i am? not interested in saving|good|a? better|my|looking",
                "i'll stay|keep <..> uninformed|ignorant|poor|unhealthy|boring|paying",
                "i|i'll take my chances",
                "i don't|dont|do not? care about my|the|our|saving",
                "no|nah ,? gracias? ,? prefiero|odio|detesto|me|yo|no|quiero|soy|elijo|seguire pagar|perder|perderme|seguir|quedarme|gasta|gastar|odio|gusta|encanta|quiero|necesito|ahorrar|tirar|ser|estar|aburrirme",
                "prefiero <w>? pagar <w>? mas|precio|completo|todo",
                "prefiero perder|perderme|gastar|tirar|desperdiciar|quedarme|seguir",
                "me gusta|encanta pagar|perder|gastar|tirar|desperdiciar",
                "no quiero ahorrar|descuentos|ofertas|mejorar|cuidarme|aprender",
                "odio ahorrar|los|las descuentos?|ofertas?|chollos?",
                "no me interesa ahorrar|mejorar|cuidarme|pagar|cuidar",
                "no me importa pagar|perder|gastar|mi|el",
                "seguire pagando|perdiendo|gastando|sin",
                "renuncio a ahorrar|mi|mis|un|mejorar",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "no thanks ,? i'll|i decide|think|come|have already",
                "no ,? i don't|dont want to? receive|get|hear|messages|mails|emails",
                "no quiero recibir",
                "i don't|dont want your|messages|emails",
                "i'd rather not",
                "no ,? prefiero no",
                "prefiero seguir como|igual",
                "no thanks i already have",
                "i'd rather pay in|by|with|monthly|yearly",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` makes whoever says no speak badly of themselves",
    es: "`{}` hace que quien dice que no hable mal de sí mismo",
    repair_en: "write a plain refusal: \"No thanks\"",
    repair_es: "escribe un rechazo sencillo: «No, gracias»",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    // Negation is the point of these phrases, so it excuses none of them.
    for (part, hit) in case.hits().filter(|(part, hit)| !part.is_covered(&hit.tokens)) {
        let problem = SAYING.problem(case, part, hit, Verdict::Unchecked);
        outcome.blocks(case, part, &hit.tokens, problem, None);
    }
}
