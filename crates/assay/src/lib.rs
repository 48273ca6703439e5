//! The guard on the scales: figures on any data, and the training of its learned cues.
//!
//! Goes in: a corpus, mails, tables with answers, or snippets of web pages. Comes out: figures with intervals, and from
//! `cues train` the files that are shipped with the guard. `measure guard` is this room's face; it stands apart from
//! `measure` so that who works on the guard builds neither databases nor servers.

pub mod accuracy;
pub mod attacks;
pub mod claims;
pub mod command;
pub mod copy;
pub mod cues;
pub mod desk;
pub mod honest;
pub mod mails;
pub mod mutations;
pub mod personal;
pub mod renderings;
pub mod speed;
