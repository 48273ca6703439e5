//! What the privacy officer does with a request: enter, verify, ask back, extend, complete, refuse.

use policy::rights::{acts_at_once, extend};
use store::identities::TraitSource;
use store::rights::Step;
use terms::customer::{Customer, Language};
use terms::ids::{CustomerKey, PersonId, RequestId};
use terms::ledger::Action;
use terms::person::{Actor, Person};
use terms::rights::{RefusalGround, Request, RequestOrigin, RequestState, RightKind, Verification};
use terms::service::{ServiceKind, ServiceMail};
use terms::time::Instant;

use super::{LONGEST_WORDS, NewRequest};
use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Fields a person can have corrected.
pub const RECTIFIABLE: [&str; 5] = ["first_name", "email", "locale", "country", "time_zone"];

/// What came of an officer's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// True when the person was told by mail; else the officer sends the letter.
    pub told: bool,
}

/// Somebody who handles a request: a person at a page, or the operator at the command line.
#[derive(Debug, Clone)]
pub struct Handler {
    actor: Actor,
    person: Option<PersonId>,
}

impl Handler {
    /// Whoever runs the commands of the installation.
    #[must_use]
    pub const fn operator() -> Self {
        Self { actor: Actor::Operator, person: None }
    }

    /// As the ledger names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

impl App {
    /// Somebody who may handle requests, and the rest of what the law asks for.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::Denied`] for anybody else.
    pub fn officer(&self, person: &Person) -> Result<Handler> {
        let granted = self.needs(person, Permission::ManageRights)?;
        Ok(Handler { actor: granted.actor(), person: Some(granted.person()) })
    }

    /// Enters a request that came by post, phone or mail. `customer` is a key or an address.
    ///
    /// # Errors
    /// When it lies in the future, or somebody is verified who is not known.
    pub async fn enter_by_officer(&self, by: &Handler, customer: &str, new: NewRequest) -> Result<RequestId> {
        let found = self.find_customer(customer).await?;
        if found.is_none() && new.verification.is_some() {
            return Err(Problem::NobodyByThatName.into());
        }
        let new = NewRequest {
            contact: match (&found, customer.contains('@')) {
                (None, true) => Some(customer.trim().to_owned()),
                _ => None,
            },
            language: found.as_ref().map_or(new.language, Customer::language),
            customer: found.map(|customer| customer.key),
            handled_by: by.person,
            ..new
        };
        self.open_as(new, by.actor()).await
    }

    /// A customer by key or address.
    async fn find_customer(&self, text: &str) -> Result<Option<Customer>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let by_key = self.customer_if_known(Some(&CustomerKey::new(text))).await?;
        match by_key {
            Some(customer) => Ok(Some(customer)),
            None => Ok(self.store().customers_by_email(text).await?.into_iter().next()),
        }
    }

    /// Records how identity was verified; what acts at once acts now.
    ///
    /// # Errors
    /// When the request is beyond that, or names no customer.
    pub async fn verify_request(&self, by: &Handler, id: RequestId, how: Verification) -> Result<()> {
        let request = self.store().rights_request(id).await?;
        if request.customer.is_none() {
            return Err(Problem::NobodyByThatName.into());
        }
        let mut tx = self.store().begin().await?;
        let step = Step { verified: Some((how, self.now())), handled_by: by.person, ..Step::default() };
        self.step(&mut tx, &request, RequestState::InProgress, &step, by.actor()).await?;
        tx.commit().await?;
        let request = self.store().rights_request(id).await?;
        if acts_at_once(request.kind) {
            self.act_on(&request, by.actor()).await?;
        }
        Ok(())
    }

    /// Waits for something from the person, or goes on when it came. The clock runs on.
    ///
    /// # Errors
    /// When the request's state does not allow it.
    pub async fn wait_for_customer(&self, by: &Handler, id: RequestId, waiting: bool) -> Result<()> {
        let request = self.store().rights_request(id).await?;
        let to = if waiting { RequestState::WaitingOnCustomer } else { RequestState::InProgress };
        let mut tx = self.store().begin().await?;
        let step = Step { handled_by: by.person, ..Step::default() };
        self.step(&mut tx, &request, to, &step, by.actor()).await?;
        tx.commit().await?;
        self.call_back(id).await
    }

