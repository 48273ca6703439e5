//! What verdicts of people say of the thresholds of learned cues: a proposal for each cue and language, what it would
//! change on the texts they judged, and its acceptance by a person, which can be taken back.
//!
//! Goes in: judged sentences. Comes out: thresholds that bound the share of missed ones (conformal risk control). A
//! proposal changes nothing by itself. What somebody accepts is a part of the house, so it is in the version of the
//! rules, and counts only for the model whose scores were judged. Where verdicts are too few, the threshold that is
//! there stays.

use serde::Serialize;
use terms::customer::Language;
use terms::house::{CueKind, CueThreshold};
use terms::ledger::Action;
use terms::person::Person;
use terms::time::Instant;

use super::rates::judged;
use crate::access::{Granted, Permission};
use crate::app::App;
use crate::error::Result;
use crate::problem::Problem;

/// Share of unfair sentences that a cue may miss.
const RISK: f64 = 0.1;
/// Verdicts that a sentence is not unfair by the rule, below which nothing is proposed.
const NEGATIVES_NEEDED: u64 = 30;

/// How near a threshold must be to the one that was looked at: both are written out and read in again.
const SAME: f64 = 1e-9;

/// The rule about orders to a text model, which has a cue of its own.
const ORDERS: &str = "X1";

/// What is proposed for one cue in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CueProposal {
    /// Language of the cues.
    pub language: Language,
    /// What the cue is about.
    pub cue: CueKind,
    /// Log-odds from which a sentence is shown as the cue is built in.
    pub built_in: f64,
    /// Log-odds from which a sentence is shown.
    pub now: f64,
    /// Who set that, when it is not as built in.
    pub set: Option<CueThreshold>,
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

impl CueProposal {
    /// A threshold that people can accept: there is one, and it is not the one that counts already.
    #[must_use]
    pub fn acceptable(&self) -> Option<f64> {
        self.proposed.filter(|to| (to - self.now).abs() > SAME)
    }
}

/// Proposals for every learned cue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationView {
    /// Version of the rules.
    pub rules_version: String,
    /// Share of unfair sentences that a cue may miss, on average over new ones.
    pub risk: f64,
    /// Judged sentences that are fair, below which nothing is proposed.
    pub needed: u64,
    /// By language and cue.
    pub cues: Vec<CueProposal>,
}

/// A cue as it stands.
struct Standing {
    language: Language,
    cue: CueKind,
    built_in: f64,
    set: Option<CueThreshold>,
}

