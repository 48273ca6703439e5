//! A customer's contact record: how they can be reached and in which language. Purchases live in the lake.
//!
//! Deliberately absent: sensitive attributes. They have a vault of their own that only the fairness audit opens.

use crate::ids::CustomerKey;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The languages Candor writes and checks.
    "language" Language {
        /// English.
        English = "en",
        /// Spanish.
        Spanish = "es",
    }
}

impl Language {
    /// The language of a locale such as `es-MX` or `en_GB`; English when it is neither of the two.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        match locale.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("es") => Self::Spanish,
            _ => Self::English,
        }
    }
}

/// How a customer can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The brand's key.
    pub key: CustomerKey,
    /// E-mail address, if known.
    pub email: Option<String>,
    /// Given name, if known; the only personal fact a message uses by default.
    pub first_name: Option<String>,
    /// Locale such as `es-ES`; decides the language of messages.
    pub locale: String,
    /// ISO 3166-1 alpha-2 country, such as `ES`, if known.
    pub country: Option<String>,
    /// IANA time zone, such as `Europe/Madrid`, if known.
    pub time_zone: Option<String>,
    /// When the brand first knew this customer.
    pub known_since: Instant,
    /// Under restriction of processing (GDPR 18): data are kept, nothing is sent or scored.
    pub restricted: bool,
}

impl Customer {
    /// The language messages to this customer are written in.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of_locale(&self.locale)
    }
}
