//! # X2 address that is not the brand's
//! **Catches**: a web address, written in a text or behind the button, that is not https on a host of the brand; a
//! script or data address; a host with look-alike letters, punycode or hidden characters.
//! **Why**: readers trust a link because they trust the brand; one that leads elsewhere is how they are robbed.
//! **Basis**: security. Fails: `javascript:alert(1)`, `https://evil.test/`. Passes: `https://lumo.example/lamps`, when
//! the brand's hosts have `lumo.example`.
//!
//! `http` passes only to this machine, and only when the brand lists it, as a demo does. E-mail addresses are P3's. It
//! opens no link.

use crate::case::{Case, Outcome, Part, Problem};
use crate::rules::{Family, Rule, RuleDoc, RuleExample};
use crate::text::fold::is_invisible;
use regex::Regex;
use std::sync::LazyLock;
use terms::customer::Language;
use terms::finding::{Severity, Span, Verdict};
use terms::message::Field;

pub(crate) static RULE: Rule = Rule {
    doc: RuleDoc {
        id: "X2",
        family: Family::Security,
        name_en: "address that is not the brand's",
        name_es: "dirección que no es de la marca",
        catches: "A web address that is not https on a host of the brand, or that hides where it leads.",
        catches_es: "Una dirección web que no es https en un dominio de la marca, o que oculta adónde lleva.",
        why: "Readers trust a link because they trust the brand; one that leads elsewhere robs them.",
        why_es: "Quien lee se fía de un enlace porque se fía de la marca; uno que lleva a otro sitio traiciona esa confianza.",
        basis: "security",
        basis_es: "seguridad",
        severity: Severity::Block,
        examples: &[
            RuleExample {
                language: Language::English,
                fails: "See the lamps at https://lumo.evil.test/lamps.",
                passes: "See the lamps at https://lumo.example/lamps.",
            },
            RuleExample {
                language: Language::Spanish,
                fails: "Mira las lámparas en http://lumo.example.",
                passes: "Mira las lámparas en www.lumo.example.",
            },
        ],
    },
    cues: &[],
    check,
};

/// Addresses in a folded text: with a scheme, with `www.`, or a bare name under a common ending, which mail programs
/// turn into links as well.
static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let endings = "com|net|org|info|biz|io|app|dev|shop|store|online|site|xyz|top|link|click|club|live|page|cloud|\
                   es|cat|eu|uk|de|fr|it|pt|nl|be|ch|at|ie|us|ca|mx|ar|cl|co|pe|br|ru|cn|ly|gl|gg|tv|test|example";
    Regex::new(&format!(
        r"[a-z][a-z0-9+.\-]*://\S+|\b(?:javascript|vbscript|data|file|blob|intent|ftp):\S+|\bwww\.\S+|\b[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:{endings})\b(?:[/?#:]\S*)?"
    ).replace(r"\b", r"(?-u:\b)")).ok()
});

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    /// Leads nowhere: a button without an address.
    Nowhere,
    /// Not https.
    Scheme,
    /// Characters that cannot be seen, or that look like others.
    Disguised,
    /// A host the brand does not list.
    Host(String),
}

fn check(case: &Case<'_>, outcome: &mut Outcome) {
    let Some(pattern) = PATTERN.as_ref() else { return };
    for part in case.parts {
        if part.text.field == Field::Link {
            link(case, part, outcome);
            continue;
        }
        let folded = part.text.folded.as_str();
        if !may_hold_one(folded) {
            continue;
        }
        for found in pattern.find_iter(folded) {
            let end = found.start() + found.as_str().trim_end_matches(TRAILING).len();
            // The host of an e-mail address is no web address.
            let mail = folded.get(..found.start()).is_some_and(|head| head.ends_with('@'))
                || folded.get(end..).is_some_and(|tail| tail.starts_with('@'));
            let (from, to) = part.text.folded.place(found.start(), end);
            let span = Span { field: part.text.field, start: from, end: to };
            let written = part.text.quote(span);
            if mail || (is_bare(written) && is_a_missing_space(written)) {
                continue;
            }
            let hidden = chunk(part.text.original, from, to).chars().any(is_hidden);
            let fault = if hidden { Some(Fault::Disguised) } else { judge(case, written).err() };
            if let Some(fault) = fault {
                refuse(case, part, span, &fault, outcome);
            }
        }
    }
}

/// Every address has a colon with something right behind it, or a dot with a letter behind it or a `w` before it.
fn may_hold_one(folded: &str) -> bool {
    let bytes = folded.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        match byte {
            b':' => !next.is_ascii_whitespace(),
            b'.' => {
                !(next.is_ascii_whitespace() || next.is_ascii_digit())
                    || at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'w')
            }
            _ => false,
        }
    })
}

/// Punctuation that ends a sentence, not an address.
const TRAILING: [char; 13] = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '*'];

fn is_bare(written: &str) -> bool {
    !written.contains("://") && !written.contains(':') && !written.to_lowercase().starts_with("www.")
}

/// "coffee.It is": a capital after the dot of an otherwise small word opens a sentence.
fn is_a_missing_space(written: &str) -> bool {
    written.rsplit_once('.').is_some_and(|(head, tail)| {
        tail.starts_with(char::is_uppercase) && head.chars().any(char::is_lowercase)
    })
}

