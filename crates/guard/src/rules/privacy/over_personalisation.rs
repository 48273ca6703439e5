//! # P2 over-personalisation
//! **Catches**: more kinds of personal facts in one message than the budget allows: the name, purchases, visits,
//! absence, how long or how much, the place, the birthday.
//! **Why**: each is harmless alone; together they tell the reader that they are watched, for no benefit of theirs.
//! **Basis**: GDPR 5(1)(c). Fails with a budget of 1: "Ana, your last order was in May". Passes: "Hello Ana".
//!
//! A kind counts once, however often it is said. What only hints ("it has been a while") states no record and does
//! not count. The footer is the law's, not the writer's, and is not read.

use crate::case::{Case, Outcome, Part, Problem};
use crate::phrase::Cues;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::text::Text;
use std::collections::BTreeMap;
use std::ops::Range;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};
use terms::message::Field;

const PURCHASE: u16 = 0;
const BROWSING: u16 = 1;
const ABSENCE: u16 = 2;
const TENURE: u16 = 3;
const PLACE: u16 = 4;
const BIRTHDAY: u16 = 5;
const VALUE: u16 = 6;
/// Not a cue: the recipient's name is looked up, not guessed.
const NAME: u16 = 100;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "P2",
        family: Family::Privacy,
        name_en: "over-personalisation",
        name_es: "personalización excesiva",
        catches: "More kinds of personal facts in one message than the brand's budget and the customer's level allow.",
        catches_es: "Más tipos de datos personales en un mensaje de los que permiten el límite de la marca y el nivel elegido por el cliente.",
        why: "Facts about the reader that the message does not need tell them that they are watched.",
        why_es: "Los datos sobre quien lee que el mensaje no necesita le dicen que se le vigila.",
        basis: "GDPR 5(1)(c)",
        basis_es: "RGPD, art. 5.1 c)",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Ana, your last order was in May, you live in Madrid, and your birthday is coming.",
                passes: "Hello Ana, thank you for your last order.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Ana, tu último pedido fue en mayo, vives en Madrid y pronto es tu cumpleaños.",
                passes: "Hola, Ana: gracias por tu último pedido.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: PURCHASE,
            phrases: &[
                "your last|latest|recent|previous|past|first|second|favourite|favorite order|orders|purchase|purchases",
                "you last|recently|once|previously|already? bought|ordered|purchased",
                "you bought|ordered|purchased",
                "you've|you have? been? buying|bought|ordered|ordering|purchased",
                "items|products|things you bought|ordered",
                "your purchase|order history",
                "tu|tus|su|sus ultimo|ultima|ultimos|ultimas|primer|primera|segundo|segunda|anterior|anteriores|reciente|recientes pedido|pedidos|compra|compras",
                "tu|tus|su|sus pedido|pedidos|compra|compras anterior|anteriores|reciente|recientes|habitual|habituales",
                "compraste|pediste|encargaste",
                "has|habeis comprado|pedido|encargado",
                "nos compras|compraste|has",
                "tu|su historial de compras|pedidos",
            ],
        },
        Cues {
            tag: BROWSING,
            phrases: &[
                "you viewed|browsed|clicked|searched|looked",
                "you've|you have? been? viewed|viewing|browsed|browsing|searched|looked|looking at|for?",
                "your recent? visit|visits|basket|cart|wishlist|searches",
                "you left in your? basket|cart",
                "we saw|noticed|see|know that? you|your",
                "we've|we have? seen|noticed that? you|your",
                "viste|miraste|buscaste|visitaste",
                "has|habeis visto|mirado|buscado|visitado",
                "tu|tus|su|sus visita|visitas|carrito|cesta|busqueda|busquedas",
                "hemos visto|notado que",
                "sabemos que",
            ],
        },
        Cues {
            tag: ABSENCE,
            phrases: &[
                "you haven't|havent|have not bought|ordered|visited|opened|purchased",
                "not seen you|heard from? you? since|for <n>",
                "haven't|havent seen you since|for <n>",
                "<n> days|weeks|months|years without you|ordering|buying",
                "no has|habeis comprado|pedido|visitado|abierto",
                "no te vemos|hemos visto desde",
                "hace <n> dias|semanas|meses|anos que no",
                "llevas <n> dias|semanas|meses|anos sin",
            ],
        },
        Cues {
            tag: TENURE,
            phrases: &[
                "customer|member|subscriber|with us since|for <n>",
                "you've|you have? been with us|a customer",
                "you joined",
                "your <n>? anniversary with us?",
                "cliente|clienta|socio|socia|miembro desde",
                "llevas <n> dias|semanas|meses|anos con nosotros",
                "te uniste|registraste|hiciste",
                "tu aniversario",
            ],
        },
        Cues {
            tag: PLACE,
            phrases: &[
                "you live|work in|near|at",
                "your home|city|town|neighbourhood|neighborhood|street|area|address|location",
                "near|close to? you",
                "vives|trabajas en|cerca",
                "tu|su ciudad|barrio|calle|zona|pueblo|direccion|ubicacion",
                "cerca de ti|usted|casa",
            ],
        },
        Cues {
            tag: BIRTHDAY,
            phrases: &[
                "your birthday|age",
                "happy birthday",
                "you turn|turned <n>?",
                "tu|su cumpleanos|edad|cumple",
                "feliz cumpleanos",
                "cumples <n>? anos",
            ],
        },
        Cues {
            tag: VALUE,
            phrases: &[
                "you spent|spend",
                "you've have? spent",
                "one of our best|most|top loyal|valuable|valued? customers|clients|buyers",
                "your <n> orders|purchases",
                "<n> orders|purchases you",
                "has gastado",
                "gastaste|gastas",
                "uno|una de nuestros|nuestras mejores clientes|clientas",
                "tus|sus <n> pedidos|compras",
            ],
        },
    ],
    check,
};

