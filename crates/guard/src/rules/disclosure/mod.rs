//! D: what every message must carry.

pub(super) mod identity;
pub(super) mod machine;
pub(super) mod opt_out;
pub(super) mod own_price;
