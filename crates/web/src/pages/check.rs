//! What the guard says of each variant, ready to be shown: marked text, findings, preview. Used by compose and review.

use crate::charts;
use crate::context::Cx;
use crate::highlight::{self, Piece};
use crate::route::encode;
use flow::guarding::{GroundLine, Mend, MendKind, Release};
use flow::views::{AudiencePreview, VariantCheck};
use terms::customer::Language;
use terms::finding::{Finding, Verdict};
use terms::message::Field;

/// One field of a variant with its marks.
pub(super) struct FieldShown {
    pub(super) field: Field,
    pub(super) pieces: Vec<Piece>,
}

/// One finding with the ways out of it.
pub(super) struct FindingShown {
    pub(super) finding: Finding,
    pub(super) mends: Vec<Mend>,
    pub(super) release: Option<Release>,
}

impl FindingShown {
    /// Words on the button of a repair.
    pub(super) fn mend_words(&self, cx: &Cx, mend: &Mend) -> String {
        match mend.kind {
            MendKind::UseFact => cx.t1("check.mend.use_fact", &mend.shown),
            MendKind::TakeOut => cx.t("check.mend.take_out").to_owned(),
        }
    }

    /// The page of the fact that would release it, filled in as far as it may be.
    pub(super) fn release_link(&self, release: &Release) -> String {
        match release.fact {
            Some(id) => format!("/facts/{id}"),
            None => format!(
                "/facts/new?entity={}&predicate={}&evidence={}&claim={}",
                encode(&release.entity),
                encode(&release.predicate),
                release.evidence,
                encode(&release.claim)
            ),
        }
    }

    /// What that link is called.
    pub(super) fn release_words(&self, cx: &Cx, release: &Release) -> String {
        let key = if release.fact.is_some() { "check.release.mend" } else { "check.release.add" };
        let evidence = match release.evidence {
            terms::fact::EvidenceKind::Plain => String::new(),
            kind => cx.t1("check.release.evidence", cx.name("evidence", kind)),
        };
        format!("{}{evidence}", cx.t2(key, &release.predicate, &release.entity))
    }
}

/// One sentence with what is known of it.
pub(super) struct SentenceShown {
    pub(super) field: Field,
    pub(super) text: String,
    pub(super) verdict: Verdict,
    /// Rules and facts that spoke of it.
    pub(super) by: String,
}

/// One variant.
pub(super) struct CheckShown {
    pub(super) language: Language,
    pub(super) fields: Vec<FieldShown>,
    pub(super) findings: Vec<FindingShown>,
    pub(super) sentences: Vec<SentenceShown>,
    pub(super) grounds: Vec<GroundLine>,
    /// Marks in the written words, as JSON for the script.
    pub(super) marks: String,
    pub(super) facts: usize,
    pub(super) facts_hash: String,
    pub(super) blocking: usize,
    pub(super) to_look_at: usize,
    pub(super) unchecked: usize,
    pub(super) rules_version: String,
    pub(super) html: String,
    pub(super) error: Option<flow::Unmade>,
}

impl CheckShown {
    /// Prepares a check.
    pub(super) fn of(check: &VariantCheck) -> Self {
        let fields: Vec<FieldShown> = check
            .rendered
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(field, text)| FieldShown {
                field: *field,
                pieces: highlight::pieces(*field, text, &check.report, &check.grounds),
            })
            .collect();
        let blocking = check.report.findings.iter().filter(|finding| finding.blocks).count();
        let to_look_at = check.report.findings.len() - blocking;
        let sentences = sentences(check);
        let unchecked = sentences.iter().filter(|sentence| sentence.verdict == Verdict::Unchecked).count();
        let findings = check
            .report
            .findings
            .iter()
            .enumerate()
            .map(|(at, finding)| FindingShown {
                finding: finding.clone(),
                mends: check.mends.iter().filter(|mend| mend.finding == at).cloned().collect(),
                release: check.releases.get(at).cloned().flatten(),
            })
            .collect();
        Self {
            language: check.language,
            fields,
            findings,
            sentences,
            grounds: check.grounds.clone(),
            marks: serde_json::to_string(&check.marks).unwrap_or_default(),
            facts: check.facts,
            facts_hash: check.facts_hash.clone(),
            blocking,
            to_look_at,
            unchecked,
            rules_version: check.report.rules_version.clone(),
            html: without_style_elements(&check.html),
            error: check.error.clone(),
        }
    }

    /// What a statement stands on, for whoever points at it.
    pub(super) fn ground(&self, cx: &Cx, at: &usize) -> String {
        self.grounds.get(*at).map_or_else(String::new, |ground| {
            format!(
                "{}: {} {} = {} ({})",
                cx.t("check.ground"),
                ground.entity,
                ground.predicate,
                ground.value,
                ground.source
            )
        })
    }

    /// How many sentences were checked, of how many.
    pub(super) fn checked(&self, cx: &Cx) -> String {
        let all = self.sentences.len();
        cx.t2("check.coverage", cx.n((all - self.unchecked) as u64), cx.n(all as u64))
    }

    /// Words for the state of this variant.
    pub(super) fn verdict(&self, cx: &Cx) -> String {
        if self.error.is_some() {
            cx.t("check.cannot").to_owned()
        } else if self.blocking > 0 {
            cx.plural("check.blocks", self.blocking)
        } else if self.to_look_at > 0 {
            cx.plural("check.look", self.to_look_at)
        } else {
            cx.t("check.clear").to_owned()
        }
    }

    /// Class for that state.
    pub(super) fn class(&self) -> &'static str {
        if self.blocking > 0 || self.error.is_some() {
            "block"
        } else if self.to_look_at > 0 {
            "warn"
        } else {
            "clear"
        }
    }
}

