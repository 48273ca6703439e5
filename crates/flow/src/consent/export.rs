//! Receipts as consent records in the structure of ISO/IEC TS 27560:2023, with terms of the W3C Data Privacy Vocabulary
//! (DPV 2) as JSON-LD, and back.
//!
//! Goes in: receipts and notices. Comes out: one record for each customer, purpose and channel, with an event for each
//! receipt. What the standard has no field for (proof, arrival) stands under the prefix `candor`, so that every receipt
//! comes back as it was. One customer's records fit in memory; all of them are written one after the other.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value, json};
use store::consents::StoredReceipt;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::CustomerKey;
use terms::notice::Notice;
use terms::time::Instant;

use crate::app::App;
use crate::error::{Error, Result};

/// Version of the structure, as each record names it.
pub const SCHEMA_VERSION: &str = "ISO-IEC-TS-27560:2023";
/// Customers read at once.
const PAGE: i64 = 5_000;

/// The context of every record.
#[must_use]
pub fn context() -> Value {
    json!({
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "pd": "https://w3id.org/dpv/pd#",
        "dct": "http://purl.org/dc/terms/",
        "candor": "https://candor.invalid/ns#"
    })
}

const fn purpose_term(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Marketing => "dpv:Marketing",
        Purpose::Profiling => "dpv:Personalisation",
        Purpose::AiContent => "dpv:CommunicationManagement",
        Purpose::Measurement => "dpv:ServiceUsageAnalytics",
        Purpose::Sharing => "dpv:CommercialPurpose",
    }
}

/// What is done with the data for a purpose.
const fn processing_terms(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Marketing => &["dpv:Use"],
        Purpose::Profiling => &["dpv:Analyse", "dpv:Profiling"],
        Purpose::AiContent => &["dpv:Generate"],
        Purpose::Measurement => &["dpv:Analyse"],
        Purpose::Sharing => &["dpv:Share"],
    }
}

const fn basis_term(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => "eu-gdpr:A6-1-a",
        // ePrivacy 13(2) stands beside the legitimate interest of the GDPR.
        LawfulBasis::SoftOptIn | LawfulBasis::LegitimateInterest => "eu-gdpr:A6-1-f",
    }
}

const fn state_term(status: ConsentStatus) -> &'static str {
    match status {
        ConsentStatus::Granted => "dpv:ConsentGiven",
        ConsentStatus::Denied => "dpv:ConsentRefused",
        ConsentStatus::Withdrawn => "dpv:ConsentWithdrawn",
    }
}

/// Microseconds are kept: two receipts of one second stay two.
fn time(at: Instant) -> Value {
    at.to_jiff().map_or_else(|| json!(at.0), |at| json!(at.to_string()))
}

/// One record: the receipts of one customer for one purpose through one channel, oldest first.
fn record(
    customer: &CustomerKey,
    (purpose, channel): (Purpose, Channel),
    receipts: &[StoredReceipt],
    notices: &[Notice],
    controller: &str,
) -> Value {
    let id = ContentHash::of([customer.as_str(), purpose.as_str(), channel.as_str()].map(str::as_bytes));
    let mut shown: Vec<Value> = Vec::new();
    let mut events = Vec::with_capacity(receipts.len());
    for StoredReceipt { id, recorded_at, receipt } in receipts {
        if !receipt.notice_version.is_empty() || !receipt.notice_hash.is_empty() {
            let notice = notice_of(receipt, notices);
            if !shown.contains(&notice) {
                shown.push(notice);
            }
        }
        events.push(json!({
            "@type": "dpv:ConsentStatus",
            "event_id": format!("urn:candor:receipt:{id}"),
            "event_time": time(receipt.at),
            "event_state": state_term(receipt.status),
            "event_type": if receipt.source == super::gpc::SOURCE { "dpv:ImpliedConsent" } else { "dpv:ExpressedConsent" },
            "entity_id": customer.as_str(),
            "lawful_basis": basis_term(receipt.basis),
            "collection_method": receipt.source,
            "candor:basis": receipt.basis,
            "candor:notice_version": receipt.notice_version,
            "candor:notice_hash": receipt.notice_hash,
            "candor:language": receipt.language,
            "candor:proof": receipt.proof,
            "candor:recorded_at": recorded_at.map(time),
        }));
    }
    let last = receipts.last().map(|stored| &stored.receipt);
    json!({
        "@context": context(),
        "@type": "dpv:ConsentRecord",
        "@id": format!("urn:candor:consent:{id}"),
        "record_header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": format!("urn:candor:consent:{id}"),
            "pii_principal_id": customer.as_str(),
        },
        "pii_processing": {
            "privacy_notices": shown,
            "purposes": [{
                "purpose": purpose_term(purpose),
                "purpose_type": purpose,
                "processing": processing_terms(purpose),
                "lawful_basis": last.map(|receipt| basis_term(receipt.basis)),
                "pii_information": [{
                    "pii_type": if channel == Channel::Email { "pd:EmailAddress" } else { "pd:Contact" },
                }],
                "pii_controllers": [controller],
                "candor:channel": channel,
            }],
        },
        "party_identification": [{ "party_id": controller, "party_role": "dpv:DataController" }],
        "consent_state": last.map(|receipt| state_term(receipt.status)),
        "events": events,
    })
}

