//! The registry as pages and commands show it: every capability, what acts, what waits, what it passed, who decided.
//!
//! Goes in: the registry. Comes out: view structs. Deliberately absent: words in a language, and any way to change it.

use std::collections::BTreeMap;

use serde::Serialize;
use terms::gate::{GateLine, GatePolicy, GateReport};
use terms::model::{ModelCard, ModelKind, ModelSlot, ModelState, ModelVersion};
use terms::person::Person;
use terms::time::Instant;

use super::{CanaryReport, DriftReport, Fault, Registry, ShadowReport};
use crate::access::{Permission, on_model};
use crate::app::App;
use crate::artifact::{Artifact, Lineage, read_artifact};
use crate::error::{Error, Result};

/// A version of the registry, without its parameters.
#[derive(Debug, Clone, Serialize)]
pub struct ModelLine {
    /// Name and version, such as `stage@3`.
    pub label: String,
    /// What it is.
    pub kind: ModelKind,
    /// Capability.
    pub name: String,
    /// State.
    pub state: ModelState,
    /// Share of a canary, in percent.
    pub share: i64,
    /// SHA-256 of its file, hexadecimal; the file's name without `.json`.
    pub content_hash: String,
    /// When it was made.
    pub made_at: Instant,
    /// Who answers for it.
    pub responsible: String,
    /// What it was fitted on; none when the file cannot be read, or it was not fitted here.
    pub lineage: Option<Lineage>,
    /// How it did on data it had not seen.
    pub evaluation: serde_json::Value,
    /// Whether its last gate passed; none before it went through one.
    pub passed: Option<bool>,
    /// Why it cannot act, if so.
    pub problem: Option<String>,
}

/// A gate's line with its place among those of the version that acts, for champion and challenger side by side.
#[derive(Debug, Clone, Serialize)]
pub struct GateLineView {
    /// The line.
    #[serde(flatten)]
    pub line: GateLine,
    /// The same criterion in the last gate of the version that acts.
    pub present: Option<GateLine>,
}

/// A move, with names.
#[derive(Debug, Clone, Serialize)]
pub struct MoveLine {
    /// When.
    pub at: Instant,
    /// Which version.
    pub label: String,
    /// From.
    pub from: ModelState,
    /// To.
    pub to: ModelState,
    /// Share of a canary, in percent.
    pub share: i64,
    /// Who decided; none for the system by itself.
    pub person: Option<String>,
    /// Why.
    pub reason: String,
}

/// All of them.
#[derive(Debug, Clone, Serialize)]
pub struct ModelsView {
    /// Versions, by name, newest first.
    pub models: Vec<ModelLine>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Versions that passed and wait for a person, as labels.
    pub waiting: Vec<String>,
    /// The last moves, latest first.
    pub moves: Vec<MoveLine>,
    /// Whether the stages are scored at all.
    pub scored: bool,
    /// Drift of the versions that act, as label, what was seen last, whether somebody should look, and what was seen before.
    pub drift: Vec<(String, DriftReport, bool, Vec<DriftReport>)>,
    /// People who could let a model act, by name: they may, and answer for none that waits. Empty where nobody could.
    pub deciders: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub struct ModelView {
    /// The version.
    pub line: ModelLine,
    /// Its card.
    pub card: ModelCard,
    /// What it passed last, if anything.
    pub gate: Option<GateReport>,
    /// When.
    pub gate_at: Option<Instant>,
    /// Its lines beside those of the version that acts.
    pub gate_lines: Vec<GateLineView>,
    /// The version that acts, when it is another one.
    pub present: Option<String>,
    /// The rules that stand.
    pub policy: GatePolicy,
    /// Whether the rules changed since.
    pub gate_is_old: bool,
    /// Its moves, latest first.
    pub moves: Vec<MoveLine>,
    /// Moves that this reader could ask for.
    pub steps: Vec<ModelState>,
    /// Whether this reader answers for it and so cannot let it act.
    pub own: bool,
    /// Whether another version acted before this one, which acts.
    pub can_roll_back: bool,
    /// Drift since it was made, when it acts, and whether somebody should look.
    pub drift: Option<(DriftReport, bool)>,
    /// What was seen of it before, the oldest first.
    pub drift_before: Vec<DriftReport>,
    /// Beside the live one, when it is a shadow.
    pub shadow: Option<(ShadowReport, bool)>,
    /// Its guardrail, when it is or was a canary.
    pub canary: Option<(CanaryReport, bool)>,
}

impl App {
    fn line(
        &self,
        version: &ModelVersion,
        people: &[Person],
        registry: &Registry,
        passed: Option<bool>,
    ) -> ModelLine {
        let fitted = !version.kind.is_built_in();
        let loaded = fitted.then(|| read_artifact::<serde_json::Value>(&self.home().models(), version));
        let (lineage, problem) = match loaded {
            Some(Ok(Artifact { lineage, .. })) => (Some(lineage), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let fault = registry.fault_of(&version.name).map(|fault| fault.message.clone());
        let acts = version.state.slot().is_some();
        ModelLine {
            label: version.label(),
            kind: version.kind,
            name: version.name.clone(),
            state: version.state,
            share: version.share,
            content_hash: version.content_hash.clone(),
            made_at: version.made_at,
            responsible: name_of(people, version.responsible).unwrap_or_default(),
            lineage,
            evaluation: serde_json::from_str(&version.evaluation).unwrap_or_default(),
            passed,
            problem: problem.or(fault.filter(|_| acts)),
        }
    }

    /// Every version in the registry, each checked against its file and its seals.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn models(&self) -> Result<Vec<ModelLine>> {
        Ok(self.models_view().await?.models)
    }

    /// The registry.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn models_view(&self) -> Result<ModelsView> {
        let people = self.store().people().await?;
        let registry = self.registry().await?;
        let mut models = Vec::new();
        for version in &registry.versions {
            let passed = self.store().model_gates(version.id).await?.first().map(|gate| gate.passed);
            models.push(self.line(version, &people, &registry, passed));
        }
        let waiting = newest_waiting(&models);
        let labels: BTreeMap<i64, String> = registry.versions.iter().map(|v| (v.id.0, v.label())).collect();
        let scored =
            registry.fault_of("stage").is_none() && registry.alias("stage", ModelSlot::Live).is_some();
        let moves =
            registry.moves.iter().rev().take(30).map(|step| move_line(step, &labels, &people)).collect();
        let mut drift = Vec::new();
        for version in registry.versions.iter().filter(|v| v.state == ModelState::Live) {
            if let Some((report, alarm)) = self.watched_of(version.id, "drift").await? {
                drift.push((version.label(), report, alarm, self.drift_before(version.id).await?));
            }
        }
        let answers = self.responsible().await?;
        let decides = |person: &&Person| self.may(person, Permission::PromoteModels) && person.id != answers;
        let deciders = people.iter().filter(decides).map(|person| person.name.clone()).collect();
        Ok(ModelsView { waiting, moves, scored, faults: registry.faults, models, drift, deciders })
    }

