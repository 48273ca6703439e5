//! Uplift: what a treatment itself changes for each customer, learned from a randomised experiment.
//!
//! Goes in: covariates from before the treatment, who was treated, what came of it, and a proof that the treatment was
//! [`Randomised`]. Comes out: learners that rank customers by how much the treatment changes their outcome, chosen by
//! cross-fitting, and how good that ranking is: qini, uplift among the best, deciles, each with its interval.
//!
//! Without the proof nothing here can be called: the difference between people who were treated and people who were
//! not is uplift only when chance alone decided. The proof comes from the recorded assignment
//! ([`crate::experiment::assign`]) or, where there is no record, from a test that finds the arms balanced
//! ([`balance`]); a file of people who were *chosen* for treatment is refused with the evidence.
//!
//! Deliberately absent: corrections for confounding. A refusal says so instead.

pub mod balance;
pub mod choose;
pub mod covariate;
pub mod curve;
pub mod decile;
mod glm;
pub mod interval;
pub mod learner;
pub mod randomised;
pub mod screen;

pub use covariate::{Covariate, Values};
pub use learner::{Fitted, Learner};
pub use randomised::{NotRandomised, Randomised, Sample};
