//! The lessons and the bank, as they stand in `training/*.toml`, compiled into the program.
//!
//! Goes in: nothing. Comes out: typed texts in both languages. The order of a question's answers is right ones first; no
//! page shows it so. Deliberately absent: who reads or answers.

use std::sync::OnceLock;

use policy::training::Item;
use serde::Deserialize;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::training::Lesson;

use crate::error::{Error, Result};

/// The same in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Both {
    /// In a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// A text on which the guard is run when the lesson is shown, and how it can be said instead.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The rule that finds something in the first text and nothing in the second.
    pub finds: String,
    /// Facts both are held against, as lines of a table: what about, what of it, value.
    #[serde(default)]
    pub facts: Vec<String>,
    /// What goes wrong.
    pub bad: Both,
    /// How it can be said.
    pub good: Both,
}

/// A lesson in one language. A blank line in a text begins a paragraph.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonText {
    /// Name of the risk.
    pub title: String,
    /// It in a sentence or two.
    pub lead: String,
    /// What goes wrong.
    pub wrong: String,
    /// What law and evidence say.
    pub law: String,
    /// What Candor does about it.
    pub candor: String,
    /// What people do.
    pub you: String,
    /// To tick off in one's head.
    pub checklist: Vec<String>,
    /// Laws, cases and studies by name.
    pub sources: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonFile {
    example: Vec<Example>,
    en: LessonText,
    es: LessonText,
}

/// A question of the bank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub ask: Both,
    /// Right answers.
    pub right: Vec<Both>,
    /// Wrong ones.
    pub wrong: Vec<Both>,
    /// Why.
    pub why: Both,
}

impl Question {
    /// An answer by its number, right ones first.
    #[must_use]
    pub fn answer(&self, number: usize) -> Option<&Both> {
        self.right.iter().chain(&self.wrong).nth(number)
    }

    /// True when more than one answer is right.
    #[must_use]
    pub fn several(&self) -> bool {
        self.right.len() > 1
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BankFile {
    question: Vec<Question>,
}

/// A lesson with its examples and questions.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Which.
    pub lesson: Lesson,
    /// Texts for the guard.
    pub examples: Vec<Example>,
    /// Its questions.
    pub questions: Vec<Question>,
    en: LessonText,
    es: LessonText,
}

impl Chapter {
    /// The lesson in a language.
    #[must_use]
    pub const fn text(&self, language: Language) -> &LessonText {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// Everything there is to read and to be asked.
#[derive(Debug)]
pub struct Library {
    /// One chapter for each lesson, in their order.
    pub chapters: Vec<Chapter>,
    /// Hash over the bank: with a seed it names a test for good.
    pub bank: String,
}

macro_rules! files {
    ($($lesson:ident = $name:literal),+ $(,)?) => {
        &[$((
            Lesson::$lesson,
            include_str!(concat!("../../training/", $name, ".toml")),
            include_str!(concat!("../../training/bank/", $name, ".toml")),
        )),+]
    };
}

const FILES: &[(Lesson, &str, &str)] = files! {
    Manipulation = "manipulation",
    Privacy = "privacy",
    Targeting = "targeting",
    Personalisation = "personalisation",
    Accountability = "accountability",
    Oversight = "oversight",
    Claims = "claims",
    Law = "law",
    Hallucination = "hallucination",
};

fn read() -> std::result::Result<Library, toml::de::Error> {
    let mut chapters = Vec::with_capacity(FILES.len());
    for (lesson, text, bank) in FILES {
        let LessonFile { example, en, es } = toml::from_str(text)?;
        let BankFile { question } = toml::from_str(bank)?;
        chapters.push(Chapter { lesson: *lesson, examples: example, questions: question, en, es });
    }
    let bank = ContentHash::of(FILES.iter().map(|(_, _, bank)| bank.as_bytes())).to_string();
    Ok(Library { chapters, bank })
}

impl Library {
    /// The one in the program.
    ///
    /// # Errors
    /// Never in a program whose tests passed: they read these files.
    pub fn get() -> Result<&'static Self> {
        static LIBRARY: OnceLock<std::result::Result<Library, toml::de::Error>> = OnceLock::new();
        let unread =
            |error: &toml::de::Error| Error::Internal(format!("the lessons cannot be read: {error}"));
        LIBRARY.get_or_init(read).as_ref().map_err(unread)
    }

    /// A lesson.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that is not there.
    pub fn chapter(&self, lesson: Lesson) -> Result<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.lesson == lesson).ok_or(Error::NotFound)
    }

    /// The bank without its words, to draw from.
    #[must_use]
    pub fn items(&self) -> Vec<Item<'_>> {
        self.chapters
            .iter()
            .flat_map(|chapter| {
                chapter.questions.iter().map(|question| Item {
                    id: &question.id,
                    lesson: chapter.lesson,
                    right: question.right.len(),
                    answers: question.right.len() + question.wrong.len(),
                })
            })
            .collect()
    }

    /// A question by its name.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.chapters.iter().flat_map(|chapter| &chapter.questions).find(|question| question.id == id)
    }
}
