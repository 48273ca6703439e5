//! The fact sheet to look at: filtered, searched, page by page; and one fact with its history and its prices.
//!
//! Goes in: what is asked for. Comes out: views for page and `--json`. It changes nothing.

use serde::Serialize;
use terms::customer::Language;
use terms::fact::{EvidenceKind, Fact, Polarity};
use terms::ids::FactId;
use terms::ledger::Action;
use terms::time::Instant;

use super::prices::{FormerPrice, PriceSpan, former, spans};
use crate::app::App;
use crate::error::Result;
use crate::ledger::ledger_line;

/// Days before its end from which a fact counts as expiring: a campaign sends over two weeks.
const SOON_DAYS: i64 = 14;
/// Facts on a page.
const PAGE: usize = 50;

/// Whether a fact can be stood on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactStanding {
    /// It holds, and goes on holding for a while.
    Holds,
    /// It holds, and ends soon.
    Expiring,
    /// Its validity is over.
    Expired,
    /// It was not looked at for longer than it may go unseen.
    Stale,
    /// Its validity is yet to begin.
    NotYet,
    /// Nobody knows.
    Unknown,
}

impl FactStanding {
    /// The word for it in language files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Stale => "stale",
            Self::NotYet => "not_yet",
            Self::Unknown => "unknown",
        }
    }
}

/// How a fact stands at a time.
#[must_use]
pub fn standing(fact: &Fact, now: Instant) -> FactStanding {
    let soon = now.plus_days(SOON_DAYS);
    if fact.polarity == Polarity::Unknown {
        FactStanding::Unknown
    } else if fact.valid_until.is_some_and(|until| until < now) {
        FactStanding::Expired
    } else if fact.valid_from.is_some_and(|from| from > now) {
        FactStanding::NotYet
    } else if !fact.holds_at(now) {
        FactStanding::Stale
    } else if fact.valid_until.is_some_and(|until| until < soon) {
        FactStanding::Expiring
    } else {
        FactStanding::Holds
    }
}

/// What kind of evidence the guard asks of a fact that has none; `None` when it needs none or has it.
#[must_use]
pub fn wants_evidence(fact: &Fact) -> Option<EvidenceKind> {
    if fact.evidence != EvidenceKind::Plain {
        return None;
    }
    let predicate = guard::usual_name(&fact.predicate);
    let has = |words: &[&str]| predicate.split('_').any(|word| words.contains(&word));
    if predicate == "price_before" {
        Some(EvidenceKind::PriceHistory)
    } else if has(&["guarantee", "guaranteed", "garantia"]) {
        Some(EvidenceKind::Guarantee)
    } else if has(&["review", "reviews", "testimonial", "opinion", "resena"]) {
        Some(EvidenceKind::VerifiedReview)
    } else if has(&[
        "award",
        "certificate",
        "certified",
        "seal",
        "ecolabel",
        "organic",
        "premio",
        "certificado",
    ]) {
        Some(EvidenceKind::Certificate)
    } else if has(&["best", "first", "leader", "ranking", "study", "comparison", "estudio"]) {
        Some(EvidenceKind::Study)
    } else {
        None
    }
}

/// Which facts to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactFilter {
    /// All of them.
    #[default]
    All,
    /// Those that end soon.
    Expiring,
    /// Those that hold no more, or were not looked at for too long.
    Expired,
    /// Those that need evidence and have none.
    WithoutEvidence,
}

impl FactFilter {
    /// Every filter, in the order of the page.
    pub const ALL: &'static [Self] = &[Self::All, Self::Expiring, Self::Expired, Self::WithoutEvidence];

    /// The word for it in addresses and language files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::WithoutEvidence => "without_evidence",
        }
    }

    /// The filter of that word; all of them for any other.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.iter().copied().find(|filter| filter.as_str() == text).unwrap_or_default()
    }

    fn lets(self, row: &FactRow) -> bool {
        match self {
            Self::All => true,
            Self::Expiring => row.standing == FactStanding::Expiring,
            Self::Expired => matches!(row.standing, FactStanding::Expired | FactStanding::Stale),
            Self::WithoutEvidence => row.wants.is_some(),
        }
    }
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct FactAsk {
    /// Words that stand in the entity, the predicate, the value or the source.
    pub search: String,
    /// Which facts.
    pub filter: FactFilter,
    /// Page, from 1.
    pub page: usize,
}

/// A fact in a list.
#[derive(Debug, Clone, Serialize)]
pub struct FactRow {
    /// The fact.
    pub fact: Fact,
    /// Its value in the reader's language.
    pub value: String,
    /// Whether it can be stood on.
    pub standing: FactStanding,
    /// The evidence it needs and has not.
    pub wants: Option<EvidenceKind>,
}

impl FactRow {
    fn of(fact: Fact, now: Instant, language: Language) -> Self {
        Self {
            value: gateway::mail::fact_text(&fact.value, &fact.unit, language),
            standing: standing(&fact, now),
            wants: wants_evidence(&fact),
            fact,
        }
    }
}

