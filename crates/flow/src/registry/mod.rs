//! The registry of AI: which versions there are, what they passed, who let which one act, and whether the rows that
//! say so are the ones this installation wrote.
//!
//! Goes in: rows of the store, the key of the installation, the anchor. Comes out: a [`Registry`] with every fault it
//! found. A model with a fault does not act. Deliberately absent: measuring (`gate`), moving (`steps`), words (`view`).
//!
//! Architecture invariant: nothing else reads an alias, and a model reaches a stage through [`App::acting`] alone.

mod brought;
mod built_in;
mod canary;
mod evidence;
mod gate;
mod seal;
mod steps;
mod trial;
mod view;
mod watch;

pub use brought::About;
pub(crate) use brought::is_brought;
pub use canary::{CanaryReport, Guardrail};
pub use gate::GateText;
pub use policy::deploy_gate::{LARGEST_SHARE, NoMove};
pub use science::calibration::Quality;
pub use science::drift::Shift;
pub use steps::Step;
pub use terms::model::Guard;
pub(crate) use trial::{VALUE_TEST_DAYS, ValueTrial};
pub use view::{GateLineView, ModelLine, ModelView, ModelsView, MoveLine};
pub use watch::{DriftLine, DriftReport, ShadowReport};

use std::collections::BTreeMap;

use terms::ids::ModelId;
use terms::model::{ModelAlias, ModelKind, ModelMove, ModelSlot, ModelState, ModelVersion};

use crate::app::App;
use crate::artifact::{Artifact, Fitted, read_artifact, text_of};
use crate::error::{Error, Result};
use seal::{Anchor, Head, Sealer};

/// Something in the registry that this installation did not write so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The capability; none when it is about all of them.
    pub name: Option<String>,
    /// What, and what to do next.
    pub message: String,
}

/// The registry as it was read, with its faults.
pub(crate) struct Registry {
    pub(crate) versions: Vec<ModelVersion>,
    pub(crate) moves: Vec<ModelMove>,
    pub(crate) aliases: Vec<ModelAlias>,
    pub(crate) faults: Vec<Fault>,
}

/// A model that takes part, with its label and the share it decides for.
pub(crate) struct Acting<M> {
    pub(crate) label: String,
    pub(crate) artifact: Artifact<M>,
    /// In percent; 100 for the live one.
    pub(crate) share: i64,
}

/// What decides under a name.
pub(crate) struct Capability<M> {
    pub(crate) live: Option<Acting<M>>,
    pub(crate) canary: Option<Acting<M>>,
}

impl Registry {
    fn fault(&mut self, name: Option<&str>, message: String) {
        self.faults.push(Fault { name: name.map(str::to_owned), message });
    }

