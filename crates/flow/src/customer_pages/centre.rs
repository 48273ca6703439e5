//! The preference centre: what may be sent, about what, how often, how personal, what may be done with the data.
//!
//! Opened by the link of a message, or by a link of the customer's own that can be taken back. Each changed purpose
//! becomes a receipt of its own; taking back takes the same one click as giving.

use policy::consent::state_now;
use store::Tx;
use store::identities::AliasKind;
use store::links::CustomerLinkKind;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Customer;
use terms::delivery::DeliveryState;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::person::Actor;
use terms::preference::Preferences;

use super::{NOTICE_VERSION, notice};
use crate::app::App;
use crate::error::{Error, Result};
use crate::links::{LinkKind, is_random, new_token, token_hash};
use crate::rights::reference;
use crate::views::{OwnMessage, OwnRequest, PreferencesForm, PreferencesView, TopicChoice};

/// Purposes that hold whatever the channel.
const PURPOSES: [Purpose; 4] =
    [Purpose::Profiling, Purpose::AiContent, Purpose::Measurement, Purpose::Sharing];
/// Kept as the only topic by who wants to hear of none; no topic of a brand can be called that.
pub(crate) const NO_TOPIC: &str = "*none";
/// Messages and requests shown.
const MOST: i64 = 200;
/// Days of a year.
const YEAR: i64 = 365;

/// Whoever opened the centre, and what shows that they may.
pub(crate) struct Visitor {
    pub(crate) customer: Customer,
    /// What a receipt names as its proof: the message, or the link.
    pub(crate) proof: String,
}

impl App {
    /// Whose centre a token opens.
    pub(crate) async fn centre_visitor(&self, token: &str) -> Result<Visitor> {
        if !is_random(token) {
            let visit = self.visit(LinkKind::Preferences, token).await?;
            return Ok(Visitor { proof: format!("message/{}", visit.message.id), customer: visit.customer });
        }
        let link = self.store().customer_link(&token_hash(token)).await?.ok_or(Error::NotFound)?;
        if let Some(at) = link.erased_at {
            return Err(Error::Gone { at });
        }
        let open = link.revoked_at.is_none() && link.expires_at.is_none_or(|until| until > self.now());
        match (link.kind, link.customer, open) {
            (CustomerLinkKind::Centre, Some(key), true) => {
                let customer = self.customer_that_stays(&key).await?;
                Ok(Visitor { customer, proof: format!("link/{}", link.made_at) })
            }
            _ => Err(Error::NotFound),
        }
    }

    /// Records the browser's Global Privacy Control signal of whoever opened their own link; that of a message's link
    /// is recorded where the request comes in.
    ///
    /// # Errors
    /// As [`App::preferences`].
    pub async fn gpc_at_centre(&self, token: &str) -> Result<()> {
        if is_random(token) {
            let Visitor { customer, .. } = self.centre_visitor(token).await?;
            self.record_gpc(&customer).await?;
        }
        Ok(())
    }

    /// Makes a link of a customer's own to their centre: 128 random bits, of which only a hash is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such customer.
    pub async fn centre_link(&self, customer: &CustomerKey) -> Result<String> {
        self.store().customer(customer).await?;
        let token = new_token();
        let (hash, kind) = (token_hash(&token), CustomerLinkKind::Centre);
        self.store().add_customer_link(&hash, kind, Some(customer), None, self.now(), None).await?;
        Ok(token)
    }

