//! A message from a file or a program, checked without a campaign: plain words, subject and body, HTML or MJML.
//!
//! Goes in: the text, facts and what holds for them. Comes out: the guard's report with what each statement stands on
//! and what would release what is held.

use serde::Serialize;
use std::sync::Arc;
use terms::customer::Language;
use terms::fact::{Fact, FactValue};
use terms::finding::{GuardReport, Severity, Verdict};
use terms::message::Field;
use terms::time::Instant;

use super::{GroundLine, Release, facts_hash, ground_lines, release};
use crate::app::App;
use crate::campaigns::SEND_DAYS;
use crate::error::{Error, Result};

/// What holds for a check.
#[derive(Debug, Clone)]
pub struct CheckSettings {
    /// Language the message is meant to be in.
    pub language: Language,
    /// Language of the explanations.
    pub explain_in: Language,
    /// Offer or product the message is about; empty: every fact counts.
    pub offer: String,
    /// Earliest and latest moment of sending.
    pub from: Instant,
    /// Latest moment.
    pub until: Instant,
    /// Time zone in which days are meant.
    pub zone: String,
    /// Hosts that links may lead to.
    pub hosts: Vec<String>,
    /// Earlier campaigns that called for the last time; `None` when nobody looked.
    pub last_calls: Option<Vec<guard::LastCall>>,
    /// The brand's own rules.
    pub house: Arc<guard::House>,
}

/// What the guard says of a message.
#[derive(Debug, Clone, Serialize)]
pub struct MessageCheck {
    /// The fields as they were read; spans point into these.
    pub fields: Vec<(Field, String)>,
    /// The report.
    pub report: GuardReport,
    /// What each supported statement stands on.
    pub grounds: Vec<GroundLine>,
    /// For each finding of the report, in its order: the fact that would release it, if any could.
    pub releases: Vec<Option<Release>>,
    /// The most severe of what is found: `block` and `evidence` hold the message, `warn` asks for a person; `None`
    /// when nothing was found.
    pub severity: Option<Severity>,
    /// Sentences that no fact and no rule covers. Unchecked is not passed.
    pub unchecked: usize,
    /// Facts it was held against.
    pub facts: usize,
    /// Hash over these facts.
    pub facts_hash: String,
}

