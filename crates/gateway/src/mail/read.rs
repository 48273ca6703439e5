//! A message as somebody has it in a file: plain words, subject and body, HTML or MJML; cut into the fields the guard
//! reads.
//!
//! Goes in: the text of the file. Comes out: fields in reading order, every link, and the footer if there is one.
//! Everything a reader or a mail program could be shown is kept, hidden text too: what is hidden from the eye must not
//! be hidden from the guard. It fetches nothing.

use html5gum::{Token, Tokenizer};
use terms::message::Field;

/// A message read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMessage {
    /// Fields in reading order, without empty ones.
    pub fields: Vec<(Field, String)>,
    /// The address behind the words that stop the messages, if there is one.
    pub unsubscribe: Option<String>,
    /// True when it is a whole message with a footer; false for words alone.
    pub whole: bool,
}

/// A file that is no message.
#[derive(Debug, thiserror::Error)]
#[error("the MJML cannot be read: {0}")]
pub struct NoMessage(String);

/// Words around a link that stops messages.
const LEAVING: &[&str] = &[
    "unsubscribe",
    "opt out",
    "opt-out",
    "optout",
    "darse de baja",
    "darte de baja",
    "date de baja",
    "cancelar la suscripci",
    "dejar de recibir",
];

/// Reads a message.
///
/// # Errors
/// When it is written as MJML and is none.
pub fn read_message(text: &str) -> Result<ReadMessage, NoMessage> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (mut fields, rest) = headers(&text);
    let start = rest.trim_start();
    let lower = start.get(..start.len().min(200)).unwrap_or(start).to_lowercase();
    if start.starts_with("<mjml") || lower.contains("<mjml") {
        let parsed = mrml::parse(start).map_err(|error| NoMessage(error.to_string()))?;
        let options =
            mrml::prelude::render::RenderOptions { fonts: Default::default(), ..Default::default() };
        let html = parsed.element.render(&options).map_err(|error| NoMessage(error.to_string()))?;
        return Ok(from_html(&html, fields));
    }
    if start.starts_with('<') && start.contains('>') {
        return Ok(from_html(start, fields));
    }
    let (body, footer) = split_footer(&rest.lines().map(str::to_owned).collect::<Vec<_>>());
    fields.push((Field::Body, body));
    let whole = !footer.is_empty();
    let unsubscribe =
        footer.split_whitespace().rev().find(|word| word.starts_with("http")).map(str::to_owned);
    fields.push((Field::Footer, footer));
    fields.retain(|(_, text)| !text.trim().is_empty());
    Ok(ReadMessage { fields, unsubscribe: unsubscribe.filter(|_| whole), whole })
}

/// The head of a message: `Subject: ...` and `Preheader: ...` lines, then an empty line. Other lines of a mail's head
/// (`From:`, `To:`) are nothing its reader is told.
fn headers(text: &str) -> (Vec<(Field, String)>, &str) {
    let mut fields = Vec::new();
    let mut rest = text;
    let mut any = false;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| {
            !name.is_empty()
                && name.len() <= 40
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }) else {
            break;
        };
        let field = match name.to_ascii_lowercase().as_str() {
            "subject" | "asunto" => Some(Field::Subject),
            "preheader" | "preview" => Some(Field::Preheader),
            "from" | "to" | "date" | "mime-version" | "content-type" | "reply-to" | "message-id" => None,
            _ => break,
        };
        any = true;
        if let Some(field) = field {
            fields.push((field, value.trim().to_owned()));
        }
        rest = after;
        if after.is_empty() {
            break;
        }
    }
    (fields, if any { rest } else { text })
}

fn leaves(text: &str) -> bool {
    let text = text.to_lowercase();
    LEAVING.iter().any(|words| text.contains(words))
}

/// Body and footer: the footer begins shortly before the words that stop the messages, or after a line `--`.
fn split_footer(lines: &[String]) -> (String, String) {
    let dashes = lines.iter().rposition(|line| line.trim() == "--");
    let leaving = lines.iter().rposition(|line| leaves(line));
    let start = match (dashes, leaving) {
        (Some(dashes), Some(leaving)) if dashes < leaving => dashes + 1,
        (_, Some(leaving)) => {
            // The sender stands in the lines before, in a block of its own or two.
            let mut start = leaving;
            let mut filled = 0;
            while start > 0 && filled < 3 {
                let before = lines.get(start - 1).map_or("", String::as_str);
                filled += usize::from(!before.trim().is_empty());
                start -= 1;
            }
            start
        }
        _ => return (lines.join("\n").trim().to_owned(), String::new()),
    };
    let (body, footer) = lines.split_at(start);
    let body: Vec<&str> = body.iter().map(String::as_str).filter(|line| line.trim() != "--").collect();
    (body.join("\n").trim().to_owned(), footer.join("\n").trim().to_owned())
}

