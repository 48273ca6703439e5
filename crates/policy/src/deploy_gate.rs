//! May this version act? The state machine of the registry, and the gate that figures are held against.
//!
//! Goes in: a policy and figures; or a version, the gate it passed and who asks. Comes out: a report with a verdict for
//! every criterion; or a [`Cleared`], which is the only way to make a move, or why not. Deliberately absent: measuring,
//! storing, clocks. What was not measured does not pass where it is needed.

use terms::estimate::Evidence;
use terms::gate::{Criterion, Found, GateLine, GatePolicy, GateReport, GateRule, GateVerdict, Held, Need};
use terms::hash::ContentHash;
use terms::ids::PersonId;
use terms::model::{ModelKind, ModelState};

/// Customers a canary may decide for at the most, in percent.
pub const LARGEST_SHARE: i64 = 50;

/// The gate a kind has before a person writes one. ADR 28 says where the limits come from.
#[must_use]
pub fn built_in(kind: ModelKind) -> Vec<GateRule> {
    use Criterion::{
        AccuracyNaive, AccuracyPresent, Calibration, Card, CueFalse, CueMisses, Drift, Fairness,
        FairnessCalibration, FairnessFalsePositive, FairnessTruePositive, GuardPass, Hallucination,
        HalvesNaive, Latency, Stability, TotalNaive,
    };
    let rule = |criterion, limit, need| GateRule { criterion, limit, need };
    match kind {
        ModelKind::Stage => vec![
            rule(AccuracyNaive, 0.0, Need::Always),
            rule(AccuracyPresent, -0.01, Need::WhenMeasured),
            rule(Calibration, 0.05, Need::Always),
            rule(Fairness, 0.8, Need::WhenMeasured),
            rule(FairnessTruePositive, 0.8, Need::WhenMeasured),
            rule(FairnessFalsePositive, 0.8, Need::WhenMeasured),
            rule(FairnessCalibration, 0.05, Need::WhenMeasured),
            rule(Drift, 0.25, Need::Always),
            rule(Stability, 0.05, Need::Always),
            rule(Latency, 1_000.0, Need::Always),
            rule(Card, 0.0, Need::Always),
        ],
        ModelKind::Value => vec![
            rule(AccuracyNaive, 0.0, Need::Always),
            rule(AccuracyPresent, -0.01, Need::WhenMeasured),
            rule(TotalNaive, 0.0, Need::Always),
            rule(Fairness, 0.8, Need::WhenMeasured),
            rule(FairnessTruePositive, 0.8, Need::WhenMeasured),
            rule(FairnessFalsePositive, 0.8, Need::WhenMeasured),
            rule(FairnessCalibration, 0.2, Need::WhenMeasured),
            rule(Drift, 0.25, Need::Always),
            rule(HalvesNaive, 0.0, Need::Always),
            rule(Latency, 1_000.0, Need::Always),
            rule(Card, 0.0, Need::Always),
        ],
        ModelKind::Texts => vec![
            rule(GuardPass, 0.5, Need::WhenMeasured),
            rule(Hallucination, 0.1, Need::WhenMeasured),
            rule(Card, 0.0, Need::Always),
        ],
        ModelKind::Cues => vec![
            rule(CueMisses, 0.1, Need::WhenMeasured),
            rule(CueFalse, 0.05, Need::WhenMeasured),
            rule(Card, 0.0, Need::Always),
        ],
    }
}

/// Rules as the kind has them now, where somebody wrote them for an earlier program: what that could not know yet is added,
/// and what is not asked any more goes.
#[must_use]
pub fn complete(kind: ModelKind, mut rules: Vec<GateRule>) -> Vec<GateRule> {
    let now = built_in(kind);
    rules.retain(|rule| now.iter().any(|known| known.criterion == rule.criterion));
    for rule in now {
        if !rules.iter().any(|known| known.criterion == rule.criterion) {
            rules.push(rule);
        }
    }
    rules
}

