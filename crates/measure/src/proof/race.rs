//! Withdrawals that race a live campaign: workers hand over as fast as they can while customers who are next in line
//! withdraw. Which came first is read from the database itself.
//!
//! Goes in: how many withdraw, on which database. Comes out: how many attempts were committed after the withdrawal of
//! the same customer (none, or the promise is broken), and how long it took from a withdrawal until nothing more can
//! leave. The order: each attempt keeps the size of the ledger that its transaction saw, each withdrawal has an entry of
//! its own in its transaction, and there is one writer at a time. No clock is asked.

use crate::proof::template::{Words, approve, folder, furnish, people, receipt, somebody, write};
use crate::proof::{Failure, Result};
use flow::clock::Clock;
use flow::{App, Opening, OptOutSource, Work};
use gateway::channel::{Channel as Way, Receipt, SendError, Sending};
use policy::permit::SendPermit;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use terms::consent::{Channel, ConsentStatus, Purpose};
use terms::customer::Customer;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::ledger::Action;
use terms::message::Message;
use terms::person::{Actor, Role};
use terms::time::{Day, Instant};

/// How the race is run.
#[derive(Debug, Clone)]
pub struct Race {
    /// Customers who withdraw; a quarter as many more do not.
    pub withdrawals: usize,
    /// Workers that deliver.
    pub workers: usize,
    /// Customers who withdraw at the same time.
    pub customers_at_once: usize,
    /// An empty PostgreSQL database instead of SQLite.
    pub database_url: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Raced {
    /// The database.
    pub database: &'static str,
    /// Withdrawals that were answered.
    pub withdrawals: usize,
    /// Attempts committed after the withdrawal of the same customer was.
    pub attempts_after_withdrawal: usize,
    /// Customers whose message had begun before they withdrew.
    pub attempts_before_withdrawal: usize,
    /// Customers whose message was held back because they withdrew in time.
    pub held: usize,
    /// Messages handed over in all.
    pub sent: usize,
    /// Milliseconds from asking to withdraw until it was durable and nothing to that customer was under way: median.
    pub stop_p50_ms: f64,
    /// The same, 99 of 100.
    pub stop_p99_ms: f64,
    /// The slowest.
    pub stop_max_ms: f64,
    /// Seconds the race took.
    pub elapsed_seconds: f64,
}

/// A channel that takes every message at once.
struct Fast;

impl Way for Fast {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            permit.admits(message, now).map_err(|refusal| SendError::NotPermitted(refusal.to_string()))?;
            Ok(Receipt { reply: "taken".to_owned() })
        })
    }

    fn describe(&self) -> String {
        "fast".to_owned()
    }
}

/// Messages that a worker claims at once.
const CLAIMED: usize = 50;

fn key(at: usize) -> CustomerKey {
    CustomerKey::new(format!("R-{at:06}"))
}

async fn fill(app: &App, count: usize, now: Instant) -> Result<()> {
    let customers: Vec<Customer> = (0..count)
        .map(|at| Customer {
            key: key(at),
            email: Some(format!("r{at}@example.com")),
            first_name: Some("Ana".to_owned()),
            locale: "es-ES".to_owned(),
            country: Some("ES".to_owned()),
            time_zone: Some("Europe/Madrid".to_owned()),
            known_since: now.plus_days(-90),
            restricted: false,
        })
        .collect();
    app.store().put_customers(&customers).await?;
    let receipts: Vec<_> = customers
        .iter()
        .map(|customer| {
            let (purpose, channel) = (Purpose::Marketing, Channel::Email);
            receipt(&customer.key, purpose, channel, ConsentStatus::Granted, now.plus_days(-30))
        })
        .collect();
    app.store().add_consents(&receipts).await?;
    Ok(())
}

/// Runs the race. Call it on a runtime with several threads.
///
/// # Errors
/// When it cannot be run; attempts after a withdrawal are in the result.
pub async fn run(race: &Race) -> Result<Raced> {
    let place = folder()?;
    let day = Day::from_ymd(2026, 3, 10).ok_or_else(|| Failure::Other("no such day".to_owned()))?;
    let now = day.start().plus_hours(10);
    let home = place.path().join("home");
    let url = race.database_url.as_deref();
    let app =
        App::open(Opening { home: &home, database_url: url, smtp_url: None, clock: Clock::at(now) }).await?;
    let staff = people(&app).await?;
    let (marketer, approver) = (somebody(&staff, Role::Marketer)?, somebody(&staff, Role::Approver)?);
    furnish(&app, now, somebody(&staff, Role::Analyst)?.id).await?;
    fill(&app, race.withdrawals + race.withdrawals / 4, now).await?;
    let words = Words { name: "Race", audience: "everyone", topic: "", with_ai: false, control_percent: 0.0 };
    let campaign = write(&app, &marketer, &words).await?;
    approve(&app, &marketer, &approver, campaign).await?;
    app.launch_campaign(&marketer, campaign).await?;
    let mut rows = app.store().messages_of_campaign(campaign, None, i64::MAX, 0).await?;
    // In the order in which they are handed over: who withdraws is next in line.
    rows.sort_by_key(|row| (row.not_before, row.id));
    let line: Arc<Vec<(MessageId, CustomerKey)>> =
        Arc::new(rows.into_iter().map(|row| (row.id, row.customer)).collect());

    let channel = Arc::new(Fast);
    let watch = Stopwatch::now();
    let mut workers = Vec::new();
    for at in 0..race.workers.max(1) {
        let app = app.clone().with_channel(Arc::clone(&channel) as _);
        workers.push(tokio::spawn(async move { deliver(&app, campaign, &format!("w{at}")).await }));
    }
    let (next, reached) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let look = tokio::spawn(look_out(app.clone(), campaign, line.len(), Arc::clone(&reached)));
    let mut leaving = Vec::new();
    for _ in 0..race.customers_at_once.max(1) {
        let (app, line) = (app.clone(), Arc::clone(&line));
        let (next, reached) = (Arc::clone(&next), Arc::clone(&reached));
        let (withdrawals, ahead) = (race.withdrawals, race.workers.max(1) * CLAIMED);
        leaving.push(tokio::spawn(async move {
            withdraw(&app, &line, &next, withdrawals, &reached, ahead).await
        }));
    }
    let mut waits = Vec::new();
    for customer in leaving {
        waits.extend(customer.await.map_err(|error| Failure::Other(error.to_string()))??);
    }
    look.await.map_err(|error| Failure::Other(error.to_string()))??;
    for worker in workers {
        worker.await.map_err(|error| Failure::Other(error.to_string()))??;
    }
    let elapsed = watch.elapsed().as_secs_f64();
    let raced = judge(&app, campaign, waits, elapsed).await?;
    app.store().close().await;
    Ok(raced)
}

