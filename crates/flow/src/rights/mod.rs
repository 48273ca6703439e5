//! Requests under data protection law, from the customer's click to the last receipt.
//!
//! Goes in: what a customer, an officer or a partner's system asks for. Comes out: rows, ledger entries, mails, notices
//! to recipients. Dates and permitted moves are `policy::rights`; erasing and reading everything are `places`.
//! Every step is an entry about `rights/NUMBER` without personal data; what the person wrote lives in the request's row
//! and goes with its customer.

mod act;
mod ask;
mod breach;
mod confirm;
mod notify;
mod officer;
mod opendsr;
mod queue;

pub use ask::Asked;
pub use breach::BreachStep;
pub(crate) use confirm::veiled;
pub use officer::{BY_OFFICER, Done, ENTERED, Handler, RECTIFIABLE, entered};
pub use opendsr::{DsrError, DsrRequest, DsrSigner};
pub use queue::QueueFilter;
pub use store::breaches::Breach;
pub use store::recipients::Partner;

pub use policy::rights::NoExtension;
use policy::rights::{Calendar, Deadlines, acts_at_once, deadlines, law_of, may_move};
use store::Tx;
use store::rights::{NewRequestRow, Step};
use terms::customer::{Customer, Language};
use terms::ids::{CustomerKey, PartnerId, PersonId, RequestId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::rights::{Details, Law, Request, RequestOrigin, RequestState, RightKind, Verification};
use terms::service::{ServiceKind, ServiceMail};
use terms::time::{Day, Instant};

use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Longest text a person may write into a request.
pub const LONGEST_WORDS: usize = 4_000;

/// Days in which holidays are looked up: three months, and whatever a due date moves by.
const DAYS_AHEAD: i32 = 110;

/// A request to be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRequest {
    /// Whose, if known.
    pub customer: Option<CustomerKey>,
    /// What is asked for.
    pub kind: RightKind,
    /// How it came in.
    pub origin: RequestOrigin,
    /// The law it names; else the one of the country the person lives in.
    pub law: Option<Law>,
    /// Language of the person.
    pub language: Language,
    /// When it arrived, which starts the clock.
    pub received_at: Instant,
    /// What the person wrote and chose.
    pub details: Details,
    /// Address to answer to, of somebody who is not known.
    pub contact: Option<String>,
    /// How identity was verified already.
    pub verification: Option<Verification>,
    /// The officer who entered it.
    pub handled_by: Option<PersonId>,
    /// The partner that sent it, its own number, and where it wants to be told.
    pub partner: Option<(PartnerId, String, Vec<String>)>,
}

impl NewRequest {
    /// A request of a customer from their own page, proved by the signed link it was opened with.
    #[must_use]
    pub fn from_page(customer: &Customer, language: Language, kind: RightKind, now: Instant) -> Self {
        Self {
            customer: Some(customer.key.clone()),
            kind,
            origin: RequestOrigin::Page,
            law: None,
            language,
            received_at: now,
            details: Details::default(),
            contact: None,
            verification: Some(Verification::SignedLink),
            handled_by: None,
            partner: None,
        }
    }
}

/// How a request is named to people: `R-12`.
#[must_use]
pub fn reference(id: RequestId) -> String {
    format!("R-{id}")
}

impl App {
    /// Opens a request: the clock starts, the officer sees it. What acts at once has acted when this returns.
    ///
    /// # Errors
    /// When its words are too long, it lies in the future, or the store fails.
    pub async fn open_request(&self, new: NewRequest) -> Result<RequestId> {
        let actor = match (&new.partner, new.origin) {
            (Some(_), _) => self.system("flow.opendsr").await?,
            (None, RequestOrigin::Page | RequestOrigin::Form) => Actor::Customer,
            (None, _) => Actor::Operator,
        };
        self.open_as(new, actor).await
    }

    /// Opens a request for whoever entered it.
    async fn open_as(&self, new: NewRequest, actor: Actor) -> Result<RequestId> {
        let id = self.enter_request(new, actor.clone()).await?;
        let request = self.store().rights_request(id).await?;
        if acts_at_once(request.kind)
            && request.state == RequestState::InProgress
            && request.customer.is_some()
        {
            self.act_on(&request, actor).await?;
        }
        Ok(id)
    }

