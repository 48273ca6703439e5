//! What all marketing together changes: everybody else against those held out, period by period.
//!
//! Goes in: the rules and what everybody did. Comes out: differences per customer with intervals, by intention to treat:
//! whoever was drawn counts as held out, whatever reached them, and everybody else counts, whether or not anything was sent to
//! them. Revenue is adjusted for the year before the period (CUPED) within strata of consent at its start.

use std::sync::PoisonError;

use science::experiment::estimate::{
    Outcome, Settings, Verdict, estimate, probability_positive, rate_difference,
};
use science::experiment::holdout::{MISMATCH, period, periods, sample_ratio};
use science::experiment::power::{Demand, detectable_from_error, minimal_detectable};
use serde::{Deserialize, Serialize};
use terms::estimate::{Estimate, Evidence};
use terms::time::{Day, Instant};

use super::HoldoutPeriod;
use crate::app::App;
use crate::error::{Error, Result};
use crate::lawful::Lived;
use crate::snapshot::Snapshot;
use crate::views::UpliftView;

/// Periods that are shown.
const SHOWN: usize = 6;
/// Shares that are proposed, in percent.
const CHOICES: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 20.0];
/// Share that is proposed where no other is better, in percent.
const USUAL: f64 = 5.0;
/// A difference that a brand wants to see, as a share of what a customer brings in a quarter.
const WORTH_SEEING: f64 = 0.1;

/// What all marketing changed in one period.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PeriodEffect {
    /// The period.
    pub period: HoldoutPeriod,
    /// Last day that is counted; before the end of the period, it is not over.
    pub until: Day,
    /// Customers held out, and everybody else, who are counted.
    pub held_out: u64,
    /// Everybody else.
    pub others: u64,
    /// Who may not be measured: held out, others.
    pub left_out: [u64; 2],
    /// Probability of a split this uneven by chance; below [`MISMATCH`] the figures are not to be trusted.
    pub sample_ratio: f64,
    /// Revenue per customer.
    pub revenue: Option<UpliftView>,
    /// Purchases per customer.
    pub purchases: Option<UpliftView>,
    /// Expected revenue per customer in the year after.
    pub value: Option<UpliftView>,
    /// The model that says it.
    pub value_model: Option<String>,
    /// Share that took consent to marketing back.
    pub opt_outs: Option<UpliftView>,
    /// Share that complained.
    pub complaints: Option<UpliftView>,
    /// Smallest difference in revenue per customer that these numbers show with 80 % power.
    pub detectable: Option<f64>,
    /// Share of the variance of revenue that the year before takes away.
    pub variance_removed: f64,
    /// `positive`, `negative` or `not_enough_evidence`, about revenue.
    pub verdict: String,
}

impl PeriodEffect {
    /// Revenue of everybody else together: the difference, with its interval.
    #[must_use]
    pub fn total(&self) -> Option<(f64, f64, f64)> {
        let n = self.others as f64;
        self.revenue.map(|found| (found.value * n, found.low * n, found.high * n))
    }

    /// Whether the arms came out in another proportion than they were drawn in.
    #[must_use]
    pub fn mismatched(&self) -> bool {
        self.sample_ratio < MISMATCH
    }
}

/// What a share would show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareChoice {
    /// Share in percent.
    pub percent: f64,
    /// Customers who would hear no marketing.
    pub people: u64,
    /// Smallest difference in revenue per customer and quarter it shows with 80 % power.
    pub detectable: Option<f64>,
    /// The same as a share of what a customer brings in a quarter.
    pub relative: Option<f64>,
}

