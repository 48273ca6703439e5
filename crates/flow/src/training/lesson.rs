//! The page of training and each lesson: texts, the guard run on its examples, and what was held of one's own.
//!
//! Goes in: a person, a language. Comes out: views. The findings beside an example are made when it is shown: a lesson
//! cannot say of the guard what the guard does not do.

use std::sync::Arc;

use serde::Serialize;
use terms::customer::Language;
use terms::finding::Finding;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::person::Person;
use terms::time::{Day, Instant};
use terms::training::{Certificate, Lesson};

use super::library::Example;
use super::{Library, Standing, needs_certificate};
use crate::access::Permission;
use crate::app::App;
use crate::error::Result;
use crate::facts::{Reading, read_file};
use crate::guarding::{CheckSettings, check_message};
use crate::monitoring::ReadingText;

/// Findings of one's own that a lesson shows.
const HELD_SHOWN: usize = 5;
/// The day on which the texts of examples are read: 1 December 2026.
const EXAMPLE_DAY: Day = Day(20_788);
/// Words read in a minute.
const WORDS_A_MINUTE: usize = 200;

/// The page of training.
#[derive(Debug, Clone, Serialize)]
pub struct TrainingView {
    /// How the reader stands.
    pub standing: Standing,
    /// Whether their role needs a certificate.
    pub needed: bool,
    /// The lessons.
    pub lessons: Vec<LessonLine>,
    /// Until when the open test may be handed in, if one is open.
    pub open_until: Option<Instant>,
    /// When the next test may begin, if not now.
    pub next_try: Option<Instant>,
    /// Number of the last test that was handed in.
    pub last_test: Option<i64>,
    /// Certificates, the latest first.
    pub certificates: Vec<Certificate>,
}

/// A lesson in the list.
#[derive(Debug, Clone, Serialize)]
pub struct LessonLine {
    /// Which.
    pub lesson: Lesson,
    /// Its name.
    pub title: String,
    /// It in a sentence or two.
    pub lead: String,
    /// Minutes to read it.
    pub minutes: usize,
    /// When the reader read it.
    pub read_at: Option<Instant>,
    /// Right answers about it in their last test.
    pub right: Option<u32>,
}

/// A lesson.
#[derive(Debug, Clone, Serialize)]
pub struct LessonView {
    /// Which.
    pub lesson: Lesson,
    /// Its name.
    pub title: String,
    /// It in a sentence or two.
    pub lead: String,
    /// What goes wrong, in paragraphs.
    pub wrong: Vec<String>,
    /// What law and evidence say.
    pub law: Vec<String>,
    /// What Candor does about it.
    pub candor: Vec<String>,
    /// What people do.
    pub you: Vec<String>,
    /// To tick off in one's head.
    pub checklist: Vec<String>,
    /// Laws, cases and studies.
    pub sources: Vec<String>,
    /// Texts with what the guard says of them now.
    pub examples: Vec<ExampleView>,
    /// What the guard held of this brand's own drafts, the latest first.
    pub held: Vec<HeldBefore>,
    /// When the reader read it.
    pub read_at: Option<Instant>,
    /// The lesson after it.
    pub next: Option<Lesson>,
}

/// An example with the guard's answers.
#[derive(Debug, Clone, Serialize)]
pub struct ExampleView {
    /// Facts both texts are held against.
    pub facts: Vec<String>,
    /// What goes wrong.
    pub bad: Verdict,
    /// How it can be said.
    pub good: Verdict,
}

/// What the guard says of a text.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The text.
    pub text: String,
    /// Whether it stays a draft.
    pub held: bool,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Something of this brand's that was held.
