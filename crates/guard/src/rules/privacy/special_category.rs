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
                // What the reader, or somebody of theirs, is said to have or to have gone through.
                "your <w>? <w>? history|treatment|bout|battle|struggle|risk|case|test of|with|for|against <w>? cancer|diabetes|depression|anxiety|hiv|epilepsy|dementia|addiction|stroke|infertility",
                "your <w>? bmi|stroke|ivf|dialysis|chemo|chemotherapy|hernia|arthritis|migraine|migraines|dementia|autism|dyslexia|adhd|ptsd|endometriosis|hysterectomy|colostomy|insomnia|epilepsy|schizophrenia|vasectomy|dna|genome|ovulation|fertility",
                "your wife's|husband's|son's|daughter's|child's|children's|mother's|father's|partner's|sister's|brother's <w>? pregnancy|diagnosis|diabetes|depression|anxiety|disability|illness|cancer|hiv|autism|dyslexia|adhd|dementia|addiction|epilepsy|medication",
                "your autistic|dyslexic|diabetic|disabled|epileptic|asthmatic|adhd son|daughter|child|children|kid|kids|mother|father|wife|husband|partner",
                "since|after|following|now|with your <w>? heart? stroke|miscarriage|abortion|mastectomy|attack|chemotherapy|surgery|operation|diagnosis|relapse",
                "you|you're|you've are|were|been? <w>? <..> ovulating|dyslexic|menopause|chemotherapy|dialysis|remission|rehab",
                "as|being a|an? member of a|the|your <..> union|synagogue|mosque|congregation",
                "gay|lesbian|bisexual|trans|transgender|muslim|jewish|catholic|disabled|diabetic|autistic man|woman|person|couple|family|people|reader like you",
                "you bought|ordered|buy|purchased|searched|read <..> pregnant|pregnancy|expecting|diabetic|menopause|depressed|gay|ill",
                "what|which you like in bed",
                "as|being|because|since|knowing a|an|you|you're|how are? <w>? diabetic|muslim|jew|catholic|christian|hindu|sikh|churchgoer|believer|lesbian|migrant|refugee|gypsy|traveller|vote|voter|coeliac|celiac|wheelchair you|you'll|you'd|you've|your|we|this|here|like|might|must|will|household",
                "your <w>? <w>? asthma|glaucoma|bipolar|panic|methadone|antidepressants|antidepressant|insulin|wheelchair|hearing|eyesight|gluten|psychosis|tumour|tumor|hysteria|thyroid|pacemaker|lupus|parkinson's|sclerosis|anorexia|bulimia <w>? is|was|has|disorder|attacks|attack|refill|refills|intolerance|disease",
                "your asthma|glaucoma|methadone|antidepressants|wheelchair|psychosis|thyroid|pacemaker|lupus|anorexia|bulimia|psychiatrist|therapist|oncologist|gynaecologist|gynecologist",
                "your <w>? roots|surname|ancestry|accent|name tells|tell|means|says|suggests|shows <w>? <w>? you|you're",
                "given|because|since|with of? your <w>? roots|ancestry|descent|skin|blood",
                "as someone of <w>? descent|origin|heritage",
                "you|you've|who <w>? vote|voted|voting|lean|leaned|leant on|to|for|left|right|green",
                "you see a therapist|psychiatrist|psychologist|counsellor",
                "it looks like depression|anxiety|pregnancy|burnout",
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
                "tu|su|vuestro|vuestra <w>? <w>? historial|tratamiento|expediente|caso|riesgo|prueba|terapia de|del|contra|por|sindical|oncologico <w>? vih|cancer|diabetes|depresion|ansiedad|epilepsia|demencia|adiccion|ictus",
                "tu|su|vuestro <w>? historial|expediente|afiliacion|carne|militancia sindical|sindicato|clinico|medico|oncologico|psiquiatrico",
                "tu|su|vuestra <w>? militancia|patologia|imc|ictus|quimioterapia|quimio|dialisis|hernia|artritis|artrosis|migrana|migranas|demencia|autismo|dislexia|tdah|endometriosis|epilepsia|esquizofrenia|vasectomia|menstruacion|ovulacion|fertilidad|adn|genoma|regla",
                "tu|su perfil|test|prueba|mapa genetico|genetica",
                "tu|su hijo|hija|madre|padre|mujer|marido|pareja|hermano|hermana <w>? autista|dislexico|dislexica|diabetico|diabetica|discapacitado|discapacitada|celiaco|celiaca|epileptico|epileptica",
                "por|como|al estar|ser|eres|estas <w>? <w>? afiliado|afiliada|indigena|sindicado|sindicada|sindicalista|militante|gitano|gitana|gay|lesbiana|trans|seropositivo|seropositiva|creyente|practicante",
                "ya? viene|llega tu|su|vuestro bebe",
                "por|segun tus|sus <w>? compras|busquedas|lecturas <..> embarazo|embarazada|bebe|folico|diabetes|menopausia|depresion",
                "vas|fuiste|sales|saliste|estas|estabas|rezas|te vimos a|de|del|en <..> misa|mezquita|sinagoga|parroquia|templo",
                "tienes|tiene|tenes|tengas|tenga|tuviste <w>? diabetes|tdah|autismo|ansiedad|depresion|cancer|vih|sida|epilepsia|asma|migrana|migranas|celiaquia|hipertension|colesterol|glaucoma|dislexia|parkinson|alzheimer|endometriosis",
                "tomas|toma|tomes|dejaste|tomando antidepresivos|ansioliticos|antirretrovirales|insulina|metadona|hormonas|somniferos|anticonceptivos|litio",
                "tu|su <w>? receta|tratamiento|dosis de ansioliticos|antidepresivos|antirretrovirales|insulina|metadona|hormonas",
                "como|para <w>? <w>? diabetico|diabetica|alcoholico|alcoholica|catolico|catolica|musulman|musulmana|judio|judia|votante|celiaco|celiaca|celiacos|celiacas|diabeticos|creyente|migrante|refugiado|refugiada en|de|que|como|a|mereces|te|le <w>? <w>? tu|usted|recuperacion|izquierdas|izquierda|derechas|derecha|es|eres|sos|va|va",
                "sos|sois|es usted|vosotros|un|una? judio|judia|musulman|musulmana|catolico|catolica|gay|lesbiana|bisexual|trans|diabetico|diabetica|celiaco|celiaca|gitano|gitana",
                "por|segun tu|su apellido|acento|piel|origen",
                "tu|su piel gitana|negra|mestiza|indigena",
                "a quien vota|votas|votaste|voto",
                "usted|eres|sos es? <w>? <w>? <w>? de izquierdas|derechas|izquierda|derecha",
                "tu|su <w>? glaucoma|migrana|asma|celiaquia|rosacea|prostata|tumor|tiroides|marcapasos|anorexia|bulimia|ludopatia|psiquiatra|oncologo|ginecologo|psicologo|terapeuta",
                "te|le|lo|la operaron|ingresaron|trataron de",
                "indica|indican|sugiere|sugieren|apunta|apuntan|parece|detectamos <w>? depresion|ansiedad|embarazo|diabetes|rosacea",
                "la menopausia|regla|ansiedad|depresion|migrana ya? <w>? te|le",
                "en tu|su casa se reza|guarda|celebra|ayuna",
                "como llevas|lleva la|el|tu|su ansiedad|depresion|embarazo|cancer|duelo|divorcio|migrana",
                "tras|por|desde la|tu|su perdida de tu|su|vuestro bebe|hijo|embarazo",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "if|when|while|should you're|you <w>? pregnant|diabetic|disabled|ill|overweight|expecting",
                "if|when|while you are|feel|fall|become <w>? pregnant|diabetic|disabled|ill|overweight|expecting",
                "you fall|feel ill",
                "si|cuando estas|eres|esta|es <w>? embarazada|diabetico|diabetica|celiaco|celiaca|enfermo|enferma",
                "your dna|fertility test|kit|order|results? kit|order",
                "with|after your operation|surgery hours",
                "if|when|while|should you|you're are? <w>? <..> menopause|ovulating|dyslexic|chemotherapy|dialysis",
                "si|cuando sales|vas|estas a|de|en <..> misa|parroquia|templo",
                "por regla general",
                "su regla de",
                "vote for your|our|the favourite|favorite|best",
                "you vote|voted for your|our|the|us <w>? favourite|favorite|product|flavour|flavor|design",
                "vota|votas|vote|votaste por tu|su|el|la <w>? favorito|favorita|sabor|diseno",
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
