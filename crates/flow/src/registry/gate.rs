//! Gates as data, and running one: figures of a version held against the rules that stand, recorded and sealed.
//!
//! Goes in: a version; or rules a person wrote for a kind, with a reason. Comes out: a recorded gate, and the version
//! validated when it passed, a candidate again when it did not; or the next version of the rules. Deliberately absent:
//! letting anything act.

use std::sync::Arc;

use policy::deploy_gate;
use science::lifecycle::model::StageModel;
use science::rate::wilson;
use science::value::ValueModel;
use terms::customer::Language;
use terms::gate::{Criterion, Found, GatePolicy, GateRecord, GateReport, GateRule, ScoreByGroup};
use terms::house::CueKind;
use terms::ledger::Action;
use terms::model::{ModelKind, ModelState, ModelVersion};
use terms::monitoring::Writer;
use terms::person::{Actor, Person};
use terms::time::Instant;

use super::evidence::{self, Evidenced, plain};
use super::trial::ValueTrial;
use crate::access::Permission;
use crate::app::{App, json_text};
use crate::artifact::read_artifact;
use crate::error::{Error, Result};
use crate::lawful::Fitting;
use crate::problem::Problem;
use crate::stages::lifecycle::{purchase_log, training_table};

/// Drafts before a rate of them is told.
const FEWEST_DRAFTS: u64 = 20;
/// Judged sentences before a rate of them is told.
const FEWEST_SENTENCES: u64 = 20;

/// The name in the registry of a cue that people's verdicts are about.
fn cue_name(language: Language, cue: CueKind) -> String {
    let suffix = match cue {
        CueKind::Any => "",
        CueKind::Orders => ".orders",
    };
    format!("cues.{language}{suffix}")
}

/// Rules of a gate as somebody writes them.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct GateText {
    /// Version they were read at.
    pub base: i64,
    /// Rules.
    pub rules: Vec<GateRule>,
    /// Why they change.
    pub reason: String,
}

impl App {
    /// The gate of a kind as it stands: what a person last wrote, or the built-in one.
    pub(crate) async fn gate_policy(&self, kind: ModelKind) -> Result<GatePolicy> {
        match self.store().gate_policy(kind).await? {
            Some(policy) if policy.seal == self.sealer()?.policy(&policy)? => {
                Ok(GatePolicy { rules: deploy_gate::complete(kind, policy.rules.clone()), ..policy })
            }
            Some(_) => {
                let message =
                    format!("the gate of `{kind}` was changed behind the registry; nothing passes it");
                Err(Error::Model { message })
            }
            None => Ok(GatePolicy {
                kind,
                version: 0,
                rules: deploy_gate::built_in(kind),
                person: None,
                reason: String::new(),
                at: Instant(0),
                seal: String::new(),
            }),
        }
    }

    /// The gate of a kind as somebody would write it.
    ///
    /// # Errors
    /// When the store fails, or the gate is not as it was written.
    pub async fn gate_rules(&self, kind: ModelKind) -> Result<GateText> {
        let policy = self.gate_policy(kind).await?;
        Ok(GateText { base: policy.version, rules: policy.rules, reason: policy.reason })
    }

    /// Writes the gate of a kind.
    ///
    /// # Errors
    /// [`Problem::Stale`] when somebody else wrote one, [`Error::Invalid`] for rules that are no gate.
    pub async fn set_gate(&self, person: &Person, kind: ModelKind, text: &GateText) -> Result<i64> {
        let granted = self.needs(person, Permission::KeepGates)?;
        if let Some(fault) = deploy_gate::fault(kind, &text.rules) {
            return Err(Error::Invalid { message: fault });
        }
        let reason = text.reason.trim();
        if reason.chars().count() < 10 {
            return Err(Problem::NoReasonForGate.into());
        }
        let mut policy = GatePolicy {
            kind,
            version: text.base + 1,
            rules: text.rules.clone(),
            person: Some(person.id),
            reason: reason.to_owned(),
            at: self.now(),
            seal: String::new(),
        };
        policy.seal = self.sealer()?.policy(&policy)?;
        let before = self.gate_policy(kind).await?;
        if before.version != text.base {
            return Err(Problem::Stale.into());
        }
        let mut tx = self.store().begin().await?;
        tx.add_gate_policy(&policy).await?;
        let payload = serde_json::json!({ "version": policy.version, "rules": policy.rules, "before": before.rules,
            "reason": policy.reason });
        tx.append_entries(&[self.entry(
            granted.actor(),
            Action::GateChanged,
            format!("gate/{kind}"),
            payload,
        )])
        .await?;
        tx.commit().await?;
        Ok(policy.version)
    }

