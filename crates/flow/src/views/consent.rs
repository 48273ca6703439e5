//! Consents as pages and commands show them: what one customer's receipts say at any instant and why, and how many say
//! what overall.

use serde::Serialize;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::ids::CustomerKey;
use terms::time::{Day, Instant};

/// What is known of the notice a receipt refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NoticeState {
    /// Its text is here, and the hash is that of the text.
    Known {
        /// The text.
        text: String,
    },
    /// There is a notice of this version in this language, and its hash is another.
    OtherText,
    /// The brand never gave the text.
    Unknown,
    /// The receipt names none: a signal of a browser, a string of another tool.
    None,
}

/// What stands behind a receipt's claim that a sale went before (soft opt-in).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleCheck {
    /// Not asked: another basis, or a refusal.
    NotNeeded,
    /// The proof names a sale, and the customer had bought by then.
    Found,
    /// The proof names no sale: it does not count.
    NoProof,
    /// The proof names a sale, and no purchase by then is known: it does not count.
    NoPurchase,
}

/// One receipt with everything needed to show why it counts or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptLine {
    /// Number, in the order of arrival.
    pub id: i64,
    /// What it says.
    #[serde(flatten)]
    pub receipt: ConsentReceipt,
    /// When it came in; `None` before this was kept.
    pub recorded_at: Option<Instant>,
    /// The notice.
    pub notice: NoticeState,
    /// The sale.
    pub sale: SaleCheck,
    /// True when it is what counts at the instant asked about.
    pub counts: bool,
    /// True when it was given after that instant.
    pub later: bool,
}

/// What holds for one purpose at the instant asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateLine {
    /// For what.
    pub purpose: Purpose,
    /// Through which channel; `None` for purposes that are about the person.
    pub channel: Option<Channel>,
    /// What was said last.
    pub status: ConsentStatus,
    /// On which basis.
    pub basis: LawfulBasis,
    /// Since when.
    pub since: Instant,
    /// True when it allows the purpose.
    pub allows: bool,
}

/// A stretch of the timeline during which the same was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// From.
    pub from: Instant,
    /// To; `None` when it goes on.
    pub to: Option<Instant>,
    /// What was said.
    pub status: ConsentStatus,
    /// True when it allowed the purpose.
    pub allows: bool,
}

/// The timeline of one purpose through one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentTrack {
    /// For what.
    pub purpose: Purpose,
    /// Through which channel; `None` for purposes that are about the person.
    pub channel: Option<Channel>,
    /// What was said, one stretch after the other.
    pub stretches: Vec<Stretch>,
}

/// One customer's receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentHistory {
    /// Whose.
    pub customer: CustomerKey,
    /// Address, when there is a contact record.
    pub email: Option<String>,
    /// The instant asked about.
    pub at: Instant,
    /// What held then, by purpose.
    pub states: Vec<StateLine>,
    /// Every receipt, oldest first.
    pub receipts: Vec<ReceiptLine>,
    /// The same as a picture.
    pub tracks: Vec<ConsentTrack>,
}

/// How many customers said what about one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StatusCounts {
    /// Agreed.
    pub granted: i64,
    /// Asked, and said no.
    pub denied: i64,
    /// Took it back.
    pub withdrawn: i64,
}

/// Such counts with their purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PurposeCounts {
    /// For what.
    pub purpose: Purpose,
    /// Through which channel; `None` for purposes that are about the person.
    pub channel: Option<Channel>,
    /// How many.
    #[serde(flatten)]
    pub counts: StatusCounts,
}

/// Receipts of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthCounts {
    /// Its first day.
    pub month: Day,
    /// Grants.
    pub granted: i64,
    /// Refusals and withdrawals.
    pub refused: i64,
}

/// The page: counts for everybody, and one customer's history when somebody was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentView {
    /// The instant asked about.
    pub at: Instant,
    /// What was typed to look for.
    pub query: String,
    /// What was typed as the instant.
    pub asked_at: String,
    /// Counts at that instant.
    pub counts: Vec<PurposeCounts>,
    /// Receipts of the last two years by month.
    pub months: Vec<MonthCounts>,
    /// Customers found, when there are several.
    pub found: Vec<CustomerKey>,
    /// The one customer found.
    pub history: Option<ConsentHistory>,
    /// True when nobody was found.
    pub nobody: bool,
    /// True when the instant could not be read, and now was taken.
    pub unread_time: bool,
}