#[derive(Debug, Clone, Serialize)]
pub struct HeldBefore {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Language of the text.
    pub language: Language,
    /// When it was read first.
    pub at: Instant,
    /// The rule.
    pub rule: String,
    /// The words, as a made-up customer would have read them.
    pub quote: String,
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The guard's answer to one text of an example. Dates are those of a day of its own, so that it stays the same.
fn ask(example: &Example, text: &str, language: Language) -> Result<Verdict> {
    let now = EXAMPLE_DAY.start();
    let zone = "Europe/Madrid".to_owned();
    let reading = Reading { source: "training".to_owned(), now, max_age_hours: None, zone: zone.clone() };
    let table = format!("entity,predicate,value\n{}\n", example.facts.join("\n"));
    let file = read_file(table.as_bytes(), &reading);
    let facts = file.facts.into_iter().zip(1..);
    let facts =
        facts.map(|((_, fact), id)| terms::fact::Fact { id: terms::ids::FactId(id), ..fact }).collect();
    let earlier =
        |weeks: i64| guard::LastCall { offer: "offer:club".to_owned(), at: now.plus_days(-7 * weeks) };
    let settings = CheckSettings {
        language,
        explain_in: language,
        offer: String::new(),
        from: now,
        until: now.plus_days(14),
        zone,
        hosts: vec!["shop.example".to_owned()],
        // Three earlier last chances, as the lesson on them tells.
        last_calls: Some(vec![earlier(26), earlier(18), earlier(9)]),
        house: Arc::default(),
    };
    let check = check_message(text, facts, &settings)?;
    Ok(Verdict { text: text.to_owned(), held: !check.report.is_clear(), findings: check.report.findings })
}

/// What the guard says of an example.
///
/// # Errors
/// When its text cannot be read.
pub(super) fn judge(example: &Example, language: Language) -> Result<ExampleView> {
    Ok(ExampleView {
        facts: example.facts.clone(),
        bad: ask(example, example.bad.of(language), language)?,
        good: ask(example, example.good.of(language), language)?,
    })
}

impl App {
    /// The page of training for somebody.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn training(&self, person: &Person, language: Language) -> Result<TrainingView> {
        let library = Library::get()?;
        let now = self.now();
        let record = self.tests_taken(person).await?;
        let read = self.store().lessons_read().await?;
        let last = record.results.last();
        let lessons = library.chapters.iter().map(|chapter| {
            let text = chapter.text(language);
            let parts = [&text.lead, &text.wrong, &text.law, &text.candor, &text.you];
            let words: usize = parts.iter().map(|part| part.split_whitespace().count()).sum();
            let of_lesson = |result: &terms::training::TestResult| {
                result.by_lesson.iter().find(|(lesson, _)| *lesson == chapter.lesson).map(|(_, right)| *right)
            };
            LessonLine {
                lesson: chapter.lesson,
                title: text.title.clone(),
                lead: text.lead.clone(),
                minutes: words.div_ceil(WORDS_A_MINUTE) + 1,
                read_at: read
                    .iter()
                    .find(|read| read.person == person.id && read.lesson == chapter.lesson)
                    .map(|read| read.at),
                right: last.and_then(of_lesson),
            }
        });
        let mut certificates = self.store().certificates_of(person.id).await?;
        certificates.reverse();
        Ok(TrainingView {
            standing: policy::training::standing(&certificates, now),
            needed: needs_certificate(person.role),
            lessons: lessons.collect(),
            open_until: record.open(&library.bank, now).map(|test| test.ends_at),
            next_try: record.wait(now),
            last_test: last.map(|result| result.test),
            certificates,
        })
    }

    /// A lesson as it is shown to somebody.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn lesson(&self, person: &Person, lesson: Lesson, language: Language) -> Result<LessonView> {
        let chapter = Library::get()?.chapter(lesson)?;
        let text = chapter.text(language);
        let examples = chapter.examples.iter().map(|example| judge(example, language));
        let read = self.store().lessons_read().await?;
        let after = Lesson::ALL.iter().skip_while(|known| **known != lesson).nth(1);
        Ok(LessonView {
            lesson,
            title: text.title.clone(),
            lead: text.lead.clone(),
            wrong: paragraphs(&text.wrong),
            law: paragraphs(&text.law),
            candor: paragraphs(&text.candor),
            you: paragraphs(&text.you),
            checklist: text.checklist.clone(),
            sources: text.sources.clone(),
            examples: examples.collect::<Result<_>>()?,
            held: self.held_before(lesson).await?,
            read_at: read
                .iter()
                .find(|read| read.person == person.id && read.lesson == lesson)
                .map(|read| read.at),
            next: after.copied(),
        })
    }

    /// What the guard held last of this brand's drafts, by the rules a lesson is about. Texts are kept as a made-up
    /// customer would read them; nothing of a customer is in them.
    async fn held_before(&self, lesson: Lesson) -> Result<Vec<HeldBefore>> {
        let mut rules = self.store().reading_rules().await?;
        rules.retain(|(_, count)| count.blocking > 0 && Lesson::of_rule(&count.rule) == lesson);
        let readings = self.store().readings().await?;
        let mut held: Vec<HeldBefore> = Vec::new();
        for (id, count) in rules.iter().rev() {
            if held.len() >= HELD_SHOWN {
                break;
            }
            let Some(reading) = readings.iter().find(|reading| reading.id == *id) else { continue };
            let Some(text) = self.store().reading_text(*id).await? else { continue };
            let Ok(text) = serde_json::from_value::<ReadingText>(text) else { continue };
            let spoken = text.findings.iter().find(|spoken| spoken.blocks && spoken.rule == count.rule);
            let Some(span) = spoken.map(|spoken| spoken.span) else { continue };
            let words = text.fields.iter().find(|(field, _)| *field == span.field);
            let quote = words.and_then(|(_, words)| words.get(span.start..span.end)).unwrap_or_default();
            let same = |known: &HeldBefore| known.campaign == reading.campaign && known.quote == quote;
            if quote.trim().is_empty() || held.iter().any(same) {
                continue;
            }
            held.push(HeldBefore {
                campaign: reading.campaign,
                name: self.store().campaign(reading.campaign).await?.plan.name,
                language: reading.language,
                at: reading.at,
                rule: count.rule.clone(),
                quote: quote.to_owned(),
            });
        }
        Ok(held)
    }

    /// Notes that somebody read a lesson.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_lesson(&self, person: &Person, lesson: Lesson) -> Result<()> {
        let granted = self.needs(person, Permission::View)?;
        let mut tx = self.store().begin().await?;
        if tx.put_read(person.id, lesson, self.now()).await? {
            let object = format!("lesson/{lesson}");
            let entry = self.entry(granted.actor(), Action::LessonRead, object, serde_json::json!({}));
            tx.append_entries(&[entry]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