/// Every sentence that a reader sees, with its verdict and what spoke of it.
fn sentences(check: &VariantCheck) -> Vec<SentenceShown> {
    check
        .report
        .sentences
        .iter()
        .filter_map(|sentence| {
            let span = sentence.span;
            let (_, text) = check.rendered.iter().find(|(field, _)| *field == span.field)?;
            let touches = |other: terms::finding::Span| {
                other.field == span.field && other.start < span.end && span.start < other.end
            };
            let rules = check.report.findings.iter().filter(|f| touches(f.span)).map(|f| f.rule.clone());
            let facts = check
                .grounds
                .iter()
                .filter(|g| touches(g.span))
                .map(|g| format!("{} {}", g.entity, g.predicate));
            let mut by: Vec<String> = rules.chain(facts).collect();
            by.dedup();
            let text = text.get(span.start..span.end).unwrap_or_default().trim().to_owned();
            let shown = !text.is_empty();
            shown.then(|| SentenceShown {
                field: span.field,
                text,
                verdict: sentence.verdict,
                by: by.join(", "),
            })
        })
        .collect()
}

/// A mail without its `<style>` elements and what only Outlook reads. The page's policy allows style attributes alone,
/// which is what a mail keeps in most programs; an element would only be refused and reported.
fn without_style_elements(html: &str) -> String {
    let cut = |html: &str, start: &str, end: &str| {
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some((before, after)) = rest.split_once(start) {
            out.push_str(before);
            rest = after.split_once(end).map_or("", |(_, after)| after);
        }
        out.push_str(rest);
        out
    };
    cut(&cut(html, "<!--[if", "<![endif]-->"), "<style", "</style>")
}

/// A step of a funnel with its bar.
pub(super) struct Step {
    pub(super) reason: String,
    pub(super) people: u64,
    pub(super) bar: String,
    pub(super) control: bool,
}

/// The steps of a funnel, largest share first drawn against `whole`. The held-out group stands at the end: it is not
/// a refusal.
pub(super) fn steps(funnel: &[flow::views::FunnelStep], whole: u64) -> Vec<Step> {
    let mut steps: Vec<Step> = funnel
        .iter()
        .filter(|step| step.people > 0)
        .map(|step| {
            let control = step.reason == "control";
            let class = if control { "control" } else { "excluded" };
            let bar = charts::bar(step.people as f64 / whole.max(1) as f64, class);
            Step { reason: step.reason.clone(), people: step.people, bar, control }
        })
        .collect();
    steps.sort_by_key(|step| step.control);
    steps
}

/// The bar of those who get the message.
pub(super) fn planned_bar(planned: u64, whole: u64) -> String {
    charts::bar(planned as f64 / whole.max(1) as f64, "planned")
}

/// The steps of an audience preview; the held-out group is added when the funnel does not name it.
pub(super) fn preview_steps(audience: &AudiencePreview) -> Vec<Step> {
    let mut funnel = audience.funnel.clone();
    if audience.would_hold_out > 0 && funnel.iter().all(|step| step.reason != "control") {
        funnel.push(flow::views::FunnelStep { reason: "control".into(), people: audience.would_hold_out });
    }
    steps(&funnel, audience.people)
}

#[cfg(test)]
mod tests {
    use super::without_style_elements;

    #[test]
    fn a_preview_keeps_its_words_and_style_attributes_and_loses_its_style_elements() {
        let mail = "<head><style type=\"text/css\">p{color:red}</style><!--[if mso]><style>x</style><![endif]--></head>\
                    <p style=\"color:#111\">Hello</p><style>y";
        assert_eq!(without_style_elements(mail), "<head></head><p style=\"color:#111\">Hello</p>");
    }
}
