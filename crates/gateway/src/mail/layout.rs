//! One mail layout in MJML, compiled once a variant, filled once a customer.
//!
//! Slots are filled by a template engine with nothing in it: no functions, no filters, no loops over anything that
//! was not given, a limit on work and on length. A slot without a value is an error, never an empty place; nor does a
//! mail leave here with a link that is not https (or on this machine).

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use terms::customer::Language;
use terms::message::{Field, Variant};

use super::link::is_safe_link;
use super::slots::Slots;

/// Longest HTML a mail may have, in bytes: mail programs clip beyond about 100 KB.
const MAX_HTML: usize = 100 * 1024;
/// Steps a template may take.
const FUEL: u64 = 50_000;

/// What the footer says about the sender.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Name of the sender, as in the fact sheet.
    pub sender_name: String,
    /// Postal address of the sender, as in the fact sheet.
    pub sender_address: String,
    /// True when AI wrote any of the words.
    pub written_with_ai: bool,
}

/// Why a mail could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A slot has no value, or its syntax is wrong.
    #[error("the {field} cannot be filled: {reason}; use a slot that the fact sheet has")]
    Slot {
        /// Field.
        field: String,
        /// Reason.
        reason: String,
    },
    /// A slot has a name, and no fact fills it.
    #[error("the {field} has the slot `{{{{ {slot} }}}}`, and nothing fills it; {next}")]
    Missing {
        /// Field.
        field: String,
        /// Slot, such as `offer.discount`.
        slot: String,
        /// What fills it.
        next: String,
    },
    /// An address that is neither https nor on this machine.
    #[error("`{link}` cannot be linked to; write the address as https://, in plain letters")]
    Link {
        /// The address, filled.
        link: String,
    },
    /// The layout could not be turned into HTML.
    #[error("the mail layout cannot be rendered: {0}; check the text for stray markup")]
    Layout(String),
    /// Longer than mail programs show.
    #[error("the mail is {bytes} bytes long, and mail programs cut at {MAX_HTML}; shorten the body")]
    TooLong {
        /// Length of the HTML.
        bytes: usize,
    },
}

/// A variant ready to be filled.
pub struct MailTemplate {
    environment: Environment<'static>,
    language: Language,
    has_button: bool,
}

/// A mail as one customer gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The fields as read, footer included; what the guard reads.
    pub fields: Vec<(Field, String)>,
    /// Subject line.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain-text part.
    pub text: String,
}

/// Fields in the order in which the guard and the pages show them, with the template each is kept under.
const FIELDS: [(Field, &str); 7] = [
    (Field::Subject, "subject"),
    (Field::Preheader, "preheader"),
    (Field::Headline, "headline"),
    (Field::Body, "body"),
    (Field::Button, "button"),
    (Field::Link, "link"),
    (Field::Footer, "footer"),
];

impl MailTemplate {
    /// Compiles a variant into the layout.
    ///
    /// # Errors
    /// When a slot's syntax is wrong or the layout cannot be rendered.
    pub fn compile(variant: &Variant, layout: &Layout) -> Result<Self, RenderError> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|name| match name {
            "html" => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        let footer = footer_text(variant.language, layout);
        let sources = variant.fields().map(|(_, text)| text.to_owned());
        let names = FIELDS.iter().zip(sources.into_iter().chain([footer]));
        for ((field, name), source) in names {
            environment.add_template_owned(*name, source).map_err(|error| slot_error(*field, &error))?;
        }
        let html = html_template(variant, layout)?;
        environment
            .add_template_owned("html", html)
            .map_err(|error| RenderError::Layout(error.to_string()))?;
        Ok(Self { environment, language: variant.language, has_button: has_button(variant) })
    }

