//! What a message is worth and what losing a reader costs, from the brand's own campaigns.
//!
//! Goes in: what campaigns were measured to change, how many messages a reader gets in a year. Comes out: an [`Economy`]. An
//! opt-out costs the uplift of every message of the coming year that is then not sent: what a message brings is known only as
//! far as campaigns were measured, so a cautious belief (one percent of what a customer spends in a year, give or take as
//! much) is pooled with them and weighs less the more there are.

use science::experiment::long_term::{Price, Prices, pooled};
use terms::ids::CampaignId;

use super::LongTermPolicy;
use crate::app::App;
use crate::error::Result;
use crate::stages::measure::stored;

/// What a message brings before anything was measured, as a share of what a customer spends in a year.
const BELIEF: f64 = 0.01;
/// Relative error of differences between expected values: a belief, because a year must pass before it can be measured.
const MODEL_ERROR: f64 = 0.25;

/// Standard errors in half of a 95 % interval, which is what measurements keep.
const HALF_OF_95: f64 = 1.959_964;

/// What messages bring and what readers are worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Economy {
    /// What one message brings, major units.
    pub(crate) uplift: Price,
    /// Measured campaigns behind it.
    pub(crate) campaigns: usize,
    /// Messages a reader will get in a year.
    pub(crate) to_come: f64,
}

impl Economy {
    /// What an opt-out costs; never less than nothing: that messages do harm is for the veto to say.
    pub(crate) fn opt_out(&self) -> Price {
        Price { value: self.uplift.value.max(0.0) * self.to_come, error: self.uplift.error * self.to_come }
    }

    /// Prices of harm under a policy.
    pub(crate) fn prices(&self, policy: &LongTermPolicy) -> Prices {
        let opt_out = self.opt_out();
        let weight = policy.complaint_weight;
        let complaint = Price { value: opt_out.value * weight, error: opt_out.error * weight };
        Prices { opt_out, complaint, model_error: MODEL_ERROR }
    }
}

impl App {
    /// The economy as it is known now, without a campaign that is to be judged by it.
    pub(crate) async fn economy(&self, but: Option<CampaignId>) -> Result<Economy> {
        let margin = self.long_term_policy().await?.margin.unwrap_or(1.0);
        let spent = self.snapshot().await?.revenue_year.clone();
        let belief = BELIEF * margin * spent.iter().sum::<f64>() / spent.len().max(1) as f64;
        let mut measured = Vec::new();
        for campaign in self.store().campaigns().await? {
            if Some(campaign.id) == but {
                continue;
            }
            let Some(found) = stored(self, campaign.id).await? else { continue };
            if let Some(revenue) = found.revenue {
                let error = (revenue.high - revenue.low) / 2.0 / HALF_OF_95;
                measured.push(Price { value: revenue.value * margin, error: error * margin });
            }
        }
        Ok(Economy {
            uplift: pooled(Price { value: belief, error: belief }, &measured),
            campaigns: measured.len(),
            to_come: self.messages_a_year().await?,
        })
    }
}
