//! Purposes: each state of a customer against each use, and that no refusal is ever read as a permission.

use super::*;
use crate::consent::SaleEvidence;
use proptest::prelude::*;
use proptest::sample::select;
use terms::consent::LawfulBasis;
use terms::customer::Language;
use terms::ids::CustomerKey;

fn said(status: ConsentStatus, basis: LawfulBasis) -> Option<ConsentState> {
    Some(ConsentState {
        status,
        basis,
        evidence: SaleEvidence::None,
        at: Instant(0),
        source: "form".into(),
        notice_version: "v1".into(),
    })
}

fn granted() -> Standing {
    Standing { said: said(ConsentStatus::Granted, LawfulBasis::Consent), ..Standing::default() }
}

fn allowed(standing: &Standing) -> Vec<Use> {
    Use::ALL.iter().copied().filter(|what| may(*what, standing).is_ok()).collect()
}

#[test]
fn who_agreed_may_be_used_for_what_they_agreed_to() {
    assert_eq!(allowed(&granted()), Use::ALL);
}

#[test]
fn an_erased_customer_may_be_used_for_nothing() {
    assert_eq!(allowed(&Standing { erased: true, ..granted() }), []);
}

#[test]
fn a_restriction_stops_every_use_but_answers_and_rights() {
    let restricted = Standing { restricted: true, ..granted() };
    assert_eq!(allowed(&restricted), [Use::Service, Use::Legal]);
    assert_eq!(may(Use::Statistics, &restricted), Err(Unlawful::Restricted));
}

#[test]
fn an_objection_to_marketing_also_ends_profiling_for_it() {
    let objected = Standing { objected: true, ..granted() };
    for what in [Use::Marketing(Channel::Email), Use::Profiling, Use::Fitting, Use::AiContent] {
        assert_eq!(may(what, &objected), Err(Unlawful::Objected), "{what}");
    }
    assert_eq!(may(Use::Service, &objected), Ok(()));
}

#[test]
fn who_was_never_asked_is_in_totals_only() {
    let never = Standing::default();
    assert_eq!(
        allowed(&never),
        [Use::Measurement, Use::Fitting, Use::Statistics, Use::FairnessAudit, Use::Service, Use::Legal]
    );
    assert_eq!(may(Use::Profiling, &never), Err(Unlawful::NeverAsked));
}

#[test]
fn a_refusal_keeps_somebody_out_of_totals_as_well() {
    for status in [ConsentStatus::Denied, ConsentStatus::Withdrawn] {
        let refused = Standing { said: said(status, LawfulBasis::Consent), ..Standing::default() };
        for what in [Use::Measurement, Use::Responses, Use::Fitting, Use::Profiling] {
            assert_eq!(may(what, &refused), Err(Unlawful::Refused(status)), "{what}");
        }
    }
}

#[test]
fn legitimate_interest_never_shares_and_never_opens_a_mailbox() {
    let interest = Standing {
        said: said(ConsentStatus::Granted, LawfulBasis::LegitimateInterest),
        ..Standing::default()
    };
    assert_eq!(may(Use::Sharing, &interest), Err(Unlawful::Basis));
    assert_eq!(may(Use::Marketing(Channel::Email), &interest), Err(Unlawful::Basis));
    assert_eq!(may(Use::Marketing(Channel::Post), &interest), Ok(()));
    assert_eq!(may(Use::Profiling, &interest), Ok(()));
}

#[test]
fn the_answer_says_what_was_found() {
    let line = explain(Use::Profiling, &granted());
    assert_eq!((line.check.as_str(), line.allows), ("use.profiling", true));
    assert_eq!(line.found, "granted 1970-01-01 through form, notice v1");
    let line = explain(Use::Profiling, &Standing { restricted: true, ..granted() });
    assert_eq!((line.found.as_str(), line.allows), ("processing is restricted", false));
}

fn receipt() -> impl Strategy<Value = ConsentReceipt> {
    (
        select(Purpose::ALL),
        select(Channel::ALL),
        select(ConsentStatus::ALL),
        select(LawfulBasis::ALL),
        0i64..50,
    )
        .prop_map(|(purpose, channel, status, basis, at)| ConsentReceipt {
            customer: CustomerKey::new("1"),
            purpose,
            channel,
            status,
            basis,
            notice_version: String::new(),
            notice_hash: String::new(),
            language: Language::English,
            source: String::new(),
            proof: String::new(),
            at: Instant(at),
        })
}

proptest! {
    /// Whatever was said before, a withdrawal through every channel ends a purpose, and a later receipt changes
    /// nothing before its time.
    #[test]
    fn the_last_word_is_no_when_it_was_no(
        mut receipts in proptest::collection::vec(receipt(), 0..30),
        what in select(Use::ALL),
        at in 0i64..50,
    ) {
        let before = may(what, &Standing::at(what, &receipts, Flags::default(), Instant(at)));
        if let Some(purpose) = what.purpose() {
            for channel in Channel::ALL {
                let last = ConsentReceipt {
                    purpose, channel: *channel, status: ConsentStatus::Withdrawn, at: Instant(60),
                    ..receipt_of(purpose)
                };
                receipts.push(last);
            }
            let after = Standing::at(what, &receipts, Flags::default(), Instant(60));
            prop_assert_eq!(may(what, &after), Err(Unlawful::Refused(ConsentStatus::Withdrawn)));
        }
        prop_assert_eq!(may(what, &Standing::at(what, &receipts, Flags::default(), Instant(at))), before);
    }

    /// Restriction, objection and erasure only ever take away.
    #[test]
    fn flags_never_allow_what_was_not_allowed(
        receipts in proptest::collection::vec(receipt(), 0..12),
        what in select(Use::ALL),
        (erased, restricted, objected) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        let plain = Standing::at(what, &receipts, Flags::default(), Instant(60));
        let flagged = Standing::at(what, &receipts, Flags { erased, restricted, objected }, Instant(60));
        prop_assert!(may(what, &plain).is_ok() || may(what, &flagged).is_err());
    }
}

fn receipt_of(purpose: Purpose) -> ConsentReceipt {
    ConsentReceipt {
        customer: CustomerKey::new("1"),
        purpose,
        channel: Channel::Email,
        status: ConsentStatus::Withdrawn,
        basis: LawfulBasis::Consent,
        notice_version: String::new(),
        notice_hash: String::new(),
        language: Language::English,
        source: String::new(),
        proof: String::new(),
        at: Instant(60),
    }
}
