//! The fact sheet: adding, mending and ending facts, and holding a plain text against them.
//!
//! Goes in: a fact, or a text with the offer it is about. Comes out: a stored fact with its ledger entry, or the guard's
//! report. A fact that cannot be true (2000 % off, 31 February) is refused here, whoever brings it. A price that
//! changes takes the former price along that its history proves.

mod fault;
mod feed;
mod file;
mod import;
mod list;
mod prices;
mod value;

pub use fault::{FactFault, LineFault};
pub use file::{FactFile, FactFormat, Reading, WrittenFact, read as read_file};
pub use import::{FactImport, FactPlan, PlanLine, Planned};
pub use list::{
    FactAsk, FactChange, FactFilter, FactRow, FactStanding, FactView, FactsView, standing, wants_evidence,
};
pub use prices::{FormerPrice, Lowest, PriceSpan, former, spans};
pub use value::{KINDS, kind_of, read as read_value, written};

use store::Tx;
use terms::customer::Language;
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::finding::GuardReport;
use terms::ids::FactId;
use terms::ledger::{Action, NewEntry};
use terms::message::Field;
use terms::person::{Actor, Person};
use terms::time::Instant;

use crate::access::Permission;
use crate::app::{App, json_value};
use crate::campaigns::SEND_DAYS;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// The source of former prices that the price history proves; nobody writes these by hand.
pub(crate) const HISTORY: &str = "price history of 30 days";

/// Refuses what cannot be true, of a predicate whose meaning the rules know and of any fact.
pub(crate) fn admit(fact: &Fact, now: Instant) -> Result<(), FactFault> {
    let predicate = fact.predicate.as_str();
    if fact.entity.trim().is_empty() {
        return Err(FactFault::NoEntity);
    }
    if predicate.trim().is_empty() {
        return Err(FactFault::NoPredicate);
    }
    let text = || value::written(&fact.value);
    let known = guard::usual_name(predicate);
    let of_discount = predicate.contains("discount") || known.starts_with("discount");
    let claims = fact.polarity != Polarity::Unknown;
    match &fact.value {
        FactValue::Percent(percent) if of_discount && !(*percent > 0.0 && *percent <= 100.0) => {
            return Err(FactFault::NotDiscount { text: text() });
        }
        FactValue::Percent(percent) if !percent.is_finite() => {
            return Err(FactFault::NotPercent { text: text() });
        }
        FactValue::Quantity(quantity) if !quantity.is_finite() => {
            return Err(FactFault::NotNumber { text: text() });
        }
        FactValue::Percent(_) | FactValue::Money(_) | FactValue::Date(_) => {}
        _ if known == "discount" && claims => return Err(FactFault::NotDiscount { text: text() }),
        _ if matches!(known.as_str(), "valid_until" | "valid_from") && claims => {
            return Err(FactFault::NotDay { text: text() });
        }
        _ if matches!(known.as_str(), "price" | "price_before") && claims => {
            return Err(FactFault::NotMoney { text: text() });
        }
        FactValue::Text(words) | FactValue::Enum(words) | FactValue::Quote(words) => harmless(words)?,
        _ => {}
    }
    if let (Some(from), Some(until)) = (fact.valid_from, fact.valid_until)
        && until < from
    {
        return Err(FactFault::Backwards);
    }
    // Clocks of two machines differ by seconds, not by hours.
    if fact.observed_at > now.plus_hours(1) {
        return Err(FactFault::SeenLater { at: fact.observed_at });
    }
    if fact.evidence != EvidenceKind::Plain && fact.source.trim().is_empty() {
        return Err(FactFault::NoSource);
    }
    Ok(())
}

