//! The brand's history of last calls: which earlier campaigns said that it was the last chance.
//!
//! Goes in: the campaigns that were started, as they were written. Comes out: what the guard holds a new last call
//! against. A campaign that was never started called nobody.

use guard::LastCall;
use terms::campaign::Campaign;
use terms::ids::CampaignId;

use crate::app::App;
use crate::error::Result;

impl App {
    /// Earlier campaigns that called for the last time, `this` one left out.
    pub(crate) async fn last_calls(&self, this: Option<CampaignId>) -> Result<Vec<LastCall>> {
        let campaigns = self.store().campaigns().await?;
        Ok(campaigns.iter().filter(|campaign| Some(campaign.id) != this).filter_map(last_call).collect())
    }
}

fn last_call(campaign: &Campaign) -> Option<LastCall> {
    let called = !campaign.state.is_editable()
        && campaign
            .variants
            .iter()
            .any(|variant| variant.fields().iter().any(|(_, text)| guard::calls_last(text)));
    // The time of its last change of state: it may have been sent until then.
    called.then(|| LastCall { offer: campaign.plan.offer.clone(), at: campaign.changed_at })
}
