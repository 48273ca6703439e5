//! The second step of a request that hands out or destroys data: a link from a mail, which works once.
//!
//! Looking at the page does nothing, so that a mail program may fetch it ahead; the button does.

use store::links::{CustomerLink, CustomerLinkKind};
use store::rights::Step;
use terms::customer::Customer;
use terms::erasure::ErasureCause;
use terms::ids::{CustomerKey, RequestId};
use terms::person::Actor;
use terms::rights::{Request, RequestState, RightKind, Verification};

use super::reference;
use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::links::{new_token, token_hash};
use crate::places::Archive;
use crate::views::{ConfirmState, ConfirmView};

/// Days an archive can be fetched.
pub(crate) const ARCHIVE_DAYS: i64 = 7;

impl App {
    async fn confirm_link(&self, token: &str) -> Result<(CustomerLink, Request)> {
        let link = self.store().customer_link(&token_hash(token)).await?.ok_or(Error::NotFound)?;
        if let Some(at) = link.erased_at {
            return Err(Error::Gone { at });
        }
        let (CustomerLinkKind::Confirm, Some(request)) = (link.kind, link.request) else {
            return Err(Error::NotFound);
        };
        let request = self.store().rights_request(request).await?;
        Ok((link, request))
    }

    /// What a confirmation link asks, or that it is over.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link of nobody; [`Error::Gone`] once the person was erased.
    pub async fn confirm_view(&self, token: &str) -> Result<ConfirmView> {
        let (link, request) = self.confirm_link(token).await?;
        let over = link.revoked_at.is_some() || link.expires_at.is_some_and(|until| until <= self.now());
        let state = match (link.used_at.is_some(), request.state.is_closed(), over) {
            (true, ..) | (_, true, _) => ConfirmState::Used,
            (_, _, true) => ConfirmState::Expired,
            _ => ConfirmState::Ask,
        };
        self.confirm_page(&request, token, state).await
    }

    async fn confirm_page(&self, request: &Request, token: &str, state: ConfirmState) -> Result<ConfirmView> {
        let known = self.customer_if_known(request.customer.as_ref()).await?;
        Ok(ConfirmView {
            language: request.language,
            brand: self.brand().await?.name,
            token: token.to_owned(),
            kind: request.kind,
            reference: reference(request.id),
            until: request.due_at,
            state,
            email: known.and_then(|customer| customer.email).map(|email| veiled(&email)).unwrap_or_default(),
            archive_token: None,
            receipts: Vec::new(),
        })
    }

    /// Follows a confirmation link, once: identity is proved, and what was asked for is done where no person has to
    /// look at it.
    ///
    /// # Errors
    /// As [`App::confirm_view`]; when a step fails, which leaves the request open for the officer.
    pub async fn confirm_request(&self, token: &str) -> Result<ConfirmView> {
        let view = self.confirm_view(token).await?;
        if view.state != ConfirmState::Ask {
            return Ok(view);
        }
        let (_, request) = self.confirm_link(token).await?;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        if !tx.use_customer_link(&token_hash(token), now).await? {
            return Ok(ConfirmView { state: ConfirmState::Used, ..view });
        }
        let step = Step { verified: Some((Verification::MailConfirmed, now)), ..Step::default() };
        self.step(&mut tx, &request, RequestState::InProgress, &step, Actor::Customer).await?;
        tx.commit().await?;
        let request = self.store().rights_request(request.id).await?;
        let Some(customer) = self.customer_if_known(request.customer.as_ref()).await? else {
            self.nothing_known(&request).await?;
            return Ok(ConfirmView { state: ConfirmState::NothingKnown, ..view });
        };
        match request.kind {
            RightKind::Access | RightKind::Portability => {
                let archive_token = self.hand_out(&request, &customer.key, Actor::Customer).await?;
                Ok(ConfirmView { state: ConfirmState::Ready, archive_token: Some(archive_token), ..view })
            }
            RightKind::Erasure => {
                let receipts = self.erase_for(&request, &customer, Actor::Customer).await?;
                let receipts = receipts.into_iter().map(|receipt| (receipt.place, receipt.erased)).collect();
                Ok(ConfirmView { state: ConfirmState::Erased, receipts, email: String::new(), ..view })
            }
            RightKind::Restriction | RightKind::Objection | RightKind::OptOutSale => {
                self.act_on(&request, Actor::Customer).await?;
                Ok(ConfirmView { state: ConfirmState::Done, ..view })
            }
            RightKind::Rectification | RightKind::Review => {
                Ok(ConfirmView { state: ConfirmState::WithOfficer, ..view })
            }
        }
    }