/// The kinds of personal facts that a text states, each with the first place it stands.
pub(crate) fn stated<'p>(
    hits: impl Iterator<Item = (&'p Text<'p>, u16, Range<usize>)>,
) -> BTreeMap<u16, (Field, Range<usize>)> {
    let mut kinds = BTreeMap::new();
    for (text, tag, tokens) in hits {
        if !matches!(text.field, Field::Footer | Field::Link) {
            kinds.entry(tag).or_insert((text.field, tokens));
        }
    }
    kinds
}

/// Where the recipient's name stands in a part. A name that is also a word ("Rose", "Paz") counts when it is written
/// as a name.
fn name_in(part: &Part<'_>, name: &str) -> Option<Range<usize>> {
    let name = name.trim();
    if name.is_empty() || matches!(part.text.field, Field::Footer | Field::Link) {
        return None;
    }
    let folded = crate::text::fold::fold(name);
    let first = folded.split_whitespace().next()?;
    (0..part.text.tokens.len()).find_map(|at| {
        let tokens = at..at + 1;
        let written = part.text.quote(part.text.span(&tokens));
        let capital = written.chars().next().is_some_and(char::is_uppercase);
        (part.text.word(at) == first && (capital || !name.starts_with(char::is_uppercase))).then_some(tokens)
    })
}

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let Some(budget) = case.context.personal_facts else { return };
    let hits = case.hits().map(|(part, hit)| (&part.text, hit.tag, hit.tokens.clone()));
    let mut kinds = stated(hits);
    let name = case.context.recipient.and_then(|recipient| recipient.name).unwrap_or_default();
    // A place in which the words of a fact stand, such as the name of a product, is not the reader's name.
    let named = case.parts.iter().find_map(|part| {
        let tokens = name_in(part, name)?;
        (!part.is_covered(&tokens)).then_some((part.text.field, tokens))
    });
    if let Some(place) = named {
        kinds.insert(NAME, place);
    }
    let count = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
    if count <= budget {
        return;
    }
    let places: Vec<&(Field, Range<usize>)> = kinds.values().collect();
    // The last kind is the one too many; the reader of the finding is told how many there are.
    let Some((field, tokens)) = places.last() else { return };
    let Some(part) = case.part(*field) else { return };
    let problem = Problem {
        verdict: Verdict::Unknown,
        message: case.say(
            || format!("the message states {count} kinds of personal facts, and {budget} are allowed"),
            || format!("el mensaje menciona {count} tipos de datos personales y se permiten {budget}"),
        ),
        repair: case.say(
            || "leave out what the reader does not need to be told about themselves".to_owned(),
            || "quita lo que el lector no necesita que se le diga sobre sí mismo".to_owned(),
        ),
    };
    outcome.blocks(case, part, tokens, problem, None);
}