/// The original around a place, up to the next blank on either side.
fn chunk(original: &str, from: usize, to: usize) -> &str {
    let start = original.get(..from).and_then(|head| head.rfind(char::is_whitespace)).map_or(0, |at| at + 1);
    let end = original
        .get(to..)
        .and_then(|tail| tail.find(char::is_whitespace))
        .map_or(original.len(), |at| to + at);
    original.get(start..end).unwrap_or_else(|| original.get(from..to).unwrap_or(""))
}

fn is_hidden(c: char) -> bool {
    (is_invisible(c) && !matches!(c, '™' | '®' | '©' | '℠')) || c.is_control()
}

/// The address behind the button: the whole field.
fn link(case: &Case<'_>, part: &Part<'_>, outcome: &mut Outcome) {
    let original = part.text.original;
    let written = original.trim();
    let slot = !case.draft.known_slots.is_empty() && written.contains("{{");
    if slot {
        return;
    }
    let start = original.len() - original.trim_start().len();
    let span = Span { field: Field::Link, start, end: start + written.len() };
    if written.is_empty() {
        let labelled = case.part(Field::Button).is_some_and(|button| !button.text.original.trim().is_empty());
        if labelled {
            refuse(case, part, Span { field: Field::Link, start: 0, end: 0 }, &Fault::Nowhere, outcome);
        }
        return;
    }
    let hidden = written.chars().any(|c| is_hidden(c) || c.is_whitespace());
    let fault = if hidden {
        Some(Fault::Disguised)
    } else if !written.contains("://") {
        Some(Fault::Scheme)
    } else {
        judge(case, written).err()
    };
    if let Some(fault) = fault {
        refuse(case, part, span, &fault, outcome);
    }
}

/// Holds an address, as written, against the brand's hosts. A bare name is read as https.
fn judge(case: &Case<'_>, written: &str) -> Result<(), Fault> {
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if written.to_ascii_lowercase().starts_with("www.") => ("https".to_owned(), written),
        None => {
            let head = written.split(['/', '?', '#']).next().unwrap_or("");
            let script = head.split_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err());
            if script {
                return Err(Fault::Scheme);
            }
            ("https".to_owned(), written)
        }
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    if authority.contains('@') || authority.contains('%') || !authority.is_ascii() {
        return Err(Fault::Disguised);
    }
    let name = host_of(authority);
    let listed = is_listed(case, authority, &name);
    if name.split('.').any(|label| label.starts_with("xn--")) && !listed {
        return Err(Fault::Disguised);
    }
    match scheme.as_str() {
        "https" => {}
        "http" if is_this_machine(&name) => {}
        _ => return Err(Fault::Scheme),
    }
    if listed { Ok(()) } else { Err(Fault::Host(name)) }
}

/// The host without its port, in small letters.
pub(crate) fn host_of(authority: &str) -> String {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, _)) => v6,
        None => authority.split(':').next().unwrap_or(""),
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// True when the brand lists a host, with or without its port. `www.` before a listed name is the same house.
pub(crate) fn is_listed(case: &Case<'_>, authority: &str, name: &str) -> bool {
    let bare = name.strip_prefix("www.").unwrap_or(name);
    !name.is_empty()
        && case.context.allowed_hosts.iter().any(|allowed| {
            allowed.eq_ignore_ascii_case(authority)
                || allowed.eq_ignore_ascii_case(name)
                || allowed.eq_ignore_ascii_case(bare)
        })
}

/// True for the names of the machine itself.
pub(crate) fn is_this_machine(name: &str) -> bool {
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refuse(case: &Case<'_>, part: &Part<'_>, span: Span, fault: &Fault, outcome: &mut Outcome) {
    let quote = part.text.quote(span);
    let message = match fault {
        Fault::Nowhere => case.say(
            || "the button leads nowhere".to_owned(),
            || "el botón no lleva a ninguna parte".to_owned(),
        ),
        Fault::Scheme => case.say(
            || format!("`{quote}` is not a secure web address"),
            || format!("`{quote}` no es una dirección web segura"),
        ),
        Fault::Disguised => case.say(
            || format!("`{quote}` hides where it leads: hidden characters, look-alike letters or a name before the host"),
            || format!("`{quote}` oculta adónde lleva: caracteres ocultos, letras parecidas o un nombre delante del dominio"),
        ),
        Fault::Host(host) => case.say(
            || format!("`{host}` is not one of the brand's hosts"),
            || format!("`{host}` no es un dominio de la marca"),
        ),
    };
    let hosts = case.context.allowed_hosts.join(", ");
    let repair = match fault {
        Fault::Host(host) => case.say(
            || format!("lead to one of [{hosts}], or list the host with `candor brand --host {host}` and the others"),
            || format!("lleva a uno de [{hosts}], o añade el dominio con `candor brand --host {host}` y los demás"),
        ),
        _ => case.say(
            || format!("write it as https://, in plain letters, on one of [{hosts}]; `candor brand --host` lists more"),
            || format!("escríbela como https://, en letras corrientes, en uno de [{hosts}]; `candor brand --host` añade más"),
        ),
    };
    outcome.blocks_at(case, part, span, Problem { verdict: Verdict::Unknown, message, repair });
}
