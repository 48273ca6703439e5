//! Two names, one person: what was done, bought and agreed to under either counts for the one that stays, and what was
//! refused under either is refused.
//!
//! Goes in: a key that ends and the key that stays. Comes out: rows of the same transaction; purchases in the lake
//! follow with the next compaction. Receipts are never moved: the one that stays gets copies, and a refusal anew where
//! either refused. The key that ends keeps a record under restriction, so that links in its old mails still work and
//! nobody is written to twice.

use policy::consent::state_now;
use store::Tx;
use store::identities::{AliasKind, Identity};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, Purpose};
use terms::customer::Customer;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::preference::{Personalisation, Preferences};
use terms::time::Instant;

use super::apply::Run;
use crate::customer_pages::NO_TOPIC;
use crate::error::Result;

/// Joins `from` to `into`.
pub(super) async fn join(
    run: &mut Run<'_>,
    tx: &mut Tx,
    from: &CustomerKey,
    into: &CustomerKey,
    source: &str,
    at: Instant,
) -> Result<()> {
    tx.move_identities(from, into).await?;
    let identity = Identity {
        kind: AliasKind::Merged,
        alias: from.to_string(),
        customer: into.clone(),
        source: source.to_owned(),
        at,
    };
    tx.put_identities(&[identity]).await?;
    run.people.join(from, into);
    tx.move_events(from, into).await?;
    records(run, tx, from, into).await?;
    refusals(run, tx, from, into, source).await?;
    preferences(run, tx, from, into).await?;
    let payload = serde_json::json!({ "from": from, "into": into, "source": source });
    let entries = [from, into].map(|key| {
        run.app.entry(run.actor.clone(), Action::IdentitiesJoined, format!("customer/{key}"), payload.clone())
    });
    tx.append_entries(&entries).await?;
    Ok(())
}

/// What the record that ends says fills the gaps of the one that stays.
async fn records(run: &mut Run<'_>, tx: &mut Tx, from: &CustomerKey, into: &CustomerKey) -> Result<()> {
    let found = tx.customers(&[from.clone(), into.clone()]).await?;
    let of = |key: &CustomerKey| found.iter().find(|record| record.key == *key).cloned();
    let Some(ending) = of(from) else { return Ok(()) };
    let staying = of(into);
    let joined = match &staying {
        Some(staying) => Customer {
            key: into.clone(),
            email: staying.email.clone().or_else(|| ending.email.clone()),
            first_name: staying.first_name.clone().or_else(|| ending.first_name.clone()),
            locale: if staying.locale.is_empty() { ending.locale.clone() } else { staying.locale.clone() },
            country: staying.country.clone().or_else(|| ending.country.clone()),
            time_zone: staying.time_zone.clone().or_else(|| ending.time_zone.clone()),
            known_since: staying.known_since.min(ending.known_since),
            restricted: staying.restricted || ending.restricted,
        },
        None => Customer { key: into.clone(), ..ending.clone() },
    };
    let ended = Customer { restricted: true, ..ending.clone() };
    tx.put_customers(&[joined.clone(), ended.clone()]).await?;
    let emails = [ending.email.as_deref(), joined.email.as_deref()];
    for email in emails {
        // Every reason, not the oldest alone: the brand may take its own back, and a complaint must still stand then.
        for reason in tx.suppression_reasons(Some(from), email).await? {
            tx.suppress(Some(into), joined.email.as_deref(), reason, "joined", run.now).await?;
        }
    }
    run.people.records.insert(into.clone(), joined);
    run.people.records.insert(from.clone(), ended);
    Ok(())
}

/// Copies receipts, and refuses anew what either had refused.
async fn refusals(
    run: &mut Run<'_>,
    tx: &mut Tx,
    from: &CustomerKey,
    into: &CustomerKey,
    source: &str,
) -> Result<()> {
    let (theirs, ours) = (tx.consent_history(from).await?, tx.consent_history(into).await?);
    let mut receipts: Vec<ConsentReceipt> =
        theirs.iter().map(|receipt| ConsentReceipt { customer: into.clone(), ..receipt.clone() }).collect();
    for purpose in Purpose::ALL {
        // Marketing is agreed to channel by channel, all else for the person through any of them.
        let channels = if *purpose == Purpose::Marketing { Channel::ALL } else { &[Channel::Email] };
        for channel in channels {
            let states = [&theirs, &ours].map(|said| state_now(said, *purpose, *channel, run.now));
            let says = |granted: bool| {
                states.iter().flatten().any(|state| (state.status == ConsentStatus::Granted) == granted)
            };
            if !(says(true) && says(false)) {
                continue;
            }
            let refusal = theirs
                .iter()
                .chain(&ours)
                .filter(|receipt| receipt.purpose == *purpose && receipt.status != ConsentStatus::Granted)
                .filter(|receipt| *purpose != Purpose::Marketing || receipt.channel == *channel)
                .max_by_key(|receipt| receipt.at);
            receipts.extend(refusal.map(|refusal| ConsentReceipt {
                customer: into.clone(),
                status: ConsentStatus::Withdrawn,
                source: source.to_owned(),
                proof: format!("joined/{from}"),
                at: run.now,
                ..refusal.clone()
            }));
        }
    }
    if !receipts.is_empty() {
        let new = run.app.record_consents_in(tx, &receipts, run.actor.clone()).await?;
        run.withdrawn.extend(new);
    }
    Ok(())
}

/// Of each choice the one that allows less.
async fn preferences(run: &Run<'_>, tx: &mut Tx, from: &CustomerKey, into: &CustomerKey) -> Result<()> {
    let (theirs, ours) = (tx.preferences(from).await?, tx.preferences(into).await?);
    if theirs == Preferences::default() {
        return Ok(());
    }
    let rank = |level: Personalisation| Personalisation::ALL.iter().position(|each| *each == level);
    let least = if rank(theirs.personalisation) < rank(ours.personalisation) { &theirs } else { &ours };
    let max = match (theirs.max_per_month, ours.max_per_month) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    // No topics are all of them.
    let topics = match (theirs.topics.is_empty(), ours.topics.is_empty()) {
        (_, true) => theirs.topics.clone(),
        (true, false) => ours.topics.clone(),
        (false, false) => {
            let both: Vec<String> =
                ours.topics.iter().filter(|topic| theirs.topics.contains(topic)).cloned().collect();
            if both.is_empty() { vec![NO_TOPIC.to_owned()] } else { both }
        }
    };
    let joined = Preferences {
        personalisation: least.personalisation,
        max_per_month: max,
        topics,
        language: ours.language.or(theirs.language),
    };
    tx.set_preferences(into, &joined, run.now).await?;
    Ok(())
}
