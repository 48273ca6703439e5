//! Service mails: what a customer's own act is answered with, and nothing else. No offer, no campaign, no opt-out link,
//! because there is nothing to opt out of.

use crate::customer::Language;
use crate::ids::{CustomerKey, ServiceMailId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What a service mail says. Closed: the words of each stand in the program, in both languages.
    "service mail" ServiceKind {
        /// Please confirm that you want to hear from us (double opt-in).
        ConfirmSignUp = "confirm_sign_up",
        /// Please confirm that this rights request is yours.
        ConfirmRequest = "confirm_request",
        /// A rights request came in, with its number and the day by which it is answered.
        RequestReceived = "request_received",
        /// It takes longer, until when, and why.
        RequestExtended = "request_extended",
        /// It is done.
        RequestDone = "request_done",
        /// It is refused, and why.
        RequestRefused = "request_refused",
        /// The data asked for can be fetched on the linked page.
        DownloadReady = "download_ready",
    }
}

text_enum! {
    /// What became of a service mail.
    "service mail state" ServiceState {
        /// About to be handed over, or the program died while it was.
        Attempting = "attempting",
        /// The channel took it.
        Sent = "sent",
        /// It surely did not leave.
        Failed = "failed",
        /// The connection broke after handing over.
        InDoubt = "in_doubt",
    }
}

impl ServiceKind {
    /// True when somebody who has proved nothing can cause it by typing an address into a form.
    #[must_use]
    pub const fn is_unproved(self) -> bool {
        matches!(self, Self::ConfirmSignUp | Self::ConfirmRequest)
    }
}

/// A service mail somebody's act asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceMail {
    /// What it says.
    pub kind: ServiceKind,
    /// Address it goes to.
    pub to: String,
    /// Language it is written in.
    pub language: Language,
    /// Whose act it answers, where that is known.
    pub customer: Option<CustomerKey>,
    /// Page of this installation it leads to.
    pub link: Option<String>,
    /// Number of the request, such as `R-12`.
    pub reference: Option<String>,
    /// Until when the link works, or by when an answer comes.
    pub until: Option<Instant>,
    /// Why, in the words of the person who decided; plain text without a web address.
    pub reason: Option<String>,
    /// Where the act came from, such as the visitor's network address; kept as a keyed hash only, for limits.
    pub source: Option<String>,
}

impl ServiceMail {
    /// A mail of a kind to an address, with nothing else in it yet.
    #[must_use]
    pub fn new(kind: ServiceKind, to: impl Into<String>, language: Language) -> Self {
        Self {
            kind,
            to: to.into(),
            language,
            customer: None,
            link: None,
            reference: None,
            until: None,
            reason: None,
            source: None,
        }
    }
}

/// A service mail ready to hand over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceMessage {
    /// Its durable row.
    pub id: ServiceMailId,
    /// What it says.
    pub kind: ServiceKind,
    /// Address it goes to.
    pub to: String,
    /// Sender, as `Name <address>`.
    pub from: String,
    /// Language it is written in.
    pub language: Language,
    /// Subject line.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain-text part.
    pub text: String,
    /// The only page it leads to, if it leads to one.
    pub link: Option<String>,
}
