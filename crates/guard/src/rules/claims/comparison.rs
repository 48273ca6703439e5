//! # C10 comparison with everybody else
//! **Catches**: a superlative in other clothes: "nobody roasts better coffee than we do", "you will not find a finer
//! one", "better than any other", "ningún café sabe tan bien como este".
//! **Why**: it is a claim about everybody else's product, and needs the same evidence as "the best".
//! **Basis**: Dir 2006/114. Passes: "Nothing goes better with rain than a window seat", and what a study says.
//!
//! A negated comparison claims something only when it comes back to the brand ("than ours", "como este"). "The best" is
//! C1's.

use crate::case::{Case, Outcome, Part, Problem};
use crate::phrase::{Cues, Hit, SAFE};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::text::Kind;
use std::ops::Range;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Severity, Verdict};

/// Says it whole.
const WHOLE: u16 = 0;
/// Opens a negated comparison: "nobody", "ningún".
const NOBODY: u16 = 1;
/// Opens one only with "as": "no coffee is as smooth as ours".
const NO: u16 = 2;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "C10",
        family: Family::Claims,
        name_en: "comparison with everybody else",
        name_es: "comparación con todos los demás",
        catches: "That nobody else is as good, or that the offer beats any other, without a study that says so.",
        catches_es: "Que nadie más es tan bueno o que la oferta supera a cualquier otra, sin un estudio que lo avale.",
        why: "It is a claim about everybody else's product.",
        why_es: "Es una afirmación sobre los productos de todos los demás.",
        basis: "Dir 2006/114",
        basis_es: "Directiva 2006/114/CE",
        severity: Severity::Evidence,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "Nobody makes a better lamp than we do.",
                passes: "Nothing goes better with rain than a window seat.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Ninguna lámpara ilumina tan bien como esta.",
                passes: "A nadie le gusta leer a oscuras.",
            },
        ],
    },
    cues: &[
        Cues {
            tag: WHOLE,
            phrases: &[
                "no other <..> comes|come close|near",
                "no other <..> compares|matches|beats|equals|delivers|tastes|offers|can|does",
                "nobody|none|nothing|no one|else|other comes|come close|near",
                "nobody|none|nothing|no one else? compares|beats|matches|rivals|equals|tops",
                "there is|are|exists no better|finer|fresher|smoother|richer|stronger|softer|purer|nicer|tastier|cheaper",
                "there's no better|finer|fresher|smoother|richer|stronger|softer|purer|nicer|tastier|cheaper",
                "not|never|won't|can't|cannot|hardly find|taste|drink|get|see|buy|try|meet|have <..> better|finer|fresher|smoother|richer|tastier|nicer|cheaper",
                "nowhere else will|can|do you",
                "nowhere will|can you",
                "than any|every|all <..> other",
                "than any|every|all <..> you can|could|will|ever|have|find|know",
                "than anyone|anybody|everyone|everybody else",
                "outperform~|outclass~|outshine~|surpass~ <..> any|every|all|other|others|competition|rivals",
                "in a league of its|our own",
                "beats all|every|any|the competition|others|other|rival|rivals",
                // Spanish
                "no hay|existe mejor|igual|mejores",
                "no hay|existe cafe|tienda|marca|producto|lampara|otro|otra mejor|igual",
                "no hay|existe otro|otra <..> igual|como|asi|parecido|parecida",
                "no encontraras|encontrareis|encontrara|hallaras|probaras|veras|veran <..> mejor|igual|parecido|tan|mas",
                "ningun|ninguna|ninguno otro|otra <..> acerca|iguala|supera|compara|hace|puede|ofrece|da",
                "nadie nos? <w>? iguala|supera|gana|alcanza|acerca",
                "se nos acerca",
                "nos hace sombra",
                "en ningun otro sitio|lugar <..> probaras|encontraras|veras|hallaras|hay|vas|podras",
                "cualquier otro|otra tostador|tostadora|marca|tienda|cafe|producto|empresa|fabricante|competidor|lampara|proveedor",
                "que cualquier|cualquiera <..> puedas|puedes|hayas|encuentres|conozcas",
                "que todos|todas los|las demas",
                "que la competencia",
                "superamos|supera <..> todos|todas|cualquier|competencia|demas",
            ],
        },
        Cues {
            tag: NOBODY,
            phrases: &[
                "nobody|nothing|none|nowhere",
                "no one",
                "nadie|nada|ningun|ninguna|ninguno",
                "no hay|existe",
            ],
        },
        Cues { tag: NO, phrases: &["no <w>"] },
        Cues {
            tag: SAFE,
            phrases: &[
                "no|not <..> better way|time|reason|feeling|place|moment|excuse|company|day|days",
                "no hay|existe mejor momento|manera|forma|excusa|plan|sitio|razon|compania|regalo",
                "no hay igual de",
                "mas que cualquier otro|otra",
                "more than any other",
                "you know <..> better than anyone|anybody|everyone else?",
                "nobody|nothing to",
            ],
        },
    ],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let others = case.hits().filter_map(|(part, hit)| {
        let tokens = match hit.tag {
            WHOLE => Some(hit.tokens.clone()),
            _ => comes_back(part, hit),
        };
        tokens.map(|tokens| (part, tokens))
    });
    let rivals = case.parts.iter().flat_map(|part| named_rivals(part).map(move |tokens| (part, tokens)));
    for (part, tokens) in others.chain(rivals).filter(|(part, tokens)| !part.is_in_name(tokens)) {
        let stated = case.evidence(EvidenceKind::Study).find(|entry| {
            case.holds(entry)
                && tokens.clone().any(|at| {
                    let word = part.text.word(at);
                    word.len() > 4 && entry.words.iter().any(|known| known == word)
                })
        });
        if let Some(entry) = stated {
            outcome.evidenced(case, part, &tokens, entry);
            continue;
        }
        let quote = part.text.quote(part.text.span(&tokens));
        let problem = Problem {
            verdict: Verdict::Unknown,
            message: case.say(
                || format!("`{quote}` puts everybody else below, and no study or test that holds says so"),
                || format!("`{quote}` pone a todos los demás por debajo y ningún estudio o prueba vigente lo dice"),
            ),
            repair: case.say(
                || "attach the study as evidence, or say what is good about it without the others".to_owned(),
                || "adjunta el estudio como prueba o di qué tiene de bueno sin los demás".to_owned(),
            ),
        };
        outcome.blocks(case, part, &tokens, problem, None);
    }
}

