//! A slow channel, and somebody who says stop while it works: once that has been answered, nothing more leaves.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow::{App, OptOutSource};
use gateway::channel::{Channel, Receipt, Sending};
use policy::permit::SendPermit;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey};
use terms::message::Message;
use terms::person::{Person, Role};
use terms::time::Instant;
use testkit::TestApp;

/// How long the channel takes over one message.
const SLOW: Duration = Duration::from_millis(150);

/// A channel that takes its time and remembers to whom it handed over: when it began, and when it was done.
#[derive(Default)]
struct Slow {
    begun: Mutex<Vec<CustomerKey>>,
    done: Mutex<Vec<CustomerKey>>,
}

impl Slow {
    fn begun(&self) -> Vec<CustomerKey> {
        self.begun.lock().unwrap().clone()
    }

    fn done(&self) -> usize {
        self.done.lock().unwrap().len()
    }

    async fn reaches(&self, messages: usize) {
        while self.begun().len() < messages {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Channel for Slow {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            assert!(permit.admits(message, now).is_ok());
            self.begun.lock().unwrap().push(message.customer.clone());
            tokio::time::sleep(SLOW).await;
            self.done.lock().unwrap().push(message.customer.clone());
            Ok(Receipt { reply: "taken".to_owned() })
        })
    }

    fn describe(&self) -> String {
        "slow".to_owned()
    }
}

/// A running campaign whose worker hands over to the slow channel.
async fn sending(customers: u32) -> (TestApp, App, Arc<Slow>, CampaignId, Person) {
    let kit = TestApp::with_customers(customers).await;
    let marketer = kit.person(Role::Marketer).await;
    let id = kit.approved("Everybody", "known_days >= 0").await;
    kit.app.launch_campaign(&marketer, id).await.unwrap();
    let channel = Arc::new(Slow::default());
    let worker = kit.app.clone().with_channel(channel.clone());
    (kit, worker, channel, id, marketer)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_pause_or_a_stop_was_answered_nothing_more_is_handed_over() {
    let (kit, worker, channel, id, marketer) = sending(200).await;
    for (round, stop) in [false, true].into_iter().enumerate() {
        let worker = worker.clone();
        let work = tokio::spawn(async move { worker.work_until_idle("w").await.unwrap() });
        channel.reaches(3 * (round + 1)).await;
        if stop {
            kit.app.stop_campaign(&marketer, id).await.unwrap();
        } else {
            kit.app.pause_campaign(&marketer, id).await.unwrap();
        }
        let (begun, done) = (channel.begun().len(), channel.done());
        assert_eq!(begun, done, "what had begun was waited for");
        tokio::time::sleep(4 * SLOW).await;
        work.await.unwrap();
        assert_eq!(channel.begun().len(), begun, "nothing began after the answer");
        let funnel = kit.app.store().funnel(id).await.unwrap();
        assert_eq!(funnel.state(DeliveryState::Sent), begun as i64);
        assert_eq!(funnel.state(DeliveryState::Attempting), 0);
        if !stop {
            assert!(funnel.state(DeliveryState::Planned) > 30, "{funnel:?}");
            // Nothing was left claimed: who resumes need not wait for a lease.
            kit.app.resume_campaign(&marketer, id).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_withdrawal_nothing_is_handed_over_to_that_customer() {
    let (kit, worker, channel, id, marketer) = sending(200).await;
    let now = kit.app.now();
    let mut planned =
        kit.app.store().messages_of_campaign(id, Some(DeliveryState::Planned), 1_000, 0).await.unwrap();
    planned.retain(|message| message.not_before.is_some_and(|at| at <= now));
    planned.sort_by_key(|message| (message.not_before, message.id));
    let work = tokio::spawn(async move { worker.work_until_idle("w").await.unwrap() });
    channel.reaches(2).await;
    // Somebody it is being handed over to, and others of the same batch who come next, while the worker goes on.
    let leaving: Vec<_> = [1].into_iter().chain(8..20).filter_map(|at| planned.get(at)).collect();
    let mut begun_before = Vec::new();
    for message in &leaving {
        let [_, _, unsubscribe] = kit.app.customer_links(message.id).unwrap();
        kit.app.unsubscribe(&unsubscribe, OptOutSource::OneClick).await.unwrap();
        let of = |customers: Vec<CustomerKey>| customers.contains(&message.customer);
        let begun = of(channel.begun());
        assert_eq!(begun, of(channel.done.lock().unwrap().clone()), "what had begun was waited for");
        begun_before.push(begun);
    }
    while kit.app.store().message(leaving.last().unwrap().id).await.unwrap().state
        == Some(DeliveryState::Planned)
    {
        tokio::time::sleep(SLOW).await;
    }
    kit.app.pause_campaign(&marketer, id).await.unwrap();
    work.await.unwrap();
    let begun = channel.begun();
    for (message, before) in leaving.iter().zip(&begun_before) {
        let after = begun.contains(&message.customer);
        assert_eq!(*before, after, "handed over after the withdrawal of {}", message.customer);
    }
    let in_time = begun_before.iter().filter(|begun| !**begun).count();
    let suppressed = kit.app.store().funnel(id).await.unwrap().state(DeliveryState::Suppressed);
    assert!(
        in_time >= 6 && suppressed == in_time as i64,
        "{in_time} withdrew in time, {suppressed} held back"
    );
}

/// A channel that stands still in the middle of a message until it is let go.
struct Stalled {
    begun: Mutex<Vec<CustomerKey>>,
    left: Mutex<Vec<CustomerKey>>,
    go_on: tokio::sync::watch::Receiver<bool>,
}

impl Channel for Stalled {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            assert!(permit.admits(message, now).is_ok());
            self.begun.lock().unwrap().push(message.customer.clone());
            self.go_on.clone().wait_for(|go_on| *go_on).await.unwrap();
            self.left.lock().unwrap().push(message.customer.clone());
            Ok(Receipt { reply: "taken".to_owned() })
        })
    }

    fn describe(&self) -> String {
        "stalled".to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_slept_through_its_lease_hands_nothing_over_to_who_withdrew_meanwhile() {
    let (kit, worker, _, id, _) = sending(200).await;
    let (let_go, go_on) = tokio::sync::watch::channel(false);
    let channel = Arc::new(Stalled { begun: Mutex::default(), left: Mutex::default(), go_on });
    let worker = worker.with_channel(channel.clone());
    let work = tokio::spawn(async move { worker.work_until_idle("w").await.unwrap() });
    while channel.begun.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let customer = channel.begun.lock().unwrap()[0].clone();
    // The machine slept: the lease is over, so nobody waits for this worker any more.
    kit.app.clock().set(kit.app.now().plus_seconds(121));
    let rows = kit.app.store().messages_of_campaign(id, None, 1_000, 0).await.unwrap();
    let message = rows.iter().find(|row| row.customer == customer).unwrap().id;
    let [_, _, unsubscribe] = kit.app.customer_links(message).unwrap();
    kit.app.unsubscribe(&unsubscribe, OptOutSource::OneClick).await.unwrap();
    // The answer is out. Now the worker wakes up.
    let_go.send(true).unwrap();
    work.await.unwrap();
    let left = channel.left.lock().unwrap().clone();
    assert!(!left.contains(&customer), "handed over after the withdrawal was answered");
    assert!(left.len() > 30, "the others are served: {}", left.len());
    let state = kit.app.store().message(message).await.unwrap().state;
    assert_eq!(state, Some(DeliveryState::InDoubt), "nobody knows how far it came");
}
