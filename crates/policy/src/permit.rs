//! The permit to send one message: minted here, at the moment of sending, from a fresh decision, a guard report that
//! is clear, and an approval that holds. No permit, no send.
//!
//! A [`SendPermit`] cannot be made elsewhere:
//!
//! ```compile_fail,E0451
//! use policy::permit::SendPermit;
//! let forged = SendPermit { expires_at: terms::time::Instant(i64::MAX), ..unreachable!() };
//! ```
//!
//! nor doubled:
//!
//! ```compile_fail,E0599
//! fn twice(permit: policy::permit::SendPermit) -> [policy::permit::SendPermit; 2] {
//!     [permit.clone(), permit]
//! }
//! ```
//!
//! nor stored to be used later:
//!
//! ```compile_fail,E0277
//! fn store<T: serde::Serialize>(_: T) {}
//! fn later(permit: policy::permit::SendPermit) { store(permit) }
//! ```
//!
//! It does not send, and it knows no clock: the time is an argument.

use crate::approval::ApprovedContent;
use crate::decide::Outcome;
use crate::refusal::Refusal;
use terms::campaign::CampaignState;
use terms::consent::Channel;
use terms::decision::Decision;
use terms::finding::GuardReport;
use terms::hash::ContentHash;
use terms::ids::MessageId;
use terms::message::{Field, Message};
use terms::time::Instant;

/// For how many seconds a decision is fresh enough to send on.
pub const DECISION_SECONDS: i64 = 60;
/// For how many seconds a permit is valid.
pub const PERMIT_SECONDS: i64 = 60;

/// Proof that the guard read content and found nothing that blocks. Only [`check_text`] makes one.
#[derive(Debug, Clone)]
pub struct CheckedText {
    content: ContentHash,
}

impl CheckedText {
    /// What was read.
    #[must_use]
    pub const fn content(&self) -> ContentHash {
        self.content
    }
}

/// The first of subject and body in which the guard read no word; blanks and signs alone are none.
#[must_use]
pub fn wordless(report: &GuardReport) -> Option<Field> {
    [Field::Subject, Field::Body]
        .into_iter()
        .find(|field| !report.sentences.iter().any(|sentence| sentence.span.field == *field))
}

/// Takes the guard's report about `content` as proof that it may be said.
///
/// # Errors
/// When a finding blocks, when subject or body has no words, or when the report shows no sentence and no rule set: the
/// guard then read nothing.
pub fn check_text(report: &GuardReport, content: ContentHash) -> Result<CheckedText, Refusal> {
    if report.sentences.is_empty() || report.rules_version.trim().is_empty() {
        return Err(Refusal::GuardSilent);
    }
    if let Some(field) = wordless(report) {
        return Err(Refusal::NoWords(field));
    }
    match report.findings.iter().find(|finding| finding.blocks) {
        Some(finding) => Err(Refusal::GuardBlocks(format!("{} ({})", finding.rule, finding.message))),
        None => Ok(CheckedText { content }),
    }
}

/// Permission to hand over exactly one message, for a short while. It is used up by sending.
#[derive(Debug)]
#[must_use = "a permit is used by sending the message it is for"]
pub struct SendPermit {
    message: MessageId,
    to: String,
    content: ContentHash,
    words: ContentHash,
    channel: Channel,
    issued_at: Instant,
    expires_at: Instant,
}

impl SendPermit {
    /// The message it is for.
    #[must_use]
    pub const fn message(&self) -> MessageId {
        self.message
    }

    /// The channel it is for.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// Until when it is valid.
    #[must_use]
    pub const fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// Checks that this permit is for this message, word for word, and still valid. Channels ask before they send.
    ///
    /// # Errors
    /// When the permit has run out or is for another message, address, content or wording.
    pub fn admits(&self, message: &Message, now: Instant) -> Result<(), Refusal> {
        if now < self.issued_at || now > self.expires_at {
            return Err(Refusal::Expired(self.expires_at));
        }
        let same = [
            (self.message == message.id, "message"),
            (self.to == message.to, "address"),
            (self.content == message.content, "approved content"),
            (self.words == words(message), "wording"),
        ];
        match same.iter().find(|(same, _)| !same) {
            Some((_, what)) => Err(Refusal::OtherMessage(what)),
            None => Ok(()),
        }
    }
}

/// Mints the permit for one message, in the process that sends it, right before it does.
///
/// # Errors
/// When any proof is missing, stale, or about something else: the campaign is not running, the message was not made
/// from the approved and checked content, the decision is old, excludes the customer or says to wait, or there is no
/// usable address.
pub fn mint(
    outcome: &Outcome,
    text: &CheckedText,
    approved: &ApprovedContent,
    message: &Message,
    now: Instant,
) -> Result<SendPermit, Refusal> {
    if approved.state() != CampaignState::Running {
        return Err(Refusal::NotRunning(approved.state()));
    }
    if message.campaign != approved.campaign() || message.content != approved.content() {
        return Err(Refusal::OtherContent);
    }
    if text.content != message.content {
        return Err(Refusal::OtherTextChecked);
    }
    if outcome.campaign() != message.campaign || *outcome.customer() != message.customer {
        return Err(Refusal::OtherDecision);
    }
    let age = now.0.saturating_sub(outcome.decided_at().0);
    if !(0..=DECISION_SECONDS * terms::time::MICROS_PER_SECOND).contains(&age) {
        return Err(Refusal::StaleDecision(outcome.decided_at()));
    }
    if let Decision::Exclude { reason } = outcome.decision() {
        return Err(Refusal::Excluded(reason));
    }
    match outcome.not_before() {
        Some(at) if at <= now => {}
        Some(at) => return Err(Refusal::NotYet(at)),
        None => return Err(Refusal::Excluded(terms::decision::ExclusionReason::QuietHours)),
    }
    if message.subject.trim().is_empty() {
        return Err(Refusal::NoWords(Field::Subject));
    }
    if message.text.trim().is_empty() || message.html.trim().is_empty() {
        return Err(Refusal::NoWords(Field::Body));
    }
    if message.to.trim().is_empty() || message.to.chars().any(char::is_control) {
        return Err(Refusal::NoAddress);
    }
    Ok(SendPermit {
        message: message.id,
        to: message.to.clone(),
        content: message.content,
        words: words(message),
        channel: outcome.channel(),
        issued_at: now,
        expires_at: now.plus_seconds(PERMIT_SECONDS),
    })
}

/// The hash of everything the recipient will see or that decides where an answer goes.
fn words(message: &Message) -> ContentHash {
    ContentHash::of(
        [
            &message.from,
            &message.to,
            &message.subject,
            &message.html,
            &message.text,
            &message.unsubscribe_url,
        ]
        .map(|part| part.as_bytes()),
    )
}

pub mod service;

#[cfg(test)]
mod tests;
