//! Oversight by people (ADR 35): the switch that stops all AI, how many must approve what, what they leave out.
//!
//! Goes in: a person, a reason. Comes out: a state that holds in every process, and an entry of the ledger. Architecture
//! invariant: what stops something asks for little (a role, a reason); what lets something go on asks for a certificate
//! and another person than who stopped it.

mod risk;
mod switch;

pub use policy::oversight::{Oversight, OversightFault, RiskClass, RiskLine};
pub use risk::{ApproverLine, Part, RiskView};
pub(crate) use switch::uses_ai;
pub use switch::{AiStopped, AiSwitchView, AiThrow};
