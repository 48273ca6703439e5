//! The permit to send a service mail: an answer to a customer's own act, which needs no consent to marketing, no
//! approval of a campaign and no guard, because its words are fixed in the program.
//!
//! Goes in: the mail, what is suppressed, how many were sent lately. Comes out: a [`ServicePermit`] for that very mail,
//! or a refusal. It opens no other way out: a channel takes it with a [`ServiceMessage`] only, and a campaign's message
//! is none.
//!
//! ```compile_fail,E0451
//! use policy::permit::service::ServicePermit;
//! let forged = ServicePermit { expires_at: terms::time::Instant(i64::MAX), ..unreachable!() };
//! ```

use crate::refusal::Refusal;
use terms::consent::SuppressionReason;
use terms::hash::ContentHash;
use terms::ids::ServiceMailId;
use terms::message::Field;
use terms::service::{ServiceKind, ServiceMessage};
use terms::time::Instant;

/// Mails that anybody can cause, to one address in 24 hours.
pub const ADDRESS_LIMIT: u32 = 3;
/// Mails of any kind to one address in 24 hours: a brake for whatever loops.
pub const ANY_LIMIT: u32 = 20;
/// Mails that anybody can cause, to one domain in an hour.
pub const DOMAIN_LIMIT: u32 = 200;
/// Mails that anybody can cause, from one source in an hour.
pub const SOURCE_LIMIT: u32 = 10;

/// How many mails went out lately, this one not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServiceCounts {
    /// To the address in 24 hours, of the kinds that anybody can cause.
    pub address: u32,
    /// To the address in 24 hours, of any kind.
    pub any: u32,
    /// To its domain in an hour, of the kinds that anybody can cause.
    pub domain: u32,
    /// From the same source in an hour, of the kinds that anybody can cause.
    pub source: u32,
}

/// Permission to hand over exactly one service mail, for a short while.
#[derive(Debug)]
#[must_use = "a permit is used by sending the mail it is for"]
pub struct ServicePermit {
    mail: ServiceMailId,
    words: ContentHash,
    issued_at: Instant,
    expires_at: Instant,
}

impl ServicePermit {
    /// Checks that this permit is for this mail, word for word, and still valid.
    ///
    /// # Errors
    /// When the permit has run out or is for another mail or wording.
    pub fn admits(&self, message: &ServiceMessage, now: Instant) -> Result<(), Refusal> {
        if now < self.issued_at || now > self.expires_at {
            return Err(Refusal::Expired(self.expires_at));
        }
        if self.mail != message.id {
            return Err(Refusal::OtherMessage("message"));
        }
        if self.words != words(message) {
            return Err(Refusal::OtherMessage("wording"));
        }
        Ok(())
    }
}

/// Whether the limits leave room for one more mail of a kind. The source is asked first: its answer tells nothing
/// about an address.
///
/// # Errors
/// [`Refusal::TooManyMails`] naming what was exceeded: `from this source`, `to this address`, `to this domain`.
pub const fn within_limits(kind: ServiceKind, sent: ServiceCounts) -> Result<(), Refusal> {
    if kind.is_unproved() && sent.source >= SOURCE_LIMIT {
        return Err(Refusal::TooManyMails("from this source"));
    }
    if sent.any >= ANY_LIMIT || (kind.is_unproved() && sent.address >= ADDRESS_LIMIT) {
        return Err(Refusal::TooManyMails("to this address"));
    }
    if kind.is_unproved() && sent.domain >= DOMAIN_LIMIT {
        return Err(Refusal::TooManyMails("to this domain"));
    }
    Ok(())
}

/// Mints the permit for one service mail.
///
/// An opt-out of marketing does not stop it: it answers what the customer did. An address that does not exist or that
/// reported mail as unwanted is not written to at all.
///
/// # Errors
/// When the address bounced, complained or is unusable, a limit is reached, the mail has no words, or it leads anywhere
/// but to `own_pages`.
pub fn mint(
    message: &ServiceMessage,
    suppressed: &[SuppressionReason],
    sent: ServiceCounts,
    own_pages: &str,
    now: Instant,
) -> Result<ServicePermit, Refusal> {
    let closed = [SuppressionReason::HardBounce, SuppressionReason::Complaint];
    if let Some(reason) = closed.into_iter().find(|reason| suppressed.contains(reason)) {
        return Err(Refusal::Suppressed(reason));
    }
    within_limits(message.kind, sent)?;
    if message.subject.trim().is_empty() {
        return Err(Refusal::NoWords(Field::Subject));
    }
    if message.text.trim().is_empty() || message.html.trim().is_empty() {
        return Err(Refusal::NoWords(Field::Body));
    }
    if message.to.trim().is_empty() || message.to.chars().any(char::is_control) {
        return Err(Refusal::NoAddress);
    }
    let own = |link: &str| {
        !own_pages.is_empty() && link.strip_prefix(own_pages).is_some_and(|rest| rest.starts_with('/'))
    };
    // Whatever the words are made of: no address stands in them but that one page.
    let linked = message.text.matches("://").count();
    let allowed = usize::from(message.link.is_some());
    if linked != allowed || !message.link.as_deref().is_none_or(own) {
        return Err(Refusal::ForeignLink);
    }
    Ok(ServicePermit {
        mail: message.id,
        words: words(message),
        issued_at: now,
        expires_at: now.plus_seconds(super::PERMIT_SECONDS),
    })
}

