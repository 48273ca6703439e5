//! One click from an offered remedy to a draft: the campaign with the other audience, to be read, submitted and approved again.
//!
//! Goes in: a campaign and an audience that its newest audit offers. Comes out: the campaign as a draft. An audience that no audit
//! offered is refused: what is taken here is what was shown with its cost. Nothing is launched, and any approval is void.

use terms::ids::CampaignId;
use terms::person::Person;

use crate::access::Permission;
use crate::app::App;
use crate::campaigns::form_of;
use crate::error::Result;
use crate::problem::Problem;

impl App {
    /// Puts an offered audience in the place of a campaign's own; the campaign is a draft then.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for somebody who may not compose, [`crate::Error::Problem`] for an audience that the newest
    /// audit does not offer, [`crate::Error::Conflict`] when the campaign can no longer be edited.
    pub async fn take_remedy(&self, person: &Person, id: CampaignId, audience: &str) -> Result<()> {
        self.needs(person, Permission::Compose)?;
        let offered = self
            .latest_audit(id)
            .await?
            .is_some_and(|audit| audit.remedies.iter().any(|remedy| remedy.audience == audience));
        if !offered {
            return Err(Problem::NoSuchRemedy.into());
        }
        let campaign = self.store().campaign(id).await?;
        let mut form = form_of(&campaign);
        audience.clone_into(&mut form.audience);
        self.save_campaign(person, Some(id), campaign.version, &form).await?;
        Ok(())
    }
}
