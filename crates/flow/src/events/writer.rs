//! Makes requests durable: one task writes many requests in one transaction, and each is answered when that is
//! committed.
//!
//! Goes in: requests that were read. Comes out: a [`Receipt`], or that there is no room, or that the database failed.
//! The queue is bounded in requests: when it is full the sender is told to come back, and nothing is kept in memory
//! that was not answered. While one transaction is synced to disk the next requests gather, so the more there is to do
//! the larger the transactions become.

use std::sync::Arc;
use std::time::Instant as Steady;

use serde::Serialize;
use store::Store;
use store::intake::{Intake as Request, Taken};
use store::write_keys::WriteKey;
use terms::event::EventFate;
use terms::ids::WriteKeyId;
use tokio::sync::{Notify, mpsc, oneshot};

use super::pace::Pace;
use super::parse::{self, Call, Refused};
use crate::app::App;
use crate::error::{Error, Result};

/// Requests that wait to be written.
const QUEUE: usize = 512;
/// Events of one transaction, about.
const GROUP_EVENTS: usize = 12_000;
/// Bytes of one transaction, about.
const GROUP_BYTES: usize = 16 << 20;

/// What a sender is told.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Receipt {
    /// False when events came and none of them could be taken.
    pub success: bool,
    /// Events that were new.
    pub accepted: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events that were refused; the first of them are named below.
    pub refused: u64,
    /// The first refused events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Refused>,
}

/// How the intake is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct IntakeHealth {
    /// Requests that wait to be written.
    pub queued: usize,
    /// Requests the queue holds.
    pub capacity: usize,
    /// Events that are durable and not used yet.
    pub waiting: i64,
    /// Seconds that the oldest of them has waited.
    pub oldest_seconds: i64,
    /// Purchases on their way to the lake.
    pub purchases: i64,
    /// Purchases of nobody that is known yet.
    pub unnamed_purchases: i64,
}

type Answer = oneshot::Sender<Result<Taken, ()>>;

/// The queue and its task.
pub(crate) struct Intake {
    queue: mpsc::Sender<(Request, Answer)>,
    /// Told after each transaction: there is something to use.
    pub(super) news: Arc<Notify>,
    /// Who goes first, senders or what they sent.
    pub(super) pace: Arc<Pace>,
    throttled: Arc<Throttled>,
}

/// Events that were turned away, by key, until the next transaction counts them.
#[derive(Default)]
struct Throttled(std::sync::Mutex<std::collections::HashMap<(WriteKeyId, EventFate), i64>>);

impl Intake {
    /// Starts the task. It ends with the last handle.
    pub(crate) fn start(store: Store) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE);
        let (news, throttled) = (Arc::new(Notify::new()), Arc::new(Throttled::default()));
        let pace = Arc::new(Pace::default());
        let told = (Arc::clone(&news), Arc::clone(&pace));
        tokio::spawn(write(store, requests, told, Arc::clone(&throttled)));
        Self { queue, news, pace, throttled }
    }
}

async fn write(
    store: Store,
    mut requests: mpsc::Receiver<(Request, Answer)>,
    (news, pace): (Arc<Notify>, Arc<Pace>),
    throttled: Arc<Throttled>,
) {
    while let Some(first) = requests.recv().await {
        let (mut events, mut bytes) = (first.0.events.len(), first.0.text.len());
        let (mut group, mut answers) = (vec![first.0], vec![first.1]);
        while events < GROUP_EVENTS && bytes < GROUP_BYTES {
            let Ok((request, answer)) = requests.try_recv() else { break };
            events += request.events.len();
            bytes += request.text.len();
            group.push(request);
            answers.push(answer);
        }
        match commit(&store, &group, &throttled).await {
            Ok(taken) => {
                pace.taken(taken.iter().map(|taken| taken.accepted).sum());
                for (answer, taken) in answers.into_iter().zip(taken) {
                    // Nobody waits any more when the sender hung up; it will send again, and that is a duplicate.
                    let _ = answer.send(Ok(taken));
                }
                news.notify_one();
            }
            Err(error) => {
                tracing::error!(%error, requests = group.len(), "events could not be written; their senders keep them");
                for answer in answers {
                    let _ = answer.send(Err(()));
                }
            }
        }
    }
}

