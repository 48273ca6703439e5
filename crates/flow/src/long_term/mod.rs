//! The long-term guard: each campaign is judged on what it did to future value, opt-outs and complaints too, and a credible
//! loss vetoes campaigns of its kind until a person overrules that.
//!
//! Goes in: a measured campaign, the brand's policy, prices from the brand's own past. Comes out: a judgement that is kept, a
//! pause where the campaign still runs, and a refusal where another of its kind is to be approved, launched or resumed.

mod prices;

pub use policy::long_term_gate::LongTermPolicy;
pub(crate) use prices::Economy;
pub use store::long_term::VetoOverride;

use policy::long_term_gate::{judge, kind};
use science::experiment::estimate::Settings;
use science::experiment::long_term::{LongTerm, Prices, Subject, evaluate, probability_below};
use serde::{Deserialize, Serialize};
use store::long_term::KeptJudgement;
use terms::campaign::{Campaign, CampaignState};
use terms::estimate::Evidence;
use terms::hash::ContentHash;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::long_term::LongTermVerdict;
use terms::person::Person;
use terms::time::Instant;

use crate::access::{Permission, on_campaign};
use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};
use crate::in_flight::InFlight;
use crate::problem::Problem;

/// Setting that holds the brand's policy.
const POLICY: &str = "long_term_policy";
/// Shortest reason, in characters.
const SHORTEST: usize = 10;

/// What a campaign did to the long term, with what it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LongTermFound {
    /// Its parts.
    #[serde(flatten)]
    pub parts: LongTerm,
    /// Probability of a loss beyond what is tolerated.
    pub loss: Option<f64>,
    /// The verdict; unclear as long as the window is open.
    pub verdict: LongTermVerdict,
    /// Whether the window is over.
    pub over: bool,
    /// The model that values customers.
    pub value_model: Option<String>,
    /// The policy that was in force.
    pub policy: LongTermPolicy,
}

/// A veto, as the review page of a campaign of its kind shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VetoView {
    /// The campaign that was measured.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// When.
    pub at: Instant,
    /// What was found of it.
    pub found: LongTermFound,
    /// Who let this campaign through, if somebody did.
    pub overruled: Option<VetoOverride>,
}

/// Judges a campaign by what its customers did.
pub(crate) fn found(
    subjects: &[Subject],
    prices: &Prices,
    policy: &LongTermPolicy,
    value_model: Option<String>,
    over: bool,
) -> Result<LongTermFound> {
    let internal = |error: science::ScienceError| Error::Internal(error.to_string());
    let parts = evaluate(subjects, prices, &Settings::default()).map_err(internal)?;
    let gain = match parts.gain {
        Evidence::Sufficient(gain) => gain.value,
        Evidence::Insufficient { .. } => 0.0,
    };
    let loss = probability_below(&parts.long, policy.limit(gain));
    // Looks before the end are shown and judge nothing: each would be another chance of a false alarm.
    let verdict = if over { judge(policy, loss) } else { LongTermVerdict::Unclear };
    Ok(LongTermFound { parts, loss, verdict, over, value_model, policy: policy.clone() })
}