    /// Language of the variant.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Fills the slots for one customer.
    ///
    /// # Errors
    /// When a slot has no value, a link is not safe, or the result is longer than mail programs show.
    pub fn render(&self, slots: &Slots) -> Result<RenderedMail, RenderError> {
        let mut fields = Vec::with_capacity(FIELDS.len());
        for (field, name) in FIELDS {
            fields.push((field, self.fill(name, field, slots)?));
        }
        let html = self.fill("html", Field::Body, slots)?;
        if html.len() > MAX_HTML {
            return Err(RenderError::TooLong { bytes: html.len() });
        }
        let of = |wanted: Field| {
            fields
                .iter()
                .find(|(field, _)| *field == wanted)
                .map(|(_, text)| text.as_str())
                .unwrap_or_default()
        };
        let own = slots.links();
        let button = self.has_button.then(|| of(Field::Link));
        if let Some(link) = own.into_iter().chain(button).find(|link| !is_safe_link(link)) {
            return Err(RenderError::Link { link: link.to_owned() });
        }
        let button = button.map(|link| format!("{}: {link}\n\n", of(Field::Button))).unwrap_or_default();
        let text =
            format!("{}\n\n{}\n\n{button}--\n{}\n", of(Field::Headline), of(Field::Body), of(Field::Footer));
        // A subject is one line, whatever was put into its slots.
        let subject = of(Field::Subject).split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(RenderedMail { subject, html, text, fields })
    }

    fn fill(&self, name: &str, field: Field, slots: &Slots) -> Result<String, RenderError> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(slots.values()))
            .map_err(|error| self.missing(name, field, slots).unwrap_or_else(|| slot_error(field, &error)))
    }

    /// The first slot of a field, by name, that nothing fills.
    fn missing(&self, name: &str, field: Field, slots: &Slots) -> Option<RenderError> {
        let asked = self.environment.get_template(name).ok()?.undeclared_variables(true);
        let slot = asked.into_iter().filter(|slot| !slots.fills(slot)).min()?;
        let next = slots.filled_by(&slot);
        Some(RenderError::Missing { field: field.to_string(), slot, next })
    }
}

/// A variant with neither label nor address has no button; one with either needs both.
fn has_button(variant: &Variant) -> bool {
    !(variant.button.trim().is_empty() && variant.link.trim().is_empty())
}

fn slot_error(field: Field, error: &minijinja::Error) -> RenderError {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    RenderError::Slot { field: field.to_string(), reason }
}

/// The footer in words, the same for the text part and for the guard.
fn footer_text(language: Language, layout: &Layout) -> String {
    let Layout { sender_name, sender_address, written_with_ai } = layout;
    let (label, why, choose, leave, ai) = footer_words(language);
    let ai = if *written_with_ai { format!("\n{ai}") } else { String::new() };
    format!(
        "{label} {sender_name}, {sender_address}.{ai}\n{why}: {{{{ why_url }}}}\n{choose}: {{{{ preferences_url }}}}\n{leave}: {{{{ unsubscribe_url }}}}"
    )
}

const fn footer_words(
    language: Language,
) -> (&'static str, &'static str, &'static str, &'static str, &'static str) {
    match language {
        Language::English => (
            "Advertising from",
            "Why did I get this?",
            "Your preferences",
            "Unsubscribe",
            "Some of these words were written with AI and checked by a person.",
        ),
        Language::Spanish => (
            "Publicidad de",
            "¿Por qué recibo esto?",
            "Tus preferencias",
            "Darse de baja",
            "Parte de este texto se escribió con IA y lo revisó una persona.",
        ),
    }
}

