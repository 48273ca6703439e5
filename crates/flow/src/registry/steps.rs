//! Moves: what a person decides about a version, and what the system takes back by itself.
//!
//! Goes in: a person, a version, where to. Comes out: the move with its seal, the state and the aliases, in one
//! transaction with the entry of the ledger. Whether it may be is [`policy::deploy_gate::clear`]'s business; the schema
//! says it a second time.

use policy::deploy_gate::{Ask, Cleared, NoMove, PassedGate, clear};
use store::Tx;
use terms::ids::{ModelId, PersonId};
use terms::ledger::Action;
use terms::model::{ModelAlias, ModelMove, ModelState, ModelVersion};
use terms::person::{Actor, Person};

use super::seal::{Anchor, Head};
use crate::access::{Permission, on_model};
use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// A move a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which version, such as `stage@3`.
    pub label: String,
    /// Where to.
    pub to: ModelState,
    /// Share of a canary, in percent.
    pub share: i64,
    /// Why.
    pub reason: String,
}

/// A move that was made: where the anchor goes when it is durable.
pub(super) struct Made(Head);

impl App {
    /// Makes a move as a person. What lets a version act takes its place from the one before, which is retired.
    ///
    /// # Errors
    /// [`Problem::NoMove`] with the reason, [`Problem::NotCertified`] without a certificate that holds, [`Error::Forbidden`]
    /// for who may not even take back.
    pub async fn move_model(&self, person: &Person, step: &Step) -> Result<()> {
        let back = step.to.slot().is_none();
        let promotes = self.may(person, Permission::PromoteModels);
        if !back {
            self.needs(person, Permission::PromoteModels)?;
        }
        if step.to == ModelState::Candidate || step.to == ModelState::Validated {
            return Err(Problem::NoMove(NoMove::NotPassed).into());
        }
        if !back {
            self.needs_ai().await?;
        }
        let registry = self.registry().await?;
        let version = registry.version(&step.label).ok_or(Error::NotFound)?.clone();
        if version.kind.is_built_in() {
            return Err(Problem::BuiltInModel.into());
        }
        if let Some(fault) = registry.fault_of(&version.name) {
            return Err(Error::Model { message: fault.message.clone() });
        }
        let rolled = (step.to == ModelState::Live && version.state == ModelState::Retired)
            || (step.to == ModelState::Retired && version.state == ModelState::Canary);
        // Taking back what acts needs none, nor does letting one act again that did before.
        let again = registry.comes_back(&version);
        let trained = !back && !again;
        let permission = if back { Permission::Halt } else { Permission::PromoteModels };
        let granted = match self.needs_on(person, permission, on_model(&version, again)).await {
            Err(Error::Denied(denied)) if denied.is_by("own-model") => {
                return Err(Problem::NoMove(NoMove::Maker).into());
            }
            granted => granted?,
        };
        let by = Some(person.id);
        let mut tx = self.store().begin().await?;
        if trained {
            tx.certified(person.id, self.now()).await?;
        }
        // As it stands in this transaction, whoever else decided meanwhile.
        let version = tx.model(version.id).await?;
        let cleared = self.cleared(&mut tx, &version, step.to, step.share, by, promotes).await?;
        if let Some(slot) = step.to.slot() {
            let there =
                tx.model_aliases_of(&version.name).await?.into_iter().find(|alias| alias.slot == slot);
            if let Some(there) = there.filter(|there| there.model != version.id) {
                let there = tx.model(there.model).await?;
                let reason = format!("{} takes its place", version.label());
                let way_out = self.cleared(&mut tx, &there, ModelState::Retired, 0, by, true).await?;
                self.write_move(&mut tx, &there, &way_out, by, &reason, granted.actor(), Action::ModelMoved)
                    .await?;
            }
        }
        let action = match (step.to, rolled) {
            (_, true) => Action::ModelRolledBack,
            (ModelState::Live, _) => Action::ModelPromoted,
            _ => Action::ModelMoved,
        };
        let made =
            self.write_move(&mut tx, &version, &cleared, by, &step.reason, granted.actor(), action).await?;
        self.finish(tx, made).await
    }

    /// Takes the live version of a name back and lets the one before it act again; with a canary, takes the canary back.
    ///
    /// # Errors
    /// [`Problem::NothingBefore`] when nothing acted before the live one.
    pub async fn roll_back(&self, person: &Person, name: &str, reason: &str) -> Result<String> {
        let registry = self.registry().await?;
        let step = |label: String, to| Step { label, to, share: 0, reason: reason.to_owned() };
        let canary = registry.versions.iter().find(|v| v.name == name && v.state == ModelState::Canary);
        if let Some(canary) = canary {
            self.move_model(person, &step(canary.label(), ModelState::Retired)).await?;
            return Ok(canary.label());
        }
        let retired = |step: &&ModelMove| step.name == name && step.from == ModelState::Live;
        let mut before = registry.moves.iter().rev().filter(retired);
        let before = before.find_map(|step| {
            registry.versions.iter().find(|v| v.id == step.model && v.state == ModelState::Retired)
        });
        let label = before.ok_or(Problem::NothingBefore)?.label();
        self.move_model(person, &step(label.clone(), ModelState::Live)).await?;
        Ok(label)
    }

