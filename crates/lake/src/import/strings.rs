//! Files of consent strings (TCF, GPP, US Privacy): a customer, a string, a time in each row.
//!
//! Goes in: such a file. Comes out: what each string says of this house's purposes, and the rows that cannot be used
//! with the reason. A string of which only a part can be read is rejected, and what its other parts refuse is kept all
//! the same: a no is never lost.

use super::people::{About, Clock, Read, open, read, when};
use super::rejects::{Reason, Rejection};
use super::row::check_key;
use super::{Options, Progress, fields};
use crate::error::Result;
use policy::consent_string::{Decoded, decode};
use std::cell::RefCell;
use std::path::Path;
use terms::consent::ConsentStatus;
use terms::ids::CustomerKey;
use terms::time::Instant;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentString {
    /// Whose.
    pub customer: CustomerKey,
    /// The string as it stands in the file.
    pub text: String,
    /// When it was given.
    pub at: Instant,
    /// What it says.
    pub decoded: Decoded,
}

impl About for ConsentString {
    fn key(&self) -> &str {
        self.customer.as_str()
    }
}

/// Reads consent strings. Columns: `key`, `string`, `at`. Comes out, beside the rows: refusals out of rejected rows.
///
/// # Errors
/// As [`super::purchases`] for the file as a whole.
pub fn consent_strings(
    path: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Read<ConsentString>, Vec<ConsentString>)> {
    let sheet = open(path, options)?;
    let shape = sheet.shape(&[]);
    fields::check(options, &fields::CONSENT_STRING)?;
    let key = fields::needed(&shape, options, &fields::KEY)?;
    let string = fields::needed(&shape, options, &fields::STRING)?;
    let at = fields::needed(&shape, options, &fields::AT)?;
    let clock = Clock::of(options, &sheet, at)?;
    let refusals = RefCell::new(Vec::new());
    let rows = read(&sheet, options, progress, |record| {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let unusable = |why: String| Rejection { reason: Reason::BadConsentString, detail: Some(why) };
        let customer = CustomerKey::new(check_key(cell(key))?);
        let at = when(Some(cell(at)).filter(|text| !text.is_empty()), Some(&clock))?.ok_or(Reason::NoTime)?;
        let text = cell(string).trim().to_owned();
        let decoded = decode(&text).map_err(|error| unusable(error.to_string()))?;
        let why = decoded.unusable.join("; ");
        let row = ConsentString { customer, text, at, decoded };
        if why.is_empty() {
            return Ok(row);
        }
        if row.decoded.says.values().any(|status| *status != ConsentStatus::Granted) {
            refusals.borrow_mut().push(row);
        }
        Err(unusable(format!("{why}; what the rest of the string refuses was kept")))
    })?;
    Ok((rows, refusals.into_inner()))
}