impl App {
    /// The brand's policy on long-term loss.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn long_term_policy(&self) -> Result<LongTermPolicy> {
        let Some(text) = self.store().setting(POLICY).await? else { return Ok(LongTermPolicy::default()) };
        serde_json::from_str(&text)
            .map_err(|error| Error::Internal(format!("the long-term policy cannot be read: {error}")))
    }

    /// Changes that policy.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who does not keep gates; [`Problem::LongTermPolicy`] for numbers out of range.
    pub async fn change_long_term_policy(&self, person: &Person, policy: &LongTermPolicy) -> Result<()> {
        let granted = self.needs(person, Permission::KeepGates)?;
        if !policy.is_valid() {
            return Err(Problem::LongTermPolicy.into());
        }
        let payload = serde_json::json!({ "before": self.long_term_policy().await?, "after": policy });
        let entry = self.entry(granted.actor(), Action::LongTermPolicyChanged, "long_term/policy", payload);
        let mut tx = self.store().begin().await?;
        tx.set_setting(POLICY, &json_text(policy)?).await?;
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a judgement, and pauses the campaign where it is vetoed and still runs.
    pub(crate) async fn judge_long_term(&self, campaign: &Campaign, found: &LongTermFound) -> Result<()> {
        let (id, now) = (campaign.id, self.now());
        let actor = self.system("flow.long_term").await?;
        let object = format!("campaign/{id}");
        let payload = serde_json::json!({
            "verdict": found.verdict, "loss": found.loss, "long": found.parts.long, "kind": kind(&campaign.plan),
        });
        let mut tx = self.store().begin().await?;
        tx.put_long_term_judgement(id, &kind(&campaign.plan), found.verdict, &json_text(found)?, now).await?;
        let mut entries = vec![self.entry(actor.clone(), Action::LongTermJudged, object.clone(), payload)];
        let vetoed = found.verdict == LongTermVerdict::Vetoed;
        let pauses = vetoed && tx.campaign(id).await?.state == CampaignState::Running;
        if pauses {
            tx.move_campaign(id, CampaignState::Running, CampaignState::Paused, now).await?;
            let why = serde_json::json!({ "reason": "long_term" });
            entries.push(self.entry(actor, Action::CampaignPaused, object, why));
        }
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        if pauses {
            self.settle_in_flight(InFlight::Of(id)).await?;
        }
        Ok(())
    }

    /// Refuses a campaign of a kind whose last clear judgement is a veto that nobody overruled for it as it stands.
    pub(crate) async fn not_vetoed(&self, campaign: &Campaign) -> Result<()> {
        match self.veto_of(campaign).await? {
            Some(VetoView { overruled: None, campaign, name, .. }) => {
                Err(Problem::LongTermVeto { campaign, name }.into())
            }
            _ => Ok(()),
        }
    }

    /// The veto that stands against a campaign, with who overruled it.
    pub(crate) async fn veto_of(&self, campaign: &Campaign) -> Result<Option<VetoView>> {
        let judgement = self.store().long_term_of_kind(&kind(&campaign.plan)).await?;
        let vetoed = |judgement: &KeptJudgement| judgement.verdict == LongTermVerdict::Vetoed;
        let Some(judgement) = judgement.filter(vetoed) else { return Ok(None) };
        let content = self.content_as_it_stands(campaign).await?;
        let overruled = self.store().veto_override(judgement.id, campaign.id, &content).await?;
        let found = serde_json::from_str(&judgement.found)
            .map_err(|error| Error::Internal(format!("judgement {}: {error}", judgement.id)))?;
        let KeptJudgement { campaign, name, at, .. } = judgement;
        Ok(Some(VetoView { campaign, name, at, found, overruled }))
    }

    async fn content_as_it_stands(&self, campaign: &Campaign) -> Result<ContentHash> {
        match campaign.state {
            CampaignState::Running | CampaignState::Paused => {
                self.store().campaign_hash(campaign.id).await?.ok_or(Error::NotFound)
            }
            _ => self.content_hash(campaign).await,
        }
    }

    /// Lets a vetoed campaign through, as it stands: an edit asks again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for who may not override rules, [`Problem::NotCertified`] without a certificate,
    /// [`Problem::OwnCampaign`] for its author, [`Problem::NoReasonToOverrule`] without a reason, and
    /// [`Problem::NoVeto`] where none stands against it.
    pub async fn overrule_veto(&self, person: &Person, id: CampaignId, why: &str) -> Result<()> {
        let campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, Permission::OverrideRules, on_campaign(&campaign)).await?;
        if campaign.author == person.id {
            return Err(Problem::OwnCampaign.into());
        }
        let why = why.trim();
        if why.chars().count() < SHORTEST {
            return Err(Problem::NoReasonToOverrule.into());
        }
        let now = self.now();
        let content = self.content_as_it_stands(&campaign).await?;
        let mut tx = self.store().begin().await?;
        let judgement = tx.long_term_of_kind(&kind(&campaign.plan)).await?;
        let Some(judgement) = judgement.filter(|judgement| judgement.verdict == LongTermVerdict::Vetoed)
        else {
            return Err(Problem::NoVeto.into());
        };
        tx.put_veto_override(judgement.id, (id, &content), person.id, why, now).await?;
        let payload = json_value(&serde_json::json!({
            "why": why, "measured": judgement.campaign, "content": content.to_string(),
        }))?;
        let object = format!("campaign/{id}");
        tx.append_entries(&[self.entry(granted.actor(), Action::VetoOverruled, object, payload)]).await?;
        tx.commit().await?;
        Ok(())
    }
}
