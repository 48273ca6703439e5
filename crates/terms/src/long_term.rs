//! Words of the long-term guard.

use crate::text_enum::text_enum;

text_enum! {
    /// What a campaign did to the long term, as far as it can be told.
    "long-term verdict" LongTermVerdict {
        /// More likely no loss than one.
        Fine = "fine",
        /// Too little is known, or a loss is likelier than not and not credible.
        Unclear = "unclear",
        /// A loss is credible: campaigns of its kind need a person who overrules this.
        Vetoed = "vetoed",
    }
}
