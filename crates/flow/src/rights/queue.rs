//! What the officer sees: what is due when, and one request with everything about it.

use store::rights::Which;
use terms::ids::RequestId;
use terms::rights::{Request, RightKind};
use terms::service::ServiceKind;
use terms::time::{Instant, MICROS_PER_DAY, MICROS_PER_HOUR};

use super::reference;
use crate::app::App;
use crate::error::Result;
use crate::ledger::ledger_line;
use crate::views::{BreachLine, NoticeLine, RecipientLine, RequestLine, RequestView, RightsView};

/// Most requests on the page.
const MOST: i64 = 500;
/// Days that count as soon.
const SOON_DAYS: i64 = 7;

/// Which requests are shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueueFilter {
    /// Open, closed or all.
    pub which: Which,
    /// Only this kind.
    pub kind: Option<RightKind>,
}

impl QueueFilter {
    /// The filter of a word in a link or command: `open`, `closed`, `all`.
    #[must_use]
    pub fn of(which: &str, kind: Option<RightKind>) -> Self {
        let which = match which {
            "closed" => Which::Closed,
            "all" => Which::All,
            _ => Which::Open,
        };
        Self { which, kind }
    }

    const fn word(self) -> &'static str {
        match self.which {
            Which::Open => "open",
            Which::Closed => "closed",
            Which::All => "all",
        }
    }
}

/// The share of the time from one instant to another that has passed, 0 to 1.
fn elapsed(from: Instant, to: Instant, now: Instant) -> f64 {
    let (whole, gone) = ((to.0 - from.0).max(1) as f64, (now.0 - from.0) as f64);
    (gone / whole).clamp(0.0, 1.0)
}

fn line(request: &Request, now: Instant) -> RequestLine {
    let seen = request.closed_at.unwrap_or(now);
    RequestLine {
        id: request.id.0,
        reference: reference(request.id),
        customer: request.customer.as_ref().map(ToString::to_string),
        kind: request.kind,
        state: request.state,
        law: request.law,
        origin: request.origin,
        received_at: request.received_at,
        due_at: request.due_at,
        confirm_by: request.confirm_by,
        extended: request.extended_at.is_some(),
        closed_at: request.closed_at,
        days_left: (request.due_at.0 - seen.0).div_euclid(MICROS_PER_DAY),
        elapsed: elapsed(request.received_at, request.due_at, seen),
    }
}

impl App {
    /// The queue: what is due when.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rights_queue(&self, filter: QueueFilter) -> Result<RightsView> {
        let now = self.now();
        let counts = self.store().rights_counts(now, now.plus_days(SOON_DAYS)).await?;
        let requests = self.store().rights_requests(filter.which, filter.kind, MOST).await?;
        let breaches = self.store().breaches().await?.into_iter().map(|breach| {
            let open = breach.reported_at.is_none() && breach.closed_at.is_none();
            let seen = breach.reported_at.or(breach.closed_at).unwrap_or(now);
            BreachLine {
                hours_left: if open { (breach.due_at.0 - now.0).div_euclid(MICROS_PER_HOUR) } else { 0 },
                elapsed: elapsed(breach.aware_at, breach.due_at, seen),
                breach,
            }
        });
        let recipients = self.store().recipients().await?.into_iter().map(|recipient| RecipientLine {
            id: recipient.id.0,
            name: recipient.name,
            url: recipient.url,
            kinds: recipient.kinds,
        });
        Ok(RightsView {
            which: filter.word().to_owned(),
            kind: filter.kind,
            open: counts.open,
            overdue: counts.overdue,
            soon: counts.soon,
            requests: requests.iter().map(|request| line(request, now)).collect(),
            breaches: breaches.collect(),
            recipients: recipients.collect(),
        })
    }

    /// One request with its timeline.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is none of this number.
    pub async fn request_view(&self, id: RequestId) -> Result<RequestView> {
        let now = self.now();
        let request = self.store().rights_request(id).await?;
        let customer = self.customer_if_known(request.customer.as_ref()).await?;
        let people = self.store().people().await?;
        let responsible = self.brand().await?.responsible;
        let entries = self.store().entries_of(&format!("rights/{id}")).await?;
        let mut timeline: Vec<_> =
            entries.iter().map(|entry| ledger_line(entry, &people, responsible)).collect();
        timeline.sort_by_key(|line| line.seq);
        let on_file = |field: &str| {
            let customer = customer.as_ref();
            let text = match field {
                "first_name" => customer.and_then(|c| c.first_name.clone()),
                "email" => customer.and_then(|c| c.email.clone()),
                "locale" => customer.map(|c| c.locale.clone()),
                "country" => customer.and_then(|c| c.country.clone()),
                "time_zone" => customer.and_then(|c| c.time_zone.clone()),
                _ => None,
            };
            text.unwrap_or_default()
        };
        let fields = request.details.fields.iter();
        let fields = fields.map(|(name, wanted)| (name.clone(), on_file(name), wanted.clone())).collect();
        let dates =
            self.deadlines_of(request.kind, request.law, request.received_at, customer.as_ref()).await?;
        let extension = policy::rights::extend(&dates, request.extended_at.is_some(), now)
            .ok()
            .filter(|_| policy::rights::may_move(request.state, terms::rights::RequestState::Extended));
        let receipts = request.receipts.as_array().map(Vec::as_slice).unwrap_or_default();
        let count = |receipt: &serde_json::Value, field: &str| {
            receipt.get(field).and_then(serde_json::Value::as_u64).unwrap_or_default()
        };
        let receipts = receipts.iter().map(|receipt| {
            let place = receipt.get("place").and_then(serde_json::Value::as_str).unwrap_or_default();
            (place.to_owned(), count(receipt, "found"), count(receipt, "erased"), count(receipt, "left"))
        });
        let notices = self.store().recipient_notices_of(id).await?.into_iter().map(|notice| NoticeLine {
            recipient: notice.recipient_name,
            kind: notice.kind,
            state: notice.state,
            attempts: notice.attempts,
            status: notice.last_status,
            delivered_at: notice.delivered_at,
        });
        let mut letters = Vec::new();
        let said = request.answer.clone().unwrap_or_default();
        for kind in [ServiceKind::RequestDone, ServiceKind::RequestExtended, ServiceKind::RequestRefused] {
            let (subject, text) = self.letter(id, kind, &said).await?;
            letters.push((kind.to_string(), subject, text));
        }
        let address = customer.as_ref().and_then(|c| c.email.clone()).or_else(|| request.contact.clone());
        Ok(RequestView {
            line: line(&request, now),
            address: address.unwrap_or_default(),
            words: request.details.words.clone(),
            fields,
            against: request.details.against.clone(),
            message: request.details.message,
            verified: request.verification.zip(request.verified_at),
            refusal: request.refusal,
            answer: said,
            extended_at: request.extended_at,
            extension,
            receipts: receipts.collect(),
            notices: notices.collect(),
            timeline,
            letters,
        })
    }
}
