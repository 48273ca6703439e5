//! Events as shops and apps send them: their kinds, what a write key may do, and what became of each event.
//!
//! Goes in: nothing. Comes out: closed lists with their texts. Deliberately absent: how events travel (`web`), and what
//! they mean (`flow::events`).

use crate::text_enum::text_enum;

text_enum! {
    /// The kind of an event, as the Segment spec names its calls.
    "event type" EventKind {
        /// Who somebody is: their contact record.
        Identify = "identify",
        /// Something somebody did.
        Track = "track",
        /// A page somebody saw.
        Page = "page",
        /// A screen of an app somebody saw.
        Screen = "screen",
        /// A group somebody belongs to.
        Group = "group",
        /// Two names of one person.
        Alias = "alias",
    }
}

text_enum! {
    /// What a write key may do.
    "scope" KeyScope {
        /// Send events.
        Events = "events",
        /// Record that somebody agreed. Refusals are recorded with any key.
        Consents = "consents",
        /// Ask the guard, whose answers tell facts of the brand: only for servers, and only when it was asked for.
        Guard = "guard",
        /// Read the entries of the ledger, which name people of the house: only for servers, and only when it was asked for.
        Ledger = "ledger",
    }
}

text_enum! {
    /// What became of an event; each is counted for each write key. The first four words are the outcome of taking it
    /// in, the next are reasons why it was refused, then what it was used for, then why it was not kept.
    "fate" EventFate {
        /// Taken in, durably.
        Accepted = "accepted",
        /// Was there already: the same key and messageId.
        Duplicate = "duplicate",
        /// Answered with "too many"; the sender keeps it and tries again.
        Throttled = "throttled",
        /// Came with a key for servers from a browser, or from a site the key does not name.
        WrongOrigin = "wrong_origin",

        /// Refused: not an object, or a field named twice.
        Malformed = "malformed",
        /// Refused: longer than 32 KB.
        TooLarge = "too_large",
        /// Refused: no type that is known.
        UnknownType = "unknown_type",
        /// Refused: a time that cannot be read.
        BadTime = "bad_time",
        /// Refused: an id that is no text or number, or too long.
        BadId = "bad_id",
        /// Refused: a track call without the event's name.
        NoName = "no_name",

        /// Changed a contact record.
        Record = "record",
        /// Became a purchase.
        Purchase = "purchase",
        /// Became a return.
        Return = "return",
        /// Kept as behaviour.
        Kept = "kept",
        /// Recorded as an answer to one of our messages.
        Answer = "answer",
        /// Gave a consent receipt.
        Receipt = "receipt",
        /// Joined two names of one person.
        Joined = "joined",

        /// Says nothing of anybody: neither userId nor anonymousId.
        Nobody = "nobody",
        /// About somebody whose data was erased.
        Erased = "erased",
        /// Behaviour of somebody who did not agree to profiling.
        NoProfiling = "no_profiling",
        /// About somebody under restriction of processing.
        Restricted = "restricted",
        /// An order without an amount.
        NoAmount = "no_amount",
        /// An order in another currency than the shop's.
        OtherCurrency = "other_currency",
        /// An order that was reported before.
        RepeatedOrder = "repeated_order",
        /// A consent category without a purpose in the settings.
        UnknownCategory = "unknown_category",
        /// An agreement with a key that may not record any.
        NoScope = "no_scope",
        /// An answer to a message that is not ours, or not this customer's.
        NoMessage = "no_message",
        /// Older than what is known.
        Outdated = "outdated",
        /// Two names that may not be joined by this key.
        NotJoined = "not_joined",
    }
}

impl EventFate {
    /// True for events that were answered with an error and are not in the house.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Throttled
                | Self::WrongOrigin
                | Self::Malformed
                | Self::TooLarge
                | Self::UnknownType
                | Self::BadTime
                | Self::BadId
                | Self::NoName
        )
    }
}
