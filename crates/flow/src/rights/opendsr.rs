//! OpenDSR: partners' systems send requests of people, ask where they stand, take them back, and are told of changes.
//!
//! Goes in: a partner's key and JSON. Comes out: JSON, signed with the certificate the operator put into the key
//! folder. Without one the whole adapter answers that it is not there: an unsigned answer would prove nothing. A
//! partner vouches for identity; the officer looks at each request before anything is handed out or erased.

use gateway::webhook::{Endpoint, Signer, post};
use serde::Deserialize;
use store::jobs::NewJob;
use store::recipients::Partner;
use store::rights::Step;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::{CustomerKey, PartnerId, RequestId};
use terms::ledger::Action;
use terms::person::Actor;
use terms::rights::{Details, Law, Request, RequestOrigin, RequestState, RightKind, Verification};
use terms::time::Instant;

use super::NewRequest;
use super::notify::NOTICE_TRIES;
use crate::app::{App, json_value};
use crate::error::{Error, Result};
use crate::jobs::Work;

/// Version of the interface.
const VERSION: &str = "2.0";
/// What partners may ask for.
const KINDS: [RightKind; 3] = [RightKind::Access, RightKind::Portability, RightKind::Erasure];
/// Most addresses a partner is called back at.
const CALLBACKS: usize = 5;

/// Why a partner's call was refused.
#[derive(Debug)]
pub struct DsrError {
    /// Status of the answer.
    pub status: u16,
    /// What is wrong, without anything about a person.
    pub message: String,
}

impl DsrError {
    fn bad(message: &str) -> Self {
        Self { status: 400, message: message.to_owned() }
    }
}

impl<E: Into<Error>> From<E> for DsrError {
    fn from(error: E) -> Self {
        let error = error.into();
        tracing::error!(%error, "an OpenDSR call failed");
        Self { status: 500, message: "internal error".to_owned() }
    }
}

/// A request as a partner sends it.
#[derive(Debug, Clone, Deserialize)]
pub struct DsrRequest {
    /// `gdpr` or `ccpa`.
    pub regulation: String,
    /// UUID of version 4 in lower case.
    pub subject_request_id: String,
    /// `access`, `portability` or `erasure`.
    pub subject_request_type: String,
    /// When the person asked.
    pub submitted_time: String,
    /// Who they are.
    #[serde(default)]
    pub subject_identities: Vec<DsrIdentity>,
    /// Where to tell of changes.
    #[serde(default)]
    pub status_callback_urls: Vec<String>,
}

/// One way of naming a person.
#[derive(Debug, Clone, Deserialize)]
pub struct DsrIdentity {
    /// `email` or `controller_customer_id`.
    pub identity_type: String,
    /// The value.
    pub identity_value: String,
    /// `raw`.
    pub identity_format: String,
}

/// Signs answers for one domain.
pub struct DsrSigner {
    signer: Signer,
    /// The domain requests are received on.
    pub domain: String,
}

impl DsrSigner {
    /// The certificate as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        self.signer.certificate()
    }

    /// The signature of a body.
    ///
    /// # Errors
    /// When the key refuses.
    pub fn sign(&self, body: &str) -> Result<String> {
        self.signer.sign(body.as_bytes()).map_err(|error| Error::Internal(error.to_string()))
    }
}

/// A UUID of version 4, in lower case, as the specification demands.
fn is_uuid4(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
        })
}

/// Where a request stands, in the words of the specification.
const fn status(state: RequestState) -> &'static str {
    match state {
        RequestState::Received | RequestState::Verifying => "pending",
        RequestState::InProgress | RequestState::WaitingOnCustomer | RequestState::Extended => "in_progress",
        RequestState::Completed => "completed",
        RequestState::Refused | RequestState::Withdrawn => "cancelled",
    }
}

fn key_hash(key: &str) -> String {
    ContentHash::of([b"opendsr-key:".as_slice(), key.as_bytes()]).to_string()
}

impl App {
    /// What answers are signed with; `None` when the operator set nothing up.
    ///
    /// # Errors
    /// When certificate or key cannot be used.
    pub async fn dsr_signer(&self) -> Result<Option<DsrSigner>> {
        let keys = self.home().keys();
        let signer = Signer::open(&keys.join("opendsr.cert.pem"), &keys.join("opendsr.key.pem"))
            .map_err(|error| Error::Invalid { message: error.to_string() })?;
        let base = self.brand().await?.base_url;
        let rest = base.split_once("://").map_or(base.as_str(), |(_, rest)| rest);
        let domain = rest.split(['/', ':']).next().unwrap_or_default().to_owned();
        Ok(signer.map(|signer| DsrSigner { signer, domain }))
    }

