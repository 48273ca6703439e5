//! # P3 leaked personal data
//! **Catches**: e-mail addresses, phone numbers, card numbers, IBANs, DNI/NIE and social security numbers that are
//! neither the recipient's own nor a contact of the brand.
//! **Why**: one customer's data in another's inbox is a breach to be reported within 72 hours.
//! **Basis**: GDPR 5, 32. Fails: "Write to ana@example.net". Passes: the brand's own address.
//!
//! Numbers with check digits are only reported when these are right. It does not recognise people's names.

use crate::case::{Case, Outcome, Problem};
use crate::personal::{PersonalKind, each_sure};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use terms::customer::Language;
use terms::finding::{Severity, Span, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "P3",
        family: Family::Privacy,
        name_en: "leaked personal data",
        name_es: "datos personales filtrados",
        catches: "An address, phone or identity number that is neither the recipient's own nor the brand's.",
        catches_es: "Una dirección, un teléfono o un número de identidad que no es ni del destinatario ni de la marca.",
        why: "One customer's data in another's inbox is a breach.",
        why_es: "Los datos de un cliente en el buzón de otro son una brecha de datos.",
        basis: "GDPR 5, 32",
        basis_es: "RGPD, arts. 5 y 32",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Write to bruno.diaz@example.net.",
                passes: "Write to hello@lumo.example.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Tu cuenta ES91 2100 0418 4502 0005 1332 está lista.",
                passes: "Llámanos al +34 910 000 000.",
            },
        ],
    },
    cues: &[],
    check,
};

const fn name_of(kind: PersonalKind, language: Language) -> &'static str {
    match (kind, language) {
        (PersonalKind::Email, Language::English) => "an e-mail address",
        (PersonalKind::Email, Language::Spanish) => "una dirección de correo",
        (PersonalKind::Phone, Language::English) => "a phone number",
        (PersonalKind::Phone, Language::Spanish) => "un número de teléfono",
        (PersonalKind::Card, Language::English) => "a card number",
        (PersonalKind::Card, Language::Spanish) => "un número de tarjeta",
        (PersonalKind::Iban, Language::English) => "a bank account",
        (PersonalKind::Iban, Language::Spanish) => "una cuenta bancaria",
        (PersonalKind::SpanishId, Language::English) => "a Spanish identity number",
        (PersonalKind::SpanishId, Language::Spanish) => "un DNI o NIE",
        (PersonalKind::SocialSecurity, Language::English) => "a social security number",
        (PersonalKind::SocialSecurity, Language::Spanish) => "un número de la Seguridad Social",
        (PersonalKind::Ip, Language::English) => "an IP address",
        (PersonalKind::Ip, Language::Spanish) => "una dirección IP",
        (PersonalKind::Url | PersonalKind::Other, Language::English) => "personal data",
        (PersonalKind::Url | PersonalKind::Other, Language::Spanish) => "un dato personal",
    }
}

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for part in case.parts {
        let folded = part.text.folded.as_str();
        // What only looks like a number of somebody is no finding.
        for found in each_sure(folded) {
            // Web addresses are judged by X2.
            if found.kind == PersonalKind::Url {
                continue;
            }
            if is_allowed(case, part.text.folded.slice(found.start, found.end)) {
                continue;
            }
            let (start, end) = part.text.folded.place(found.start, found.end);
            let name = name_of(found.kind, case.context.explain_in);
            let problem = Problem {
                verdict: Verdict::Unknown,
                message: case.say(
                    || format!("{name} that is neither the recipient's own nor a contact of the brand"),
                    || format!("{name} que no es ni del destinatario ni un contacto de la marca"),
                ),
                repair: case.say(
                    || "take it out; a contact of the brand belongs into the facts of `brand`".to_owned(),
                    || "quítalo; un contacto de la marca va en los datos de `brand`".to_owned(),
                ),
            };
            outcome.blocks_at(case, part, Span { field: part.text.field, start, end }, problem);
        }
    }
}

fn is_allowed(case: &Case<'_>, found: &str) -> bool {
    let context = case.context;
    let plain = |text: &str| -> String {
        crate::text::fold::fold(text).chars().filter(|c| c.is_alphanumeric() || *c == '@').collect()
    };
    let wanted = plain(found);
    // A national number also matches itself with its country code.
    let same = |other: &str| {
        let other = plain(other);
        !other.is_empty()
            && (other == wanted
                || (wanted.len() >= 9
                    && other.bytes().all(|b| b.is_ascii_digit())
                    && (other.ends_with(&wanted) || (other.len() >= 9 && wanted.ends_with(&other)))))
    };
    let brand = context
        .facts
        .entries()
        .filter(|entry| entry.fact.entity == "brand" || entry.fact.entity.starts_with("brand:"))
        .filter(|entry| case.holds(entry))
        .filter_map(|entry| entry.text())
        .any(|text| same(text) || text.split_whitespace().any(same) || plain(text).contains(&wanted));
    brand
        || context.allowed_contacts.iter().any(|contact| same(contact))
        || case.own_address().is_some_and(same)
}
