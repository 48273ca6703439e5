//! The step from a row that is `attempting` to the channel, taken only as long as the lease of that row holds.
//!
//! Who withdraws waits for messages under way, but not for one whose lease ran out: its worker counts as dead. A worker
//! that was only stalled (a machine that slept, a process that was stopped, a mail server that took its time) must then
//! not go on where it stood. So the clock is asked again each time the channel is let go on, and a hand-over whose lease
//! is gone is broken off: nothing more of it leaves, and as nobody knows how far it came, the message is in doubt.
//!
//! What remains is a stall between asking the clock and the system call after it. A clock that is set back makes a
//! lease last longer for its worker than others took it to last; clocks of several machines must agree to within the
//! minute by which a lease outlasts a permit.

use std::future::poll_fn;
use std::task::Poll;

use gateway::channel::{Channel, Receipt, SendError};
use policy::permit::SendPermit;
use terms::message::Message;
use terms::time::Instant;

use crate::clock::Clock;

/// Hands over one message, unless or until its lease has run out at `until`.
pub(crate) async fn hand_over(
    channel: &dyn Channel,
    clock: &Clock,
    permit: SendPermit,
    message: &Message,
    until: Instant,
) -> Result<Receipt, SendError> {
    let now = clock.now();
    if now >= until {
        return Err(SendError::Unavailable("its lease ran out before it was handed over".to_owned()));
    }
    let mut sending = channel.send(permit, message, now);
    poll_fn(|context| {
        if clock.now() >= until {
            let why = "its lease ran out while it was being handed over";
            return Poll::Ready(Err(SendError::InDoubt(why.to_owned())));
        }
        sending.as_mut().poll(context)
    })
    .await
}
