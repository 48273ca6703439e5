//! Whose turn it is: several tasks on one thread, each let through to its next point before the store or the channel.
//!
//! A task is polled only when it is its turn, and always up to its next point, so the order of everything that one task
//! can see of another follows from the seed alone, whatever the threads of the database do in between.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use store::turnstile::{Step, Turn, Turnstile};

/// A point at which a task waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Before the store.
    Store(Step),
    /// In the channel, before or after the message has left.
    Channel,
}

#[derive(Default)]
struct State {
    /// The task being polled; outside of tasks nobody waits.
    current: Option<usize>,
    /// It may pass the point it stands at.
    granted: bool,
    /// Where the current task came to stand.
    stands: Option<Point>,
    /// The write transaction of the current task came to its end.
    over: bool,
}

/// The gate all tasks of a simulation pass.
#[derive(Default)]
pub struct Gate {
    state: Mutex<State>,
}

/// How a turn ended.
pub enum Ended {
    /// The task waits at its next point.
    At(Point),
    /// The task is over.
    Over(std::result::Result<(), String>),
}

/// A task.
pub type Work = Pin<Box<dyn Future<Output = std::result::Result<(), String>> + Send>>;

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task whose turn it is.
    pub fn current(&self) -> Option<usize> {
        self.state().current
    }

    /// Whether a write transaction came to its end in the last turn.
    pub fn transaction_ended(&self) -> bool {
        std::mem::take(&mut self.state().over)
    }

    /// Waits for a turn, from inside a task.
    pub async fn pass(&self, point: Point) {
        poll_fn(|_| {
            let mut state = self.state();
            if state.current.is_none() || state.granted {
                state.granted = false;
                return Poll::Ready(());
            }
            state.stands = Some(point);
            Poll::Pending
        })
        .await;
    }

    /// Lets a task go on to its next point. `begun` says whether it stands at one.
    pub async fn turn_of(&self, task: usize, work: &mut Work, begun: bool) -> Ended {
        self.state().granted = begun;
        poll_fn(|context| {
            self.state().current = Some(task);
            let polled = work.as_mut().poll(context);
            let mut state = self.state();
            state.current = None;
            match (polled, state.stands.take()) {
                (Poll::Ready(done), _) => {
                    state.granted = false;
                    Poll::Ready(Ended::Over(done))
                }
                (Poll::Pending, Some(point)) => Poll::Ready(Ended::At(point)),
                (Poll::Pending, None) => Poll::Pending,
            }
        })
        .await
    }
}

/// The gate before the store.
pub struct StoreGate(pub Arc<Gate>);

impl Turnstile for StoreGate {
    fn turn(&self, step: Step) -> Turn<'_> {
        Box::pin(self.0.pass(Point::Store(step)))
    }

    fn over(&self) {
        self.0.state().over = true;
    }
}
