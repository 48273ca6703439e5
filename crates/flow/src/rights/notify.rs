//! Telling recipients of data (GDPR 19): a signed webhook for each that wants to know, through the queue, with a log of
//! every try. Whom a notice is about is kept only until it was taken or given up.

use gateway::webhook::{Endpoint, post, signature_headers};
use sha2::{Digest, Sha256};
use store::Tx;
use store::jobs::NewJob;
use store::recipients::{Recipient, RecipientNotice};
use terms::customer::Customer;
use terms::ids::{RecipientId, RecipientNoticeId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::rights::{NoticeKind, NoticeState, Request};

use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;

/// Times a notice is tried; with the queue's doubling pauses that is about a day.
pub(crate) const NOTICE_TRIES: i64 = 12;

impl App {
    /// Keeps a notice for each recipient that wants to know of this kind of request.
    pub(super) async fn add_notices(
        &self,
        tx: &mut Tx,
        request: &Request,
        customer: &Customer,
    ) -> Result<Vec<RecipientNoticeId>> {
        let Some(kind) = policy::rights::notice_for(request.kind) else { return Ok(Vec::new()) };
        let subject = serde_json::json!({
            "customer": customer.key,
            "email_sha256": customer.email.as_deref().map(email_hash),
        })
        .to_string();
        let mut notices = Vec::new();
        for recipient in tx.recipients().await?.iter().filter(|recipient| recipient.kinds.contains(&kind)) {
            let id = tx.add_recipient_notice(request.id, recipient.id, kind, &subject, self.now()).await?;
            notices.push(id);
        }
        Ok(notices)
    }

    /// Puts notices into the queue. Rows without a job are found again when a worker starts.
    pub(crate) async fn enqueue_notices(&self, notices: &[RecipientNoticeId]) -> Result<()> {
        for notice in notices {
            let work = Work::Notify { notice: *notice };
            let job = NewJob {
                kind: work.kind().to_owned(),
                payload: json_value(&work)?,
                run_at: self.now(),
                dedup: Some(work.dedup()),
                max_attempts: NOTICE_TRIES,
            };
            self.store().enqueue_job(&job, self.now()).await?;
        }
        Ok(())
    }

    /// Delivers one notice. A notice that is over already is left as it is.
    pub(crate) async fn deliver_notice(&self, id: RecipientNoticeId, last_try: bool) -> Result<()> {
        let notice = self.store().recipient_notice(id).await?;
        let Some(subject) = notice.subject.clone() else { return Ok(()) };
        let recipient = self.store().recipient(notice.recipient).await?;
        let outcome = self.hand_over(&notice, &recipient, &subject).await;
        let (state, status) = match &outcome {
            Ok(status) => (NoticeState::Delivered, status.to_string()),
            Err(error) if last_try => (NoticeState::GivenUp, error.to_string()),
            Err(error) => (NoticeState::Waiting, error.to_string()),
        };
        let mut tx = self.store().begin().await?;
        tx.recipient_notice_tried(id, state, &status, self.now()).await?;
        let actor = self.system("flow.rights").await?;
        let payload = serde_json::json!({
            "recipient": recipient.id, "kind": notice.kind, "state": state, "status": status,
        });
        let object = format!("rights/{}", notice.request);
        tx.append_entries(&[self.entry(actor, Action::RecipientTold, object, payload)]).await?;
        tx.commit().await?;
        match outcome {
            Ok(_) => Ok(()),
            Err(_) if last_try => Ok(()),
            Err(error) => {
                Err(Error::Conflict { message: format!("{} was not told: {error}", recipient.name) })
            }
        }
    }

    async fn hand_over(
        &self,
        notice: &RecipientNotice,
        recipient: &Recipient,
        subject: &str,
    ) -> std::result::Result<u16, gateway::webhook::HookError> {
        let subject: serde_json::Value = serde_json::from_str(subject).unwrap_or_default();
        let body = serde_json::json!({
            "type": format!("rights.{}", notice.kind),
            "request": super::reference(notice.request),
            "timestamp": self.now().to_string(),
            "data": subject,
        })
        .to_string();
        let id = format!("notice-{}", notice.id);
        let headers = signature_headers(&recipient.secret, &id, self.now(), &body)?;
        let (url, allowed) = (recipient.url.clone(), recipient.allow_host);
        let task = tokio::task::spawn_blocking(move || {
            let endpoint = Endpoint::parse(&url, allowed)?;
            post(&endpoint, &headers, &body)
        });
        task.await.unwrap_or_else(|error| Err(gateway::webhook::HookError::NoAnswer(error.to_string())))
    }

    /// Recipients of data.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recipients(&self) -> Result<Vec<Recipient>> {
        Ok(self.store().recipients().await?)
    }

    /// Adds a recipient. With `allow_host` the operator vouches for a host that is not on the public internet.
    /// Comes out: its number, and the secret that its notices are signed with, shown this once.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the name is empty, the URL cannot be used, or nothing is to be told.
    pub async fn add_recipient(
        &self,
        name: &str,
        url: &str,
        kinds: &[NoticeKind],
        allow_host: bool,
        actor: Actor,
    ) -> Result<(RecipientId, String)> {
        let invalid = |message: String| Error::Invalid { message };
        if name.trim().is_empty() || name.len() > 120 {
            return Err(invalid("give the recipient a name of 1 to 120 characters".to_owned()));
        }
        if kinds.is_empty() {
            return Err(invalid("name at least one thing the recipient is told of".to_owned()));
        }
        Endpoint::parse(url, allow_host).map_err(|error| invalid(error.to_string()))?;
        let bytes: [u8; 32] = rand::random();
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut tx = self.store().begin().await?;
        let id = tx.add_recipient(name.trim(), url, &secret, kinds, allow_host, self.now()).await?;
        let payload =
            serde_json::json!({ "name": name.trim(), "url": url, "kinds": kinds, "allow_host": allow_host });
        let entry = self.entry(actor, Action::RecipientChanged, format!("recipient/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok((id, secret))
    }

    /// Removes a recipient; what it was told stays on record.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of this number.
    pub async fn remove_recipient(&self, id: RecipientId, actor: Actor) -> Result<()> {
        let mut tx = self.store().begin().await?;
        tx.remove_recipient(id, self.now()).await?;
        let payload = serde_json::json!({ "removed": true });
        let entry = self.entry(actor, Action::RecipientChanged, format!("recipient/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// SHA-256 of an address in its normalised form, as recipients compare addresses.
fn email_hash(email: &str) -> String {
    let digest = Sha256::digest(email.trim().to_lowercase().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