    /// What this installation can do for partners.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn dsr_discovery(&self) -> Result<serde_json::Value> {
        let identity = |kind: &str| serde_json::json!({ "identity_type": kind, "identity_format": "raw" });
        Ok(serde_json::json!({
            "api_version": VERSION,
            "supported_identities": [identity("email"), identity("controller_customer_id")],
            "supported_subject_request_types": KINDS,
            "processor_certificate": format!("{}/opendsr/certificate.pem", self.brand().await?.base_url),
        }))
    }

    /// The partner of a key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn dsr_partner(&self, key: &str) -> Result<Option<Partner>> {
        Ok(self.store().partner_by_key(&key_hash(key)).await?)
    }

    /// Adds a partner. Comes out: its number, and its key, shown this once.
    ///
    /// # Errors
    /// When the name is empty.
    pub async fn add_partner(&self, name: &str, actor: Actor) -> Result<(PartnerId, String)> {
        if name.trim().is_empty() || name.len() > 120 {
            return Err(Error::Invalid {
                message: "give the partner a name of 1 to 120 characters".to_owned(),
            });
        }
        let bytes: [u8; 32] = rand::random();
        let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut tx = self.store().begin().await?;
        let id = tx.add_partner(name.trim(), &key_hash(&key), self.now()).await?;
        let payload = serde_json::json!({ "name": name.trim() });
        let entry = self.entry(actor, Action::RecipientChanged, format!("partner/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok((id, key))
    }

    /// Takes in a partner's request. Sent again with the same number it answers as before.
    ///
    /// # Errors
    /// 400 for what the specification does not allow.
    pub async fn dsr_open(
        &self,
        partner: &Partner,
        body: &str,
        encoded: &str,
    ) -> std::result::Result<serde_json::Value, DsrError> {
        let sent: DsrRequest = serde_json::from_str(body).map_err(|error| {
            DsrError::bad(&format!("the request cannot be read at line {}", error.line()))
        })?;
        if !is_uuid4(&sent.subject_request_id) {
            return Err(DsrError::bad("subject_request_id must be a UUID of version 4 in lower case"));
        }
        let law: Law =
            sent.regulation.parse().map_err(|_| DsrError::bad("regulation must be gdpr or ccpa"))?;
        let kind = KINDS
            .into_iter()
            .find(|kind| kind.as_str() == sent.subject_request_type)
            .ok_or_else(|| DsrError::bad("subject_request_type must be access, portability or erasure"))?;
        let submitted = Instant::from_rfc3339(&sent.submitted_time)
            .ok_or_else(|| DsrError::bad("submitted_time must be a time as RFC 3339 writes it"))?;
        if sent.subject_identities.is_empty() {
            return Err(DsrError::bad("subject_identities must name the person"));
        }
        if sent.status_callback_urls.len() > CALLBACKS {
            return Err(DsrError::bad("at most 5 status_callback_urls"));
        }
        for url in &sent.status_callback_urls {
            if Endpoint::parse(url, false).is_err() {
                return Err(DsrError::bad(
                    "status_callback_urls must be https addresses of the public internet",
                ));
            }
        }
        let id = match self.store().rights_of_partner(partner.id, &sent.subject_request_id).await? {
            Some(known) => known.id,
            None => {
                let customer = self.dsr_subject(&sent.subject_identities).await?;
                let unknown = customer.is_none();
                let new = NewRequest {
                    customer,
                    kind,
                    origin: RequestOrigin::Partner,
                    law: Some(law),
                    language: Language::English,
                    // The clock runs from the day the person asked, never from a day to come.
                    received_at: submitted.min(self.now()),
                    details: Details::default(),
                    contact: None,
                    verification: None,
                    handled_by: None,
                    partner: Some((partner.id, sent.subject_request_id.clone(), sent.status_callback_urls)),
                };
                let id = self.open_request(new).await?;
                if unknown {
                    self.dsr_nothing_held(id).await?;
                }
                id
            }
        };
        let request = self.store().rights_request(id).await?;
        Ok(serde_json::json!({
            "controller_id": partner.name,
            "subject_request_id": sent.subject_request_id,
            "received_time": self.now().to_string(),
            "expected_completion_time": request.due_at.to_string(),
            "encoded_request": encoded,
            "api_version": VERSION,
        }))
    }

    /// Nothing is held of the person: that is the whole answer, and it is done.
    async fn dsr_nothing_held(&self, id: RequestId) -> Result<()> {
        let actor = self.system("flow.opendsr").await?;
        for (to, step) in [
            (
                RequestState::InProgress,
                Step { verified: Some((Verification::Partner, self.now())), ..Step::default() },
            ),
            (RequestState::Completed, Step { closed_at: Some(self.now()), ..Step::default() }),
        ] {
            let request = self.store().rights_request(id).await?;
            let mut tx = self.store().begin().await?;
            self.step(&mut tx, &request, to, &step, actor.clone()).await?;
            tx.commit().await?;
        }
        self.call_back(id).await
    }

    async fn dsr_subject(&self, identities: &[DsrIdentity]) -> Result<Option<CustomerKey>> {
        for identity in identities.iter().filter(|identity| identity.identity_format == "raw") {
            let found = match identity.identity_type.as_str() {
                "controller_customer_id" => {
                    self.customer_if_known(Some(&CustomerKey::new(&identity.identity_value))).await?
                }
                "email" => {
                    self.store().customers_by_email(&identity.identity_value).await?.into_iter().next()
                }
                _ => None,
            };
            if let Some(customer) = found {
                return Ok(Some(customer.key));
            }
        }
        Ok(None)
    }

    async fn dsr_find(&self, partner: &Partner, id: &str) -> std::result::Result<Request, DsrError> {
        if !is_uuid4(id) {
            return Err(DsrError::bad("the number must be a UUID of version 4 in lower case"));
        }
        let found = self.store().rights_of_partner(partner.id, id).await?;
        found.ok_or(DsrError { status: 404, message: "there is no such request".to_owned() })
    }

    /// Where a partner's request stands.
    ///
    /// # Errors
    /// 404 when this partner sent none of this number.
    pub async fn dsr_status(
        &self,
        partner: &Partner,
        id: &str,
    ) -> std::result::Result<serde_json::Value, DsrError> {
        let request = self.dsr_find(partner, id).await?;
        Ok(serde_json::json!({
            "controller_id": partner.name,
            "expected_completion_time": request.due_at.to_string(),
            "subject_request_id": id,
            "request_status": status(request.state),
            "api_version": VERSION,
        }))
    }

    /// Takes a request back, as long as nobody acted on it.
    ///
    /// # Errors
    /// 404 for an unknown one, 400 once it is under way.
    pub async fn dsr_cancel(
        &self,
        partner: &Partner,
        id: &str,
    ) -> std::result::Result<serde_json::Value, DsrError> {
        let request = self.dsr_find(partner, id).await?;
        if status(request.state) != "pending" {
            return Err(DsrError::bad("only a pending request can be cancelled"));
        }
        let actor = self.system("flow.opendsr").await?;
        let mut tx = self.store().begin().await?;
        let step = Step { closed_at: Some(self.now()), ..Step::default() };
        self.step(&mut tx, &request, RequestState::Withdrawn, &step, actor).await?;
        tx.commit().await?;
        self.call_back(request.id).await?;
        Ok(serde_json::json!({
            "controller_id": partner.name,
            "subject_request_id": id,
            "received_time": self.now().to_string(),
            "api_version": VERSION,
        }))
    }

    /// Tells the partner that sent a request, if one did, where it stands now.
    pub(super) async fn call_back(&self, id: RequestId) -> Result<()> {
        let Some((urls, reference, controller)) = self.store().rights_callbacks(id).await? else {
            return Ok(());
        };
        let request = self.store().rights_request(id).await?;
        for url in urls {
            let body = serde_json::json!({
                "controller_id": controller,
                "expected_completion_time": request.due_at.to_string(),
                "status_callback_url": url,
                "subject_request_id": reference,
                "request_status": status(request.state),
                "api_version": VERSION,
            });
            let work = Work::CallBack { request: id, url, body: body.to_string() };
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

    /// Sends one callback, signed.
    pub(crate) async fn deliver_callback(&self, url: &str, body: &str) -> Result<()> {
        let conflict = |message: String| Error::Conflict { message };
        let signer = self.dsr_signer().await?.ok_or_else(|| {
            conflict(
                "there is no certificate to sign with; put opendsr.cert.pem and opendsr.key.pem into keys/"
                    .to_owned(),
            )
        })?;
        let headers = [
            ("X-OpenDSR-Processor-Domain", signer.domain.clone()),
            ("X-OpenDSR-Signature", signer.sign(body)?),
        ];
        let (url, body) = (url.to_owned(), body.to_owned());
        let task = tokio::task::spawn_blocking(move || post(&Endpoint::parse(&url, false)?, &headers, &body));
        let outcome = task.await.map_err(|error| Error::Internal(error.to_string()))?;
        outcome.map(|_| ()).map_err(|error| conflict(format!("the partner was not told: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lower_case_uuid_of_version_four_is_one() {
        assert!(is_uuid4("a7551968-d5d6-44b2-9831-815ac9017798"));
        for other in [
            "",
            "A7551968-D5D6-44B2-9831-815AC9017798",
            "a7551968-d5d6-14b2-9831-815ac9017798",
            "a7551968-d5d6-44b2-c831-815ac9017798",
            "a7551968d5d644b29831815ac9017798",
            "a7551968-d5d6-44b2-9831-815ac901779g",
            "a7551968-d5d6-44b2-9831-815ac901779ñ",
        ] {
            assert!(!is_uuid4(other), "{other}");
        }
    }
}