    /// Takes a canary back without a person, because what was watched of it went wrong.
    pub(super) async fn take_back(&self, id: ModelId, reason: &str) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let version = tx.model(id).await?;
        if version.state != ModelState::Canary {
            return Ok(());
        }
        let cleared = self.cleared(&mut tx, &version, ModelState::Retired, 0, None, false).await?;
        let actor = self.system("flow.registry").await?;
        let made = self
            .write_move(&mut tx, &version, &cleared, None, reason, actor, Action::ModelRolledBack)
            .await?;
        self.finish(tx, made).await
    }

    /// Decides about a move with what stands in this transaction.
    pub(super) async fn cleared(
        &self,
        tx: &mut Tx,
        version: &ModelVersion,
        to: ModelState,
        share: i64,
        person: Option<PersonId>,
        entitled: bool,
    ) -> Result<Cleared> {
        let sealer = self.sealer()?;
        if version.seal != sealer.version(version)? && to.slot().is_some() {
            return Err(Problem::NoMove(NoMove::Changed).into());
        }
        let gates = tx.model_gates(version.id).await?;
        let gate = match gates.first() {
            Some(gate) if gate.seal == sealer.gate(gate)? => Some(PassedGate {
                id: gate.id,
                content_hash: &gate.content_hash,
                policy: gate.policy,
                passed: gate.passed,
            }),
            _ => None,
        };
        let policy = tx.gate_policy(version.kind).await?.map_or(0, |policy| policy.version);
        let ask = Ask {
            from: version.state,
            to,
            share,
            content_hash: &version.content_hash,
            maker: version.responsible,
            person,
            entitled,
            gate,
            policy,
        };
        clear(&ask).map_err(|why| Problem::NoMove(why).into())
    }

    /// Writes one move with its seal and its entry.
    #[expect(clippy::too_many_arguments, reason = "one row of two tables and an entry, from two callers")]
    pub(super) async fn write_move(
        &self,
        tx: &mut Tx,
        version: &ModelVersion,
        cleared: &Cleared,
        person: Option<PersonId>,
        reason: &str,
        actor: Actor,
        action: Action,
    ) -> Result<Made> {
        let sealer = self.sealer()?;
        let before = tx.last_model_move().await?;
        let mut step = ModelMove {
            id: tx.next_move().await?,
            model: version.id,
            name: version.name.clone(),
            content_hash: version.content_hash.clone(),
            from: version.state,
            to: cleared.to(),
            share: cleared.share(),
            gate: cleared.gate(),
            person,
            reason: reason.trim().to_owned(),
            at: self.now(),
            seal: String::new(),
        };
        step.seal = sealer.step(&step, before.as_ref().map_or("", |before| &before.seal))?;
        let alias = match (step.to.slot(), step.gate) {
            (Some(slot), Some(gate)) => {
                let mut alias = ModelAlias {
                    name: version.name.clone(),
                    slot,
                    model: version.id,
                    content_hash: version.content_hash.clone(),
                    gate,
                    moved: step.id,
                    share: step.share,
                    seal: String::new(),
                };
                alias.seal = sealer.alias(&alias)?;
                Some(alias)
            }
            _ => None,
        };
        tx.make_move(&step, alias.as_ref()).await?;
        let object = format!("model/{}", version.label());
        let payload = serde_json::json!({ "model": version.label(), "content": version.content_hash, "from": step.from,
            "to": step.to, "share": step.share, "gate": step.gate, "reason": step.reason, "move": step.id });
        tx.append_entries(&[self.entry(actor, action, object, payload)]).await?;
        let head = Head::of(Some(&step));
        // What is durable is read beside this transaction, which is the only one that writes. The file goes ahead of the
        // commit: whichever of the two a kill leaves, it knows it.
        let durable = Head::of(self.store().last_model_move().await?.as_ref());
        let known = self.anchor()?.map_or(durable.id == 0, |anchor| {
            anchor.durable == durable || anchor.under_way.as_ref() == Some(&durable)
        });
        if !known {
            let message =
                "the registry is not the one this installation last wrote; nothing was moved".to_owned();
            return Err(Error::Model { message });
        }
        self.set_anchor(&Anchor { durable, under_way: Some(head.clone()) })?;
        Ok(Made(head))
    }

    /// Makes a move durable, and forgets what was computed by what acted before.
    pub(super) async fn finish(&self, tx: Tx, Made(head): Made) -> Result<()> {
        tx.commit().await?;
        // Somebody else may be under way already; then the file is theirs.
        let ours = |anchor: &Anchor| anchor.under_way.as_ref() == Some(&head);
        if self.anchor()?.as_ref().is_some_and(ours) {
            self.set_anchor(&Anchor { durable: head, under_way: None })?;
        }
        Ok(())
    }
}
