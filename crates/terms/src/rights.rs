//! Requests a person may make under data protection law, and where each of them stands.
//!
//! Deliberately absent: dates and permitted moves (`policy::rights`), and whatever the person wrote, which lives in the
//! request's own row and goes with its customer.

use crate::customer::Language;
use crate::ids::{CustomerKey, PersonId, RequestId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What is asked for.
    "right" RightKind {
        /// To see what is known (GDPR 15).
        Access = "access",
        /// To take it along (GDPR 20).
        Portability = "portability",
        /// To have it corrected (GDPR 16).
        Rectification = "rectification",
        /// To have it erased (GDPR 17).
        Erasure = "erasure",
        /// To have it kept and not used (GDPR 18).
        Restriction = "restriction",
        /// To object to marketing or profiling (GDPR 21).
        Objection = "objection",
        /// To have a person look at an automated decision (GDPR 22).
        Review = "review",
        /// That data are neither sold nor shared (CCPA 1798.120).
        OptOutSale = "opt_out_sale",
    }
}

text_enum! {
    /// Where a request stands.
    "request state" RequestState {
        /// It has arrived.
        Received = "received",
        /// It is being made sure that the person is who they say.
        Verifying = "verifying",
        /// The person is known, the work is under way.
        InProgress = "in_progress",
        /// Something is needed from the person.
        WaitingOnCustomer = "waiting_on_customer",
        /// The person was told that it takes longer, and why.
        Extended = "extended",
        /// Done, and the person was told.
        Completed = "completed",
        /// Refused, with a reason the law knows.
        Refused = "refused",
        /// The person took it back.
        Withdrawn = "withdrawn",
    }
}

impl RequestState {
    /// True when nothing more happens.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Refused | Self::Withdrawn)
    }
}

text_enum! {
    /// The law a request is handled by.
    "law" Law {
        /// General Data Protection Regulation, of the Union or of the United Kingdom.
        Gdpr = "gdpr",
        /// California Consumer Privacy Act.
        Ccpa = "ccpa",
    }
}

text_enum! {
    /// How a request came in.
    "origin" RequestOrigin {
        /// From the customer's own page, opened by a signed link.
        Page = "page",
        /// From the public form.
        Form = "form",
        /// By post, entered by the officer.
        Post = "post",
        /// By telephone, entered by the officer.
        Phone = "phone",
        /// By an e-mail of the person's own, entered by the officer.
        Email = "email",
        /// From a partner's system (OpenDSR).
        Partner = "partner",
    }
}

text_enum! {
    /// How it was made sure that the person is who they say.
    "verification" Verification {
        /// A signed link in a mail of ours; enough where little can go wrong.
        SignedLink = "signed_link",
        /// A single-use link sent to the address on file.
        MailConfirmed = "mail_confirmed",
        /// The officer compared a document.
        Document = "document",
        /// The officer asked what only the customer knows.
        Questions = "questions",
        /// The officer knows the person or their representative.
        InPerson = "in_person",
        /// The partner that sent the request vouches for it.
        Partner = "partner",
    }
}

text_enum! {
    /// On what ground a request is refused.
    "refusal" RefusalGround {
        /// The person cannot be identified (GDPR 11(2), 12(2)).
        NotIdentified = "not_identified",
        /// Manifestly unfounded or excessive (GDPR 12(5)).
        Excessive = "excessive",
        /// A law demands that the data be kept (GDPR 17(3)(b)).
        LegalObligation = "legal_obligation",
        /// Needed for legal claims (GDPR 17(3)(e), 21(1)).
        LegalClaims = "legal_claims",
        /// It would harm the rights of others (GDPR 15(4), 20(4)).
        OthersRights = "others_rights",
        /// The right does not cover this case.
        NotApplicable = "not_applicable",
    }
}

text_enum! {
    /// What a recipient of data is told.
    "notice kind" NoticeKind {
        /// Erase this person.
        Erasure = "erasure",
        /// This was corrected.
        Rectification = "rectification",
        /// Keep, do not use.
        Restriction = "restriction",
        /// Neither sell nor share.
        OptOut = "opt_out",
    }
}

text_enum! {
    /// Where a notice to a recipient stands.
    "notice state" NoticeState {
        /// Waiting to be handed over.
        Waiting = "waiting",
        /// Taken by the recipient.
        Delivered = "delivered",
        /// Given up after the last try.
        GivenUp = "given_up",
    }
}

/// A request, as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Identifier.
    pub id: RequestId,
    /// Whose; `None` for somebody not known, and once the person was erased.
    pub customer: Option<CustomerKey>,
    /// What is asked for.
    pub kind: RightKind,
    /// Where it stands.
    pub state: RequestState,
    /// By which law.
    pub law: Law,
    /// How it came in.
    pub origin: RequestOrigin,
    /// Language of the person.
    pub language: Language,
    /// When it arrived, which is when the clock started.
    pub received_at: Instant,
    /// How identity was verified, once it was.
    pub verification: Option<Verification>,
    /// When identity was verified.
    pub verified_at: Option<Instant>,
    /// When it has to be done.
    pub due_at: Instant,
    /// By when receipt has to be confirmed, where the law asks for that.
    pub confirm_by: Option<Instant>,
    /// When the person was told that it takes longer.
    pub extended_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Ground of a refusal.
    pub refusal: Option<RefusalGround>,
    /// What the person wrote and chose; personal data, gone with the customer.
    pub details: Details,
    /// Address to answer to, for somebody who is not known.
    pub contact: Option<String>,
    /// What the person was told last; gone with the customer.
    pub answer: Option<String>,
    /// What each store reported after an erasure, without personal data, as JSON.
    pub receipts: serde_json::Value,
    /// Who handles it.
    pub handled_by: Option<PersonId>,
}

/// What a person wrote and chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// In their own words.
    pub words: String,
    /// Corrections: field and new value.
    pub fields: Vec<(String, String)>,
    /// What is objected to: `marketing`, `profiling`.
    pub against: Vec<String>,
    /// The message whose decision is to be reviewed.
    pub message: Option<i64>,
}
