//! How personal a message may be: the customer's level against what the text needs.
//!
//! Goes in: the customer's [`Personalisation`], the brand's budget of personal facts, and what a text needs
//! ([`PersonalNeed`], counted by the guard). Comes out: the wording to use, or none.

use terms::preference::{NameUse, PersonalNeed, Personalisation};

/// Personal facts a message may hold: the brand's budget for who chose `full`; never more than one for `basic`, and
/// none for `none`.
#[must_use]
pub const fn budget(level: Personalisation, brand: u32) -> u32 {
    match level {
        Personalisation::None => 0,
        Personalisation::Basic => {
            if brand < 1 {
                brand
            } else {
                1
            }
        }
        Personalisation::Full => brand,
    }
}

/// Which wording of a text somebody gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wording {
    /// With the name, where the text has a place for it.
    Named,
    /// Without the name.
    Neutral,
}

/// The most personal wording within a budget; `None` when the text needs more even in its neutral wording.
#[must_use]
pub const fn wording(need: PersonalNeed, budget: u32) -> Option<Wording> {
    let named = need.stated.saturating_add(!matches!(need.name, NameUse::None) as u32);
    if named <= budget {
        Some(Wording::Named)
    } else if matches!(need.name, NameUse::Optional) && need.stated <= budget {
        Some(Wording::Neutral)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn need(stated: u32, name: NameUse) -> PersonalNeed {
        PersonalNeed { stated, name }
    }

    #[test]
    fn the_level_bounds_the_brands_budget() {
        let of = |brand| {
            [Personalisation::None, Personalisation::Basic, Personalisation::Full].map(|l| budget(l, brand))
        };
        assert_eq!(of(3), [0, 1, 3]);
        assert_eq!(of(0), [0, 0, 0]);
    }

    #[test]
    fn a_name_is_dropped_before_somebody_is_left_out() {
        assert_eq!(wording(need(1, NameUse::Optional), 2), Some(Wording::Named));
        assert_eq!(wording(need(1, NameUse::Optional), 1), Some(Wording::Neutral));
        assert_eq!(wording(need(1, NameUse::Optional), 0), None);
        assert_eq!(wording(need(0, NameUse::Required), 0), None);
        assert_eq!(wording(need(0, NameUse::None), 0), Some(Wording::Named));
    }
}
