//! One customer as a segment sees them.
//!
//! Architecture invariant: nothing sensitive has a place here, so no segment can select by it.

use super::country::Country;
use super::field::{NumberField, StageMoment};
use terms::customer::{Customer, Language};
use terms::profile::Profile;
use terms::stage::Stage;
use terms::time::Day;

/// What a segment can ask one customer.
pub trait Row {
    /// Lifecycle stage at a moment, if known.
    fn stage(&self, moment: StageMoment) -> Option<Stage>;
    /// Country, if known.
    fn country(&self) -> Option<Country>;
    /// Language of messages, if known.
    fn language(&self) -> Option<Language>;
    /// What they draw with, if known.
    fn lot(&self) -> Option<u64>;
    /// A number, if known; never NaN.
    fn number(&self, field: NumberField) -> Option<f64>;
}

/// A row that owns its values. The default knows nothing about anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRow {
    /// Country.
    pub country: Option<Country>,
    /// Language of messages.
    pub language: Option<Language>,
    /// What they draw with: [`super::lot`] of their key.
    pub lot: Option<u64>,
    stages: [Option<Stage>; StageMoment::ALL.len()],
    numbers: [f64; NumberField::COUNT],
}

impl Default for CustomerRow {
    fn default() -> Self {
        Self {
            country: None,
            language: None,
            lot: None,
            stages: [None; StageMoment::ALL.len()],
            numbers: [f64::NAN; NumberField::COUNT],
        }
    }
}

impl CustomerRow {
    /// The row of a contact record and, for those who have bought, a profile made at `as_of`. Without a profile
    /// every field about purchases is missing; ask for `stage = prospect` instead. Stages, value,
    /// risks and chances come from elsewhere: [`CustomerRow::set_stage`] and [`CustomerRow::set`] them.
    #[must_use]
    pub fn of(customer: &Customer, profile: Option<&Profile>, as_of: Day) -> Self {
        let mut row = Self {
            country: customer.country.as_deref().and_then(|code| code.parse().ok()),
            language: Some(customer.language()),
            lot: Some(super::lot(customer.key.as_str())),
            ..Self::default()
        };
        row.set(NumberField::KnownDays, f64::from(as_of.0 - customer.known_since.day().0).max(0.0));
        if let Some(profile) = profile {
            row.set_profile(profile);
        }
        row
    }

    /// Fills everything a profile says.
    pub fn set_profile(&mut self, profile: &Profile) {
        self.set(NumberField::SilentDays, f64::from(profile.silent_days()));
        self.set(NumberField::TenureDays, f64::from(profile.t_days));
        self.set(NumberField::Frequency, f64::from(profile.frequency));
        self.set(NumberField::Purchases, f64::from(profile.frequency) + 1.0);
        self.set(NumberField::Purchases90, f64::from(profile.purchases_90));
        self.set(NumberField::Engagement90, f64::from(profile.engagement_90));
        self.set(NumberField::Monetary, profile.monetary);
        self.set(NumberField::Spend, profile.spend);
        if profile.frequency > 0 {
            self.set(NumberField::GapMean, profile.gap_mean);
        }
    }

    /// Sets the stage at a moment; `None` makes it missing.
    pub fn set_stage(&mut self, moment: StageMoment, stage: Option<Stage>) {
        if let Some(slot) = self.stages.get_mut(moment as usize) {
            *slot = stage;
        }
    }

    /// Sets a number; NaN makes it missing.
    pub fn set(&mut self, field: NumberField, value: f64) {
        if let Some(slot) = self.numbers.get_mut(field.index()) {
            *slot = value;
        }
    }
}

impl Row for CustomerRow {
    fn stage(&self, moment: StageMoment) -> Option<Stage> {
        self.stages.get(moment as usize).copied().flatten()
    }
    fn country(&self) -> Option<Country> {
        self.country
    }
    fn language(&self) -> Option<Language> {
        self.language
    }
    fn lot(&self) -> Option<u64> {
        self.lot
    }
    fn number(&self, field: NumberField) -> Option<f64> {
        self.numbers.get(field.index()).copied().filter(|value| !value.is_nan())
    }
}
