//! The words of service mails, in both languages. Fixed here, so that nobody can put an offer into one.
//!
//! Goes in: what a customer's act calls for. Comes out: subject, HTML and plain text with at most one link, to the
//! customer's own page. It does not send.

use minijinja::HtmlEscape;
use terms::customer::Language;
use terms::service::{ServiceKind, ServiceMail};
use terms::time::Instant;

/// Most characters a person may add as a reason.
const REASON_LIMIT: usize = 1_000;

/// A service mail as its recipient reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceWords {
    /// Subject line.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain-text part.
    pub text: String,
}

/// Writes a service mail for a brand. Control characters and web addresses are taken out of the reason.
#[must_use]
pub fn service_words(mail: &ServiceMail, brand: &str) -> ServiceWords {
    let brand = one_line(brand);
    let reference = mail.reference.as_deref().map(one_line).unwrap_or_default();
    let until = mail.until.map(|at| when(at, mail.language)).unwrap_or_default();
    let reason = mail.reason.as_deref().map(plain).unwrap_or_default();
    let fill = |text: &str| {
        text.replace("{brand}", &brand).replace("{reference}", &reference).replace("{until}", &until)
    };
    let said = said(mail.kind, mail.language);
    let subject = fill(said.subject);
    let mut paragraphs: Vec<String> = said.lines.iter().map(|line| fill(line)).collect();
    if !reason.is_empty() {
        paragraphs.push(reason);
    }
    let label = mail.link.as_ref().map(|_| said.button);
    let mut text = paragraphs.join("\n\n");
    let mut html = String::from("<!doctype html><html lang=\"");
    html.push_str(mail.language.as_str());
    html.push_str("\"><body>");
    for paragraph in &paragraphs {
        html.push_str(&format!("<p>{}</p>", HtmlEscape(paragraph)));
    }
    if let (Some(link), Some(label)) = (&mail.link, label) {
        html.push_str(&format!("<p><a href=\"{}\">{}</a></p>", HtmlEscape(link), HtmlEscape(label)));
        text.push_str(&format!("\n\n{label}:\n{link}"));
    }
    let close = fill(closing(mail.language));
    html.push_str(&format!("<p>{}</p></body></html>", HtmlEscape(&close)));
    text.push_str(&format!("\n\n{close}\n"));
    ServiceWords { subject, html, text }
}

struct Said {
    subject: &'static str,
    lines: &'static [&'static str],
    button: &'static str,
}

const fn said(kind: ServiceKind, language: Language) -> Said {
    use Language::{English, Spanish};
    let (subject, lines, button): (_, &'static [&'static str], _) = match (kind, language) {
        (ServiceKind::ConfirmSignUp, English) => (
            "Please confirm that you want to hear from {brand}",
            &[
                "Somebody entered this address to receive messages from {brand}. If it was you, confirm it on the page below. The link works once, until {until}.",
                "If it was not you, do nothing. Without your confirmation you will receive no messages, and the request is deleted.",
            ],
            "Confirm",
        ),
        (ServiceKind::ConfirmSignUp, Spanish) => (
            "Confirma que quieres recibir mensajes de {brand}",
            &[
                "Alguien ha escrito esta dirección para recibir mensajes de {brand}. Si has sido tú, confírmalo en la página de abajo. El enlace funciona una sola vez, hasta el {until}.",
                "Si no has sido tú, no hagas nada. Sin tu confirmación no recibirás mensajes y la solicitud se borra.",
            ],
            "Confirmar",
        ),
        (ServiceKind::ConfirmRequest, English) => (
            "Please confirm your request to {brand}",
            &[
                "Somebody asked {brand} to act on the data kept with this address (request {reference}). If it was you, confirm it on the page below. The link works until {until}.",
                "If it was not you, do nothing. Without your confirmation nothing happens.",
            ],
            "Confirm the request",
        ),
        (ServiceKind::ConfirmRequest, Spanish) => (
            "Confirma tu solicitud a {brand}",
            &[
                "Alguien ha pedido a {brand} que actúe sobre los datos guardados con esta dirección (solicitud {reference}). Si has sido tú, confírmalo en la página de abajo. El enlace funciona hasta el {until}.",
                "Si no has sido tú, no hagas nada. Sin tu confirmación no se hace nada.",
            ],
            "Confirmar la solicitud",
        ),
        (ServiceKind::RequestReceived, English) => (
            "Your request {reference} to {brand}",
            &["We have received your request {reference}. You will have an answer by {until}."],
            "See your request",
        ),
        (ServiceKind::RequestReceived, Spanish) => (
            "Tu solicitud {reference} a {brand}",
            &["Hemos recibido tu solicitud {reference}. Tendrás una respuesta antes del {until}."],
            "Ver tu solicitud",
        ),
        (ServiceKind::RequestExtended, English) => (
            "Your request {reference} to {brand} takes longer",
            &[
                "We need more time for your request {reference}. You will have an answer by {until}. The reason:",
            ],
            "See your request",
        ),
        (ServiceKind::RequestExtended, Spanish) => (
            "Tu solicitud {reference} a {brand} tarda más",
            &[
                "Necesitamos más tiempo para tu solicitud {reference}. Tendrás una respuesta antes del {until}. El motivo:",
            ],
            "Ver tu solicitud",
        ),
        (ServiceKind::RequestDone, English) => (
            "Your request {reference} to {brand} is done",
            &["Your request {reference} is done."],
            "See what was done",
        ),
        (ServiceKind::RequestDone, Spanish) => (
            "Tu solicitud {reference} a {brand} está hecha",
            &["Tu solicitud {reference} está hecha."],
            "Ver qué se ha hecho",
        ),
        (ServiceKind::RequestRefused, English) => (
            "Your request {reference} to {brand}",
            &[
                "We cannot do what you asked in request {reference}. You may complain to your data protection authority, and go to court. The reason:",
            ],
            "See your request",
        ),
        (ServiceKind::RequestRefused, Spanish) => (
            "Tu solicitud {reference} a {brand}",
            &[
                "No podemos hacer lo que pides en la solicitud {reference}. Puedes reclamar ante tu autoridad de protección de datos y acudir a los tribunales. El motivo:",
            ],
            "Ver tu solicitud",
        ),
        (ServiceKind::DownloadReady, English) => (
            "Your data from {brand} are ready",
            &[
                "The data you asked for in request {reference} can be fetched on the page below until {until}.",
            ],
            "Fetch your data",
        ),
        (ServiceKind::DownloadReady, Spanish) => (
            "Tus datos de {brand} están listos",
            &[
                "Los datos que pediste en la solicitud {reference} se pueden descargar en la página de abajo hasta el {until}.",
            ],
            "Descargar tus datos",
        ),
    };
    Said { subject, lines, button }
}

