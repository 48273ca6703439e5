//! What verdicts of people say of the thresholds of learned cues: a proposal for each cue and language, and what it would
//! change on the texts they judged.
//!
//! Goes in: judged sentences. Comes out: thresholds that bound the share of missed ones (conformal risk control). Nothing
//! is changed here: a proposal is for a person. Where verdicts are too few, the threshold that is there stays.

use serde::Serialize;
use terms::customer::Language;

use super::rates::judged;
use crate::app::App;
use crate::error::Result;

/// Share of unfair sentences that a cue may miss.
const RISK: f64 = 0.1;
/// Verdicts that a sentence is not unfair by the rule, below which nothing is proposed.
const NEGATIVES_NEEDED: u64 = 30;

/// Name of the cue for sentences that are forbidden by any rule about fairness.
const ANY: &str = "any";
/// The rule about orders to a text model, which has a cue of its own.
const ORDERS: &str = "X1";

/// What is proposed for one cue in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CueProposal {
    /// Language of the cues.
    pub language: Language,
    /// What the cue resembles: `any` rule about fairness, or `X1`.
    pub rule: String,
    /// Log-odds from which a sentence is shown.
    pub now: f64,
    /// Log-odds from which it would be; `None` where verdicts are too few to promise anything.
    pub proposed: Option<f64>,
    /// Judged sentences that people call unfair by it.
    pub positives: u64,
    /// Judged sentences that they do not.
    pub negatives: u64,
    /// Of the positives, those the cue shows now, and would show.
    pub caught: (u64, u64),
    /// Of the negatives, those it shows now, and would show.
    pub shown: (u64, u64),
}

/// Proposals for every learned cue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationView {
    /// Version of the rules.
    pub rules_version: String,
    /// Share of unfair sentences that a cue may miss, on average over new ones.
    pub risk: f64,
    /// By language and rule.
    pub cues: Vec<CueProposal>,
}

/// A proposal from the scores of sentences that are unfair by the rule, and of those that are not.
fn propose(language: Language, rule: &str, now: f64, positives: &[f64], negatives: &[f64]) -> CueProposal {
    let enough = negatives.len() as u64 >= NEGATIVES_NEEDED;
    let proposed = science::survey::risk_controlled(positives, RISK).filter(|_| enough);
    let from = |scores: &[f64], threshold: f64| scores.iter().filter(|s| **s >= threshold).count() as u64;
    let both = |scores: &[f64]| (from(scores, now), from(scores, proposed.unwrap_or(now)));
    CueProposal {
        language,
        rule: rule.to_owned(),
        now,
        proposed,
        positives: positives.len() as u64,
        negatives: negatives.len() as u64,
        caught: both(positives),
        shown: both(negatives),
    }
}

impl App {
    /// What verdicts of people propose for the thresholds of learned cues.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn guard_calibration(&self) -> Result<CalibrationView> {
        let (draws, verdicts) = (self.store().guard_draws().await?, self.store().guard_verdicts().await?);
        let readings = self.store().readings().await?;
        // Language, words, and rules by which people call them unfair.
        let mut sentences: Vec<(Language, String, Vec<String>)> = Vec::new();
        for draw in &draws {
            let of: Vec<_> = verdicts.iter().filter(|verdict| verdict.draw == draw.id).cloned().collect();
            let Some(reading) = readings.iter().find(|reading| reading.id == draw.reading) else { continue };
            if of.is_empty() {
                continue;
            }
            let text = self.text_of(draw).await?;
            let Some(whole) = judged(draw, reading, &text, &of) else { continue };
            for (at, sentence) in text.written().into_iter().zip(whole.sentences) {
                let words = text.words(at).to_owned();
                // The same words drawn as a draft and as sent are one sentence.
                if !sentences
                    .iter()
                    .any(|(language, known, _)| *language == reading.language && *known == words)
                {
                    sentences.push((reading.language, words, sentence.unfair.into_iter().collect()));
                }
            }
        }
        let mut cues = Vec::new();
        for (language, [any, _, orders]) in Language::ALL.iter().zip(guard::cues::shipped()) {
            for (rule, bytes) in [(ANY, any), (ORDERS, orders)] {
                let Ok(model) = guard::cues::CueModel::read(bytes) else { continue };
                let Some(label) = model.labels.first() else { continue };
                let (mut positives, mut negatives) = (Vec::new(), Vec::new());
                for (_, words, unfair) in sentences.iter().filter(|(of, ..)| of == language) {
                    let [score, ..] = guard::cues::score(&model, words);
                    let is = unfair.iter().any(|by| if rule == ORDERS { by == ORDERS } else { by != ORDERS });
                    if is { positives.push(score) } else { negatives.push(score) }
                }
                cues.push(propose(*language, rule, label.threshold, &positives, &negatives));
            }
        }
        Ok(CalibrationView { rules_version: guard::rules_version(), risk: RISK, cues })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_verdicts_leave_the_threshold_where_it_is() {
        let few = propose(Language::English, "M4", 1.0, &[2.0; 8], &[0.0; 100]);
        assert_eq!((few.proposed, few.caught, few.shown), (None, (8, 8), (0, 0)));
        let few = propose(Language::English, "M4", 1.0, &[2.0; 40], &[0.0; 29]);
        assert_eq!(few.proposed, None);
    }

    #[test]
    fn a_proposal_says_what_it_would_change() {
        let positives: Vec<f64> = (0..19).map(f64::from).collect();
        let negatives: Vec<f64> = (0..40).map(|at| f64::from(at) / 10.0 - 2.0).collect();
        let found = propose(Language::Spanish, "V1", 3.0, &positives, &negatives);
        assert_eq!(found.proposed, Some(1.0), "one of nineteen may be missed");
        assert_eq!(found.caught, (16, 18));
        assert_eq!(found.shown, (0, 10));
    }
}