    /// Why nothing of this name may act, if so.
    pub(crate) fn fault_of(&self, name: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.name.as_deref().is_none_or(|of| of == name))
    }

    /// A version by its label.
    pub(crate) fn version(&self, label: &str) -> Option<&ModelVersion> {
        self.versions.iter().find(|version| version.label() == label)
    }

    /// The alias of a slot, when nothing is wrong with the name.
    pub(crate) fn alias(&self, name: &str, slot: ModelSlot) -> Option<&ModelAlias> {
        self.aliases.iter().find(|alias| alias.name == name && alias.slot == slot)
    }

    /// Moves of a version, the latest first.
    pub(crate) fn moves_of(&self, id: ModelId) -> impl Iterator<Item = &ModelMove> {
        self.moves.iter().rev().filter(move |step| step.model == id)
    }

    /// Whether a version acted before, so that letting it act again comes back to what was decided then.
    pub(crate) fn comes_back(&self, version: &ModelVersion) -> bool {
        version.state == ModelState::Retired
            && self.moves_of(version.id).any(|step| step.to == ModelState::Live)
    }

    fn check(&mut self, sealer: &Sealer, anchor: Option<&Anchor>) -> Result<()> {
        let mut before = String::new();
        for step in &self.moves {
            if step.seal != sealer.step(step, &before)? {
                let message = format!(
                    "move {} of the registry is not as it was written, or moves before it are missing; no model acts \
                     until the database is restored",
                    step.id
                );
                self.fault(None, message);
                break;
            }
            before.clone_from(&step.seal);
        }
        let head = Head::of(self.moves.last());
        let anchored = anchor.map_or(head.id == 0, |anchor| anchor.holds(&head));
        if !anchored {
            let message = "the registry is not the one this installation last wrote: moves are missing, or were added; \
                           no model acts until the database is restored";
            self.fault(None, message.to_owned());
        }
        let mut last: BTreeMap<i64, ModelMove> = BTreeMap::new();
        for step in &self.moves {
            last.insert(step.model.0, step.clone());
        }
        let mut wanted: BTreeMap<(String, ModelSlot), ModelMove> = BTreeMap::new();
        for version in self.versions.clone() {
            // What was made before there were seals acts no more and can be fitted again.
            let old = version.seal.is_empty() && version.state == ModelState::Retired;
            if !old && version.seal != sealer.version(&version)? {
                let label = version.label();
                self.fault(
                    Some(&version.name),
                    format!("`{label}` is not as it was registered; nothing of it acts"),
                );
            }
            if old || version.kind.is_built_in() {
                continue;
            }
            let step = last.get(&version.id.0);
            let state = step.map_or(ModelState::Candidate, |step| step.to);
            let share = step.map_or(0, |step| step.share);
            if (state, share) != (version.state, version.share) {
                let message = format!(
                    "`{}` is marked `{}` and nobody made it so; nothing of it acts",
                    version.label(),
                    version.state
                );
                self.fault(Some(&version.name), message);
            }
            if let (Some(step), Some(slot)) = (step, state.slot()) {
                wanted.insert((version.name.clone(), slot), step.clone());
            }
        }
        for alias in self.aliases.clone() {
            let step = wanted.remove(&(alias.name.clone(), alias.slot));
            let led = step.is_some_and(|step| {
                (step.model, step.id, step.gate, step.share, &step.content_hash)
                    == (alias.model, alias.moved, Some(alias.gate), alias.share, &alias.content_hash)
            });
            if !led || alias.seal != sealer.alias(&alias)? {
                let message = format!(
                    "the alias `{}` ({}) was changed behind the registry; nothing of it acts",
                    alias.name, alias.slot
                );
                self.fault(Some(&alias.name), message);
            }
        }
        for (name, slot) in wanted.into_keys() {
            self.fault(Some(&name), format!("the alias `{name}` ({slot}) is missing; nothing of it acts"));
        }
        Ok(())
    }
}

impl App {
    /// Reads the registry and holds it against its seals.
    pub(crate) async fn registry(&self) -> Result<Registry> {
        let sealer = self.sealer()?;
        // All of it at one moment: a promotion in between would look like a fault.
        let mut moment = self.store().read_one_moment().await?;
        let mut registry = Registry {
            versions: moment.models().await?,
            moves: moment.model_moves().await?,
            aliases: moment.model_aliases().await?,
            faults: Vec::new(),
        };
        // The anchor is written ahead of the commit, so it is never behind what was just read; read again when it moved
        // on meanwhile.
        let anchor = self.anchor()?;
        let head = Head::of(registry.moves.last());
        if let Some(anchor) = anchor.as_ref().filter(|anchor| !anchor.holds(&head)) {
            let now = self.store().last_model_move().await?;
            if Head::of(now.as_ref()) != head && anchor.holds(&Head::of(now.as_ref())) {
                drop(moment);
                return Box::pin(self.registry()).await;
            }
        }
        registry.check(&sealer, anchor.as_ref())?;
        let (aliases, versions) = (registry.aliases.clone(), registry.versions.clone());
        for alias in aliases {
            let gates = moment.model_gates(alias.model).await?;
            let gate = gates.iter().find(|gate| gate.id == alias.gate);
            let holds = match gate {
                Some(gate) => {
                    gate.passed
                        && gate.content_hash == alias.content_hash
                        && gate.seal == sealer.gate(gate)?
                }
                None => false,
            };
            if !holds {
                let label =
                    versions.iter().find(|version| version.id == alias.model).map(ModelVersion::label);
                let label = label.unwrap_or_default();
                registry.fault(
                    Some(&alias.name),
                    format!("the gate that `{label}` passed is not as it was recorded"),
                );
            }
        }
        Ok(registry)
    }

