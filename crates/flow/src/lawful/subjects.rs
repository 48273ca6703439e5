//! Reading for marketing: the facts about customers that a decision needs, gathered from the store for a whole audience
//! before planning, and for one customer at the moment of sending.
//!
//! Architecture invariant: a fact that cannot be read is not left out, it is named in `missing`, which excludes.

use std::collections::HashMap;
use std::sync::Arc;

use policy::cap::Cap;
use policy::consent::{ConsentState, SaleEvidence, state_now};
use policy::decide::{BrandLimits, Subject};
use policy::quiet_hours::{Holidays, QuietHours};
use store::contacts::Contact;
use store::suppressions::SuppressionSet;
use terms::consent::{Channel, Purpose};
use terms::customer::Customer;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey};
use terms::preference::Preferences;
use terms::time::Instant;

use crate::app::App;
use crate::brand::{Brand, HolidayRest};
use crate::error::Result;
use crate::holdout::Holdout;
use crate::lawful::fatigue::{Exposures, Fatigue, exposures_of};
use crate::snapshot::Snapshot;

/// Days back that caps look.
const CAP_DAYS: i64 = 30;

/// The brand's limits as policy reads them.
pub(crate) fn limits(brand: &Brand) -> BrandLimits {
    BrandLimits {
        caps: vec![
            Cap { limit: brand.cap_30_days, window_days: 30 },
            Cap { limit: brand.cap_3_days, window_days: 3 },
        ],
        quiet: QuietHours {
            holidays: match brand.holidays {
                HolidayRest::Quiet => Holidays::Quiet,
                HolidayRest::Usual => Holidays::Usual,
            },
            ..QuietHours::STANDARD
        },
        zones: brand.time_zones.clone(),
        personal_facts: brand.personal_facts,
        most_harm: brand.most_harm,
    }
}

/// Facts about everybody, read once for a whole audience.
pub(crate) struct Facts {
    marketing: HashMap<CustomerKey, ConsentState>,
    profiling: HashMap<CustomerKey, ConsentState>,
    ai_content: HashMap<CustomerKey, ConsentState>,
    suppressed: SuppressionSet,
    preferences: HashMap<CustomerKey, Preferences>,
    contacts: HashMap<CustomerKey, Vec<Contact>>,
    snapshot: Arc<Snapshot>,
    fatigue: Arc<Fatigue>,
    exposures: Exposures,
    holdout: Holdout,
    now: Instant,
}

impl Facts {
    pub(crate) async fn gather(app: &App, campaign: CampaignId, channel: Channel) -> Result<Self> {
        let now = app.now();
        let (fatigue, exposures) = app.fatigue_of_all().await?;
        Ok(Self {
            marketing: latest(app, Purpose::Marketing, &[channel], now).await?,
            profiling: latest(app, Purpose::Profiling, Channel::ALL, now).await?,
            ai_content: latest(app, Purpose::AiContent, Channel::ALL, now).await?,
            suppressed: app.store().suppression_set().await?,
            preferences: app.store().all_preferences().await?.into_iter().collect(),
            contacts: app.store().contact_times(campaign, now.plus_days(-CAP_DAYS)).await?,
            snapshot: app.snapshot().await?,
            fatigue,
            exposures,
            holdout: app.holdout().await?,
            now,
        })
    }

    pub(crate) fn subject(&self, customer: &Customer) -> Result<Subject> {
        let key = &customer.key;
        let preferences = self.preferences.get(key).cloned().unwrap_or_default();
        let suppressed = self.suppressed.find(key, customer.email.as_deref())?;
        let subject = Subject {
            suppressed: suppressed.map(|suppression| suppression.reason),
            marketing: (self.marketing.get(key).cloned())
                .map(|state| state.with_first_purchase(self.snapshot.first_purchase(key))),
            profiling: self.profiling.get(key).cloned(),
            ai_content: self.ai_content.get(key).cloned(),
            ..known(customer, &preferences)
        };
        let subject = with_contacts(subject, self.contacts.get(key).map_or(&[], Vec::as_slice));
        let exposures = self.exposures.of(key);
        let harm = exposures.and_then(|of| self.fatigue.harm(of, &subject.contacts, self.now));
        let worth = exposures.and_then(|of| self.fatigue.worth(of, &subject.contacts, self.now));
        Ok(Subject { harm, worth, holdout_until: self.holdout.until(key, self.now), ..subject })
    }
}