    /// Enters a request, and moves it to where its verification allows.
    async fn enter_request(&self, new: NewRequest, actor: Actor) -> Result<RequestId> {
        let now = self.now();
        let long = new.details.words.len() > LONGEST_WORDS
            || new.details.fields.iter().any(|(_, value)| value.len() > 200);
        if long {
            return Err(Problem::TooLong { most: LONGEST_WORDS }.into());
        }
        if new.received_at > now {
            return Err(Problem::InTheFuture.into());
        }
        let customer = self.customer_if_known(new.customer.as_ref()).await?;
        let lives = customer.as_ref().and_then(|customer| customer.country.as_deref());
        let law = new.law.unwrap_or_else(|| law_of(lives));
        let dates = self.deadlines_of(new.kind, law, new.received_at, customer.as_ref()).await?;
        let row = NewRequestRow {
            customer: new.customer,
            kind: new.kind,
            state: RequestState::Received,
            law,
            origin: new.origin,
            language: new.language,
            received_at: new.received_at,
            due_at: dates.due,
            confirm_by: dates.confirm_by,
            details: new.details,
            contact: new.contact,
            handled_by: new.handled_by,
            partner: new.partner,
        };
        let mut tx = self.store().begin().await?;
        let id = tx.add_rights_request(&row).await?;
        let payload = serde_json::json!({
            "kind": row.kind, "origin": row.origin, "law": law, "received": row.received_at, "due": dates.due,
        });
        let object = format!("rights/{id}");
        tx.append_entries(&[self.entry(actor.clone(), Action::RightsOpened, object, payload)]).await?;
        let request = tx.rights_request(id).await?;
        match new.verification {
            Some(how) => {
                let step = Step { verified: Some((how, now)), ..Step::default() };
                self.step(&mut tx, &request, RequestState::InProgress, &step, actor).await?;
            }
            None => {
                self.step(&mut tx, &request, RequestState::Verifying, &Step::default(), actor).await?;
            }
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Moves a request on, inside a transaction, with its ledger entry.
    async fn step(
        &self,
        tx: &mut Tx,
        request: &Request,
        to: RequestState,
        step: &Step,
        actor: Actor,
    ) -> Result<()> {
        if !may_move(request.state, to) {
            return Err(Problem::RequestElsewhere { now: request.state, wanted: to }.into());
        }
        tx.move_rights_request(request.id, request.state, to, step).await?;
        let action = if to.is_closed() { Action::RightsClosed } else { Action::RightsMoved };
        let mut payload = serde_json::json!({ "from": request.state, "to": to, "kind": request.kind });
        if let Some(fields) = payload.as_object_mut() {
            if let Some((how, _)) = step.verified {
                fields.insert("verified".to_owned(), how.as_str().into());
            }
            if let Some((due, _)) = step.extended {
                fields.insert("due".to_owned(), due.to_string().into());
            }
            if let Some(ground) = step.refusal {
                fields.insert("ground".to_owned(), ground.as_str().into());
            }
            if let Some(receipts) = &step.receipts {
                fields.insert("receipts".to_owned(), receipts.clone());
            }
        }
        let object = format!("rights/{}", request.id);
        tx.append_entries(&[self.entry(actor, action, object, payload)]).await?;
        Ok(())
    }

    async fn customer_if_known(&self, key: Option<&CustomerKey>) -> Result<Option<Customer>> {
        let Some(key) = key else { return Ok(None) };
        // A request under a name of before is one of the customer that stays.
        let stays = self.store().resolve_customer(key).await?;
        Ok(self.store().customers(&[stays]).await?.pop())
    }

    /// The dates of a request, by the brand's clocks and the holidays there.
    async fn deadlines_of(
        &self,
        kind: RightKind,
        law: Law,
        received: Instant,
        customer: Option<&Customer>,
    ) -> Result<Deadlines> {
        let brand = self.brand().await?;
        let zone = brand.time_zones.first().map_or("UTC", String::as_str);
        let country = customer.and_then(|customer| customer.country.as_deref());
        let holidays = holidays_around(country, received.day());
        Ok(deadlines(kind, law, received, &Calendar { zone, holidays: &holidays }))
    }

    /// Answers a request by mail, where there is an address that can be used. Comes out: whether it went.
    async fn tell(&self, request: &Request, mut mail: ServiceMail) -> Result<bool> {
        mail.reference = Some(reference(request.id));
        mail.customer = request.customer.clone();
        match self.send_service(mail).await {
            Ok(()) => Ok(true),
            Err(Error::TooMany | Error::Refused(_) | Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A mail of a kind to whoever made a request; `None` without an address.
    async fn mail_for(&self, request: &Request, kind: ServiceKind) -> Result<Option<ServiceMail>> {
        let customer = self.customer_if_known(request.customer.as_ref()).await?;
        let address = customer.and_then(|customer| customer.email).or_else(|| request.contact.clone());
        Ok(address.map(|to| ServiceMail::new(kind, to, request.language)))
    }
}

/// Public holidays of the person's country in the months a request may take. Where the country is unknown only weekends
/// move a due date: who is early is never late.
fn holidays_around(country: Option<&str>, from: Day) -> Vec<Day> {
    let Some(country) = country.and_then(|country| country.parse().ok()) else { return Vec::new() };
    (0..=DAYS_AHEAD)
        .map(|days| from.plus(days))
        .filter(|day| policy::holidays::is_holiday(country, day.to_date()))
        .collect()
}
