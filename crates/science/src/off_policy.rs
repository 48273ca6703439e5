//! Off-policy evaluation: what a policy would have earned, from the log of another one.
//!
//! Goes in: rounds of a log in which each action was drawn with a known probability, and what the policy to be judged
//! would have done in them. Comes out: five estimates of its mean reward with intervals, the effective sample size, and
//! warnings in words where the log says little about that policy.
//!
//! Deliberately absent: estimating the probabilities of a log that did not record them, and learning policies.

pub mod estimate;
pub mod reward_model;
pub mod round;
pub mod thompson;

pub use estimate::{Estimator, Report, Settings, evaluate};
pub use round::Round;
