//! Who goes first: one transaction at a time writes, and a sender waits for its answer while nobody waits for events to
//! be used.
//!
//! Goes in: what was taken in, and what was used. Comes out: when the next events may be used: as soon as no request
//! comes in, and in any case after a time or when many events wait, so that senders cannot keep what they sent from
//! being used.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Requests that follow each other within this time belong together.
const LULL: Duration = Duration::from_millis(10);
/// How long requests may go first.
const LONGEST: Duration = Duration::from_millis(500);
/// How many events may wait meanwhile.
const MOST: u64 = 30_000;
/// How many may wait at all, before senders are told to come back: a server takes events in while others are used.
const FULL: u64 = 2_000_000;

/// What came in and was not used yet, in this process.
#[derive(Default)]
pub(super) struct Pace(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: u64,
    last: Option<Instant>,
}

impl State {
    /// When events may be used, for who began to wait then.
    fn free_at(&self, began: Instant) -> Instant {
        match self.last {
            Some(last) if self.waiting < MOST => (last + LULL).min(began + LONGEST),
            _ => began,
        }
    }
}

impl Pace {
    /// Notes that events became durable.
    pub(super) fn taken(&self, events: u64) {
        self.with(|state| {
            state.waiting += events;
            state.last = Some(Instant::now());
        });
    }

    /// Notes that events were used.
    pub(super) fn used(&self, events: u64) {
        self.with(|state| state.waiting = state.waiting.saturating_sub(events));
    }

    /// Whether so many events wait that no more should be taken in.
    pub(super) fn is_full(&self) -> bool {
        self.with(|state| state.waiting >= FULL)
    }

    /// Notes that the inbox is empty.
    pub(super) fn nothing_waits(&self) {
        self.with(|state| state.waiting = 0);
    }

    /// Waits until events may be used.
    pub(super) async fn wait(&self) {
        let began = Instant::now();
        loop {
            let until = self.with(|state| state.free_at(began));
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until.into()).await;
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        look(&mut state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_used_as_soon_as_nobody_sends() {
        let began = Instant::now();
        assert_eq!(State::default().free_at(began), began);
        let state = State { waiting: 1, last: Some(began) };
        assert_eq!(state.free_at(began), began + LULL);
    }

    #[test]
    fn senders_go_first_but_not_for_ever() {
        let began = Instant::now();
        let state = State { waiting: 1, last: Some(began + LONGEST) };
        assert_eq!(state.free_at(began), began + LONGEST);
        let many = State { waiting: MOST, ..state };
        assert_eq!(many.free_at(began), began, "many wait, so they are used at once");
    }

    #[test]
    fn what_was_used_does_not_wait() {
        let pace = Pace::default();
        pace.taken(7);
        pace.used(5);
        assert_eq!(pace.with(|state| state.waiting), 2);
        assert!(!pace.is_full());
        pace.taken(FULL);
        assert!(pace.is_full());
        pace.nothing_waits();
        assert_eq!(pace.with(|state| state.waiting), 0);
        assert!(!pace.is_full());
    }
}
