//! The life of one message to one customer in the outbox, and what came back.

use crate::text_enum::text_enum;

text_enum! {
    /// State of an outbox row. `planned -> attempting -> sent | failed`; `planned -> suppressed` when the check at
    /// the moment of sending says no; `attempting -> in_doubt` when a worker died in between. Marketing in doubt is
    /// never sent again by itself, unless the channel knows for sure that it never left: then it is planned again.
    "delivery state" DeliveryState {
        /// In the frozen audience, waiting for its turn.
        Planned = "planned",
        /// Claimed, re-checked, durable; being handed over now.
        Attempting = "attempting",
        /// The channel took it.
        Sent = "sent",
        /// The channel refused it for good.
        Failed = "failed",
        /// The check at the moment of sending said no.
        Suppressed = "suppressed",
        /// Handed over or not: nobody knows. Shown to a person, never resent by itself.
        InDoubt = "in_doubt",
        /// The campaign was stopped first.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What a customer did with a message, as far as it is known.
    "response" ResponseKind {
        /// Opened it (where the customer allows measuring).
        Opened = "opened",
        /// Followed its link.
        Clicked = "clicked",
        /// Opted out through it.
        OptedOut = "opted_out",
        /// Reported it.
        Complained = "complained",
        /// The address bounced for good.
        Bounced = "bounced",
    }
}
