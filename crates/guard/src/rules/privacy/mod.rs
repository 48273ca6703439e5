//! P: personal data.

pub(crate) mod over_personalisation;
pub(super) mod personal_data;
pub(super) mod special_category;
pub(super) mod tracking;