    /// Takes back every link of a customer that is not signed for one message.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke_links(&self, customer: &CustomerKey, actor: Actor) -> Result<u64> {
        let mut tx = self.store().begin().await?;
        let revoked = tx.revoke_customer_links(customer, self.now()).await?;
        let payload = serde_json::json!({ "links_revoked": revoked });
        let object = format!("customer/{customer}");
        tx.append_entries(&[self.entry(actor, Action::PreferencesChanged, object, payload)]).await?;
        tx.commit().await?;
        Ok(revoked)
    }

    /// The preference centre.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link this installation did not make; [`Error::Gone`] after an erasure.
    pub async fn preferences(&self, token: &str) -> Result<PreferencesView> {
        let Visitor { customer, .. } = self.centre_visitor(token).await?;
        let (now, language) = (self.now(), self.language_of(&customer).await?);
        let preferences = self.store().preferences(&customer.key).await?;
        let receipts = self.store().consent_history(&customer.key).await?;
        let granted = |purpose, channel| {
            state_now(&receipts, purpose, channel, now)
                .is_some_and(|state| state.status == ConsentStatus::Granted)
        };
        let email = customer.email.as_deref();
        let reasons = self.store().suppression_reasons(Some(&customer.key), email).await?;
        let suppressed = !reasons.is_empty();
        let channels = Channel::ALL
            .iter()
            .copied()
            .filter(|channel| {
                *channel == Channel::Email
                    || receipts.iter().any(|r| r.channel == *channel && r.purpose == Purpose::Marketing)
            })
            .map(|channel| (channel, granted(Purpose::Marketing, channel) && !suppressed))
            .collect();
        let [profiling, ai_content, measurement, sharing] =
            PURPOSES.map(|purpose| granted(purpose, Channel::Email));
        let last_sharing = receipts.iter().filter(|r| r.purpose == Purpose::Sharing).max_by_key(|r| r.at);
        let brand = self.brand().await?;
        let topics = brand.topics.iter().map(|topic| TopicChoice {
            id: topic.id.clone(),
            name: topic.name(language).to_owned(),
            chosen: preferences.topics.is_empty() || preferences.topics.contains(&topic.id),
        });
        let requests = self.store().rights_of_customer(&customer.key, MOST).await?;
        let requests = requests.into_iter().map(|request| OwnRequest {
            reference: reference(request.id),
            kind: request.kind,
            state: request.state,
            due_at: request.due_at,
            answer: request.answer.unwrap_or_default(),
        });
        Ok(PreferencesView {
            language,
            brand: brand.name.clone(),
            first_name: customer.first_name.clone().unwrap_or_default(),
            token: token.to_owned(),
            channels,
            profiling,
            ai_content,
            measurement,
            sharing,
            gpc: !sharing && last_sharing.is_some_and(|receipt| receipt.source == "gpc"),
            personalisation: preferences.personalisation,
            topics: topics.collect(),
            max_per_month: preferences.max_per_month.and_then(|max| u32::try_from(max).ok()),
            restricted: customer.restricted,
            held: held(&reasons),
            messages: self.own_messages(&customer).await?,
            requests: requests.collect(),
            saved: false,
        })
    }

    /// What a customer got in the last year, newest first.
    async fn own_messages(&self, customer: &Customer) -> Result<Vec<OwnMessage>> {
        let year_ago = self.now().plus_days(-YEAR);
        let mut messages = Vec::new();
        let mut all = Vec::new();
        for key in self.every_key_of(&customer.key).await? {
            all.extend(self.store().messages_of_customer(&key, MOST).await?);
        }
        all.sort_by_key(|message| std::cmp::Reverse(message.finished_at));
        for message in all {
            let Some(at) = message.finished_at.filter(|at| *at >= year_ago) else { continue };
            if message.state != Some(DeliveryState::Sent) {
                continue;
            }
            let campaign = self.store().campaign(message.campaign).await?;
            messages.push(OwnMessage {
                subject: self.rendered_subject(&message, customer, &campaign).await?,
                at,
                why_token: self.links().token(LinkKind::Why, message.id)?,
            });
        }
        Ok(messages)
    }

    /// Saves what a customer chose. Each changed purpose becomes a receipt of its own.
    ///
    /// # Errors
    /// As [`App::preferences`].
    pub async fn save_preferences(&self, token: &str, form: &PreferencesForm) -> Result<PreferencesView> {
        let before = self.preferences(token).await?;
        let Visitor { customer, proof } = self.centre_visitor(token).await?;
        let mut ticked: Vec<(Purpose, Channel, bool, bool)> = before
            .channels
            .iter()
            .map(|(channel, was)| (Purpose::Marketing, *channel, *was, form.channels.contains(channel)))
            .collect();
        ticked.extend([
            (Purpose::Profiling, Channel::Email, before.profiling, form.profiling),
            (Purpose::AiContent, Channel::Email, before.ai_content, form.ai_content),
            (Purpose::Measurement, Channel::Email, before.measurement, form.measurement),
            (Purpose::Sharing, Channel::Email, before.sharing, form.sharing),
        ]);
        let mut tx = self.store().begin().await?;
        let customer = as_they_are(&mut tx, &customer).await?;
        let (now, said) = (self.now(), tx.consent_history(&customer.key).await?);
        let mut receipts = Vec::new();
        for (purpose, channel, was, is) in ticked {
            // A box left empty is a no to whatever is agreed to, also where a suppression already showed it empty: one
            // that the brand takes back must not bring the yes of before back.
            let agreed = state_now(&said, purpose, channel, now)
                .is_some_and(|state| state.status == ConsentStatus::Granted);
            if (is && !was) || (!is && agreed) {
                let status = if is { ConsentStatus::Granted } else { ConsentStatus::Withdrawn };
                let what = (purpose, channel, status);
                receipts.push(self.receipt(&customer, what, "preference_centre", &proof).await?);
            }
        }
        let preferences = chosen(tx.preferences(&customer.key).await?, &before, form);
        let email = |status| {
            receipts
                .iter()
                .any(|r| r.channel == Channel::Email && r.purpose == Purpose::Marketing && r.status == status)
        };
        let (back, away) = (email(ConsentStatus::Granted), email(ConsentStatus::Withdrawn));
        let new = self.record_consents_in(&mut tx, &receipts, Actor::Customer).await?;
        tx.set_preferences(&customer.key, &preferences, now).await?;
        if back {
            // Their own earlier click is taken back by their own later one; objections and bounces stay.
            let reason = SuppressionReason::Unsubscribed;
            tx.lift_suppression(Some(&customer.key), customer.email.as_deref(), reason).await?;
        }
        if away {
            let (reason, source) = (SuppressionReason::Unsubscribed, "preference_centre");
            self.suppress_person(&mut tx, &customer, reason, source, now).await?;
        }
        let payload = serde_json::json!({
            "max_per_month": preferences.max_per_month, "personalisation": preferences.personalisation,
            "topics": preferences.topics, "language": preferences.language,
        });
        let object = format!("customer/{}", customer.key);
        let entry = self.entry(Actor::Customer, Action::PreferencesChanged, object, payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        self.settle_withdrawn(&new).await?;
        self.settle_person(&customer.key).await?;
        Ok(PreferencesView { saved: true, ..self.preferences(token).await? })
    }

    /// A customer takes their objection to marketing back, under every name and address they have or had. It allows
    /// nothing by itself: what they refused stays refused until they agree to it again.
    ///
    /// # Errors
    /// As [`App::preferences`].
    pub async fn withdraw_objection(&self, token: &str) -> Result<PreferencesView> {
        let Visitor { customer, .. } = self.centre_visitor(token).await?;
        let mut tx = self.store().begin().await?;
        let customer = as_they_are(&mut tx, &customer).await?;
        let names = tx.identities_of(&customer.key).await?;
        let merged = names.iter().filter(|name| name.kind == AliasKind::Merged);
        let keys: Vec<CustomerKey> = merged.map(|name| CustomerKey::new(&name.alias)).collect();
        let mut records = tx.customers(&keys).await?;
        // A name that was joined has a record no more, but may be suppressed all the same.
        let without = keys.iter().filter(|key| records.iter().all(|record| record.key != **key));
        let mut lifted = false;
        for key in without {
            lifted |= tx.lift_suppression(Some(key), None, SuppressionReason::Objection).await?;
        }
        let object = format!("customer/{}", customer.key);
        records.push(customer);
        for record in &records {
            let (key, email) = (Some(&record.key), record.email.as_deref());
            lifted |= tx.lift_suppression(key, email, SuppressionReason::Objection).await?;
        }
        if lifted {
            let payload = serde_json::json!({ "objection": "withdrawn" });
            let entry = self.entry(Actor::Customer, Action::PreferencesChanged, object, payload);
            tx.append_entries(&[entry]).await?;
        }
        tx.commit().await?;
        Ok(PreferencesView { saved: lifted, ..self.preferences(token).await? })
    }

    /// A receipt of now, on the notice of the preference page.
    pub(super) async fn receipt(
        &self,
        customer: &Customer,
        (purpose, channel, status): (Purpose, Channel, ConsentStatus),
        source: &str,
        proof: &str,
    ) -> Result<ConsentReceipt> {
        let language = self.language_of(customer).await?;
        Ok(ConsentReceipt {
            customer: customer.key.clone(),
            purpose,
            channel,
            status,
            basis: LawfulBasis::Consent,
            notice_version: NOTICE_VERSION.to_owned(),
            notice_hash: terms::hash::ContentHash::of([notice(language).as_bytes()]).to_string(),
            language,
            source: source.to_owned(),
            proof: proof.to_owned(),
            at: self.now(),
        })
    }
}

