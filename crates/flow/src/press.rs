//! The press: everything a batch of a campaign's messages is made, judged and permitted with.
//!
//! Goes in: a running campaign. Comes out: its templates, facts, rules, approval and models as they are now. Deliberately
//! absent: anything about one customer.

use std::collections::HashMap;
use std::sync::Arc;

use policy::approval::ApprovedContent;
use policy::decide::Rules;
use terms::campaign::Campaign;
use terms::ids::VariantId;
use terms::person::Actor;

use crate::app::App;
use crate::error::{Error, Result};
use crate::holdout::Holdout;
use crate::lawful::fatigue::Fatigue;
use crate::lawful::subjects::limits;
use crate::snapshot::Snapshot;
use crate::workshop::{Made, Workshop};

/// What a campaign's messages are made with, put together once a run.
pub(crate) struct Press {
    pub(crate) campaign: Campaign,
    pub(crate) workshop: Workshop,
    pub(crate) approved: ApprovedContent,
    pub(crate) rules: Rules,
    pub(crate) templates: HashMap<VariantId, Made>,
    pub(crate) from: String,
    pub(crate) base_url: String,
    pub(crate) models: Vec<String>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) fatigue: Arc<Fatigue>,
    pub(crate) holdout: Holdout,
    pub(crate) actor: Actor,
}

impl App {
    /// What a batch is made with, read anew. What the last batch was made with goes on being used where all of it is the
    /// same: what the guard said of a mail then, it says of one like it now.
    pub(crate) async fn press(&self, campaign: Campaign, last: Option<Press>) -> Result<Press> {
        let brand = self.brand().await?;
        let approved = self.covering_approval(&campaign).await?;
        let last_calls = self.last_calls(Some(campaign.id)).await?;
        let facts = self.facts_for(&campaign.plan.offer).await?;
        let house = self.house().await?;
        let same = |last: &Press| {
            last.campaign.variants == campaign.variants
                && last.workshop.is_of(&brand, &campaign.plan, facts.clone(), &last_calls, &house)
        };
        let (workshop, templates) = if let Some(last) = last.filter(same) {
            (last.workshop, last.templates)
        } else {
            let workshop = Workshop::new(brand.clone(), campaign.plan.clone(), facts, last_calls, house);
            let templates = templates(&campaign, &workshop)?;
            self.note_sending(&campaign, &workshop).await?;
            (workshop, templates)
        };
        Ok(Press {
            rules: Rules::of(&campaign, &limits(&brand), guard::personal_need),
            models: self.models_of(&campaign.plan.audience).await?,
            snapshot: self.snapshot().await?,
            fatigue: self.fatigue().await?,
            holdout: self.holdout().await?,
            actor: self.system("flow.deliver").await?,
            from: brand.from,
            base_url: brand.base_url,
            approved,
            workshop,
            templates,
            campaign,
        })
    }
}

/// The variants of a campaign, ready to be made into mails.
fn templates(campaign: &Campaign, workshop: &Workshop) -> Result<HashMap<VariantId, Made>> {
    let mut templates = HashMap::new();
    for variant in &campaign.variants {
        let Some(id) = variant.id else { continue };
        let made = workshop.made(variant).map_err(|error| Error::Invalid { message: error.to_string() })?;
        templates.insert(id, made);
    }
    Ok(templates)
}
