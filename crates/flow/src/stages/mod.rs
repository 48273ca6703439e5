//! The nine stages of the way through the house, one file each.
//!
//! Architecture invariant: stages never import each other. They meet in rows and enqueue the next job.

pub(crate) mod approve;
pub(crate) mod create;
pub(crate) mod decide;
pub(crate) mod deliver;
pub(crate) mod ingest;
pub(crate) mod learn;
pub(crate) mod lifecycle;
pub(crate) mod measure;
pub(crate) mod profile;
