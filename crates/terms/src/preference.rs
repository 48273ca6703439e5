//! What a customer chose in the preference centre: how personal, how often, about what, in which language.

use crate::customer::Language;
use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// How personal messages may be.
    "personalisation level" Personalisation {
        /// The same words for everybody; no name.
        None = "none",
        /// Name and language.
        Basic = "basic",
        /// Whatever the other consents allow.
        Full = "full",
    }
}

/// A customer's choices. The default is what holds for somebody who never chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// How personal messages may be.
    pub personalisation: Personalisation,
    /// At most this many messages in a month; `None` leaves it to the brand's cap, 0 means none at all.
    pub max_per_month: Option<i64>,
    /// Topics of interest; empty means all.
    pub topics: Vec<String>,
    /// Language to be written in, when another than the locale's was chosen.
    pub language: Option<Language>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            personalisation: Personalisation::Basic,
            max_per_month: None,
            topics: Vec::new(),
            language: None,
        }
    }
}

text_enum! {
    /// Whether a text has a place for the recipient's name.
    "use of the name" NameUse {
        /// It has none.
        None = "none",
        /// It reads well without: a greeting, or a slot with other words to fall back on.
        Optional = "optional",
        /// It does not.
        Required = "required",
    }
}

/// The personal facts a text needs: what is written into it, and the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonalNeed {
    /// Kinds of facts about the recipient that the words state, the name aside.
    pub stated: u32,
    /// The name.
    pub name: NameUse,
}
