//! Made-up figures of how well the guard works, for the tests of its pages. Texts are hostile on purpose.

use crate::samples::HOSTILE;
use flow::monitoring::{
    JudgeSentence, JudgeView, MonitorView, RateLine, RuleLine, SampleLine, SampleRow, SampleView,
};
use terms::customer::Language;
use terms::estimate::{Estimate, Evidence, Interval};
use terms::finding::{Finding, Severity, Span, Verdict};
use terms::house::{Override, Raise};
use terms::ids::PersonId;
use terms::message::Field;
use terms::monitoring::{SampleKind, Truth, Writer};
use terms::person::Role;
use terms::time::Day;

fn told(value: f64, low: f64, high: f64, n: u64) -> Evidence {
    Evidence::Sufficient(Estimate { value, interval: Interval { low, high, level: 0.95 }, n })
}

const FEW: Evidence = Evidence::Insufficient { n: 3, needed: 20 };

fn line(month: Option<&str>, writer: Option<Writer>, after: Evidence) -> RateLine {
    RateLine {
        month: month.map(str::to_owned),
        writer,
        made_by: if writer == Some(Writer::Machine) { HOSTILE.into() } else { String::new() },
        drafts: 14,
        held: 6,
        by_guard: told(0.31, 0.2, 0.44, 62),
        before: told(0.27, 0.18, 0.4, 48),
        after,
        judged: (9, 11),
    }
}

/// How well the guard works.
pub(crate) fn monitor() -> MonitorView {
    let rule = |rule: &str, against| RuleLine {
        rule: rule.into(),
        texts: 12,
        blocking: 7,
        for_person: 3,
        evidence: 2,
        passed: 3,
        approvals: 2,
        overrides: 1,
        held_messages: 1,
        sent: 2_204,
        against,
        against_otherwise: told(0.004, 0.003, 0.006, 9_120),
        precision: told(0.9, 0.7, 0.97, 21),
    };
    MonitorView {
        at: Day(20_700).start(),
        rules_version: HOSTILE.into(),
        texts: 40,
        held: 12,
        for_person: 5,
        sent: 11_324,
        complained: 4,
        objected: 1,
        opted_out: 41,
        all: line(None, None, told(0.01, 0.002, 0.06, 88)),
        months: vec![
            line(Some("2026-09"), None, told(0.01, 0.002, 0.06, 88)),
            line(Some("2026-10"), None, FEW),
            line(Some(HOSTILE), None, FEW),
        ],
        writers: vec![line(None, Some(Writer::Person), FEW), line(None, Some(Writer::Machine), FEW)],
        cells: vec![line(Some("2026-09"), Some(Writer::Template), FEW)],
        rules: vec![rule("F1", told(0.006, 0.003, 0.01, 2_204)), rule(HOSTILE, FEW)],
        sensitivity: told(0.8, 0.6, 0.92, 25),
        precision: FEW,
        agreement: told(0.71, 0.55, 0.87, 64),
        samples: (40, 20),
    }
}

/// The samples.
pub(crate) fn samples() -> SampleView {
    let row = |id, mine, own| SampleRow {
        id,
        month: "2026-10".into(),
        kind: SampleKind::Sent,
        language: Language::Spanish,
        subject: HOSTILE.into(),
        reviewers: usize::from(mine),
        mine,
        own,
    };
    SampleView {
        months: vec![SampleLine { month: "2026-10".into(), drawn: 20, judged: 7, twice: 2 }],
        rows: vec![row(1, true, false), row(2, false, false), row(3, false, true)],
        next: Some(2),
        agreement: FEW,
    }
}

/// One text, judged before and changed.
pub(crate) fn judge() -> JudgeView {
    let verdict = store_verdict(HOSTILE);
    let sentence = |at, mine: bool| JudgeSentence {
        sentence: at,
        field: Field::Body,
        words: HOSTILE.into(),
        mine: mine.then(|| verdict.clone()),
        guard: mine.then_some(Verdict::Contradicted),
        rules: vec!["F1".into()],
    };
    JudgeView {
        id: 2,
        month: "2026-10".into(),
        language: Language::English,
        sentences: vec![sentence(0, true), sentence(1, false)],
        done: 7,
        of: 20,
        own: false,
        history: vec![verdict.clone()],
        rules: vec!["F1", "M1"],
    }
}

/// Two versions of a rule of the brand.
pub(crate) fn versions() -> Vec<flow::house::RuleVersion> {
    let row = flow::house::HouseRow {
        id: "B-clients".into(),
        kind: "wording".into(),
        severity: "evidence".into(),
        name_en: HOSTILE.into(),
        name_es: HOSTILE.into(),
        why_en: HOSTILE.into(),
        why_es: HOSTILE.into(),
        en: HOSTILE.into(),
        es: HOSTILE.into(),
        number: "3".into(),
        field: "subject".into(),
        evidence: "certificate".into(),
        evidence_predicate: HOSTILE.into(),
        ..Default::default()
    };
    let version = |version, retired| flow::house::RuleVersion {
        rule: row.read(0).unwrap(),
        version,
        at: Day(20_700).start(),
        by: HOSTILE.into(),
        retired,
    };
    vec![version(1, true), version(2, false)]
}

/// What such a rule found, in a field and for want of words.
pub(crate) fn found() -> Vec<Finding> {
    let finding = |blocks, quote: &str| Finding {
        rule: "B-clients".into(),
        severity: Severity::Warn,
        blocks,
        span: Span { field: Field::Body, start: 0, end: 4 },
        quote: quote.into(),
        verdict: Verdict::Unchecked,
        message: HOSTILE.into(),
        repair: HOSTILE.into(),
        fact: None,
        basis: HOSTILE.into(),
        overridden: None,
    };
    vec![finding(true, HOSTILE), finding(false, "")]
}

/// A built-in rule that was raised, is overridden, and was before.
pub(crate) fn built_in() -> flow::house::BuiltInView {
    let at = Day(20_700).start();
    let kept = |id, ended| flow::house::KeptOverride {
        entry: Override {
            id,
            rule: "M3".into(),
            why: HOSTILE.into(),
            by: HOSTILE.into(),
            role: Role::PrivacyOfficer,
            at,
            until: at.plus_days(30),
        },
        ended,
        ended_by: None,
    };
    flow::house::BuiltInView {
        id: "M3".into(),
        rule: flow::guarding::rulebook().into_iter().find(|rule| rule.id == "M3"),
        raise: Some(Raise {
            rule: "M3".into(),
            to: Severity::Block,
            why: HOSTILE.into(),
            by: HOSTILE.into(),
            at,
        }),
        not_raised: None,
        overrides: vec![kept(2, None)],
        past: vec![kept(1, Some(at)), kept(0, None)],
        not_overridden: None,
    }
}

fn store_verdict(note: &str) -> flow::monitoring::SentenceVerdict {
    flow::monitoring::SentenceVerdict {
        id: 1,
        draw: 2,
        sentence: 0,
        person: PersonId(1),
        truth: Truth::Misleading,
        unfair: "M1".into(),
        note: note.into(),
        at: Day(20_700).start(),
    }
}
