//! Waiting for messages that are being handed over, so that a pause or a withdrawal is over only when nothing more
//! leaves.
//!
//! A message begins with a durable row (`attempting`) that the check of the same transaction allowed. After the commit
//! of a pause or a withdrawal no row begins any more; what had begun is waited for here. It stops nothing itself.

use std::collections::BTreeSet;
use std::time::Duration;

use terms::ids::{CampaignId, CustomerKey};

use crate::app::App;
use crate::error::Result;

/// How long to wait for a message under way: longer than a mail server may take to answer.
const LIMIT: Duration = Duration::from_secs(35);
/// How often to look.
const PAUSE: Duration = Duration::from_millis(5);

/// Whose messages under way are meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum InFlight<'a> {
    /// Those of a campaign.
    Of(CampaignId),
    /// Those to any of these customers.
    ToAny(&'a BTreeSet<&'a CustomerKey>),
    /// Those to a customer.
    To(&'a CustomerKey),
}

impl App {
    /// Waits until no message of a campaign, or to a customer, is being handed over. A channel that does not answer is
    /// not waited for for ever: its message had begun before.
    pub(crate) async fn settle_in_flight(&self, of: InFlight<'_>) -> Result<()> {
        let limit = tokio::time::Instant::now() + LIMIT;
        loop {
            let mut conn = self.store().read().await?;
            // Asked as late as can be: a lease that was given since a clock was set back ends before an older hour.
            let now = self.now();
            let open = match of {
                InFlight::Of(campaign) => conn.handing_over(campaign, now).await?,
                InFlight::ToAny(customers) => {
                    let under_way = conn.handed_to(now).await?;
                    under_way.iter().filter(|customer| customers.contains(customer)).count() as i64
                }
                InFlight::To(customer) => conn.handing_over_to(customer, now).await?,
            };
            drop(conn);
            if open == 0 {
                return Ok(());
            }
            if tokio::time::Instant::now() >= limit {
                tracing::warn!(open, "a message that had begun is still being handed over");
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
