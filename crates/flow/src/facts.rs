//! The fact sheet: adding and changing facts, and holding a plain text against them.
//!
//! Goes in: a fact, or a text with the offer it is about. Comes out: a stored fact with its ledger entry, or the guard's
//! report. A fact that cannot be true (2000 % off, 31 February) is refused here, whoever brings it.

use terms::customer::Language;
use terms::fact::{Fact, FactValue};
use terms::finding::GuardReport;
use terms::ids::FactId;
use terms::ledger::Action;
use terms::message::Field;
use terms::person::{Actor, Person};

use crate::access::Permission;
use crate::app::{App, actor};
use crate::campaigns::{SEND_DAYS, needs};
use crate::error::{Error, Result};
use crate::problem::Problem;

fn invalid(message: String) -> Error {
    Error::Invalid { message }
}

/// Refuses what cannot be true of a predicate whose meaning the rules know.
fn admit(fact: &Fact) -> Result<()> {
    let predicate = fact.predicate.as_str();
    if fact.entity.trim().is_empty() || predicate.trim().is_empty() {
        return Err(invalid("a fact needs what it is about and what it says of it".to_owned()));
    }
    let known = guard::usual_name(predicate);
    let of_discount = predicate.contains("discount") || known.starts_with("discount");
    match &fact.value {
        FactValue::Percent(percent) if of_discount && !(*percent > 0.0 && *percent <= 100.0) => {
            Err(invalid(format!("`{percent}%` is no discount; write a percentage above 0 and up to 100")))
        }
        FactValue::Percent(percent) if !percent.is_finite() => {
            Err(invalid(format!("`{percent}%` is no percentage; write a number such as 15%")))
        }
        FactValue::Percent(_) | FactValue::Money(_) | FactValue::Date(_) => Ok(()),
        _ if known == "discount" => Err(invalid(format!(
            "`{predicate}` must be a percentage such as 15%, or an amount such as `5.00 EUR`"
        ))),
        _ if matches!(known.as_str(), "valid_until" | "valid_from") => {
            Err(invalid(format!("`{predicate}` must be a day there is, written as 2027-01-31")))
        }
        _ => Ok(()),
    }
}

impl App {
    /// Adds or changes a fact. Campaigns that use it are checked again before they are sent.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role that does not compose, [`Error::Invalid`] for a fact that cannot be true.
    pub async fn put_fact(&self, person: &Person, fact: &Fact) -> Result<FactId> {
        needs(person, Permission::Compose)?;
        self.write_fact(actor(person), fact).await
    }

    /// The same for somebody at the command line of the installation, who has it in their hands anyway.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a fact that cannot be true.
    pub async fn put_fact_as_operator(&self, fact: &Fact) -> Result<FactId> {
        self.write_fact(Actor::Operator, fact).await
    }

    async fn write_fact(&self, who: Actor, fact: &Fact) -> Result<FactId> {
        admit(fact)?;
        let mut tx = self.store().begin().await?;
        let id = tx.put_fact(fact).await?;
        let payload =
            serde_json::json!({ "entity": fact.entity, "predicate": fact.predicate, "value": fact.value });
        tx.append_entries(&[self.entry(who, Action::FactChanged, format!("fact/{id}"), payload)]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What the guard says of a plain text as the body of a message, with the facts of an offer and of the brand; with
    /// those of the brand alone when `offer` is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an offer there are no facts of: nothing could be held against them.
    pub async fn check_text(&self, text: &str, language: Language, offer: &str) -> Result<GuardReport> {
        let now = self.now();
        let mut facts = self.store().facts().await?;
        if !offer.is_empty() {
            known_offer(offer, &facts)?;
        }
        facts.retain(|fact| fact.entity == offer || fact.entity == "brand");
        let brand = self.brand().await?;
        let hosts = brand.link_hosts();
        let last_calls = self.last_calls(None).await?;
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
        };
        let mut report = guard::check(&draft, &context);
        // A text alone has no footer: what only a whole message can have is not asked of it.
        report.findings.retain(|finding| finding.span.field == Field::Body);
        Ok(report)
    }
}

/// Entities of the fact sheet that are offers.
pub(crate) fn offers(facts: &[Fact]) -> Vec<String> {
    let mut offers: Vec<String> =
        facts.iter().map(|fact| fact.entity.clone()).filter(|entity| entity.starts_with("offer:")).collect();
    offers.sort_unstable();
    offers.dedup();
    offers
}

/// Refuses an offer there are no facts of, and lists those there are.
pub(crate) fn known_offer(offer: &str, facts: &[Fact]) -> Result<()> {
    let offers = offers(facts);
    if offers.iter().any(|known| known == offer) {
        return Ok(());
    }
    Err(Problem::UnknownOffer { offer: offer.to_owned(), offers }.into())
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

    #[test]
    fn a_discount_is_above_zero_and_at_most_a_hundred_percent() {
        for percent in [15.0, 100.0, 0.5] {
            assert!(admit(&fact("discount", FactValue::Percent(percent))).is_ok(), "{percent}");
        }
        for percent in [2000.0, 100.1, 0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert!(admit(&fact("discount", FactValue::Percent(percent))).is_err(), "{percent}");
        }
        assert!(admit(&fact("discount", FactValue::Text("fifteen".to_owned()))).is_err());
        assert!(admit(&fact("cotton", FactValue::Percent(100.0))).is_ok());
    }

    #[test]
    fn the_end_of_an_offer_is_a_day_there_is() {
        assert!(admit(&fact("valid_until", FactValue::Date(Day(20_000)))).is_ok());
        let error = admit(&fact("valid_until", FactValue::Text("2026-02-31".to_owned()))).unwrap_err();
        assert!(error.to_string().contains("2027-01-31"), "{error}");
    }

    #[test]
    fn an_offer_without_facts_is_an_error_that_lists_the_offers_there_are() {
        let facts = [fact("discount", FactValue::Percent(15.0))];
        assert!(known_offer("offer:hello", &facts).is_ok());
        let error = known_offer("offer:nope", &facts).unwrap_err().to_string();
        assert_eq!(error, "the fact sheet has no offer `offer:nope`; the offers are offer:hello");
    }
}
