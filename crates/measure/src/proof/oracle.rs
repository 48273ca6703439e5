//! The rules of contact once more, written from their words and from nothing else: plain loops over the whole history
//! of what happened, in the order in which it became durable.
//!
//! Goes in: a history, a campaign, a customer, an instant. Comes out: every rule that forbids the contact. It is slow
//! and simple on purpose, shares no code with `policy` or `store`, and holds both to what they promise. It does not
//! plan, and it says nothing of who must be contacted, only of who must not.

mod hours;
mod lots;
mod names;
mod suppressions;

pub use lots::{Lot, drawn};
pub use names::{buried, join, names_of, stays};
pub use suppressions::suppressed;

use hours::hour_is_right;
use names::receipts_of;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::ids::{CampaignId, CustomerKey};
use terms::preference::{NameUse, PersonalNeed, Personalisation};
use terms::time::Instant;

/// Something that became durable.
#[derive(Debug, Clone)]
pub enum Event {
    /// A contact record, new or changed, as a whole.
    Record(Customer),
    /// A receipt.
    Receipt(ConsentReceipt),
    /// Restriction of processing asked for, or lifted.
    Restriction(CustomerKey, bool),
    /// A customer, an address or both must not be written to.
    Suppression(Option<CustomerKey>, Option<String>, SuppressionReason),
    /// The brand takes its own suppression back; nobody else's.
    ManualLifted(Option<CustomerKey>, Option<String>),
    /// The customer takes their own opt-out back, of themselves and of an address.
    OptOutLifted(CustomerKey, Option<String>),
    /// The first key turned out to be a name of who has the second, at an instant.
    Joined(CustomerKey, CustomerKey, Instant),
    /// The customer chose at most so many messages a month.
    OwnCap(CustomerKey, Option<u32>),
    /// The customer chose a language, or none.
    OwnLanguage(CustomerKey, Option<Language>),
    /// The customer chose topics; none means all.
    OwnTopics(CustomerKey, Vec<String>),
    /// The customer chose how personal messages may be.
    OwnLevel(CustomerKey, Personalisation),
    /// Everything about the customer was erased.
    Erased(CustomerKey),
    /// The message of a campaign began to be handed over at an instant: it may arrive from now on.
    Contact(CustomerKey, CampaignId, Instant),
    /// That message surely did not leave: its contact never was.
    NoContact(CustomerKey, CampaignId),
}

/// What a campaign asks for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its channel.
    pub channel: Channel,
    /// Its audience was chosen by behaviour or scores.
    pub profiled: bool,
    /// AI wrote some of the words.
    pub with_ai: bool,
    /// Languages it is written in, with the personal facts that its words need.
    pub languages: Vec<(Language, PersonalNeed)>,
    /// What it is about; empty: of interest to everybody.
    pub topic: String,
    /// Personal facts the brand lets a message hold.
    pub personal_facts: u32,
    /// Its time.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
    /// The brand's caps: so many, in so many days.
    pub caps: Vec<(u32, i64)>,
    /// Zones of the brand's customers.
    pub brand_zones: Vec<String>,
    /// Who hears no marketing at all.
    pub lot: Lot,
}

/// Every rule that forbids writing to a customer for a campaign at `now`, given what had happened before.
#[must_use]
pub fn forbids(history: &[Event], ask: &Ask, who: &CustomerKey, now: Instant) -> Vec<&'static str> {
    let mut broken = refused(history, ask, who, now);
    let Some(record) = record_of(history, who) else { return broken };
    if stays(history, who) != *who {
        broken.push("this is a name of before of somebody else");
    }
    if restricted(history, who) {
        broken.push("their processing is restricted");
    }
    let address = record.email.clone().filter(|address| address.contains('@'));
    if address.is_none() {
        broken.push("there is no address");
    }
    for &(limit, days) in &ask.caps {
        if contacts_within(history, who, days, now) >= limit {
            broken.push("the brand's cap is reached");
        }
    }
    if let Some(limit) = own_cap(history, who)
        && contacts_within(history, who, 30, now) >= limit
    {
        broken.push("their own cap is reached");
    }
    if now < ask.from || now > ask.until {
        broken.push("it is not the campaign's time");
    }
    if !hour_is_right(&record, &ask.brand_zones, now) {
        broken.push("it is night where they may be");
    }
    let theirs = language(history, &record);
    match ask.languages.iter().find(|(written, _)| *written == theirs) {
        None => broken.push("nothing is written in their language"),
        Some((_, need)) if !personal_enough(history, who, *need, ask.personal_facts) => {
            broken.push("the words are more personal than they want");
        }
        Some(_) => {}
    }
    if !interested(history, who, &ask.topic) {
        broken.push("they chose other topics");
    }
    if drawn(ask.lot, who.as_str()) {
        broken.push("they were drawn to hear no marketing");
    }
    if contacted(history, who, ask.campaign) {
        broken.push("this campaign has written to them before");
    }
    broken
}