/// A rule as it was set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastRule {
    /// First day.
    pub from: Day,
    /// Share in percent.
    pub percent: f64,
    /// Months of a period.
    pub months: u32,
    /// When it was set.
    pub at: Instant,
    /// By whom.
    pub by: String,
}

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct MarketingEffectView {
    /// Currency of the amounts.
    pub currency: String,
    /// Customers with a contact record who are counted now.
    pub customers: u64,
    /// The period of today, where somebody is held out.
    pub now: Option<HoldoutPeriod>,
    /// What holds from the next period on, when that is something else.
    pub next: Option<PastRule>,
    /// Periods, the newest first.
    pub effects: Vec<PeriodEffect>,
    /// What shares would show.
    pub choices: Vec<ShareChoice>,
    /// The share that is proposed, in percent: the smallest that shows a tenth of a quarter's revenue, or 5 where none does.
    pub proposed: f64,
    /// Whether the proposed share can show that at all.
    pub enough: bool,
    /// Every rule there was, the newest first.
    pub rules: Vec<PastRule>,
}

fn internal(error: science::ScienceError) -> Error {
    Error::Internal(error.to_string())
}

fn uplift(evidence: &Evidence, means: (f64, f64), sizes: (u64, u64)) -> Option<UpliftView> {
    let Evidence::Sufficient(estimate) = evidence else { return None };
    let Estimate { value, interval, .. } = *estimate;
    Some(UpliftView {
        value,
        low: interval.low,
        high: interval.high,
        level: interval.level,
        probability_positive: probability_positive(estimate),
        treated: sizes.0,
        control: sizes.1,
        mean_treated: means.0,
        mean_control: means.1,
    })
}

fn mean(outcomes: &[Outcome], of: impl Fn(&Outcome) -> f64) -> f64 {
    outcomes.iter().map(of).sum::<f64>() / outcomes.len().max(1) as f64
}

/// Holds everybody else against those held out.
pub(crate) fn compare(
    period: HoldoutPeriod,
    until: Day,
    lived: &[Lived],
    left_out: [u64; 2],
    value_model: Option<String>,
) -> Result<PeriodEffect> {
    let settings = Settings::default();
    let arm = |held: bool, of: &dyn Fn(&Lived) -> Option<Outcome>| -> Vec<Outcome> {
        lived.iter().filter(|one| one.held_out == held).filter_map(of).collect()
    };
    let bought = |one: &Lived| Some(one.outcome);
    let (others, held) = (arm(false, &bought), arm(true, &bought));
    let sizes = (others.len() as u64, held.len() as u64);
    let report = estimate(&others, &held, &settings).map_err(internal)?;
    // The value is that of the end of the period; the year before it is the covariate here too.
    let valued = |one: &Lived| one.value.map(|value| Outcome { revenue: value, ..one.outcome });
    let (others_valued, held_valued) = (arm(false, &valued), arm(true, &valued));
    let value = estimate(&others_valued, &held_valued, &settings).map_err(internal)?.revenue;
    let rate = |of: fn(&Lived) -> bool| -> Result<Option<UpliftView>> {
        let hits = |held: bool| lived.iter().filter(|one| one.held_out == held && of(one)).count() as u64;
        let found = rate_difference((hits(false), sizes.0), (hits(true), sizes.1), settings.level);
        let share = |hits: u64, n: u64| hits as f64 / n.max(1) as f64;
        let means = (share(hits(false), sizes.0), share(hits(true), sizes.1));
        Ok(uplift(&found.map_err(internal)?, means, sizes))
    };
    let revenue = |outcome: &Outcome| outcome.revenue;
    let detectable = match report.revenue {
        Evidence::Sufficient(found) => detectable_from_error(&found, &Demand::default()).map_err(internal)?,
        Evidence::Insufficient { .. } => None,
    };
    Ok(PeriodEffect {
        period,
        until,
        held_out: sizes.1,
        others: sizes.0,
        left_out,
        sample_ratio: sample_ratio(sizes.1, sizes.0, period.share),
        revenue: uplift(&report.revenue, (mean(&others, revenue), mean(&held, revenue)), sizes),
        purchases: uplift(
            &report.purchases,
            (mean(&others, |one| one.purchases), mean(&held, |one| one.purchases)),
            sizes,
        ),
        value: uplift(
            &value,
            (mean(&others_valued, revenue), mean(&held_valued, revenue)),
            (others_valued.len() as u64, held_valued.len() as u64),
        ),
        value_model,
        opt_outs: rate(|one| one.refused)?,
        complaints: rate(|one| one.complained)?,
        detectable,
        variance_removed: report.variance_removed,
        verdict: match report.verdict {
            Verdict::Positive => "positive",
            Verdict::Negative => "negative",
            Verdict::NotEnoughEvidence => "not_enough_evidence",
        }
        .to_owned(),
    })
}

