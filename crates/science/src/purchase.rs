//! Repeat purchase: how many days a customer will buy on, and for how much.
//!
//! Goes in: summaries of histories ([`summary`]) or purchase logs ([`log`]). Comes out: probability models
//! ([`beta_geometric`], [`pareto_nbd`], [`gamma_gamma`]) and a [`forecast`] that pools them by how they did on the
//! brand's own past. Deliberately absent: money over time ([`crate::value`]) and lifecycle stages.

pub mod backtest;
pub mod balance;
pub mod beta_geometric;
pub mod count;
pub mod features;
pub mod forecast;
pub mod gamma_gamma;
pub mod log;
pub mod pareto_nbd;
pub mod pool;
pub mod quadrature;
pub mod score;
pub mod summary;
pub mod total;
