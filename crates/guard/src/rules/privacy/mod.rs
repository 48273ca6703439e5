//! P: personal data.

pub(super) mod personal_data;
