//! Experiments: who is held out, what the message changed, and how large an audience has to be to see it.

pub mod assign;
pub mod estimate;
pub mod guardrail;
pub mod holdout;
pub mod long_term;
pub mod power;
pub mod sequential;
