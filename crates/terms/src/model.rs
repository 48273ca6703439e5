//! A model, prompt or policy as the registry knows it.

use crate::ids::{ModelId, PersonId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// State of a registry entry. Only `live` acts.
    "model state" ModelState {
        /// Made, not yet evaluated.
        Candidate = "candidate",
        /// Passed its evaluation.
        Validated = "validated",
        /// Acts.
        Live = "live",
        /// Acted once.
        Retired = "retired",
    }
}

/// One version of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelVersion {
    /// Identifier.
    pub id: ModelId,
    /// Capability: `stage`.
    pub name: String,
    /// Version within the name, from 1.
    pub version: i64,
    /// State.
    pub state: ModelState,
    /// SHA-256 of the parameters, hexadecimal.
    pub content_hash: String,
    /// Parameters as JSON.
    pub parameters: String,
    /// Evaluation on held-back data, as JSON.
    pub evaluation: String,
    /// Who answers for it.
    pub responsible: PersonId,
    /// When it was made.
    pub made_at: Instant,
}

impl ModelVersion {
    /// Name and version, as reasons and hashes write it: `stage@3`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