/// Checks a message against facts, without an installation.
///
/// # Errors
/// [`Error::Invalid`] for MJML that cannot be read, or a file without words.
pub fn check_message(text: &str, facts: Vec<Fact>, settings: &CheckSettings) -> Result<MessageCheck> {
    let read =
        gateway::mail::read_message(text).map_err(|error| Error::Invalid { message: error.to_string() })?;
    if read.fields.is_empty() {
        return Err(Error::Invalid { message: "there are no words to check".to_owned() });
    }
    let offer = settings.offer.as_str();
    let named: Vec<String> = facts
        .iter()
        .filter(|fact| fact.entity == offer && fact.predicate == "product")
        .filter_map(|fact| match &fact.value {
            FactValue::Text(name) | FactValue::Enum(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let in_scope = |fact: &Fact| {
        offer.is_empty() || fact.entity == offer || fact.entity == "brand" || named.contains(&fact.entity)
    };
    let facts: Vec<Fact> = facts.into_iter().filter(in_scope).collect();
    if !offer.is_empty() && facts.iter().all(|fact| fact.entity != offer) {
        let mut offers: Vec<String> = facts.iter().map(|fact| fact.entity.clone()).collect();
        offers.dedup();
        return Err(crate::problem::Problem::UnknownOffer { offer: offer.to_owned(), offers }.into());
    }
    let hash = facts_hash(&facts);
    let count = facts.len();
    let contacts: Vec<String> = facts
        .iter()
        .filter(|fact| {
            fact.entity == "brand" && matches!(fact.predicate.as_str(), "sender_email" | "sender_phone")
        })
        .filter_map(|fact| match &fact.value {
            FactValue::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    let sheet = guard::FactSheet::new(facts.clone());
    let draft = guard::Draft { language: settings.language, fields: read.fields.clone(), known_slots: &[] };
    let context = guard::Context {
        facts: &sheet,
        send_from: settings.from,
        send_until: settings.until.max(settings.from),
        time_zone: &settings.zone,
        explain_in: settings.explain_in,
        recipient: None,
        allowed_hosts: &settings.hosts,
        allowed_contacts: &contacts,
        unsubscribe_url: read.unsubscribe.as_deref(),
        personal_facts: None,
        last_calls: settings.last_calls.as_deref(),
        author: guard::Author::Unknown,
        medium: guard::Medium::Mail,
        house: &settings.house,
    };
    let mut report = guard::check(&draft, &context);
    if !read.whole {
        // Words alone have no footer: what only a whole message can have is not asked of them.
        let present = |field: Field| read.fields.iter().any(|(known, _)| *known == field);
        report.findings.retain(|finding| present(finding.span.field));
    }
    let grounds = ground_lines(&draft, &context, &report, settings.explain_in);
    let releases = report.findings.iter().map(|finding| release(finding, &facts, offer)).collect();
    let unchecked = report.sentences.iter().filter(|s| s.verdict == Verdict::Unchecked).count();
    Ok(MessageCheck {
        severity: severity(&report),
        fields: read.fields,
        grounds,
        releases,
        unchecked,
        facts: count,
        facts_hash: hash,
        report,
    })
}

/// The most severe of what is found: what blocks first, by the severity of its rule; then what a person should see.
fn severity(report: &GuardReport) -> Option<Severity> {
    let blocking = |severity| report.findings.iter().any(|f| f.blocks && f.severity == severity);
    let look = |finding: &&terms::finding::Finding| {
        !finding.blocks && !matches!(finding.verdict, Verdict::Supported | Verdict::Derived)
    };
    if blocking(Severity::Block) {
        Some(Severity::Block)
    } else if report.findings.iter().any(|finding| finding.blocks) {
        Some(Severity::Evidence)
    } else {
        report.findings.iter().find(look).map(|_| Severity::Warn)
    }
}

impl App {
    /// Checks a message against the fact sheet of this installation: the facts of `offer` and the brand's, or those of
    /// the brand alone when it is empty.
    ///
    /// # Errors
    /// As [`check_message`]; [`crate::Problem::UnknownOffer`] for an offer there are no facts of.
    pub async fn check_message(
        &self,
        text: &str,
        language: Language,
        explain_in: Language,
        offer: &str,
    ) -> Result<MessageCheck> {
        if !offer.is_empty() {
            self.known_offer(offer).await?;
        }
        let brand = self.brand().await?;
        let now = self.now();
        let settings = CheckSettings {
            language,
            explain_in,
            offer: offer.to_owned(),
            from: now,
            until: now.plus_days(i64::from(SEND_DAYS)),
            zone: brand.time_zones.first().cloned().unwrap_or_else(|| "UTC".to_owned()),
            hosts: brand.link_hosts(),
            last_calls: Some(self.last_calls(None).await?),
            house: self.house().await?,
        };
        check_message(text, self.facts_for(offer).await?, &settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::time::Day;

    fn settings(offer: &str) -> CheckSettings {
        let now = Day::from_ymd(2026, 11, 26).unwrap().start().plus_hours(9);
        CheckSettings {
            language: Language::English,
            explain_in: Language::English,
            offer: offer.to_owned(),
            from: now,
            until: now.plus_days(2),
            zone: "Europe/Madrid".to_owned(),
            hosts: vec!["shop.example".to_owned()],
            last_calls: None,
            house: Arc::default(),
        }
    }

    fn facts() -> Vec<Fact> {
        let text = b"entity,predicate,value\noffer:x,price,29.00 EUR\noffer:x,discount,20%\n";
        let reading = crate::facts::Reading {
            source: "t".into(),
            now: settings("").from,
            max_age_hours: None,
            zone: "UTC".into(),
        };
        let file = crate::facts::read_file(text, &reading);
        file.facts.into_iter().zip(1..).map(|((_, f), id)| Fact { id: terms::ids::FactId(id), ..f }).collect()
    }

    #[test]
    fn severity_says_what_a_program_must_do() {
        let check = |text: &str| check_message(text, facts(), &settings("offer:x")).unwrap();
        let fine = check("Subject: Hello\n\nThe filter costs €29.00, that is 20% off.");
        assert_eq!((fine.severity, fine.report.is_clear()), (None, true), "{:?}", fine.report.findings);
        assert_eq!(fine.grounds.len(), 2, "{:?}", fine.grounds);
        assert!(fine.grounds.iter().any(|g| g.predicate == "price" && g.value == "€29"));
        assert_eq!(check("Now €19.00!").severity, Some(Severity::Block));
        assert_eq!(check("The best coffee maker in the world.").severity, Some(Severity::Evidence));
    }

    #[test]
    fn what_is_held_names_the_fact_that_would_release_it() {
        let check = check_message("Free Wi-Fi in every room.", facts(), &settings("offer:x")).unwrap();
        let place = check.report.findings.iter().position(|finding| finding.blocks).unwrap();
        let wanted = check.releases[place].clone().unwrap();
        assert_eq!((wanted.entity.as_str(), wanted.predicate.as_str()), ("offer:x", "free_wifi"));
        // A message that says another price is mended, or the fact is looked at: its page is named.
        let check = check_message("Now €19.00!", facts(), &settings("offer:x")).unwrap();
        assert_eq!(check.releases[0].clone().unwrap().fact.map(|id| id.0), Some(1));
    }

    #[test]
    fn words_without_a_language_of_ours_or_an_offer_nobody_knows_are_told_so() {
        assert!(check_message("", facts(), &settings("")).is_err());
        assert!(check_message("Hello", facts(), &settings("offer:none")).is_err());
    }
}
