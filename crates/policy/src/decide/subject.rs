//! All that a decision needs to know about one customer. Deliberately absent: anything sensitive, and any score.

use crate::consent::ConsentState;
use crate::segment::Country;
use terms::consent::SuppressionReason;
use terms::customer::Language;
use terms::ids::{CampaignId, CustomerKey};
use terms::preference::Personalisation;
use terms::time::{Day, Instant};

/// How likely the next message is to do harm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Harm {
    /// Expected probability, 0 to 1.
    pub expected: f64,
    /// Lower bound: the probability is above it with a confidence of 90 %.
    pub low: f64,
}

/// What the next message is worth, in major units of the brand's currency: what it can be expected to bring, less what
/// it costs in future attention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Expected.
    pub expected: f64,
    /// Of that, what is taken off for future attention.
    pub cost: f64,
    /// Upper bound, with uplift, response and harm each at its own bound of 95 %.
    pub high: f64,
}

/// The facts about one customer at the moment of deciding.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Who.
    pub customer: CustomerKey,
    /// Under restriction of processing, or being erased.
    pub restricted: bool,
    /// There is an address for the campaign's channel.
    pub has_address: bool,
    /// Why the address is suppressed, if it is.
    pub suppressed: Option<SuppressionReason>,
    /// Consent to marketing through the campaign's channel; `None` without a receipt.
    pub marketing: Option<ConsentState>,
    /// Consent to profiling; `None` without a receipt.
    pub profiling: Option<ConsentState>,
    /// Consent to messages written with AI; `None` without a receipt.
    pub ai_content: Option<ConsentState>,
    /// When the customer was contacted lately, and when other messages are planned for them, in any order. The
    /// message being decided on is not among them.
    pub contacts: Vec<Instant>,
    /// The customer's own limit of messages in 30 days.
    pub monthly_max: Option<u32>,
    /// Topics the customer chose; empty: all.
    pub topics: Vec<String>,
    /// How personal messages may be.
    pub personalisation: Personalisation,
    /// Probability that the next message makes the customer opt out or complain, by their own history; `None` where
    /// profiling is not allowed or too little is known.
    pub harm: Option<Harm>,
    /// What the next message is worth; `None` where profiling is not allowed or there is no evidence.
    pub worth: Option<Worth>,
    /// Last day of the period in which the customer was drawn to hear no marketing; `None` for everybody else.
    pub holdout_until: Option<Day>,
    /// IANA time zone, if known.
    pub time_zone: Option<String>,
    /// Country, if known; stands in for an unknown zone.
    pub country: Option<Country>,
    /// Language messages to this customer are written in.
    pub language: Language,
    /// Campaign that has already planned this customer for the same time, if another has.
    pub planned_elsewhere: Option<CampaignId>,
    /// Facts that could not be read, by name (`contact history`); anything here leaves the customer out.
    pub missing: Vec<String>,
    /// Held out as control.
    pub in_control: bool,
}

impl Subject {
    /// A customer about whom nothing is known yet: nobody has agreed to anything, so nothing may be sent.
    #[must_use]
    pub const fn unknown(customer: CustomerKey, language: Language) -> Self {
        Self {
            customer,
            restricted: false,
            has_address: false,
            suppressed: None,
            marketing: None,
            profiling: None,
            ai_content: None,
            contacts: Vec::new(),
            monthly_max: None,
            topics: Vec::new(),
            personalisation: Personalisation::Basic,
            harm: None,
            worth: None,
            holdout_until: None,
            time_zone: None,
            country: None,
            language,
            planned_elsewhere: None,
            missing: Vec::new(),
            in_control: false,
        }
    }
}
