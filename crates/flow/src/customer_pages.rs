//! The customer's own pages: why did I get this, preferences, opt-out. Opened by signed links, never by an account.
//!
//! Withdrawing takes one step and works at once: the suppression and the receipt are durable before the page says so,
//! and the check at the moment of sending reads them. The page waits for a message to the same person that is being
//! handed over just then.

use policy::consent::state_now;
use store::deliveries::Delivery;
use terms::campaign::Campaign;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::delivery::{DeliveryState, ResponseKind};
use terms::ids::MessageId;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use crate::app::App;
use crate::error::Result;
use crate::in_flight::InFlight;
use crate::links::LinkKind;
use crate::views::{CustomerWhyView, PreferencesForm, PreferencesView, UnsubscribeView, Used};

/// How somebody opted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutSource {
    /// By the mail program's button (RFC 8058).
    OneClick,
    /// On the page.
    Page,
}

/// Who a link belongs to, and the message it came with.
struct Visit {
    message: Delivery,
    customer: Customer,
    campaign: Campaign,
}

/// Purposes a customer can switch on the preference page.
const PURPOSES: [Purpose; 4] =
    [Purpose::Marketing, Purpose::Profiling, Purpose::AiContent, Purpose::Measurement];

impl App {
    async fn visit(&self, kind: LinkKind, token: &str) -> Result<Visit> {
        let id = self.links().read(kind, token)?;
        let message = self.store().message(id).await?;
        let customer = self.store().customer(&message.customer).await?;
        let campaign = self.store().campaign(message.campaign).await?;
        Ok(Visit { message, customer, campaign })
    }

    async fn language_of(&self, customer: &Customer) -> Result<Language> {
        let chosen = self.store().preferences(&customer.key).await?.language;
        Ok(chosen.unwrap_or_else(|| customer.language()))
    }

    /// Why a customer got a message, in plain words.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a link this installation did not sign.
    pub async fn customer_why(&self, token: &str) -> Result<CustomerWhyView> {
        let Visit { message, customer, campaign } = self.visit(LinkKind::Why, token).await?;
        let language = self.language_of(&customer).await?;
        let asked_at = message.attempted_at.or(message.not_before).unwrap_or(campaign.plan.starts_at);
        let consent =
            self.store().consent_at(&customer.key, Purpose::Marketing, Channel::Email, asked_at).await?;
        let approver = match self.store().valid_approval(campaign.id).await? {
            Some(approval) => self.store().person(approval.approver).await?.name,
            None => String::new(),
        };
        let segment = policy::segment::parse(&campaign.plan.audience).ok();
        let subject = self.rendered_subject(&message, &customer, &campaign).await?;
        Ok(CustomerWhyView {
            language,
            brand: self.brand().await?.name,
            first_name: customer.first_name.clone().unwrap_or_default(),
            subject,
            sent_at: message.finished_at.filter(|_| message.state == Some(DeliveryState::Sent)),
            audience_described: segment
                .as_ref()
                .map(|segment| policy::segment::describe(segment, language))
                .unwrap_or_default(),
            data: self.evidence_data(&message),
            agreed_at: consent.as_ref().map(|receipt| receipt.at),
            agreed_source: consent.as_ref().map(|receipt| receipt.source.clone()).unwrap_or_default(),
            basis: consent.as_ref().map(|receipt| receipt.basis.to_string()).unwrap_or_default(),
            approver,
            written_with_ai: campaign.plan.written_with_ai,
            used: match segment {
                Some(segment) if segment.uses_scores() => Used::Score,
                Some(segment) if segment.uses_profiling() => Used::Behaviour,
                _ => Used::Record,
            },
            preferences_token: self.links().token(LinkKind::Preferences, message.id)?,
            unsubscribe_token: self.links().token(LinkKind::Unsubscribe, message.id)?,
        })
    }

