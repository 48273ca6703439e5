//! The record of processing, the impact assessment and the report of a month as documents: one neutral form, from which page and text are made.
//!
//! Goes in: what the installation holds and does. Comes out: a [`Document`] in the reader's language. Where people have
//! stated nothing, the document says so.

mod month;

pub(crate) use month::{month_document, picture as month_picture};
pub use month::{month_html, month_markdown};

use crate::context::Cx;
use flow::processing::{Activity, ProcessingView, Safeguard};
use terms::customer::Language;
use terms::processing::{SafeguardKind, Statement};

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Record of processing activities (GDPR 30).
    Record,
    /// Data protection impact assessment (GDPR 35).
    Dpia,
}

/// A document: sections of paragraphs, statements and a table.
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) made: String,
    pub(crate) sections: Vec<Section>,
}

/// A part of a document, under a heading.
#[derive(Default)]
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) words: Vec<String>,
    /// What people state: label, and the words if there are any.
    pub(crate) stated: Vec<(String, Option<String>)>,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Builds sections in one language.
struct Writer<'a> {
    cx: &'a Cx,
    view: &'a ProcessingView,
}

/// Makes a document.
pub(crate) fn make(cx: &Cx, kind: Kind, view: &ProcessingView) -> Document {
    let writer = Writer { cx, view };
    let (title, sections) = match kind {
        Kind::Record => ("dp.record", writer.record()),
        Kind::Dpia => ("dp.dpia", writer.dpia()),
    };
    Document {
        title: cx.t(title).to_owned(),
        made: cx.t2("dp.made", &view.brand, cx.when(view.at)),
        sections,
    }
}

/// A document as Markdown, for the command line and for download.
#[must_use]
pub fn markdown(kind: Kind, language: Language, view: &ProcessingView) -> String {
    let cx = Cx::in_language(language);
    in_markdown(&cx, &make(&cx, kind, view))
}