    /// Runs the gate of a version again, as a person.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a version, [`Error::Forbidden`] for who may not.
    pub async fn rerun_gate(&self, person: &Person, label: &str) -> Result<GateReport> {
        let granted = self.needs(person, Permission::PromoteModels)?;
        self.needs_ai().await?;
        let registry = self.registry().await?;
        let version = registry.version(label).ok_or(Error::NotFound)?.clone();
        self.run_gate(&version, granted.actor()).await
    }

    /// Figures of a version, from the data as they were when it was made.
    pub(super) async fn evidence(&self, version: &ModelVersion) -> Result<(Evidenced, Vec<ScoreByGroup>)> {
        let fitting = Arc::new(self.lawful::<Fitting>().await?);
        let lake = self.lake().clone();
        let models = self.home().models();
        let mut found = match version.kind {
            ModelKind::Stage => {
                let artifact = read_artifact::<StageModel>(&models, version)?;
                // What acts is read as the stages read it; what cannot act is nothing to be better than.
                let present =
                    self.acting::<StageModel>(ModelKind::Stage).await.ok().and_then(|acting| acting.live);
                let present = present.filter(|present| present.label != version.label());
                blocking(move || {
                    let lineage = &artifact.lineage;
                    let Some(table) = training_table(&lake, lineage.rule, lineage.as_of, &fitting)? else {
                        return Ok(None);
                    };
                    let present = present.as_ref().map(|present| &present.artifact);
                    evidence::of_stage(&lake, &fitting, &table, &artifact, present).map(Some)
                })
                .await?
            }
            ModelKind::Value => {
                let artifact = read_artifact::<ValueModel>(&models, version)?;
                blocking(move || {
                    let log = purchase_log(&lake, &fitting, artifact.lineage.as_of)?;
                    let Some(trial) = ValueTrial::of(&log, artifact.lineage.as_of) else { return Ok(None) };
                    evidence::of_value(&lake, &fitting, &trial, &artifact).map(Some)
                })
                .await?
            }
            ModelKind::Texts => Some(self.evidence_of_texts().await?),
            ModelKind::Cues => Some(self.evidence_of_cues(&version.name).await?),
        }
        .unwrap_or_else(|| Evidenced {
            data_hash: String::new(),
            rows: 0,
            found: Vec::new(),
            scored: Vec::new(),
        });
        let mut by_group = Vec::new();
        if !version.kind.is_built_in() {
            let (fairness, tables) = self.score_by_group(&version.label(), &found.scored).await?;
            found.found.extend(fairness);
            by_group = tables;
        }
        found.found.push((Criterion::Card, plain(version.card.missing().len() as f64, 1)));
        Ok((found, by_group))
    }

    /// What a learned cue shows and misses of the sentences that people of this house judged.
    async fn evidence_of_cues(&self, name: &str) -> Result<Evidenced> {
        let calibration = self.guard_calibration().await?;
        let of = calibration.cues.iter().find(|cue| name == cue_name(cue.language, cue.cue));
        let (mut found, mut rows) = (Vec::new(), 0);
        if let Some(cue) = of {
            let share = |hits, n| Found::Figure(wilson(hits, n, FEWEST_SENTENCES, 0.95));
            let missed = cue.positives.saturating_sub(cue.caught.0);
            found.push((Criterion::CueMisses, share(missed, cue.positives)));
            found.push((Criterion::CueFalse, share(cue.shown.0, cue.negatives)));
            rows = cue.positives + cue.negatives;
        }
        Ok(Evidenced { data_hash: calibration.rules_version, rows, found, scored: Vec::new() })
    }

