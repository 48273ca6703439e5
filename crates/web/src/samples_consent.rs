//! Views of consent pages with made-up figures and hostile texts. Tests only.

use crate::samples::HOSTILE;
use flow::views::*;
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::{CustomerKey, NoticeId};
use terms::notice::Notice;
use terms::time::{Day, Instant};

fn at(days: i64) -> Instant {
    Day(20_700).start().plus_days(days).plus_hours(10)
}

fn notice() -> Notice {
    Notice {
        id: NoticeId(1),
        version: "sign-up-1".into(),
        language: Language::English,
        purposes: Purpose::ALL.to_vec(),
        text: format!("We write to you about coffee. {HOSTILE}"),
        hash: ContentHash::of_text("x"),
        added_at: at(-300),
    }
}

/// Consents of everybody and of one customer.
pub(crate) fn consent() -> ConsentView {
    let line = |id: i64, purpose, status, basis, notice, sale, days: i64| ReceiptLine {
        id,
        receipt: ConsentReceipt {
            customer: CustomerKey::new(HOSTILE),
            purpose,
            channel: Channel::Email,
            status,
            basis,
            notice_version: HOSTILE.into(),
            notice_hash: "0123456789abcdef".into(),
            language: Language::English,
            source: HOSTILE.into(),
            proof: HOSTILE.into(),
            at: at(days),
        },
        recorded_at: (id > 1).then(|| at(days)),
        notice,
        sale,
        counts: id == 2,
        later: days > 0,
    };
    use ConsentStatus::{Denied, Granted, Withdrawn};
    let receipts = vec![
        line(
            1,
            Purpose::Marketing,
            Granted,
            LawfulBasis::SoftOptIn,
            NoticeState::Unknown,
            SaleCheck::NoPurchase,
            -200,
        ),
        line(
            2,
            Purpose::Marketing,
            Granted,
            LawfulBasis::Consent,
            NoticeState::Known { text: notice().text },
            SaleCheck::NotNeeded,
            -90,
        ),
        line(
            3,
            Purpose::Sharing,
            Withdrawn,
            LawfulBasis::Consent,
            NoticeState::None,
            SaleCheck::NotNeeded,
            -30,
        ),
        line(
            4,
            Purpose::Profiling,
            Denied,
            LawfulBasis::Consent,
            NoticeState::OtherText,
            SaleCheck::NotNeeded,
            3,
        ),
    ];
    let stretch =
        |from, to: Option<i64>, status, allows| Stretch { from: at(from), to: to.map(at), status, allows };
    let history = ConsentHistory {
        customer: CustomerKey::new(HOSTILE),
        email: Some(HOSTILE.into()),
        at: at(0),
        states: vec![StateLine {
            purpose: Purpose::Marketing,
            channel: Some(Channel::Email),
            status: Granted,
            basis: LawfulBasis::Consent,
            since: at(-90),
            allows: true,
        }],
        receipts,
        tracks: vec![
            ConsentTrack {
                purpose: Purpose::Marketing,
                channel: Some(Channel::Email),
                stretches: vec![stretch(-200, Some(-90), Granted, false), stretch(-90, None, Granted, true)],
            },
            ConsentTrack {
                purpose: Purpose::Sharing,
                channel: None,
                stretches: vec![stretch(-30, None, Withdrawn, false)],
            },
        ],
    };
    let count = |purpose, channel, granted, denied, withdrawn| PurposeCounts {
        purpose,
        channel,
        counts: StatusCounts { granted, denied, withdrawn },
    };
    let month = |months: i32| {
        (0..months)
            .fold(Day(20_700).month_end(), |day, _| Day::from_date(day.to_date().first_of_month()).plus(-1))
    };
    ConsentView {
        at: at(0),
        query: HOSTILE.into(),
        asked_at: HOSTILE.into(),
        counts: vec![
            count(Purpose::Marketing, Some(Channel::Email), 12_408, 911, 2_330),
            count(Purpose::Sharing, None, 0, 0, 7),
        ],
        months: (0..24)
            .rev()
            .map(|months| MonthCounts {
                month: Day::from_date(month(months).to_date().first_of_month()),
                granted: i64::from(months) * 37 % 211,
                refused: i64::from(months) * 11 % 50,
            })
            .collect(),
        found: vec![CustomerKey::new("C-1"), CustomerKey::new(HOSTILE)],
        history: Some(history),
        nobody: false,
        unread_time: true,
    }
}

/// The sign-up page.
pub(crate) fn join(step: JoinStep) -> JoinView {
    JoinView {
        language: Language::English,
        brand: HOSTILE.into(),
        purposes: Purpose::ALL.to_vec(),
        notice: notice(),
        step,
        opted_out: true,
    }
}

/// The page behind its link.
pub(crate) fn join_confirm(state: JoinState) -> JoinConfirmView {
    JoinConfirmView {
        language: Language::English,
        brand: HOSTILE.into(),
        token: "jtoken".into(),
        purposes: vec![Purpose::Marketing, Purpose::Profiling],
        notice: notice(),
        state,
    }
}
