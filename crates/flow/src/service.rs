//! Service mails: what a customer's own act is answered with. The durable record of the attempt comes first, then the
//! mail leaves through the same channel as every other, with a permit of its own.
//!
//! Goes in: a [`ServiceMail`]. Comes out: nothing, once the channel has it. It says nothing but the fixed words of
//! `gateway::mail`, and is never used for marketing.

use gateway::channel::SendError;
use policy::permit::service::{ServiceCounts, ServicePermit, mint};
use policy::refusal::Refusal;
use store::Tx;
use terms::ledger::Action;
use terms::service::{ServiceMail, ServiceMessage, ServiceState};

use crate::app::App;
use crate::error::{Error, Result};

/// A service mail whose row is written: once that is durable, it may leave.
#[must_use = "what was begun is handed over, or stays an attempt"]
pub(crate) struct Begun {
    mail: ServiceMail,
    message: ServiceMessage,
    permit: ServicePermit,
}

impl App {
    /// Sends a service mail. A mail that may not be sent leaves no row; one that was begun is never begun again by
    /// itself.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the address, its domain or the source has had too many lately; [`Error::Refused`] when
    /// the address bounced, complained, or cannot be used; [`Error::Conflict`] when the channel did not take it.
    pub async fn send_service(&self, mail: ServiceMail) -> Result<()> {
        let mut tx = self.store().begin().await?;
        let begun = match self.begin_service(&mut tx, mail).await {
            Err(Error::Refused(Refusal::TooManyMails(_))) => return Err(Error::TooMany),
            other => other?,
        };
        tx.commit().await?;
        self.finish_service(begun).await
    }

    /// Writes the row of a service mail and mints its permit, within a transaction that may do more. Dropping the
    /// transaction drops the row.
    ///
    /// # Errors
    /// [`Error::Refused`] when policy refuses.
    pub(crate) async fn begin_service(&self, tx: &mut Tx, mail: ServiceMail) -> Result<Begun> {
        let brand = self.brand().await?;
        let words = gateway::mail::service_words(&mail, &brand.name);
        let now = self.now();
        let sent = tx.service_attempts(&mail, now).await?;
        let suppressed = tx.suppression_reasons(mail.customer.as_ref(), Some(&mail.to)).await?;
        let message = ServiceMessage {
            id: tx.begin_service_mail(&mail, now).await?,
            kind: mail.kind,
            to: mail.to.clone(),
            from: brand.from.clone(),
            language: mail.language,
            subject: words.subject,
            html: words.html,
            text: words.text,
            link: mail.link.clone(),
        };
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let counts = ServiceCounts {
            address: count(sent.address),
            any: count(sent.any),
            domain: count(sent.domain),
            source: count(sent.source),
        };
        let permit = mint(&message, &suppressed, counts, &brand.base_url, now)?;
        Ok(Begun { mail, message, permit })
    }

    /// Hands over a service mail whose row is durable, and records what the channel said.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the channel did not take it.
    pub(crate) async fn finish_service(&self, begun: Begun) -> Result<()> {
        let Begun { mail, message, permit } = begun;
        let id = message.id;
        let answer = self.channel().send_service(permit, &message, self.now()).await;
        let (state, detail) = match &answer {
            Ok(receipt) => (ServiceState::Sent, receipt.reply.clone()),
            Err(SendError::InDoubt(why)) => (ServiceState::InDoubt, why.clone()),
            Err(error) => (ServiceState::Failed, error.to_string()),
        };
        let object = match &mail.customer {
            Some(key) => format!("customer/{key}"),
            None => format!("service_mail/{id}"),
        };
        let payload =
            serde_json::json!({ "mail": id, "kind": mail.kind, "state": state, "about": mail.reference });
        let actor = self.system("flow.service").await?;
        let mut tx = self.store().begin().await?;
        tx.end_service_mail(id, state, &detail, self.now()).await?;
        tx.append_entries(&[self.entry(actor, Action::ServiceMailSent, object, payload)]).await?;
        tx.commit().await?;
        match answer {
            Ok(_) => Ok(()),
            Err(SendError::InDoubt(why)) => {
                tracing::warn!(mail = %id, %why, "a service mail is in doubt");
                Ok(())
            }
            Err(error) => Err(Error::Conflict { message: error.to_string() }),
        }
    }
}
