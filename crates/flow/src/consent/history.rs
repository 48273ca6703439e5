//! What receipts say at any past instant, for one customer and for everybody.

use policy::consent::{SaleEvidence, state_at, state_now};
use store::consents::StoredReceipt;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::ids::CustomerKey;
use terms::notice::Notice;
use terms::time::{Day, Instant};

use crate::app::App;
use crate::error::{Error, Result};
use crate::views::{
    ConsentHistory, ConsentTrack, ConsentView, MonthCounts, NoticeState, PurposeCounts, ReceiptLine,
    SaleCheck, StateLine, StatusCounts, Stretch,
};

/// Months that the chart shows.
const MONTHS: usize = 24;

/// A purpose with the channel it is asked through; none for purposes that are about the person.
type Asked = (Purpose, Option<Channel>);

fn asked_by(receipt: &ConsentReceipt) -> Asked {
    (receipt.purpose, (receipt.purpose == Purpose::Marketing).then_some(receipt.channel))
}

impl App {
    /// The day of a customer's first purchase, as far as the lake knows one.
    pub(crate) async fn first_purchase(&self, key: &CustomerKey) -> Result<Option<Day>> {
        Ok(self.snapshot().await?.first_purchase(key))
    }

    /// One customer's receipts, and what they said at an instant (`None`: now).
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody of whom there is neither a record nor a receipt.
    pub async fn consent_history(&self, key: &CustomerKey, at: Option<Instant>) -> Result<ConsentHistory> {
        let now = self.now();
        let stored = self.store().consent_receipts(key).await?;
        let customer = self.store().customers(std::slice::from_ref(key)).await?.pop();
        if stored.is_empty() && customer.is_none() {
            return Err(Error::NotFound);
        }
        let first = self.first_purchase(key).await?;
        let notices = self.store().notices().await?;
        let receipts: Vec<ConsentReceipt> = stored.iter().map(|stored| stored.receipt.clone()).collect();
        let mut asked: Vec<Asked> = receipts.iter().map(asked_by).collect();
        asked.sort_unstable();
        asked.dedup();
        let said = |(purpose, channel): Asked, instant: Option<Instant>| {
            let channel = channel.unwrap_or(Channel::Email);
            let state = match instant {
                Some(instant) => state_at(&receipts, purpose, channel, instant),
                None => state_now(&receipts, purpose, channel, now),
            };
            state.map(|state| {
                let state = state.with_first_purchase(first);
                let allows = state.allows(purpose, channel);
                StateLine {
                    purpose,
                    channel: (purpose == Purpose::Marketing).then_some(channel),
                    status: state.status,
                    basis: state.basis,
                    since: state.at,
                    allows,
                }
            })
        };
        let states: Vec<StateLine> = asked.iter().filter_map(|asked| said(*asked, at)).collect();
        let tracks =
            asked.iter().map(|asked| track(*asked, &receipts, |at| said(*asked, Some(at)))).collect();
        let instant = at.unwrap_or(now);
        let lines =
            stored.into_iter().map(|stored| line(stored, &notices, first, &states, instant)).collect();
        Ok(ConsentHistory {
            customer: key.clone(),
            email: customer.and_then(|customer| customer.email),
            at: instant,
            states,
            receipts: lines,
            tracks,
        })
    }

    /// The page: counts at an instant, and the customer of a key or an address.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consent_view(&self, query: &str, asked_at: &str) -> Result<ConsentView> {
        let (query, asked_at) = (query.trim(), asked_at.trim());
        let read = if asked_at.is_empty() { Some(None) } else { read_instant(asked_at).map(Some) };
        let at = read.flatten();
        let instant = at.unwrap_or_else(|| self.now());
        let mut counts: Vec<PurposeCounts> = Vec::new();
        for count in self.store().consent_counts(instant).await? {
            if counts.last().is_none_or(|last| (last.purpose, last.channel) != (count.purpose, count.channel))
            {
                let (purpose, channel) = (count.purpose, count.channel);
                counts.push(PurposeCounts { purpose, channel, counts: StatusCounts::default() });
            }
            if let Some(last) = counts.last_mut() {
                match count.status {
                    ConsentStatus::Granted => last.counts.granted = count.customers,
                    ConsentStatus::Denied => last.counts.denied = count.customers,
                    ConsentStatus::Withdrawn => last.counts.withdrawn = count.customers,
                }
            }
        }
        counts.sort_by_key(|counts| (counts.purpose, counts.channel));
        let mut found = if query.is_empty() { Vec::new() } else { self.who(query).await? };
        let history = match found.as_slice() {
            [only] => Some(self.consent_history(only, at).await?),
            _ => None,
        };
        if history.is_some() {
            found.clear();
        }
        Ok(ConsentView {
            at: instant,
            query: query.to_owned(),
            asked_at: asked_at.to_owned(),
            counts,
            months: self.months(instant).await?,
            nobody: !query.is_empty() && found.is_empty() && history.is_none(),
            found,
            history,
            unread_time: read.is_none(),
        })
    }

    /// Customers with this key or this address; somebody with receipts alone has no record.
    async fn who(&self, query: &str) -> Result<Vec<CustomerKey>> {
        if query.contains('@') {
            let found = self.store().customers_by_email(query).await?;
            if !found.is_empty() {
                return Ok(found.into_iter().map(|customer| customer.key).collect());
            }
        }
        let key = CustomerKey::new(query);
        let known = self.store().customers(std::slice::from_ref(&key)).await?;
        if known.is_empty() && self.store().consent_receipts(&key).await?.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![key])
    }

    async fn months(&self, at: Instant) -> Result<Vec<MonthCounts>> {
        let mut months: Vec<Day> = Vec::with_capacity(MONTHS);
        let mut day = at.day();
        for _ in 0..MONTHS {
            let first = Day::from_date(day.to_date().first_of_month());
            months.push(first);
            day = first.plus(-1);
        }
        months.reverse();
        let from = months.first().map_or(at, |day| day.start());
        let mut counts: Vec<MonthCounts> =
            months.iter().map(|month| MonthCounts { month: *month, granted: 0, refused: 0 }).collect();
        for (day, status, receipts) in self.store().consent_days(from, at).await? {
            let place = months.partition_point(|month| *month <= day);
            if let Some(month) = place.checked_sub(1).and_then(|place| counts.get_mut(place)) {
                match status {
                    ConsentStatus::Granted => month.granted += receipts,
                    ConsentStatus::Denied | ConsentStatus::Withdrawn => month.refused += receipts,
                }
            }
        }
        Ok(counts)
    }
}

