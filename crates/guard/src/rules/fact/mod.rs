//! F: what is said against what is known.

pub(super) mod attribute;
pub(crate) mod attributes;
pub(super) mod conflict;
pub(super) mod date;
pub(super) mod discount;
mod free_shipping;
pub(super) mod language;
mod measured;
pub(super) mod people;
pub(super) mod placeholder;
pub(super) mod policy;
pub(super) mod price;
pub(super) mod price_before;
pub(super) mod quantity;
pub(super) mod stock;
pub(super) mod unfinished;
