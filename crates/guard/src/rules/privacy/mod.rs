//! P: personal data.

pub(crate) mod over_personalisation;
pub(super) mod personal_data;