fn notice_of(receipt: &ConsentReceipt, notices: &[Notice]) -> Value {
    let known = notices.iter().find(|notice| {
        notice.language == receipt.language
            && (notice.has_hash(&receipt.notice_hash)
                || (receipt.notice_hash.is_empty() && notice.version == receipt.notice_version))
    });
    json!({
        "@type": "dpv:ConsentNotice",
        "version": receipt.notice_version,
        "dct:language": receipt.language,
        "sha256": receipt.notice_hash,
        "text": known.map(|notice| notice.text.as_str()),
    })
}

/// The receipts of a record, as they were.
///
/// # Errors
/// [`Error::Invalid`] naming the field that is missing or cannot be read.
pub fn receipts_of(record: &Value) -> Result<Vec<ConsentReceipt>> {
    let invalid =
        |what: &str| Error::Invalid { message: format!("the consent record has no usable `{what}`") };
    let field = |value: &Value, name: &'static str| -> Result<String> {
        value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| invalid(name))
    };
    let header = record.get("record_header").ok_or_else(|| invalid("record_header"))?;
    if field(header, "schema_version")? != SCHEMA_VERSION {
        return Err(invalid("schema_version"));
    }
    let customer = CustomerKey::new(field(header, "pii_principal_id")?);
    let purpose = record.pointer("/pii_processing/purposes/0").ok_or_else(|| invalid("purposes"))?;
    let channel: Channel =
        field(purpose, "candor:channel")?.parse().map_err(|_| invalid("candor:channel"))?;
    let purpose: Purpose = field(purpose, "purpose_type")?.parse().map_err(|_| invalid("purpose_type"))?;
    let events = record.get("events").and_then(Value::as_array).ok_or_else(|| invalid("events"))?;
    events
        .iter()
        .map(|event| {
            let state = field(event, "event_state")?;
            let status = ConsentStatus::ALL.iter().copied().find(|status| state_term(*status) == state);
            let at = field(event, "event_time")?;
            let at = super::history::read_instant(&at).ok_or_else(|| invalid("event_time"))?;
            let language: Language =
                field(event, "candor:language")?.parse().map_err(|_| invalid("candor:language"))?;
            Ok(ConsentReceipt {
                customer: customer.clone(),
                purpose,
                channel,
                status: status.ok_or_else(|| invalid("event_state"))?,
                basis: field(event, "candor:basis")?.parse().map_err(|_| invalid("candor:basis"))?,
                notice_version: field(event, "candor:notice_version")?,
                notice_hash: field(event, "candor:notice_hash")?,
                language,
                source: field(event, "collection_method")?,
                proof: field(event, "candor:proof")?,
                at,
            })
        })
        .collect()
}

impl App {
    /// One customer's consent records.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody without receipts.
    pub async fn consent_records(&self, key: &CustomerKey) -> Result<Vec<Value>> {
        let receipts = self.store().consent_receipts(key).await?;
        if receipts.is_empty() {
            return Err(Error::NotFound);
        }
        let notices = self.store().notices().await?;
        Ok(records(key, receipts, &notices, &self.brand().await?.name))
    }

