//! Receipts that a program of the brand sends in: all of a call are taken, or none, with what is wrong row by row.

use policy::consent::SaleEvidence;
use serde::{Deserialize, Serialize};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::ids::CustomerKey;
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};

/// Receipts that one call may hold.
pub const MOST: usize = 1_000;
/// Hours by which a sender's clock may be ahead.
const AHEAD_HOURS: i64 = 24;

/// A receipt as a program writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    customer: String,
    purpose: Purpose,
    channel: Channel,
    status: ConsentStatus,
    #[serde(default)]
    basis: Option<LawfulBasis>,
    #[serde(default)]
    notice_version: String,
    #[serde(default)]
    notice_hash: String,
    #[serde(default)]
    language: Option<Language>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    proof: String,
    at: String,
}

#[derive(Deserialize)]
struct Body {
    consents: Vec<serde_json::Value>,
}

/// What is wrong with one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptFault {
    /// Its place in the call, from 0.
    pub index: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentsTaken {
    /// Receipts in the call.
    pub received: usize,
    /// Those that were new; the same receipt twice is one.
    pub added: usize,
    /// What is wrong; nothing was taken then.
    pub errors: Vec<ReceiptFault>,
}

impl App {
    /// Takes in the receipts of a call: `{"consents": [{"customer", "purpose", "channel", "status", "at", …}]}`. Durable,
    /// and withdrawals settled, when it returns.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a body that is no such list.
    pub async fn take_consents(&self, key_name: &str, body: &str) -> Result<ConsentsTaken> {
        let body: Body = serde_json::from_str(body).map_err(|error| Error::Invalid {
            message: format!("the body is no `{{\"consents\": [...]}}`: {error}"),
        })?;
        let received = body.consents.len();
        if received > MOST {
            let message =
                format!("a call may hold {MOST} receipts, and this has {received}; send several calls");
            return Err(Error::Invalid { message });
        }
        let now = self.now();
        let (mut receipts, mut errors) = (Vec::with_capacity(received), Vec::new());
        for (index, value) in body.consents.into_iter().enumerate() {
            match serde_json::from_value::<Sent>(value).map_err(|error| error.to_string()) {
                Ok(sent) => match receipt(sent, key_name, now) {
                    Ok(receipt) => receipts.push(receipt),
                    Err(message) => errors.push(ReceiptFault { index, message }),
                },
                Err(message) => errors.push(ReceiptFault { index, message }),
            }
        }
        let added = if errors.is_empty() {
            let actor = self.system("flow.consents").await?;
            self.record_consents(&receipts, actor).await?
        } else {
            0
        };
        Ok(ConsentsTaken { received, added, errors })
    }
}

fn receipt(sent: Sent, key_name: &str, now: Instant) -> std::result::Result<ConsentReceipt, String> {
    let short = |name: &str, text: &str, most: usize| {
        if text.len() > most { Err(format!("`{name}` may have {most} bytes")) } else { Ok(()) }
    };
    let key = sent.customer.trim();
    if key.is_empty() || key.chars().any(char::is_control) {
        return Err("`customer` is empty or holds control characters; send the customer's key".to_owned());
    }
    short("customer", key, 200)?;
    short("notice_version", &sent.notice_version, 200)?;
    short("notice_hash", &sent.notice_hash, 200)?;
    short("source", &sent.source, 200)?;
    short("proof", &sent.proof, 1_000)?;
    // With its offset: a time of nobody's zone is no time of a receipt.
    let at = sent.at.parse::<jiff::Timestamp>().map(|at| Instant(at.as_microsecond()));
    let at =
        at.map_err(|_| format!("`at` is `{}`; write it as 2026-03-01T09:30:00Z", short_text(&sent.at)))?;
    if at > now.plus_hours(AHEAD_HOURS) {
        return Err(format!("`at` is {at}, which is still to come; send what was said"));
    }
    let basis = sent.basis.unwrap_or(LawfulBasis::Consent);
    let granted = sent.status == ConsentStatus::Granted;
    if granted && basis == LawfulBasis::SoftOptIn && SaleEvidence::of_proof(&sent.proof) == SaleEvidence::None
    {
        return Err("a soft opt-in needs a sale; send its record as `proof`, such as `order:4711`".to_owned());
    }
    Ok(ConsentReceipt {
        customer: CustomerKey::new(key),
        purpose: sent.purpose,
        channel: sent.channel,
        status: sent.status,
        basis,
        notice_version: sent.notice_version,
        notice_hash: sent.notice_hash,
        language: sent.language.unwrap_or(Language::English),
        source: if sent.source.is_empty() { format!("api:{key_name}") } else { sent.source },
        proof: sent.proof,
        at,
    })
}

fn short_text(text: &str) -> String {
    text.chars().take(40).collect()
}
