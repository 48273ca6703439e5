//! A message as RFC 5322 with the headers that RFC 8058 one-click opt-out and honest AI marking need.
//!
//! Header injection cannot happen: every value goes through the mail library's typed headers, and a line break in
//! a subject or an address is refused before that.

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use terms::message::Message;
use terms::service::ServiceMessage;

use super::SendError;

macro_rules! text_header {
    ($($type:ident = $name:literal),+ $(,)?) => {$(
        #[derive(Debug, Clone)]
        struct $type(String);

        impl Header for $type {
            fn name() -> HeaderName { HeaderName::new_from_ascii_str($name) }
            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue { HeaderValue::new(Self::name(), self.0.clone()) }
        }
    )+};
}

text_header! {
    ListUnsubscribe = "List-Unsubscribe",
    ListUnsubscribePost = "List-Unsubscribe-Post",
    CandorMessage = "X-Candor-Message",
    CandorContent = "X-Candor-Content",
    AiWritten = "X-Candor-AI-Written",
    ServiceMail = "X-Candor-Service",
    AutoSubmitted = "Auto-Submitted",
}

fn refuse(part: &str, why: impl std::fmt::Display) -> SendError {
    SendError::Refused(format!("{part}: {why}"))
}

/// Sender and recipient, once nothing that becomes a header holds a line break.
fn mailboxes(subject: &str, to: &str, from: &str) -> Result<(Mailbox, Mailbox), SendError> {
    for (part, text) in [("subject", subject), ("recipient", to), ("sender", from)] {
        if text.contains(['\r', '\n', '\0']) {
            return Err(refuse(part, "it holds a line break"));
        }
    }
    let to: Mailbox = to.parse().map_err(|error| refuse("recipient", error))?;
    let from: Mailbox = from.parse().map_err(|error| refuse("sender", error))?;
    Ok((from, to))
}

/// Builds a service mail. It answers an act, so it carries no opt-out, and says that no person typed it (RFC 3834).
pub(super) fn build_service(message: &ServiceMessage) -> Result<lettre::Message, SendError> {
    let (from, to) = mailboxes(&message.subject, &message.to, &message.from)?;
    let domain = from.email.domain().to_owned();
    lettre::Message::builder()
        .message_id(Some(format!("<service.{}@{domain}>", message.id)))
        .from(from)
        .to(to)
        .subject(message.subject.clone())
        .header(ServiceMail(format!("{} {}", message.id, message.kind)))
        .header(AutoSubmitted("auto-replied".to_owned()))
        .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
        .map_err(|error| refuse("message", error))
}

/// Builds the message, or says which part of it cannot be written.
pub(super) fn build(message: &Message) -> Result<lettre::Message, SendError> {
    let (from, to) = mailboxes(&message.subject, &message.to, &message.from)?;
    let domain = from.email.domain().to_owned();
    let mut builder = lettre::Message::builder()
        .message_id(Some(format!("<{}.{}@{domain}>", message.campaign, message.id)))
        .from(from)
        .to(to)
        .subject(message.subject.clone())
        .header(ListUnsubscribe(format!("<{}>", message.unsubscribe_url)))
        .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()))
        .header(CandorMessage(message.id.to_string()))
        .header(CandorContent(message.content.to_string()));
    if message.written_with_ai {
        builder = builder.header(AiWritten("yes".to_owned()));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
        .map_err(|error| refuse("message", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;
    use terms::hash::ContentHash;
    use terms::ids::{CampaignId, CustomerKey, MessageId};

    fn message() -> Message {
        Message {
            id: MessageId(7),
            campaign: CampaignId(3),
            customer: CustomerKey::new("C-1"),
            to: "ana@example.org".to_owned(),
            from: "Café Aurora <hola@aurora.example>".to_owned(),
            language: Language::Spanish,
            subject: "Vuelve cuando quieras: te guardamos el café".to_owned(),
            html: "<p>Hola</p>".to_owned(),
            text: "Hola".to_owned(),
            unsubscribe_url: "https://aurora.example/u/abc".to_owned(),
            content: ContentHash::of([b"x".as_slice()]),
            written_with_ai: true,
        }
    }

    #[test]
    fn a_mail_carries_one_click_opt_out_and_its_ai_mark() {
        let text = String::from_utf8(build(&message()).unwrap().formatted()).unwrap();
        assert!(text.contains("List-Unsubscribe: <https://aurora.example/u/abc>\r\n"), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(text.contains("X-Candor-AI-Written: yes\r\n"));
        assert!(text.contains("Message-ID: <3.7@aurora.example>\r\n"));
    }

    #[test]
    fn a_line_break_in_a_subject_or_address_is_refused() {
        for breakage in ["\r\nBcc: eve@example.org", "\nX: y"] {
            let mut bad = message();
            bad.subject.push_str(breakage);
            assert!(matches!(build(&bad), Err(SendError::Refused(_))));
            let mut bad = message();
            bad.to.push_str(breakage);
            assert!(matches!(build(&bad), Err(SendError::Refused(_))));
        }
    }
}