    /// One version as this reader may see and move it.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a version.
    pub async fn model_view(&self, person: &Person, label: &str) -> Result<ModelView> {
        let people = self.store().people().await?;
        let registry = self.registry().await?;
        let version = registry.version(label).ok_or(Error::NotFound)?;
        let gates = self.store().model_gates(version.id).await?;
        let report = |gate: &terms::gate::GateRecord| serde_json::from_str::<GateReport>(&gate.report).ok();
        let last = gates.first();
        let gate = last.and_then(report);
        let live = registry.versions.iter().find(|v| v.name == version.name && v.state == ModelState::Live);
        let live = live.filter(|live| live.id != version.id);
        let present = match live {
            Some(live) => self.store().model_gates(live.id).await?.first().and_then(report),
            None => None,
        };
        let of = |line: &GateLine| {
            let lines = present.as_ref().map(|report| report.lines.as_slice()).unwrap_or_default();
            lines.iter().find(|other| other.criterion == line.criterion).copied()
        };
        let lines = gate.as_ref().map(|report| report.lines.as_slice()).unwrap_or_default();
        let gate_lines = lines.iter().map(|line| GateLineView { line: *line, present: of(line) }).collect();
        let policy = self.gate_policy(version.kind).await?;
        let promotes = self.may(person, Permission::PromoteModels);
        let takes_back = self.may_on(person, Permission::Halt, &on_model(version, false), None);
        let own = version.responsible == person.id;
        let may = |to: &ModelState| {
            version.state.may_become(*to)
                && match to.slot() {
                    Some(_) => promotes && !own,
                    None => *to == ModelState::Retired && takes_back,
                }
        };
        let steps = match version.kind.is_built_in() {
            true => Vec::new(),
            false => ModelState::ALL.iter().copied().filter(may).collect(),
        };
        let labels: BTreeMap<i64, String> = registry.versions.iter().map(|v| (v.id.0, v.label())).collect();
        let moves = registry.moves_of(version.id).map(|step| move_line(step, &labels, &people)).collect();
        let before = registry.moves.iter().any(|step| {
            step.name == version.name
                && step.from == ModelState::Live
                && registry.versions.iter().any(|v| v.id == step.model && v.state == ModelState::Retired)
        });
        Ok(ModelView {
            drift: self.watched_of(version.id, "drift").await?,
            drift_before: self.drift_before(version.id).await?,
            shadow: self.watched_of(version.id, "shadow").await?,
            canary: self.watched_of(version.id, "canary").await?,
            line: self.line(version, &people, &registry, last.map(|gate| gate.passed)),
            card: version.card.clone(),
            gate_at: last.map(|gate| gate.at),
            gate_is_old: last.is_some_and(|gate| gate.policy != policy.version),
            gate,
            gate_lines,
            present: live.map(ModelVersion::label),
            policy,
            moves,
            steps,
            own,
            can_roll_back: version.state == ModelState::Live && before && promotes,
        })
    }
}

/// The newest version of each name, where it waits for a person.
fn newest_waiting(models: &[ModelLine]) -> Vec<String> {
    let mut seen: Vec<&str> = Vec::new();
    let mut waiting = Vec::new();
    for model in models {
        if seen.contains(&model.name.as_str()) {
            continue;
        }
        seen.push(&model.name);
        if model.state == ModelState::Validated {
            waiting.push(model.label.clone());
        }
    }
    waiting
}

fn name_of(people: &[Person], id: terms::ids::PersonId) -> Option<String> {
    people.iter().find(|person| person.id == id).map(|person| person.name.clone())
}

fn move_line(step: &terms::model::ModelMove, labels: &BTreeMap<i64, String>, people: &[Person]) -> MoveLine {
    MoveLine {
        at: step.at,
        label: labels.get(&step.model.0).cloned().unwrap_or_default(),
        from: step.from,
        to: step.to,
        share: step.share,
        person: step.person.and_then(|id| name_of(people, id)),
        reason: step.reason.clone(),
    }
}