/// Any document as Markdown.
fn in_markdown(cx: &Cx, document: &Document) -> String {
    let mut out = format!("# {}\n\n{}\n", document.title, escape(&document.made));
    for section in &document.sections {
        out.push_str(&format!("\n## {}\n", section.heading));
        for words in &section.words {
            out.push_str(&format!("\n{}\n", escape(words)));
        }
        for (label, words) in &section.stated {
            let words = words.as_deref().map_or_else(|| format!("_{}_", cx.t("dp.missing")), quote);
            out.push_str(&format!("\n**{label}**\n\n{words}\n"));
        }
        if !section.rows.is_empty() {
            out.push('\n');
            out.push_str(&row(&section.head));
            out.push_str(&row(&vec!["---".to_owned(); section.head.len()]));
            for cells in &section.rows {
                out.push_str(&row(&cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>()));
            }
        }
    }
    out
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Words of people, so that nothing in them is taken for a heading, a table or a link.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for character in words.chars() {
        if matches!(character, '\\' | '|' | '*' | '`' | '[' | ']' | '<' | '#') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn quote(words: &str) -> String {
    words.lines().map(|line| format!("> {}", escape(line))).collect::<Vec<_>>().join("\n")
}

impl Writer<'_> {
    fn section(&self, heading: &str) -> Section {
        Section { heading: self.cx.t(heading).to_owned(), ..Section::default() }
    }

    fn heads(&self, keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| self.cx.t(key).to_owned()).collect()
    }

    fn stated(&self, statements: &[Statement]) -> Vec<(String, Option<String>)> {
        let words = |what: &Statement| self.view.statements.get(what).cloned();
        statements.iter().map(|what| (self.cx.name("statement", what), words(what))).collect()
    }

    fn record(&self) -> Vec<Section> {
        use Statement as S;
        vec![
            Section {
                stated: self.stated(&[S::Controller, S::Contact, S::Representative, S::Officer]),
                ..self.section("dp.who")
            },
            Section {
                words: vec![self.cx.t1("dp.subjects.words", self.cx.n(self.view.customers))],
                ..self.section("dp.subjects")
            },
            self.activities(),
            self.bases(),
            self.recipients(),
            Section { stated: self.stated(&[S::Transfers]), ..self.section("dp.transfers") },
            Section {
                words: self.view.safeguards.iter().map(|safeguard| self.safeguard(safeguard)).collect(),
                ..self.section("dp.security")
            },
        ]
    }

    fn dpia(&self) -> Vec<Section> {
        use Statement as S;
        let needed = if self.view.models.is_empty() { "dp.needed.no" } else { "dp.needed.yes" };
        vec![
            Section { words: vec![self.cx.t(needed).to_owned()], ..self.section("dp.needed") },
            Section { stated: self.stated(&[S::Controller, S::Officer]), ..self.section("dp.who") },
            self.activities(),
            self.models(),
            self.bases(),
            Section { stated: self.stated(&[S::Necessity]), ..self.section("dp.necessity") },
            self.risks(),
            Section { stated: self.stated(&[S::RiskLeft]), ..self.section("dp.left") },
            Section { stated: self.stated(&[S::Advice, S::Views]), ..self.section("dp.heard") },
        ]
    }

    fn kept(&self, activity: &Activity) -> String {
        let period = |kept: &flow::processing::KeptFor| {
            let key = if kept.active { "dp.kept.days" } else { "dp.kept.waits" };
            self.cx.t2(key, self.cx.name("kept_kind", kept.kind), self.cx.n(kept.days))
        };
        let mut all: Vec<String> = activity.kept_for.iter().map(period).collect();
        if activity.with_customer {
            let rest = if all.is_empty() { "dp.kept.all" } else { "dp.kept.customer" };
            all.push(self.cx.t(rest).to_owned());
        }
        all.join("; ")
    }

    fn names<T: std::fmt::Display>(&self, group: &str, all: &[T]) -> String {
        all.iter().map(|one| self.cx.name(group, one)).collect::<Vec<_>>().join("; ")
    }

    fn activities(&self) -> Section {
        let line = |activity: &Activity| {
            vec![
                self.cx.name("processing", activity.purpose),
                self.names("data_cat", &activity.categories),
                self.names("ground", &activity.grounds),
                activity.places.join(", "),
                self.kept(activity),
            ]
        };
        Section {
            head: self.heads(&["dp.purpose", "dp.categories", "dp.grounds", "dp.places", "dp.kept"]),
            rows: self.view.activities.iter().map(line).collect(),
            ..self.section("dp.activities")
        }
    }

    fn bases(&self) -> Section {
        let rows: Vec<Vec<String>> = (self.view.grounds.iter())
            .map(|(purpose, basis, n)| {
                vec![self.cx.name("purpose", purpose), self.cx.name("basis", basis), self.cx.n(*n)]
            })
            .collect();
        let none = rows.is_empty().then(|| self.cx.t("dp.bases.none").to_owned());
        Section {
            words: none.into_iter().collect(),
            head: self.heads(&["dp.purpose", "dp.basis", "dp.customers"]),
            rows,
            ..self.section("dp.bases")
        }
    }

    fn recipients(&self) -> Section {
        let told = &self.view.recipients;
        let none = told.is_empty().then(|| self.cx.t("dp.recipients.none").to_owned());
        Section {
            words: none.into_iter().collect(),
            head: self.heads(&["dp.recipient", "dp.recipient.url", "dp.recipient.since"]),
            rows: (told.iter())
                .map(|told| vec![told.name.clone(), told.url.clone(), self.cx.on(told.since)])
                .collect(),
            ..self.section("dp.recipients")
        }
    }

    fn models(&self) -> Section {
        let line = |model: &flow::processing::Acting| {
            vec![model.label.clone(), self.cx.on(model.made_at), model.responsible.clone()]
        };
        Section {
            head: self.heads(&["dp.model", "dp.model.made", "dp.model.who"]),
            rows: self.view.models.iter().map(line).collect(),
            ..self.section("dp.what")
        }
    }

    fn risks(&self) -> Section {
        let all = |kinds: &[SafeguardKind]| match kinds.is_empty() {
            true => self.cx.t("dp.nothing").to_owned(),
            false => kinds.iter().map(|kind| self.of_kind(*kind)).collect::<Vec<_>>().join(". "),
        };
        let line = |risk: &flow::processing::RiskLine| {
            vec![self.cx.name("risk", risk.risk), all(&risk.answers), all(&risk.missing)]
        };
        Section {
            head: self.heads(&["dp.risk", "dp.against", "dp.not"]),
            rows: self.view.risks.iter().map(line).collect(),
            ..self.section("dp.risks")
        }
    }

    fn safeguard(&self, safeguard: &Safeguard) -> String {
        let words = self.cx.t(format!("safeguard.{}", safeguard.kind));
        let numbers: Vec<String> = safeguard.numbers.iter().map(|n| self.cx.n(*n)).collect();
        let values: Vec<&dyn std::fmt::Display> =
            numbers.iter().map(|n| n as &dyn std::fmt::Display).collect();
        crate::i18n::fill(words, &values)
    }

    /// A safeguard in words, with its numbers when it is in force.
    fn of_kind(&self, kind: SafeguardKind) -> String {
        let in_force = self.view.safeguards.iter().find(|safeguard| safeguard.kind == kind);
        match in_force {
            Some(safeguard) => self.safeguard(safeguard),
            None => self.cx.name("safeguard_missing", kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::HOSTILE;
    use crate::samples_processing::processing;

    #[test]
    fn both_documents_say_in_both_languages_what_is_stated_and_what_is_not() {
        for (language, missing, waits) in [
            (
                Language::English,
                "_Not stated yet._",
                "copies of messages: 730 days, intended, does not act yet",
            ),
            (
                Language::Spanish,
                "_Sin declarar todavía._",
                "copias de mensajes: 730 días, previsto, aún no se aplica",
            ),
        ] {
            for kind in [Kind::Record, Kind::Dpia] {
                let text = markdown(kind, language, &processing());
                assert!(text.contains(missing) && text.contains(waits), "{text}");
                assert!(!text.contains('⟦') && !text.contains("{0}"), "{text}");
            }
        }
    }

    #[test]
    fn words_of_people_cannot_become_markup() {
        let text = markdown(Kind::Record, Language::English, &processing());
        assert!(!text.contains(HOSTILE) && text.contains("\\<"), "{text}");
        assert_eq!(escape("# a | b\\"), "\\# a \\| b\\\\");
    }

    #[test]
    fn every_value_has_words_of_its_own() {
        use terms::processing::{DataCategory, Ground, ProcessingPurpose, RetentionKind, Risk};
        let of = |group: &str, all: Vec<String>| -> Vec<String> {
            all.into_iter().map(|value| format!("{group}.{value}")).collect()
        };
        let texts = |all: &[&dyn std::fmt::Display]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        fn dynamic<T: std::fmt::Display>(all: &[T]) -> Vec<&dyn std::fmt::Display> {
            all.iter().map(|one| one as &dyn std::fmt::Display).collect()
        }
        let keys = [
            of("statement", texts(&dynamic(Statement::ALL))),
            of("safeguard", texts(&dynamic(SafeguardKind::ALL))),
            of("data_cat", texts(&dynamic(DataCategory::ALL))),
            of("ground", texts(&dynamic(Ground::ALL))),
            of("processing", texts(&dynamic(ProcessingPurpose::ALL))),
            of("kept_kind", texts(&dynamic(RetentionKind::ALL))),
            of("risk", texts(&dynamic(Risk::ALL))),
        ];
        for key in keys.iter().flatten() {
            assert!(crate::i18n::knows(key), "{key}");
        }
    }
}