/// What shares of these customers would show within a quarter. The spread of a quarter is estimated from the past year, which
/// is the sum of four.
fn choices(snapshot: &Snapshot) -> Result<Vec<ShareChoice>> {
    let n = snapshot.revenue_year.len();
    let mean = snapshot.revenue_year.iter().sum::<f64>() / n.max(1) as f64;
    let squares = snapshot.revenue_year.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let deviation = (squares / n.saturating_sub(1).max(1) as f64 / 4.0).sqrt();
    CHOICES
        .iter()
        .map(|percent| {
            let share = percent / 100.0;
            let people = (n as f64 * share).round() as u64;
            let shown =
                minimal_detectable(n as u64, share, deviation, &Demand::default()).map_err(internal)?;
            let detectable = (people >= Settings::default().fewest && shown.is_finite()).then_some(shown);
            let relative = detectable.filter(|_| mean > 0.0).map(|shown| shown / (mean / 4.0));
            Ok(ShareChoice { percent: *percent, people, detectable, relative })
        })
        .collect()
}

impl App {
    /// What all marketing together changes.
    ///
    /// # Errors
    /// When store or lake fail.
    pub async fn marketing_effect(&self) -> Result<MarketingEffectView> {
        let snapshot = self.snapshot().await?;
        let kept = self.store().holdout_rules().await?;
        let holdout = self.holdout().await?;
        let today = self.now().day();
        let mut effects = Vec::new();
        for period in periods(holdout.rules(), today).into_iter().rev().filter(|period| period.share > 0.0) {
            // Silence of the data is not silence of the customers: nothing is counted after the last day there are any.
            let until = period.to.min(snapshot.as_of).min(today);
            if until < period.from || effects.len() == SHOWN {
                continue;
            }
            effects.push(self.effect_of(period, until, &snapshot).await?);
        }
        let mut rules: Vec<PastRule> = kept
            .iter()
            .map(|kept| PastRule {
                from: kept.from,
                percent: f64::from(kept.share) / 100.0,
                months: kept.months,
                at: kept.at,
                by: kept.by.clone(),
            })
            .collect();
        rules.reverse();
        let choices = choices(&snapshot)?;
        let seen = |choice: &&ShareChoice| choice.relative.is_some_and(|relative| relative <= WORTH_SEEING);
        let smallest = choices.iter().find(seen).map(|choice| choice.percent);
        Ok(MarketingEffectView {
            currency: self.brand().await?.currency.to_string(),
            customers: snapshot.customers.len() as u64,
            now: period(holdout.rules(), today).filter(|period| period.share > 0.0),
            next: rules.iter().find(|rule| rule.from > today).cloned(),
            effects,
            proposed: smallest.unwrap_or(USUAL),
            enough: smallest.is_some(),
            choices,
            rules,
        })
    }

    /// The effect of a period, kept in memory as long as nothing was said about uses of data since and no day was added.
    async fn effect_of(
        &self,
        period: HoldoutPeriod,
        until: Day,
        snapshot: &Snapshot,
    ) -> Result<PeriodEffect> {
        let known = |effects: &[(store::consents::UseMark, PeriodEffect)]| {
            let same = |(mark, effect): &&(store::consents::UseMark, PeriodEffect)| {
                *mark == snapshot.mark && effect.period == period && effect.until == until
            };
            effects.iter().find(same).map(|(_, effect)| effect.clone())
        };
        if let Some(effect) = known(&self.effects_slot().lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(effect);
        }
        let (lived, left_out, model) = self.everybody_in(period, until).await?;
        let effect = compare(period, until, &lived, left_out, model)?;
        let mut kept = self.effects_slot().lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(mark, other)| *mark == snapshot.mark && other.period != period);
        kept.push((snapshot.mark, effect.clone()));
        Ok(effect)
    }
}
