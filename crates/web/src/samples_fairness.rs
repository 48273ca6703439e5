//! An audit outside of the policy, for snapshots of pages.

use flow::audit::{
    AudienceAudit, AuditFinding, AuditLine, FairnessPolicy, FairnessView, GateReason, GroupRate, Judgement,
    Remedy,
};
use terms::campaign::CampaignState;
use terms::estimate::{Estimate, Evidence, Interval};
use terms::fairness::{AuditOccasion, FairnessMeasure, FairnessVerdict};
use terms::ids::CampaignId;
use terms::time::{Day, Instant};

fn at() -> Instant {
    Day::from_ymd(2026, 11, 24).unwrap().start().plus_hours(10)
}

fn told(value: f64, low: f64, high: f64) -> Evidence {
    Evidence::Sufficient(Estimate { value, interval: Interval { low, high, level: 0.95 }, n: 900 })
}

fn finding(measure: FairnessMeasure, (low, high): (f64, f64), ratio: Evidence) -> AuditFinding {
    let group = |group: &str, size: u64, rate: f64| GroupRate {
        group: group.into(),
        size,
        selected: (size as f64 * rate) as u64,
        rate: told(rate, rate - 0.04, rate + 0.04),
        messages: 1.4,
    };
    let groups = vec![group("<woman>", 480, low), group("man", 420, high)];
    let alarm =
        serde_json::from_value(serde_json::json!({"raised": false, "p_value": 1.0, "ratio": 1.0})).unwrap();
    AuditFinding {
        attribute: "gender".into(),
        measure,
        groups,
        small: 1,
        ratio,
        difference: told(high - low, 0.1, 0.3),
        lowest: Some("<woman>".into()),
        highest: Some("man".into()),
        alarm,
    }
}

/// The audit.
pub(crate) fn audit() -> AudienceAudit {
    let measure = FairnessMeasure::Inclusion;
    AudienceAudit {
        campaign: CampaignId(3),
        occasion: AuditOccasion::Submission,
        at: at(),
        policy: FairnessPolicy::default(),
        judgement: Judgement {
            verdict: FairnessVerdict::Refused,
            reasons: vec![
                GateReason::BelowLimit { attribute: "gender".into(), measure, ratio: 0.61 },
                GateReason::TooSmall { attribute: "gender".into(), measure, groups: 1 },
            ],
        },
        findings: vec![
            finding(measure, (0.31, 0.51), told(0.61, 0.5, 0.74)),
            finding(FairnessMeasure::Reach, (0.82, 0.91), told(0.9, 0.82, 1.0)),
        ],
        remedies: vec![Remedy {
            audience: "stage = churned".into(),
            condition: "value.percentile >= 60".into(),
            becomes: None,
            people_now: 372,
            people_then: 610,
            revenue_now: 84.2,
            revenue_then: 61.9,
            ratio_then: 0.93,
        }],
    }
}

/// The page.
pub(crate) fn fairness() -> FairnessView {
    let line = |occasion, verdict, ratio| AuditLine {
        campaign: CampaignId(3),
        name: "Come back to good coffee".into(),
        occasion,
        at: at(),
        verdict,
        alarm: occasion == AuditOccasion::Calendar,
        lowest_ratio: Some(ratio),
    };
    FairnessView {
        policy: FairnessPolicy::default(),
        attributes: vec![("gender".parse().unwrap(), 900)],
        live: vec![("Come back to good coffee".into(), CampaignState::Running, audit())],
        unaudited: vec![(CampaignId(4), "Second cup".into())],
        history: vec![
            line(AuditOccasion::Calendar, FairnessVerdict::Refused, 0.61),
            line(AuditOccasion::Launch, FairnessVerdict::Passed, 0.9),
        ],
        next: at(),
    }
}
