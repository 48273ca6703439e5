//! What a customer's receipts say at an instant, and whether that is enough. Receipts are never changed here.

use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::time::{Day, Instant};

/// What the latest receipt says, with what is needed to show why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentState {
    /// What was said.
    pub status: ConsentStatus,
    /// On which basis.
    pub basis: LawfulBasis,
    /// Whether a sale stands behind it, as the soft opt-in needs (ePrivacy 13(2)).
    pub evidence: SaleEvidence,
    /// When it was said.
    pub at: Instant,
    /// Where it was said.
    pub source: String,
    /// Version of the notice that was shown.
    pub notice_version: String,
}

/// Whether a receipt's proof names a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleEvidence {
    /// The proof names an order, a sale or an invoice.
    Sale,
    /// It does not.
    None,
}

impl SaleEvidence {
    /// A proof is sale evidence when it names its record: `order:4711`, `sale:…` or `invoice:…`.
    #[must_use]
    pub fn of_proof(proof: &str) -> Self {
        let names_a_sale = ["order:", "sale:", "invoice:"]
            .iter()
            .any(|kind| proof.strip_prefix(kind).is_some_and(|record| !record.trim().is_empty()));
        if names_a_sale { Self::Sale } else { Self::None }
    }
}

impl ConsentState {
    /// The state a receipt leaves behind.
    #[must_use]
    pub fn of(receipt: &ConsentReceipt) -> Self {
        Self {
            status: receipt.status,
            basis: receipt.basis,
            evidence: SaleEvidence::of_proof(&receipt.proof),
            at: receipt.at,
            source: receipt.source.clone(),
            notice_version: receipt.notice_version.clone(),
        }
    }

    /// The same, held against the purchases that are known: a soft opt-in whose proof names a sale has that evidence only
    /// when the customer had bought something by the day it was given. Nothing known is no evidence.
    #[must_use]
    pub fn with_first_purchase(self, first: Option<Day>) -> Self {
        let bought = first.is_some_and(|first| first <= self.at.day());
        match self.basis {
            LawfulBasis::SoftOptIn if !bought => Self { evidence: SaleEvidence::None, ..self },
            _ => self,
        }
    }

    /// True when this allows `purpose` through `channel`.
    ///
    /// Marketing: consent; or the soft opt-in with sale evidence on electronic channels; or legitimate interest by
    /// post, which ePrivacy 13 does not cover. Other purposes: consent or legitimate interest. A refusal or a
    /// withdrawal never allows anything.
    #[must_use]
    pub fn allows(&self, purpose: Purpose, channel: Channel) -> bool {
        allows(self.status, self.basis, self.evidence, purpose, channel)
    }

    /// The state in words, as reasons keep it.
    pub(crate) fn found(&self) -> String {
        let basis = match (self.basis, self.evidence) {
            (LawfulBasis::Consent, _) => "",
            (LawfulBasis::SoftOptIn, SaleEvidence::Sale) => " as soft opt-in with sale evidence",
            (LawfulBasis::SoftOptIn, SaleEvidence::None) => " as soft opt-in without sale evidence",
            (LawfulBasis::LegitimateInterest, _) => " as legitimate interest",
        };
        let source = if self.source.is_empty() { String::new() } else { format!(" through {}", self.source) };
        let notice = match self.notice_version.as_str() {
            "" => String::new(),
            version => format!(", notice {version}"),
        };
        format!("{} {}{basis}{source}{notice}", self.status, self.at.day())
    }
}

