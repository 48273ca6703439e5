//! C: claims that need evidence.

pub(super) mod guarantee;
pub(super) mod superlative;
