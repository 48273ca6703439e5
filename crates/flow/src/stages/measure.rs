//! Measure: what the message itself changed.
//!
//! Goes in: the arms of a campaign and the lake. Comes out: uplift per customer with a credible interval, or that the
//! evidence is not enough. Everybody who was assigned and may be measured is counted in the arm they were assigned to, whether or not the
//! message went out (intention to treat), over one window for both arms, so that nothing but the assignment differs.

use science::experiment::estimate::{
    Outcome, Report, Settings, Verdict, estimate, probability_positive, rate_difference,
};
use science::experiment::long_term::{Prices, Subject};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use terms::estimate::{Estimate, Evidence};
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey};
use terms::ledger::Action;
use terms::time::{Day, Instant};

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;
use crate::lawful::{FutureValues, MeasuredArms};
use crate::long_term::{LongTermFound, LongTermPolicy, found};
use crate::problem::Problem;
use crate::views::{CurvePoint, UpliftView};

/// Points of the report's curve.
const POINTS: u32 = 8;
/// Days before the campaign whose revenue steadies the estimate (CUPED).
const COVARIATE_DAYS: i64 = 365;

/// A stored measurement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    /// Effect on revenue per customer.
    pub revenue: Option<UpliftView>,
    /// Effect on purchases per customer.
    pub purchases: Option<UpliftView>,
    /// Effect on the share that opted out.
    pub opt_outs: Option<UpliftView>,
    /// Verdict about revenue: `positive`, `negative` or `not_enough_evidence`.
    pub verdict: String,
    /// Revenue per customer by day.
    pub curve: Vec<CurvePoint>,
    /// What it did to the long term.
    #[serde(default)]
    pub long_term: Option<LongTermFound>,
    /// Assigned and not counted, because they refused measuring or may not be used: treated, control.
    #[serde(default)]
    pub left_out: [u64; 2],
    /// First day of the window.
    pub from: Day,
    /// Last day of the window.
    pub to: Day,
}

/// The latest measurement of a campaign.
pub(crate) async fn stored(app: &App, id: CampaignId) -> Result<Option<Measured>> {
    let Some(value) = app.store().measurement(id).await? else { return Ok(None) };
    serde_json::from_value(value).map(Some).map_err(|error| Error::Internal(format!("measurement: {error}")))
}

impl App {
    /// Measures a campaign over its window, as far as there are data.
    ///
    /// # Errors
    /// [`Error::Conflict`] when nothing was sent yet; otherwise when store or lake fail.
    pub async fn measure(&self, id: CampaignId) -> Result<Measured> {
        let campaign = self.store().campaign(id).await?;
        let arms = self.measured_arms(id).await?;
        let Some(start) = arms.rows().iter().filter_map(|row| row.attempted_at).min() else {
            return Err(Problem::NothingSent.into());
        };
        let end = start.plus_days(i64::from(campaign.plan.window_days));
        let opted_out = self.measured_opt_outs(id, &arms, end).await?;
        let lasting = self.lasting(id, &arms, start, end).await?;
        let lake = self.lake().clone();
        let measured =
            tokio::task::spawn_blocking(move || compare(&lake, &arms, start, end, &opted_out, lasting))
                .await
                .map_err(|error| Error::Internal(error.to_string()))??;
        let value = json_value(&measured)?;
        let actor = self.system("flow.measure").await?;
        let payload = serde_json::json!({ "revenue": measured.revenue, "verdict": measured.verdict });
        let mut tx = self.store().begin().await?;
        tx.put_measurement(id, &value, self.now()).await?;
        tx.append_entries(&[self.entry(actor, Action::Measured, format!("campaign/{id}"), payload)]).await?;
        tx.commit().await?;
        if let Some(found) = measured.long_term.as_ref().filter(|found| found.over) {
            self.judge_long_term(&campaign, found).await?;
        }
        self.enqueue(&Work::Learn, self.now()).await?;
        Ok(measured)
    }

    /// What the long term is judged by besides purchases.
    async fn lasting(
        &self,
        id: CampaignId,
        arms: &MeasuredArms,
        start: Instant,
        end: Instant,
    ) -> Result<Lasting> {
        let last = self.snapshot().await?.as_of.min(self.now().day());
        let policy = self.long_term_policy().await?;
        Ok(Lasting {
            before: self.future_values(start.day().plus(-1)).await?,
            after: self.future_values(end.day().min(last)).await?,
            complained: self.measured_complaints(arms, start, end).await?,
            prices: self.economy(Some(id)).await?.prices(&policy),
            policy,
            over: end <= self.now(),
        })
    }
}

/// What the long term is judged by besides purchases.
struct Lasting {
    before: Option<FutureValues>,
    after: Option<FutureValues>,
    complained: HashSet<CustomerKey>,
    prices: Prices,
    policy: LongTermPolicy,
    over: bool,
}

