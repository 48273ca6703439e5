//! Hostile figures for the page of the record of processing.

use crate::samples::HOSTILE;
use flow::processing::{Acting, Activity, KeptFor, ProcessingView, Receiver, RiskLine, Safeguard};
use terms::consent::{LawfulBasis, Purpose};
use terms::processing::{
    DataCategory, Ground, ProcessingPurpose, RetentionKind, Risk, SafeguardKind, Statement,
};
use terms::time::Instant;

/// One of each, with something missing.
pub(crate) fn processing() -> ProcessingView {
    let at = Instant(1_780_000_000_000_000);
    ProcessingView {
        at,
        brand: HOSTILE.into(),
        customers: 20_000,
        statements: [(Statement::Controller, HOSTILE.to_owned())].into(),
        activities: vec![Activity {
            purpose: ProcessingPurpose::Marketing,
            categories: vec![DataCategory::Contact, DataCategory::Message],
            grounds: vec![Ground::Consent, Ground::SoftOptIn],
            places: vec!["outbox", "store.deliveries"],
            kept_for: vec![
                KeptFor { kind: RetentionKind::Messages, days: 1_095, active: true },
                KeptFor { kind: RetentionKind::MessageCopies, days: 730, active: false },
            ],
            with_customer: true,
        }],
        grounds: vec![(Purpose::Marketing, LawfulBasis::Consent, 14_032)],
        recipients: vec![Receiver {
            name: HOSTILE.into(),
            url: "https://partner.example/notices".into(),
            since: at,
        }],
        models: vec![Acting { label: "stage@3".into(), made_at: at, responsible: HOSTILE.into() }],
        safeguards: vec![
            Safeguard { kind: SafeguardKind::Caps, numbers: vec![1, 4] },
            Safeguard { kind: SafeguardKind::Guard, numbers: vec![41] },
        ],
        risks: vec![RiskLine {
            risk: Risk::Pressure,
            answers: vec![SafeguardKind::Caps],
            missing: vec![SafeguardKind::Holidays],
        }],
    }
}

/// A kind that acts, one that waits, and one that is over its period.
pub(crate) fn retention() -> flow::retention::RetentionView {
    use flow::retention::{
        RetentionLine, RetentionRun, RetentionRunLine, RetentionStep as Step, RetentionView,
    };
    let at = Instant(1_780_000_000_000_000);
    let line = |kind, days, active, oldest_days, found| RetentionLine {
        kind,
        days,
        default_days: 90,
        active,
        looked: active,
        now: vec![Step { kind, place: HOSTILE.into(), days, found, oldest: Some(at), deleted: None }],
        last: active.then(|| (at, vec![])),
        oldest_days,
    };
    RetentionView {
        at,
        lines: vec![
            line(RetentionKind::Rejects, 90, true, Some(120), 17),
            line(RetentionKind::Events, 730, false, Some(30), 0),
            line(RetentionKind::Jobs, 90, false, None, 0),
        ],
        runs: vec![RetentionRunLine {
            run: RetentionRun { id: 3, dry: false, at, finished_at: None },
            steps: vec![Step {
                kind: RetentionKind::Rejects,
                place: HOSTILE.into(),
                days: 90,
                found: 17,
                oldest: Some(at),
                deleted: Some(16),
            }],
        }],
    }
}