/// "Faster than Telivo", "unlike Telivo", "menos que en Supermás": a comparison with something that has a name, and is
/// none of the brand's own.
fn named_rivals<'p>(part: &'p Part<'_>) -> impl Iterator<Item = Range<usize>> + 'p {
    let text = &part.text;
    let named = move |from: usize| {
        let at = (from..from + 3).find(|at| {
            !matches!(
                text.word(*at),
                "the" | "in" | "at" | "on" | "with" | "el" | "la" | "los" | "las" | "en" | "con" | "de" | "a"
            )
        })?;
        let capital = text.tokens.get(at).is_some_and(|token| token.capital && token.kind == Kind::Word);
        let known = matches!(
            text.word(at),
            "i" | "we"
                | "monday"
                | "tuesday"
                | "wednesday"
                | "thursday"
                | "friday"
                | "saturday"
                | "sunday"
                | "christmas"
                | "january"
                | "february"
                | "march"
                | "april"
                | "may"
                | "june"
                | "july"
                | "august"
                | "september"
                | "october"
                | "november"
                | "december"
                | "navidad"
        );
        (capital && !known && text.same_clause(at, from.saturating_sub(1)) && !part.is_covered(&(at..at + 1)))
            .then_some(at)
    };
    (0..text.tokens.len()).filter_map(move |at| {
        let word = text.word(at);
        let compares = matches!(word, "than" | "que")
            && (1..=4).filter_map(|n| at.checked_sub(n)).any(|before| {
                let word = text.word(before);
                text.same_clause(before, at)
                    && (matches!(
                        word,
                        "more"
                            | "less"
                            | "fewer"
                            | "better"
                            | "worse"
                            | "mas"
                            | "menos"
                            | "mejor"
                            | "mejores"
                            | "peor"
                    ) || (text.word(at) == "than" && word.len() > 4 && word.ends_with("er")))
            });
        let parts = word == "unlike" || (word == "de" && at > 1 && text.word(at - 1) == "diferencia");
        (compares || parts).then(|| named(at + 1)).flatten().map(|name| at..name + 1)
    })
}

/// A negation, a comparison, and the brand after it, in one clause: the whole of them.
fn comes_back(part: &Part<'_>, hit: &Hit) -> Option<Range<usize>> {
    const REACH: usize = 12;
    let text = &part.text;
    let here = |at: &usize| text.same_clause(*at, hit.tokens.start);
    let marker = (hit.tokens.end..hit.tokens.end + REACH).take_while(here).find(|at| {
        let near = |words: &[&str]| {
            (1..=4).any(|n| at.checked_sub(n).is_some_and(|at| words.contains(&text.word(at))))
        };
        match text.word(*at) {
            "as" => near(&["as"]),
            "than" => true,
            "like" => {
                hit.tag == NOBODY
                    && !at.checked_sub(1).is_some_and(|before| {
                        matches!(text.word(before), "would" | "not" | "to" | "does" | "do" | "will")
                    })
            }
            "como" => hit.tag == NOBODY,
            "que" => hit.tag == NOBODY && near(&["mejor", "mejores", "mas", "igual", "menos"]),
            _ => false,
        }
    })?;
    let own = (marker + 1..marker + 6).take_while(here).find(|at| {
        matches!(
            text.word(*at),
            "we" | "us"
                | "our"
                | "ours"
                | "this"
                | "these"
                | "ourselves"
                | "nosotros"
                | "nosotras"
                | "nuestro"
                | "nuestra"
                | "nuestros"
                | "nuestras"
                | "este"
                | "esta"
                | "estos"
                | "estas"
                | "aqui"
        ) || part.is_in_name(&(*at..*at + 1))
    })?;
    Some(hit.tokens.start..own + 1)
}