/// Refuses a text that gives orders to whoever reads it, or hides something: a language model may read it one day.
fn harmless(words: &str) -> Result<(), FactFault> {
    let hidden = |c: char| {
        matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let text = || words.chars().take(60).filter(|c| !hidden(*c)).collect::<String>();
    if words.chars().any(hidden) {
        return Err(FactFault::Hostile { text: text(), rule: "X2".to_owned() });
    }
    let sheet = guard::FactSheet::default();
    let draft = guard::Draft {
        language: Language::English,
        fields: vec![(Field::Body, words.to_owned())],
        known_slots: &[],
    };
    let report =
        guard::check(&draft, &plain_context(&sheet, Instant(0), Instant(0), "UTC", Language::English));
    match report.findings.iter().find(|finding| matches!(finding.rule.as_str(), "X1" | "X3")) {
        Some(finding) => Err(FactFault::Hostile { text: text(), rule: finding.rule.clone() }),
        None => Ok(()),
    }
}

/// What a text that belongs to no campaign is held against.
pub(crate) fn plain_context<'a>(
    facts: &'a guard::FactSheet,
    send_from: Instant,
    send_until: Instant,
    time_zone: &'a str,
    explain_in: Language,
) -> guard::Context<'a> {
    guard::Context {
        facts,
        send_from,
        send_until,
        time_zone,
        explain_in,
        recipient: None,
        allowed_hosts: &[],
        allowed_contacts: &[],
        unsubscribe_url: None,
        personal_facts: None,
        last_calls: None,
        author: guard::Author::Unknown,
        medium: guard::Medium::Mail,
        house: guard::House::bare(),
    }
}

impl App {
    /// Adds or changes a fact. Campaigns that use it are checked again before they are sent.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role that does not compose, [`Problem::BadFacts`] for a fact that cannot be true.
    pub async fn put_fact(&self, person: &Person, fact: &Fact) -> Result<FactId> {
        let granted = self.needs(person, Permission::Compose)?;
        self.write_fact(granted.actor(), fact, None).await
    }

    /// Changes a fact somebody read as of version `seen`.
    ///
    /// # Errors
    /// As [`App::put_fact`]; [`Problem::Stale`] when it has changed since, [`Error::NotFound`] when it was ended.
    pub async fn mend_fact(&self, person: &Person, fact: &Fact, seen: i64) -> Result<FactId> {
        let granted = self.needs(person, Permission::Compose)?;
        self.write_fact(granted.actor(), fact, Some(seen)).await
    }

    /// Adds or changes a fact for somebody at the command line of the installation, who has it in their hands anyway.
    ///
    /// # Errors
    /// [`Problem::BadFacts`] for a fact that cannot be true.
    pub async fn put_fact_as_operator(&self, fact: &Fact) -> Result<FactId> {
        self.write_fact(Actor::Operator, fact, None).await
    }