    /// The preference page.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a link this installation did not sign.
    pub async fn preferences(&self, token: &str) -> Result<PreferencesView> {
        let Visit { customer, .. } = self.visit(LinkKind::Preferences, token).await?;
        let now = self.now();
        let preferences = self.store().preferences(&customer.key).await?;
        let mut allowed = [false; PURPOSES.len()];
        for (slot, purpose) in allowed.iter_mut().zip(PURPOSES) {
            let state = self.store().consent_at(&customer.key, purpose, Channel::Email, now).await?;
            *slot = state.is_some_and(|receipt| receipt.status == ConsentStatus::Granted);
        }
        let suppressed =
            self.store().suppression(Some(&customer.key), customer.email.as_deref()).await?.is_some();
        let year_ago = now.plus_days(-365);
        let mut messages = Vec::new();
        for message in self.store().messages_of_customer(&customer.key, 200).await? {
            let Some(at) = message.finished_at.filter(|at| *at >= year_ago) else { continue };
            if message.state != Some(DeliveryState::Sent) {
                continue;
            }
            let campaign = self.store().campaign(message.campaign).await?;
            let subject = self.rendered_subject(&message, &customer, &campaign).await?;
            messages.push((subject, at, self.links().token(LinkKind::Why, message.id)?));
        }
        let [marketing, profiling, ai_content, measurement] = allowed;
        Ok(PreferencesView {
            language: self.language_of(&customer).await?,
            brand: self.brand().await?.name,
            first_name: customer.first_name.clone().unwrap_or_default(),
            token: token.to_owned(),
            marketing: marketing && !suppressed,
            profiling,
            ai_content,
            measurement,
            max_per_month: preferences.max_per_month.and_then(|max| u32::try_from(max).ok()),
            messages,
            saved: false,
        })
    }

    /// Saves what a customer chose. Each changed purpose becomes a receipt of its own.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a link this installation did not sign.
    pub async fn save_preferences(&self, token: &str, form: &PreferencesForm) -> Result<PreferencesView> {
        let before = self.preferences(token).await?;
        let Visit { customer, message, .. } = self.visit(LinkKind::Preferences, token).await?;
        let now = self.now();
        let wanted = [
            (Purpose::Marketing, before.marketing, form.marketing),
            (Purpose::Profiling, before.profiling, form.profiling),
            (Purpose::AiContent, before.ai_content, form.ai_content),
            (Purpose::Measurement, before.measurement, form.measurement),
        ];
        let receipts: Vec<ConsentReceipt> = wanted
            .iter()
            .filter(|(_, was, is)| was != is)
            .map(|(purpose, _, is)| {
                let status = if *is { ConsentStatus::Granted } else { ConsentStatus::Withdrawn };
                self.receipt(&customer, *purpose, status, "preference_centre", message.id)
            })
            .collect();
        let mut preferences = self.store().preferences(&customer.key).await?;
        preferences.max_per_month = form.max_per_month.map(i64::from);
        preferences.language = form.language.or(preferences.language);
        let mut tx = self.store().begin().await?;
        tx.add_consents(&receipts).await?;
        tx.set_preferences(&customer.key, &preferences, now).await?;
        if before.marketing && !form.marketing {
            let (key, email) = (Some(&customer.key), customer.email.as_deref());
            tx.suppress(key, email, SuppressionReason::Unsubscribed, "preference_centre", now).await?;
        }
        let changed: Vec<&str> = receipts.iter().map(|receipt| receipt.purpose.as_str()).collect();
        let payload = serde_json::json!({ "changed": changed, "max_per_month": form.max_per_month });
        let object = format!("customer/{}", customer.key);
        tx.append_entries(&[self.entry(Actor::Customer, Action::ConsentRecorded, object, payload)]).await?;
        tx.commit().await?;
        self.settle_in_flight(InFlight::To(&customer.key)).await?;
        Ok(PreferencesView { saved: true, ..self.preferences(token).await? })
    }

    fn receipt(
        &self,
        customer: &Customer,
        purpose: Purpose,
        status: ConsentStatus,
        source: &str,
        message: MessageId,
    ) -> ConsentReceipt {
        let language = customer.language();
        ConsentReceipt {
            customer: customer.key.clone(),
            purpose,
            channel: Channel::Email,
            status,
            basis: LawfulBasis::Consent,
            notice_version: NOTICE_VERSION.to_owned(),
            notice_hash: terms::hash::ContentHash::of([notice(language).as_bytes()]).to_string(),
            language,
            source: source.to_owned(),
            proof: format!("message/{message}"),
            at: self.now(),
        }
    }

