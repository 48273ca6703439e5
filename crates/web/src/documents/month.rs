//! The responsible-AI report of a month as a document: page, printable file and Markdown are made from the same one.
//!
//! Goes in: [`MonthView`]. Comes out: sections in the reader's language. A section without anything to tell says so:
//! that nothing was audited is something a reader must be told, not something to leave out.

use super::{Document, Section, in_markdown};
use crate::context::Cx;
use askama::Template;
use flow::accountability::MonthView;
use terms::customer::Language;
use terms::estimate::Evidence;

/// The report as Markdown.
#[must_use]
pub fn month_markdown(language: Language, view: &MonthView) -> String {
    let cx = Cx::in_language(language);
    in_markdown(&cx, &month_document(&cx, view))
}

#[derive(Template)]
#[template(path = "month_file.html")]
struct File {
    cx: Cx,
    document: Document,
    picture: String,
}

/// The report as one HTML file that needs nothing else, to be kept or printed.
///
/// # Errors
/// When the page cannot be written.
pub fn month_html(language: Language, view: &MonthView) -> Result<String, String> {
    let cx = Cx::in_language(language);
    let (document, picture) = (month_document(&cx, view), picture(&cx, view));
    File { cx, document, picture }.render().map_err(|error| error.to_string())
}

/// The report as a document.
pub(crate) fn month_document(cx: &Cx, view: &MonthView) -> Document {
    let writer = Writer { cx, view };
    let over = if view.made_at < view.to { "rai.made.open" } else { "rai.made" };
    Document {
        title: cx.t2("rai.heading", &view.brand, cx.month(view.from.day())),
        made: cx.t1(over, cx.when(view.made_at)),
        sections: vec![
            writer.summary(),
            writer.models(),
            writer.campaigns(),
            writer.acts(),
            writer.people(),
            writer.held(),
            writer.hallucinations(),
            writer.audits(),
            writer.overrides(),
            writer.rights(),
            writer.drift(),
            writer.complaints(),
            writer.proof(),
        ],
    }
}

/// What was sent and what was held back, as bars: for who would rather look than read.
pub(crate) fn picture(cx: &Cx, view: &MonthView) -> String {
    let sent: i64 = view.campaigns.iter().map(|line| line.sent).sum();
    let left_out: i64 = view.campaigns.iter().map(|line| line.left_out).sum();
    let complained: i64 = view.campaigns.iter().map(|line| line.complained).sum();
    let (drafts, held) = view.guard.as_ref().map_or((0, 0), |guard| (guard.drafts, guard.held));
    let rows: [(&str, u64, bool); 5] = [
        ("rai.bar.sent", sent.max(0).unsigned_abs(), false),
        ("rai.bar.left_out", left_out.max(0).unsigned_abs(), true),
        ("rai.bar.drafts", drafts, false),
        ("rai.bar.held", held, true),
        ("rai.bar.complained", complained.max(0).unsigned_abs(), true),
    ];
    // Messages and texts are of different sizes: each pair has a scale of its own.
    let scale = |at: usize| match at {
        0 | 1 | 4 => {
            rows.iter().enumerate().filter(|(at, _)| matches!(at, 0 | 1 | 4)).map(|(_, row)| row.1).max()
        }
        _ => rows.iter().enumerate().filter(|(at, _)| matches!(at, 2 | 3)).map(|(_, row)| row.1).max(),
    };
    let mut out = format!(
        "<svg class=\"month\" viewBox=\"0 0 640 {}\" role=\"img\" aria-label=\"{}\">",
        30 * rows.len() + 6,
        cx.t("rai.glance")
    );
    for (at, (key, n, held)) in rows.iter().enumerate() {
        let most = scale(at).unwrap_or(0).max(1);
        let width = if *n == 0 { 0.0 } else { (*n as f64 / most as f64 * 300.0).max(2.0) };
        let y = 30 * at + 4;
        let class = if *held { "amount held" } else { "amount" };
        out.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{}</text><rect class=\"track\" x=\"240\" y=\"{y}\" width=\"300\" height=\"20\" rx=\"3\"/>\
             <rect class=\"{class}\" x=\"240\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" rx=\"3\"/>\
             <text x=\"550\" y=\"{}\">{}</text>",
            y + 15,
            cx.t(key),
            y + 15,
            cx.n(*n)
        ));
    }
    out + "</svg>"
}

struct Writer<'a> {
    cx: &'a Cx,
    view: &'a MonthView,
}

