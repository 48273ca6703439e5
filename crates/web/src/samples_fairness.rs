//! An audit outside of the policy, for snapshots of pages.

use flow::audit::{
    AttributeAudit, AudienceAudit, AuditFinding, AuditLine, FairnessPolicy, FairnessView, Flip, GateReason,
    GroupExposure, GroupProxies, GroupRate, HouseAudit, Judgement, Lowest, ProxyLine, Remedy, RemedyKind,
    UsedProxy,
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
        burden: Some(told(1.4, 1.1, 1.7)),
    };
    let groups = vec![group("<woman>", 480, low), group("man", 420, high)];
    let alarm =
        serde_json::from_value(serde_json::json!({"raised": false, "p_value": 1.0, "ratio": 1.0})).unwrap();
    AuditFinding {
        attribute: "gender".into(),
        measure,
        groups,
        small: 1,
        withheld: 1,
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
        proxies: vec![UsedProxy {
            feature: "value.percentile".into(),
            attribute: "gender".into(),
            group: "<woman>".into(),
            area: told(0.72, 0.66, 0.78),
        }],
        flips: vec![Flip {
            attribute: "gender".into(),
            group: "<woman>".into(),
            reference: "man".into(),
            exchanged: vec!["value.percentile".into()],
            changed: told(0.31, 0.25, 0.38),
            difference: told(-0.18, -0.26, -0.1),
        }],
        remedies: vec![Remedy {
            audience: "stage = churned".into(),
            condition: "value.percentile >= 60".into(),
            becomes: None,
            people_now: 372,
            people_then: 610,
            revenue_now: 84.2,
            revenue_then: 61.9,
            ratio_then: 0.93,
            kind: Some(RemedyKind::Without),
            added: 238,
            removed: 0,
            value_now: Some(91.3),
            value_added: Some(40.5),
            before: Some(lowest(0.61)),
            after: Some(lowest(0.93)),
            lowest_then: Some(lowest(0.9)),
        }],
    }
}

fn lowest(value: f64) -> Lowest {
    let interval = Interval { low: value - 0.1, high: value + 0.1, level: 0.95 };
    let ratio = Estimate { value, interval, n: 900 };
    Lowest { attribute: "gender".into(), measure: FairnessMeasure::Inclusion, ratio }
}

fn house() -> HouseAudit {
    let line = |feature: &str, area: Evidence, gives_away: bool| ProxyLine {
        feature: feature.into(),
        area,
        ranked: Some(area),
        gives_away,
    };
    let group = |group: &str, month: f64| GroupExposure {
        group: group.into(),
        contacts: told(month, month - 0.05, month + 0.05),
        never: told(0.4, 0.36, 0.44),
        never_offered: told(0.6, 0.55, 0.65),
    };
    HouseAudit {
        occasion: AuditOccasion::Calendar,
        at: at(),
        attributes: vec![AttributeAudit {
            attribute: "gender".into(),
            proxies: vec![GroupProxies {
                group: "<woman>".into(),
                features: vec![
                    line("value.percentile", told(0.72, 0.66, 0.78), true),
                    line("country", told(0.51, 0.46, 0.56), false),
                    line("spend", Evidence::Insufficient { n: 0, needed: 50 }, false),
                ],
                all: Some(told(0.74, 0.68, 0.8)),
            }],
            exposure: vec![group("<woman>", 0.21), group("man", 0.34)],
            contacts_ratio: told(0.62, 0.5, 0.77),
            reached_ratio: told(0.9, 0.8, 1.0),
            offered_ratio: Evidence::Insufficient { n: 0, needed: 20 },
            withheld: 1,
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
        lowest: Some(lowest(ratio)),
    };
    FairnessView {
        policy: FairnessPolicy::default(),
        attributes: vec![("gender".parse().unwrap(), 900)],
        live: vec![("Come back to good coffee".into(), CampaignState::Running, audit())],
        unaudited: vec![(CampaignId(4), "Second cup".into())],
        house: Some(house()),
        history: vec![
            line(AuditOccasion::Calendar, FairnessVerdict::Refused, 0.61),
            line(AuditOccasion::Launch, FairnessVerdict::Passed, 0.9),
        ],
        next: at(),
    }
}
