//! C: claims that need evidence.

pub(super) mod award;
pub(super) mod comparison;
pub(super) mod finance;
pub(super) mod free;
pub(super) mod green;
pub(super) mod guarantee;
pub(super) mod health;
pub(super) mod neutral;
pub(super) mod right;
pub(super) mod superlative;
