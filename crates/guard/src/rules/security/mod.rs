//! X: what could turn a message against its reader.

pub(crate) mod address;
pub(super) mod instruction;