fn html_template(variant: &Variant, layout: &Layout) -> Result<String, RenderError> {
    let paragraphs: String = variant
        .body
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            format!(
                r##"<mj-text font-size="16px" line-height="26px" color="#2b2f36" padding="8px 0">{}</mj-text>"##,
                markup(paragraph).replace('\n', "<br />")
            )
        })
        .collect();
    let (label, why, choose, leave, ai) = footer_words(variant.language);
    let ai = if layout.written_with_ai { format!("{ai}<br />") } else { String::new() };
    let button = if has_button(variant) {
        format!(
            r##"<mj-button href="{link}" background-color="#1f5f53" color="#ffffff" border-radius="8px" font-size="16px" inner-padding="14px 22px" align="left" padding="20px 0 4px">{button}</mj-button>"##,
            link = markup(&variant.link),
            button = markup(&variant.button),
        )
    } else {
        String::new()
    };
    let mjml = format!(
        r##"<mjml lang="{language}"><mj-head><mj-title>{subject}</mj-title><mj-preview>{preheader}</mj-preview>
<mj-attributes><mj-all font-family="-apple-system, Segoe UI, Helvetica, Arial, sans-serif" /></mj-attributes></mj-head>
<mj-body background-color="#f4f2ee" width="600px">
<mj-section padding="28px 24px 12px"><mj-column><mj-text font-size="15px" font-weight="600" color="#6b5e4b" padding="0">{sender}</mj-text></mj-column></mj-section>
<mj-section background-color="#ffffff" border-radius="10px" padding="32px"><mj-column>
<mj-text font-size="26px" line-height="34px" font-weight="700" color="#17191d" padding="0 0 12px">{headline}</mj-text>
{paragraphs}
{button}
</mj-column></mj-section>
<mj-section padding="20px 24px 36px"><mj-column><mj-text font-size="12px" line-height="19px" color="#6d6a64" padding="0">{label} {sender}, {address}.<br />{ai}<a href="{{{{ why_url }}}}">{why}</a> &#183; <a href="{{{{ preferences_url }}}}">{choose}</a> &#183; <a href="{{{{ unsubscribe_url }}}}">{leave}</a></mj-text></mj-column></mj-section>
</mj-body></mjml>"##,
        subject = markup(&variant.subject),
        preheader = markup(&variant.preheader),
        sender = markup(&layout.sender_name),
        headline = markup(&variant.headline),
        language = variant.language,
        address = markup(&layout.sender_address),
    );
    let parsed = mrml::parse(&mjml).map_err(|error| RenderError::Layout(error.to_string()))?;
    // No web fonts: opening a mail must not tell anybody that it was opened.
    let options = mrml::prelude::render::RenderOptions { fonts: Default::default(), ..Default::default() };
    parsed.element.render(&options).map_err(|error| RenderError::Layout(error.to_string()))
}

/// Text as markup: everything that could be a tag is escaped, slots stay as they are (their values are escaped when
/// they are filled).
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let (before, slot) = rest.split_at(open);
        escape_into(&mut out, before);
        let end = slot.find("}}").map_or(slot.len(), |at| at + 2);
        let (slot, after) = slot.split_at(end);
        out.push_str(slot);
        rest = after;
    }
    escape_into(&mut out, rest);
    out
}

fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Links;
    use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
    use terms::ids::FactId;
    use terms::money::{Currency, Money};
    use terms::time::Instant;

    fn price() -> Fact {
        Fact {
            id: FactId(1),
            entity: "offer:hello".to_owned(),
            predicate: "price".to_owned(),
            value: FactValue::Money(Money::new(2_900, Currency::EUR)),
            unit: String::new(),
            polarity: Polarity::True,
            source: "test".to_owned(),
            observed_at: Instant(0),
            valid_from: None,
            valid_until: None,
            max_age_hours: None,
            evidence: EvidenceKind::Plain,
        }
    }

    fn variant(body: &str) -> Variant {
        Variant {
            id: None,
            language: Language::English,
            subject: "A coffee for {{ offer.price }}".to_owned(),
            preheader: "Fresh this week".to_owned(),
            headline: "Good to see you".to_owned(),
            body: body.to_owned(),
            button: "See the coffee".to_owned(),
            link: "https://shop.example/coffee?a=1&b=2".to_owned(),
        }
    }

    fn slots(name: Option<&str>) -> Slots {
        let links = Links {
            why: "https://shop.example/w/1".to_owned(),
            preferences: "https://shop.example/p/1".to_owned(),
            unsubscribe: "https://shop.example/u/1".to_owned(),
        };
        Slots::for_campaign(&[price()], "offer:hello", Language::English).for_customer(
            Language::English,
            name,
            &links,
        )
    }

    fn layout() -> Layout {
        Layout {
            sender_name: "Aurora".to_owned(),
            sender_address: "Calle Mayor 1, Madrid".to_owned(),
            written_with_ai: false,
        }
    }

    #[test]
    fn a_mail_is_filled_from_facts_and_carries_its_footer() {
        let template =
            MailTemplate::compile(&variant("{{ greeting }}\n\nIt costs {{ offer.price }}."), &layout())
                .unwrap();
        let mail = template.render(&slots(Some("Ana"))).unwrap();
        assert_eq!(mail.subject, "A coffee for €29");
        assert!(mail.text.contains("Hello Ana,\n\nIt costs €29."), "{}", mail.text);
        assert!(mail.html.contains("Hello Ana,"), "{}", mail.html);
        assert!(mail.html.contains("https://shop.example/u/1"));
        for elsewhere in ["fonts.googleapis", "<script", "<img", "@import"] {
            assert!(!mail.html.contains(elsewhere), "{elsewhere}: {}", mail.html);
        }
        assert!(mail.text.contains("Advertising from Aurora, Calle Mayor 1, Madrid."));
    }

    #[test]
    fn a_hostile_name_stays_text() {
        let template = MailTemplate::compile(&variant("{{ greeting }}"), &layout()).unwrap();
        let mail = template.render(&slots(Some("<script>alert(1)</script>{{ offer.price }}"))).unwrap();
        assert!(!mail.html.contains("<script>alert"), "{}", mail.html);
        assert!(mail.html.contains("{{ offer.price }}"), "a value is never filled a second time");
    }

    #[test]
    fn markup_in_the_body_is_shown_and_not_run() {
        let template =
            MailTemplate::compile(&variant("<img src=x onerror=alert(1)> & co"), &layout()).unwrap();
        let mail = template.render(&slots(None)).unwrap();
        assert!(!mail.html.contains("<img src=x"), "{}", mail.html);
    }

    #[test]
    fn a_slot_without_a_fact_is_named_with_the_command_that_fills_it() {
        let template = MailTemplate::compile(&variant("Now {{ offer.gift }}"), &layout()).unwrap();
        let error = template.render(&slots(None)).unwrap_err().to_string();
        let expected = "the body has the slot `{{ offer.gift }}`, and nothing fills it; \
                        set it with `candor facts set offer:hello gift VALUE`";
        assert_eq!(error, expected);
    }

    #[test]
    fn a_slot_of_no_kind_is_answered_with_the_kinds_there_are() {
        let template = MailTemplate::compile(&variant("Now {{ surname }}"), &layout()).unwrap();
        let error = template.render(&slots(None)).unwrap_err().to_string();
        assert!(error.contains("`{{ surname }}`") && error.contains("first_name"), "{error}");
    }

    #[test]
    fn a_link_that_is_not_https_never_becomes_a_mail() {
        for link in ["javascript:alert(1)", "http://shop.example/", "", "{{ first_name }}"] {
            let variant = Variant { link: link.to_owned(), ..variant("Hello") };
            let outcome = MailTemplate::compile(&variant, &layout())
                .and_then(|template| template.render(&slots(Some("javascript:alert(1)"))));
            assert!(matches!(outcome, Err(RenderError::Link { .. })), "{link}: {outcome:?}");
        }
        let variant = Variant { link: "http://127.0.0.1:7070/".to_owned(), ..variant("Hello") };
        let demo = MailTemplate::compile(&variant, &layout()).unwrap().render(&slots(None));
        assert!(demo.is_ok(), "{demo:?}");
    }

    #[test]
    fn a_mail_without_a_button_has_no_empty_link() {
        let bare = Variant { link: String::new(), button: " ".to_owned(), ..variant("Hello") };
        let mail = MailTemplate::compile(&bare, &layout()).unwrap().render(&slots(None)).unwrap();
        assert!(!mail.html.contains("href=\"\""), "{}", mail.html);
        assert!(mail.text.contains("Hello\n\n--\n"), "{}", mail.text);
    }

    #[test]
    fn a_mail_says_which_language_it_is_in() {
        for language in [Language::English, Language::Spanish] {
            let variant = Variant { language, ..variant("Hola") };
            let mail = MailTemplate::compile(&variant, &layout()).unwrap().render(&slots(None)).unwrap();
            assert!(mail.html.contains(&format!("lang=\"{language}\"")), "{}", mail.html);
            assert!(!mail.html.contains("lang=\"und\""), "{}", mail.html);
        }
    }

    #[test]
    fn a_template_cannot_loop_without_end() {
        let body = "{% for a in 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for b in range(100000) %}x{% endfor %}{% endfor %}";
        let outcome = MailTemplate::compile(&variant(body), &layout()).and_then(|t| t.render(&slots(None)));
        assert!(outcome.is_err());
    }
}
