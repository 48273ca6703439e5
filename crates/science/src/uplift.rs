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
//! ```
//! use science::uplift::{balance::Balance, Covariate, Learner, Randomised, Sample, Values};
//! let treated: Vec<bool> = (0..200).map(|i| i % 2 == 0).collect();
//! let outcome: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i % 4 < 2 && i % 2 == 0))).collect();
//! let past = Covariate { name: "orders".into(), values: Values::Numbers((0..200).map(|i| f64::from(i / 2 % 7)).collect()) };
//! let balance = Balance::test(std::slice::from_ref(&past), &treated, 1)?;
//! let proof = Randomised::balanced(balance).expect("nothing tells these arms apart");
//! let sample = Sample::new(&proof, std::slice::from_ref(&past), &treated, &outcome)?;
//! let rows: Vec<usize> = (0..200).collect();
//! let uplift = Learner::Shrunken { ridge: 100.0 }.fit(&sample, &rows, 1)?.score(&[past.clone()], &[0]);
//! assert!(uplift[0] > 0.2);
//! # Ok::<(), science::ScienceError>(())
//! ```
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
mod work;

pub use covariate::{Covariate, Values};
pub use learner::{Fitted, Learner};
pub use randomised::{NotRandomised, Randomised, Sample};