    /// Takes the extension the law gives, and tells the person why.
    ///
    /// # Errors
    /// When there is none, it was taken, the first period is over, or no reason is given.
    pub async fn extend_request(&self, by: &Handler, id: RequestId, reason: &str) -> Result<Done> {
        let reason = words(reason)?;
        let request = self.store().rights_request(id).await?;
        let customer = self.customer_if_known(request.customer.as_ref()).await?;
        let dates =
            self.deadlines_of(request.kind, request.law, request.received_at, customer.as_ref()).await?;
        let due = extend(&dates, request.extended_at.is_some(), self.now()).map_err(Problem::NoExtension)?;
        let mut tx = self.store().begin().await?;
        let step = Step {
            extended: Some((due, self.now())),
            answer: Some(reason.to_owned()),
            handled_by: by.person,
            ..Step::default()
        };
        self.step(&mut tx, &request, RequestState::Extended, &step, by.actor()).await?;
        tx.commit().await?;
        let told = self.answer(&request, ServiceKind::RequestExtended, Some(due), Some(reason)).await?;
        self.call_back(id).await?;
        Ok(Done { told })
    }

    /// Refuses a request on a ground the law knows, in words for the person.
    ///
    /// # Errors
    /// When it is closed, or no words are given.
    pub async fn refuse_request(
        &self,
        by: &Handler,
        id: RequestId,
        ground: RefusalGround,
        reason: &str,
    ) -> Result<Done> {
        let reason = words(reason)?;
        let request = self.store().rights_request(id).await?;
        let mut tx = self.store().begin().await?;
        let step = Step {
            closed_at: Some(self.now()),
            refusal: Some(ground),
            answer: Some(reason.to_owned()),
            handled_by: by.person,
            ..Step::default()
        };
        self.step(&mut tx, &request, RequestState::Refused, &step, by.actor()).await?;
        tx.commit().await?;
        let told = self.answer(&request, ServiceKind::RequestRefused, None, Some(reason)).await?;
        self.call_back(id).await?;
        Ok(Done { told })
    }

    /// Does what was asked for and closes the request. A review needs words: a person answers it.
    ///
    /// # Errors
    /// When identity is not verified, the request is closed, a review has no answer, or erasing fails.
    pub async fn complete_request(&self, by: &Handler, id: RequestId, said: &str) -> Result<Done> {
        let request = self.store().rights_request(id).await?;
        if !policy::rights::may_move(request.state, RequestState::Completed) {
            let (now, wanted) = (request.state, RequestState::Completed);
            return Err(Problem::RequestElsewhere { now, wanted }.into());
        }
        let customer = self.customer_if_known(request.customer.as_ref()).await?;
        match (request.kind, customer) {
            (RightKind::Access | RightKind::Portability, Some(customer)) => {
                let token = self.hand_out(&request, &customer.key, by.actor()).await?;
                let until = self.now().plus_days(super::confirm::ARCHIVE_DAYS);
                let Some(mut mail) = self.mail_for(&request, ServiceKind::DownloadReady).await? else {
                    return Ok(Done { told: false });
                };
                mail.link = Some(format!("{}/d/{token}", self.brand().await?.base_url));
                mail.until = Some(until);
                Ok(Done { told: self.tell(&request, mail).await? })
            }
            (RightKind::Erasure, Some(customer)) => {
                self.erase_for(&request, &customer, by.actor()).await?;
                // The address is gone, and that is the point: the officer answers by the way the request came.
                Ok(Done { told: false })
            }
            (RightKind::Restriction | RightKind::Objection | RightKind::OptOutSale, Some(_)) => {
                self.act_on(&request, by.actor()).await?;
                Ok(Done { told: self.answer(&request, ServiceKind::RequestDone, None, None).await? })
            }
            (RightKind::Rectification, Some(_)) => Err(Problem::RectifyInstead.into()),
            (RightKind::Review, Some(_)) => {
                let said = words(said)?;
                self.close_with(by, &request, Some(said)).await?;
                Ok(Done { told: self.answer(&request, ServiceKind::RequestDone, None, Some(said)).await? })
            }
            // Erased already, and stopped before that was written down.
            (RightKind::Erasure, None) => {
                self.close_with(by, &request, None).await?;
                let told = self.store().recipient_notices_of(id).await?;
                let waiting: Vec<_> = told.iter().map(|notice| notice.id).collect();
                self.enqueue_notices(&waiting).await?;
                Ok(Done { told: false })
            }
            (_, None) => Err(Problem::NobodyByThatName.into()),
        }
    }

