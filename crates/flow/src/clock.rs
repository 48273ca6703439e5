//! The clock, asked in one place. The demo runs the past with a clock that is set by hand; everything else uses the
//! system's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use terms::time::Instant;

/// A source of the present.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that stands still until it is set.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn at(at: Instant) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.0)))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => {
                let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Instant(i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Set(micros) => Instant(micros.load(Ordering::SeqCst)),
        }
    }

    /// Sets a clock made by [`Clock::at`]; the system's clock is not ours to set.
    pub fn set(&self, at: Instant) {
        if let Self::Set(micros) = self {
            micros.store(at.0, Ordering::SeqCst);
        }
    }
}
