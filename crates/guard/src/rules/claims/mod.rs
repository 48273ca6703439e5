//! C: claims that need evidence.

pub(super) mod comparison;
pub(super) mod guarantee;
pub(super) mod superlative;
