//! In which currency a file's amounts are: one rule for the preview and the import alike.
//!
//! A lake has one currency, set by its first import: the caller's word, else the currency that most rows name, else what
//! the amounts themselves show (a sign such as `$`, a column called `dollar_value`), else the brand's. From then on rows
//! in another currency are rejected. It converts nothing.

use super::Options;
use super::amount::{Number, Sign};
use super::columns::squash;
use super::decimal_mark::DecimalMark;
use super::rejects::Reason;
use crate::error::{Error, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use terms::money::Currency;

/// Who says what currency the amounts are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrencyFrom {
    /// Earlier imports: the lake has it already.
    Lake,
    /// The caller.
    Told,
    /// The file's column of currencies.
    Column,
    /// Signs beside the amounts, or the name of their column.
    Amounts,
    /// The brand's settings, because nothing else says it.
    Brand,
}

/// The currency of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) currency: Currency,
    pub(crate) from: CurrencyFrom,
    /// Of rows that name none.
    default: Currency,
}

/// What a file shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    /// Name of the column of money.
    pub(crate) column: &'a str,
    /// What most cells of the currency column name.
    pub(crate) named: Option<Currency>,
    /// The sign that most amounts have.
    pub(crate) signed: Option<Sign>,
}

/// The currency of an import into a lake that has this one, or none yet.
pub(crate) fn choose(evidence: &Evidence<'_>, options: &Options, lake: Option<Currency>) -> Result<Chosen> {
    use CurrencyFrom as From;
    let told = options.default_currency;
    let by_name = by_name(evidence.column);
    if let (Some(lake), Some(seen), None, None, None) = (lake, by_name, told, evidence.named, evidence.signed)
        && seen != lake
    {
        return Err(Error::OtherCurrency { column: evidence.column.to_owned(), seen, lake });
    }
    let signed = evidence.signed.and_then(Sign::usual);
    let (currency, from) = [
        (lake, From::Lake),
        (told, From::Told),
        (evidence.named, From::Column),
        (signed.or(by_name), From::Amounts),
        (options.brand_currency, From::Brand),
    ]
    .into_iter()
    .find_map(|(currency, from)| currency.map(|currency| (currency, from)))
    .unwrap_or((Currency::EUR, From::Brand));
    Ok(Chosen { currency, from, default: told.unwrap_or(currency) })
}

impl Chosen {
    /// The currency of rows that name none.
    pub(crate) fn default(self) -> Currency {
        self.default
    }

    /// Whether a row that names this code, and whose amount has this sign, is in the currency of the import.
    pub(crate) fn check(self, code: Option<&str>, sign: Option<Sign>) -> std::result::Result<(), Reason> {
        let currency = match code {
            None => self.default,
            Some(code) => code.parse().map_err(|_| Reason::BadCurrency)?,
        };
        let agrees = sign.is_none_or(|sign| sign.agrees(self.currency));
        if currency == self.currency && agrees { Ok(()) } else { Err(Reason::OtherCurrency) }
    }
}

fn by_name(column: &str) -> Option<Currency> {
    let name = squash(column);
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["dollar", "usd"]) {
        Some(Currency::USD)
    } else if says(&["gbp", "pound"]) {
        Some(Currency::GBP)
    } else if says(&["euro", "importeeur", "amounteur", "eurvalue"]) {
        Some(Currency::EUR)
    } else {
        None
    }
}

/// The sign that most of the amounts have that have one.
pub(crate) fn usual_sign<'a>(
    cells: impl Iterator<Item = &'a str>,
    mark: Option<DecimalMark>,
) -> Option<Sign> {
    let mut counts: Vec<(Sign, u64)> = Vec::new();
    for sign in cells.filter_map(|cell| Number::parse(cell, mark).ok()?.sign) {
        match counts.iter_mut().find(|(known, _)| *known == sign) {
            Some((_, n)) => *n += 1,
            None => counts.push((sign, 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(sign, _)| sign)
}

/// The currency that most cells name.
pub(crate) fn most_frequent<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Currency> {
    let mut counts: BTreeMap<Currency, u64> = BTreeMap::new();
    cells.filter_map(|cell| cell.parse().ok()).for_each(|currency| *counts.entry(currency).or_default() += 1);
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(currency, _)| currency)
}
