//! # P4 sensitive use
//! **Catches**: "we saw you near our shop", "we read your messages", what was typed, watched or said at home.
//! **Why**: nobody agreed to be followed, and a letter that shows it frightens.
//! **Basis**: CPRA 1798.121; GDPR 5(1)(a). Fails: "You walked past our shop". Passes: "Our shop is in Calle Mayor 12".

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "P4",
        family: Family::Privacy,
        name_en: "following the reader",
        name_es: "seguir a quien lee",
        catches: "The reader's whereabouts, device, messages, finances or habits, shown as known.",
        catches_es: "El paradero, el dispositivo, los mensajes, las finanzas o los hábitos de quien lee, mostrados como algo sabido.",
        why: "Nobody agreed to be followed, and a letter that shows it frightens.",
        why_es: "Nadie aceptó que lo siguieran, y una carta que lo deja ver asusta.",
        basis: "CPRA 1798.121; GDPR 5(1)(a)",
        basis_es: "CPRA 1798.121; RGPD, art. 5.1 a)",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "We saw you walk past our shop.",
                passes: "Our shop is in Calle Mayor 12.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Te vimos pasar por delante de la tienda.",
                passes: "Nuestra tienda está en la calle Mayor, 12.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "your phone|watch|car|tv|fridge|thermostat sleeps|slept|lingered|placed|says|told|was|spent|tells",
                "you left home|work|house at",
                "we can see|saw ur|you",
                "you spent <n> <w> at|in",
                "our app|your app placed|saw|found you",
                "you were in|at <..> on monday|tuesday|wednesday|thursday|friday|saturday|sunday",
                "you were in room|the county",
                "you stood|sat|stopped|waited in|at|outside",
                "you pass|passed our",
                "we noticed that|you|your",
                "in your messages|chats|mails|emails",
                "you rang|called|phoned <..> times",
                "we followed your",
                "by your walks",
                "you've stopped|been at",
                "you wait in|at",
                "anoche dormiste|estuviste|cenaste",
                "tu coche|movil|reloj|celular|telefono|nevera estuvo|dice|paso|marca|nos|sabe",
                "cada tarde|manana|noche pasas",
                "por tu recorrido|trayecto|rutina",
                "te hemos|vimos visto",
                "leimos|leido en tus",
                "en tu chat",
                "te oimos",
                "le dijiste a tu",
                "por los movimientos",
                "con el saldo que tienes",
                "lo marca|dice tu gps",
                "segun tu gps|reloj|movil",
                "ya te vimos",
                "estas a <n> metros",
                "estas en el|la <..> gps",
                "vimos por tu",
                "tu movil paso",
                "ibas a <n> por",
                "hemos leido|visto tu agenda",
                "sabemos que te sobran|vas|pasas",
                "we|we've have? <w>? saw|see|seen|noticed|spotted|know|knew|detected|tracked|watched|watching that? you|you're|you've|your <..> near|passing|past|visited|visiting|walk|walked|drove|home|asleep|awake|location|phone|street|street's|house|scrolling|browsing|hovering|hesitating|typing|typed|lingering|gym|hospital|clinic|church|bank",
                "we can? see|know where you|you're <w>? live|are|work|sleep|shop|go",
                "based on|thanks to your <w>? <w>? location|whereabouts|gps|movements|messages|calls|contacts|conversations|browsing|income|salary|bank",
                "your exact|precise|current|live <w>? location|whereabouts|position",
                "you are|you're <w>? <n> minutes|metres|meters|steps|blocks|km|miles from|away",
                "you|you've have? just passed|walked|left|arrived|landed|parked|entered",
                "welcome home from",
                "you looked|stared at <..> <n> times|minutes|seconds",
                "you spent <n> minutes|seconds|hours looking|staring|on|browsing|reading",
                "your <w>? salary|income|bank balance|account balance|credit score",
                "we|we've have? read|heard|listened|scanned <w>? your|you <w>? messages|emails|chats|conversations|calls|mail|say",
                "we know what|when|how|who|everything you|about",
                "we're|we are? watching|following you",
                "te|le|os hemos? vimos|visto|detectamos|detectado|seguimos|seguido|localizamos|localizado|observamos|observado <..> cerca|pasar|pasando|tienda|calle|casa|gimnasio|hospital|mirando|mirar|dudar|dudando|escribir|navegando|despierto|despierta",
                "sabemos|vemos <w>? donde|que|cuando|quien|cuanto|como <w>? has? vives|estas|estado|trabajas|duermes|compras|miras|ganas|vas|andas",
                "tu|su <w>? ubicacion|localizacion|posicion exacta|precisa|actual",
                "segun|por|gracias a tu <w>? ubicacion|localizacion|gps|movimientos|mensajes|llamadas|contactos|conversaciones|navegacion|sueldo|nomina|ingresos",
                "estas a <n> minutos|metros|pasos|km|calles de",
                "acabas de pasar|salir|llegar|aterrizar|aparcar|entrar",
                "has pasado <n> minutos|segundos|horas mirando|viendo|leyendo|en",
                "miraste|has mirado|viste <..> <n> veces",
                "tu|su sueldo|nomina|salario|saldo|cuenta <w>? bancaria|es|permite|corriente",
                "hemos leido|escuchado|oido tus|tu <w>? mensajes|correos|conversaciones|llamadas|chats",
                "te estamos observando|siguiendo|mirando",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "we noticed that? a|an|the|our|some",
                "we can see your point",
                "you were in good",
                "you've been at it",
                "te hemos visto crecer",
                "your phone was|is repaired|ready",
                "we|we'd love|like to see|know",
                "we don't|dont|do not? know|track|read|follow",
                "no sabemos|seguimos|leemos|rastreamos",
                "we know you|you're <w>? love|like|busy|enjoy",
                "we know how <w>? hard|important|much",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` shows the reader that they are followed",
    es: "`{}` muestra a quien lee que se le sigue",
    repair_en: "take it out; say where the shop is, or what there is to see",
    repair_es: "quítalo; di dónde está la tienda o qué hay que ver",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
