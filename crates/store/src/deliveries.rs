//! The frozen audience of a campaign: everybody in it is planned, or excluded with one named reason. Reads for the
//! funnel, for caps, for the measurement and for explaining one message. Sending them is in `outbox`.

use crate::error::{Error, Result};
use crate::open::{reads, writes};
use crate::sql::{self, Columns, batches, sql};
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap, HashSet};
use terms::decision::{ExclusionReason, Reason};
use terms::delivery::DeliveryState;
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey, MessageId, PersonId, VariantId};
use terms::time::Instant;

/// One member of an audience, decided.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceRow {
    /// Who.
    pub customer: CustomerKey,
    /// Step of the campaign, 0 for the first message.
    pub step: i64,
    /// Stratum of the random assignment, empty where there is none.
    pub stratum: String,
    /// Probability, 0 to 1, with which this customer was assigned to be treated; `None` when never assigned.
    pub propensity: Option<f64>,
    /// What was decided.
    pub place: Place,
    /// Why, kept whole.
    pub reasons: Vec<Reason>,
}

/// Whether somebody gets the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Gets this variant, not before an instant.
    Planned {
        /// Which words.
        variant: VariantId,
        /// Not before.
        not_before: Instant,
    },
    /// Does not, for one reason; `control` is the arm held out.
    Excluded(ExclusionReason),
}

impl Place {
    fn arm(self) -> Option<Arm> {
        match self {
            Self::Planned { .. } => Some(Arm::Treated),
            Self::Excluded(ExclusionReason::Control) => Some(Arm::Control),
            Self::Excluded(_) => None,
        }
    }
}

/// One row of the audience with everything that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Identifier.
    pub id: MessageId,
    /// Campaign.
    pub campaign: CampaignId,
    /// To whom.
    pub customer: CustomerKey,
    /// Step of the campaign.
    pub step: i64,
    /// State; `None` for who was excluded when the audience was frozen.
    pub state: Option<DeliveryState>,
    /// Why excluded at planning or suppressed at sending.
    pub exclusion: Option<ExclusionReason>,
    /// Arm of the experiment, if assigned.
    pub arm: Option<Arm>,
    /// Stratum of the assignment.
    pub stratum: String,
    /// Probability of being treated.
    pub propensity: Option<f64>,
    /// Which words.
    pub variant: Option<VariantId>,
    /// Not to be sent before.
    pub not_before: Option<Instant>,
    /// Reasons of the decision; those of the last check when it was suppressed at sending.
    pub reasons: Vec<Reason>,
    /// When the handing over began.
    pub attempted_at: Option<Instant>,
    /// When it was sent, failed, suppressed, cancelled or reconciled.
    pub finished_at: Option<Instant>,
    /// The channel's reference.
    pub reference: Option<String>,
    /// What the channel said when it refused.
    pub detail: Option<String>,
    /// What the sending stood on: consent, approval, models, facts.
    pub evidence: Option<serde_json::Value>,
    /// Who reconciled it, if it was in doubt.
    pub reconciled_by: Option<PersonId>,
}

/// One customer of the experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmRow {
    /// Who.
    pub customer: CustomerKey,
    /// Assigned to.
    pub arm: Arm,
    /// Within.
    pub stratum: String,
    /// What became of the message; `None` in the control arm.
    pub state: Option<DeliveryState>,
    /// When the handing over began, if it did.
    pub attempted_at: Option<Instant>,
    /// Probability of being treated.
    pub propensity: Option<f64>,
}

/// Where everybody in an audience is. `audience` = sum of `states` + sum of `excluded`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Everybody.
    pub audience: i64,
    /// Messages by state.
    pub states: BTreeMap<DeliveryState, i64>,
    /// Excluded when the audience was frozen, by reason.
    pub excluded: BTreeMap<ExclusionReason, i64>,
    /// Suppressed at the moment of sending, by reason; a part of `states`.
    pub held: BTreeMap<ExclusionReason, i64>,
}

