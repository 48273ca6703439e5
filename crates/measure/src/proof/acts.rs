//! What customers, people and the world do in a simulation: each act is a task of its own, made of the product's use
//! cases, with what must hold once it is durable or was answered.

use crate::proof::channel::Defect;
use crate::proof::gate::Work;
use crate::proof::oracle::{Event, record_of};
use crate::proof::simulation::World;
use crate::proof::template::{CUSTOMERS, EDITION, key, receipt};
use flow::{OptOutSource, Reconciled};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Language;
use terms::delivery::DeliveryState;
use terms::erasure::ErasureCause;
use terms::ids::{CampaignId, CustomerKey};
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;
use terms::preference::{Personalisation, Preferences};
use terms::time::Instant;

/// What an act changes, from its first commit on, or from its answer when it needed none.
#[derive(Debug, Clone)]
pub enum Effect {
    /// In the history that the oracle reads.
    Said(Event),
    /// A campaign has another edition of its words from then on, to be sent from and until these instants.
    Edited(usize, u32, Instant, Instant),
    /// That edition was approved.
    Approved(usize, u32),
    /// The campaign runs, or does not.
    Runs(usize, bool),
}

/// Whose messages under way an act waits for before it answers.
#[derive(Debug, Clone)]
pub enum Waits {
    /// For none.
    No,
    /// For those to a customer.
    For(CustomerKey),
    /// For those of a campaign.
    Of(CampaignId),
}