/// What is wrong with rules that somebody wrote for a kind: an unknown or double criterion, or a limit that is no number.
#[must_use]
pub fn fault(kind: ModelKind, rules: &[GateRule]) -> Option<String> {
    let known: Vec<Criterion> = built_in(kind).iter().map(|rule| rule.criterion).collect();
    for criterion in &known {
        if rules.iter().filter(|rule| rule.criterion == *criterion).count() != 1 {
            return Some(format!("the gate needs one rule for `{criterion}`"));
        }
    }
    let wrong = rules.iter().find(|rule| !known.contains(&rule.criterion));
    if let Some(rule) = wrong {
        return Some(format!("`{}` cannot be asked of `{kind}`", rule.criterion));
    }
    let endless = rules.iter().find(|rule| !rule.limit.is_finite());
    endless.map(|rule| format!("the limit of `{}` must be a number", rule.criterion))
}

fn within(rule: &GateRule, evidence: &Evidence) -> Option<bool> {
    let Evidence::Sufficient(found) = evidence else { return None };
    let (end, most) = match rule.criterion.held() {
        Held::LowAtLeast => (found.interval.low, false),
        Held::HighAtLeast => (found.interval.high, false),
        Held::ValueAtMost => (found.value, true),
        Held::LowAtMost => (found.interval.low, true),
        Held::HighAtMost => (found.interval.high, true),
    };
    // A figure that is no number passes nothing.
    Some(end.is_finite() && if most { end <= rule.limit } else { end >= rule.limit })
}

/// Holds figures against a policy. A criterion without a figure counts as not asked.
#[must_use]
pub fn judge(policy: &GatePolicy, data_hash: String, rows: u64, found: &[(Criterion, Found)]) -> GateReport {
    // Times differ from run to run; everything else must not.
    let figures: Vec<String> = found
        .iter()
        .filter(|(criterion, _)| *criterion != Criterion::Latency)
        .map(|(criterion, found)| format!("{criterion} {found:?}"))
        .collect();
    let evidence_hash = ContentHash::of(figures.iter().map(String::as_bytes)).to_string();
    let line = |rule: &GateRule| {
        let found = found.iter().find(|(criterion, _)| *criterion == rule.criterion).map(|(_, found)| *found);
        let found = found.unwrap_or(Found::Missing { why: terms::gate::Missing::NotAsked });
        let measured = match &found {
            Found::Figure(evidence) => within(rule, evidence),
            Found::Missing { .. } => None,
        };
        let nothing_there = match &found {
            Found::Figure(_) => true,
            Found::Missing { why } => why.is_nothing_to_measure(),
        };
        let verdict = match (measured, rule.need) {
            (Some(true), _) => GateVerdict::Passed,
            (_, Need::Never) => GateVerdict::NotMeasured,
            (None, Need::WhenMeasured) if nothing_there => GateVerdict::NotMeasured,
            _ => GateVerdict::Failed,
        };
        GateLine { criterion: rule.criterion, found, limit: rule.limit, need: rule.need, verdict }
    };
    let lines: Vec<GateLine> = policy.rules.iter().map(line).collect();
    let passed = !lines.is_empty() && lines.iter().all(|line| line.verdict != GateVerdict::Failed);
    GateReport { data_hash, rows, evidence_hash, lines, passed, by_group: Vec::new() }
}

/// The gate a move rests on, as it was recorded.
#[derive(Debug, Clone, Copy)]
pub struct PassedGate<'a> {
    /// Its number.
    pub id: i64,
    /// SHA-256 of what it was about.
    pub content_hash: &'a str,
    /// The version of the policy it was judged by.
    pub policy: i64,
    /// Whether it passed.
    pub passed: bool,
}

/// A move somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Where the version is.
    pub from: ModelState,
    /// Where it is to go.
    pub to: ModelState,
    /// Customers it is to decide for, in percent.
    pub share: i64,
    /// SHA-256 of it.
    pub content_hash: &'a str,
    /// Who answers for it.
    pub maker: PersonId,
    /// Who asks; none for the system by itself.
    pub person: Option<PersonId>,
    /// Whether that person may and holds a valid certificate.
    pub entitled: bool,
    /// The last gate it went through.
    pub gate: Option<PassedGate<'a>>,
    /// The version of the policy that stands.
    pub policy: i64,
}

