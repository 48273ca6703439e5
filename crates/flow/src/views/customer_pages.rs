//! The customer's own pages: why, preferences, opt-out. Reached by signed links, without an account.

use serde::Serialize;
use terms::customer::Language;
use terms::time::Instant;

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

/// The preference page.
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
    /// Marketing e-mail allowed.
    pub marketing: bool,
    /// Profiling allowed.
    pub profiling: bool,
    /// AI-written content allowed.
    pub ai_content: bool,
    /// Measuring allowed.
    pub measurement: bool,
    /// At most this many messages a month; none: the brand's own cap.
    pub max_per_month: Option<u32>,
    /// Messages of the last year: subject, when, and token of the why page.
    pub messages: Vec<(String, Instant, String)>,
    /// Set after a change.
    pub saved: bool,
}

/// What the preference page sends back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferencesForm {
    /// Marketing e-mail allowed.
    pub marketing: bool,
    /// Profiling allowed.
    pub profiling: bool,
    /// AI-written content allowed.
    pub ai_content: bool,
    /// Measuring allowed.
    pub measurement: bool,
    /// At most this many messages a month.
    pub max_per_month: Option<u32>,
    /// Language; `None` keeps the one there is.
    pub language: Option<Language>,
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
