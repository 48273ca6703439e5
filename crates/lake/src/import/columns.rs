//! Which column plays which role: by the caller's word, by its name (English or Spanish), or by its content.

use super::Options;
use super::amount::is_number;
use super::role::Role;
use super::time_format::{Detected, TimeFormat};
use crate::error::{Error, Result};
use serde::Serialize;
use std::path::Path;

/// Why a column was given its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The caller said so.
    Told,
    /// Its name says so.
    Name,
    /// Its content or type says so.
    Content,
}

/// A column with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// What it says.
    pub role: Role,
    /// Its place, from 0.
    pub index: usize,
    /// Its name in the header, or `column 3`.
    pub name: String,
    /// Why it was chosen.
    pub why: Why,
}

/// What a column's content looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Time,
    Integer,
    Decimal,
    Text,
}

/// A name in small letters and digits only, accents removed: `Nº Pedido` becomes `npedido`.
pub(crate) fn squash(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'ä' => 'a',
        'é' | 'è' => 'e',
        'í' => 'i',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    name.to_lowercase().chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}

/// Whether a row could be a header: some cell is a name we know.
pub(crate) fn knows_a_name(cells: &[String]) -> bool {
    use Role as R;
    let roles = [R::Customer, R::Time, R::Amount, R::Order, R::Quantity, R::UnitPrice, R::Currency];
    cells
        .iter()
        .map(|cell| squash(cell))
        .any(|cell| roles.iter().any(|role| role.names().contains(&cell.as_str())))
}

/// What the cells of one column look like.
pub(crate) fn look<'a>(cells: impl Iterator<Item = &'a str> + Clone) -> Look {
    let cells = cells.filter(|cell| !cell.is_empty());
    if cells.clone().next().is_none() {
        return Look::Text;
    }
    if !matches!(TimeFormat::detect(cells.clone()), Detected::Unknown(_)) {
        return Look::Time;
    }
    let total = cells.clone().count();
    let digits = |text: &str| text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    let whole = cells.clone().filter(|cell| digits(cell)).count();
    let number = cells.filter(|cell| is_number(cell)).count();
    match (whole * 10 >= total * 9, number * 10 >= total * 9) {
        (true, _) => Look::Integer,
        (false, true) => Look::Decimal,
        _ => Look::Text,
    }
}

/// What the chooser needs to know of a table.
pub(crate) struct Shape<'a> {
    pub(crate) path: &'a Path,
    pub(crate) names: &'a [String],
    pub(crate) has_names: bool,
    pub(crate) looks: &'a [Look],
}

impl Shape<'_> {
    fn listed(&self) -> String {
        self.names
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{} {name}", at + 1))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The column a caller named, by name or by number from 1.
    pub(crate) fn told(&self, asked: &str, flag: &'static str) -> Result<usize> {
        let exact = self.names.iter().position(|name| name == asked);
        let squashed = || self.names.iter().position(|name| squash(name) == squash(asked));
        let numbered = || asked.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < self.names.len());
        let found = if self.has_names { exact.or_else(numbered).or_else(squashed) } else { numbered() };
        let at = found.ok_or_else(|| Error::UnknownColumn {
            path: self.path.to_owned(),
            asked: asked.to_owned(),
            flag,
            columns: self.listed(),
        })?;
        if exact == Some(at) { self.once(at, flag).map(|()| at) } else { Ok(at) }
    }

    /// The column with one of these names, the likeliest first.
    pub(crate) fn named(&self, names: &[&str], flag: &'static str) -> Result<Option<usize>> {
        if !self.has_names {
            return Ok(None);
        }
        let found =
            names.iter().find_map(|wanted| self.names.iter().position(|name| squash(name) == *wanted));
        if let Some(at) = found {
            self.once(at, flag)?;
        }
        Ok(found)
    }

    fn once(&self, at: usize, flag: &'static str) -> Result<()> {
        let Some(name) = self.names.get(at) else { return Ok(()) };
        match self.names.iter().skip(at + 1).position(|other| squash(other) == squash(name)) {
            None => Ok(()),
            Some(more) => Err(Error::DuplicateColumn {
                path: self.path.to_owned(),
                name: name.clone(),
                first: at + 1,
                second: at + more + 2,
                flag,
            }),
        }
    }

    pub(crate) fn missing(&self, role: &'static str, flag: &'static str) -> Error {
        Error::NoColumn { path: self.path.to_owned(), role, flag, columns: self.listed() }
    }
}