/// The state of a purpose for everybody, as `policy::consent::state_now` says it for one: purposes other than marketing
/// are about the person, so the latest receipt through any channel counts; of two at the same instant the one that
/// allows less; and a refusal from the moment it is known.
pub(super) async fn latest(
    app: &App,
    purpose: Purpose,
    channels: &[Channel],
    now: Instant,
) -> Result<HashMap<CustomerKey, ConsentState>> {
    let mut found: HashMap<CustomerKey, ConsentState> = HashMap::new();
    let mut states = app.store().consent_states(purpose, channels, now).await?;
    states.extend(app.store().refusals_after(purpose, channels, now).await?);
    for (key, state) in states {
        let channel = state.channel;
        let state = ConsentState {
            status: state.status,
            basis: state.basis,
            evidence: SaleEvidence::of_proof(&state.proof),
            at: state.at,
            source: state.source,
            notice_version: state.notice_version,
        };
        let rank = |state: &ConsentState| (state.at, !state.allows(purpose, channel));
        match found.get(&key) {
            Some(known) if rank(known) >= rank(&state) => {}
            _ => {
                found.insert(key, state);
            }
        }
    }
    Ok(found)
}

/// What the contact record and the preferences say.
fn known(customer: &Customer, preferences: &Preferences) -> Subject {
    let language = preferences.language.unwrap_or_else(|| customer.language());
    Subject {
        restricted: customer.restricted,
        has_address: customer.email.as_deref().is_some_and(|email| email.contains('@')),
        topics: preferences.topics.clone(),
        personalisation: preferences.personalisation,
        monthly_max: preferences.max_per_month.map(|max| u32::try_from(max).unwrap_or(0)),
        time_zone: customer.time_zone.clone(),
        country: customer.country.as_deref().and_then(|code| code.parse().ok()),
        ..Subject::unknown(customer.key.clone(), language)
    }
}

fn with_contacts(subject: Subject, contacts: &[Contact]) -> Subject {
    let waiting = contacts.iter().find(|contact| contact.state == DeliveryState::Planned);
    Subject {
        contacts: contacts.iter().map(|contact| contact.at).collect(),
        planned_elsewhere: waiting.map(|contact| contact.campaign),
        ..subject
    }
}

/// What was made of everybody's data before a run of messages, and not anew for each.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a> {
    /// For first purchases: one that came since does not count yet.
    pub(crate) snapshot: &'a Snapshot,
    /// For the next message's harm, asked only of those who agree at the moment.
    pub(crate) fatigue: &'a Fatigue,
    /// For who is drawn to hear no marketing at the moment.
    pub(crate) holdout: &'a Holdout,
}

impl App {
    /// The facts about one customer, read for a decision at `now`: the clock is asked once for both.
    pub(crate) async fn subject_now(
        &self,
        conn: &mut store::Conn,
        customer: &Customer,
        campaign: CampaignId,
        channel: Channel,
        now: Instant,
        known: Read<'_>,
    ) -> Result<Subject> {
        let receipts = conn.consent_history(&customer.key).await?;
        let first = known.snapshot.first_purchase(&customer.key);
        let preferences = conn.preferences(&customer.key).await?;
        let suppressed = conn.suppression(Some(&customer.key), customer.email.as_deref()).await?;
        let contacts = conn.contact_times_of(&customer.key, campaign, now.plus_days(-CAP_DAYS)).await?;
        let subject = Subject {
            suppressed: suppressed.map(|suppression| suppression.reason),
            marketing: state_now(&receipts, Purpose::Marketing, channel, now)
                .map(|state| state.with_first_purchase(first)),
            profiling: state_now(&receipts, Purpose::Profiling, channel, now),
            ai_content: state_now(&receipts, Purpose::AiContent, channel, now),
            ..self::known(customer, &preferences)
        };
        // At the moment of sending this message goes first: a plan of another campaign yields to it, and the cap
        // counts only what was handed over.
        let made: Vec<Contact> =
            contacts.into_iter().filter(|contact| contact.state != DeliveryState::Planned).collect();
        let subject = with_contacts(subject, &made);
        let agreed =
            subject.profiling.as_ref().is_some_and(|state| state.allows(Purpose::Profiling, channel));
        let (harm, worth) = if agreed {
            let exposures = exposures_of(conn, &customer.key, now).await?;
            let contacts = &subject.contacts;
            (known.fatigue.harm(&exposures, contacts, now), known.fatigue.worth(&exposures, contacts, now))
        } else {
            (None, None)
        };
        Ok(Subject { harm, worth, holdout_until: known.holdout.until(&customer.key, now), ..subject })
    }
}