/// What they said themselves, or others for them, that forbids it: what nobody may cross once it was answered.
#[must_use]
pub fn refused(history: &[Event], ask: &Ask, who: &CustomerKey, now: Instant) -> Vec<&'static str> {
    let Some(record) = record_of(history, who) else {
        return vec!["nothing is known of them, or all of it was erased"];
    };
    let mut broken = Vec::new();
    if suppressed(history, who, record.email.as_deref()) {
        broken.push("they or their address are suppressed");
    }
    if !agreed(history, who, Purpose::Marketing, ask.channel, now) {
        broken.push("there is no consent to marketing through this channel");
    }
    if ask.profiled && !agreed(history, who, Purpose::Profiling, ask.channel, now) {
        broken.push("there is no consent to profiling");
    }
    if ask.with_ai && !agreed(history, who, Purpose::AiContent, ask.channel, now) {
        broken.push("there is no consent to words written with AI");
    }
    broken
}

/// The record as it was put last; none before the first, and none after an erasure: a customer who was erased stays so,
/// whatever arrives about them later.
#[must_use]
pub fn record_of(history: &[Event], who: &CustomerKey) -> Option<Customer> {
    let mut record = None;
    for event in history {
        match event {
            Event::Record(new) if new.key == *who => record = Some(new.clone()),
            Event::Erased(erased) if erased == who => return None,
            _ => {}
        }
    }
    record
}

/// Restricted by the record it came with, or by asking; lifted only by lifting.
fn restricted(history: &[Event], who: &CustomerKey) -> bool {
    let mut restricted = false;
    for event in history {
        match event {
            Event::Record(new) if new.key == *who && new.restricted => restricted = true,
            Event::Restriction(customer, on) if customer == who => restricted = *on,
            _ => {}
        }
    }
    restricted
}

/// Consent as its words say: marketing is agreed to channel by channel, everything else by the person through any. The
/// latest receipt up to now counts; where several carry that same time, each of them must allow it. A no that carries a
/// later time is known all the same, and counts; a yes does not count before its time.
#[must_use]
pub fn agreed(
    history: &[Event],
    who: &CustomerKey,
    purpose: Purpose,
    channel: Channel,
    now: Instant,
) -> bool {
    let mut latest: Option<Instant> = None;
    let mut all_allow = false;
    for receipt in &receipts_of(history, who) {
        if receipt.purpose != purpose {
            continue;
        }
        if purpose == Purpose::Marketing && receipt.channel != channel {
            continue;
        }
        if receipt.at > now {
            if receipt.status != ConsentStatus::Granted {
                return false;
            }
            continue;
        }
        let allows = is_enough(receipt, channel);
        if latest == Some(receipt.at) {
            all_allow = all_allow && allows;
        } else if latest.is_none_or(|known| receipt.at > known) {
            latest = Some(receipt.at);
            all_allow = allows;
        }
    }
    all_allow
}

/// Whether receipts say yes or no, whatever the basis; nothing when they say nothing.
fn agreed_to(said: &[ConsentReceipt], purpose: Purpose, channel: Channel, now: Instant) -> Option<bool> {
    let mut latest: Option<(Instant, bool)> = None;
    for receipt in said {
        if receipt.purpose != purpose || (purpose == Purpose::Marketing && receipt.channel != channel) {
            continue;
        }
        let yes = receipt.status == ConsentStatus::Granted;
        if receipt.at > now {
            if !yes {
                return Some(false);
            }
            continue;
        }
        latest = match latest {
            Some((at, known)) if at == receipt.at => Some((at, known && yes)),
            Some((at, known)) if at > receipt.at => Some((at, known)),
            _ => Some((receipt.at, yes)),
        };
    }
    latest.map(|(_, yes)| yes)
}

/// What somebody said last, yes or no, whatever the basis.
#[must_use]
pub fn said(
    history: &[Event],
    who: &CustomerKey,
    purpose: Purpose,
    channel: Channel,
    now: Instant,
) -> Option<bool> {
    agreed_to(&receipts_of(history, who), purpose, channel, now)
}