/// Delivers until nothing is planned any more.
async fn deliver(app: &App, campaign: CampaignId, worker: &str) -> Result<()> {
    while app.store().pending_messages(campaign).await? > 0 {
        // One job waits at a time, but any number may run: each worker asks for one of its own.
        app.enqueue(&Work::Deliver { campaign }, app.now()).await?;
        if app.work_until_idle(worker).await? == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    Ok(())
}

/// Keeps up how many of the line were dealt with, until all were.
async fn look_out(app: App, campaign: CampaignId, all: usize, reached: Arc<AtomicUsize>) -> Result<()> {
    loop {
        let planned = app.store().funnel(campaign).await?.state(DeliveryState::Planned);
        reached.store(all.saturating_sub(usize::try_from(planned).unwrap_or(all)), Ordering::Relaxed);
        if planned == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// Withdraws for one customer after the other, those who are next in line: some of them are claimed already, some not
/// yet. Comes out: how long each took, in milliseconds, until it was answered.
async fn withdraw(
    app: &App,
    line: &[(MessageId, CustomerKey)],
    next: &AtomicUsize,
    withdrawals: usize,
    reached: &AtomicUsize,
    ahead: usize,
) -> Result<Vec<f64>> {
    let mut waits = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some((message, customer)) = line.get(at).filter(|_| at < withdrawals) else { return Ok(waits) };
        // Spread over those who are next, so that the race is lost or won by a message or two.
        let spread = science::hash::seeded_hash(7, customer.as_str().as_bytes()) as usize % (ahead + 1);
        while at > reached.load(Ordering::Relaxed) + spread {
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        let watch = Stopwatch::now();
        if at.is_multiple_of(2) {
            let [_, _, token] = app.customer_links(*message)?;
            app.unsubscribe(&token, OptOutSource::OneClick).await?;
        } else {
            let (purpose, channel) = (Purpose::Marketing, Channel::Email);
            let said = receipt(customer, purpose, channel, ConsentStatus::Withdrawn, app.now());
            app.record_consents(&[said], Actor::Customer).await?;
        }
        waits.push(watch.elapsed().as_secs_f64() * 1_000.0);
    }
}

async fn judge(app: &App, campaign: CampaignId, mut waits: Vec<f64>, elapsed_seconds: f64) -> Result<Raced> {
    let mut attempts: BTreeMap<CustomerKey, u64> = BTreeMap::new();
    let (mut sent, mut held) = (0, 0);
    for row in app.store().messages_of_campaign(campaign, None, i64::MAX, 0).await? {
        sent += usize::from(row.state == Some(DeliveryState::Sent));
        held += usize::from(row.state == Some(DeliveryState::Suppressed));
        if let Some(evidence) = row.evidence {
            let seen = evidence.get("ledger").and_then(serde_json::Value::as_u64);
            let seen =
                seen.ok_or_else(|| Failure::Other("an attempt says not what it had seen".to_owned()))?;
            attempts.insert(row.customer, seen);
        }
    }
    let (mut withdrawals, mut after, mut before) = (0, 0, 0);
    for action in [Action::OptedOut, Action::ConsentRecorded] {
        let mut until = None;
        loop {
            let filter = store::ledger::EntryFilter {
                before: until,
                limit: 1_000,
                action: Some(action),
                object: None,
            };
            let entries = app.store().entries(&filter).await?;
            for entry in &entries {
                let Some(customer) = entry.entry.object.strip_prefix("customer/") else { continue };
                withdrawals += 1;
                match attempts.get(&CustomerKey::new(customer)) {
                    // Entries count from 0: a ledger of `seen` entries holds those below `seen`.
                    Some(seen) if *seen > entry.seq => after += 1,
                    Some(_) => before += 1,
                    None => {}
                }
            }
            match entries.last() {
                Some(last) if entries.len() == 1_000 => until = Some(last.seq),
                _ => break,
            }
        }
    }
    waits.sort_by(f64::total_cmp);
    let share = |share: f64| {
        let at = ((waits.len() as f64 * share).ceil() as usize).saturating_sub(1);
        waits.get(at).copied().unwrap_or(0.0)
    };
    Ok(Raced {
        database: match app.store().kind() {
            store::Kind::Sqlite => "sqlite",
            store::Kind::Postgres => "postgresql",
        },
        withdrawals,
        attempts_after_withdrawal: after,
        attempts_before_withdrawal: before,
        held,
        sent,
        stop_p50_ms: share(0.5),
        stop_p99_ms: share(0.99),
        stop_max_ms: share(1.0),
        elapsed_seconds,
    })
}