    /// Writes everybody's consent records as one JSON-LD document. Comes out: how many records and receipts.
    ///
    /// # Errors
    /// When the store fails or the document cannot be written.
    pub async fn export_consents(&self, out: &mut (dyn Write + Send)) -> Result<(u64, u64)> {
        let io = |source| Error::Io { path: "the export".to_owned(), source };
        let notices = self.store().notices().await?;
        let controller = self.brand().await?.name;
        let (mut done, mut after) = ((0, 0), None);
        write!(out, "{{\"@context\":{},\"@graph\":[", context()).map_err(io)?;
        loop {
            let keys = self.store().consent_customers_after(after.as_ref(), PAGE).await?;
            let Some(last) = keys.last() else { break };
            after = Some(last.clone());
            for key in &keys {
                let receipts = self.store().consent_receipts(key).await?;
                done.1 += receipts.len() as u64;
                for record in records(key, receipts, &notices, &controller) {
                    let comma = if done.0 == 0 { "" } else { "," };
                    write!(out, "{comma}\n{record}").map_err(io)?;
                    done.0 += 1;
                }
            }
        }
        writeln!(out, "\n]}}").map_err(io)?;
        out.flush().map_err(io)?;
        Ok(done)
    }
}

fn records(
    key: &CustomerKey,
    receipts: Vec<StoredReceipt>,
    notices: &[Notice],
    controller: &str,
) -> Vec<Value> {
    let mut by_purpose: BTreeMap<(Purpose, Channel), Vec<StoredReceipt>> = BTreeMap::new();
    for stored in receipts {
        by_purpose.entry((stored.receipt.purpose, stored.receipt.channel)).or_default().push(stored);
    }
    by_purpose
        .into_iter()
        .map(|(asked, receipts)| record(key, asked, &receipts, notices, controller))
        .collect()
}

/// Everything that is wrong with the structure of a record; nothing for a sound one. It knows the fields that TS 27560
/// requires and the terms that this house uses, and nothing about their meaning.
#[must_use]
pub fn faults(record: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut need = |pointer: &str, sound: fn(&Value) -> bool| match record.pointer(pointer) {
        Some(value) if sound(value) => {}
        Some(value) => faults.push(format!("`{pointer}` is {value}")),
        None => faults.push(format!("`{pointer}` is missing")),
    };
    let text: fn(&Value) -> bool = |value| value.as_str().is_some_and(|text| !text.is_empty());
    need("/@context/dpv", |value| value == "https://w3id.org/dpv#");
    need("/@context/eu-gdpr", |value| value == "https://w3id.org/dpv/legal/eu/gdpr#");
    need("/@type", |value| value == "dpv:ConsentRecord");
    need("/record_header/schema_version", |value| value == SCHEMA_VERSION);
    need("/record_header/record_id", text);
    need("/record_header/pii_principal_id", text);
    need("/pii_processing/privacy_notices", Value::is_array);
    need("/pii_processing/purposes/0/purpose", |value| is_term(value, "dpv:"));
    need("/pii_processing/purposes/0/lawful_basis", |value| is_term(value, "eu-gdpr:A6-1-"));
    need("/pii_processing/purposes/0/pii_information/0/pii_type", |value| is_term(value, "pd:"));
    need("/pii_processing/purposes/0/pii_controllers/0", text);
    need("/party_identification/0/party_id", text);
    need("/events", |value| value.as_array().is_some_and(|events| !events.is_empty()));
    let events = record.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (place, event) in events.iter().enumerate() {
        let empty = Map::new();
        let fields = event.as_object().unwrap_or(&empty);
        for name in ["event_id", "event_time", "event_state", "event_type", "entity_id"] {
            if !fields.get(name).is_some_and(text) {
                faults.push(format!("event {place} has no `{name}`"));
            }
        }
        let state = fields.get("event_state").and_then(Value::as_str).unwrap_or_default();
        if !ConsentStatus::ALL.iter().any(|status| state_term(*status) == state) {
            faults.push(format!("event {place} has the state `{state}`"));
        }
    }
    faults
}

fn is_term(value: &Value, prefix: &str) -> bool {
    value.as_str().and_then(|term| term.strip_prefix(prefix)).is_some_and(|name| !name.is_empty())
}
