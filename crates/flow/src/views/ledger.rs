//! The ledger page and the chain of reasons behind a message.

use crate::log::{CosignedView, WitnessView};
use serde::Serialize;
use terms::decision::Reason;
use terms::finding::GuardReport;
use terms::time::Instant;

/// A page of the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerView {
    /// Entries in all.
    pub entries: u64,
    /// Root of the tree, base64 as in the checkpoint.
    pub root: String,
    /// The last signed checkpoint, as a signed note.
    pub checkpoint: String,
    /// The key that its signatures are checked with.
    pub log_key: String,
    /// Witnesses in use.
    pub witnesses: Vec<WitnessView>,
    /// What witnesses signed last.
    pub cosigned: Vec<CosignedView>,
    /// Now.
    pub at: Instant,
    /// Verification, if it was asked for.
    pub verification: Option<VerificationView>,
    /// Filter by action.
    pub action: String,
    /// Entries of this page, newest first.
    pub lines: Vec<LedgerLine>,
    /// `before` of the next page, if there is one.
    pub next_before: Option<u64>,
}

/// What verifying the ledger found.
#[derive(Debug, Clone, Serialize)]
pub struct VerificationView {
    /// Entries looked at.
    pub entries: u64,
    /// Signatures of witnesses that hold.
    pub cosigned: u64,
    /// True when everything holds.
    pub verified: bool,
    /// What does not, in words.
    pub problems: Vec<String>,
    /// Seconds it took.
    pub seconds: f64,
}

/// One entry.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerLine {
    /// Position.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// What kind of actor.
    pub by: ActorKind,
    /// Who: a person's name, or the part of the system.
    pub actor: String,
    /// Name of the person who answers for it.
    pub responsible: String,
    /// What.
    pub action: String,
    /// About what.
    pub object: String,
    /// Payload as JSON text, possibly erased.
    pub payload: String,
}

/// Kinds of actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Somebody signed in.
    Person,
    /// A part of the system, by itself.
    System,
    /// A customer, on their own pages.
    Customer,
    /// Somebody at the command line of the installation.
    Operator,
}

/// From a sent message back to everything behind it, for people who work here.
#[derive(Debug, Clone, Serialize)]
pub struct WhyView {
    /// Message.
    pub message: i64,
    /// Customer's key.
    pub customer: String,
    /// State; `excluded` for who was left out.
    pub state: String,
    /// Why left out or held back.
    pub exclusion: Option<String>,
    /// When it was planned.
    pub planned_at: Instant,
    /// When it was sent, if so.
    pub sent_at: Option<Instant>,
    /// Campaign name.
    pub campaign: String,
    /// Campaign id.
    pub campaign_id: i64,
    /// Subject as sent or planned; empty for who was left out.
    pub subject: String,
    /// Audience in the segment language.
    pub audience: String,
    /// The audience in plain words, in the reader's language.
    pub audience_described: String,
    /// The data: profile figures the audience was chosen by.
    pub data: Vec<(String, String)>,
    /// Models that took part in choosing the audience.
    pub models: Vec<String>,
    /// The decision's reasons, kept whole.
    pub reasons: Vec<Reason>,
    /// What the guard said of the variant.
    pub guard: Option<GuardReport>,
    /// Hash of the approved content.
    pub content_hash: String,
    /// Author's name.
    pub author: String,
    /// Approver's name.
    pub approver: String,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Probability of being sent to rather than held out; `None` for who was left out before the draw.
    pub propensity: Option<f64>,
    /// Ledger entries about it, by position.
    pub ledger: Vec<LedgerLine>,
}