/// Why a version does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMove {
    /// Its state does not allow it.
    #[error("a version that is `{from}` cannot become `{to}`; look at its state and choose another step")]
    State {
        /// From.
        from: ModelState,
        /// To.
        to: ModelState,
    },
    /// It went through no gate, or did not pass the last one.
    #[error("it has not passed its gates; run them, and see which one it fails")]
    NotPassed,
    /// It passed a gate that was changed since.
    #[error("the gates were changed since it passed them; run them again")]
    OldGate,
    /// What passed is something else than what is to act.
    #[error("what passed the gates is not what lies in the registry; it does not act")]
    Changed,
    /// Nobody asks for it.
    #[error("a person lets a model act, never the system by itself")]
    NoPerson,
    /// Whoever made it asks.
    #[error("you answer for this version; somebody else decides whether it acts")]
    Maker,
    /// They may not.
    #[error("your role or your training does not allow this; ask somebody who may promote models")]
    NotEntitled,
    /// A share out of range.
    #[error("a canary decides for 1 to {LARGEST_SHARE} % of the customers")]
    Share,
}

/// Leave to make exactly one move. Only [`clear`] makes one.
#[derive(Debug)]
pub struct Cleared {
    to: ModelState,
    share: i64,
    gate: Option<i64>,
}

impl Cleared {
    /// Where to.
    #[must_use]
    pub const fn to(&self) -> ModelState {
        self.to
    }

    /// Share in percent, 0 outside of a canary.
    #[must_use]
    pub const fn share(&self) -> i64 {
        self.share
    }

    /// The gate it rests on.
    #[must_use]
    pub const fn gate(&self) -> Option<i64> {
        self.gate
    }
}

