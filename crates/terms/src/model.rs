//! A model, text or policy as the registry knows it: what it is, where it stands, and every move it made.

use crate::ids::{ModelId, PersonId};
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// State of a registry entry. Only what is `live` decides for everybody, what is in `canary` for its share.
    "model state" ModelState {
        /// Made, not yet through its gates.
        Candidate = "candidate",
        /// Passed its gates; waits for a person.
        Validated = "validated",
        /// Runs beside the live one, and decides nothing.
        Shadow = "shadow",
        /// Decides for a share of the customers, watched.
        Canary = "canary",
        /// Decides.
        Live = "live",
        /// Does not act any more.
        Retired = "retired",
    }
}

impl ModelState {
    /// Whether a version may go from here to there. The schema holds the same table.
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        use ModelState::{Canary, Candidate, Live, Retired, Shadow, Validated};
        match self {
            Candidate => matches!(to, Validated | Retired),
            Validated => matches!(to, Candidate | Shadow | Canary | Live | Retired),
            Shadow => matches!(to, Canary | Live | Retired),
            Canary => matches!(to, Live | Retired),
            Live => matches!(to, Retired),
            Retired => matches!(to, Live),
        }
    }

    /// Where something in this state is read from, if it takes part in anything.
    #[must_use]
    pub const fn slot(self) -> Option<ModelSlot> {
        match self {
            Self::Live => Some(ModelSlot::Live),
            Self::Canary => Some(ModelSlot::Canary),
            Self::Shadow => Some(ModelSlot::Shadow),
            Self::Candidate | Self::Validated | Self::Retired => None,
        }
    }
}

text_enum! {
    /// What an alias is read for. One version at the most stands in each slot of a capability.
    "model slot" ModelSlot {
        /// Decides.
        Live = "live",
        /// Decides for a share of the customers.
        Canary = "canary",
        /// Is asked, and not heard.
        Shadow = "shadow",
    }
}

text_enum! {
    /// What an entry is. Closed on purpose: an AI capability that has no kind cannot be registered, and one that is not
    /// registered does not act.
    "model kind" ModelKind {
        /// Chances of each stage at the end of the next period.
        Stage = "stage",
        /// Expected revenue over a year.
        Value = "value",
        /// Texts that campaigns start from.
        Texts = "texts",
        /// Learned cues of the guard: what a person is shown.
        Cues = "cues",
    }
}

impl ModelKind {
    /// Whether it is a part of the program, so that it is changed by another program and not by a person.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        matches!(self, Self::Texts | Self::Cues)
    }
}

/// What people need to know of an entry before they let it act. Every field is text in the language of who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCard {
    /// What it is for.
    pub purpose: String,
    /// Which data it was made from.
    pub data: String,
    /// What goes in.
    pub features: String,
    /// How it was evaluated.
    pub evaluation: String,
    /// What it must not be used for, and where it is weak.
    pub limits: String,
    /// Which part of the program makes and uses it.
    pub owner: String,
    /// Languages it is for; `any` when it reads no text.
    pub languages: String,
}

impl ModelCard {
    /// Fields that say nothing.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let fields = [
            ("purpose", &self.purpose),
            ("data", &self.data),
            ("features", &self.features),
            ("evaluation", &self.evaluation),
            ("limits", &self.limits),
            ("owner", &self.owner),
            ("languages", &self.languages),
        ];
        fields.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| name).collect()
    }
}

/// One version of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelVersion {
    /// Identifier.
    pub id: ModelId,
    /// What it is.
    pub kind: ModelKind,
    /// Capability: `stage`.
    pub name: String,
    /// Version within the name, from 1.
    pub version: i64,
    /// State.
    pub state: ModelState,
    /// Customers it decides for while it is a canary, in percent.
    pub share: i64,
    /// SHA-256 of the parameters, hexadecimal.
    pub content_hash: String,
    /// Parameters as JSON.
    pub parameters: String,
    /// Evaluation on held-back data when it was made, as JSON.
    pub evaluation: String,
    /// What people need to know.
    pub card: ModelCard,
    /// Who answers for it: made by the system on their behalf, or brought by them.
    pub responsible: PersonId,
    /// When it was made.
    pub made_at: Instant,
    /// Seal over what never changes of it, under the key of the installation.
    pub seal: String,
}

impl ModelVersion {
    /// Name and version, as reasons and hashes write it: `stage@3`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// A step of a version from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelMove {
    /// Number, from 1 over all models.
    pub id: i64,
    /// Which version.
    pub model: ModelId,
    /// Its capability.
    pub name: String,
    /// SHA-256 of the parameters it had.
    pub content_hash: String,
    /// From.
    pub from: ModelState,
    /// To.
    pub to: ModelState,
    /// Customers it decides for from now on, in percent; 0 outside of a canary.
    pub share: i64,
    /// The passed gate it rests on; none for a retirement.
    pub gate: Option<i64>,
    /// Who decided; none when the system took it back by itself.
    pub person: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// Seal over all of this and the seal of the move before it, under the key of the installation.
    pub seal: String,
}

/// Which version stands in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelAlias {
    /// Capability.
    pub name: String,
    /// Slot.
    pub slot: ModelSlot,
    /// Version.
    pub model: ModelId,
    /// SHA-256 of its parameters.
    pub content_hash: String,
    /// The gate it passed.
    pub gate: i64,
    /// The move that brought it here.
    pub moved: i64,
    /// Customers it decides for, in percent.
    pub share: i64,
    /// Seal over all of this under the key of the installation.
    pub seal: String,
}

text_enum! {
    /// What a canary is watched for.
    "guardrail" Guard {
        /// Opt-outs and complaints.
        Harm = "harm",
        /// Messages that failed or bounced.
        Failure = "failure",
        /// What was said and did not come true.
        Prediction = "prediction",
        /// Groups that are selected less often.
        Disparity = "disparity",
    }
}
