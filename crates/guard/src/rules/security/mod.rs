//! X: what could turn a message against its reader.

pub(crate) mod address;
pub(super) mod hidden;
pub(super) mod instruction;
pub(super) mod order_cue;