    async fn close_with(&self, by: &Handler, request: &Request, said: Option<&str>) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let step = Step {
            closed_at: Some(self.now()),
            answer: said.map(str::to_owned),
            handled_by: by.person,
            ..Step::default()
        };
        self.step(&mut tx, request, RequestState::Completed, &step, by.actor()).await?;
        tx.commit().await?;
        self.call_back(request.id).await
    }

    /// Corrects a customer's record, tells recipients, and closes the request. Fields that are not named stay.
    ///
    /// # Errors
    /// When a value cannot be taken, or the request's state does not allow it.
    pub async fn rectify(&self, by: &Handler, id: RequestId, fields: &[(String, String)]) -> Result<Done> {
        let request = self.store().rights_request(id).await?;
        if request.kind != RightKind::Rectification {
            return Err(Problem::RectifyInstead.into());
        }
        let before = self
            .customer_if_known(request.customer.as_ref())
            .await?
            .ok_or(Error::Problem(Problem::NobodyByThatName))?;
        let after = corrected(&before, fields)?;
        let changed: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let mut tx = self.store().begin().await?;
        tx.rectify_customer(&after).await?;
        let from_them: Vec<TraitSource> = fields
            .iter()
            .map(|(field, _)| TraitSource {
                customer: after.key.clone(),
                field: field.clone(),
                source: "you".to_owned(),
                at: self.now(),
            })
            .collect();
        tx.put_trait_sources(&from_them).await?;
        let payload = serde_json::json!({ "fields": changed, "request": id });
        let object = format!("customer/{}", after.key);
        tx.append_entries(&[self.entry(by.actor(), Action::Rectified, object, payload)]).await?;
        let notices = self.add_notices(&mut tx, &request, &after).await?;
        let step = Step { closed_at: Some(self.now()), handled_by: by.person, ..Step::default() };
        self.step(&mut tx, &request, RequestState::Completed, &step, by.actor()).await?;
        tx.commit().await?;
        self.enqueue_notices(&notices).await?;
        self.call_back(id).await?;
        Ok(Done { told: self.answer(&request, ServiceKind::RequestDone, None, None).await? })
    }

    async fn answer(
        &self,
        request: &Request,
        kind: ServiceKind,
        until: Option<Instant>,
        reason: Option<&str>,
    ) -> Result<bool> {
        let Some(mut mail) = self.mail_for(request, kind).await? else { return Ok(false) };
        mail.until = until;
        mail.reason = reason.map(str::to_owned);
        self.tell(request, mail).await
    }

    /// The letter a step would send, for the officer to read before, or to print where no mail can go.
    ///
    /// # Errors
    /// When there is no such request.
    pub async fn letter(&self, id: RequestId, kind: ServiceKind, reason: &str) -> Result<(String, String)> {
        let request = self.store().rights_request(id).await?;
        let mut mail = ServiceMail::new(kind, "", request.language);
        mail.reference = Some(super::reference(id));
        mail.until = Some(request.due_at);
        mail.reason = Some(reason.to_owned()).filter(|reason| !reason.trim().is_empty());
        let words = gateway::mail::service_words(&mail, &self.brand().await?.name);
        Ok((words.subject, words.text))
    }
}