impl Funnel {
    /// Messages in a state.
    #[must_use]
    pub fn state(&self, state: DeliveryState) -> i64 {
        self.states.get(&state).copied().unwrap_or(0)
    }

    /// Customers held out at random.
    #[must_use]
    pub fn control(&self) -> i64 {
        self.excluded.get(&ExclusionReason::Control).copied().unwrap_or(0)
    }

    /// Messages that were planned when the audience was frozen, whatever became of them.
    #[must_use]
    pub fn planned(&self) -> i64 {
        self.states.values().sum()
    }
}

/// What counts as a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// What was sent, is being sent, or may have been sent.
    Sent,
    /// That, and what is planned.
    SentAndPlanned,
}

/// The state of a row; `None` for `excluded`.
fn state(row: &AnyRow) -> Result<Option<DeliveryState>> {
    if row.text("state")? == "excluded" { Ok(None) } else { row.word("state").map(Some) }
}

fn read(row: &AnyRow) -> Result<Delivery> {
    let evidence = row.opt_text("evidence")?.map(|_| row.json("evidence")).transpose()?;
    Ok(Delivery {
        id: MessageId(row.int("id")?),
        campaign: CampaignId(row.int("campaign")?),
        customer: CustomerKey::new(row.text("customer")?),
        step: row.int("step")?,
        state: state(row)?,
        exclusion: row.opt_word("exclusion")?,
        arm: row.opt_word("arm")?,
        stratum: row.text("stratum")?,
        propensity: row.opt_float("propensity")?,
        variant: row.opt_int("variant")?.map(VariantId),
        not_before: row.opt_at("not_before")?,
        reasons: row.json("reasons")?,
        attempted_at: row.opt_at("attempted_at")?,
        finished_at: row.opt_at("finished_at")?,
        reference: row.opt_text("reference")?,
        detail: row.opt_text("detail")?,
        evidence,
        reconciled_by: row.opt_int("reconciled_by")?.map(PersonId),
    })
}