/// An act.
pub struct Act {
    /// Name, for the trace.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// What follows.
    pub effects: Vec<Effect>,
    /// What it waits for.
    pub waits: Waits,
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn act(name: String, effects: Vec<Effect>, work: Work) -> Act {
    Act { name, work, effects, waits: Waits::No }
}

/// Draws an act; `None` when what was drawn has nothing to act on.
pub async fn draw(world: &mut World<'_>) -> Option<Act> {
    let who = key(world.below(CUSTOMERS));
    match world.below(100) {
        0..24 => Some(receipts(world, who)),
        24..32 => opt_out(world, who).await,
        32..40 => Some(preferences(world, who)),
        40..48 => Some(restriction(world, who)),
        48..56 => Some(suppression(world, who)),
        56..60 => Some(lift(world, who)),
        60..66 => record(world, who),
        66 => Some(erasure(world, who)),
        67..94 => campaign(world),
        _ => settle(world).await,
    }
}

fn entry(at: Instant, customer: &CustomerKey, action: Action) -> NewEntry {
    let object = format!("customer/{customer}");
    NewEntry { at, actor: Actor::Customer, action, object, payload: serde_json::json!({}) }
}

fn receipts(world: &mut World<'_>, who: CustomerKey) -> Act {
    let now = world.now();
    let mut drawn: Vec<ConsentReceipt> = Vec::new();
    for _ in 0..=world.below(2) {
        let purpose = match world.below(10) {
            0..6 => Purpose::Marketing,
            6..8 => Purpose::Profiling,
            _ => Purpose::AiContent,
        };
        let channel = if world.below(5) == 0 { Channel::Sms } else { Channel::Email };
        let status = match world.below(10) {
            0..5 => ConsentStatus::Granted,
            5..9 => ConsentStatus::Withdrawn,
            _ => ConsentStatus::Denied,
        };
        let at = match (world.below(10), drawn.last()) {
            (0..3, Some(last)) => last.at,
            // Late events, and clocks that go ahead.
            (3, _) => now.plus_days(-(world.below(40) as i64)),
            (4, _) => now.plus_hours(world.below(30) as i64),
            _ => now,
        };
        let mut one = receipt(&who, purpose, channel, status, at);
        match world.below(6) {
            0 => one.basis = LawfulBasis::SoftOptIn,
            1 => {
                one.basis = LawfulBasis::SoftOptIn;
                one.proof = "order:O-17".to_owned();
            }
            2 => one.basis = LawfulBasis::LegitimateInterest,
            _ => {}
        }
        one.source = format!("s{}", world.below(1_000_000_000));
        drawn.push(one);
    }
    let effects = drawn.iter().cloned().map(|one| Effect::Said(Event::Receipt(one))).collect();
    let said: Vec<String> = drawn
        .iter()
        .map(|one| format!("{} {} {} {} {}", one.purpose, one.channel, one.status, one.basis, one.at))
        .collect();
    let name = format!("{who} says {}", said.join(" and "));
    if world.defect() == Some(Defect::LosesWithdrawals) {
        drawn.retain(|one| one.status == ConsentStatus::Granted);
    }
    let app = world.app().clone();
    let waits = Waits::For(who);
    let work: Work =
        Box::pin(
            async move { app.record_consents(&drawn, Actor::Customer).await.map_err(words).map(|_| ()) },
        );
    Act { waits, ..act(name, effects, work) }
}

async fn opt_out(world: &mut World<'_>, who: CustomerKey) -> Option<Act> {
    let messages = world.app().store().messages_of_customer(&who, 1).await.ok()?;
    let message = messages.first()?.id;
    let [_, _, token] = world.app().customer_links(message).ok()?;
    let address = record_of(world.history(), &who)?.email;
    let mut said = receipt(&who, Purpose::Marketing, Channel::Email, ConsentStatus::Withdrawn, world.now());
    said.source = "one_click".to_owned();
    let effects = vec![
        Effect::Said(Event::Receipt(said)),
        Effect::Said(Event::Suppression(Some(who.clone()), address, SuppressionReason::Unsubscribed)),
    ];
    let app = world.app().clone();
    let work: Work =
        Box::pin(
            async move { app.unsubscribe(&token, OptOutSource::OneClick).await.map_err(words).map(|_| ()) },
        );
    let waits = Waits::For(who.clone());
    Some(Act { waits, ..act(format!("{who} opts out"), effects, work) })
}

fn preferences(world: &mut World<'_>, who: CustomerKey) -> Act {
    let now = world.now();
    let cap = world.below(4).checked_sub(1).map(|cap| cap as i64);
    let language = (world.below(2) == 0)
        .then(|| if world.below(2) == 0 { Language::Spanish } else { Language::English });
    let drawn = world.below(Personalisation::ALL.len());
    let personalisation = Personalisation::ALL.get(drawn).copied().unwrap_or(Personalisation::None);
    let chosen = Preferences { max_per_month: cap, language, personalisation, ..Preferences::default() };
    let mut effects =
        vec![Effect::Said(Event::OwnCap(who.clone(), cap.and_then(|cap| u32::try_from(cap).ok())))];
    effects.push(Effect::Said(Event::OwnLanguage(who.clone(), language)));
    effects.push(Effect::Said(Event::OwnLevel(who.clone(), personalisation)));
    let app = world.app().clone();
    let name = format!("{who} chooses at most {cap:?} in {language:?}, {personalisation}");
    act(
        name,
        effects,
        Box::pin(async move {
            let mut tx = app.store().begin().await.map_err(words)?;
            tx.set_preferences(&who, &chosen, now).await.map_err(words)?;
            tx.append_entries(&[entry(now, &who, Action::ConsentRecorded)]).await.map_err(words)?;
            tx.commit().await.map_err(words)
        }),
    )
}

fn restriction(world: &mut World<'_>, who: CustomerKey) -> Act {
    let on = world.below(2) == 0;
    let app = world.app().clone();
    let name = format!("{who} restriction {on}");
    let effects = vec![Effect::Said(Event::Restriction(who.clone(), on))];
    let work: Work = Box::pin(async move {
        let store = app.store();
        let done =
            if on { store.restrict_customer(&who).await } else { store.unrestrict_customer(&who).await };
        done.map_err(words)
    });
    act(name, effects, work)
}

/// The customer, their address, or both.
fn target(world: &mut World<'_>, who: CustomerKey) -> (Option<CustomerKey>, Option<String>) {
    let address = record_of(world.history(), &who).and_then(|record| record.email);
    match world.below(3) {
        0 => (Some(who), address),
        1 => (Some(who), None),
        _ => (None, address.map(|address| format!(" {} ", address.to_uppercase()))),
    }
}

fn suppression(world: &mut World<'_>, who: CustomerKey) -> Act {
    let reason = match world.below(6) {
        0 => SuppressionReason::HardBounce,
        1 => SuppressionReason::Complaint,
        2 => SuppressionReason::Objection,
        _ => SuppressionReason::Manual,
    };
    let now = world.now();
    let (customer, address) = target(world, who);
    let name = format!("{customer:?} {address:?} suppressed as {reason}");
    let effects = vec![Effect::Said(Event::Suppression(customer.clone(), address.clone(), reason))];
    let app = world.app().clone();
    let lost = world.defect() == Some(Defect::LosesSuppressions);
    let work: Work = Box::pin(async move {
        if lost {
            return Ok(());
        }
        let done = app.store().suppress(customer.as_ref(), address.as_deref(), reason, "simulation", now);
        done.await.map_err(words)
    });
    act(name, effects, work)
}

fn lift(world: &mut World<'_>, who: CustomerKey) -> Act {
    let (customer, address) = target(world, who);
    let name = format!("{customer:?} {address:?} no longer suppressed by the brand");
    let effects = vec![Effect::Said(Event::ManualLifted(customer.clone(), address.clone()))];
    let app = world.app().clone();
    let work: Work = Box::pin(async move {
        let done = app.store().lift_manual_suppression(customer.as_ref(), address.as_deref());
        done.await.map_err(words)
    });
    act(name, effects, work)
}

fn erasure(world: &mut World<'_>, who: CustomerKey) -> Act {
    let app = world.app().clone();
    let effects = vec![Effect::Said(Event::Erased(who.clone()))];
    let (name, waits) = (format!("{who} is erased"), Waits::For(who.clone()));
    let work: Work =
        Box::pin(
            async move { app.erase_customer(&who, ErasureCause::Request).await.map_err(words).map(|_| ()) },
        );
    Act { waits, ..act(name, effects, work) }
}

fn record(world: &mut World<'_>, who: CustomerKey) -> Option<Act> {
    let mut new = record_of(world.history(), &who)?;
    match world.below(5) {
        0 => new.email = Some(format!("c{}@example.com", world.below(CUSTOMERS))),
        1 => new.time_zone = Some("Asia/Tokyo".to_owned()),
        2 => new.country = Some("ES".to_owned()),
        3 => new.locale = "fr-FR".to_owned(),
        _ => new.restricted = true,
    }
    let name = format!("{who} is known as {:?} {:?} {}", new.email, new.time_zone, new.locale);
    let effects = vec![Effect::Said(Event::Record(new.clone()))];
    let app = world.app().clone();
    // An import never lifts a restriction, and says nothing of one it does not know.
    let work: Work = Box::pin(async move { app.store().put_customers(&[new]).await.map_err(words) });
    Some(act(name, effects, work))
}

fn campaign(world: &mut World<'_>) -> Option<Act> {
    let at = world.below(world.campaigns().len());
    let track = world.campaigns().get(at)?.clone();
    let id = track.ask.campaign;
    let app = world.app().clone();
    let (marketer, approver) = (world.template().marketer.clone(), world.template().approver.clone());
    let drawn = world.below(20);
    let (verb, effects, work): (_, Vec<Effect>, Work) = match drawn {
        0..8 => (
            "launched",
            vec![Effect::Runs(at, true)],
            Box::pin(async move { app.launch_campaign(&marketer, id).await.map_err(words) }),
        ),
        8..11 => (
            "paused",
            vec![Effect::Runs(at, false)],
            Box::pin(async move { app.pause_campaign(&approver, id).await.map_err(words) }),
        ),
        11..15 => (
            "resumed",
            vec![Effect::Runs(at, true)],
            Box::pin(async move { app.resume_campaign(&marketer, id).await.map_err(words) }),
        ),
        15 => (
            "stopped",
            vec![Effect::Runs(at, false)],
            Box::pin(async move { app.stop_campaign(&marketer, id).await.map_err(words) }),
        ),
        16 => {
            let edition = track.edition + 1;
            let (from, until) = (world.now(), world.now().plus_days(2));
            let effects = vec![Effect::Edited(at, edition, from, until)];
            (
                "edited",
                effects,
                Box::pin(async move {
                    let view = app.compose(id, Language::English).await.map_err(words)?;
                    let mut form = view.form;
                    form.send_days = 2;
                    form.variants.iter_mut().for_each(|variant| variant.link = format!("{EDITION}{edition}"));
                    app.save_campaign(&marketer, Some(id), view.version, &form)
                        .await
                        .map_err(words)
                        .map(|_| ())
                }),
            )
        }
        17..19 => (
            "submitted",
            Vec::new(),
            Box::pin(async move { app.submit_campaign(&marketer, id).await.map_err(words) }),
        ),
        _ => {
            let effects = vec![Effect::Approved(at, track.edition)];
            (
                "approved",
                effects,
                Box::pin(async move {
                    let hash = app.store().campaign_hash(id).await.map_err(words)?;
                    let hash = hash.map(|hash| hash.to_string()).unwrap_or_default();
                    app.approve_campaign(&approver, id, &hash, "").await.map_err(words)
                }),
            )
        }
    };
    let waits = if matches!(drawn, 8..11 | 15) { Waits::Of(id) } else { Waits::No };
    Some(Act { waits, ..act(format!("campaign {id} {verb}"), effects, work) })
}

/// Somebody settles a message in doubt, truthfully.
async fn settle(world: &mut World<'_>) -> Option<Act> {
    let drawn = world.below(world.campaigns().len());
    let track = world.campaigns().get(drawn)?;
    let doubtful = Some(DeliveryState::InDoubt);
    let messages = world.app().store().messages_of_campaign(track.ask.campaign, doubtful, 1, 0).await.ok()?;
    let message = messages.first()?.id;
    // Nobody can know of a message that a worker is still holding.
    if world.in_channel() {
        return None;
    }
    let settled = if world.left(message) > 0 { Reconciled::Sent } else { Reconciled::NotSent };
    let (app, engineer) = (world.app().clone(), world.template().engineer.clone());
    let work: Work = Box::pin(async move { app.reconcile(&engineer, message, settled).await.map_err(words) });
    Some(act(format!("message {message} settled as {settled:?}"), Vec::new(), work))
}
