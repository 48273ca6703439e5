//! Fitting: a solver for positive definite systems, a limited-memory quasi-Newton minimiser, and the logistic
//! regressions built on them. It knows nothing of customers.

pub mod cholesky;
pub mod lbfgs;
pub mod logistic;
pub mod matrix;
pub mod poisson;
pub mod softmax;
pub mod sparse;
pub mod two_scale;