reads! {
    /// Where everybody in the audience is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn funnel(&mut self, campaign: CampaignId) -> Result<Funnel> {
        let mut funnel = Funnel::default();
        for row in &sqlx::query(sql!("deliveries", "funnel")).bind(campaign.0).fetch_all(self.db()).await? {
            let n = row.int("n")?;
            let exclusion = row.opt_word("exclusion")?;
            funnel.audience += n;
            match (state(row)?, exclusion) {
                (Some(state), held) => {
                    *funnel.states.entry(state).or_default() += n;
                    if let Some(reason) = held {
                        *funnel.held.entry(reason).or_default() += n;
                    }
                }
                (None, Some(reason)) => *funnel.excluded.entry(reason).or_default() += n,
                (None, None) => return Err(Error::Corrupt { what: "an exclusion without a reason".to_owned() }),
            }
        }
        Ok(funnel)
    }

    /// One row of an audience with everything that happened to it.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn message(&mut self, id: MessageId) -> Result<Delivery> {
        let row = sqlx::query(sql!("deliveries", "message")).bind(id.0).fetch_optional(self.db()).await?;
        read(&row.ok_or_else(|| Error::missing("message", id))?)
    }

    /// Rows of a campaign in the order they were frozen; `None` lists the excluded ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_of_campaign(
        &mut self, campaign: CampaignId, state: Option<DeliveryState>, limit: i64, offset: i64,
    ) -> Result<Vec<Delivery>> {
        let state = state.map_or("", DeliveryState::as_str);
        let query = sqlx::query(sql!("deliveries", "messages_of_campaign"));
        let query = query.bind(campaign.0).bind(state).bind(limit).bind(offset);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Rows of a campaign that were left out at planning for one reason, in the order they were frozen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn excluded_of_campaign(
        &mut self, campaign: CampaignId, reason: ExclusionReason, limit: i64, offset: i64,
    ) -> Result<Vec<Delivery>> {
        let query = sqlx::query(sql!("deliveries", "excluded_of_campaign"));
        let query = query.bind(campaign.0).bind(reason.as_str()).bind(limit).bind(offset);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Rows about a customer across campaigns, newest first, those where they were excluded too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_of_customer(&mut self, customer: &CustomerKey, limit: i64) -> Result<Vec<Delivery>> {
        let query = sqlx::query(sql!("deliveries", "messages_of_customer")).bind(customer.as_str()).bind(limit);
        sql::rows(&query.fetch_all(self.db()).await?, read)
    }

    /// Everybody who was assigned to an arm, in the order they were frozen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn arms(&mut self, campaign: CampaignId) -> Result<Vec<ArmRow>> {
        let rows = sqlx::query(sql!("deliveries", "arms")).bind(campaign.0).fetch_all(self.db()).await?;
        sql::rows(&rows, |row| {
            Ok(ArmRow {
                customer: CustomerKey::new(row.text("customer")?),
                arm: row.word("arm")?,
                stratum: row.text("stratum")?,
                state: state(row)?,
                attempted_at: row.opt_at("attempted_at")?,
                propensity: row.opt_float("propensity")?,
            })
        })
    }

    /// Contacts at or after an instant, across campaigns, of some customers or (`None`) of all. Who had none is
    /// absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contacts_since(
        &mut self, customers: Option<&[CustomerKey]>, since: Instant, counting: Counting,
    ) -> Result<HashMap<CustomerKey, i64>> {
        let planned = i64::from(counting == Counting::SentAndPlanned);
        let mut rows = Vec::new();
        match customers {
            None => {
                let query = sqlx::query(sql!("deliveries", "contacts_since")).bind(since.0).bind(planned);
                rows = query.fetch_all(self.db()).await?;
            }
            Some(customers) => {
                for batch in batches(customers) {
                    let statement = self.each(sql!("deliveries", "contacts_of_since"), batch.len());
                    let mut query = sqlx::query(statement).bind(since.0).bind(planned);
                    for customer in batch {
                        query = query.bind(customer.as_str());
                    }
                    rows.extend(query.fetch_all(self.db()).await?);
                }
            }
        }
        rows.iter().map(|row| Ok((CustomerKey::new(row.text("customer")?), row.int("n")?))).collect()
    }

    /// Customers with a message planned or under way for another campaign that can still send.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_elsewhere(&mut self, campaign: CampaignId) -> Result<HashSet<CustomerKey>> {
        let rows = sqlx::query(sql!("deliveries", "planned_elsewhere")).bind(campaign.0).fetch_all(self.db()).await?;
        rows.iter().map(|row| Ok(CustomerKey::new(row.text("customer")?))).collect()
    }
}

writes! {
    /// Freezes an audience: one row each, once for each customer and step; who is there already stays as they are,
    /// so that a planning that was interrupted can be repeated. Comes out: rows added.
    ///
    /// # Errors
    /// When the campaign or a variant does not exist.
    pub async fn freeze_audience(&mut self, campaign: CampaignId, audience: &[AudienceRow]) -> Result<u64> {
        let mut id = self.take_numbers("deliveries", audience.len()).await?;
        let mut added = 0;
        for batch in batches(audience) {
            let mut query = sqlx::query(self.each(sql!("deliveries", "freeze_audience"), batch.len()));
            for row in batch {
                let (state, exclusion, variant, not_before) = match row.place {
                    Place::Planned { variant, not_before } => ("planned", None, Some(variant.0), Some(not_before.0)),
                    Place::Excluded(reason) => ("excluded", Some(reason.as_str()), None, None),
                };
                query = query
                    .bind(id)
                    .bind(campaign.0)
                    .bind(row.customer.as_str())
                    .bind(row.step)
                    .bind(state)
                    .bind(exclusion)
                    .bind(row.place.arm().map(Arm::as_str))
                    .bind(row.stratum.clone())
                    .bind(row.propensity.unwrap_or(-1.0))
                    .bind(variant)
                    .bind(not_before)
                    .bind(serde_json::to_string(&row.reasons)?);
                id += 1;
            }
            added += query.execute(self.db()).await?.rows_affected();
        }
        Ok(added)
    }
}