/// The rule behind [`ConsentState::allows`], on the values alone, so that columns use the same one.
pub(crate) const fn allows(
    status: ConsentStatus,
    basis: LawfulBasis,
    evidence: SaleEvidence,
    purpose: Purpose,
    channel: Channel,
) -> bool {
    if !matches!(status, ConsentStatus::Granted) {
        return false;
    }
    match (basis, purpose) {
        (LawfulBasis::Consent, _) => true,
        (LawfulBasis::SoftOptIn, Purpose::Marketing) => {
            matches!(evidence, SaleEvidence::Sale) && !matches!(channel, Channel::Post)
        }
        (LawfulBasis::SoftOptIn, _) => false,
        (LawfulBasis::LegitimateInterest, Purpose::Marketing) => matches!(channel, Channel::Post),
        (LawfulBasis::LegitimateInterest, Purpose::Sharing) => false,
        (LawfulBasis::LegitimateInterest, _) => true,
    }
}

/// What a customer's receipts say at `at`; `None` when they say nothing.
///
/// Marketing is asked for channel by channel. Every other purpose is about the person: the latest receipt through any
/// channel counts. Of two receipts of the same instant, the one that allows less counts, in whatever order they came.
/// Later receipts are not yet known.
#[must_use]
pub fn state_at(
    receipts: &[ConsentReceipt],
    purpose: Purpose,
    channel: Channel,
    at: Instant,
) -> Option<ConsentState> {
    about(receipts, purpose, channel).filter(|receipt| receipt.at <= at).map(ConsentState::of).max_by_key(
        |state| (state.at, !state.allows(purpose, channel), state.status != ConsentStatus::Granted),
    )
}

/// What a customer's receipts say now, to decide by. As [`state_at`], but a refusal counts from the moment it is known:
/// after the clock was set back, or when a file gave local times as UTC, a withdrawal may carry a later time than now,
/// and who waited for that time would write to somebody who has said no. A grant never counts before its time.
#[must_use]
pub fn state_now(
    receipts: &[ConsentReceipt],
    purpose: Purpose,
    channel: Channel,
    now: Instant,
) -> Option<ConsentState> {
    about(receipts, purpose, channel)
        .filter(|receipt| receipt.at > now && receipt.status != ConsentStatus::Granted)
        .max_by_key(|receipt| receipt.at)
        .map(ConsentState::of)
        .or_else(|| state_at(receipts, purpose, channel, now))
}

