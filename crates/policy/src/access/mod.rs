//! Who may do what (ADR 34): the policies of the house and the brand, and the proof that they allowed an act.
//!
//! Goes in: who asks, for what, on which thing, when. Comes out: [`Granted`], or [`Denied`] with the policies that said
//! no. Default deny: what no policy permits is refused, a policy that cannot be evaluated refuses, and a brand's own
//! policies only forbid. Deliberately absent: reading facts or files, writing the ledger, certificates and clocks; they
//! are arguments.
//!
//! Architecture invariant: an act of a person enters the ledger through [`Granted::actor`] alone. A [`Granted`] cannot
//! be made elsewhere:
//!
//! ```compile_fail,E0451
//! use policy::access::{Granted, On};
//! let forged = Granted { on: On::House, ..unreachable!() };
//! ```
//!
//! nor kept for another act:
//!
//! ```compile_fail,E0599
//! fn twice(granted: policy::access::Granted) -> [policy::access::Granted; 2] {
//!     [granted.clone(), granted]
//! }
//! ```

mod brand;
mod engine;
#[cfg(test)]
mod tests;

pub use brand::Fault;
pub use engine::{Access, Ruling};

use terms::ids::{CampaignId, PersonId};
use terms::permission::Permission;
use terms::person::{Actor, Person, Role};
use terms::time::Instant;

/// What an act is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// The house as a whole: may this person do this here at all?
    House,
    /// One campaign.
    Campaign {
        /// Which.
        id: CampaignId,
        /// Who wrote it.
        author: PersonId,
    },
    /// One version of a model.
    Model {
        /// Such as `stage@3`.
        label: String,
        /// Who answers for it.
        responsible: PersonId,
        /// Whether it acted before, so that it would come back.
        acted: bool,
    },
    /// One rule of the guard.
    Rule {
        /// Such as `M3`.
        id: String,
    },
}

/// A question to the policies.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub person: &'a Person,
    /// For what.
    pub permission: Permission,
    /// On what.
    pub on: &'a On,
    /// Whether their certificate holds; `None` where nobody looked, which counts as no where one is asked for.
    pub certified: Option<bool>,
    /// When.
    pub at: Instant,
}

/// Whose policy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Compiled in.
    House,
    /// From the brand's own file.
    Brand,
}

/// A policy in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    /// Name, as its `@id` says.
    pub id: String,
    /// Whose it is.
    pub origin: Origin,
    /// True when it permits, false when it forbids.
    pub permits: bool,
    /// Why, in English.
    pub reason_en: String,
    /// Why, in Spanish.
    pub reason_es: String,
    /// Line it begins on in its file.
    pub line: usize,
    /// The policy as it is written.
    pub text: String,
}

/// Proof that the policies allowed this person this act. Only [`Access::grant`] makes one.
#[derive(Debug)]
pub struct Granted {
    person: PersonId,
    name: String,
    permission: Permission,
    on: On,
}

impl Granted {
    /// Who.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was allowed.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        self.permission
    }

    /// On what.
    #[must_use]
    pub const fn on(&self) -> &On {
        &self.on
    }

    /// The person as the ledger names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Person { id: self.person, name: self.name.clone() }
    }
}

/// A refusal, with what says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct Denied {
    /// What was asked for.
    pub permission: Permission,
    /// The role of who asked.
    pub role: Role,
    /// Roles that may, in general.
    pub roles: Vec<Role>,
    /// Policies that forbade it. None: nothing permits it.
    pub by: Vec<Policy>,
}

impl Denied {
    /// True when the policy of this name forbade it.
    #[must_use]
    pub fn is_by(&self, id: &str) -> bool {
        self.by.iter().any(|policy| policy.id == id)
    }

    fn words(&self) -> String {
        match self.by.first() {
            Some(policy) => policy.reason_en.clone(),
            None => "your role does not allow this; ask somebody whose role does".to_owned(),
        }
    }
}