const fn closing(language: Language) -> &'static str {
    match language {
        Language::English => {
            "{brand}. You receive this because of what was asked with this address. It is not advertising."
        }
        Language::Spanish => {
            "{brand}. Recibes este mensaje por lo que se ha pedido con esta dirección. No es publicidad."
        }
    }
}

/// A day and time as a reader of the language writes it, in UTC.
fn when(at: Instant, language: Language) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const SPANISH: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let date = at.day().to_date();
    let month = usize::try_from(date.month() - 1).unwrap_or(0);
    let minutes = at.0.div_euclid(60 * terms::time::MICROS_PER_SECOND).rem_euclid(1_440);
    let (hour, minute) = (minutes / 60, minutes % 60);
    match language {
        Language::English => {
            let month = ENGLISH.get(month).copied().unwrap_or_default();
            format!("{} {month} {}, {hour:02}:{minute:02} UTC", date.day(), date.year())
        }
        Language::Spanish => {
            let month = SPANISH.get(month).copied().unwrap_or_default();
            format!("{} de {month} de {} a las {hour:02}:{minute:02} UTC", date.day(), date.year())
        }
    }
}

fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    text.trim().to_owned()
}

/// A reason as plain text: no control characters, no web addresses, not longer than [`REASON_LIMIT`].
fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains("://") && !word.starts_with("www."));
    words.collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(REASON_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(kind: ServiceKind, language: Language) -> ServiceMail {
        ServiceMail {
            link: Some("https://mail.aurora.example/x/1".into()),
            reference: Some("R-12".into()),
            until: Some(Instant(1_780_000_000_000_000)),
            reason: Some("<b>because</b> of https://shop.example/offer".into()),
            ..ServiceMail::new(kind, "ana@example.org", language)
        }
    }

    #[test]
    fn every_kind_has_words_in_both_languages_and_no_place_stays_empty() {
        for kind in ServiceKind::ALL {
            let [english, spanish] = [Language::English, Language::Spanish]
                .map(|lang| service_words(&mail(*kind, lang), "Café Aurora"));
            assert_ne!(english.subject, spanish.subject, "{kind}");
            for words in [english, spanish] {
                assert!(words.subject.contains("Café Aurora"), "{}", words.subject);
                assert!(!words.text.contains('{') && !words.html.contains('{'), "{}", words.text);
                assert_eq!(words.text.matches("://").count(), 1, "{}", words.text);
                assert!(words.html.contains("&lt;b&gt;because"), "{}", words.html);
            }
        }
    }

    #[test]
    fn a_time_is_written_as_its_reader_writes_it() {
        let at = terms::time::Day::from_ymd(2026, 3, 1).unwrap().start().plus_hours(9);
        assert_eq!(when(at, Language::English), "1 March 2026, 09:00 UTC");
        assert_eq!(when(at, Language::Spanish), "1 de marzo de 2026 a las 09:00 UTC");
    }

    #[test]
    fn a_brand_or_reason_cannot_break_a_header_or_the_markup() {
        let mut hostile = mail(ServiceKind::RequestRefused, Language::English);
        hostile.reference = Some("R-1\r\nBcc: eve@example.org".into());
        let words = service_words(&hostile, "A\nB<script>");
        assert!(!words.subject.contains(['\r', '\n']));
        assert!(!words.html.contains("<script>"));
    }
}
