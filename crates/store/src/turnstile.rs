//! A turnstile before the store: somebody who is asked each time a task is about to read, to begin a transaction, to
//! commit it, or has just committed, and who may let it wait.
//!
//! These are the points at which one task can see what another did, so whoever decides the order there decides the
//! order of everything: the simulation of `measure` runs several workers on one thread with it, and lets them die at
//! any of these points by never letting them through. It can only delay. What is read or written is not its business.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Where a task stands before the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// About to take a connection for reading.
    Read,
    /// About to begin a write transaction.
    Begin,
    /// About to commit: nothing of the transaction is visible yet.
    Commit,
    /// Has committed: everything of it is visible and durable.
    Committed,
}

/// Permission to go on, later.
pub type Turn<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Decides whose turn it is.
pub trait Turnstile: Send + Sync {
    /// Resolves when the task that asks may go on.
    fn turn(&self, step: Step) -> Turn<'_>;

    /// The write transaction of the task that runs now is over, committed or not.
    fn over(&self);
}

/// Says that a write transaction is over when it goes, whichever way it goes.
pub(crate) struct Writes(pub(crate) Option<Arc<dyn Turnstile>>);

impl Drop for Writes {
    fn drop(&mut self) {
        if let Some(turnstile) = &self.0 {
            turnstile.over();
        }
    }
}
