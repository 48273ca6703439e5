//! # F11 leftover placeholder
//! **Catches**: `{{ name }}`, `[Name]`, `%FIRSTNAME%`, `<nombre>`, `XXX`, lorem ipsum.
//! **Why**: a customer who reads "Dear [Name]" has been written to by nobody.
//! **Basis**: quality. Fails: "Dear [Name],". Passes: "Dear Ana,".
//!
//! Slots the caller says will be filled are no leftovers. It does not check that a filled slot has the right value.

use crate::case::{Case, Outcome, Part, Problem};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use regex::Regex;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::finding::{Severity, Span, Verdict};

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "F11",
        family: Family::Facts,
        name_en: "leftover placeholder",
        name_es: "marcador sin rellenar",
        catches: "A slot, bracketed name or dummy text that was never filled.",
        catches_es: "Un marcador, un nombre entre corchetes o un texto de relleno que se quedó sin sustituir.",
        why: "A reader who finds one knows that nobody read the message before sending it.",
        why_es: "Quien lo encuentra sabe que nadie leyó el mensaje antes de enviarlo.",
        basis: "quality",
        basis_es: "calidad del texto",
        severity: Severity::Block,
        examples: &[
            RuleExample { language: Language::English, fails: "Dear [Customer Name],", passes: "Dear Ana," },
            RuleExample { language: Language::Spanish, fails: "Hola {{ nombre }}:", passes: "Hola, Ana:" },
        ],
    },
    cues: &[],
    check,
};

/// Read on the folded text, so that look-alike letters and zero-width characters do not hide one.
static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "name|first|last|customer|client|company|brand|product|date|price|your|insert|email|phone|address|website|\
                 nombre|apellido|cliente|empresa|marca|producto|fecha|precio|tu|su|correo|telefono|direccion|user|usuario";
    let pattern = format!(
        r"(?x)
          \{{\{{[^{{}}]{{0,80}}\}}?\}}?                                     # mustache
        | \{{%[^%]{{0,80}}%\}}                                              # template tag
        | \$\{{[^{{}}]{{0,60}}\}}                                           # shell style
        | \{{[\ ]?[a-z_][a-z0-9_.\ ]{{0,40}}[\ ]?\}}                        # single braces
        | \*\|[^|]{{1,40}}\|\*                                              # merge tags
        | \[[a-z][a-z0-9'_./\ -]{{0,60}}(?:\]|$)                            # square brackets
        | <<?[\ ]?(?:{words})[a-z0-9_.\ ]{{0,30}}>>?                        # angle brackets
        | %%?[a-z][a-z0-9_]{{1,40}}%%?                                      # percent signs
        | \b(?:{words})_[a-z][a-z_]{{1,30}}\b                               # FIRST_NAME
        | \b__[a-z][a-z0-9_]{{1,40}}__\b
        | \bxxx+\b | \blorem\s+ipsum\b | \btbd\b | \btodo:\s
        | \b(?:insert|your)\s+(?:name|text|company\s+name)\s+here\b | \binserta?r?\s+(?:aqui|nombre|texto)\b"
    );
    // Boundaries of ASCII keep the regex on its fast engine.
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).ok()
});

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let Some(pattern) = PATTERN.as_ref() else { return };
    for part in case.parts {
        let folded = part.text.folded.as_str();
        if !may_hold_one(folded) {
            continue;
        }
        for found in pattern.find_iter(folded) {
            let whole = found.as_str();
            // "20%off%" and "50% cotton 50% wool" are percentages; a percent sign after a digit opens nothing.
            let after_digit = found
                .start()
                .checked_sub(1)
                .and_then(|at| folded.as_bytes().get(at))
                .is_some_and(u8::is_ascii_digit);
            let percent = whole.starts_with('%') && (after_digit || !whole.ends_with('%'));
            if percent || is_known_slot(case, whole) || is_aside(whole) {
                continue;
            }
            let (start, end) = part.text.folded.place(found.start(), found.end());
            report(case, part, Span { field: part.text.field, start, end }, outcome);
        }
    }
}

fn may_hold_one(folded: &str) -> bool {
    let bytes = folded.as_bytes();
    // A percent sign opens one only before a letter or another sign: "20 % off" opens none.
    let percent = |pair: &[u8]| matches!(pair, [b'%', b'%' | b'a'..=b'z']);
    bytes.iter().any(|b| matches!(b, b'{' | b'[' | b'<' | b'|' | b'_'))
        || bytes.windows(2).any(percent)
        || ["xxx", "lorem", "tbd", "todo:", "insert", " here"].iter().any(|word| folded.contains(word))
}

fn is_known_slot(case: &Case<'_>, found: &str) -> bool {
    let inner = found.trim_matches(['{', '}', ' ', '%']);
    let name = inner.split('|').next().unwrap_or("").trim();
    found.starts_with("{{")
        && found.ends_with("}}")
        && case.draft.known_slots.iter().any(|slot| slot.eq_ignore_ascii_case(name))
}

/// Brackets an author puts around a remark.
fn is_aside(found: &str) -> bool {
    matches!(
        found.trim_matches(['[', ']', ' ']),
        "sic" | "..." | "ad" | "publicidad" | "pub" | "video" | "pdf" | "new"
    )
}

fn report(case: &Case<'_>, part: &Part<'_>, span: Span, outcome: &mut Outcome) {
    let quote = part.text.quote(span);
    let problem = Problem {
        verdict: Verdict::Unknown,
        message: case
            .say(|| format!("`{quote}` was never filled"), || format!("`{quote}` quedó sin rellenar")),
        repair: case.say(
            || "write the words that belong there, or use a slot that exists".to_owned(),
            || "escribe las palabras que faltan o usa un campo que exista".to_owned(),
        ),
    };
    outcome.blocks_at(case, part, span, problem);
}