/// An instant as somebody types it: `2026-03-01T09:30:00Z`, `2026-03-01T09:30` and `2026-03-01 09:30` in UTC, or a day,
/// which means its last moment.
#[must_use]
pub fn read_instant(text: &str) -> Option<Instant> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Day>()
        && text.len() == 10
    {
        return Some(day.end());
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Instant(at.as_microsecond()));
    }
    let at: jiff::civil::DateTime = text.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(at).ok().map(|at| Instant(at.as_microsecond()))
}

/// One stretch for each change of what the receipts say.
fn track(
    asked: Asked,
    receipts: &[ConsentReceipt],
    said: impl Fn(Instant) -> Option<StateLine>,
) -> ConsentTrack {
    let mut times: Vec<Instant> =
        receipts.iter().filter(|receipt| asked_by(receipt) == asked).map(|receipt| receipt.at).collect();
    times.sort_unstable();
    times.dedup();
    let mut stretches: Vec<Stretch> = Vec::new();
    for at in times {
        let Some(state) = said(at) else { continue };
        if let Some(last) = stretches.last_mut() {
            if last.status == state.status && last.allows == state.allows {
                continue;
            }
            last.to = Some(at);
        }
        stretches.push(Stretch { from: at, to: None, status: state.status, allows: state.allows });
    }
    ConsentTrack { purpose: asked.0, channel: asked.1, stretches }
}

fn line(
    stored: StoredReceipt,
    notices: &[Notice],
    first: Option<Day>,
    states: &[StateLine],
    at: Instant,
) -> ReceiptLine {
    let StoredReceipt { id, recorded_at, receipt } = stored;
    let (purpose, channel) = asked_by(&receipt);
    let counts = states.iter().any(|state| {
        (state.purpose, state.channel, state.since, state.status)
            == (purpose, channel, receipt.at, receipt.status)
    });
    ReceiptLine {
        id,
        recorded_at,
        notice: notice_state(&receipt, notices),
        sale: sale_check(&receipt, first),
        counts,
        later: receipt.at > at,
        receipt,
    }
}

fn notice_state(receipt: &ConsentReceipt, notices: &[Notice]) -> NoticeState {
    if receipt.notice_version.is_empty() && receipt.notice_hash.is_empty() {
        return NoticeState::None;
    }
    // The hash finds the text also where an import named the version otherwise.
    let by_hash = notices.iter().find(|notice| {
        notice.language == receipt.language
            && !receipt.notice_hash.is_empty()
            && notice.has_hash(&receipt.notice_hash)
    });
    let named = notices
        .iter()
        .find(|notice| notice.version == receipt.notice_version && notice.language == receipt.language);
    match (by_hash, named) {
        (Some(notice), _) => NoticeState::Known { text: notice.text.clone() },
        (None, Some(notice)) if receipt.notice_hash.is_empty() => {
            NoticeState::Known { text: notice.text.clone() }
        }
        (None, Some(_)) => NoticeState::OtherText,
        (None, None) => NoticeState::Unknown,
    }
}

fn sale_check(receipt: &ConsentReceipt, first: Option<Day>) -> SaleCheck {
    if receipt.basis != LawfulBasis::SoftOptIn || receipt.status != ConsentStatus::Granted {
        return SaleCheck::NotNeeded;
    }
    match SaleEvidence::of_proof(&receipt.proof) {
        SaleEvidence::None => SaleCheck::NoProof,
        SaleEvidence::Sale if first.is_some_and(|first| first <= receipt.at.day()) => SaleCheck::Found,
        SaleEvidence::Sale => SaleCheck::NoPurchase,
    }
}

#[cfg(test)]
mod tests {
    use super::read_instant;

    #[test]
    fn an_instant_is_read_as_people_write_it() {
        let read = |text: &str| read_instant(text).map(|at| at.to_string());
        assert_eq!(read("2026-03-01T09:30:00Z").as_deref(), Some("2026-03-01T09:30:00Z"));
        assert_eq!(read("2026-03-01T09:30:00+02:00").as_deref(), Some("2026-03-01T07:30:00Z"));
        assert_eq!(read("2026-03-01T09:30").as_deref(), Some("2026-03-01T09:30:00Z"));
        assert_eq!(read("2026-03-01").as_deref(), Some("2026-03-01T23:59:59Z"));
        assert_eq!(read("yesterday"), None);
    }
}