    /// The opt-out page. Looking at it changes nothing, so that a mail program may fetch it ahead.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a link this installation did not sign.
    pub async fn unsubscribe_view(&self, token: &str) -> Result<UnsubscribeView> {
        let Visit { message, customer, .. } = self.visit(LinkKind::Unsubscribe, token).await?;
        let suppressed = self.store().suppression(Some(&customer.key), customer.email.as_deref()).await?;
        Ok(UnsubscribeView {
            language: self.language_of(&customer).await?,
            brand: self.brand().await?.name,
            token: token.to_owned(),
            done: suppressed.is_some(),
            preferences_token: self.links().token(LinkKind::Preferences, message.id)?,
        })
    }

    /// Opts a customer out of all marketing, at once. Doing it twice is the same as doing it once.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a link this installation did not sign.
    pub async fn unsubscribe(&self, token: &str, source: OptOutSource) -> Result<UnsubscribeView> {
        let Visit { message, customer, .. } = self.visit(LinkKind::Unsubscribe, token).await?;
        let source = match source {
            OptOutSource::OneClick => "one_click",
            OptOutSource::Page => "unsubscribe_page",
        };
        self.opt_out(&customer, message.id, source, self.now()).await?;
        self.unsubscribe_view(token).await
    }

    /// Records an opt-out that came with a message: suppression, receipt, response and ledger entry, or none of them.
    pub(crate) async fn opt_out(
        &self,
        customer: &Customer,
        message: MessageId,
        source: &str,
        at: Instant,
    ) -> Result<()> {
        let email = customer.email.as_deref();
        // Done twice is done once. But a suppression of another cause is no withdrawal: the brand can lift its own, and
        // what the customer said must still stand then.
        let receipts = self.store().consent_history(&customer.key).await?;
        let said = state_now(&receipts, Purpose::Marketing, Channel::Email, self.now());
        let refused = said.is_some_and(|state| state.status != ConsentStatus::Granted);
        if refused && self.store().suppression(Some(&customer.key), email).await?.is_some() {
            return Ok(());
        }
        let receipt = ConsentReceipt {
            at,
            ..self.receipt(customer, Purpose::Marketing, ConsentStatus::Withdrawn, source, message)
        };
        let mut tx = self.store().begin().await?;
        tx.add_consents(&[receipt]).await?;
        tx.suppress(Some(&customer.key), email, SuppressionReason::Unsubscribed, source, at).await?;
        tx.add_responses(&[(message, ResponseKind::OptedOut, at)]).await?;
        let payload = serde_json::json!({ "message": message, "source": source });
        let object = format!("customer/{}", customer.key);
        tx.append_entries(&[self.entry(Actor::Customer, Action::OptedOut, object, payload)]).await?;
        tx.commit().await?;
        self.settle_in_flight(InFlight::To(&customer.key)).await
    }

    /// Tokens of a message's pages, for links outside of mails (the demo prints them).
    ///
    /// # Errors
    /// Never with a key of 32 bytes.
    pub fn customer_links(&self, message: MessageId) -> Result<[String; 3]> {
        Ok([
            self.links().token(LinkKind::Why, message)?,
            self.links().token(LinkKind::Preferences, message)?,
            self.links().token(LinkKind::Unsubscribe, message)?,
        ])
    }
}

/// Version of the notice on the preference page.
const NOTICE_VERSION: &str = "preferences-1";

/// The notice on the preference page, whose hash each receipt carries.
#[must_use]
pub const fn notice(language: Language) -> &'static str {
    match language {
        Language::English => {
            "You decide what we may do with your data. Each choice takes effect at once, and you can change it here at any time."
        }
        Language::Spanish => {
            "Tú decides qué podemos hacer con tus datos. Cada elección tiene efecto inmediato y puedes cambiarla aquí cuando quieras."
        }
    }
}
