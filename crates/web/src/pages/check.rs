//! What the guard says of each variant, ready to be shown: marked text, findings, preview. Used by compose and review.

use crate::charts;
use crate::context::Cx;
use crate::highlight::{self, Mark, Piece};
use flow::views::{AudiencePreview, VariantCheck};
use terms::customer::Language;
use terms::finding::Finding;
use terms::message::Field;

/// One field of a variant with its marks.
pub(super) struct FieldShown {
    pub(super) field: Field,
    pub(super) pieces: Vec<Piece>,
}

/// One variant.
pub(super) struct CheckShown {
    pub(super) language: Language,
    pub(super) fields: Vec<FieldShown>,
    pub(super) findings: Vec<Finding>,
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
                pieces: highlight::pieces(*field, text, &check.report),
            })
            .collect();
        let blocking = check.report.findings.iter().filter(|finding| finding.blocks).count();
        let unchecked = fields
            .iter()
            .flat_map(|field| &field.pieces)
            .filter(|piece| piece.mark == Mark::Unchecked)
            .count();
        Self {
            language: check.language,
            fields,
            findings: check.report.findings.clone(),
            blocking,
            to_look_at: check.report.findings.len() - blocking,
            unchecked,
            rules_version: check.report.rules_version.clone(),
            html: without_style_elements(&check.html),
            error: check.error.clone(),
        }
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
