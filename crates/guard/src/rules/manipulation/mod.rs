//! M: pressure and pretence.

pub(super) mod review;
pub(super) mod scarcity;
pub(super) mod urgency;