    /// Answers somebody of whom nothing is known, and forgets their address.
    async fn nothing_known(&self, request: &Request) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let step = Step { closed_at: Some(self.now()), ..Step::default() };
        self.step(&mut tx, request, RequestState::Completed, &step, Actor::Customer).await?;
        tx.blank_rights_contact(request.id).await?;
        tx.commit().await?;
        self.call_back(request.id).await
    }

    /// Completes an access request with a link to the archive, which is made afresh each time it is fetched.
    pub(super) async fn hand_out(
        &self,
        request: &Request,
        customer: &CustomerKey,
        actor: Actor,
    ) -> Result<String> {
        let token = new_token();
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let (kind, until) = (CustomerLinkKind::Archive, now.plus_days(ARCHIVE_DAYS));
        tx.add_customer_link(&token_hash(&token), kind, Some(customer), Some(request.id), now, Some(until))
            .await?;
        let step = Step { closed_at: Some(now), ..Step::default() };
        self.step(&mut tx, request, RequestState::Completed, &step, actor).await?;
        tx.commit().await?;
        self.call_back(request.id).await?;
        Ok(token)
    }

    /// Erases a customer at their request. The notices to recipients are written down before anything goes, so that a
    /// kill in between tells them all the same; the request is closed with what each place reported.
    pub(super) async fn erase_for(
        &self,
        request: &Request,
        customer: &Customer,
        actor: Actor,
    ) -> Result<Vec<crate::PlaceReceipt>> {
        let mut tx = self.store().begin().await?;
        let told = tx.recipient_notices_of(request.id).await?;
        let notices = if told.is_empty() {
            self.add_notices(&mut tx, request, customer).await?
        } else {
            told.iter().map(|notice| notice.id).collect()
        };
        tx.commit().await?;
        let receipts = self.erase_customer(&customer.key, ErasureCause::Request).await?;
        let request = self.store().rights_request(request.id).await?;
        let mut tx = self.store().begin().await?;
        let step =
            Step { closed_at: Some(self.now()), receipts: Some(json_value(&receipts)?), ..Step::default() };
        self.step(&mut tx, &request, RequestState::Completed, &step, actor).await?;
        tx.commit().await?;
        self.enqueue_notices(&notices).await?;
        self.call_back(request.id).await?;
        Ok(receipts)
    }

    /// The archive behind a link from an access request, from a fresh scan of every place.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link of nobody or one that has run out; [`Error::Gone`] after an erasure.
    pub async fn archive_by_link(&self, token: &str) -> Result<(Archive, terms::customer::Language)> {
        let link = self.store().customer_link(&token_hash(token)).await?.ok_or(Error::NotFound)?;
        if let Some(at) = link.erased_at {
            return Err(Error::Gone { at });
        }
        let open = link.revoked_at.is_none() && link.expires_at.is_none_or(|until| until > self.now());
        let (CustomerLinkKind::Archive, Some(customer), Some(request), true) =
            (link.kind, link.customer, link.request, open)
        else {
            return Err(Error::NotFound);
        };
        let language = self.store().rights_request(request).await?.language;
        let stays = self.store().resolve_customer(&customer).await?;
        let archive = self.archive_of(&stays).await?;
        Ok((archive, language))
    }

    /// The request a link belongs to, for tests and the command line.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a link of nobody.
    pub async fn request_of_link(&self, token: &str) -> Result<RequestId> {
        let link = self.store().customer_link(&token_hash(token)).await?.ok_or(Error::NotFound)?;
        link.request.ok_or(Error::NotFound)
    }
}

/// An address that its holder recognises and nobody else learns: `l…a@example.com`.
pub(crate) fn veiled(email: &str) -> String {
    let Some((local, host)) = email.split_once('@') else { return "…".to_owned() };
    let first = local.chars().next().map(String::from).unwrap_or_default();
    let last = local.chars().skip(2).last().map(String::from).unwrap_or_default();
    format!("{first}…{last}@{host}")
}
