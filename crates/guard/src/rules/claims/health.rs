//! # C3 health claim
//! **Catches**: cures, heals, treats a disease; boosts immunity, burns fat, detox, without an authorised claim.
//! **Why**: people who are ill act on such words instead of seeing a doctor.
//! **Basis**: UCPD Annex I 17; Regulation (EC) 1924/2006. Fails: "cures acne". Passes: an authorised claim, word for
//! word, as a fact `health_claim`.
//!
//! That something cures a disease is never allowed. Other effects on the body need the fact. Care of things ("heals
//! scratches in wood") and of moods is no health claim.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, is_excused};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

const CURE: u16 = 0;
const EFFECT: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C3",
        family: Family::Claims,
        name_en: "health claim",
        name_es: "alegación de salud",
        catches: "A disease cured or treated; an effect on the body that no authorised claim states.",
        catches_es: "La cura o el tratamiento de una enfermedad, o un efecto en el organismo que ninguna alegación autorizada recoge.",
        why: "People who are ill act on such words instead of seeing a doctor.",
        why_es: "Quien está enfermo puede fiarse de esas palabras en lugar de acudir al médico.",
        basis: "UCPD Annex I 17; Regulation (EC) 1924/2006",
        basis_es: "Directiva 2005/29/CE, anexo I, punto 17; Reglamento (CE) 1924/2006",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "This cream cures acne.",
                passes: "Ask your doctor before you change your diet.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Esta crema cura el acné.",
                passes: "Consulta a tu médico antes de cambiar tu dieta.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: CURE,
            phrases: &[
                "cure|cures|cured|curing|heal|heals|treat|treats|reverse|reverses|eliminate|eliminates|beat|beats|banish|banishes|prevent|prevents|fight|fights|ends|end|relieve|relieves|eases <..> acne|arthritis|anxiety|asthma|cancer|cellulite|cold|colds|flu|covid|depression|diabetes|disease|diseases|eczema|headaches|headache|migraine|migraines|hypertension|illness|infection|infections|inflammation|insomnia|obesity|pain|pains|psoriasis|rosacea|allergies|allergy|cholesterol|dementia|alzheimer|osteoporosis|anemia|baldness|infertility",
                "miracle cure|remedy|pill|cream",
                "natural remedy|cure for",
                "goodbye to? <..> acne|arthritis|anxiety|migraine|migraines|insomnia|pain|eczema|psoriasis|depression",
                "cura|curan|curar|sana|sanan|trata|tratan|elimina|eliminan|combate|combaten|previene|previenen|revierte|alivia|alivian|quita|acaba con? <..> acne|artritis|artrosis|ansiedad|asma|cancer|celulitis|resfriado|resfriados|gripe|covid|depresion|diabetes|enfermedad|enfermedades|eccema|migrana|migranas|cefalea|cefaleas|hipertension|infeccion|infecciones|inflamacion|insomnio|obesidad|dolor|dolores|psoriasis|rosacea|alergia|alergias|colesterol|demencia|alzheimer|osteoporosis|anemia|calvicie",
                "remedio|cura|crema|pastilla milagrosa|milagroso|milagro",
                "remedio natural para|contra",
                "adios a|al <..> acne|artritis|ansiedad|migrana|migranas|insomnio|dolor|dolores|eccema|psoriasis|depresion|celulitis",
            ],
        },
        Cues {
            tag: EFFECT,
            phrases: &[
                "boost|boosts|boosting|strengthen|strengthens|supercharge|supercharges|support|supports <..> immunity|immune|metabolism|testosterone|digestion|memory|libido",
                "burn|burns|burning|melt|melts <w>? fat|calories",
                "fat burning|burner|burners",
                "lose|drop|shed <..> kilos|kilo|kg|pounds|lbs|weight|inches",
                "weight loss",
                "detox|detoxes|detoxify|detoxifies|detoxifying",
                "lower|lowers|reduce|reduces <..> cholesterol|pressure|sugar|appetite",
                "anti aging|ageing|inflammatory",
                "rejuvenate|rejuvenates|rejuvenating",
                "look|looks <n> years younger",
                "<n> years younger",
                "erase|erases|remove|removes <w>? wrinkles",
                "improve|improves|sharpen|sharpens your? memory|eyesight|fertility|circulation",
                "clinically|medically effective|tested|proven",
                "doctor|doctors recommend|recommended|approved",
                "works from the first pill|dose",
                "refuerza|refuerzan|fortalece|fortalecen|potencia|aumenta|estimula|mejora|mejoran <..> defensas|inmunidad|inmunitario|inmune|metabolismo|testosterona|digestion|memoria|circulacion|fertilidad|libido",
                "quema|queman|quemar|derrite <w>? grasa|grasas|calorias",
                "quemagrasa|quemagrasas",
                "pierde|perder|baja|bajar|adelgaza|adelgazar <..> kilos|kilo|kg|peso|tallas",
                "adelgaza|adelgazar|adelgazante|adelgazantes",
                "detox|depurativo|depurativa|desintoxica|desintoxicante",
                "reduce|reducen|baja|bajan|controla <..> colesterol|tension|azucar|apetito",
                "antiedad|antiinflamatorio|antiinflamatoria",
                "rejuvenece|rejuvenecedor|rejuvenecedora",
                "<n> anos mas joven",
                "borra|borran|elimina|eliminan <w>? arrugas",
                "clinicamente|medicamente eficaz|probado|probada|testado|testada",
                "recomendado|recomendada|aprobado|aprobada por <w>? medicos|dermatologos|farmaceuticos|dentistas",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "no pain",
                "treat yourself|himself|herself|him|her|them|mum|dad|someone",
                "lose weight of",
                "price|prices|shipping pain",
                "dropped|drop <..> weight of",
                "beat the cold|heat",
                "cold brew|drink|drinks|weather|nights|days",
                "keeps|keep out the cold",
            ],
        },
    ],
    check,
};

const CURED: Saying = Saying {
    en: "`{}` says that an illness is cured or treated; no product in a mail may",
    es: "`{}` dice que se cura o trata una enfermedad; ningún producto puede decirlo en un correo",
    repair_en: "take it out; say what the product is and what is in it",
    repair_es: "quítalo; di qué es el producto y qué contiene",
};

const EFFECTS: Saying = Saying {
    en: "`{}` claims an effect on the body, and no fact `health_claim` has an authorised claim that says so",
    es: "`{}` afirma un efecto sobre el cuerpo y ningún dato `health_claim` recoge una alegación autorizada que lo diga",
    repair_en: "use the words of an authorised claim, with the claim as a fact, or describe the product instead",
    repair_es: "usa las palabras de una alegación autorizada, con ella como dato, o describe el producto",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if is_excused(part, hit) {
            continue;
        }
        // An authorised claim repeated word for word is covered by its fact and never comes here.
        let (saying, verdict) = match hit.tag {
            CURE => (&CURED, Verdict::Unchecked),
            _ => (&EFFECTS, Verdict::Unknown),
        };
        outcome.blocks(case, part, &hit.tokens, saying.problem(case, part, hit, verdict), None);
    }
}
