//! Views of models with hostile words, for the tests of pages.

use crate::samples::HOSTILE;
use flow::registry::{
    CanaryReport, DriftLine, DriftReport, Fault, GateLineView, Guard, Guardrail, ModelLine, ModelView,
    ModelsView, MoveLine, Quality, ShadowReport, Shift,
};
use terms::estimate::{Estimate, Evidence, Interval};
use terms::gate::{
    Criterion, Found, GateLine, GatePolicy, GateReport, GateVerdict, GroupOfScore, Missing, Need,
    ScoreByGroup,
};
use terms::model::{ModelCard, ModelKind, ModelState};
use terms::time::Day;

fn line(kind: ModelKind, state: ModelState) -> ModelLine {
    ModelLine {
        label: "stage@2".into(),
        kind,
        name: kind.as_str().into(),
        state,
        share: if state == ModelState::Canary { 10 } else { 0 },
        content_hash: HOSTILE.into(),
        made_at: Day(20_700).start(),
        responsible: HOSTILE.into(),
        lineage: None,
        evaluation: serde_json::json!(HOSTILE),
        passed: Some(state != ModelState::Candidate),
        problem: (state == ModelState::Candidate).then(|| HOSTILE.into()),
    }
}

fn moved(person: Option<&str>) -> MoveLine {
    MoveLine {
        at: Day(20_701).start(),
        label: "stage@2".into(),
        from: ModelState::Validated,
        to: ModelState::Canary,
        share: 10,
        person: person.map(str::to_owned),
        reason: HOSTILE.into(),
    }
}

/// The registry with one version in each state.
pub(crate) fn models() -> ModelsView {
    let fitted = ModelState::ALL.iter().map(|state| line(ModelKind::Stage, *state));
    ModelsView {
        drift: vec![(HOSTILE.into(), drift(), true, vec![drift(), drift()])],
        deciders: vec![HOSTILE.into()],
        models: fitted
            .chain([line(ModelKind::Cues, ModelState::Live), line(ModelKind::Texts, ModelState::Live)])
            .collect(),
        faults: vec![Fault { name: None, message: HOSTILE.into() }],
        waiting: vec!["stage@2".into()],
        moves: vec![moved(Some(HOSTILE)), moved(None)],
        scored: false,
    }
}

/// The switch of AI, stopped or on.
pub(crate) fn ai(stopped: bool) -> flow::oversight::AiSwitchView {
    let throw = |stopped| flow::oversight::AiThrow {
        stopped,
        by: HOSTILE.into(),
        at: Day(20_701).start(),
        reason: HOSTILE.into(),
    };
    flow::oversight::AiSwitchView {
        stopped: stopped.then(|| throw(true)),
        history: vec![throw(true), throw(false)],
        may_stop: !stopped,
        may_resume: stopped,
        waiting: vec![(terms::ids::CampaignId(3), HOSTILE.into())],
    }
}

fn drift() -> DriftReport {
    let shift = |psi| Shift { psi, distance: 0.2, p: 0.001, n: [2_000, 2_100] };
    let line = |what: &str, psi| DriftLine { what: what.into(), shift: shift(psi), stands: psi > 0.1 };
    DriftReport {
        from: Day(20_640),
        to: Day(20_700),
        lines: vec![line("tenure", 0.31), line("score.churn", 0.02), line("outcome.stage", 0.05)],
    }
}

fn shadow() -> ShadowReport {
    let quality = Quality { log_loss: 0.9, accuracy: 0.7, brier: 0.4, ece: 0.02, n: 2_000 };
    ShadowReport {
        live: HOSTILE.into(),
        distance: 0.02,
        differ: 0.013,
        quality: [quality; 2],
        lead: Estimate {
            value: -0.02,
            interval: Interval { low: -0.03, high: -0.01, level: 0.95 },
            n: 2_000,
        },
    }
}

fn group(name: &str, share: f64) -> GroupOfScore {
    let rate = |value: f64| {
        Evidence::Sufficient(Estimate {
            value,
            interval: Interval { low: value - 0.04, high: value + 0.04, level: 0.99 },
            n: 900,
        })
    };
    GroupOfScore {
        group: name.into(),
        n: 900,
        selection: rate(share),
        true_positive: rate(share + 0.3),
        false_positive: rate(share / 2.0),
        apart: Evidence::Insufficient { n: 0, needed: 20 },
    }
}

/// One version.
pub(crate) fn model(state: ModelState) -> ModelView {
    let figure = |value: f64, low: f64, high: f64| {
        Found::Figure(Evidence::Sufficient(Estimate {
            value,
            interval: Interval { low, high, level: 0.95 },
            n: 5_603,
        }))
    };
    let gate =
        |criterion, found, limit, verdict| GateLine { criterion, found, limit, need: Need::Always, verdict };
    let lines = vec![
        gate(Criterion::AccuracyNaive, figure(0.8, 0.77, 0.84), 0.0, GateVerdict::Passed),
        gate(Criterion::Calibration, figure(0.06, 0.06, 0.06), 0.05, GateVerdict::Failed),
        gate(Criterion::Fairness, Found::Missing { why: Missing::NoGroups }, 0.8, GateVerdict::NotMeasured),
        gate(Criterion::Latency, figure(3.7, 3.7, 3.7), 1_000.0, GateVerdict::Passed),
    ];
    ModelView {
        line: line(ModelKind::Stage, state),
        card: ModelCard {
            data: HOSTILE.into(),
            owner: HOSTILE.into(),
            languages: HOSTILE.into(),
            ..ModelCard::default()
        },
        gate_lines: lines.iter().map(|line| GateLineView { line: *line, present: Some(*line) }).collect(),
        gate: Some(GateReport {
            data_hash: HOSTILE.into(),
            rows: 60_000,
            evidence_hash: HOSTILE.into(),
            lines,
            passed: false,
            by_group: vec![ScoreByGroup {
                attribute: HOSTILE.into(),
                cut: HOSTILE.into(),
                groups: vec![group(HOSTILE, 0.41), group("b", 0.33)],
                small: 1,
            }],
        }),
        gate_at: Some(Day(20_700).start()),
        present: Some(HOSTILE.into()),
        policy: GatePolicy {
            kind: ModelKind::Stage,
            version: 1,
            rules: Vec::new(),
            person: None,
            reason: HOSTILE.into(),
            at: Day(20_700).start(),
            seal: String::new(),
        },
        gate_is_old: true,
        moves: vec![moved(Some(HOSTILE))],
        steps: ModelState::ALL.iter().copied().filter(|to| state.may_become(*to)).collect(),
        own: state == ModelState::Validated,
        can_roll_back: state == ModelState::Live,
        drift: Some((drift(), true)),
        drift_before: vec![drift(), drift()],
        shadow: Some((shadow(), true)),
        canary: Some((
            CanaryReport {
                since: Day(20_700).start(),
                guards: Guard::ALL
                    .iter()
                    .map(|guard| Guardrail {
                        guard: *guard,
                        out: [980, 9_020],
                        bad: [31, 80],
                        loss: Some([0.51, 0.42]),
                        groups: vec![(HOSTILE.into(), [40, 900])],
                        e_value: 440.2,
                    })
                    .collect(),
                no_number: 0,
                limit: 400.0,
            },
            true,
        )),
    }
}
