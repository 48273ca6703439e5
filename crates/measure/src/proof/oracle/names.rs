//! Several names of one person, once more: what was done and agreed to under any of them, and what follows from finding
//! out. What either refused is refused; of each choice the one that allows less holds; what either got counts.

use super::{Event, agreed_to, own_cap, own_language, own_level, own_topics, record_of};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, Purpose};
use terms::customer::Customer;
use terms::ids::CustomerKey;
use terms::preference::Personalisation;
use terms::time::Instant;

/// The name that counts for a name by now.
#[must_use]
pub fn stays(history: &[Event], name: &CustomerKey) -> CustomerKey {
    let mut stays = name.clone();
    for event in history {
        if let Event::Joined(from, into, _) = event
            && *from == stays
        {
            stays = into.clone();
        }
    }
    stays
}

/// Every name of somebody, the one that counts too.
#[must_use]
pub fn names_of(history: &[Event], who: &CustomerKey) -> Vec<CustomerKey> {
    let mut names = vec![who.clone()];
    for event in history.iter().rev() {
        if let Event::Joined(from, into, _) = event
            && names.contains(into)
        {
            names.push(from.clone());
        }
    }
    names
}

/// The receipts that count for somebody: their own; those of names of before, as far as they were given when the names
/// were joined; refusals under such a name also later, but no grants; and a refusal of the moment in which a yes and a
/// no met.
pub(super) fn receipts_of(history: &[Event], who: &CustomerKey) -> Vec<ConsentReceipt> {
    let mut receipts: Vec<ConsentReceipt> = Vec::new();
    for (place, event) in history.iter().enumerate() {
        let before = history.get(..place).unwrap_or_default();
        match event {
            Event::Receipt(one) if one.customer == *who => receipts.push(one.clone()),
            Event::Receipt(one)
                if one.status != ConsentStatus::Granted && stays(before, &one.customer) == *who =>
            {
                receipts.push(one.clone());
            }
            Event::Joined(from, into, at) if into == who => {
                let theirs = receipts_of(before, from);
                let refusals = met(&receipts, &theirs, who, *at);
                receipts.extend(theirs);
                receipts.extend(refusals);
            }
            _ => {}
        }
    }
    receipts
}

/// A refusal for whatever one of two names agreed to and the other one refused.
fn met(
    ours: &[ConsentReceipt],
    theirs: &[ConsentReceipt],
    who: &CustomerKey,
    at: Instant,
) -> Vec<ConsentReceipt> {
    let mut refusals = Vec::new();
    for purpose in Purpose::ALL {
        for channel in Channel::ALL {
            let says = [ours, theirs].map(|said| agreed_to(said, *purpose, *channel, at));
            if says.contains(&Some(true)) && says.contains(&Some(false)) {
                refusals.extend(ours.first().or(theirs.first()).map(|any| ConsentReceipt {
                    customer: who.clone(),
                    purpose: *purpose,
                    channel: *channel,
                    status: ConsentStatus::Withdrawn,
                    at,
                    ..any.clone()
                }));
            }
        }
    }
    refusals
}

/// What becomes known when `from` turns out to be a name of `into`.
#[must_use]
pub fn join(history: &[Event], from: &CustomerKey, into: &CustomerKey, at: Instant) -> Vec<Event> {
    let (from, into) = (stays(history, from), stays(history, into));
    let erased = |key: &CustomerKey| {
        history.iter().any(|event| matches!(event, Event::Erased(erased) if erased == key))
    };
    if from == into || erased(&from) || erased(&into) {
        return Vec::new();
    }
    let mut events = vec![Event::Joined(from.clone(), into.clone(), at)];
    if let (Some(ending), Some(staying)) = (record_of(history, &from), record_of(history, &into)) {
        events.push(Event::Record(Customer {
            key: into.clone(),
            email: staying.email.or(ending.email),
            first_name: staying.first_name.or(ending.first_name),
            locale: if staying.locale.is_empty() { ending.locale } else { staying.locale },
            country: staying.country.or(ending.country),
            time_zone: staying.time_zone.or(ending.time_zone),
            known_since: staying.known_since.min(ending.known_since),
            restricted: super::restricted(history, &from) || super::restricted(history, &into),
        }));
    }
    let caps = [&from, &into].map(|key| own_cap(history, key));
    events.push(Event::OwnCap(into.clone(), caps.into_iter().flatten().min()));
    let (theirs, ours) = (own_language(history, &from), own_language(history, &into));
    events.push(Event::OwnLanguage(into.clone(), ours.or(theirs)));
    let less = |level: &Personalisation| match level {
        Personalisation::None => 0,
        Personalisation::Basic => 1,
        Personalisation::Full => 2,
    };
    let chosen = [&from, &into].map(|key| own_level(history, key));
    if let Some(level) = chosen.into_iter().flatten().min_by_key(less) {
        events.push(Event::OwnLevel(into.clone(), level));
    }
    let (theirs, ours) = (own_topics(history, &from), own_topics(history, &into));
    let topics = if ours.is_empty() {
        theirs
    } else if theirs.is_empty() {
        ours
    } else {
        let both: Vec<String> = ours.into_iter().filter(|topic| theirs.contains(topic)).collect();
        if both.is_empty() { vec!["of none".to_owned()] } else { both }
    };
    events.push(Event::OwnTopics(into, topics));
    events
}

/// True when a record brings an address that somebody else had when they were erased.
#[must_use]
pub fn buried(history: &[Event], new: &Customer) -> bool {
    let Some(brought) = new.email.as_deref() else { return false };
    let same = |email: &str| email.trim().to_lowercase() == brought.trim().to_lowercase();
    if record_of(history, &new.key).and_then(|record| record.email).is_some_and(|had| same(&had)) {
        return false;
    }
    history.iter().enumerate().any(|(place, event)| match event {
        Event::Erased(erased) => record_of(history.get(..place).unwrap_or_default(), erased)
            .and_then(|record| record.email)
            .is_some_and(|theirs| same(&theirs)),
        _ => false,
    })
}
