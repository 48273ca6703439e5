//! # C5 generic green claim
//! **Catches**: eco-friendly, sustainable, good for the planet, biodegradable, without a certificate.
//! **Why**: a general claim about the environment cannot be checked by the reader, so somebody else must have.
//! **Basis**: UCPD 6 and Annex I 2a, 4a (Directive (EU) 2024/825). Fails: "our eco-friendly range". Passes: the same
//! with a certificate fact that speaks of it.
//!
//! "Sustainable growth" and other uses that say nothing of nature are no claim. Neutrality is C6's.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, needs_fact, speaks_of};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C5",
        family: Family::Claims,
        name_en: "generic green claim",
        name_es: "alegación ecológica genérica",
        catches: "A general claim of being good for the environment, without a certificate.",
        catches_es: "Una alegación general de ser bueno para el medio ambiente, sin un certificado.",
        why: "The reader cannot check such a claim, so an independent body must have.",
        why_es: "Quien lee no puede comprobarla, así que debe haberlo hecho un organismo independiente.",
        basis: "UCPD Annex I 2a, 4a (Directive (EU) 2024/825)",
        basis_es: "Directiva 2005/29/CE, anexo I, puntos 2 bis y 4 bis (Directiva (UE) 2024/825)",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Our eco-friendly range is here.",
                passes: "Made of 100 % recycled aluminium.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Nuestra gama más respetuosa con el medio ambiente.",
                passes: "Repararla es más sencillo de lo que parece.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "conscious collection|fashion|choice",
                "go|goes|going green",
                "love|loves|loving the? planet|nature",
                "nature would|itself|lovers",
                "environmentally sound|kind|responsible|speaking|conscious",
                "climate smart|conscious|kind",
                "low impact <w>? stay|living|hotel|fashion",
                "does|doing the environment|planet good",
                "without harming|hurting nature|the",
                "good for|4 the planet|earth|environment|oceans",
                "eco <w>? candles|drop|pack|line|range|collection|bag|bags|shop|clothing",
                "guilt free miles|fashion|flying|driving",
                "the greenest",
                "clean way to drive|travel|fly",
                "clear conscience towards",
                "back into nature",
                "dress responsibly",
                "green account|tariff|choice|energy|collection|delivery",
                "amigo|amiga|amigos|amigas del planeta|medio|entorno|ambiente",
                "respeta|respetan|respeto|respetuoso|respetuosa <..> medio|planeta|entorno|naturaleza|ambiente",
                "cosmetica|champu|juguetes|muebles|energia|tarifa|cuenta|moda|limpieza verde|verdes|eco",
                "bueno|buena|buenos|buenas con|para la|el|los? tierra|planeta|oceanos|entorno",
                "vuelven|vuelve a la naturaleza",
                "no dana|danan el|al entorno|planeta|medio",
                "sin danar el|al|la planeta|entorno|naturaleza",
                "salva|salvan la|el tierra|planeta",
                "sin dejar rastro|huella en",
                "comprometido|comprometida|comprometidos con el|la medio|planeta|naturaleza|entorno",
                "que la naturaleza",
                "beneficiosa|beneficioso para el medio|planeta",
                "biodegradable|biodegradables :",
                "verde de verdad",
                "para una vida eco",
                "eco friendly|conscious|responsible|safe",
                "ecofriendly",
                "ecological|ecologically",
                "environment|environmentally|planet|climate|earth|nature friendly|safe|conscious|responsible|positive",
                "good|better|kind|kinder|gentle|great for|to|on the|our planet|environment|earth|nature",
                "sustainable|sustainably",
                "sustainability you can",
                "biodegradable|compostable",
                "green|greener choice|product|products|range|packaging|delivery|alternative|option|cleaning|formula",
                "climate friendly",
                "save|saves|saving|protect|protects|protecting the|our planet|environment|earth|oceans|ocean",
                "zero waste",
                "plastic free",
                "guilt free for the planet",
                "ecologico|ecologica|ecologicos|ecologicas",
                "eco friendly",
                "ecoamigable|ecosostenible|biosostenible",
                "sostenible|sostenibles",
                "sustentable|sustentables",
                "respetuoso|respetuosa|respetuosos|respetuosas con el|nuestro|la planeta|medioambiente|naturaleza|entorno",
                "respetuoso|respetuosa|respetuosos|respetuosas con el medio ambiente",
                "amigable|amigables|bueno|buena|mejor con|para el|nuestro planeta|medioambiente",
                "amigable|amigables|bueno|buena|mejor con|para el medio ambiente",
                "verde|verdes eleccion|opcion|alternativa",
                "eleccion|opcion|alternativa|envio|embalaje verde",
                "cuida|cuidamos|cuidas|cuidar|salva|salvar|protege|proteger el|del|al|nuestro planeta|medioambiente",
                "cuida|cuidamos|cuidas|cuidar|salva|salvar|protege|proteger el|del|al medio ambiente",
                "residuo|residuos cero",
                "cero residuos",
                "sin plastico|plasticos",
                "libre de plastico|plasticos",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "sustainable|sustainably growth|pace|career|habit|habits|income|finances|results|routine",
                "crecimiento|ritmo|habito|habitos|finanzas|deuda sostenible|sostenibles",
                "ecological|ecologica|ecologico disaster|footprint|reserve|reserva|huella|desastre",
                "pasta|te|arroz verde",
                "green tea|light|salad|beans|screen",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` is a general claim about the environment, and no certificate backs it",
    es: "`{}` es una alegación ambiental genérica y ningún certificado la respalda",
    repair_en: "attach the certificate as evidence, or say the one thing that is true and can be checked, such as the share of recycled material",
    repair_es: "adjunta el certificado como prueba o di lo único cierto y comprobable, como la proporción de material reciclado",
};

/// Words of certificates that speak of the environment.
const GREEN: &[&str] = &[
    "eco",
    "green",
    "verde",
    "sustain",
    "sosten",
    "sustent",
    "environment",
    "ambient",
    "organic",
    "organico",
    "biodegrad",
    "compost",
    "planet",
    "climate",
    "clima",
    "fsc",
    "emas",
    "plastic",
    "plastico",
    "waste",
    "residuo",
    "bio",
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    needs_fact(case, outcome, &SAYING, |_, entry| {
        entry.is_evidence(EvidenceKind::Certificate) && speaks_of(entry, GREEN)
    });
}
