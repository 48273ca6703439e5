//! Seals over rows of the registry, and the anchor: the last move, kept outside of the database.
//!
//! Goes in: a row. Comes out: an HMAC under the key of the installation, so that a row somebody edited in the database
//! is noticed when it is read. The anchor notices a database that was set back to an earlier day.

use std::path::PathBuf;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use terms::gate::{GatePolicy, GateRecord};
use terms::model::{ModelAlias, ModelMove, ModelVersion};

use crate::app::{App, json_text};
use crate::error::{Error, Result};
use crate::keyring::hex;

/// Makes seals.
pub(crate) struct Sealer {
    key: [u8; 32],
}

impl Sealer {
    fn over(&self, what: &str, row: &impl Serialize) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|error| Error::Internal(format!("registry key: {error}")))?;
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(json_text(row)?.as_bytes());
        Ok(hex(&mac.finalize().into_bytes()))
    }

    /// The seal of a version: of what never changes of it. State and share are the business of its moves.
    pub(crate) fn version(&self, version: &ModelVersion) -> Result<String> {
        let ModelVersion {
            id,
            kind,
            name,
            version,
            content_hash,
            evaluation,
            card,
            responsible,
            made_at,
            ..
        } = version;
        self.over("version", &(id, kind, name, version, content_hash, evaluation, card, responsible, made_at))
    }

    /// The seal of a gate.
    pub(crate) fn gate(&self, gate: &GateRecord) -> Result<String> {
        self.over("gate", &GateRecord { seal: String::new(), ..gate.clone() })
    }

    /// The seal of a policy that a person wrote.
    pub(crate) fn policy(&self, policy: &GatePolicy) -> Result<String> {
        self.over("policy", &GatePolicy { seal: String::new(), ..policy.clone() })
    }

    /// The seal of a move, over the seal of the move before it.
    pub(crate) fn step(&self, step: &ModelMove, before: &str) -> Result<String> {
        self.over("move", &(before, ModelMove { seal: String::new(), ..step.clone() }))
    }

    /// The seal of an alias.
    pub(crate) fn alias(&self, alias: &ModelAlias) -> Result<String> {
        self.over("alias", &ModelAlias { seal: String::new(), ..alias.clone() })
    }
}

/// A move by its number and seal; number 0 before the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) id: i64,
    pub(crate) seal: String,
}

impl Head {
    pub(crate) fn of(step: Option<&ModelMove>) -> Self {
        step.map_or_else(Self::default, |step| Self { id: step.id, seal: step.seal.clone() })
    }
}

/// What the file says: the last move that is known to be durable, and the one that was under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anchor {
    pub(crate) durable: Head,
    pub(crate) under_way: Option<Head>,
}

impl Anchor {
    /// Whether a database whose last move is this one is the one that was written here.
    pub(crate) fn holds(&self, head: &Head) -> bool {
        self.durable == *head || self.under_way.as_ref() == Some(head)
    }
}

impl App {
    pub(crate) fn sealer(&self) -> Result<Sealer> {
        Ok(Sealer { key: self.home().secret("registry")? })
    }

    fn anchor_path(&self) -> PathBuf {
        self.home().keys().join("registry-head")
    }

    /// What the file says; none before the first move.
    pub(crate) fn anchor(&self) -> Result<Option<Anchor>> {
        let path = self.anchor_path();
        let broken = |error: &dyn std::fmt::Display| Error::Model {
            message: format!("`{}` cannot be read ({error}); no model acts", path.display()),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| broken(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(broken(&error)),
        }
    }

    /// Writes the file in one step. Called with the one writer's transaction open, so that nobody else does.
    pub(crate) fn set_anchor(&self, anchor: &Anchor) -> Result<()> {
        let path = self.anchor_path();
        let io = |source| Error::Io { path: path.display().to_string(), source };
        let new = path.with_extension(format!("new-{:016x}", rand::random::<u64>()));
        crate::home::write_new(&new, json_text(anchor)?.as_bytes()).map_err(io)?;
        std::fs::rename(&new, &path).map_err(io)
    }

    /// Takes the database as it is for the one this installation wrote: after a restore, which is in the ledger.
    pub(crate) async fn anchor_restored_registry(&self) -> Result<()> {
        let durable = Head::of(self.store().last_model_move().await?.as_ref());
        self.set_anchor(&Anchor { durable, under_way: None })
    }
}