impl Writer<'_> {
    fn section(&self, heading: &str, words: Vec<String>) -> Section {
        Section { heading: self.cx.t(heading).to_owned(), words, ..Section::default() }
    }

    /// A table, or words that say that there is nothing.
    fn table(&self, heading: &str, none: &str, head: &[&str], rows: Vec<Vec<String>>) -> Section {
        let words = if rows.is_empty() { vec![self.cx.t(none).to_owned()] } else { Vec::new() };
        let head = head.iter().map(|key| self.cx.t(key).to_owned()).collect();
        Section { head, rows, ..self.section(heading, words) }
    }

    fn rate(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::Sufficient(found) => self.cx.t3(
                "mon.rate",
                self.cx.pct(found.value, 1),
                format!("{} – {}", self.cx.pct(found.interval.low, 1), self.cx.pct(found.interval.high, 1)),
                self.cx.n(found.n),
            ),
            Evidence::Insufficient { n, needed } => {
                self.cx.t2("mon.insufficient", self.cx.n(*n), self.cx.n(*needed))
            }
        }
    }

    fn summary(&self) -> Section {
        let (cx, view) = (self.cx, self.view);
        let sent: i64 = view.campaigns.iter().map(|line| line.sent).sum();
        let names = || view.people.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", ");
        let mut words = vec![cx.t2("rai.sum.sent", cx.n(view.campaigns.len() as u64), cx.n(sent))];
        words.push(cx.t1(
            "rai.sum.answers",
            if view.responsible.is_empty() { "–" } else { view.responsible.as_str() },
        ));
        if !view.people.is_empty() {
            words.push(cx.t1("rai.sum.people", names()));
        }
        self.section("rai.summary", words)
    }

    fn models(&self) -> Section {
        let cx = self.cx;
        let rows = self.view.models.iter().map(|model| {
            let promoted = model.promoted_at.map_or_else(|| "–".to_owned(), |at| cx.on(at));
            vec![
                model.label.clone(),
                cx.name("rai.model_state", model.state),
                cx.on(model.made_at),
                promoted,
                model.responsible.clone(),
            ]
        });
        let head = ["rai.model", "rai.state", "rai.model.made", "rai.model.promoted", "rai.answers"];
        self.table("rai.models", "rai.models.none", &head, rows.collect())
    }

    fn campaigns(&self) -> Section {
        let cx = self.cx;
        let rows = self.view.campaigns.iter().map(|line| {
            vec![
                line.name.clone(),
                line.author.clone(),
                line.approver.clone(),
                cx.n(line.sent),
                cx.n(line.left_out),
                cx.n(line.control),
                cx.n(line.complained),
                cx.n(line.opted_out),
            ]
        });
        let head = [
            "rai.campaign",
            "rai.author",
            "rai.approver",
            "rai.sent",
            "rai.left_out",
            "rai.control",
            "rai.complained",
            "rai.opted_out",
        ];
        self.table("rai.campaigns", "rai.campaigns.none", &head, rows.collect())
    }

    fn acts(&self) -> Section {
        let cx = self.cx;
        let rows =
            self.view.acts.iter().map(|(action, system, people)| {
                vec![cx.name("action", action), cx.n(*system), cx.n(*people)]
            });
        self.table(
            "rai.acts",
            "rai.acts.none",
            &["rai.act", "rai.by_system", "rai.by_people"],
            rows.collect(),
        )
    }

    fn people(&self) -> Section {
        let cx = self.cx;
        let rows =
            self.view.people.iter().map(|line| vec![line.name.clone(), cx.n(line.own), cx.n(line.others)]);
        let head = ["rai.person", "rai.own", "rai.others"];
        self.table("rai.who", "rai.acts.none", &head, rows.collect())
    }

    fn held(&self) -> Section {
        let (cx, view) = (self.cx, self.view);
        let mut words = match &view.guard {
            Some(guard) => vec![cx.t2("rai.held.drafts", cx.n(guard.held), cx.n(guard.drafts))],
            None => vec![cx.t("rai.held.none").to_owned()],
        };
        words.push(cx.plural("rai.held.sent_back", view.sent_back));
        words.push(cx.plural("rai.held.messages", view.messages_held));
        self.section("rai.held", words)
    }

    fn hallucinations(&self) -> Section {
        let cx = self.cx;
        let words = match &self.view.guard {
            None => vec![cx.t("rai.hal.none").to_owned()],
            Some(guard) => vec![
                cx.t1("rai.hal.guard", self.rate(&guard.by_guard)),
                cx.t1("rai.hal.before", self.rate(&guard.before)),
                cx.t1("rai.hal.after", self.rate(&guard.after)),
            ],
        };
        self.section("rai.hal", words)
    }

    fn audits(&self) -> Section {
        let cx = self.cx;
        let rows = self.view.audits.iter().map(|line| {
            vec![
                cx.when(line.at),
                cx.name("action", line.action),
                line.object.clone(),
                if line.attribute.is_empty() { "–".to_owned() } else { line.attribute.clone() },
                match line.ratio {
                    Some((ratio, least)) => cx.t3(
                        "rai.verdict",
                        cx.name("fair_verdict", &line.verdict),
                        cx.dec(ratio, 2),
                        cx.dec(least, 2),
                    ),
                    None => "–".to_owned(),
                },
                line.by.clone(),
            ]
        });
        let head = ["rai.when", "rai.act", "rai.about", "rai.attribute", "rai.found", "rai.by"];
        self.table("rai.audits", "rai.audits.none", &head, rows.collect())
    }

    fn overrides(&self) -> Section {
        let cx = self.cx;
        let rows = self.view.overrides.iter().map(|line| {
            vec![line.rule.clone(), line.why.clone(), line.by.clone(), cx.on(line.at), cx.on(line.until)]
        });
        let head = ["rai.rule", "rai.why", "rai.by", "rai.since", "rai.until"];
        self.table("rai.overrides", "rai.overrides.none", &head, rows.collect())
    }

    fn rights(&self) -> Section {
        let cx = self.cx;
        let days = |days: Option<f64>| days.map_or_else(|| "–".to_owned(), |days| cx.dec(days, 1));
        let rows = self.view.rights.iter().map(|line| {
            vec![
                cx.name("right", line.kind),
                cx.n(line.received),
                cx.n(line.closed),
                cx.n(line.late),
                days(line.median_days),
                days(line.longest_days),
            ]
        });
        let head = ["rai.right", "rai.received", "rai.closed", "rai.late", "rai.median", "rai.longest"];
        self.table("rai.rights", "rai.rights.none", &head, rows.collect())
    }

    fn drift(&self) -> Section {
        let cx = self.cx;
        let rows = self.view.drift.iter().map(|line| {
            vec![
                line.model.clone(),
                cx.on(line.at),
                cx.n(line.customers),
                cx.dec(line.log_loss, 4),
                cx.pct(line.accuracy, 1),
                cx.pct(line.ece, 1),
            ]
        });
        let head = ["rai.model", "rai.when", "rai.customers", "rai.log_loss", "rai.accuracy", "rai.ece"];
        self.table("rai.drift", "rai.drift.none", &head, rows.collect())
    }

    fn complaints(&self) -> Section {
        let (cx, view) = (self.cx, self.view);
        let complained: i64 = view.campaigns.iter().map(|line| line.complained).sum();
        let words = vec![
            cx.plural("rai.complaints.campaigns", complained),
            cx.plural("rai.complaints.opted_out", view.opted_out),
            cx.plural("rai.complaints.breaches", view.breaches),
        ];
        self.section("rai.complaints", words)
    }

    fn proof(&self) -> Section {
        let (cx, view) = (self.cx, self.view);
        let mut words = vec![cx.plural("rai.proof.entries", view.entries)];
        let (all, refused) = view.witnesses;
        words.push(match (all, refused) {
            (0, _) => cx.t("rai.proof.none").to_owned(),
            (all, 0) => cx.plural("rai.proof.witnesses", all as u64),
            (_, refused) => cx.plural("rai.proof.refused", refused as u64),
        });
        self.section("rai.proof", words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::month;

    #[test]
    fn every_section_says_something_in_both_languages_also_of_an_empty_month() {
        for language in [Language::English, Language::Spanish] {
            for view in [month(), flow::accountability::MonthView { guard: None, ..empty() }] {
                let cx = Cx::in_language(language);
                let document = month_document(&cx, &view);
                assert_eq!(document.sections.len(), 13);
                for section in &document.sections {
                    assert!(!section.words.is_empty() || !section.rows.is_empty(), "{}", section.heading);
                    assert!(
                        section.rows.iter().all(|row| row.len() == section.head.len()),
                        "{}",
                        section.heading
                    );
                }
                let text = month_markdown(language, &view);
                assert!(!text.contains('⟦') && !text.contains("{0}") && !text.contains("rai."), "{text}");
            }
        }
    }

    fn empty() -> MonthView {
        MonthView {
            models: Vec::new(),
            acts: Vec::new(),
            people: Vec::new(),
            campaigns: Vec::new(),
            audits: Vec::new(),
            overrides: Vec::new(),
            rights: Vec::new(),
            drift: Vec::new(),
            witnesses: (0, 0),
            ..month()
        }
    }

    #[test]
    fn the_file_needs_nothing_else_and_runs_nothing() {
        let file = month_html(Language::English, &month()).unwrap();
        let tags: String = file.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or("")).collect();
        assert!(!file.contains("<script") && !tags.contains("src=") && !file.contains("http"), "{file}");
        assert!(!file.contains(crate::samples::HOSTILE));
    }
}
