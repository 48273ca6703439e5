//! Judging a sample: one text at a time, sentence by sentence, blind to what the guard said until one has judged.
//!
//! Goes in: a person and what they say of every sentence. Comes out: verdicts. A changed mind is another verdict; the
//! author of a text does not judge it.

use std::collections::BTreeMap;

use serde::Serialize;
use store::guard_samples::{Draw, DrawId, SentenceVerdict};
use terms::customer::Language;
use terms::estimate::Evidence;
use terms::finding::Verdict;
use terms::ids::PersonId;
use terms::ledger::Action;
use terms::message::Field;
use terms::monitoring::{SampleKind, Truth};
use terms::person::Person;
use terms::time::Instant;

use super::record::ReadingText;
use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// Sentences judged by two people before their agreement is told.
const PAIRS_NEEDED: u64 = 20;
/// The longest note, in characters.
const LONGEST_NOTE: usize = 2_000;

/// What somebody says of one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Position of the sentence.
    pub sentence: usize,
    /// What of its truth.
    pub truth: Truth,
    /// The rule by which it is unfair; empty when it is fair.
    pub unfair: String,
    /// Why.
    pub note: String,
}

/// How far one sample is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleLine {
    /// Month, such as `2026-11`.
    pub month: String,
    /// Texts drawn of sent messages and of first drafts.
    pub drawn: u64,
    /// Texts that somebody judged.
    pub judged: u64,
    /// Texts that two people judged.
    pub twice: u64,
}

/// A text of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleRow {
    /// Number of the draw.
    pub id: DrawId,
    /// Month.
    pub month: String,
    /// Drawn from what.
    pub kind: SampleKind,
    /// Language.
    pub language: Language,
    /// Its first words.
    pub subject: String,
    /// People who judged it.
    pub reviewers: usize,
    /// Whether whoever looks did.
    pub mine: bool,
    /// Whether whoever looks wrote it, and so does not judge it.
    pub own: bool,
}

/// The samples and how far they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleView {
    /// By month, latest first.
    pub months: Vec<SampleLine>,
    /// Every text of the latest months.
    pub rows: Vec<SampleRow>,
    /// The next one for whoever looks.
    pub next: Option<DrawId>,
    /// Agreement of two people about the same sentences, beyond chance (Cohen's kappa).
    pub agreement: Evidence,
}

/// A sentence to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgeSentence {
    /// Position.
    pub sentence: usize,
    /// Where it stands.
    pub field: Field,
    /// Its words.
    pub words: String,
    /// What whoever looks said last.
    pub mine: Option<SentenceVerdict>,
    /// What the guard said, once whoever looks has judged.
    pub guard: Option<Verdict>,
    /// Rules of the guard that spoke, once whoever looks has judged.
    pub rules: Vec<String>,
}

/// One text to be judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgeView {
    /// Number of the draw.
    pub id: DrawId,
    /// Month.
    pub month: String,
    /// Language.
    pub language: Language,
    /// Its sentences, without those of the footer.
    pub sentences: Vec<JudgeSentence>,
    /// Texts of the month that whoever looks has judged.
    pub done: u64,
    /// Texts of the month.
    pub of: u64,
    /// Whether whoever looks wrote it.
    pub own: bool,
    /// Verdicts of whoever looks, changed ones included, latest first.
    pub history: Vec<SentenceVerdict>,
    /// Rules, by which a sentence can be unfair.
    pub rules: Vec<&'static str>,
}

/// The verdicts that count: the latest of each person about each sentence.
pub(super) fn latest(verdicts: &[SentenceVerdict]) -> BTreeMap<(DrawId, i64, PersonId), &SentenceVerdict> {
    verdicts.iter().map(|verdict| ((verdict.draw, verdict.sentence, verdict.person), verdict)).collect()
}