    /// Everything that is wrong with the registry, files included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn registry_faults(&self) -> Result<Vec<Fault>> {
        let registry = self.registry().await?;
        let mut faults = registry.faults.clone();
        for version in registry.versions.iter().filter(|version| !version.kind.is_built_in()) {
            if let Err(error) = text_of(&self.home().models(), version) {
                faults.push(Fault { name: Some(version.name.clone()), message: error.to_string() });
            }
        }
        Ok(faults)
    }

    /// Which versions take part, by name and slot: those a stage would be given now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn acting_labels(&self) -> Result<Vec<(String, ModelSlot)>> {
        let registry = self.registry().await?;
        let mut labels = Vec::new();
        for alias in registry.aliases.iter().filter(|alias| registry.fault_of(&alias.name).is_none()) {
            let version = registry.versions.iter().find(|version| version.id == alias.model);
            let Some(version) = version else { continue };
            if text_of(&self.home().models(), version).is_ok() {
                labels.push((version.label(), alias.slot));
            }
        }
        Ok(labels)
    }

    /// What decides under a name. Anything that is not as this installation wrote it does not.
    pub(crate) async fn acting<M: Fitted>(&self, kind: ModelKind) -> Result<Capability<M>> {
        let name = kind.as_str();
        // The switch that stops all AI: asked each time, and an answer that does not come is no permission.
        if self.ai_stopped().await?.is_some() {
            return Ok(Capability { live: None, canary: None });
        }
        let registry = self.registry().await?;
        if let Some(fault) = registry.fault_of(name) {
            return Err(Error::Model { message: fault.message.clone() });
        }
        let load = |slot, share: fn(&ModelAlias) -> i64| -> Result<Option<Acting<M>>> {
            let Some(alias) = registry.alias(name, slot) else { return Ok(None) };
            let version = registry.versions.iter().find(|version| version.id == alias.model);
            let Some(version) = version else { return Ok(None) };
            let artifact = read_artifact(&self.home().models(), version)?;
            Ok(Some(Acting { label: version.label(), artifact, share: share(alias) }))
        };
        Ok(Capability {
            live: load(ModelSlot::Live, |_| 100)?,
            canary: load(ModelSlot::Canary, |alias| alias.share)?,
        })
    }

    /// The model that runs beside the live one, if there is one.
    pub(crate) async fn shadow<M: Fitted>(&self, kind: ModelKind) -> Result<Option<Acting<M>>> {
        if self.ai_stopped().await?.is_some() {
            return Ok(None);
        }
        let registry = self.registry().await?;
        if registry.fault_of(kind.as_str()).is_some() {
            return Ok(None);
        }
        let alias = registry.alias(kind.as_str(), ModelSlot::Shadow);
        let version =
            alias.and_then(|alias| registry.versions.iter().find(|version| version.id == alias.model));
        let Some(version) = version else { return Ok(None) };
        Ok(Some(Acting {
            label: version.label(),
            artifact: read_artifact(&self.home().models(), version)?,
            share: 0,
        }))
    }
}

/// Whether a canary decides for this customer: always the same ones for a version, others for another.
#[must_use]
pub fn in_canary(label: &str, share: i64, customer: &str) -> bool {
    let seed = science::hash::seeded_hash(0, label.as_bytes());
    science::hash::unit_interval(science::hash::seeded_hash(seed, customer.as_bytes())) * 100.0 < share as f64
}
