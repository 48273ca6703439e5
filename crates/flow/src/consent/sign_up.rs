//! Signing up with a double opt-in: somebody asks on the public page, gets a link, and confirms. Only then is there a
//! receipt, and a customer.
//!
//! The answer to a request is the same whether the address is known or not, and so is the work: nobody is looked up
//! before the confirmation. Looking at the link changes nothing, so that a mail program may fetch it ahead.

use policy::refusal::Refusal;
use store::Tx;
use store::sign_ups::{NewSignUp, SignUp};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::{Customer, Language};
use terms::hash::ContentHash;
use terms::ids::CustomerKey;
use terms::ledger::Action;
use terms::notice::Notice;
use terms::person::Actor;
use terms::service::{ServiceKind, ServiceMail};
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::views::{JoinConfirmView, JoinForm, JoinState, JoinStep, JoinView};

/// Hours for which a link can be confirmed.
pub(crate) const HOURS: i64 = 48;
/// Source of the receipts.
const SOURCE: &str = "double_opt_in";

fn token_hash(token: &str) -> String {
    ContentHash::of_text(token).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl App {
    /// The sign-up page in a language: the newest notice about marketing, and the purposes it speaks of.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn join_view(&self, language: Language) -> Result<JoinView> {
        let notice = self.current_notice(Purpose::Marketing, language).await?;
        Ok(JoinView {
            language,
            brand: self.brand().await?.name,
            purposes: notice.purposes.clone(),
            notice,
            step: JoinStep::Form,
            opted_out: false,
        })
    }

    /// Takes a request to sign up and sends the link. The answer is the same for every address.
    ///
    /// # Errors
    /// [`Problem::Address`] and [`Problem::NoPurpose`] for what was typed, [`Error::TooMany`] for a source that asks for
    /// too many, [`Error::Conflict`] when no mail can be sent now.
    pub async fn ask_to_join(&self, form: &JoinForm) -> Result<JoinView> {
        let view = JoinView {
            step: JoinStep::Asked,
            opted_out: form.opted_out,
            ..self.join_view(form.language).await?
        };
        let email = form.email.trim();
        if !lake::import::is_address(email) {
            return Err(Problem::Address.into());
        }
        let purposes: Vec<Purpose> =
            view.purposes.iter().copied().filter(|purpose| form.purposes.contains(purpose)).collect();
        if purposes.is_empty() {
            return Err(Problem::NoPurpose.into());
        }
        match self.begin_sign_up(form, email, &purposes, &view.notice).await {
            Ok(()) => Ok(view),
            Err(Error::Refused(Refusal::TooManyMails("from this source"))) => Err(Error::TooMany),
            // What is known about the address is not told to who typed it.
            Err(Error::Refused(refusal)) => {
                tracing::info!(reason = refusal.code(), "a sign-up was not answered with a mail");
                Ok(view)
            }
            Err(error) => Err(error),
        }
    }

    async fn begin_sign_up(
        &self,
        form: &JoinForm,
        email: &str,
        purposes: &[Purpose],
        notice: &Notice,
    ) -> Result<()> {
        let now = self.now();
        let expires_at = now.plus_hours(HOURS);
        let token = hex(&rand::random::<[u8; 16]>());
        let base_url = self.brand().await?.base_url;
        let mail = ServiceMail {
            link: Some(format!("{base_url}/join/{token}")),
            until: Some(expires_at),
            source: form.address.clone(),
            ..ServiceMail::new(ServiceKind::ConfirmSignUp, email, form.language)
        };
        let mut tx = self.store().begin().await?;
        tx.delete_expired_sign_ups(now).await?;
        let begun = self.begin_service(&mut tx, mail).await?;
        let id = tx
            .add_sign_up(&NewSignUp {
                email,
                language: form.language,
                purposes,
                notice_version: &notice.version,
                notice_hash: &notice.hash.to_string(),
                token_hash: &token_hash(&token),
                source: "join",
                address: form.address.as_deref(),
                opted_out: form.opted_out,
                asked_at: now,
                expires_at,
            })
            .await?;
        let payload = serde_json::json!({ "purposes": purposes, "notice": notice.version });
        let entry = self.entry(Actor::Customer, Action::SignUpAsked, format!("sign_up/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        self.finish_service(begun).await
    }

    /// The page behind the link. It changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a token nobody was sent, or one that ran out and was deleted.
    pub async fn join_confirm_view(&self, token: &str) -> Result<JoinConfirmView> {
        let sign_up = self.store().sign_up(&token_hash(token)).await?.ok_or(Error::NotFound)?;
        let state = match sign_up.confirmed_at {
            Some(_) => JoinState::Confirmed,
            None if sign_up.expires_at < self.now() => JoinState::Expired,
            None => JoinState::Waiting,
        };
        self.join_confirm_page(token, &sign_up, state).await
    }

    async fn join_confirm_page(
        &self,
        token: &str,
        sign_up: &SignUp,
        state: JoinState,
    ) -> Result<JoinConfirmView> {
        let notice = self.store().notice(&sign_up.notice_version, sign_up.language).await?;
        Ok(JoinConfirmView {
            language: sign_up.language,
            brand: self.brand().await?.name,
            token: token.to_owned(),
            purposes: sign_up.purposes.clone(),
            notice: notice.ok_or(Error::NotFound)?,
            state,
        })
    }

    /// Confirms a sign-up: the receipts, the customer and the use of the token stand or fall together. A second try
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] as for the page.
    pub async fn confirm_join(&self, token: &str) -> Result<JoinConfirmView> {
        let waiting = self.join_confirm_view(token).await?;
        if waiting.state != JoinState::Waiting {
            return Ok(waiting);
        }
        let now = self.now();
        let hash = token_hash(token);
        // Who was erased and comes back by themselves is somebody new: a fresh record, nothing of the old.
        if let Some(sign_up) = self.store().sign_up(&hash).await? {
            self.welcome_back(&sign_up.email).await?;
        }
        let mut tx = self.store().begin().await?;
        let sign_up = tx.sign_up(&hash).await?.ok_or(Error::NotFound)?;
        let customer = self.customer_of_address(&mut tx, &sign_up, now).await?;
        if !tx.confirm_sign_up(&hash, now, &customer).await? {
            drop(tx);
            return self.join_confirm_view(token).await;
        }
        let receipts = receipts(&sign_up, &customer, now);
        let lifted = if sign_up.purposes.contains(&Purpose::Marketing) {
            tx.lift_suppression(Some(&customer), Some(&sign_up.email), SuppressionReason::Unsubscribed)
                .await?
        } else {
            false
        };
        let new = self.record_consents_in(&mut tx, &receipts, Actor::Customer).await?;
        let payload = serde_json::json!({
            "sign_up": sign_up.id, "asked_at": sign_up.asked_at, "confirmed_at": now,
            "notice": sign_up.notice_version, "earlier_opt_out_taken_back": lifted,
        });
        let object = format!("customer/{customer}");
        tx.append_entries(&[self.entry(Actor::Customer, Action::SignUpConfirmed, object, payload)]).await?;
        tx.commit().await?;
        self.settle_withdrawn(&new).await?;
        self.join_confirm_page(token, &sign_up, JoinState::Confirmed).await
    }

    /// The customer with this address, made when there is none. Of several the one known longest.
    async fn customer_of_address(&self, tx: &mut Tx, sign_up: &SignUp, now: Instant) -> Result<CustomerKey> {
        let known = tx.customers_by_email(&sign_up.email).await?;
        let oldest = known.into_iter().min_by(|a, b| (a.known_since, &a.key).cmp(&(b.known_since, &b.key)));
        if let Some(customer) = oldest {
            // A name of before keeps its record, but it is not who signs up.
            return Ok(tx.resolve_customer(&customer.key).await?);
        }
        let key = CustomerKey::new(format!("web-{}", hex(&rand::random::<[u8; 8]>())));
        let customer = Customer {
            key: key.clone(),
            email: Some(sign_up.email.clone()),
            first_name: None,
            locale: sign_up.language.as_str().to_owned(),
            country: None,
            time_zone: None,
            known_since: now,
            restricted: false,
        };
        tx.put_customers(&[customer]).await?;
        Ok(key)
    }
}

/// What a confirmed sign-up says: a grant for each purpose that was ticked, and no for sharing when the browser said so.
fn receipts(sign_up: &SignUp, customer: &CustomerKey, now: Instant) -> Vec<ConsentReceipt> {
    let proof = format!("sign_up/{} asked {} confirmed {now}", sign_up.id, sign_up.asked_at);
    let receipt = |purpose, status, source: &str| ConsentReceipt {
        customer: customer.clone(),
        purpose,
        channel: Channel::Email,
        status,
        basis: LawfulBasis::Consent,
        notice_version: sign_up.notice_version.clone(),
        notice_hash: sign_up.notice_hash.clone(),
        language: sign_up.language,
        source: source.to_owned(),
        proof: proof.clone(),
        at: now,
    };
    let granted = sign_up
        .purposes
        .iter()
        .filter(|purpose| !(sign_up.opted_out && **purpose == Purpose::Sharing))
        .map(|purpose| receipt(*purpose, ConsentStatus::Granted, SOURCE));
    let refused =
        sign_up.opted_out.then(|| receipt(Purpose::Sharing, ConsentStatus::Withdrawn, super::gpc::SOURCE));
    granted.chain(refused).collect()
}