fn reviewers(verdicts: &[SentenceVerdict], draw: DrawId) -> Vec<PersonId> {
    let mut people: Vec<PersonId> =
        verdicts.iter().filter(|verdict| verdict.draw == draw).map(|verdict| verdict.person).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Agreement of the first two people who judged a sentence.
pub(super) fn agreement(verdicts: &[SentenceVerdict]) -> Evidence {
    let mut by_sentence: BTreeMap<(DrawId, i64), Vec<(PersonId, usize)>> = BTreeMap::new();
    for ((draw, sentence, person), verdict) in latest(verdicts) {
        by_sentence.entry((draw, sentence)).or_default().push((person, verdict.truth as usize));
    }
    let pairs: Vec<(usize, usize)> =
        by_sentence.values().filter_map(|said| Some((said.first()?.1, said.get(1)?.1))).collect();
    science::survey::kappa(&pairs, PAIRS_NEEDED, super::LEVEL)
}

impl App {
    pub(super) async fn text_of(&self, draw: &Draw) -> Result<ReadingText> {
        let text = self.store().reading_text(draw.reading).await?.ok_or(Error::NotFound)?;
        serde_json::from_value(text)
            .map_err(|error| Error::Internal(format!("a reading cannot be read: {error}")))
    }

    async fn authors(&self) -> Result<BTreeMap<i64, (PersonId, Language)>> {
        let campaigns = self.store().campaigns().await?;
        let author = |id| campaigns.iter().find(|c| c.id == id).map_or(PersonId(0), |c| c.author);
        let readings = self.store().readings().await?;
        Ok(readings
            .iter()
            .map(|reading| (reading.id, (author(reading.campaign), reading.language)))
            .collect())
    }

    /// The samples, as far as they are judged.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn guard_samples(&self, person: &Person) -> Result<SampleView> {
        let (mut draws, verdicts) = (self.store().guard_draws().await?, self.store().guard_verdicts().await?);
        let authors = self.authors().await?;
        draws.sort_by(|a, b| b.month.cmp(&a.month).then(a.id.cmp(&b.id)));
        let mut months: Vec<SampleLine> = Vec::new();
        let mut rows = Vec::new();
        for draw in &draws {
            let people = reviewers(&verdicts, draw.id);
            if months.last().is_none_or(|line| line.month != draw.month) {
                months.push(SampleLine { month: draw.month.clone(), drawn: 0, judged: 0, twice: 0 });
            }
            if let Some(line) = months.last_mut() {
                line.drawn += 1;
                line.judged += u64::from(!people.is_empty());
                line.twice += u64::from(people.len() > 1);
            }
            let (author, language) =
                authors.get(&draw.reading).copied().unwrap_or((PersonId(0), Language::English));
            let text = self.text_of(draw).await?;
            rows.push(SampleRow {
                id: draw.id,
                month: draw.month.clone(),
                kind: draw.kind,
                language,
                subject: text.fields.first().map(|(_, words)| words.clone()).unwrap_or_default(),
                reviewers: people.len(),
                mine: people.contains(&person.id),
                own: author == person.id,
            });
        }
        // What nobody judged comes first, then what one person did.
        let next = rows.iter().filter(|row| !row.mine && !row.own).min_by_key(|row| (row.reviewers, row.id));
        Ok(SampleView { next: next.map(|row| row.id), agreement: agreement(&verdicts), months, rows })
    }

    /// One text to be judged.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was not drawn.
    pub async fn guard_sample(&self, person: &Person, id: DrawId) -> Result<JudgeView> {
        let draws = self.store().guard_draws().await?;
        let draw = draws.iter().find(|draw| draw.id == id).ok_or(Error::NotFound)?;
        let verdicts = self.store().guard_verdicts().await?;
        let text = self.text_of(draw).await?;
        let (author, language) =
            self.authors().await?.get(&draw.reading).copied().unwrap_or((PersonId(0), Language::English));
        let latest = latest(&verdicts);
        let judged = |draw: DrawId| verdicts.iter().any(|v| v.draw == draw && v.person == person.id);
        let seen = judged(id);
        let sentences = text
            .written()
            .into_iter()
            .filter_map(|at| {
                let status = text.sentences.get(at)?;
                let mut rules: Vec<String> = text.findings_in(at).map(|found| found.rule.clone()).collect();
                rules.sort_unstable();
                rules.dedup();
                Some(JudgeSentence {
                    sentence: at,
                    field: status.span.field,
                    words: text.words(at).to_owned(),
                    mine: latest.get(&(id, at as i64, person.id)).map(|verdict| (*verdict).clone()),
                    guard: seen.then_some(status.verdict),
                    rules: if seen { rules } else { Vec::new() },
                })
            })
            .collect();
        let of_month = || draws.iter().filter(|other| other.month == draw.month);
        let mut history: Vec<SentenceVerdict> =
            verdicts.iter().filter(|v| v.draw == id && v.person == person.id).cloned().collect();
        history.reverse();
        Ok(JudgeView {
            id,
            month: draw.month.clone(),
            language,
            sentences,
            done: of_month().filter(|draw| judged(draw.id)).count() as u64,
            of: of_month().count() as u64,
            own: author == person.id,
            history,
            rules: guard::rulebook().iter().map(|doc| doc.id).collect(),
        })
    }

    /// Keeps what a person says of a text: of every sentence, or nothing. What they said before and did not change is
    /// not said again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a role that does not judge, [`Problem::OwnText`] for its author,
    /// [`Problem::NotAllJudged`] when a sentence is missing, [`Error::NotFound`] when it was not drawn.
    pub async fn judge(&self, person: &Person, id: DrawId, said: &[Said]) -> Result<()> {
        let granted = self.needs(person, Permission::JudgeSamples)?;
        let view = self.guard_sample(person, id).await?;
        if view.own {
            return Err(Problem::OwnText.into());
        }
        let (now, mut changed): (Instant, Vec<SentenceVerdict>) = (self.now(), Vec::new());
        for sentence in &view.sentences {
            let said = said.iter().find(|said| said.sentence == sentence.sentence);
            let said =
                said.filter(|said| said.unfair.is_empty() || view.rules.contains(&said.unfair.as_str()));
            let said = said.ok_or(Problem::NotAllJudged)?;
            let note: String = said.note.trim().chars().take(LONGEST_NOTE).collect();
            let same = |mine: &SentenceVerdict| {
                mine.truth == said.truth && mine.unfair == said.unfair && mine.note == note
            };
            if !sentence.mine.as_ref().is_some_and(same) {
                changed.push(SentenceVerdict {
                    id: 0,
                    draw: id,
                    sentence: said.sentence as i64,
                    person: person.id,
                    truth: said.truth,
                    unfair: said.unfair.clone(),
                    note,
                    at: now,
                });
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let payload = serde_json::json!({ "sentences": changed.len(), "month": view.month });
        let mut tx = self.store().begin().await?;
        tx.put_guard_verdicts(&changed).await?;
        let object = format!("guard_draw/{id}");
        tx.append_entries(&[self.entry(granted.actor(), Action::GuardJudged, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}
