//! Global Privacy Control: a browser that sends `Sec-GPC: 1` asks not to sell or share. Where the page's link says who
//! the customer is, that is a withdrawal of sharing, recorded once.

use policy::consent::state_now;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Customer;
use terms::person::Actor;

use crate::app::App;
use crate::error::{Error, Result};
use crate::links::{LinkKind, token_hash};

/// Source of the receipts.
pub(crate) const SOURCE: &str = "gpc";

impl App {
    /// Records the signal for whoever a link belongs to. A link that nobody signed says nothing: the page answers it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn gpc_by_link(&self, letter: char, token: &str) -> Result<bool> {
        let signed = LinkKind::ALL.iter().copied().find(|kind| kind.letter() == letter);
        let message = match signed.map(|kind| self.links().read(kind, token)).transpose() {
            Ok(message) => message,
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let customer = match message {
            Some(id) => match self.store().message(id).await {
                Ok(message) => message.customer,
                // A message of before a restore or an erasure: nobody is behind it any more.
                Err(store::Error::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(error.into()),
            },
            None => {
                match self.store().customer_link(&token_hash(token)).await?.and_then(|link| link.customer) {
                    Some(customer) => customer,
                    None => return Ok(false),
                }
            }
        };
        let stays = self.store().resolve_customer(&customer).await?;
        match self.store().customer(&stays).await {
            Ok(customer) => self.record_gpc(&customer).await,
            Err(store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Records the signal for a customer, unless sharing is refused already. True: it was new.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record_gpc(&self, customer: &Customer) -> Result<bool> {
        let mut tx = self.store().begin().await?;
        let now = self.now();
        let history = tx.consent_history(&customer.key).await?;
        let said = state_now(&history, Purpose::Sharing, Channel::Email, now);
        if said.is_some_and(|state| state.status != ConsentStatus::Granted) {
            return Ok(false);
        }
        let receipt = ConsentReceipt {
            customer: customer.key.clone(),
            purpose: Purpose::Sharing,
            channel: Channel::Email,
            status: ConsentStatus::Withdrawn,
            basis: LawfulBasis::Consent,
            // The signal comes from the browser's settings: no notice was shown for it.
            notice_version: String::new(),
            notice_hash: String::new(),
            language: customer.language(),
            source: SOURCE.to_owned(),
            proof: "Sec-GPC: 1".to_owned(),
            at: now,
        };
        let new = self.record_consents_in(&mut tx, &[receipt], Actor::Customer).await?;
        tx.commit().await?;
        Ok(!new.is_empty())
    }
}