/// Words for a person: some, and not too many.
fn words(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.len() {
        0 => Err(Problem::NoWordsForPerson.into()),
        n if n > LONGEST_WORDS => Err(Problem::TooLong { most: LONGEST_WORDS }.into()),
        _ => Ok(text),
    }
}

/// The record with what a person says of themselves.
fn corrected(before: &Customer, fields: &[(String, String)]) -> Result<Customer> {
    let mut after = before.clone();
    for (name, value) in fields {
        let value = value.trim();
        let bad = || Error::Problem(Problem::BadField { field: name.clone() });
        if value.len() > 200 || value.chars().any(char::is_control) {
            return Err(bad());
        }
        let given = (!value.is_empty()).then(|| value.to_owned());
        match name.as_str() {
            "first_name" => after.first_name = given,
            "email" => {
                if given.as_deref().is_some_and(|email| {
                    email.contains(char::is_whitespace)
                        || !email
                            .split_once('@')
                            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
                }) {
                    return Err(bad());
                }
                after.email = given;
            }
            "locale" => after.locale = given.ok_or_else(bad)?,
            "country" => {
                let country = given.map(|country| country.to_uppercase());
                if country
                    .as_ref()
                    .is_some_and(|c| c.len() != 2 || !c.bytes().all(|b| b.is_ascii_uppercase()))
                {
                    return Err(bad());
                }
                after.country = country;
            }
            "time_zone" => {
                if given.as_deref().is_some_and(|zone| !policy::quiet_hours::is_zone(zone)) {
                    return Err(bad());
                }
                after.time_zone = given;
            }
            _ => return Err(bad()),
        }
    }
    Ok(after)
}

/// How officers may verify somebody themselves.
pub const BY_OFFICER: [Verification; 3] =
    [Verification::Document, Verification::Questions, Verification::InPerson];

/// Ways in which the officer enters requests.
pub const ENTERED: [RequestOrigin; 3] = [RequestOrigin::Post, RequestOrigin::Phone, RequestOrigin::Email];

/// A request as the officer enters it.
#[must_use]
pub fn entered(
    kind: RightKind,
    origin: RequestOrigin,
    language: Language,
    received_at: Instant,
) -> NewRequest {
    NewRequest {
        customer: None,
        kind,
        origin,
        law: None,
        language,
        received_at,
        details: terms::rights::Details::default(),
        contact: None,
        verification: None,
        handled_by: None,
        partner: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Customer {
        Customer {
            key: CustomerKey::new("a"),
            email: Some("a@x.example".into()),
            first_name: Some("Ana".into()),
            locale: "es-ES".into(),
            country: Some("ES".into()),
            time_zone: None,
            known_since: Instant(0),
            restricted: true,
        }
    }

    fn with(field: &str, value: &str) -> Result<Customer> {
        corrected(&customer(), &[(field.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_correction_changes_what_was_named_and_nothing_else() {
        let after = with("first_name", " Anna ").unwrap();
        assert_eq!(after, Customer { first_name: Some("Anna".into()), ..customer() });
        assert_eq!(with("first_name", "").unwrap().first_name, None);
        assert_eq!(with("country", "fr").unwrap().country.as_deref(), Some("FR"));
        assert_eq!(with("time_zone", "Europe/Paris").unwrap().time_zone.as_deref(), Some("Europe/Paris"));
        assert!(
            with("email", "b@y.example").unwrap().restricted,
            "a restriction is not lifted by a correction"
        );
    }

    #[test]
    fn what_cannot_be_a_value_is_refused() {
        for (field, value) in [
            ("email", "nobody"),
            ("email", "a b@x.example"),
            ("email", "@x.example"),
            ("country", "Spain"),
            ("country", "E1"),
            ("time_zone", "Nowhere/Else"),
            ("locale", ""),
            ("restricted", "0"),
            ("key", "b"),
            ("first_name", "a\nb"),
        ] {
            assert!(with(field, value).is_err(), "{field} = {value}");
        }
    }
}
