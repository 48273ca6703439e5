//! Requests that come in without a person of the brand: from the customer's pages and from the public form.
//!
//! The form answers the same whether an address is known or not: both get a mail, and only the mail's reader learns
//! more. What hands out or destroys data always waits for that mail.

use policy::rights::{Proof, proof_for};
use store::links::CustomerLinkKind;
use store::rights::Step;
use terms::customer::{Customer, Language};
use terms::ids::{CustomerKey, RequestId};
use terms::rights::{Details, RequestOrigin, RequestState, RightKind};
use terms::service::{ServiceKind, ServiceMail};

use super::{NewRequest, reference};
use crate::app::App;
use crate::error::{Error, Result};
use crate::links::{new_token, token_hash};

/// Hours a confirmation link works.
pub(crate) const CONFIRM_HOURS: i64 = 48;
/// Days after which somebody who is not known and never confirmed is forgotten: the time the law gives for an answer.
const UNCONFIRMED_DAYS: i64 = 30;
/// Records with the same address that one form opens requests for.
const SAME_ADDRESS: usize = 3;

/// What became of a customer's click.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A mail with a confirmation link is on its way.
    MailSent,
    /// There is no address a mail could go to; the officer sees the request.
    NoMail,
    /// It is done.
    Done,
    /// The officer has it.
    WithOfficer,
}

impl App {
    /// A customer asks for something on their own page. One open request of a kind is enough: asking again sends the
    /// confirmation again.
    ///
    /// # Errors
    /// When the words are too long or the store fails.
    pub(crate) async fn customer_asks(
        &self,
        customer: &Customer,
        language: Language,
        kind: RightKind,
        details: Details,
    ) -> Result<(RequestId, Asked)> {
        let mut new = NewRequest::from_page(customer, language, kind, self.now());
        new.details = details;
        match proof_for(kind) {
            Proof::Link => {
                let id = self.open_request(new).await?;
                let closed = self.store().rights_request(id).await?.state.is_closed();
                if !closed {
                    self.acknowledge(id).await?;
                }
                Ok((id, if closed { Asked::Done } else { Asked::WithOfficer }))
            }
            Proof::Mail => {
                let open = self.store().rights_of_customer(&customer.key, 50).await?;
                let waiting = open
                    .iter()
                    .find(|request| request.kind == kind && request.state == RequestState::Verifying);
                let id = match waiting {
                    Some(request) => request.id,
                    None => {
                        new.verification = None;
                        self.open_request(new).await?
                    }
                };
                let to = customer.email.as_deref();
                let sent = self.send_confirmation(id, Some(&customer.key), to, language, None).await?;
                Ok((id, if sent { Asked::MailSent } else { Asked::NoMail }))
            }
        }
    }

    /// Tells whoever made a request that it arrived, and by when it is answered.
    async fn acknowledge(&self, id: RequestId) -> Result<bool> {
        let request = self.store().rights_request(id).await?;
        let Some(mut mail) = self.mail_for(&request, ServiceKind::RequestReceived).await? else {
            return Ok(false);
        };
        mail.until = Some(request.due_at);
        self.tell(&request, mail).await
    }

    /// Sends a link that proves, when followed, that its reader holds the address. Only its hash is kept.
    async fn send_confirmation(
        &self,
        request: RequestId,
        customer: Option<&CustomerKey>,
        to: Option<&str>,
        language: Language,
        source: Option<&str>,
    ) -> Result<bool> {
        let Some(to) = to else { return Ok(false) };
        let token = new_token();
        let now = self.now();
        let until = now.plus_hours(CONFIRM_HOURS);
        let hash = token_hash(&token);
        let kind = CustomerLinkKind::Confirm;
        self.store().add_customer_link(&hash, kind, customer, Some(request), now, Some(until)).await?;
        let mut mail = ServiceMail::new(ServiceKind::ConfirmRequest, to, language);
        mail.customer = customer.cloned();
        mail.link = Some(format!("{}/c/{token}", self.brand().await?.base_url));
        mail.reference = Some(reference(request));
        mail.until = Some(until);
        mail.source = source.map(str::to_owned);
        match self.send_service(mail).await {
            Ok(()) => Ok(true),
            Err(Error::TooMany | Error::Refused(_) | Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes in the public form. What comes out says nothing about the address, and neither does how long it took:
    /// a request is kept and a mail sent either way.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no address; [`Error::TooMany`] when one visitor sends too many.
    pub async fn ask_from_form(
        &self,
        kind: RightKind,
        email: &str,
        words: &str,
        language: Language,
        source: &str,
    ) -> Result<()> {
        let email = email.trim();
        let plausible = email.len() <= 254
            && !email.chars().any(|c| c.is_control() || c.is_whitespace())
            && email
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'));
        if !plausible {
            return Err(crate::Problem::NotAnAddress.into());
        }
        self.count_form(source)?;
        self.forget_unconfirmed().await?;
        let known = self.store().customers_by_email(email).await?;
        let mut people: Vec<Option<CustomerKey>> =
            known.into_iter().take(SAME_ADDRESS).map(|customer| Some(customer.key)).collect();
        if people.is_empty() {
            people.push(None);
        }
        for customer in people {
            let contact = customer.is_none().then(|| email.to_owned());
            let new = NewRequest {
                customer: customer.clone(),
                kind,
                origin: RequestOrigin::Form,
                law: None,
                language,
                received_at: self.now(),
                details: Details { words: words.trim().to_owned(), ..Details::default() },
                contact,
                verification: None,
                handled_by: None,
                partner: None,
            };
            let id = self.open_request(new).await?;
            self.send_confirmation(id, customer.as_ref(), Some(email), language, Some(source)).await?;
        }
        Ok(())
    }

    /// Forgets whoever filled in the form, is not known, and never confirmed: their request is over, their address and
    /// words are gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_unconfirmed(&self) -> Result<u64> {
        let before = self.now().plus_days(-UNCONFIRMED_DAYS);
        let open = self.store().rights_requests(store::rights::Which::Open, None, i64::MAX).await?;
        let mut forgotten = 0;
        for request in open {
            let unproved = request.origin == RequestOrigin::Form
                && request.customer.is_none()
                && request.state == RequestState::Verifying;
            if !unproved || request.received_at > before {
                continue;
            }
            let actor = self.system("flow.rights").await?;
            let mut tx = self.store().begin().await?;
            let step = Step { closed_at: Some(self.now()), ..Step::default() };
            self.step(&mut tx, &request, RequestState::Withdrawn, &step, actor).await?;
            tx.blank_rights_contact(request.id).await?;
            tx.commit().await?;
            forgotten += 1;
        }
        Ok(forgotten)
    }

    /// Counts forms by visitor, so that nobody fills the officer's queue or somebody's inbox.
    fn count_form(&self, source: &str) -> Result<()> {
        const FORMS: usize = 10;
        let now = self.now();
        let since = now.plus_hours(-1);
        let mut tries =
            self.tries().lock().map_err(|_| Error::Internal("the counter of tries is broken".to_owned()))?;
        let times = tries.entry(format!("rights form {source}")).or_default();
        times.retain(|at| *at > since);
        if times.len() >= FORMS {
            return Err(Error::TooMany);
        }
        times.push(now);
        Ok(())
    }
}
