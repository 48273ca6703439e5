//! M: pressure and pretence.

pub(super) mod closing;
pub(super) mod crowd;
pub(super) mod drip;
pub(super) mod invoice;
pub(super) mod prize;
pub(super) mod recurring;
pub(super) mod renewal;
pub(super) mod review;
pub(super) mod scarcity;
pub(super) mod shaming;
pub(super) mod subject;
pub(super) mod urgency;
