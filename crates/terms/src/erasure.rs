//! Why somebody is erased.

use crate::text_enum::text_enum;

text_enum! {
    /// What an erasure was caused by.
    "cause" ErasureCause {
        /// The customer asked for it.
        Request = "request",
        /// A retention period ended.
        Retention = "retention",
        /// They had been erased before, and a restore brought something back.
        Restore = "restore",
        /// Somebody at the command line.
        Operator = "operator",
    }
}
