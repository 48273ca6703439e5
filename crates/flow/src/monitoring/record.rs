//! What the guard said, as it is kept: one answer about one text, counted by rule.
//!
//! Goes in: what the workshop made of a variant. Comes out: a row for the store. A text is kept as a made-up customer would
//! read it, which is what the guard read; a draft is kept when it is saved, submitted or sent, never at each keystroke.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::guard_readings::{NewReading, RuleCount, Sentences, Step};
use terms::campaign::{Campaign, CampaignPlan};
use terms::customer::Language;
use terms::finding::{GuardReport, SentenceStatus, Span, Verdict};
use terms::hash::ContentHash;
use terms::ids::CampaignId;
use terms::message::{Field, Variant};
use terms::monitoring::Writer;
use terms::time::Instant;

use crate::app::{App, json_value};
use crate::error::Result;
use crate::views::VariantCheck;
use crate::workshop::Workshop;

/// A text as it was read, with what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingText {
    /// The fields, as a made-up customer would read them.
    pub fields: Vec<(Field, String)>,
    /// Every sentence with its verdict.
    pub sentences: Vec<SentenceStatus>,
    /// Every finding.
    pub findings: Vec<Spoken>,
}

/// A finding without its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// The rule.
    pub rule: String,
    /// Whether it stopped the text.
    pub blocks: bool,
    /// Where.
    pub span: Span,
    /// What of the claim.
    pub verdict: Verdict,
}

impl ReadingText {
    /// The words of a sentence.
    #[must_use]
    pub fn words(&self, sentence: usize) -> &str {
        let Some(status) = self.sentences.get(sentence) else { return "" };
        let field = self.fields.iter().find(|(field, _)| *field == status.span.field);
        field.and_then(|(_, text)| text.get(status.span.start..status.span.end)).unwrap_or_default()
    }

    /// Positions of the sentences that somebody wrote: those of the footer are the house's.
    #[must_use]
    pub fn written(&self) -> Vec<usize> {
        let written = |(_, status): &(usize, &SentenceStatus)| status.span.field != Field::Footer;
        self.sentences.iter().enumerate().filter(written).map(|(at, _)| at).collect()
    }

    /// Findings that touch a sentence.
    pub fn findings_in(&self, sentence: usize) -> impl Iterator<Item = &Spoken> {
        let span = self.sentences.get(sentence).map(|status| status.span);
        self.findings.iter().filter(move |finding| {
            span.is_some_and(|span| {
                finding.span.field == span.field
                    && finding.span.start < span.end
                    && span.start < finding.span.end
            })
        })
    }
}

/// The month of an instant, such as `2026-11`.
pub(crate) fn month_of(at: Instant) -> String {
    at.day().to_string().chars().take(7).collect()
}

/// Rules that stop a text, each once.
pub(crate) fn rules_that_held(report: &GuardReport) -> Vec<String> {
    let mut rules: Vec<String> =
        report.findings.iter().filter(|finding| finding.blocks).map(|finding| finding.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Who wrote a variant: a model when the plan says so, the library when nothing but the link differs from a text of it.
fn writer_of(plan: &CampaignPlan, variant: &Variant) -> (Writer, String) {
    if plan.written_with_ai {
        return (Writer::Machine, String::new());
    }
    let template = gateway::text_model::template::library().iter().find(|template| {
        template.variants(&variant.link).iter().any(|text| {
            text.language == variant.language
                && text.fields().iter().zip(variant.fields()).all(|(a, b)| a.1.trim() == b.1.trim())
        })
    });
    match template {
        Some(template) => (Writer::Template, template.id.to_owned()),
        None => (Writer::Person, String::new()),
    }
}

fn counts(report: &GuardReport) -> Vec<RuleCount> {
    let mut rules: BTreeMap<&str, RuleCount> = BTreeMap::new();
    for finding in &report.findings {
        let empty = || RuleCount { rule: finding.rule.clone(), blocking: 0, for_person: 0, evidence: 0 };
        let count = rules.entry(&finding.rule).or_insert_with(empty);
        match finding.verdict {
            _ if finding.blocks => count.blocking += 1,
            Verdict::Supported | Verdict::Derived => count.evidence += 1,
            _ => count.for_person += 1,
        }
    }
    rules.into_values().collect()
}

/// An answer of the guard about a variant, to be kept.
pub(crate) fn reading_of(
    campaign: CampaignId,
    plan: &CampaignPlan,
    variant: &Variant,
    check: &VariantCheck,
) -> Result<NewReading> {
    let report = &check.report;
    let mut sentences = Sentences::default();
    // The footer is the house's and the same in every message.
    for status in report.sentences.iter().filter(|status| status.span.field != Field::Footer) {
        let place = Verdict::ALL.iter().position(|verdict| *verdict == status.verdict);
        if let Some(count) = place.and_then(|place| sentences.get_mut(place)) {
            *count += 1;
        }
    }
    let held = check.error.is_some() || !report.is_clear();
    let spoken = |finding: &terms::finding::Finding| Spoken {
        rule: finding.rule.clone(),
        blocks: finding.blocks,
        span: finding.span,
        verdict: finding.verdict,
    };
    let text = ReadingText {
        fields: check.rendered.clone(),
        sentences: report.sentences.clone(),
        findings: report.findings.iter().map(spoken).collect(),
    };
    let (writer, made_by) = writer_of(plan, variant);
    let reading = json_value(&text)?;
    // The same words with the same answer are one reading, whoever asked and when.
    let hash = ContentHash::of([
        reading.to_string().as_bytes(),
        writer.as_str().as_bytes(),
        if held { b"held" } else { b"clear" },
    ]);
    Ok(NewReading {
        campaign,
        language: variant.language,
        writer,
        made_by,
        hash: hash.to_string(),
        rules_version: report.rules_version.clone(),
        held,
        sentences,
        rules: counts(report),
        reading,
    })
}

/// The same for every variant with its check.
pub(crate) fn readings_of(
    campaign: CampaignId,
    plan: &CampaignPlan,
    variants: &[Variant],
    checks: &[VariantCheck],
) -> Result<Vec<NewReading>> {
    variants
        .iter()
        .filter_map(|variant| {
            let check = checks.iter().find(|check| check.language == variant.language)?;
            Some(reading_of(campaign, plan, variant, check))
        })
        .collect()
}

impl App {
    /// What the guard says of the variants of a plan that is being saved.
    pub(crate) async fn checks_of(
        &self,
        id: Option<CampaignId>,
        plan: &CampaignPlan,
        variants: &[Variant],
        now: Instant,
    ) -> Result<Vec<VariantCheck>> {
        let facts = self.facts_for(&plan.offer).await?;
        let workshop = Workshop::new(
            self.brand().await?,
            plan.clone(),
            facts,
            self.last_calls(id).await?,
            self.house().await?,
        );
        Ok(variants.iter().map(|variant| workshop.check_variant(variant, now, Language::English)).collect())
    }

    /// Keeps what the guard says of the texts that messages are about to be made of, once for each text: facts may have
    /// changed since the approval.
    pub(crate) async fn note_sending(&self, campaign: &Campaign, workshop: &Workshop) -> Result<()> {
        let now = self.now();
        for variant in &campaign.variants {
            let check = workshop.check_variant(variant, now, Language::English);
            let reading = reading_of(campaign.id, &campaign.plan, variant, &check)?;
            if !self.store().sent_already(campaign.id, variant.language, &reading.hash).await? {
                self.store().put_reading(&reading, Step::Sent, now).await?;
            }
        }
        Ok(())
    }
}
