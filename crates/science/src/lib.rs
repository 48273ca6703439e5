//! The maths of Candor: lifecycle stages and their migrations, future value, experiments, calibration.
//!
//! Goes in: slices of profiles and outcomes, a seed and an as-of day where they matter. Comes out: estimates with
//! their intervals, models that can be stored, and reasons. Deliberately absent: clocks, files, databases, the
//! network, threads, and any decision about what to do with a number.
//!
//! Architecture invariant: this crate imports `terms` and nothing else of the house. The same input and seed give
//! the same output on every machine.

pub mod calibration;
pub mod drift;
pub mod error;
pub mod experiment;
pub mod fairness;
pub mod fatigue;
pub mod fit;
pub mod forecast;
pub mod hash;
pub mod lifecycle;
pub mod off_policy;
pub mod purchase;
pub mod rate;
pub mod sampling;
pub mod survey;
pub mod uplift;
pub mod value;

pub use error::ScienceError;