fn compare(
    lake: &lake::Lake,
    arms: &MeasuredArms,
    start: Instant,
    end: Instant,
    opted_out: &[(Arm, CustomerKey)],
    lasting: Lasting,
) -> Result<Measured> {
    let during = arms.outcomes(lake, start, end)?;
    let before = arms.outcomes(lake, start.plus_days(-COVARIATE_DAYS), start)?;
    let (mut treated, mut control) = (Vec::new(), Vec::new());
    let refused: HashSet<&CustomerKey> = opted_out.iter().map(|(_, customer)| customer).collect();
    let margin = lasting.policy.margin.unwrap_or(1.0);
    let mut subjects = Vec::with_capacity(arms.rows().len());
    for ((row, outcome), past) in arms.rows().iter().zip(&during).zip(&before) {
        let outcome = Outcome {
            revenue: outcome.revenue,
            purchases: f64::from(outcome.purchases),
            stratum: row.stratum.parse().unwrap_or(0),
            covariate: past.revenue,
        };
        let valued =
            |values: &Option<FutureValues>| values.as_ref().and_then(|values| values.of(&row.customer));
        subjects.push(Subject {
            treated: row.arm == Arm::Treated,
            stratum: outcome.stratum,
            covariate: valued(&lasting.before).unwrap_or(outcome.covariate),
            gain: outcome.revenue * margin,
            value: valued(&lasting.after).map(|value| value * margin),
            refused: refused.contains(&row.customer),
            complained: lasting.complained.contains(&row.customer),
        });
        match row.arm {
            Arm::Treated => treated.push(outcome),
            Arm::Control => control.push(outcome),
        }
    }
    let report = estimate(&treated, &control, &Settings::default()).map_err(science_error)?;
    let hits = |arm: Arm| opted_out.iter().filter(|(other, _)| *other == arm).count() as u64;
    let sizes = (treated.len() as u64, control.len() as u64);
    let level = Settings::default().level;
    let opt_outs = rate_difference((hits(Arm::Treated), sizes.0), (hits(Arm::Control), sizes.1), level)
        .map_err(science_error)?;
    let rate = |hits: u64, n: u64| if n == 0 { 0.0 } else { hits as f64 / n as f64 };
    let rates = (rate(hits(Arm::Treated), sizes.0), rate(hits(Arm::Control), sizes.1));
    let Report { revenue, purchases, verdict, .. } = report;
    let model = lasting.after.map(|values| values.model);
    let long_term = found(&subjects, &lasting.prices, &lasting.policy, model, lasting.over)?;
    Ok(Measured {
        revenue: view(&revenue, means(&treated, &control, |outcome| outcome.revenue), sizes),
        purchases: view(&purchases, means(&treated, &control, |outcome| outcome.purchases), sizes),
        opt_outs: view(&opt_outs, rates, sizes),
        verdict: match verdict {
            Verdict::Positive => "positive",
            Verdict::Negative => "negative",
            Verdict::NotEnoughEvidence => "not_enough_evidence",
        }
        .to_owned(),
        curve: curve(lake, arms, start, end)?,
        long_term: Some(long_term),
        left_out: [arms.left_out(Arm::Treated), arms.left_out(Arm::Control)],
        from: start.day(),
        to: end.day(),
    })
}

fn science_error(error: science::ScienceError) -> Error {
    Error::Internal(error.to_string())
}

fn means(treated: &[Outcome], control: &[Outcome], of: impl Fn(&Outcome) -> f64) -> (f64, f64) {
    let mean = |outcomes: &[Outcome]| {
        if outcomes.is_empty() { 0.0 } else { outcomes.iter().map(&of).sum::<f64>() / outcomes.len() as f64 }
    };
    (mean(treated), mean(control))
}

fn view(
    evidence: &Evidence,
    (mean_treated, mean_control): (f64, f64),
    sizes: (u64, u64),
) -> Option<UpliftView> {
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
        mean_treated,
        mean_control,
    })
}

/// Revenue per customer accumulated since the start, at a few days, for both arms.
fn curve(lake: &lake::Lake, arms: &MeasuredArms, start: Instant, end: Instant) -> Result<Vec<CurvePoint>> {
    let days = u32::try_from((end.day().0 - start.day().0).max(1)).unwrap_or(1);
    let mut points = vec![CurvePoint { day: 0, treated: 0.0, control: 0.0 }];
    let (mut sums, mut last) = ([0.0, 0.0], start);
    let count = |arm| arms.rows().iter().filter(|row| row.arm == arm).count().max(1) as f64;
    let sizes = [count(Arm::Treated), count(Arm::Control)];
    for point in 1..=POINTS.min(days) {
        let day = days * point / POINTS.min(days);
        let until = start.plus_days(i64::from(day));
        let [treated, control] = &mut sums;
        for (row, outcome) in arms.rows().iter().zip(arms.outcomes(lake, last, until)?) {
            *(if row.arm == Arm::Treated { &mut *treated } else { &mut *control }) += outcome.revenue;
        }
        points.push(CurvePoint { day, treated: *treated / sizes[0], control: *control / sizes[1] });
        last = until;
    }
    Ok(points)
}
