//! # F6 people count
//! **Catches**: "12,000 customers", "thousands of families", with no count fact of people, or with another number.
//! **Why**: how many trust a brand is a reason to trust it, so it must be true.
//! **Basis**: UCPD 6. Fails: "12,000 happy clients". Passes: the same when the fact `customers` is 12,000.
//!
//! "Over" holds up to a tenth above the number that is written; more would be modesty, which misleads nobody, so only
//! a fact below the number contradicts.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim::{before, number};
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::plain::is_excused;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::sheet::Entry;
use terms::customer::Language;
use terms::fact::{FactValue, Polarity};
use terms::finding::{Severity, Verdict};

const COUNT: u16 = 0;
const MANY: u16 = 1;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F6",
        family: Family::Facts,
        name_en: "people count",
        name_es: "número de personas",
        catches: "A number of customers, members or readers that no count fact states.",
        catches_es: "Un número de clientes, miembros o lectores que ningún dato de recuento confirma.",
        why: "How many trust a brand is a reason to trust it, so it must be true.",
        why_es: "Que muchas personas confíen en una marca es un motivo para confiar en ella, así que debe ser cierto.",
        basis: "UCPD 6",
        basis_es: "Directiva 2005/29/CE, art. 6",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Join 12,000 happy customers.",
                passes: "Thank you to all our customers.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Únete a 12.000 clientes contentos.",
                passes: "Gracias a todos nuestros clientes.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: COUNT,
            phrases: &[
                "<n> <w>? customers|clients|people|members|subscribers|readers|users|families|shoppers|travellers|travelers|guests|students|women|men|parents|owners|households|patients|runners|downloads",
                "<n> <w>? clientes|clientas|personas|socios|suscriptores|lectores|usuarios|usuarias|familias|compradores|viajeros|huespedes|alumnos|mujeres|hombres|padres|hogares|pacientes|descargas|miembros|seguidores",
            ],
        },
        Cues {
            tag: MANY,
            phrases: &[
                "thousands|hundreds|millions of <w>? customers|clients|people|members|readers|users|families|travellers|guests|students|women|men|parents|households|runners",
                "miles|cientos|millones de <w>? clientes|clientas|personas|socios|suscriptores|lectores|usuarios|familias|viajeros|huespedes|alumnos|mujeres|hombres|padres|hogares",
            ],
        },
        Cues {
            tag: SAFE,
            phrases: &[
                "for|serves|seats|sleeps <n> <w>? people|guests|persons",
                "para <n> personas",
                "<n> of our customers",
                "<n> in|of|out <w>? <n> <w>? customers|people|clients|readers|users|guests|women|men|families",
                "de cada <n> <w>? personas|clientes|clientas|lectores|usuarios|mujeres|hombres|familias",
                "<n> people is|are enough",
            ],
        },
    ],
    check,
};

/// Words of predicates that count people.
const PEOPLE: &[&str] = &[
    "customer",
    "client",
    "people",
    "member",
    "subscriber",
    "reader",
    "user",
    "famil",
    "person",
    "socio",
    "suscriptor",
    "lector",
    "usuari",
    "guest",
    "huesped",
    "student",
    "alumn",
    "household",
    "hogar",
    "download",
    "descarga",
    "follower",
    "seguidor",
    "miembro",
    "count",
];

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits() {
        if !is_excused(part, hit) {
            judge(case, part, hit, outcome);
        }
    }
}

/// The least number of people the words say; "thousands" is two thousand.
fn stated(part: &Part<'_>, hit: &Hit) -> Option<i64> {
    if hit.tag == MANY {
        return Some(match part.text.word(hit.tokens.start) {
            "hundreds" | "cientos" => 200,
            "thousands" | "miles" => 2_000,
            _ => 2_000_000,
        });
    }
    hit.tokens.clone().find_map(|at| number::at(&part.text, at)).and_then(|(value, _)| value.integer())
}

fn judge(case: &Case<'_>, part: &Part<'_>, hit: &Hit, outcome: &mut Outcome) {
    let counts: Vec<(&Entry, i64)> = case
        .context
        .facts
        .entries()
        .filter(|entry| entry.fact.polarity == Polarity::True)
        .filter(|entry| {
            entry.predicate_words.iter().any(|word| PEOPLE.iter().any(|stem| word.starts_with(stem)))
        })
        .filter_map(|entry| match entry.fact.value {
            FactValue::Count(count) => Some((entry, count)),
            _ => None,
        })
        .collect();
    let at_least = hit.tag == MANY
        || before(&part.text, hit.tokens.start, 2).any(|word| {
            matches!(word, "over" | "than" | "least" | "nearly" | "almost" | "mas" | "menos" | "casi" | "+")
        });
    let fits = |count: i64| stated(part, hit).is_some_and(|n| if at_least { count >= n } else { count == n });
    if let Some((_, count)) = counts.iter().find(|(entry, count)| fits(*count) && case.holds(entry)) {
        let exact = stated(part, hit) == Some(*count);
        return outcome.stands(part, &hit.tokens, if exact { Verdict::Supported } else { Verdict::Derived });
    }
    let quote = part.text.quote(part.text.span(&hit.tokens));
    let fresh = counts.iter().find(|(entry, _)| case.holds(entry));
    let (verdict, fact) = match (fresh, counts.first()) {
        (Some((entry, _)), _) => (Verdict::Contradicted, Some(*entry)),
        (None, Some((entry, _))) => (Verdict::Expired, Some(*entry)),
        (None, None) => (Verdict::Unknown, None),
    };
    let problem = Problem {
        verdict,
        message: case.say(
            || format!("no count fact that holds says `{quote}`"),
            || format!("ningún recuento vigente dice `{quote}`"),
        ),
        repair: case.say(
            || {
                "add the count with its date as a fact, such as `customers`, or take the number out"
                    .to_owned()
            },
            || {
                "añade el recuento con su fecha como dato, por ejemplo `customers`, o quita la cifra"
                    .to_owned()
            },
        ),
    };
    outcome.blocks(case, part, &hit.tokens, problem, fact);
}