/// A customer as they are now, whatever was said between the page and the click: joined to another, or being erased, which
/// nothing that is clicked meanwhile takes back.
async fn as_they_are(tx: &mut Tx, customer: &Customer) -> Result<Customer> {
    let stays = tx.resolve_customer(&customer.key).await?;
    match tx.erasure_of(&stays).await? {
        Some(erasure) => Err(Error::Gone { at: erasure.started_at }),
        None => Ok(tx.customer(&stays).await?),
    }
}

/// Of the reasons for which somebody is suppressed, the one that ticking a box does not take back; what they can take
/// back themselves comes first.
fn held(reasons: &[SuppressionReason]) -> Option<SuppressionReason> {
    use SuppressionReason::{Complaint, HardBounce, Manual, Objection};
    [Objection, Complaint, HardBounce, Manual].into_iter().find(|reason| reasons.contains(reason))
}

/// What somebody wants from now on, by what they wanted and what they chose.
fn chosen(mut preferences: Preferences, before: &PreferencesView, form: &PreferencesForm) -> Preferences {
    preferences.max_per_month = form.max_per_month.map(i64::from);
    preferences.language = form.language.or(preferences.language);
    preferences.personalisation = form.personalisation.unwrap_or(preferences.personalisation);
    if let Some(ticked) = &form.topics {
        // Only what the brand offers is kept; all of it is the same as no choice, and none is a choice too.
        let of_brand: Vec<String> =
            before.topics.iter().map(|topic| topic.id.clone()).filter(|id| ticked.contains(id)).collect();
        preferences.topics = match of_brand.len() {
            0 => vec![NO_TOPIC.to_owned()],
            all if all == before.topics.len() => Vec::new(),
            _ => of_brand,
        };
    }
    preferences
}
