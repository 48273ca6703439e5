//! Hostile figures for the pages of the fact sheet.

use crate::samples::HOSTILE;
use flow::facts::{
    FactChange, FactFault, FactFilter, FactFormat, FactPlan, FactRow, FactStanding, FactView, FactsView,
    FormerPrice, LineFault, Lowest, PlanLine, Planned, PriceSpan,
};
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::FactId;
use terms::money::{Currency, Money};
use terms::time::Instant;

const AT: Instant = Instant(1_780_000_000_000_000);

fn fact(id: i64, value: FactValue) -> Fact {
    Fact {
        id: FactId(id),
        entity: format!("offer:{HOSTILE}"),
        predicate: HOSTILE.into(),
        value,
        unit: String::new(),
        polarity: Polarity::False,
        source: HOSTILE.into(),
        observed_at: AT,
        valid_from: None,
        valid_until: Some(AT),
        max_age_hours: Some(24),
        evidence: EvidenceKind::Certificate,
    }
}

fn row(id: i64, standing: FactStanding) -> FactRow {
    let fact = fact(id, FactValue::Text(HOSTILE.into()));
    FactRow { fact, value: HOSTILE.into(), standing, wants: Some(EvidenceKind::Study) }
}

/// A page with every standing.
pub(crate) fn facts() -> FactsView {
    use FactStanding::{Expired, Expiring, Holds, NotYet, Stale, Unknown};
    let all = [Holds, Expiring, Expired, Stale, NotYet, Unknown];
    FactsView {
        rows: all.iter().zip(1..).map(|(standing, id)| row(id, *standing)).collect(),
        counts: FactFilter::ALL.iter().zip([6, 1, 2, 6]).map(|(filter, n)| (*filter, n)).collect(),
        filter: FactFilter::Expired,
        search: HOSTILE.into(),
        page: 2,
        pages: 3,
    }
}

/// A fact with a past and prices.
pub(crate) fn fact_view() -> FactView {
    let change = |seq, ended| FactChange {
        seq,
        at: AT,
        who: HOSTILE.into(),
        ended,
        before: if seq > 1 { HOSTILE.into() } else { String::new() },
        after: HOSTILE.into(),
        source: HOSTILE.into(),
        why: HOSTILE.into(),
    };
    let (low, high) = (Money::new(3_900, Currency::EUR), Money::new(4_900, Currency::EUR));
    FactView {
        row: row(1, FactStanding::Holds),
        version: 3,
        ended: false,
        changes: vec![change(3, true), change(2, false), change(1, false)],
        prices: vec![
            PriceSpan { from: AT, until: None, price: low, source: HOSTILE.into() },
            PriceSpan { from: AT.plus_days(-40), until: Some(AT), price: high, source: HOSTILE.into() },
        ],
        former: Some(FormerPrice { price: low, since: AT, lowest: Lowest::Known { price: high } }),
    }
}

/// What is wrong, as a form and a file have it.
pub(crate) fn faults() -> Vec<LineFault> {
    vec![
        LineFault { line: 0, column: "value".into(), fault: FactFault::NotMoney { text: HOSTILE.into() } },
        LineFault { line: 7, column: HOSTILE.into(), fault: FactFault::Twice { line: 3 } },
    ]
}

/// What a file would change.
pub(crate) fn plan(faults: Vec<LineFault>) -> FactPlan {
    let text = |id| Some(fact(id, FactValue::Text(HOSTILE.into())));
    let line = |line, what, before, after| PlanLine { line, what, before, after };
    FactPlan {
        format: FactFormat::FeedXml,
        facts: 3,
        counts: [(Planned::New, 1), (Planned::Changed, 1), (Planned::Ended, 1)].into(),
        lines: vec![
            line(2, Planned::New, None, text(0)),
            line(3, Planned::Changed, text(1), text(1)),
            line(0, Planned::Ended, text(2), None),
        ],
        faults,
        left_out: [(HOSTILE.to_owned(), 12)].into(),
        digest: "00".into(),
        applied: false,
    }
}
