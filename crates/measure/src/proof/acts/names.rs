//! The preference centre, and what comes through the inbox of events: that two names are one person's.

use super::{Act, Effect, Waits, act, words};
use crate::proof::defect::Defect;
use crate::proof::oracle::{Event, record_of, said, stays, suppressed};
use crate::proof::template::{CUSTOMERS, key, receipt};
use crate::proof::world::World;
use flow::views::PreferencesForm;
use store::intake::Intake;
use terms::consent::{Channel, ConsentStatus, Purpose, SuppressionReason};
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::preference::Personalisation;
use terms::time::Instant;

/// Somebody opens the link of a message and saves what they chose.
pub(super) async fn centre(world: &mut World<'_>, who: CustomerKey) -> Option<Act> {
    let messages = world.app().store().messages_of_customer(&who, 1).await.ok()?;
    let [_, token, _] = world.app().customer_links(messages.first()?.id).ok()?;
    let level = world.below(Personalisation::ALL.len());
    let mut topics: Vec<String> = world.template().topics.clone();
    match world.below(4) {
        0 => topics.clear(),
        1 => {
            let one = world.below(topics.len());
            topics = topics.get(one).cloned().into_iter().collect();
        }
        _ => {}
    }
    let form = PreferencesForm {
        channels: if world.below(4) == 0 { Vec::new() } else { vec![Channel::Email] },
        profiling: world.below(3) > 0,
        ai_content: world.below(3) > 0,
        measurement: world.below(2) == 0,
        sharing: false,
        personalisation: Personalisation::ALL.get(level).copied(),
        topics: (world.below(3) > 0).then_some(topics),
        max_per_month: (world.below(4) as u32).checked_sub(1),
        language: match world.below(4) {
            0 => Some(Language::Spanish),
            1 => Some(Language::English),
            _ => None,
        },
    };
    let name = format!("{who} chooses {form:?}");
    let effects = vec![Effect::Chose(who.clone(), form.clone())];
    let app = world.app().clone();
    let lost = world.defect() == Some(Defect::LosesChoices);
    let work = Box::pin(async move {
        if lost {
            return Ok(());
        }
        app.save_preferences(&token, &form).await.map_err(words).map(|_| ())
    });
    Some(Act { waits: Waits::For(who), ..act(name, effects, work) })
}

/// A server says that two keys are one person's.
pub(super) fn told(world: &mut World<'_>, into: CustomerKey) -> Act {
    let from = key(world.below(CUSTOMERS));
    let now = world.now();
    let other = if world.defect() == Some(Defect::LosesJoins) { &into } else { &from };
    let text = format!(r#"{{"k":"alias","u":"{into}","o":"{other}","t":{}}}"#, now.0);
    let request = Intake {
        key: world.template().write_key,
        received_at: now,
        events: vec![(text.len(), None)],
        text,
        refused: Vec::new(),
    };
    let name = format!("{from} is said to be {into}");
    let effects = vec![Effect::Told(from, into)];
    let store = world.app().store().clone();
    act(
        name,
        effects,
        Box::pin(async move { store.take_events(&[request]).await.map_err(words).map(|_| ()) }),
    )
}

/// The inbox is used.
pub(super) fn used(world: &mut World<'_>) -> Act {
    let app = world.app().clone();
    let work = Box::pin(async move { app.apply_events().await.map_err(words).map(|_| ()) });
    Act { waits: Waits::Anybody, ..act("events are used".to_owned(), Vec::new(), work) }
}

/// What follows from what somebody chose at the preference centre.
#[must_use]
pub fn chosen(history: &[Event], who: &CustomerKey, form: &PreferencesForm, now: Instant) -> Vec<Event> {
    let who = stays(history, who);
    let Some(record) = record_of(history, &who) else { return Vec::new() };
    let mut events = vec![Event::OwnCap(who.clone(), form.max_per_month)];
    events.extend(form.personalisation.map(|level| Event::OwnLevel(who.clone(), level)));
    events.extend(form.language.map(|language| Event::OwnLanguage(who.clone(), Some(language))));
    if let Some(topics) = &form.topics {
        // An empty list would mean all of them.
        let topics = if topics.is_empty() { vec!["of none".to_owned()] } else { topics.clone() };
        events.push(Event::OwnTopics(who.clone(), topics));
    }
    for (purpose, yes) in [
        (Purpose::Marketing, form.channels.contains(&Channel::Email)),
        (Purpose::Profiling, form.profiling),
        (Purpose::AiContent, form.ai_content),
    ] {
        let before = said(history, &who, purpose, Channel::Email, now) == Some(true);
        let says = |status| Event::Receipt(receipt(&who, purpose, Channel::Email, status, now));
        let marketing = purpose == Purpose::Marketing;
        let left_out = marketing && suppressed(history, &who, record.email.as_deref());
        if yes && (!before || left_out) {
            events.push(says(ConsentStatus::Granted));
            if marketing {
                events.push(Event::OptOutLifted(who.clone(), record.email.clone()));
            }
        }
        if !yes && before {
            events.push(says(ConsentStatus::Withdrawn));
            if marketing {
                let reason = SuppressionReason::Unsubscribed;
                events.push(Event::Suppression(Some(who.clone()), record.email.clone(), reason));
            }
        }
    }
    events
}

/// What follows from an opt-out, for the address they have by then. Done twice is done once.
#[must_use]
pub fn opted_out(history: &[Event], who: &CustomerKey, now: Instant) -> Vec<Event> {
    let who = stays(history, who);
    let address = record_of(history, &who).and_then(|record| record.email);
    let (purpose, channel) = (Purpose::Marketing, Channel::Email);
    let refused = said(history, &who, purpose, channel, now) == Some(false);
    if refused && suppressed(history, &who, address.as_deref()) {
        return Vec::new();
    }
    let said = receipt(&who, purpose, channel, ConsentStatus::Withdrawn, now);
    let reason = SuppressionReason::Unsubscribed;
    vec![Event::Receipt(said), Event::Suppression(Some(who), address, reason)]
}