/// What stands between tags, with a new line wherever a browser would begin one.
fn from_html(html: &str, mut fields: Vec<(Field, String)>) -> ReadMessage {
    let mut lines: Vec<String> = vec![String::new()];
    let mut title = String::new();
    let mut links: Vec<(String, String)> = Vec::new();
    let mut unread: Option<Vec<u8>> = None;
    let mut in_title = false;
    let mut href: Option<(String, String)> = None;
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name: &[u8] = &tag.name;
                if matches!(name, b"script" | b"style") {
                    unread = Some(name.to_vec());
                }
                in_title = in_title || name == b"title";
                if is_block(name) && lines.last().is_some_and(|line| !line.trim().is_empty()) {
                    lines.push(String::new());
                }
                let attribute = |wanted: &[u8]| {
                    tag.attributes
                        .iter()
                        .find(|(name, _)| name.as_slice() == wanted)
                        .map(|(_, value)| String::from_utf8_lossy(value.as_slice()).into_owned())
                };
                for shown in [attribute(b"alt"), attribute(b"title")].into_iter().flatten() {
                    if let Some(line) = lines.last_mut().filter(|_| !shown.trim().is_empty()) {
                        line.push_str(&format!(" {shown} "));
                    }
                }
                if name == b"a" {
                    href = attribute(b"href").map(|address| (address, String::new()));
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if unread.as_deref() == Some(name) {
                    unread = None;
                }
                if name == b"title" {
                    in_title = false;
                }
                if name == b"a"
                    && let Some(link) = href.take()
                {
                    links.push(link);
                }
                if is_block(name) && lines.last().is_some_and(|line| !line.trim().is_empty()) {
                    lines.push(String::new());
                }
            }
            Token::String(text) if unread.is_none() => {
                let text = String::from_utf8_lossy(&text).replace('\n', " ");
                if in_title {
                    title.push_str(&text);
                    continue;
                }
                if let Some((_, words)) = &mut href {
                    words.push_str(&text);
                }
                if let Some(line) = lines.last_mut() {
                    line.push_str(&text);
                }
            }
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    let (body, footer) = split_footer(&lines);
    if !title.trim().is_empty() && fields.iter().all(|(field, _)| *field != Field::Subject) {
        fields.insert(0, (Field::Subject, title.trim().to_owned()));
    }
    let unsubscribe = links
        .iter()
        .find(|(address, words)| leaves(words) || leaves(address))
        .map(|(address, _)| address.clone());
    let whole = !footer.is_empty();
    fields.push((Field::Body, body));
    let others = links.into_iter().map(|(address, _)| address);
    for address in others.filter(|address| !address.starts_with('#') && !address.is_empty()) {
        fields.push((Field::Link, address));
    }
    fields.push((Field::Footer, footer));
    fields.retain(|(_, text)| !text.trim().is_empty());
    ReadMessage { fields, unsubscribe, whole }
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"br"
            | b"tr"
            | b"td"
            | b"th"
            | b"table"
            | b"li"
            | b"ul"
            | b"ol"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"section"
            | b"header"
            | b"footer"
            | b"body"
            | b"hr"
            | b"blockquote"
            | b"center"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &ReadMessage, field: Field) -> String {
        let found = message.fields.iter().filter(|(known, _)| *known == field);
        found.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn subject_and_body_are_told_apart_and_words_alone_are_a_body() {
        let read = read_message("Subject: Last hours\nPreheader: Now\n\nOnly 3 left: hurry.\n").unwrap();
        assert_eq!(
            (of(&read, Field::Subject), of(&read, Field::Body)),
            ("Last hours".into(), "Only 3 left: hurry.".into())
        );
        assert!(!read.whole);
        let words = read_message("Note: only 3 left.").unwrap();
        assert_eq!(of(&words, Field::Body), "Note: only 3 left.");
        assert_eq!(of(&read_message("Asunto: Hola\n\nAdiós").unwrap(), Field::Subject), "Hola");
    }

    #[test]
    fn html_gives_every_word_a_reader_or_a_machine_could_see() {
        let html = "<!doctype html><html><head><title>Hello &amp; welcome</title><style>p{color:red}</style></head>\
            <body><div style=\"display:none\">only 2 left</div><p>Now <b>&euro;29</b><br>free</p><img alt=\"50% off\">\
            <a href=\"https://shop.example/x\">Buy</a><script>alert(1)</script>\
            <p>Lumo SL, Calle Mayor 12</p><p><a href=\"https://shop.example/out\">Unsubscribe</a></p></body></html>";
        let read = read_message(html).unwrap();
        assert_eq!(of(&read, Field::Subject), "Hello & welcome");
        let body = of(&read, Field::Body) + &of(&read, Field::Footer);
        for words in ["only 2 left", "Now €29", "free", "50% off", "Lumo SL"] {
            assert!(body.contains(words), "{words}: {body}");
        }
        assert!(!body.contains("alert") && !body.contains("color"), "{body}");
        assert_eq!(read.unsubscribe.as_deref(), Some("https://shop.example/out"));
        assert!(read.whole && of(&read, Field::Link).starts_with("https://shop.example/x"));
    }

    #[test]
    fn mjml_is_read_as_it_would_be_shown_and_broken_mjml_is_an_error() {
        let mjml = "<mjml><mj-body><mj-section><mj-column><mj-text>Guaranteed results</mj-text>\
            <mj-button href=\"https://shop.example/\">Buy</mj-button></mj-column></mj-section></mj-body></mjml>";
        let read = read_message(mjml).unwrap();
        assert!(of(&read, Field::Body).contains("Guaranteed results"));
        assert_eq!(of(&read, Field::Link), "https://shop.example/");
        assert!(read_message("<mjml><mj-body>").is_err());
    }
}
