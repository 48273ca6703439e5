//! The long term of a campaign and the effect of all marketing, for snapshots of pages.

use flow::holdout::{HoldoutPeriod, MarketingEffectView, PastRule, PeriodEffect, ShareChoice};
use flow::long_term::{LongTermFound, LongTermPolicy, VetoView};
use flow::views::UpliftView;
use terms::ids::CampaignId;
use terms::time::{Day, Instant};

fn at() -> Instant {
    Day::from_ymd(2026, 11, 24).unwrap().start().plus_hours(10)
}

/// What a vetoed campaign did.
pub(crate) fn found() -> LongTermFound {
    let told = |value: f64, low: f64, high: f64| serde_json::json!({ "evidence": "sufficient", "value": value, "interval": { "low": low, "high": high, "level": 0.95 }, "n": 2480 });
    serde_json::from_value(serde_json::json!({
        "gain": told(1.86, 0.62, 3.1), "value": told(-2.9, -4.8, -1.0), "opt_outs": told(0.012, 0.004, 0.02),
        "complaints": { "evidence": "insufficient", "n": 20, "needed": 50 }, "long": told(-3.2, -5.2, -1.2),
        "overall": told(-1.4, -3.6, 0.8),
        "prices": { "opt_out": { "value": 9.4, "error": 3.1 }, "complaint": { "value": 47.0, "error": 15.5 }, "model_error": 0.25 },
        "loss": 0.996, "verdict": "vetoed", "over": true, "value_model": "value@2", "policy": LongTermPolicy::default(),
    }))
    .unwrap()
}

/// The veto that follows.
pub(crate) fn veto() -> VetoView {
    VetoView {
        campaign: CampaignId(2),
        name: crate::samples::HOSTILE.into(),
        at: at(),
        found: found(),
        overruled: None,
    }
}

fn uplift(value: f64, low: f64, high: f64, means: (f64, f64)) -> Option<UpliftView> {
    Some(UpliftView {
        value,
        low,
        high,
        level: 0.95,
        probability_positive: 0.98,
        treated: 18_940,
        control: 1_012,
        mean_treated: means.0,
        mean_control: means.1,
    })
}

/// The effect of all marketing.
pub(crate) fn effect() -> MarketingEffectView {
    let day = |month, day| Day::from_ymd(2026, month, day).unwrap();
    let period = |from, to| HoldoutPeriod { from, to, share: 0.05, seed: 7 };
    let one = |period: HoldoutPeriod, until, sample_ratio| PeriodEffect {
        period,
        until,
        held_out: 1_012,
        others: 18_940,
        left_out: [2, 31],
        sample_ratio,
        revenue: uplift(1.9, 0.2, 3.6, (31.4, 29.5)),
        purchases: uplift(0.05, -0.01, 0.11, (0.91, 0.86)),
        value: None,
        value_model: Some(crate::samples::HOSTILE.into()),
        opt_outs: uplift(0.004, 0.001, 0.007, (0.006, 0.002)),
        complaints: None,
        detectable: Some(2.4),
        variance_removed: 0.41,
        verdict: "positive".into(),
    };
    let rule =
        |percent, from| PastRule { from, percent, months: 3, at: at(), by: crate::samples::HOSTILE.into() };
    MarketingEffectView {
        currency: "EUR".into(),
        customers: 20_000,
        now: Some(period(day(10, 1), day(12, 31))),
        next: Some(rule(2.5, Day::from_ymd(2027, 1, 1).unwrap())),
        effects: vec![
            one(period(day(10, 1), day(12, 31)), day(11, 24), 0.0001),
            one(period(day(7, 1), day(9, 30)), day(9, 30), 0.4),
        ],
        choices: vec![
            ShareChoice { percent: 1.0, people: 200, detectable: None, relative: None },
            ShareChoice { percent: 5.0, people: 1_000, detectable: Some(2.9), relative: Some(0.09) },
        ],
        proposed: 5.0,
        enough: true,
        rules: vec![rule(2.5, Day::from_ymd(2027, 1, 1).unwrap()), rule(5.0, day(7, 1))],
    }
}