/// A proposal from the scores of sentences that are unfair by the cue's rules, and of those that are not.
fn propose(standing: Standing, positives: &[f64], negatives: &[f64]) -> CueProposal {
    let now = standing.set.as_ref().map_or(standing.built_in, |set| set.shown_from);
    let enough = negatives.len() as u64 >= NEGATIVES_NEEDED;
    let proposed = science::survey::risk_controlled(positives, RISK).filter(|_| enough);
    let from = |scores: &[f64], threshold: f64| scores.iter().filter(|s| **s >= threshold).count() as u64;
    let both = |scores: &[f64]| (from(scores, now), from(scores, proposed.unwrap_or(now)));
    CueProposal {
        language: standing.language,
        cue: standing.cue,
        built_in: standing.built_in,
        now,
        set: standing.set,
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
        let set = self.store().house_cues().await?;
        let mut cues = Vec::new();
        for language in Language::ALL {
            for cue in CueKind::ALL {
                let Ok(model) = guard::cues::CueModel::read(guard::cues::file(*language, *cue)) else {
                    continue;
                };
                let Some(label) = model.labels.first() else { continue };
                let (mut positives, mut negatives) = (Vec::new(), Vec::new());
                for (_, words, unfair) in sentences.iter().filter(|(of, ..)| of == language) {
                    let [score, ..] = guard::cues::score(&model, words);
                    let is = unfair.iter().any(|by| (by == ORDERS) == (*cue == CueKind::Orders));
                    if is { positives.push(score) } else { negatives.push(score) }
                }
                let counts = |set: &&CueThreshold| {
                    set.language == *language && set.cue == *cue && guard::cues::is_current(set)
                };
                let standing = Standing {
                    language: *language,
                    cue: *cue,
                    built_in: label.threshold,
                    set: set.iter().find(counts).cloned(),
                };
                cues.push(propose(standing, &positives, &negatives));
            }
        }
        let rules_version = guard::rules_version_of(&*self.house().await?);
        Ok(CalibrationView { rules_version, risk: RISK, needed: NEGATIVES_NEEDED, cues })
    }

    /// Accepts the threshold that is proposed for a cue, as the person saw it.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden) for somebody who keeps no rules, [`Problem::Stale`] when verdicts
    /// have come in since and something else, or nothing, is proposed now.
    pub async fn accept_calibration(
        &self,
        person: &Person,
        language: Language,
        cue: CueKind,
        seen: f64,
    ) -> Result<()> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let view = self.guard_calibration().await?;
        let asked = view.cues.iter().find(|line| line.language == language && line.cue == cue);
        let Some((line, to)) = asked.and_then(|line| Some((line, line.acceptable()?))) else {
            return Err(Problem::Stale.into());
        };
        if (to - seen).abs() > SAME {
            return Err(Problem::Stale.into());
        }
        self.set_cue(&granted, line, Some(to)).await
    }

    /// Sets a cue back to how it is built in.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden) for somebody who keeps no rules; [`Problem::Stale`] when it is so
    /// already.
    pub async fn undo_calibration(&self, person: &Person, language: Language, cue: CueKind) -> Result<()> {
        let granted = self.needs(person, Permission::KeepRules)?;
        let view = self.guard_calibration().await?;
        let asked = view.cues.iter().find(|line| line.language == language && line.cue == cue);
        let Some(line) = asked.filter(|line| line.set.is_some()) else { return Err(Problem::Stale.into()) };
        self.set_cue(&granted, line, None).await
    }

    async fn set_cue(&self, granted: &Granted, line: &CueProposal, to: Option<f64>) -> Result<()> {
        let at: Instant = self.now();
        let set = CueThreshold {
            language: line.language,
            cue: line.cue,
            model: guard::cues::hash(line.language, line.cue),
            shown_from: to.unwrap_or(line.built_in),
            risk: RISK,
            judged: (line.positives, line.negatives),
            by: granted.name().to_owned(),
            at,
        };
        let payload = serde_json::json!({
            "model": set.model, "shown_from": to, "before": line.now, "built_in": line.built_in, "risk": RISK,
            "unfair": line.positives, "fair": line.negatives, "caught": line.caught, "shown": line.shown,
        });
        let object = format!("cue/{}/{}", line.language, line.cue);
        let mut tx = self.store().begin().await?;
        tx.set_cue(&set, to, granted.person()).await?;
        tx.append_entries(&[self.entry(granted.actor(), Action::CueCalibrated, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(built_in: f64) -> Standing {
        Standing { language: Language::Spanish, cue: CueKind::Any, built_in, set: None }
    }

    #[test]
    fn few_verdicts_leave_the_threshold_where_it_is() {
        let few = propose(standing(1.0), &[2.0; 8], &[0.0; 100]);
        assert_eq!((few.proposed, few.caught, few.shown), (None, (8, 8), (0, 0)));
        let few = propose(standing(1.0), &[2.0; 40], &[0.0; 29]);
        assert_eq!(few.proposed, None);
    }

    #[test]
    fn a_proposal_says_what_it_would_change() {
        let positives: Vec<f64> = (0..19).map(f64::from).collect();
        let negatives: Vec<f64> = (0..40).map(|at| f64::from(at) / 10.0 - 2.0).collect();
        let found = propose(standing(3.0), &positives, &negatives);
        assert_eq!(found.proposed, Some(1.0), "one of nineteen may be missed");
        assert_eq!(found.caught, (16, 18));
        assert_eq!(found.shown, (0, 10));
    }
}
