//! People who work with Candor, what they may do by role, and who answers for an action.

use crate::ids::PersonId;
use crate::text_enum::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What somebody is trusted with. One person has one role; four eyes means two people.
    "role" Role {
        /// Sees, composes, proposes.
        Marketer = "marketer",
        /// Reviews and approves what somebody else wrote.
        Approver = "approver",
        /// Models and audits.
        Analyst = "analyst",
        /// Consents, rights, suppressions.
        PrivacyOfficer = "privacy_officer",
        /// Feeds and runs the installation.
        Engineer = "engineer",
    }
}

/// A person who works with Candor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// Full name, shown wherever this person answers for something.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Role.
    pub role: Role,
}

/// Who did something, as the ledger writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person, signed in.
    Person {
        /// Who.
        id: PersonId,
        /// Their name at the time.
        name: String,
    },
    /// A part of Candor acting by itself, always on behalf of a responsible person.
    System {
        /// Which part: `flow.deliver`, `model.stage@3`.
        part: String,
        /// The person who answers for it.
        responsible: PersonId,
    },
    /// A customer, through their own pages.
    Customer,
    /// Somebody at the command line of the installation.
    Operator,
}
