//! # F13 text gone wrong
//! **Catches**: words meant for the writer and not for the reader: the order itself, raw fields, the same words over and
//! over.
//! **Why**: a text nobody could have meant was read by nobody.
//! **Basis**: quality. Fails: "Use only these facts." Passes: a mail with a list of three prices.
//!
//! Repetition is six words in a row that come three times in one field. Raw fields are three lines such as `price: 39`.

use crate::case::{Case, Outcome, Part, Problem};
use crate::phrase::Cues;
use crate::rules::plain::is_excused;
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::text::Kind;
use std::ops::Range;
use terms::customer::Language;
use terms::finding::{Severity, Verdict};

/// So many words in a row,
const RUN: usize = 6;
/// so often in one field, are no refrain any more.
const TIMES: usize = 3;
/// So many lines of a key and a value are a dump of fields.
const FIELDS: usize = 3;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F13",
        family: Family::Facts,
        name_en: "text gone wrong",
        name_es: "texto malogrado",
        catches: "The order to the writer, raw fields, or the same words again and again.",
        catches_es: "El encargo dado a quien redacta, campos en bruto o las mismas palabras una y otra vez.",
        why: "A text nobody could have meant was read by nobody.",
        why_es: "Si el texto no pudo quererlo nadie, es que nadie lo leyó.",
        basis: "quality",
        basis_es: "calidad del texto",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "A short marketing email for a customer. Use only these facts.",
                passes: "The lamp is back. It is dimmable. It charges by USB-C.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Un correo de marketing breve para un cliente. No inventes nada más.",
                passes: "La lámpara ha vuelto. Tiene luz regulable.",
            },
        ],
    },
    cues: &[Cues {
        tag: 0,
        phrases: &[
            "use|using only these|the facts|data",
            "do|don't not? invent|make|add anything|any more|else|facts",
            "write|writing a|an <w>? <w>? marketing|promotional email|mail|e <..> customer|client",
            "short|brief marketing email|mail",
            "<n> - <n> words|palabras",
            "as an ai language? model?",
            "here is|are|here's <w>? <w>? <w>? email|draft|version|copy you|for|based|with",
            "subject line|option <n> :",
            "i|i'm am? your <w>? copywriter",
            "your email|mail copy here",
            "usa|utiliza solo|solamente|unicamente estos|los datos",
            "no inventes nada|mas|datos",
            "correo|email|mensaje de marketing breve|corto|para",
            "aqui tienes <..> correo|borrador|version|texto",
            "como modelo de lenguaje",
            "datos del producto :",
        ],
    }],
    check,
};

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    for (part, hit) in case.hits().filter(|(part, hit)| !is_excused(part, hit)) {
        let problem = problem(
            case,
            (
                "are words for who writes, not for who reads",
                "son palabras para quien escribe, no para quien lee",
            ),
            part,
            &hit.tokens,
        );
        outcome.blocks(case, part, &hit.tokens, problem, None);
    }
    for part in case.parts {
        if let Some(tokens) = repeated(part) {
            let saying = ("come again and again", "se repiten una y otra vez");
            let problem = problem(case, saying, part, &tokens);
            outcome.blocks(case, part, &tokens, problem, None);
        }
        if let Some(tokens) = raw_fields(part) {
            let saying = ("are raw fields and no sentence", "son campos en bruto y no una frase");
            let problem = problem(case, saying, part, &tokens);
            outcome.blocks(case, part, &tokens, problem, None);
        }
    }
}

fn problem(case: &Case<'_>, (en, es): (&str, &str), part: &Part<'_>, tokens: &Range<usize>) -> Problem {
    let quote = part.text.quote(part.text.span(tokens));
    Problem {
        verdict: Verdict::Unchecked,
        message: case.say(|| format!("`{quote}` {en}"), || format!("`{quote}` {es}")),
        repair: case.say(|| "write it anew".to_owned(), || "escríbelo de nuevo".to_owned()),
    }
}

/// The run of words that comes too often, where it comes for the last time.
fn repeated(part: &Part<'_>) -> Option<Range<usize>> {
    let text = &part.text;
    let words: Vec<usize> = (0..text.tokens.len())
        .filter(|at| matches!(text.kind(*at), Some(Kind::Word | Kind::Number)))
        .collect();
    if words.len() < RUN * TIMES {
        return None;
    }
    let hashes: Vec<u64> = words.iter().map(|at| hash(part.text.word(*at))).collect();
    let of_run = |run: &[u64]| run.iter().fold(0u64, |sum, word| sum.rotate_left(9) ^ word);
    // Most texts have no run thrice, and are done after counting runs by a few bits of their hashes.
    let mut counts = [0u8; 8192];
    let mut often = false;
    for run in hashes.windows(RUN) {
        if let Some(count) = counts.get_mut((of_run(run) >> 7) as usize % 8192) {
            *count = count.saturating_add(1);
            often |= usize::from(*count) >= TIMES;
        }
    }
    if !often {
        return None;
    }
    let mut runs: Vec<(u64, usize)> =
        hashes.windows(RUN).enumerate().map(|(place, run)| (of_run(run), place)).collect();
    runs.sort_unstable();
    let often = runs.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= TIMES).filter_map(|same| {
        let (mut times, mut free_from) = (0, 0);
        for (_, place) in same {
            if *place >= free_from {
                times += 1;
                free_from = place + RUN;
            }
            if times == TIMES {
                return Some(*words.get(*place)?..words.get(place + RUN - 1)? + 1);
            }
        }
        None
    });
    often.min_by_key(|tokens| tokens.start)
}

fn hash(word: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = crate::phrase::FnvHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

/// Three lines that each are a word in small letters, a colon and a value.
fn raw_fields(part: &Part<'_>) -> Option<Range<usize>> {
    let text = &part.text;
    let is_field = |at: usize| {
        let opens = || {
            at == 0
                || text.word(at - 1) == "-"
                    && text.tokens.get(at - 1).is_some_and(|dash| begins_line(part, dash.from))
                || text.tokens.get(at).is_some_and(|word| begins_line(part, word.from))
        };
        text.word(at + 1) == ":"
            && text.kind(at) == Some(Kind::Word)
            && opens()
            && text
                .tokens
                .get(at)
                .zip(text.tokens.get(at + 1))
                .is_some_and(|(key, colon)| !key.capital && key.end == colon.start)
    };
    let keys: Vec<usize> = (0..text.tokens.len()).filter(|at| is_field(*at)).collect();
    match (keys.first(), keys.get(FIELDS - 1)) {
        (Some(first), Some(last)) => Some(*first..last + 2),
        _ => None,
    }
}

fn begins_line(part: &Part<'_>, from: usize) -> bool {
    part.text
        .original
        .get(..from)
        .is_some_and(|head| head.trim_end_matches([' ', '-', '*', '•']).ends_with('\n'))
}