/// Decides about a move. Towards acting, it takes a passed gate under the policy that stands and a person who did not
/// make the version; away from acting anybody may, the system too.
///
/// # Errors
/// The first reason that stands against it.
pub fn clear(ask: &Ask<'_>) -> Result<Cleared, NoMove> {
    use ModelState::{Canary, Candidate, Retired, Validated};
    if !ask.from.may_become(ask.to) {
        return Err(NoMove::State { from: ask.from, to: ask.to });
    }
    if matches!(ask.to, Retired | Candidate) {
        return Ok(Cleared { to: ask.to, share: 0, gate: None });
    }
    let gate = ask.gate.filter(|gate| gate.passed).ok_or(NoMove::NotPassed)?;
    if gate.content_hash != ask.content_hash {
        return Err(NoMove::Changed);
    }
    if ask.to == Validated {
        return Ok(Cleared { to: ask.to, share: 0, gate: Some(gate.id) });
    }
    // Who comes back to a version that acted before comes back to what was decided then.
    if gate.policy != ask.policy && ask.from != Retired {
        return Err(NoMove::OldGate);
    }
    let person = ask.person.ok_or(NoMove::NoPerson)?;
    if !ask.entitled {
        return Err(NoMove::NotEntitled);
    }
    if person == ask.maker {
        return Err(NoMove::Maker);
    }
    let share = if ask.to == Canary { ask.share } else { 0 };
    if ask.to == Canary && !(1..=LARGEST_SHARE).contains(&share) {
        return Err(NoMove::Share);
    }
    Ok(Cleared { to: ask.to, share, gate: Some(gate.id) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::estimate::{Estimate, Interval};
    use terms::gate::Missing;
    use terms::time::Instant;

    fn policy(kind: ModelKind) -> GatePolicy {
        GatePolicy {
            kind,
            version: 0,
            rules: built_in(kind),
            person: None,
            reason: String::new(),
            at: Instant(0),
            seal: String::new(),
        }
    }

    fn figure(value: f64, low: f64, high: f64) -> Found {
        Found::Figure(Evidence::Sufficient(Estimate {
            value,
            interval: Interval { low, high, level: 0.95 },
            n: 99,
        }))
    }

    fn good() -> Vec<(Criterion, Found)> {
        vec![
            (Criterion::AccuracyNaive, figure(0.2, 0.1, 0.3)),
            (Criterion::AccuracyPresent, Found::Missing { why: Missing::NoPresent }),
            (Criterion::Calibration, figure(0.02, 0.02, 0.02)),
            (Criterion::Fairness, Found::Missing { why: Missing::NoGroups }),
            (Criterion::FairnessTruePositive, figure(0.9, 0.7, 1.0)),
            (Criterion::FairnessFalsePositive, Found::Missing { why: Missing::NoGroups }),
            (Criterion::FairnessCalibration, figure(0.1, 0.0, 0.2)),
            (Criterion::Drift, figure(0.1, 0.1, 0.1)),
            (Criterion::Stability, figure(0.01, 0.01, 0.01)),
            (Criterion::Latency, figure(3.0, 3.0, 3.0)),
            (Criterion::Card, figure(0.0, 0.0, 0.0)),
        ]
    }

    #[test]
    fn every_criterion_that_fails_or_is_missing_where_it_is_needed_holds_the_version_back() {
        let judged =
            |found: &[(Criterion, Found)]| judge(&policy(ModelKind::Stage), String::new(), 9, found).passed;
        assert!(judged(&good()));
        for at in 0..good().len() {
            let mut bad = good();
            let criterion = bad[at].0;
            bad[at].1 = match criterion.held() {
                Held::LowAtLeast => figure(0.2, -0.02, 0.3),
                Held::HighAtLeast => figure(0.5, 0.4, 0.6),
                Held::ValueAtMost | Held::HighAtMost | Held::LowAtMost => figure(2_000.0, 2_000.0, 2_000.0),
            };
            assert!(!judged(&bad), "{criterion}");
            bad[at].1 = figure(f64::NAN, f64::NAN, f64::NAN);
            assert!(!judged(&bad), "{} is no number", bad[at].0);
            let needed = policy(ModelKind::Stage).rules[at].need == Need::Always;
            bad[at].1 = Found::Figure(Evidence::Insufficient { n: 3, needed: 9 });
            assert_eq!(judged(&bad), !needed, "{} with too few rows", bad[at].0);
        }
        assert!(!judged(&[]));
        let empty = GatePolicy { rules: Vec::new(), ..policy(ModelKind::Stage) };
        assert!(
            !judge(&empty, String::new(), 9, &good()).passed,
            "a gate without rules lets nothing through"
        );
    }

    fn ask() -> Ask<'static> {
        Ask {
            from: ModelState::Validated,
            to: ModelState::Live,
            share: 0,
            content_hash: "ab",
            maker: PersonId(1),
            person: Some(PersonId(2)),
            entitled: true,
            gate: Some(PassedGate { id: 7, content_hash: "ab", policy: 3, passed: true }),
            policy: 3,
        }
    }

    #[test]
    fn nothing_acts_without_a_passed_gate_of_today_and_a_person_who_did_not_make_it() {
        assert_eq!(clear(&ask()).unwrap().gate(), Some(7));
        let gate = ask().gate.unwrap();
        let refused = |ask: Ask<'_>| clear(&ask).unwrap_err();
        assert_eq!(refused(Ask { gate: None, ..ask() }), NoMove::NotPassed);
        assert_eq!(
            refused(Ask { gate: Some(PassedGate { passed: false, ..gate }), ..ask() }),
            NoMove::NotPassed
        );
        assert_eq!(refused(Ask { content_hash: "cd", ..ask() }), NoMove::Changed);
        assert_eq!(refused(Ask { policy: 4, ..ask() }), NoMove::OldGate);
        assert_eq!(refused(Ask { person: None, ..ask() }), NoMove::NoPerson);
        assert_eq!(refused(Ask { person: Some(PersonId(1)), ..ask() }), NoMove::Maker);
        assert_eq!(refused(Ask { entitled: false, ..ask() }), NoMove::NotEntitled);
        for share in [0, 51, -1] {
            assert_eq!(refused(Ask { to: ModelState::Canary, share, ..ask() }), NoMove::Share);
        }
        assert_eq!(clear(&Ask { to: ModelState::Canary, share: 10, ..ask() }).unwrap().share(), 10);
    }

    #[test]
    fn no_way_leads_from_candidate_to_acting_but_through_validated() {
        for from in ModelState::ALL {
            for to in ModelState::ALL {
                let asked = Ask { from: *from, to: *to, share: 5, ..ask() };
                assert_eq!(clear(&asked).is_ok(), from.may_become(*to), "{from} to {to}");
            }
        }
        for to in [ModelState::Shadow, ModelState::Canary, ModelState::Live] {
            assert!(!ModelState::Candidate.may_become(to));
        }
    }

    #[test]
    fn the_system_may_take_back_and_never_let_act() {
        for from in ModelState::ALL {
            for to in ModelState::ALL.iter().filter(|to| from.may_become(**to)) {
                let asked = Ask { from: *from, to: *to, share: 5, person: None, ..ask() };
                assert_eq!(clear(&asked).is_ok(), to.slot().is_none(), "{from} to {to}");
            }
        }
    }
}
