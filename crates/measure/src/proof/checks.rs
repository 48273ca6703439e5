//! What must hold in a simulation: at each commit, at each hand-over, and at the end.

use crate::proof::Result;
use crate::proof::oracle::{Event, forbids, names_of, refused, stays};
use crate::proof::template::EDITION;
use crate::proof::world::{Placed, World};
use std::collections::BTreeMap;
use terms::campaign::CampaignState;
use terms::delivery::DeliveryState;
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey};
use terms::time::Instant;

/// Looks at the outbox after a commit: each message that began to be handed over in it is held against everything that
/// was durable before.
pub(super) async fn committed(world: &mut World<'_>) -> Result<()> {
    world.look_into_inbox().await?;
    let contacts = world.app().store().contact_times(CampaignId(0), Instant(i64::MIN)).await?;
    let mut states = BTreeMap::new();
    let mut begun = Vec::new();
    for (stays, contacts) in contacts {
        for contact in contacts {
            let before = world.states.get(&contact.message);
            // The name it was planned with, which may end later.
            let customer = match before {
                Some(placed) => placed.customer.clone(),
                None if names_of(&world.history, &stays).len() == 1 => stays.clone(),
                None => world.app().store().message(contact.message).await?.customer,
            };
            let placed = Placed { customer, campaign: contact.campaign, state: contact.state };
            if contact.state == DeliveryState::Attempting
                && before.map(|placed| placed.state) != Some(DeliveryState::Attempting)
            {
                begun.push((placed.customer.clone(), placed.campaign, contact.at));
                world.set_back.remove(&contact.message);
            }
            states.insert(contact.message, placed);
        }
    }
    let may_have_left = |placed: Option<&Placed>| {
        matches!(
            placed.map(|placed| placed.state),
            Some(DeliveryState::Attempting | DeliveryState::InDoubt | DeliveryState::Sent)
        )
    };
    for (message, placed) in std::mem::take(&mut world.states) {
        if may_have_left(Some(&placed)) && !may_have_left(states.get(&message)) {
            world.history.push(Event::NoContact(placed.customer, placed.campaign));
        }
    }
    world.states = states;
    begun.sort();
    for (customer, campaign, at) in begun {
        let Some(track) = world.tracks.iter().find(|track| track.ask.campaign == campaign).cloned() else {
            world.violation(format!("an attempt of campaign {campaign}, which nobody wrote"));
            continue;
        };
        if at != world.now() {
            let now = world.now();
            world.violation(format!("an attempt for {customer} that says it was at {at}, when it was {now}"));
        }
        for rule in forbids(&world.history, &track.ask, &customer, at) {
            world.violation(format!(
                "an attempt for {customer} by campaign {campaign} at {at}, though {rule}"
            ));
        }
        if !track.runs {
            world.violation(format!("an attempt for {customer} by campaign {campaign}, which does not run"));
        }
        if track.approved != Some(track.edition) {
            world.violation(format!(
                "an attempt for {customer} by campaign {campaign}, which is not approved"
            ));
        }
        world.history.push(Event::Contact(customer, campaign, at));
    }
    Ok(())
}

/// Looks at what was given to the channel in a turn.
pub(super) fn handed(world: &mut World<'_>) -> Result<()> {
    for handed in world.wire.handed() {
        let (customer, campaign) = (handed.customer.clone(), handed.campaign);
        let begun = world.history.iter().any(
            |event| matches!(event, Event::Contact(whose, by, _) if *whose == customer && *by == campaign),
        );
        if !begun {
            world.violation(format!("message {} was handed over without an attempt", handed.message));
        }
        let approved = world.tracks.iter().find(|track| track.ask.campaign == campaign);
        let approved = approved.and_then(|track| track.approved).unwrap_or(u32::MAX);
        let words = format!("{EDITION}{approved}\"");
        if !handed.html.contains(&words) {
            world.violation(format!("message {} was handed over in words nobody approved", handed.message));
        }
    }
    for (message, customer, campaign) in world.wire.gone() {
        // Whoever waited took a lease to have run out that the clock then gave back.
        if !world.set_back.contains(&message) {
            left(world, &customer, campaign);
        }
    }
    let twice: Vec<_> = world.wire.all_left().into_iter().filter(|(_, times)| *times > 1).collect();
    for (message, times) in twice {
        world.violation(format!("message {message} left {times} times"));
    }
    Ok(())
}

/// Looks at a message in the moment it leaves the house: who was answered before is not written to any more. A message
/// that had begun is waited for before anybody is answered, so this holds also for those.
fn left(world: &mut World<'_>, customer: &CustomerKey, campaign: CampaignId) {
    let Some(track) = world.tracks.iter().find(|track| track.ask.campaign == campaign).cloned() else {
        return;
    };
    if world.halted.contains(&campaign) && !track.runs {
        world.violation(format!("a message to {customer} left after campaign {campaign} had been halted"));
    }
    let who = stays(&world.history, customer);
    let Some(answered) = world.answered.get(&who).and_then(|length| world.history.get(..*length)) else {
        return;
    };
    // Who was somebody else when the answer was given, and was joined since, was not answered by it.
    if stays(answered, customer) != who {
        return;
    }
    let now = world.now();
    let then = refused(answered, &track.ask, &who, now);
    let rules: Vec<_> = refused(&world.history, &track.ask, &who, now)
        .into_iter()
        .filter(|rule| then.contains(rule))
        .collect();
    for rule in rules {
        world.violation(format!("a message to {customer} left after they had been answered, though {rule}"));
    }
}

/// Looks at everything once the world is quiet.
pub(super) async fn at_the_end(world: &mut World<'_>) -> Result<()> {
    let left = world.wire.all_left();
    for place in 0..world.tracks.len() {
        let Some(id) = world.tracks.get(place).map(|track| track.ask.campaign) else { continue };
        let store = world.app().store().clone();
        let state = store.campaign(id).await?.state;
        let rows = store.messages_of_campaign(id, None, 1_000, 0).await?;
        let funnel = store.funnel(id).await?;
        let settled: i64 = [
            DeliveryState::Sent,
            DeliveryState::Failed,
            DeliveryState::Suppressed,
            DeliveryState::InDoubt,
            DeliveryState::Cancelled,
        ]
        .into_iter()
        .map(|state| funnel.state(state))
        .sum();
        let excluded: i64 = funnel.excluded.values().sum();
        if settled + excluded != funnel.audience || funnel.audience != rows.len() as i64 {
            world.violation(format!("campaign {id} does not add up: {funnel:?}"));
        }
        if matches!(state, CampaignState::Running | CampaignState::Paused) {
            world.violation(format!("campaign {id} is still {state} at the end"));
        }
        for row in rows {
            let times = left.get(&row.id).copied().unwrap_or(0);
            if times > 0 && row.arm != Some(Arm::Treated) {
                world.violation(format!(
                    "message {} left, but {} was not to be contacted",
                    row.id, row.customer
                ));
            }
            let may_have_left = matches!(row.state, Some(DeliveryState::Sent | DeliveryState::InDoubt));
            if times > 0 && !may_have_left {
                world.violation(format!("message {} left, but is on record as {:?}", row.id, row.state));
            }
            if row.state == Some(DeliveryState::Sent) && times == 0 {
                world.violation(format!("message {} is on record as sent, but never left", row.id));
            }
        }
    }
    let verified = world.app().verify_ledger().await?;
    if !verified.verified {
        world.violation(format!("the ledger does not verify: {:?}", verified.problems));
    }
    Ok(())
}