    /// Whether the texts that campaigns start from may be used: not after they failed their gate, until they pass it.
    pub(crate) async fn texts_may_be_used(&self) -> Result<()> {
        // A new house has not run any job that would have entered what is a part of the program.
        self.register_built_in().await?;
        let versions = self.store().models().await?;
        let library = versions
            .iter()
            .find(|version| version.kind == ModelKind::Texts && version.state == ModelState::Live);
        let Some(library) = library else { return Err(Problem::TextsHeld.into()) };
        let gates = self.store().model_gates(library.id).await?;
        let sealer = self.sealer()?;
        match gates.first() {
            Some(gate) if !gate.passed || gate.seal != sealer.gate(gate)? => Err(Problem::TextsHeld.into()),
            _ => Ok(()),
        }
    }

    /// What the guard said of drafts that begin with our texts, and people of a sample of them.
    async fn evidence_of_texts(&self) -> Result<Evidenced> {
        let monitor = self.guard_monitor().await?;
        let line =
            monitor.writers.iter().find(|line| line.writer == Some(Writer::Template) && line.month.is_none());
        let mut found = Vec::new();
        if let Some(line) = line {
            let passed = wilson(line.drafts.saturating_sub(line.held), line.drafts, FEWEST_DRAFTS, 0.95);
            found.push((Criterion::GuardPass, Found::Figure(passed)));
            found.push((Criterion::Hallucination, Found::Figure(line.after)));
        }
        let rows = line.map_or(0, |line| line.drafts);
        Ok(Evidenced { data_hash: String::new(), rows, found, scored: Vec::new() })
    }

    /// Runs the gate of a version, records it, and validates the version when it passed.
    pub(crate) async fn run_gate(&self, version: &ModelVersion, who: Actor) -> Result<GateReport> {
        let policy = self.gate_policy(version.kind).await?;
        let (Evidenced { data_hash, rows, found, .. }, by_group) = self.evidence(version).await?;
        let report = GateReport { by_group, ..deploy_gate::judge(&policy, data_hash, rows, &found) };
        let sealer = self.sealer()?;
        let mut tx = self.store().begin().await?;
        let version = tx.model(version.id).await?;
        let mut gate = GateRecord {
            id: tx.next_gate().await?,
            model: version.id,
            content_hash: version.content_hash.clone(),
            policy: policy.version,
            passed: report.passed,
            report: json_text(&report)?,
            at: self.now(),
            seal: String::new(),
        };
        gate.seal = sealer.gate(&gate)?;
        tx.add_gate(&gate).await?;
        let object = format!("model/{}", version.label());
        let payload = serde_json::json!({ "model": version.label(), "content": version.content_hash, "gate": gate.id,
            "policy": gate.policy, "passed": gate.passed, "report": report });
        tx.append_entries(&[self.entry(who.clone(), Action::ModelGated, object, payload)]).await?;
        let to = match (version.state, report.passed) {
            (ModelState::Candidate, true) => Some(ModelState::Validated),
            (ModelState::Validated, false) => Some(ModelState::Candidate),
            _ => None,
        };
        match to {
            Some(to) => {
                let cleared = self.cleared(&mut tx, &version, to, 0, None, false).await?;
                let reason = if report.passed { "passed its gates" } else { "fails a gate" };
                let made = self
                    .write_move(&mut tx, &version, &cleared, None, reason, who, Action::ModelMoved)
                    .await?;
                self.finish(tx, made).await?;
            }
            None => tx.commit().await?,
        }
        Ok(report)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}