/// Whether one receipt is enough. Marketing: consent, or a soft opt-in that names a sale on electronic channels, or
/// legitimate interest by post. Sharing: consent. The rest: consent or legitimate interest.
fn is_enough(receipt: &ConsentReceipt, channel: Channel) -> bool {
    if receipt.status != ConsentStatus::Granted {
        return false;
    }
    let names_a_sale = match receipt.proof.split_once(':') {
        Some(("order" | "sale" | "invoice", record)) => !record.trim().is_empty(),
        _ => false,
    };
    let electronic = channel != Channel::Post;
    match (receipt.purpose, receipt.basis) {
        (_, LawfulBasis::Consent) => true,
        (Purpose::Marketing, LawfulBasis::SoftOptIn) => names_a_sale && electronic,
        (Purpose::Marketing, LawfulBasis::LegitimateInterest) => !electronic,
        (Purpose::Sharing, _) | (_, LawfulBasis::SoftOptIn) => false,
        (_, LawfulBasis::LegitimateInterest) => true,
    }
}

/// True when a message of this campaign may have reached them, under any name.
fn contacted(history: &[Event], who: &CustomerKey, campaign: CampaignId) -> bool {
    names_of(history, who).iter().any(|name| {
        let mut reached = false;
        for event in history {
            match event {
                Event::Contact(customer, by, _) if customer == name && *by == campaign => reached = true,
                Event::NoContact(customer, by) if customer == name && *by == campaign => reached = false,
                _ => {}
            }
        }
        reached
    })
}

/// Messages that may have reached somebody, under any name, less than so many days of 24 hours ago, those dated later
/// than now too.
fn contacts_within(history: &[Event], who: &CustomerKey, days: i64, now: Instant) -> u32 {
    let since = i128::from(now.0) - i128::from(days) * 86_400_000_000;
    let names = names_of(history, who);
    let mut count = 0;
    for (place, event) in history.iter().enumerate() {
        let Event::Contact(customer, campaign, at) = event else { continue };
        if !names.contains(customer) || i128::from(at.0) <= since {
            continue;
        }
        let undone = history
            .iter()
            .skip(place)
            .any(|later| matches!(later, Event::NoContact(whose, by) if whose == customer && by == campaign));
        if !undone {
            count += 1;
        }
    }
    count
}

fn own_cap(history: &[Event], who: &CustomerKey) -> Option<u32> {
    let mut cap = None;
    for event in history {
        if let Event::OwnCap(customer, limit) = event
            && customer == who
        {
            cap = *limit;
        }
    }
    cap
}

fn own_language(history: &[Event], who: &CustomerKey) -> Option<Language> {
    let mut chosen = None;
    for event in history {
        if let Event::OwnLanguage(customer, language) = event
            && customer == who
        {
            chosen = *language;
        }
    }
    chosen
}

/// The language they chose last; else that of their locale, Spanish when it begins so, English otherwise.
fn language(history: &[Event], record: &Customer) -> Language {
    let spanish = record.locale.to_lowercase().starts_with("es");
    let usual = if spanish { Language::Spanish } else { Language::English };
    own_language(history, &record.key).unwrap_or(usual)
}

/// The topics they chose last; none means all.
fn own_topics(history: &[Event], who: &CustomerKey) -> Vec<String> {
    let mut chosen = Vec::new();
    for event in history {
        if let Event::OwnTopics(customer, topics) = event
            && customer == who
        {
            chosen.clone_from(topics);
        }
    }
    chosen
}

/// Whoever chose topics hears of these only, and of what is for everybody.
fn interested(history: &[Event], who: &CustomerKey, topic: &str) -> bool {
    let chosen = own_topics(history, who);
    topic.is_empty() || chosen.is_empty() || chosen.iter().any(|one| one == topic)
}

fn own_level(history: &[Event], who: &CustomerKey) -> Option<Personalisation> {
    let mut level = None;
    for event in history {
        if let Event::OwnLevel(customer, chosen) = event
            && customer == who
        {
            level = Some(*chosen);
        }
    }
    level
}

/// No personal fact for who wants none, one for who wants the basics, as many as the brand allows for who wants all; by
/// default the basics. A name counts as one, unless the words read well without it.
fn personal_enough(history: &[Event], who: &CustomerKey, need: PersonalNeed, brand: u32) -> bool {
    let most = match own_level(history, who).unwrap_or(Personalisation::Basic) {
        Personalisation::None => 0,
        Personalisation::Basic => 1,
        Personalisation::Full => u32::MAX,
    };
    let name = match need.name {
        NameUse::Required => 1,
        NameUse::Optional | NameUse::None => 0,
    };
    need.stated + name <= most && need.stated + name <= brand
}
