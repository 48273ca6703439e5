//! The customer's own pages: why, preferences, opt-out. Reached by signed links, without an account.

use serde::Serialize;
use terms::consent::{Channel, SuppressionReason};
use terms::customer::Language;
use terms::preference::Personalisation;
use terms::rights::{RequestState, RightKind};
use terms::time::{Day, Instant};

use crate::rights::Asked;

/// The customer's why page, in plain words.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerWhyView {
    /// Language of the customer.
    pub language: Language,
    /// The brand's name.
    pub brand: String,
    /// Given name, if known.
    pub first_name: String,
    /// Subject of the message.
    pub subject: String,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// The audience in plain words.
    pub audience_described: String,
    /// Figures about the customer it was chosen by: name of the figure and value.
    pub data: Vec<(String, String)>,
    /// When and where they agreed.
    pub agreed_at: Option<Instant>,
    /// Where they agreed.
    pub agreed_source: String,
    /// On what basis (`consent`, `soft_opt_in`).
    pub basis: String,
    /// The person who answers for it.
    pub approver: String,
    /// Whether AI wrote any words.
    pub written_with_ai: bool,
    /// What was used of them besides their record.
    pub used: Used,
    /// Token of the preference page.
    pub preferences_token: String,
    /// Token of the opt-out.
    pub unsubscribe_token: String,
}

/// What of a customer an audience was chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// Nothing but the record: country, language, how long they are known.
    Record,
    /// Counts of what they did: purchases, silent days, a stage made of these.
    Behaviour,
    /// A score that a model computed.
    Score,
}

/// A topic on offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicChoice {
    /// Name it is kept by.
    pub id: String,
    /// Name the customer reads.
    pub name: String,
    /// Whether they want to hear of it.
    pub chosen: bool,
}

/// A message the customer got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnMessage {
    /// Subject as they read it.
    pub subject: String,
    /// When it was sent.
    pub at: Instant,
    /// Token of its why page.
    pub why_token: String,
}

/// A request the customer made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnRequest {
    /// As people name it.
    pub reference: String,
    /// What was asked for.
    pub kind: RightKind,
    /// Where it stands.
    pub state: RequestState,
    /// By when it is answered.
    pub due_at: Instant,
    /// What they were told.
    pub answer: String,
}

/// The preference centre.
#[derive(Debug, Clone, Serialize)]
pub struct PreferencesView {
    /// Language.
    pub language: Language,
    /// The brand's name.
    pub brand: String,
    /// Given name, if known.
    pub first_name: String,
    /// Token of this page.
    pub token: String,
    /// Marketing by each channel that can be used: e-mail always, others where something was ever said of them.
    pub channels: Vec<(Channel, bool)>,
    /// Profiling allowed.
    pub profiling: bool,
    /// AI-written content allowed.
    pub ai_content: bool,
    /// Measuring allowed.
    pub measurement: bool,
    /// Selling or sharing allowed.
    pub sharing: bool,
    /// True when sharing was refused by the browser's signal.
    pub gpc: bool,
    /// How personal messages may be.
    pub personalisation: Personalisation,
    /// Topics of the brand.
    pub topics: Vec<TopicChoice>,
    /// At most this many messages a month; none: the brand's own cap.
    pub max_per_month: Option<u32>,
    /// True under restriction: data are kept and not used.
    pub restricted: bool,
    /// What keeps offers away whatever is ticked: an objection, a complaint, an address that does not work, the brand.
    pub held: Option<SuppressionReason>,
    /// Messages of the last year.
    pub messages: Vec<OwnMessage>,
    /// Requests of theirs.
    pub requests: Vec<OwnRequest>,
    /// Set after a change.
    pub saved: bool,
}

impl PreferencesView {
    /// Under an objection that the customer can take back.
    #[must_use]
    pub fn objected(&self) -> bool {
        self.held == Some(SuppressionReason::Objection)
    }

    /// Marketing e-mail allowed.
    #[must_use]
    pub fn marketing(&self) -> bool {
        self.channels.iter().any(|(channel, allowed)| *channel == Channel::Email && *allowed)
    }
}

/// What the preference centre sends back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferencesForm {
    /// Channels on which marketing is allowed.
    pub channels: Vec<Channel>,
    /// Profiling allowed.
    pub profiling: bool,
    /// AI-written content allowed.
    pub ai_content: bool,
    /// Measuring allowed.
    pub measurement: bool,
    /// Selling or sharing allowed.
    pub sharing: bool,
    /// How personal messages may be; `None` keeps what there is.
    pub personalisation: Option<Personalisation>,
    /// Topics that were ticked; `None` when the page offered none.
    pub topics: Option<Vec<String>>,
    /// At most this many messages a month.
    pub max_per_month: Option<u32>,
    /// Language; `None` keeps the one there is.
    pub language: Option<Language>,
}

/// A decision that was made by a score or by rules, without a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnDecision {
    /// The message, or the place in the audience that led to none.
    pub message: i64,
    /// Subject, or the campaign's name when nothing was sent.
    pub about: String,
    /// When.
    pub at: Instant,
    /// Whether a message came of it.
    pub sent: bool,
}

/// What is known of a customer, in words, with where it came from.
#[derive(Debug, Clone, Serialize)]
pub struct KnownView {
    /// Language.
    pub language: Language,
    /// The brand's name.
    pub brand: String,
    /// Token of this page.
    pub token: String,
    /// Key the brand knows them by.
    pub key: String,
    /// Fields of the record: name of the field, value, where it came from.
    pub facts: Vec<(String, String, String)>,
    /// What they agreed to or refused: purpose, channel, status, where, when.
    pub consents: Vec<(String, String, String, String, Instant)>,
    /// Purchases: number, sum in major units, first and last.
    pub purchases: Option<OwnPurchases>,
    /// Everything by place: name of the place and rows in it.
    pub places: Vec<(String, usize)>,
    /// Rows in all.
    pub rows: usize,
    /// Until when they hear no marketing because they were drawn by lot; `None` for everybody else.
    pub holdout_until: Option<Day>,
    /// Decisions of the last year that they can have reviewed.
    pub decisions: Vec<OwnDecision>,
    /// The veiled address a confirmation goes to; empty without one.
    pub email: String,
    /// True under restriction.
    pub restricted: bool,
    /// What was just asked for, and what became of it.
    pub asked: Option<(RightKind, String, Asked)>,
}

/// Purchases in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnPurchases {
    /// How many.
    pub count: usize,
    /// Sum, in major units.
    pub total: f64,
    /// Currency.
    pub currency: String,
    /// First day.
    pub first: Instant,
    /// Last day.
    pub last: Instant,
}

/// The opt-out page.
#[derive(Debug, Clone, Serialize)]
pub struct UnsubscribeView {
    /// Language.
    pub language: Language,
    /// The brand's name.
    pub brand: String,
    /// Token of this page.
    pub token: String,
    /// True once opted out.
    pub done: bool,
    /// Token of the preference page.
    pub preferences_token: String,
}