/// The receipts that speak of a purpose through a channel.
fn about(
    receipts: &[ConsentReceipt],
    purpose: Purpose,
    channel: Channel,
) -> impl Iterator<Item = &ConsentReceipt> {
    receipts
        .iter()
        .filter(move |receipt| receipt.purpose == purpose)
        .filter(move |receipt| purpose != Purpose::Marketing || receipt.channel == channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;
    use terms::ids::CustomerKey;

    fn receipt(purpose: Purpose, channel: Channel, status: ConsentStatus, at: i64) -> ConsentReceipt {
        ConsentReceipt {
            customer: CustomerKey::new("1"),
            purpose,
            channel,
            status,
            basis: LawfulBasis::Consent,
            notice_version: "v1".into(),
            notice_hash: String::new(),
            language: Language::English,
            source: "checkout".into(),
            proof: String::new(),
            at: Instant(at),
        }
    }

    #[test]
    fn the_latest_receipt_counts_and_the_future_does_not() {
        let receipts = [
            receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Withdrawn, 30),
            receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10),
        ];
        let state =
            |at| state_at(&receipts, Purpose::Marketing, Channel::Email, Instant(at)).map(|s| s.status);
        assert_eq!(state(9), None);
        assert_eq!(state(29), Some(ConsentStatus::Granted));
        assert_eq!(state(30), Some(ConsentStatus::Withdrawn));
    }

    #[test]
    fn a_refusal_wins_over_a_grant_of_the_same_instant_in_any_order() {
        let mut receipts = vec![
            receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Denied, 10),
            receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10),
        ];
        for _ in 0..2 {
            let state = state_at(&receipts, Purpose::Marketing, Channel::Email, Instant(10)).unwrap();
            assert_eq!(state.status, ConsentStatus::Denied);
            receipts.reverse();
        }
    }

    #[test]
    fn of_two_grants_of_the_same_instant_the_weaker_basis_counts_in_any_order() {
        let firm = receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10);
        let soft = ConsentReceipt { basis: LawfulBasis::SoftOptIn, ..firm.clone() };
        let mut receipts = vec![firm, soft];
        for _ in 0..2 {
            let state = state_at(&receipts, Purpose::Marketing, Channel::Email, Instant(10)).unwrap();
            assert!(!state.allows(Purpose::Marketing, Channel::Email));
            receipts.reverse();
        }
    }

    #[test]
    fn a_refusal_with_a_time_to_come_counts_now_and_a_grant_does_not() {
        let granted = receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10);
        let withdrawn =
            ConsentReceipt { status: ConsentStatus::Withdrawn, at: Instant(90), ..granted.clone() };
        let again = ConsentReceipt { at: Instant(95), ..granted.clone() };
        let status = |receipts: &[ConsentReceipt], now| {
            state_now(receipts, Purpose::Marketing, Channel::Email, Instant(now)).map(|state| state.status)
        };
        let receipts = [granted, withdrawn, again.clone()];
        assert_eq!(status(&receipts, 50), Some(ConsentStatus::Withdrawn));
        assert_eq!(status(&receipts, 95), Some(ConsentStatus::Granted));
        assert_eq!(status(&[again], 50), None);
    }

    #[test]
    fn consent_to_mail_is_no_consent_to_text_messages() {
        let receipts = [receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10)];
        assert_eq!(state_at(&receipts, Purpose::Marketing, Channel::Sms, Instant(10)), None);
    }

    #[test]
    fn profiling_refused_through_one_channel_is_refused_for_all() {
        let receipts = [
            receipt(Purpose::Profiling, Channel::Email, ConsentStatus::Granted, 10),
            receipt(Purpose::Profiling, Channel::Sms, ConsentStatus::Withdrawn, 20),
        ];
        let state = state_at(&receipts, Purpose::Profiling, Channel::Email, Instant(30)).unwrap();
        assert!(!state.allows(Purpose::Profiling, Channel::Email));
    }

    #[test]
    fn a_soft_opt_in_needs_a_sale() {
        let soft = |proof: &str| {
            let mut receipt = receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10);
            receipt.basis = LawfulBasis::SoftOptIn;
            receipt.proof = proof.to_owned();
            ConsentState::of(&receipt)
        };
        assert!(soft("order:O-17").allows(Purpose::Marketing, Channel::Email));
        for proof in ["", "order:", "order: ", "newsletter form 3"] {
            assert!(!soft(proof).allows(Purpose::Marketing, Channel::Email), "{proof:?}");
        }
        assert!(!soft("order:O-17").allows(Purpose::Profiling, Channel::Email));
    }

    #[test]
    fn a_sale_that_the_purchases_do_not_know_is_no_evidence() {
        let mut receipt = receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 0);
        (receipt.basis, receipt.proof, receipt.at) =
            (LawfulBasis::SoftOptIn, "order:O-17".into(), Day(100).end());
        let with = |first: Option<i32>| {
            let state = ConsentState::of(&receipt).with_first_purchase(first.map(Day));
            state.allows(Purpose::Marketing, Channel::Email)
        };
        assert!(with(Some(100)) && with(Some(3)));
        assert!(!with(Some(101)) && !with(None));
        receipt.basis = LawfulBasis::Consent;
        let state = ConsentState::of(&receipt).with_first_purchase(None);
        assert!(state.allows(Purpose::Marketing, Channel::Email), "consent needs no sale");
    }

    #[test]
    fn legitimate_interest_never_opens_a_mailbox() {
        let mut receipt = receipt(Purpose::Marketing, Channel::Email, ConsentStatus::Granted, 10);
        receipt.basis = LawfulBasis::LegitimateInterest;
        assert!(!ConsentState::of(&receipt).allows(Purpose::Marketing, Channel::Email));
        assert!(ConsentState::of(&receipt).allows(Purpose::Marketing, Channel::Post));
    }
}
