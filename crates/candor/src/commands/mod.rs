//! One command, one file: each opens the installation, calls a use case, and says what came of it.

pub(crate) mod access;
pub(crate) mod ai;
pub(crate) mod backup;
pub(crate) mod brand;
pub(crate) mod consent;
pub(crate) mod doctor;
pub(crate) mod facts;
pub(crate) mod guard;
pub(crate) mod holdout;
pub(crate) mod house;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod long_term;
pub(crate) mod model;
pub(crate) mod oversight;
pub(crate) mod person;
pub(crate) mod processing;
pub(crate) mod report;
pub(crate) mod retention;
pub(crate) mod rights;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod training;
pub(crate) mod vault;
pub(crate) mod worker;
