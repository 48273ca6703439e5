//! Connections for reading, a few at a time, which are lent and come back.
//!
//! Those to a file are kept here and not given back to the pool of the driver: the pool asks every connection that comes
//! back whether it is still there, in a task of its own, which for a short read costs more than the read. The first that
//! is free is lent, so that few of them prepare statements. A server may well be gone, so connections to one do go back.

use crate::error::Result;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Lock, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

type Connection = PoolConnection<Any>;

/// The connections.
pub(crate) struct Readers {
    pool: AnyPool,
    /// As many as the pool has connections, so that whoever has a turn finds one.
    turns: Arc<Semaphore>,
    keeps: bool,
    kept: Mutex<Vec<Arc<Lock<Connection>>>>,
}

/// One of them, for as long as somebody holds it.
pub(crate) struct Lent {
    // The turn ends after the connection is free.
    pub(crate) connection: OwnedMutexGuard<Connection>,
    _turn: OwnedSemaphorePermit,
}

impl Readers {
    /// Up to `most` connections of a pool of that size; kept here, or given back.
    pub(crate) fn new(pool: AnyPool, most: usize, keeps: bool) -> Self {
        Self { pool, turns: Arc::new(Semaphore::new(most)), keeps, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Arc<Lock<Connection>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends one; waits for its turn.
    pub(crate) async fn lend(&self) -> Result<Lent> {
        let closed = |_| sqlx::Error::PoolClosed;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(closed)?;
        let free = self.kept().iter().find_map(|kept| Arc::clone(kept).try_lock_owned().ok());
        let connection = match free {
            Some(connection) => connection,
            None => {
                let opened = Arc::new(Lock::new(self.pool.acquire().await?));
                let connection = Arc::clone(&opened).lock_owned().await;
                if self.keeps {
                    self.kept().push(opened);
                }
                connection
            }
        };
        Ok(Lent { connection, _turn: turn })
    }

    /// Closes them, once those that are lent have come back.
    pub(crate) async fn close(&self) {
        self.turns.close();
        self.kept().clear();
        self.pool.close().await;
    }
}