    async fn write_fact(&self, who: Actor, fact: &Fact, seen: Option<i64>) -> Result<FactId> {
        let now = self.now();
        let bad = |fault| Problem::BadFacts { faults: vec![LineFault::at(0, &fact.predicate, fault)] };
        admit(fact, now).map_err(bad)?;
        let mut tx = self.store().begin().await?;
        let before = match fact.id {
            FactId(0) => None,
            id if seen.is_some() && tx.fact_is_ended(id).await? => return Err(Error::NotFound),
            id => Some(tx.fact(id).await?),
        };
        if let Some(seen) = seen
            && tx.fact_version(fact.id).await? != seen
        {
            return Err(Problem::Stale.into());
        }
        if let Some(fault) = self.against_history(&mut tx, fact, now).await? {
            return Err(bad(fault).into());
        }
        let id = tx.put_fact(fact, now).await?;
        let written = Fact { id, ..fact.clone() };
        let mut entries = vec![self.fact_entry(&who, Action::FactChanged, &written, before.as_ref(), "")?];
        self.keep_former_price(&mut tx, &who, &fact.entity, &mut entries).await?;
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Ends a fact: nothing can be said on its ground from now on. It stays in the history.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role that does not compose, [`Problem::NoReason`] without a reason,
    /// [`Error::NotFound`] when there is none.
    pub async fn end_fact(&self, person: &Person, id: FactId, reason: &str) -> Result<()> {
        let granted = self.needs(person, Permission::Compose)?;
        self.finish_fact(granted.actor(), id, reason).await
    }

    /// The same for somebody at the command line.
    ///
    /// # Errors
    /// As [`App::end_fact`].
    pub async fn end_fact_as_operator(&self, id: FactId, reason: &str) -> Result<()> {
        self.finish_fact(Actor::Operator, id, reason).await
    }

    async fn finish_fact(&self, who: Actor, id: FactId, reason: &str) -> Result<()> {
        if reason.trim().is_empty() {
            return Err(Problem::NoReasonToEnd.into());
        }
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let fact = tx.fact(id).await?;
        tx.delete_fact(id, now).await?;
        let mut entries =
            vec![self.fact_entry(&who, Action::FactEnded, &fact, Some(&fact), reason.trim())?];
        self.keep_former_price(&mut tx, &who, &fact.entity, &mut entries).await?;
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The ledger entry of a change: how the fact stands, how it stood, and why if somebody said.
    pub(crate) fn fact_entry(
        &self,
        who: &Actor,
        action: Action,
        fact: &Fact,
        before: Option<&Fact>,
        why: &str,
    ) -> Result<NewEntry> {
        let payload = serde_json::json!({
            "entity": fact.entity, "predicate": fact.predicate, "value": fact.value,
            "fact": json_value(fact)?, "before": before.map(json_value).transpose()?, "why": why,
        });
        Ok(self.entry(who.clone(), action, format!("fact/{}", fact.id), payload))
    }

    /// Refuses a former price that is said to be proven while the history proves a lower one.
    pub(crate) async fn against_history(
        &self,
        tx: &mut Tx,
        fact: &Fact,
        now: Instant,
    ) -> Result<Option<FactFault>> {
        let FactValue::Money(said) = fact.value else { return Ok(None) };
        if fact.evidence != EvidenceKind::PriceHistory || guard::usual_name(&fact.predicate) != "price_before"
        {
            return Ok(None);
        }
        let versions = tx.fact_versions(&fact.entity).await?;
        let lowest = former(&spans(&versions, now), now).map(|former| former.lowest);
        Ok(match lowest {
            Some(Lowest::Known { price }) if price.currency == said.currency && said.minor > price.minor => {
                Some(FactFault::NotLowest { said, lowest: price })
            }
            _ => None,
        })
    }

    /// After a price changed: writes the former price that the history proves, or ends the one it proves no more.
    pub(crate) async fn keep_former_price(
        &self,
        tx: &mut Tx,
        who: &Actor,
        entity: &str,
        entries: &mut Vec<NewEntry>,
    ) -> Result<()> {
        let now = self.now();
        let all = spans(&tx.fact_versions(entity).await?, now);
        let former = former(&all, now);
        let proven = former.as_ref().and_then(FormerPrice::proven);
        let known = tx.facts_of(entity).await?.into_iter().find(|fact| fact.source == HISTORY);
        let ends = former.as_ref().and_then(|former| {
            let present =
                |span: &&PriceSpan| span.price == former.price && span.until.is_none_or(|at| at >= now);
            all.iter()
                .filter(present)
                .map(|span| span.until)
                .max_by_key(|until| until.unwrap_or(Instant(i64::MAX)))?
        });
        match (known, proven) {
            (None, None) => {}
            (Some(old), None) => {
                tx.delete_fact(old.id, now).await?;
                entries.push(self.fact_entry(who, Action::FactEnded, &old, Some(&old), HISTORY)?);
            }
            (Some(old), Some(price)) if old.value == FactValue::Money(price) && old.valid_until == ends => {}
            (old, Some(price)) => {
                let fact = Fact {
                    id: old.as_ref().map_or(FactId(0), |old| old.id),
                    entity: entity.to_owned(),
                    predicate: "price_before".to_owned(),
                    value: FactValue::Money(price),
                    unit: String::new(),
                    polarity: Polarity::True,
                    source: HISTORY.to_owned(),
                    observed_at: now,
                    valid_from: former.map(|former| former.since),
                    valid_until: ends,
                    max_age_hours: None,
                    evidence: EvidenceKind::PriceHistory,
                };
                let id = tx.put_fact(&fact, now).await?;
                let fact = Fact { id, ..fact };
                entries.push(self.fact_entry(who, Action::FactChanged, &fact, old.as_ref(), HISTORY)?);
            }
        }
        Ok(())
    }

    /// The facts a message about `offer` may stand on: its own, the brand's, and those of the products it names with
    /// the predicate `product` (`product:espresso-200`).
    pub(crate) async fn facts_for(&self, offer: &str) -> Result<Vec<Fact>> {
        let mut conn = self.store().read().await?;
        let mut facts = conn.facts_about(&[offer.to_owned(), "brand".to_owned()]).await?;
        let products: Vec<String> = facts
            .iter()
            .filter(|fact| fact.entity == offer && fact.predicate == "product" && fact.holds_at(self.now()))
            .filter_map(|fact| match &fact.value {
                FactValue::Text(name) | FactValue::Enum(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        facts.extend(conn.facts_about(&products).await?);
        Ok(facts)
    }

    /// Offers there are facts of.
    pub(crate) async fn offers(&self) -> Result<Vec<String>> {
        let found = self.store().fact_entities("offer:").await?;
        Ok(found.into_iter().map(|(entity, _)| entity).collect())
    }

    /// Refuses an offer or product there are no facts of, and lists the offers there are.
    pub(crate) async fn known_offer(&self, offer: &str) -> Result<()> {
        let named = offer.starts_with("offer:") || offer.starts_with("product:");
        if named && !self.store().facts_of(offer).await?.is_empty() {
            return Ok(());
        }
        Err(Problem::UnknownOffer { offer: offer.to_owned(), offers: self.offers().await? }.into())
    }

    /// What the guard says of a plain text as the body of a message, with the facts of an offer and of the brand; with
    /// those of the brand alone when `offer` is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an offer there are no facts of: nothing could be held against them.
    pub async fn check_text(&self, text: &str, language: Language, offer: &str) -> Result<GuardReport> {
        let now = self.now();
        if !offer.is_empty() {
            self.known_offer(offer).await?;
        }
        let facts = self.facts_for(offer).await?;
        let brand = self.brand().await?;
        let hosts = brand.link_hosts();
        let last_calls = self.last_calls(None).await?;
        let house = self.house().await?;
        let sheet = guard::FactSheet::new(facts);
        let draft = guard::Draft { language, fields: vec![(Field::Body, text.to_owned())], known_slots: &[] };
        let zone = brand.time_zones.first().map_or("UTC", String::as_str);
        let context = guard::Context {
            facts: &sheet,
            send_from: now,
            send_until: now.plus_days(i64::from(SEND_DAYS)),
            time_zone: zone,
            explain_in: language,
            recipient: None,
            allowed_hosts: &hosts,
            allowed_contacts: &[],
            unsubscribe_url: None,
            personal_facts: None,
            last_calls: Some(&last_calls),
            author: guard::Author::Unknown,
            medium: guard::Medium::Mail,
            house: &house,
        };
        let mut report = guard::check(&draft, &context);
        // A text alone has no footer: what only a whole message can have is not asked of it.
        report.findings.retain(|finding| finding.span.field == Field::Body);
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::fact::{EvidenceKind, Polarity};
    use terms::time::{Day, Instant};

    fn fact(predicate: &str, value: FactValue) -> Fact {
        Fact {
            id: FactId(0),
            entity: "offer:hello".to_owned(),
            predicate: predicate.to_owned(),
            value,
            unit: String::new(),
            polarity: Polarity::True,
            source: "test".to_owned(),
            observed_at: Instant(0),
            valid_from: None,
            valid_until: None,
            max_age_hours: None,
            evidence: EvidenceKind::Plain,
        }
    }

    fn admitted(predicate: &str, value: FactValue) -> Result<(), FactFault> {
        admit(&fact(predicate, value), Instant(0))
    }

    #[test]
    fn evidence_has_a_source_and_nothing_was_seen_tomorrow() {
        let mut award = fact("award", FactValue::Text("Best of show 2025".to_owned()));
        award.evidence = EvidenceKind::Certificate;
        assert_eq!(admit(&award, Instant(0)), Ok(()));
        award.source = " ".to_owned();
        assert_eq!(admit(&award, Instant(0)), Err(FactFault::NoSource));
        let mut later =
            fact("price", FactValue::Money(terms::money::Money::new(1, terms::money::Currency::EUR)));
        later.observed_at = Instant(0).plus_days(1);
        assert!(matches!(admit(&later, Instant(0)), Err(FactFault::SeenLater { .. })));
    }

    #[test]
    fn a_discount_is_above_zero_and_at_most_a_hundred_percent() {
        for percent in [15.0, 100.0, 0.5] {
            assert!(admitted("discount", FactValue::Percent(percent)).is_ok(), "{percent}");
        }
        for percent in [2000.0, 100.1, 0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert!(admitted("discount", FactValue::Percent(percent)).is_err(), "{percent}");
        }
        assert!(admitted("discount", FactValue::Text("fifteen".to_owned())).is_err());
        assert!(admitted("cotton", FactValue::Percent(100.0)).is_ok());
    }

    #[test]
    fn the_end_of_an_offer_is_a_day_there_is() {
        assert!(admitted("valid_until", FactValue::Date(Day(20_000))).is_ok());
        let error = admitted("valid_until", FactValue::Text("2026-02-31".to_owned())).unwrap_err();
        assert!(error.to_string().contains("2027-01-31"), "{error}");
    }
}
