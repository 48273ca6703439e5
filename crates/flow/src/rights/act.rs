//! What a right does to the data: the effect and the request's completion in one transaction.

use store::rights::Step;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose, SuppressionReason};
use terms::customer::Customer;
use terms::ledger::Action;
use terms::person::Actor;
use terms::rights::{Request, RequestState, RightKind};

use crate::app::App;
use crate::error::{Error, Result};

/// What can be objected to (GDPR 21).
pub(crate) const AGAINST: [Purpose; 2] = [Purpose::Marketing, Purpose::Profiling];

impl App {
    /// Lets a restriction, an objection or an opt-out act, tells recipients, and completes the request.
    pub(super) async fn act_on(&self, request: &Request, actor: Actor) -> Result<()> {
        let customer = self.customer_if_known(request.customer.as_ref()).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        let object = format!("customer/{}", customer.key);
        let mut tx = self.store().begin().await?;
        let mut receipts = Vec::new();
        match request.kind {
            RightKind::Restriction => {
                tx.restrict_customer(&customer.key).await?;
                let payload = serde_json::json!({ "restricted": true, "request": request.id });
                let entry = self.entry(actor.clone(), Action::RestrictionChanged, object, payload);
                tx.append_entries(&[entry]).await?;
            }
            RightKind::Objection => {
                let all = request.details.against.is_empty();
                for purpose in AGAINST {
                    if all || request.details.against.iter().any(|word| word == purpose.as_str()) {
                        receipts.extend(self.refusals(&customer, request, purpose).await?);
                    }
                }
                if receipts.iter().any(|receipt| receipt.purpose == Purpose::Marketing) {
                    let reason = SuppressionReason::Objection;
                    self.suppress_person(&mut tx, &customer, reason, "rights", now).await?;
                }
            }
            RightKind::OptOutSale => {
                receipts.extend(self.refusals(&customer, request, Purpose::Sharing).await?)
            }
            _ => return Err(Error::Internal(format!("`{}` does not act by itself", request.kind))),
        }
        self.record_consents_in(&mut tx, &receipts, actor.clone()).await?;
        let notices = self.add_notices(&mut tx, request, &customer).await?;
        let step = Step { closed_at: Some(now), ..Step::default() };
        self.step(&mut tx, request, RequestState::Completed, &step, actor).await?;
        tx.commit().await?;
        self.settle_person(&customer.key).await?;
        self.enqueue_notices(&notices).await?;
        self.call_back(request.id).await
    }

    /// Receipts that refuse a purpose on every channel that was ever spoken of, e-mail always among them.
    async fn refusals(
        &self,
        customer: &Customer,
        request: &Request,
        purpose: Purpose,
    ) -> Result<Vec<ConsentReceipt>> {
        let notice = self.current_notice(purpose, request.language).await.ok();
        let mut receipts = Vec::new();
        for channel in Channel::ALL {
            let known = self.store().consent_at(&customer.key, purpose, *channel, self.now()).await?;
            if known.is_none() && *channel != Channel::Email {
                continue;
            }
            receipts.push(ConsentReceipt {
                customer: customer.key.clone(),
                purpose,
                channel: *channel,
                status: ConsentStatus::Withdrawn,
                basis: known.map_or(LawfulBasis::Consent, |receipt| receipt.basis),
                notice_version: notice.as_ref().map(|n| n.version.clone()).unwrap_or_default(),
                notice_hash: notice.as_ref().map(|n| n.hash.to_string()).unwrap_or_default(),
                language: request.language,
                source: "rights".to_owned(),
                proof: format!("rights/{}", request.id),
                at: self.now(),
            });
        }
        Ok(receipts)
    }

    /// Lifts a restriction at the customer's own wish.
    pub(crate) async fn lift_restriction(&self, customer: &Customer, actor: Actor) -> Result<()> {
        if !customer.restricted {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        tx.unrestrict_customer(&customer.key).await?;
        let object = format!("customer/{}", customer.key);
        let payload = serde_json::json!({ "restricted": false });
        tx.append_entries(&[self.entry(actor, Action::RestrictionChanged, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}
