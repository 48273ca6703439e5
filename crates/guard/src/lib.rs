//! May this text be said? Goes in: a draft and the facts it may stand on. Comes out: findings with place, rule,
//! fact, legal basis and repair, and a verdict for every sentence.
//!
//! A field is folded and cut ([`check`] keeps the way back to the original bytes), typed claims are read from it in
//! English and Spanish at once, and each rule judges the claims and cues that concern it. To add a rule, write one
//! file below `rules`, name it in `rules::ALL`, and give it a fixture.
//!
//! Architecture invariant: pure and synchronous. No clock, no IO, no model client, and it never edits a text.
//! What no fact and no rule covers is reported as unchecked, never as passed.

mod case;
mod check;
mod claim;
mod clock;
pub mod cues;
mod draft;
mod explain;
mod ground;
mod house;
pub mod personal;
mod phrase;
mod renderings;
mod rules;
mod sheet;
mod text;

pub use check::{calls_last, check, rules_version, rules_version_of};
pub use draft::{Author, Context, Draft, LastCall, Medium, RecipientFacts};
pub use ground::{Ground, attribute_predicates, grounds};
pub use house::{
    House, HouseError, HouseFault, LONGEST_OVERRIDE_DAYS, NEVER_LOWERED, SHORTEST_REASON, may_be_overridden,
    may_override, may_raise,
};
pub use personal::personal_need;
pub use renderings::{RenderingCounts, Renderings};
pub use rules::{Family, RuleDoc, RuleExample, rulebook};
pub use sheet::{FactSheet, usual_name};