/// Gives roles to columns. Customer, time and amount (or quantity and unit price) are always there in the result.
pub(crate) fn choose(shape: &Shape<'_>, options: &Options) -> Result<Vec<Column>> {
    use Role as R;
    let mut chosen: Vec<Column> = Vec::new();
    let mut give = |role: Role, index: usize, why: Why| {
        let name = shape.names.get(index).cloned().unwrap_or_default();
        chosen.push(Column { role, index, name, why });
    };
    let asked = [
        (R::Customer, &options.customer),
        (R::Time, &options.time),
        (R::Amount, &options.amount),
        (R::Order, &options.order),
        (R::Quantity, &options.quantity),
        (R::UnitPrice, &options.unit_price),
        (R::Currency, &options.currency),
    ];
    let mut given: Vec<(Role, usize)> = Vec::new();
    for (role, name) in &asked {
        if let Some(name) = name {
            let at = shape.told(name, role.flag())?;
            give(*role, at, Why::Told);
            given.push((*role, at));
        }
    }
    let told_parts = given.iter().any(|(role, _)| matches!(role, R::UnitPrice));
    for (role, name) in asked {
        // Told quantity and price, an amount column is not looked for; told an amount, no price is.
        let moot = (role == R::Amount && told_parts)
            || (role == R::UnitPrice && given.iter().any(|(r, _)| *r == R::Amount));
        if name.is_some() || moot {
            continue;
        }
        if let Some(at) = shape.named(role.names(), role.flag())?
            && !given.iter().any(|(_, other)| *other == at)
        {
            give(role, at, Why::Name);
            given.push((role, at));
        }
    }
    let free = |given: &[(Role, usize)], fits: &dyn Fn(Look) -> bool| -> Vec<usize> {
        let open = |at: &usize| !given.iter().any(|(_, other)| other == at);
        shape
            .looks
            .iter()
            .enumerate()
            .filter(|(_, look)| fits(**look))
            .map(|(at, _)| at)
            .filter(open)
            .collect()
    };
    let lacks = |given: &[(Role, usize)], role: Role| !given.iter().any(|(r, _)| *r == role);
    if lacks(&given, R::Time) {
        let at = free(&given, &|look| look == Look::Time).first().copied();
        let at = at.ok_or_else(|| shape.missing("time of the purchase", R::Time.flag()))?;
        give(R::Time, at, Why::Content);
        given.push((R::Time, at));
    }
    if lacks(&given, R::Amount) && lacks(&given, R::UnitPrice) {
        // The last column of decimals: totals stand at the end. Else the last of numbers that is not the first column.
        let decimals = free(&given, &|look| look == Look::Decimal);
        let numbers = || free(&given, &|look| look == Look::Integer).into_iter().rfind(|at| *at > 0);
        let at = decimals.last().copied().or_else(numbers);
        let at = at.ok_or_else(|| shape.missing("amount", R::Amount.flag()))?;
        give(R::Amount, at, Why::Content);
        given.push((R::Amount, at));
    }
    if lacks(&given, R::Customer) {
        // With a header, a customer column has a name that says so or the caller names it: guessing between an order
        // number and a customer number would be quiet and wrong.
        let at = if shape.has_names {
            None
        } else {
            free(&given, &|look| matches!(look, Look::Integer | Look::Text)).first().copied()
        };
        let at = at.ok_or_else(|| shape.missing("customer", R::Customer.flag()))?;
        give(R::Customer, at, Why::Content);
    }
    // An amount column is the amount: a unit price beside it is not multiplied.
    if chosen.iter().any(|c| c.role == R::Amount) {
        chosen.retain(|c| c.role != R::UnitPrice);
    }
    chosen.sort_by_key(|column| column.role);
    Ok(chosen)
}
