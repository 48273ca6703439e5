//! # P1 special-category data or inference
//! **Catches**: a second person with health, pregnancy, faith, politics, origin, sex life or union in one clause.
//! **Why**: a letter that shows that it knows such a thing may be read by others, and hurts even when it is right.
//! **Basis**: GDPR 9; CJEU C-184/20, C-446/21. Fails: "Since you're pregnant". Passes: "Maternity wear in many sizes".
//!
//! An inference is held just as a fact would be: it is the reader's own data either way.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, never_allowed};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "P1",
        family: Family::Privacy,
        name_en: "special-category data",
        name_es: "datos de categoría especial",
        catches: "Health, pregnancy, faith, politics, origin, sex life or union membership said of the reader.",
        catches_es: "La salud, el embarazo, la religión, las ideas políticas, el origen, la vida sexual o la afiliación sindical atribuidos a quien lee.",
        why: "A letter that knows such a thing may be read by others, and hurts even when it is right.",
        why_es: "Una carta que sabe algo así puede leerla otra persona, y hiere aunque acierte.",
        basis: "GDPR 9; CJEU C-184/20",
        basis_es: "RGPD, art. 9; TJUE C-184/20",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Since you're pregnant, look at this.",
                passes: "Maternity wear in many sizes.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Como estás embarazada, mira esto.",
                passes: "Ropa premamá en muchas tallas.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                // The reader, and what they are said to be.
                "you|you're|you've are? <w>? expecting|pregnant|diabetic|disabled|overweight|obese|depressed|infertile|gay|lesbian|bisexual|transgender|trans|muslim|jewish|catholic|christian|hindu|buddhist|atheist|immigrant|menopausal|autistic|hiv|alcoholic|addict|ill|epileptic|asthmatic",
                "you are|were <w>? <w>? expecting|pregnant|diabetic|disabled|overweight|obese|depressed|gay|lesbian|bisexual|transgender|muslim|jewish|catholic|hindu|immigrant|menopausal|autistic",
                "as|being a|an diabetic|muslim|jew|catholic|christian|hindu|gay|lesbian|trans|disabled|immigrant|roma|black|asian|latino|latina|socialist|conservative|liberal|republican|democrat|unionist|vegan for",
                "your <w>? pregnancy|diagnosis|diabetes|depression|anxiety|disability|illness|disease|cancer|hiv|infertility|miscarriage|abortion|menopause|allergy|allergies|medication|therapy|prescription|condition|incontinence|addiction|religion|faith|ethnicity|race|sexuality|orientation|politics|erection|weight|psoriasis|acne|hemorrhoids|haemorrhoids",
                "your|the baby|due is|on|date <..> way|coming",
                "your due date",
                "your <w>? trade? union membership|dues",
                "your <w>? political|religious|sexual views|beliefs|opinion|opinions|orientation|party|preferences|faith|life",
                "how you voted",
                "you|you've have? <w>? been diagnosed|prescribed",
                "you suffer|suffered from|with",
                "you|you've have? <w>? voted for",
                "living with <w>? diabetes|hiv|cancer|depression|anxiety|autism|disability",
                "people like you <..> diabetes|depression|pregnant|faith",
                "como|ya|sabemos|vemos|porque|que estas|eres|esta|es|estes|sois <w>? embarazada|embarazado|diabetico|diabetica|discapacitado|discapacitada|obeso|obesa|deprimido|deprimida|esteril|gay|lesbiana|bisexual|transexual|trans|musulman|musulmana|judio|judia|catolico|catolica|cristiano|cristiana|ateo|atea|inmigrante|gitano|gitana|menopausica|autista|alcoholico|celiaco|celiaca|enfermo|enferma|afiliado|votante",
                "estas|eres <w>? embarazada|diabetico|diabetica|discapacitado|discapacitada|obeso|obesa|deprimido|deprimida|musulman|musulmana|judio|judia|catolico|catolica|cristiano|cristiana|inmigrante|gitano|gitana|autista|lesbiana|gay|bisexual|celiaco|celiaca|alcoholico|enfermo|enferma",
                "tu|su|vuestro <w>? embarazo|diagnostico|diabetes|depresion|ansiedad|discapacidad|enfermedad|cancer|vih|infertilidad|aborto|menopausia|alergia|alergias|medicacion|terapia|receta|incontinencia|adiccion|religion|fe|etnia|raza|sexualidad|orientacion|ideologia|sindicato|tension|psoriasis|acne|hemorroides|sobrepeso|obesidad",
                "estas esperando un|a bebe|nino|nina|hijo",
                "esperas un bebe|hijo|nino",
                "tu bebe|hijo esta en camino|por",
                "te han|ha|fue|fuiste diagnosticado|diagnosticada|diagnostic~|recetado",
                "sufres|padeces|sufre|padece de|la|una|un|tu",
                "padeces|sufres <w>? diabetes|ansiedad|depresion|insomnio|cancer|migranas|alergia",
                "votaste|votas|has votado|voto a|por",
                "tu|tus|su|sus <w>? creencias|opiniones|ideas|orientacion religiosas|politicas|sexual",
                "tu|su afiliacion sindical|politica",
                "personas como tu <..> diabetes|embarazadas|discapacidad",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "if|when|while|should you're|you <w>? pregnant|diabetic|disabled|ill|overweight|expecting",
                "if|when|while you are|feel|fall|become <w>? pregnant|diabetic|disabled|ill|overweight|expecting",
                "you fall|feel ill",
                "si|cuando estas|eres|esta|es <w>? embarazada|diabetico|diabetica|celiaco|celiaca|enfermo|enferma",
                "your weight limit|of|in",
                "your faith in",
                "your party dress|bag|supplies",
                "in good|best condition",
                "your race day|kit|number|bike|shoes",
                "you're expecting a|your|the? parcel|delivery|order|guests|visitors",
                "you are expecting a|your|the? parcel|delivery|order|guests|visitors",
                "what you're expecting",
                "your therapy dog",
                "your <w>? condition of",
                "ask|consult|tell <..> doctor <..> medication",
                "sufres de calor|frio",
                "que esperas",
                "a tu fe",
                "tu carrera|raza favorita",
                "raza de perro",
                "tu receta favorita|de",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` says or infers something about the reader's health, faith, origin, politics or private life",
    es: "`{}` dice o deduce algo de la salud, la fe, el origen, las ideas o la vida privada de quien lee",
    repair_en: "describe the product, and let whoever needs it recognise it",
    repair_es: "describe el producto y deja que lo reconozca quien lo necesite",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    never_allowed(case, outcome, &SAYING);
}
