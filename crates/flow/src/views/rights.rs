//! Requests under data protection law: the officer's queue, one request, and the pages a customer confirms them on.

use serde::Serialize;
use store::breaches::Breach;
use terms::customer::Language;
use terms::rights::{
    Law, NoticeKind, NoticeState, RefusalGround, RequestOrigin, RequestState, RightKind, Verification,
};
use terms::time::Instant;

use crate::views::LedgerLine;

/// A request in the queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestLine {
    /// Number.
    pub id: i64,
    /// As people name it: `R-12`.
    pub reference: String,
    /// Whose, if known.
    pub customer: Option<String>,
    /// What is asked for.
    pub kind: RightKind,
    /// Where it stands.
    pub state: RequestState,
    /// By which law.
    pub law: Law,
    /// How it came in.
    pub origin: RequestOrigin,
    /// When it arrived.
    pub received_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// By when receipt is to be confirmed.
    pub confirm_by: Option<Instant>,
    /// Whether the time was extended.
    pub extended: bool,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Whole days left; below zero when overdue. For a closed one those that were left.
    pub days_left: i64,
    /// Share of the time that has passed, 0 to 1.
    pub elapsed: f64,
}

/// The queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RightsView {
    /// Which are shown: `open`, `closed` or `all`.
    pub which: String,
    /// Only this kind.
    pub kind: Option<RightKind>,
    /// Open requests.
    pub open: i64,
    /// Of these overdue.
    pub overdue: i64,
    /// Of these due within a week.
    pub soon: i64,
    /// The requests.
    pub requests: Vec<RequestLine>,
    /// Breaches, open ones first.
    pub breaches: Vec<BreachLine>,
    /// Recipients of data.
    pub recipients: Vec<RecipientLine>,
}

/// A breach with its clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BreachLine {
    /// The record.
    #[serde(flatten)]
    pub breach: Breach,
    /// Whole hours left to report; below zero when late, 0 once reported or closed.
    pub hours_left: i64,
    /// Share of the 72 hours that has passed, 0 to 1.
    pub elapsed: f64,
}

/// A recipient of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientLine {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Host that takes the notices.
    pub url: String,
    /// What it is told of.
    pub kinds: Vec<NoticeKind>,
}

/// A notice to a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeLine {
    /// Name of the recipient.
    pub recipient: String,
    /// What it says.
    pub kind: NoticeKind,
    /// Where it stands.
    pub state: NoticeState,
    /// Tries.
    pub attempts: i64,
    /// What the last try came to.
    pub status: String,
    /// When it was taken.
    pub delivered_at: Option<Instant>,
}

/// One request.
#[derive(Debug, Clone, Serialize)]
pub struct RequestView {
    /// The line in the queue.
    pub line: RequestLine,
    /// Address it came from or is answered to; empty when there is none any more.
    pub address: String,
    /// The person's words.
    pub words: String,
    /// Corrections asked for: field, value on file, value wanted.
    pub fields: Vec<(String, String, String)>,
    /// What is objected to.
    pub against: Vec<String>,
    /// The message whose decision is to be reviewed.
    pub message: Option<i64>,
    /// How identity was verified, and when.
    pub verified: Option<(Verification, Instant)>,
    /// Ground of a refusal.
    pub refusal: Option<RefusalGround>,
    /// What the person was told.
    pub answer: String,
    /// When the person was told of an extension.
    pub extended_at: Option<Instant>,
    /// The due date an extension would give; `None` when there is none to give.
    pub extension: Option<Instant>,
    /// What each place reported after an erasure: place, found, erased, left.
    pub receipts: Vec<(String, u64, u64, u64)>,
    /// What recipients were told.
    pub notices: Vec<NoticeLine>,
    /// What happened, oldest first.
    pub timeline: Vec<LedgerLine>,
    /// Subject and text of the letter that says the request is done, extended, refused.
    pub letters: Vec<(String, String, String)>,
}

/// What a confirmation link shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmState {
    /// It asks for the last click.
    Ask,
    /// It was used before.
    Used,
    /// It has run out.
    Expired,
    /// The archive can be fetched.
    Ready,
    /// Everything was erased.
    Erased,
    /// Done.
    Done,
    /// A person looks at it now.
    WithOfficer,
    /// Nothing is known of this address.
    NothingKnown,
}

/// The page behind a confirmation link.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfirmView {
    /// Language.
    pub language: Language,
    /// The brand's name.
    pub brand: String,
    /// Token of this page.
    pub token: String,
    /// What was asked for.
    pub kind: RightKind,
    /// As people name it.
    pub reference: String,
    /// By when it is answered.
    pub until: Instant,
    /// What the page shows.
    pub state: ConfirmState,
    /// The address on file, veiled.
    pub email: String,
    /// Token of the archive, once it can be fetched.
    pub archive_token: Option<String>,
    /// What each place reported: place and rows erased.
    pub receipts: Vec<(String, u64)>,
}