async fn commit(store: &Store, group: &[Request], throttled: &Throttled) -> store::Result<Vec<Taken>> {
    let mut tx = store.begin_intake().await?;
    let taken = tx.take_events(group).await?;
    let mut counts: std::collections::BTreeMap<(WriteKeyId, EventFate), i64> =
        std::collections::BTreeMap::new();
    let mut count = |key, fate, n: i64| {
        if n > 0 {
            *counts.entry((key, fate)).or_default() += n;
        }
    };
    for (request, taken) in group.iter().zip(&taken) {
        count(request.key, EventFate::Accepted, i64::try_from(taken.accepted).unwrap_or(i64::MAX));
        count(request.key, EventFate::Duplicate, i64::try_from(taken.duplicates).unwrap_or(i64::MAX));
        request.refused.iter().for_each(|(fate, n)| count(request.key, *fate, *n));
    }
    let turned_away = throttled.0.lock().map(|mut counts| std::mem::take(&mut *counts)).unwrap_or_default();
    turned_away.into_iter().for_each(|((key, fate), n)| count(key, fate, n));
    let counts: Vec<(WriteKeyId, EventFate, i64)> =
        counts.into_iter().map(|((key, fate), n)| (key, fate, n)).collect();
    let at = group.first().map_or(terms::time::Instant(0), |request| request.received_at);
    tx.count_events(&counts, at).await?;
    tx.commit().await?;
    Ok(taken)
}

impl App {
    /// Takes a request in. When this returns a [`Receipt`], its events survive a power cut.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the body cannot be read; [`Error::Later`] when the key sends too much or the queue is
    /// full; the database's error when it failed, in which case nothing of the request was taken.
    pub async fn take_events(&self, key: &WriteKey, call: Call, body: &str, gpc: bool) -> Result<Receipt> {
        let received_at = self.now();
        let parsed = match parse::request(call, body, received_at, gpc) {
            Ok(parsed) => parsed,
            Err(why) => {
                self.count_refusal(key.id, EventFate::Malformed, 1);
                return Err(Error::Invalid { message: why.0 });
            }
        };
        let events = parsed.events.len() + parsed.refused.len();
        let room = if self.intake().pace.is_full() { Err(5) } else { self.limit(key, events) };
        if let Err(seconds) = room {
            self.count_refusal(key.id, EventFate::Throttled, i64::try_from(events).unwrap_or(i64::MAX));
            return Err(Error::Later { seconds });
        }
        let hasher = self.event_hasher()?;
        let request = Request {
            key: key.id,
            received_at,
            text: parsed.text,
            events: parsed
                .events
                .into_iter()
                .map(|(end, id)| (end, id.map(|id| hasher.hash(key.id, &id))))
                .collect(),
            refused: parsed.counts,
        };
        let refused: i64 = request.refused.iter().map(|(_, n)| *n).sum();
        let (answer, answered) = oneshot::channel();
        if let Err(error) = self.intake().queue.try_send((request, answer)) {
            let (request, _) = error.into_inner();
            let n = i64::try_from(request.events.len()).unwrap_or(i64::MAX);
            self.count_refusal(key.id, EventFate::Throttled, n);
            return Err(Error::Later { seconds: 1 });
        }
        match answered.await {
            Ok(Ok(taken)) => Ok(Receipt {
                success: refused == 0 || taken.accepted + taken.duplicates > 0,
                accepted: taken.accepted,
                duplicates: taken.duplicates,
                refused: u64::try_from(refused).unwrap_or(0),
                errors: parsed.refused,
            }),
            _ => Err(Error::Internal("events could not be written".to_owned())),
        }
    }

    /// Counts events that were turned away before they were read; written with the next transaction.
    pub fn count_refusal(&self, key: WriteKeyId, fate: EventFate, n: i64) {
        if let Ok(mut counts) = self.intake().throttled.0.lock() {
            *counts.entry((key, fate)).or_default() += n;
        }
    }

    fn limit(&self, key: &WriteKey, events: usize) -> Result<(), u64> {
        static START: std::sync::OnceLock<Steady> = std::sync::OnceLock::new();
        let now = START.get_or_init(Steady::now).elapsed().as_secs_f64();
        match self.limiter().lock() {
            Ok(mut limiter) => limiter.take(key.id, key.per_second, events, now),
            Err(_) => Err(1),
        }
    }

    /// How the intake is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn intake_health(&self) -> Result<IntakeHealth> {
        let mut conn = self.store().read().await?;
        let inbox = conn.inbox_state().await?;
        let (purchases, unnamed_purchases) = conn.event_purchases_state().await?;
        let oldest = inbox.oldest.map_or(0, |at| (self.now().0 - at.0) / terms::time::MICROS_PER_SECOND);
        let free = self.intake().queue.capacity();
        Ok(IntakeHealth {
            queued: QUEUE.saturating_sub(free),
            capacity: QUEUE,
            waiting: inbox.events,
            oldest_seconds: oldest.max(0),
            purchases,
            unnamed_purchases,
        })
    }
}
