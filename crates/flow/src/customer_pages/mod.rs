//! The customer's own pages: why did I get this, opt-out, and beside this file the preference centre (`centre`), what
//! is known (`known`) and rights. Opened by signed links, never by an account; after an erasure by nobody.
//!
//! Withdrawing takes one step and works at once: the suppression and the receipt are durable before the page says so,
//! and the check at the moment of sending reads them. The page waits for a message to the same person that is being
//! handed over just then.

use std::collections::BTreeSet;

use policy::consent::state_now;
use store::Tx;
use store::deliveries::Delivery;
use store::identities::AliasKind;
use terms::campaign::Campaign;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::delivery::{DeliveryState, ResponseKind};
use terms::ids::{CustomerKey, MessageId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};
use crate::in_flight::InFlight;
use crate::links::LinkKind;
use crate::views::{CustomerWhyView, UnsubscribeView, Used};

mod centre;
mod known;

pub(crate) use centre::NO_TOPIC;

/// How somebody opted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutSource {
    /// By the mail program's button (RFC 8058).
    OneClick,
    /// On the page.
    Page,
}

/// Who a message's link belongs to, and the message it came with.
struct Visit {
    message: Delivery,
    customer: Customer,
    campaign: Campaign,
}

impl App {
    async fn visit(&self, kind: LinkKind, token: &str) -> Result<Visit> {
        let id = self.links().read(kind, token)?;
        if let Some(at) = self.store().erased_message(id).await? {
            return Err(Error::Gone { at });
        }
        let message = self.store().message(id).await?;
        // The link of a mail to a name of before is the link of the customer that stays.
        let customer = self.customer_that_stays(&message.customer).await?;
        let campaign = self.store().campaign(message.campaign).await?;
        Ok(Visit { message, customer, campaign })
    }

    /// The record that counts for a key: their own, or that of the customer it was joined to.
    pub(crate) async fn customer_that_stays(&self, key: &CustomerKey) -> Result<Customer> {
        let stays = self.store().resolve_customer(key).await?;
        Ok(self.store().customer(&stays).await?)
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
        let marketing = (Purpose::Marketing, Channel::Email, ConsentStatus::Withdrawn);
        let proof = format!("message/{message}");
        let receipt = self.receipt(customer, marketing, source, &proof).await?;
        let mut tx = self.store().begin().await?;
        // Whose name it is now, should it have been joined to another since the page was opened.
        let stays = tx.resolve_customer(&customer.key).await?;
        let customer = &tx.customer(&stays).await?;
        let email = customer.email.as_deref();
        // Done twice is done once. But a suppression of another cause is no withdrawal: the brand can lift its own, and
        // what the customer said must still stand then.
        let receipts = tx.consent_history(&customer.key).await?;
        let said = state_now(&receipts, Purpose::Marketing, Channel::Email, self.now());
        let refused = said.is_some_and(|state| state.status != ConsentStatus::Granted);
        if refused && tx.suppression(Some(&customer.key), email).await?.is_some() {
            drop(tx);
            return self.settle_person(&customer.key).await;
        }
        let receipt = ConsentReceipt { at, customer: customer.key.clone(), ..receipt };
        // Appended as it is: the entry below speaks of it. Marketing only, so no behaviour depends on it.
        tx.add_consents(&[receipt]).await?;
        self.suppress_person(&mut tx, customer, SuppressionReason::Unsubscribed, source, at).await?;
        tx.add_responses(&[(message, ResponseKind::OptedOut, at)]).await?;
        let payload = serde_json::json!({ "message": message, "source": source });
        let object = format!("customer/{}", customer.key);
        tx.append_entries(&[self.entry(Actor::Customer, Action::OptedOut, object, payload)]).await?;
        tx.commit().await?;
        self.settle_person(&customer.key).await
    }

    /// Suppresses a customer under every name and address they have or had: a mail to an old one is one to them.
    pub(crate) async fn suppress_person(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        reason: SuppressionReason,
        source: &str,
        at: Instant,
    ) -> Result<()> {
        tx.suppress(Some(&customer.key), customer.email.as_deref(), reason, source, at).await?;
        let names = tx.identities_of(&customer.key).await?;
        let merged = names.iter().filter(|name| name.kind == AliasKind::Merged);
        let keys: Vec<CustomerKey> = merged.map(|name| CustomerKey::new(&name.alias)).collect();
        for key in &keys {
            tx.suppress(Some(key), None, reason, source, at).await?;
        }
        for record in tx.customers(&keys).await? {
            tx.suppress(Some(&record.key), record.email.as_deref(), reason, source, at).await?;
        }
        Ok(())
    }

    /// Waits until no message to a customer is being handed over, under any of their names.
    pub(crate) async fn settle_person(&self, customer: &CustomerKey) -> Result<()> {
        let keys = self.every_key_of(customer).await?;
        let keys: BTreeSet<&CustomerKey> = keys.iter().collect();
        self.settle_in_flight(InFlight::ToAny(&keys)).await
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
