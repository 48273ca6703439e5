//! A history as the numbers that models see, each with a name that reasons can quote.
//!
//! Days and amounts enter as `ln(1 + x)`; amounts below 0 count as 0. Sensitive attributes cannot get in: a
//! [`History`] has none.

use super::history::History;
use serde::{Deserialize, Serialize};

/// What a model looks at. The serialised name is what pages translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Days since the last purchase.
    Silence,
    /// Repeat purchases.
    Frequency,
    /// Days since the first purchase.
    Tenure,
    /// Mean amount of a purchase day.
    OrderValue,
    /// Days from first to last purchase.
    Span,
    /// Days between the last two purchases.
    LastGap,
    /// Purchases in the last 90 days.
    RecentPurchases,
    /// Sum of amounts.
    Spend,
    /// Amount of the last purchase.
    LastAmount,
    /// Length of the period predicted, days.
    PeriodDays,
    /// Purchases for the time known: `(frequency + 1) / (tenure + 30)`.
    Rate,
    /// Silence measured in the customer's own mean gap.
    SilenceInGaps,
    /// Mean days between purchases.
    GapMean,
    /// Irregularity: standard deviation of gaps over their mean.
    GapVariation,
    /// Surprise of the silence: `sqrt((frequency + 1/4) ln((35 + tenure) / (35 + span)))`, after the exponent of
    /// P(alive) in Fader, Hardie, Lee (2005).
    SilenceSurprise,
    /// Days by which the silence exceeds the last gap.
    Overdue,
    /// Opens and clicks in the last 90 days.
    Engagement,
    /// The observed stage.
    Stage,
}

/// Features that are numbers, in the order of [`values`].
pub const NUMERIC: [Feature; 17] = [
    Feature::Silence,
    Feature::Frequency,
    Feature::Tenure,
    Feature::OrderValue,
    Feature::Span,
    Feature::LastGap,
    Feature::RecentPurchases,
    Feature::Spend,
    Feature::LastAmount,
    Feature::PeriodDays,
    Feature::Rate,
    Feature::SilenceInGaps,
    Feature::GapMean,
    Feature::GapVariation,
    Feature::SilenceSurprise,
    Feature::Overdue,
    Feature::Engagement,
];

/// The features of the published logistic baseline: the first ten.
pub const BASELINE: usize = 10;

impl Feature {
    /// The name in JSON and in translations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Frequency => "frequency",
            Self::Tenure => "tenure",
            Self::OrderValue => "order_value",
            Self::Span => "span",
            Self::LastGap => "last_gap",
            Self::RecentPurchases => "recent_purchases",
            Self::Spend => "spend",
            Self::LastAmount => "last_amount",
            Self::PeriodDays => "period_days",
            Self::Rate => "rate",
            Self::SilenceInGaps => "silence_in_gaps",
            Self::GapMean => "gap_mean",
            Self::GapVariation => "gap_variation",
            Self::SilenceSurprise => "silence_surprise",
            Self::Overdue => "overdue",
            Self::Engagement => "engagement",
            Self::Stage => "stage",
        }
    }

    /// Position in [`NUMERIC`]; `None` for the stage.
    #[must_use]
    pub fn position(self) -> Option<usize> {
        NUMERIC.iter().position(|feature| *feature == self)
    }

    /// The feature as a person would say it: days, purchases, amounts; the stage as its number.
    #[must_use]
    pub fn plain(self, h: &History, days: i32) -> f64 {
        match self {
            Self::Silence => h.silent,
            Self::Frequency => h.frequency,
            Self::Tenure => h.tenure,
            Self::OrderValue => h.order_value,
            Self::Span => h.tenure - h.silent,
            Self::LastGap => h.last_gap,
            Self::RecentPurchases => h.purchases_90,
            Self::Spend => h.spend,
            Self::LastAmount => h.last_amount,
            Self::PeriodDays => f64::from(days),
            Self::Rate => (h.frequency + 1.0) / (h.tenure + 30.0),
            Self::SilenceInGaps => (h.silent + 1.0) / (h.gap_mean + 15.0),
            Self::GapMean => h.gap_mean,
            Self::GapVariation => h.gap_sd / (h.gap_mean + 1.0),
            Self::SilenceSurprise => surprise(h),
            Self::Overdue => (h.silent - h.last_gap).max(0.0),
            Self::Engagement => h.engagement_90,
            Self::Stage => 0.0,
        }
    }

    /// The feature on the scale models use.
    #[must_use]
    pub fn value(self, h: &History, days: i32) -> f64 {
        let plain = self.plain(h, days);
        match self {
            Self::PeriodDays | Self::GapVariation | Self::SilenceSurprise | Self::Stage => plain,
            Self::Rate => plain.max(1e-6).ln(),
            Self::SilenceInGaps if h.frequency > 0.0 => plain.max(1e-6).ln(),
            Self::SilenceInGaps => 0.0,
            _ => plain.max(0.0).ln_1p(),
        }
    }
}

fn surprise(h: &History) -> f64 {
    let span = (h.tenure - h.silent).max(0.0);
    ((h.frequency + 0.25) * ((35.0 + h.tenure) / (35.0 + span)).ln()).clamp(0.0, 30.0).sqrt()
}

/// All numeric features of a history, in the order of [`NUMERIC`].
#[must_use]
pub fn values(h: &History, days: i32) -> [f64; NUMERIC.len()] {
    NUMERIC.map(|feature| feature.value(h, days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_agree_with_a_calculation_by_hand() {
        let h =
            History { tenure: 120.0, frequency: 1.0, last_gap: 60.0, ..History::first_purchase(59.0, 20.0) };
        assert!((Feature::Silence.value(&h, 30) - 60f64.ln()).abs() < 1e-12);
        assert!((Feature::Rate.value(&h, 30) - (2.0f64 / 150.0).ln()).abs() < 1e-12);
        // 1.25 ln(155 / 96), square root.
        assert!(
            (Feature::SilenceSurprise.value(&h, 30) - (1.25 * (155.0f64 / 96.0).ln()).sqrt()).abs() < 1e-12
        );
        assert_eq!(Feature::Overdue.plain(&h, 30), 0.0);
    }

    #[test]
    fn every_feature_is_finite_for_refunds_and_day_zero() {
        let h = History { spend: -5.0, order_value: -5.0, ..History::first_purchase(0.0, -5.0) };
        assert!(values(&h, 28).iter().all(|v| v.is_finite()));
    }
}
