//! What customers, people and the world do in a simulation: each act is a task of its own, made of the product's use
//! cases, with what must hold once it is durable or was answered.

mod campaigns;
mod names;

pub use names::{chosen, opted_out};

use crate::proof::defect::Defect;
use crate::proof::gate::Work;
use crate::proof::oracle::stays;
use crate::proof::oracle::{Event, record_of};
use crate::proof::template::{CUSTOMERS, key, receipt};
use crate::proof::world::World;
use flow::OptOutSource;
use flow::views::PreferencesForm;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::erasure::ErasureCause;
use terms::ids::{CampaignId, CustomerKey};
use terms::person::Actor;
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
    /// Somebody is erased, under every name they have by then.
    Erased(CustomerKey),
    /// The customer clicked on the link that ends it.
    OptedOut(CustomerKey),
    /// The customer of a page chose, of what was offered there.
    Chose(CustomerKey, PreferencesForm),
    /// A request waits in the inbox that says that the first key is a name of the second.
    Told(CustomerKey, CustomerKey),
}

impl Effect {
    pub(super) const fn is_opt_out(&self) -> bool {
        matches!(self, Self::OptedOut(_))
    }
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
    /// For whatever is under way.
    Anybody,
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
        32..40 => names::centre(world, who).await,
        40..48 => Some(restriction(world, who)),
        48..56 => Some(suppression(world, who)),
        56..60 => Some(lift(world, who)),
        60..64 => record(world, who),
        64..66 => Some(erasure(world, who)),
        66..70 => Some(names::told(world, who)),
        70..74 => Some(names::used(world)),
        74..95 => campaigns::campaign(world),
        _ => campaigns::settle(world).await,
    }
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
    let who = stays(world.history(), &who);
    let effects = vec![Effect::OptedOut(who.clone())];
    let app = world.app().clone();
    let work: Work =
        Box::pin(
            async move { app.unsubscribe(&token, OptOutSource::OneClick).await.map_err(words).map(|_| ()) },
        );
    let waits = Waits::For(who.clone());
    Some(Act { waits, ..act(format!("{who} opts out"), effects, work) })
}

fn restriction(world: &mut World<'_>, who: CustomerKey) -> Act {
    let who = stays(world.history(), &who);
    let on = world.below(2) == 0;
    let app = world.app().clone();
    let name = format!("{who} restriction {on}");
    let effects = vec![Effect::Said(Event::Restriction(who.clone(), on))];
    let lost = world.defect() == Some(Defect::LosesRestrictions);
    let work: Work = Box::pin(async move {
        if lost {
            return Ok(());
        }
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
    let who = stays(world.history(), &who);
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
    let who = stays(world.history(), &who);
    let (customer, address) = target(world, who);
    let name = format!("{customer:?} {address:?} no longer suppressed by the brand");
    let effects = vec![Effect::Said(Event::ManualLifted(customer.clone(), address.clone()))];
    let app = world.app().clone();
    let work: Work = Box::pin(async move {
        let manual = SuppressionReason::Manual;
        let done = app.store().lift_suppression(customer.as_ref(), address.as_deref(), manual);
        done.await.map_err(words).map(|_| ())
    });
    act(name, effects, work)
}

fn erasure(world: &mut World<'_>, who: CustomerKey) -> Act {
    let app = world.app().clone();
    let effects = vec![Effect::Erased(who.clone())];
    let (name, waits) = (format!("{who} is erased"), Waits::For(who.clone()));
    let lost = world.defect() == Some(Defect::LosesErasures);
    let work: Work = Box::pin(async move {
        if lost {
            return Ok(());
        }
        app.erase_customer(&who, ErasureCause::Request).await.map_err(words).map(|_| ())
    });
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