/// A page of the fact sheet.
#[derive(Debug, Clone, Serialize)]
pub struct FactsView {
    /// The facts of this page.
    pub rows: Vec<FactRow>,
    /// How many each filter lets through, in the order of [`FactFilter::ALL`], of those with the words.
    pub counts: Vec<(FactFilter, usize)>,
    /// The filter.
    pub filter: FactFilter,
    /// The words.
    pub search: String,
    /// Page shown, from 1, and pages there are.
    pub page: usize,
    /// Pages.
    pub pages: usize,
}

/// One change of a fact.
#[derive(Debug, Clone, Serialize)]
pub struct FactChange {
    /// Position in the ledger.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// Who, by name.
    pub who: String,
    /// Whether it ended.
    pub ended: bool,
    /// The value before, in the reader's language; empty when it was new or is not known.
    pub before: String,
    /// The value after.
    pub after: String,
    /// Source it came from.
    pub source: String,
    /// Why, if somebody said; the file's name for an import.
    pub why: String,
}

/// One fact with its past.
#[derive(Debug, Clone, Serialize)]
pub struct FactView {
    /// The fact.
    pub row: FactRow,
    /// The number of its version, for saving.
    pub version: i64,
    /// True when it was ended.
    pub ended: bool,
    /// Every change, newest first.
    pub changes: Vec<FactChange>,
    /// Prices of the same entity over time, newest first; empty when it has none.
    pub prices: Vec<PriceSpan>,
    /// What may be told as the former price, and why not otherwise.
    pub former: Option<FormerPrice>,
}

impl App {
    /// A page of the fact sheet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn facts_view(&self, ask: &FactAsk, language: Language) -> Result<FactsView> {
        let now = self.now();
        let words = ask.search.trim().to_lowercase();
        let matches = |row: &FactRow| {
            let fact = &row.fact;
            words.split_whitespace().all(|word| {
                [&fact.entity, &fact.predicate, &row.value, &fact.source]
                    .iter()
                    .any(|text| text.to_lowercase().contains(word))
            })
        };
        let rows: Vec<FactRow> = self
            .store()
            .facts()
            .await?
            .into_iter()
            .map(|fact| FactRow::of(fact, now, language))
            .filter(matches)
            .collect();
        let counts = FactFilter::ALL
            .iter()
            .map(|filter| (*filter, rows.iter().filter(|row| filter.lets(row)).count()))
            .collect();
        let mut rows: Vec<FactRow> = rows.into_iter().filter(|row| ask.filter.lets(row)).collect();
        let pages = rows.len().div_ceil(PAGE).max(1);
        let page = ask.page.clamp(1, pages);
        rows = rows.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
        Ok(FactsView { rows, counts, filter: ask.filter, search: ask.search.trim().to_owned(), page, pages })
    }

    /// One fact with everything that was ever said of it, and the prices of what it is about.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there never was such a fact.
    pub async fn fact_view(&self, id: FactId, language: Language) -> Result<FactView> {
        let now = self.now();
        let fact = self.store().fact(id).await?;
        let (version, ended) = (self.store().fact_version(id).await?, self.store().fact_is_ended(id).await?);
        let versions = self.store().fact_versions(&fact.entity).await?;
        let mut prices = spans(&versions, now);
        let former = former(&prices, now);
        prices.reverse();
        let people = self.store().people().await?;
        let responsible = self.brand().await?.responsible;
        let text = |value: Option<&serde_json::Value>| {
            let fact: Option<Fact> = value.and_then(|value| serde_json::from_value(value.clone()).ok());
            fact.map(|fact| gateway::mail::fact_text(&fact.value, &fact.unit, language)).unwrap_or_default()
        };
        let mut changes: Vec<FactChange> = self
            .store()
            .entries_of(&format!("fact/{id}"))
            .await?
            .iter()
            .map(|entry| {
                let line = ledger_line(entry, &people, responsible);
                let payload = &entry.entry.payload;
                let word = |of: Option<&serde_json::Value>| {
                    of.and_then(|word| word.as_str()).unwrap_or_default().to_owned()
                };
                // Entries of earlier versions tell the value alone.
                let after = match payload.get("fact") {
                    Some(fact) => text(Some(fact)),
                    None => payload
                        .get("value")
                        .and_then(|value| serde_json::from_value(value.clone()).ok())
                        .map(|value| gateway::mail::fact_text(&value, "", language))
                        .unwrap_or_default(),
                };
                FactChange {
                    seq: line.seq,
                    at: line.at,
                    who: line.actor,
                    ended: entry.entry.action == Action::FactEnded,
                    before: text(payload.get("before").filter(|before| !before.is_null())),
                    after,
                    source: word(payload.get("fact").and_then(|fact| fact.get("source"))),
                    why: word(payload.get("why")),
                }
            })
            .collect();
        changes.reverse();
        Ok(FactView { row: FactRow::of(fact, now, language), version, ended, changes, prices, former })
    }
}