fn words(message: &ServiceMessage) -> ContentHash {
    let link = message.link.as_deref().unwrap_or_default();
    let parts = [&*message.from, &message.to, &message.subject, &message.html, &message.text, link];
    ContentHash::of(parts.map(str::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;

    const OWN: &str = "https://mail.aurora.example";
    const NOW: Instant = Instant(1_000_000_000);

    fn mail(kind: ServiceKind) -> ServiceMessage {
        ServiceMessage {
            id: ServiceMailId(1),
            kind,
            to: "ana@example.org".into(),
            from: "Aurora <hola@aurora.example>".into(),
            language: Language::English,
            subject: "Please confirm".into(),
            html: "<p>Confirm</p>".into(),
            text: format!("Confirm: {OWN}/join/abc"),
            link: Some(format!("{OWN}/join/abc")),
        }
    }

    #[test]
    fn a_permit_is_for_one_mail_word_for_word_and_runs_out() {
        let mail = mail(ServiceKind::ConfirmSignUp);
        let permit = mint(&mail, &[], ServiceCounts::default(), OWN, NOW).unwrap();
        assert!(permit.admits(&mail, NOW).is_ok());
        assert!(permit.admits(&mail, NOW.plus_seconds(61)).is_err());
        let other = ServiceMessage { to: "eve@example.org".into(), ..mail.clone() };
        assert_eq!(permit.admits(&other, NOW), Err(Refusal::OtherMessage("wording")));
        let other = ServiceMessage { id: ServiceMailId(2), ..mail };
        assert_eq!(permit.admits(&other, NOW), Err(Refusal::OtherMessage("message")));
    }

    #[test]
    fn an_opt_out_does_not_stop_an_answer_and_a_bounce_or_complaint_does() {
        let mail = mail(ServiceKind::RequestDone);
        let with = |reasons: &[SuppressionReason]| {
            mint(&mail, reasons, ServiceCounts::default(), OWN, NOW).map(|_| ())
        };
        assert_eq!(with(&[SuppressionReason::Unsubscribed, SuppressionReason::Objection]), Ok(()));
        for reason in [SuppressionReason::HardBounce, SuppressionReason::Complaint] {
            assert_eq!(with(&[SuppressionReason::Manual, reason]), Err(Refusal::Suppressed(reason)));
        }
    }

    #[test]
    fn nobody_can_be_bombed_with_confirmations() {
        let with = |kind, counts| mint(&mail(kind), &[], counts, OWN, NOW).map(|_| ());
        let zero = ServiceCounts::default();
        for (counts, what) in [
            (ServiceCounts { address: ADDRESS_LIMIT, ..zero }, "to this address"),
            (ServiceCounts { domain: DOMAIN_LIMIT, ..zero }, "to this domain"),
            (ServiceCounts { source: SOURCE_LIMIT, ..zero }, "from this source"),
        ] {
            assert_eq!(with(ServiceKind::ConfirmSignUp, counts), Err(Refusal::TooManyMails(what)));
            assert_eq!(with(ServiceKind::RequestDone, counts), Ok(()));
        }
        let any = ServiceCounts { any: ANY_LIMIT, ..zero };
        assert!(with(ServiceKind::RequestDone, any).is_err());
    }

    #[test]
    fn a_service_mail_leads_nowhere_but_to_our_own_pages() {
        let with = |link: Option<&str>, text: &str| {
            let mail = ServiceMessage {
                link: link.map(str::to_owned),
                text: text.to_owned(),
                ..mail(ServiceKind::RequestDone)
            };
            mint(&mail, &[], ServiceCounts::default(), OWN, NOW).map(|_| ())
        };
        assert_eq!(with(None, "It is done."), Ok(()));
        for (link, text) in [
            (Some("https://evil.example/x"), "https://evil.example/x"),
            (Some("https://mail.aurora.example.evil.test/x"), "https://mail.aurora.example.evil.test/x"),
            (None, "Buy at https://shop.example"),
            (Some("https://mail.aurora.example/a"), "https://mail.aurora.example/a https://shop.example"),
        ] {
            assert_eq!(with(link, text), Err(Refusal::ForeignLink), "{link:?}");
        }
    }
}
