//! Who got the message and who was held out.

use crate::text_enum::text_enum;

text_enum! {
    /// Arm of a campaign's experiment.
    "arm" Arm {
        /// Gets the message.
        Treated = "treated",
        /// Held out at random.
        Control = "control",
    }
}
