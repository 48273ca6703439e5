//! An approval: a person who is not the author said yes to exactly this content.

use crate::customer::Language;
use crate::hash::ContentHash;
use crate::ids::{ApprovalId, CampaignId, PersonId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// An approval, bound to a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Identifier.
    pub id: ApprovalId,
    /// Campaign.
    pub campaign: CampaignId,
    /// Who approved; never the author.
    pub approver: PersonId,
    /// What was approved.
    pub content: ContentHash,
    /// When.
    pub at: Instant,
    /// What the approver wrote, possibly empty.
    pub note: String,
}

/// A comment of a review, at a place of the campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Number; 0 before it is kept.
    pub id: i64,
    /// Campaign.
    pub campaign: CampaignId,
    /// The content it is about.
    pub content: ContentHash,
    /// Who wrote it.
    pub person: PersonId,
    /// When.
    pub at: Instant,
    /// About what.
    pub place: CommentPlace,
    /// In the words of which language, where it is about words.
    pub language: Option<Language>,
    /// About which sentence; empty: the whole part.
    pub sentence: String,
    /// What they say.
    pub words: String,
    /// Who called it done, and when.
    pub resolved: Option<(PersonId, Instant)>,
}

text_enum! {
    /// What a comment of a review is about.
    "place of a comment" CommentPlace {
        /// The subject.
        Subject = "subject",
        /// The preheader.
        Preheader = "preheader",
        /// The headline.
        Headline = "headline",
        /// The body.
        Body = "body",
        /// The button.
        Button = "button",
        /// Whom it is meant for.
        Audience = "audience",
        /// What is offered.
        Offer = "offer",
        /// How it is run: times, share held out.
        Plan = "plan",
        /// All of it.
        Whole = "whole",
    }
}

text_enum! {
    /// Why a campaign carries more risk than others. In the order in which they are looked for and told.
    "risk" Risk {
        /// Many people are in the audience.
        Audience = "audience",
        /// A machine wrote some of the words.
        WrittenWithAi = "written_with_ai",
        /// A model's scores choose the audience.
        Scored = "scored",
        /// Stages, counted by rules, choose the audience.
        Profiled = "profiled",
        /// The offer is a large discount.
        Discount = "discount",
        /// It is about a topic that the house calls sensitive.
        Topic = "topic",
        /// A rule of the guard is overridden, and the text would be held without that.
        Overridden = "overridden",
        /// The audit of fairness found something, or could not tell.
        Fairness = "fairness",
    }
}
