//! A witness for Candor's ledger, on a host of its own: it cosigns what only grew, keeps evidence of what did not, and
//! checks an exported ledger without the database.
//!
//! Goes in: checkpoints that a log sends (C2SP tlog-witness) or serves (C2SP tlog-tiles). Comes out: cosignatures, or
//! alarms with both checkpoints. Architecture invariant: it imports no room of Candor and no code of its ledger. Trees,
//! proofs and notes are written here once more, from RFC 9162 and the C2SP documents, so that one mistake is not made
//! on both sides. Deliberately absent: reading payloads, a database, and anything that could change a log.

pub mod folder;
pub mod keeper;
pub mod merkle;
pub mod note;
pub mod pull;
pub mod server;
