//! # C7 award, seal, approval
//! **Catches**: award-winning, certified, approved by, recommended by experts, without the credential.
//! **Why**: a seal borrows the trust people have in whoever gives it.
//! **Basis**: UCPD Annex I 2, 4. Fails: "award-winning lamps". Passes: the same with a certificate that names it.

use crate::case::{Case, Outcome};
use crate::phrase::{Cues, SAFE};
use crate::rules::plain::{Saying, needs_fact};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::Severity;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C7",
        family: Family::Claims,
        name_en: "award or seal without credential",
        name_es: "premio o sello sin acreditar",
        catches: "An award, a seal, a certification or an approval that no credential fact backs.",
        catches_es: "Un premio, un sello, una certificación o una aprobación que ningún dato acredita.",
        why: "A seal borrows the trust people have in whoever gives it.",
        why_es: "Un sello toma prestada la confianza que merece quien lo concede.",
        basis: "UCPD Annex I 2, 4",
        basis_es: "Directiva 2005/29/CE, anexo I, puntos 2 y 4",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Meet our award-winning lamps.",
                passes: "Meet the lamps our customers asked about.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Conoce nuestras lámparas premiadas.",
                passes: "Conoce las lámparas por las que más preguntáis.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: 0,
            phrases: &[
                "carries|bears|holds|hold|has|with the <..> seal|mark|label",
                "official partner|supplier|sponsor of|to",
                "test winner",
                "rated very|? good|excellent|outstanding by",
                "top marks from|in",
                "passed the <..> seal|test|mark",
                "five stars from|by",
                "winner <w>? <w>? <n>",
                "outstanding in all",
                "say the inspectors",
                "three years running",
                "seal for|of",
                "recomendado|recomendada por <n> de|dentistas|medicos|expertos",
                "visto bueno de|del",
                "certificad~ en <w> al",
                "certificacion|certificado iso",
                "autorizado|autorizada|aprobado|aprobada|avalado|avalada|regulados|regulado|respaldado|respaldados|homologado <..> por",
                "medalla de oro|plata|bronce",
                "<n> puntos en",
                "una|dos|tres estrella|estrellas en la guia",
                "la guia <..> nos",
                "condecorado|condecorada|galardonado",
                "sello <w>? plata|oro|de calidad|bronce",
                "que dan|usan|recomiendan los veterinarios|dentistas|medicos|expertos",
                "award|prize|medal winning|winner|winners",
                "won|wins|win|received|earned|awarded <..> award|awards|prize|medal|star|stars",
                "named|voted|elected|crowned|chosen <..> of the year",
                "product|brand|shop|hotel|app|company of the year",
                "certified by",
                "certified",
                "approved|endorsed|recommended|backed|accredited|trusted by <w>? experts|dentists|vets|doctors|dermatologists|paediatricians|pediatricians|teachers|professionals|scientists|government|authorities|nutritionists",
                "officially approved|certified|recognised|recognized|licensed",
                "fda|eu|ce|government approved|certified|authorised|authorized",
                "seal|mark|label of quality|approval|excellence",
                "quality seal|mark",
                "iso <n> certified?",
                "accredited",
                "premiado|premiada|premiados|premiadas",
                "galardonado|galardonada|galardonados|galardonadas",
                "ganador|ganadora|ganadores|ganadoras del|de <..> premio|premios|medalla|estrella",
                "premio|premios a|al|nacional|internacional|europeo",
                "elegido|elegida|votado|votada|nombrado|nombrada <..> del ano",
                "producto|marca|tienda|hotel|empresa|app del ano",
                "certificado|certificada|certificados|certificadas por",
                "certificado|certificada|certificados|certificadas oficialmente|oficial",
                "avalado|avalada|avalados|avaladas|homologado|homologada|recomendado|recomendada|respaldado|respaldada por <w>? expertos|dentistas|veterinarios|medicos|dermatologos|pediatras|profesores|profesionales|cientificos|nutricionistas|autoridades|gobierno|ministerio",
                "oficialmente aprobado|aprobada|reconocido|reconocida|homologado|homologada",
                "sello|distintivo|etiqueta de calidad|garantia|excelencia|confianza",
                "acreditado|acreditada|acreditados por",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "aprobado por tu|el jefe|jefa",
                "you|you'll|you've won|win",
                "win a|an|one|your|two|the prize|award",
                "gift|birth|death|school certificate",
                "certified|certificado copy|copia|mail|letter|correo",
                "correo certificado",
                "chance to win",
                "certificado de <w>",
            ],
        },
    ],
    check,
};

const SAYING: Saying = Saying {
    en: "`{}` speaks of an award, a seal or an approval, and no certificate fact names it",
    es: "`{}` habla de un premio, un sello o un aval y ningún dato lo acredita",
    repair_en: "attach the award or certificate as evidence, with who gave it and when, or take the words out",
    repair_es: "adjunta el premio o certificado como prueba, con quién lo dio y cuándo, o quita esas palabras",
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    needs_fact(case, outcome, &SAYING, |_, entry| entry.is_evidence(EvidenceKind::Certificate));
}
