//! A history as the numbers that models see, each with a name that reasons can quote.
//!
//! Days and amounts enter as `ln(1 + x)`; amounts below 0 count as 0. Sensitive attributes cannot get in: a
//! [`History`] has none.

use super::history::History;
use crate::fit::logistic::Sign;
use serde::{Deserialize, Serialize};
use terms::stage::StageRule;

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
    /// Chance that the customer's own rhythm puts a purchase into the period; see [`due`].
    Due,
    /// The observed stage.
    Stage,
}

/// Features that are numbers, in the order of [`values`].
pub const NUMERIC: [Feature; 18] = [
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
    Feature::Due,
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
            Self::Due => "due",
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
    pub fn plain(self, rule: &StageRule, h: &History, days: i32) -> f64 {
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
            Self::Due => due(rule, h, days),
            Self::Stage => 0.0,
        }
    }

    /// Which way the chance of a purchase may go with this feature, other things equal.
    ///
    /// Everything that grows while a customer stays silent may only lower it, everything that shrinks meanwhile may
    /// only raise it: so longer silence never lowers the risk of churn, whatever the data happen to show.
    #[must_use]
    pub const fn sign(self) -> Sign {
        match self {
            Self::Silence | Self::Tenure | Self::SilenceInGaps | Self::SilenceSurprise | Self::Overdue => {
                Sign::Falls
            }
            Self::Frequency
            | Self::Span
            | Self::RecentPurchases
            | Self::PeriodDays
            | Self::Rate
            | Self::Engagement
            | Self::Due => Sign::Rises,
            Self::OrderValue
            | Self::LastGap
            | Self::Spend
            | Self::LastAmount
            | Self::GapMean
            | Self::GapVariation
            | Self::Stage => Sign::Free,
        }
    }

    /// The feature on the scale models use.
    #[must_use]
    pub fn value(self, rule: &StageRule, h: &History, days: i32) -> f64 {
        let plain = self.plain(rule, h, days);
        match self {
            Self::PeriodDays | Self::GapVariation | Self::SilenceSurprise | Self::Stage => plain,
            Self::Rate => plain.max(1e-6).ln(),
            Self::Due => (plain / (1.0 - plain)).ln(),
            Self::SilenceInGaps if h.frequency > 0.0 => plain.max(1e-6).ln(),
            Self::SilenceInGaps => 0.0,
            _ => plain.max(0.0).ln_1p(),
        }
    }
}

/// Silence beyond which the end of the period can find the customer churned.
pub(super) fn harmless_silence(rule: &StageRule, days: i32) -> f64 {
    f64::from((rule.churned_days - days).max(0))
}

/// Purchases whose weight the brand's own rhythm has in a customer's.
const BRAND_WEIGHT: f64 = 1.0;

/// Chance, from .001 to .999, that the customer's own rhythm puts a purchase into the next `days`, given the silence.
///
/// Gaps are Weibull with the customer's mean and variation, both drawn towards the brand's rhythm: regular customers
/// are due on time, irregular ones at any time (shape from the coefficient of variation by `cv^-1.086`, Justus et al.
/// 1978, J. Applied Meteorology 17, eq. 16). Silence counts up to where churn can be reached: whether somebody is due
/// says nothing on who has left.
#[must_use]
pub fn due(rule: &StageRule, h: &History, days: i32) -> f64 {
    let brand = f64::from(rule.at_risk_days.max(1));
    let mean = h.gap_mean.mul_add(h.frequency, BRAND_WEIGHT * brand) / (h.frequency + BRAND_WEIGHT);
    let spreads = (h.frequency - 1.0).max(0.0);
    let variation = (spreads * h.gap_sd / h.gap_mean.max(1.0) + 2.0) / (spreads + 2.0);
    let shape = variation.clamp(0.1, 3.0).powf(-1.086);
    // Gamma(1 + 1 / shape) lies between .88 and 2.2 for these shapes; its mean of 1 only moves the scale.
    let scaled = |t: f64| (t / mean.max(1.0)).powf(shape);
    let silent = h.silent.min(harmless_silence(rule, days));
    let hazard = scaled(silent + f64::from(days.max(1))) - scaled(silent);
    (-(-hazard).exp_m1()).clamp(0.001, 0.999)
}

fn surprise(h: &History) -> f64 {
    let span = (h.tenure - h.silent).max(0.0);
    ((h.frequency + 0.25) * ((35.0 + h.tenure) / (35.0 + span)).ln()).clamp(0.0, 30.0).sqrt()
}

/// All numeric features of a history, in the order of [`NUMERIC`].
#[must_use]
pub fn values(rule: &StageRule, h: &History, days: i32) -> [f64; NUMERIC.len()] {
    NUMERIC.map(|feature| feature.value(rule, h, days))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: StageRule = StageRule::STANDARD;

    #[test]
    fn features_agree_with_a_calculation_by_hand() {
        let h =
            History { tenure: 120.0, frequency: 1.0, last_gap: 60.0, ..History::first_purchase(59.0, 20.0) };
        assert!((Feature::Silence.value(&RULE, &h, 30) - 60f64.ln()).abs() < 1e-12);
        assert!((Feature::Rate.value(&RULE, &h, 30) - (2.0f64 / 150.0).ln()).abs() < 1e-12);
        // 1.25 ln(155 / 96), square root.
        assert!(
            (Feature::SilenceSurprise.value(&RULE, &h, 30) - (1.25 * (155.0f64 / 96.0).ln()).sqrt()).abs()
                < 1e-12
        );
        assert_eq!(Feature::Overdue.plain(&RULE, &h, 30), 0.0);
    }

    #[test]
    fn a_clockwork_customer_is_due_on_time_and_an_irregular_one_at_any_time() {
        let clockwork = |silent| History {
            tenure: 400.0,
            frequency: 9.0,
            gap_mean: 40.0,
            gap_sd: 2.0,
            ..History::first_purchase(silent, 20.0)
        };
        let chance = |silent| due(&RULE, &clockwork(silent), 10);
        assert!(chance(2.0) < 0.05 && chance(35.0) > 0.5, "{} {}", chance(2.0), chance(35.0));
        // Mean (9 x 40 + 60) / 10 = 42 and variation (8 + 2) / 10 = 1: exponential, 1 - exp(-10 / 42).
        let irregular = History { gap_sd: 40.0, ..clockwork(2.0) };
        assert!((due(&RULE, &irregular, 10) - (1.0 - (-10.0f64 / 42.0).exp())).abs() < 1e-12);
    }

    #[test]
    fn every_feature_is_finite_for_refunds_and_day_zero() {
        let h = History { spend: -5.0, order_value: -5.0, ..History::first_purchase(0.0, -5.0) };
        assert!(values(&RULE, &h, 28).iter().all(|v| v.is_finite()));
    }
}
