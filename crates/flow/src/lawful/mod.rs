//! The one way to customers' data: every read of them for a purpose goes through here, and says which.
//!
//! Goes in: a purpose, as a type that implements [`For`]. Comes out: a [`Lawful`] of that purpose, which knows whom it
//! covers by `policy::purpose`, hands out their records and reads their histories, and nobody else's. What needs data
//! for a purpose takes a `Lawful` of it, so that a model cannot be fitted on those who are covered for sending.
//!
//! Architecture invariant: a [`Lawful`] is made by [`App::lawful`] alone; outside of this folder, no module of this
//! crate calls the reads of store and lake that name customers, but for those listed with their reason in a test.

mod everybody;
pub(crate) mod fatigue;
mod service;
pub(crate) mod subjects;

use std::collections::HashSet;
use std::marker::PhantomData;

use lake::history::Outcome;
use lake::history::{CustomerSnapshots, PassOptions};
use policy::purpose::{Flags, Standing, Use, may};
use store::deliveries::ArmRow;
use store::responses::MessageFate;
use terms::consent::Channel;
use terms::customer::Customer;
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey};
use terms::time::{Day, Instant};

use crate::app::App;
use crate::error::Result;
pub(crate) use everybody::{FutureValues, Lived};
use subjects::latest;

/// A purpose, as a type.
pub(crate) trait For {
    /// The use that it is.
    const USE: Use;
}

macro_rules! purposes {
    ($($(#[$meta:meta])* $name:ident = $what:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;
        impl For for $name {
            const USE: Use = $what;
        }
    )+};
}

purposes! {
    /// Marketing by mail.
    MarketingByMail = Use::Marketing(Channel::Email);
    /// Scores, ranks and segments about a person.
    Profiling = Use::Profiling;
    /// Fitting models of everybody.
    Fitting = Use::Fitting;
    /// Totals over all customers.
    Statistics = Use::Statistics;
    /// Outcomes of an experiment.
    Measurement = Use::Measurement;
    /// Opens and clicks of a person.
    Responses = Use::Responses;
    /// Finding out whether groups are treated unfairly.
    FairnessAudit = Use::FairnessAudit;
}

/// The customers whose data may be used for one purpose, as of the moment it was made.
pub(crate) struct Lawful<P: For> {
    /// Contact records of those it covers, by key.
    records: Vec<Customer>,
    /// Whether somebody nothing is known about is covered.
    strangers: bool,
    /// Those with whom it is the other way round.
    exceptions: HashSet<CustomerKey>,
    purpose: PhantomData<P>,
}

impl<P: For> Lawful<P> {
    /// Whether a customer's data may be used for this.
    pub(crate) fn covers(&self, customer: &CustomerKey) -> bool {
        self.strangers != self.exceptions.contains(customer)
    }

    /// The contact records of those it covers, by key.
    pub(crate) fn records(&self) -> &[Customer] {
        &self.records
    }

    /// The same, given away.
    pub(crate) fn into_records(self) -> Vec<Customer> {
        self.records
    }

    /// Histories of those it covers at several days, from one read of the lake.
    pub(crate) fn histories(
        &self,
        lake: &lake::Lake,
        days: &[Day],
        mut each: impl FnMut(CustomerSnapshots),
    ) -> Result<()> {
        lake.snapshots(days, &PassOptions::default(), |bucket| {
            bucket.into_iter().filter(|customer| self.covers(&customer.customer)).for_each(&mut each);
            Ok(())
        })?;
        Ok(())
    }
}

/// The arms of a campaign as far as they may be measured. Only this module makes one.
#[derive(Debug)]
pub(crate) struct MeasuredArms {
    rows: Vec<ArmRow>,
    /// Assigned and not counted, by arm: treated, control.
    left_out: [u64; 2],
}

impl MeasuredArms {
    /// Everybody who is counted.
    pub(crate) fn rows(&self) -> &[ArmRow] {
        &self.rows
    }

    /// How many were assigned to an arm and are not counted.
    pub(crate) const fn left_out(&self, arm: Arm) -> u64 {
        match arm {
            Arm::Treated => self.left_out[0],
            Arm::Control => self.left_out[1],
        }
    }

    /// What those who are counted did between two instants, in their order.
    pub(crate) fn outcomes(&self, lake: &lake::Lake, from: Instant, to: Instant) -> Result<Vec<Outcome>> {
        let windows: Vec<_> = self.rows.iter().map(|row| (row.customer.clone(), from, to)).collect();
        Ok(lake.outcomes(&windows)?)
    }
}

impl App {
    /// The customers whose data may be used for a purpose now.
    pub(crate) async fn lawful<P: For>(&self) -> Result<Lawful<P>> {
        let what = P::USE;
        let now = self.now();
        let said = match what.purpose() {
            Some(purpose) => latest(self, purpose, &what.channels(), now).await?,
            None => std::collections::HashMap::new(),
        };
        let suppressed = self.store().suppression_set().await?;
        let tombstones = self.store().tombstone_set().await?;
        let strangers = may(what, &Standing::default()).is_ok();
        let mut lawful =
            Lawful { records: Vec::new(), strangers, exceptions: HashSet::new(), purpose: PhantomData };
        let mut unrecorded: HashSet<&CustomerKey> = said.keys().collect();
        for customer in self.every_record().await? {
            unrecorded.remove(&customer.key);
            let flags = Flags {
                erased: tombstones.holds_key(&customer.key),
                restricted: customer.restricted,
                objected: suppressed.objected(&customer.key, customer.email.as_deref())?,
            };
            let covered = may(what, &Standing::new(said.get(&customer.key).cloned(), flags)).is_ok();
            if covered != strangers {
                lawful.exceptions.insert(customer.key.clone());
            }
            if covered {
                lawful.records.push(customer);
            }
        }
        // Receipts and purchases may be of somebody without a contact record.
        for key in unrecorded {
            let flags = Flags { erased: tombstones.holds_key(key), ..Flags::default() };
            if may(what, &Standing::new(said.get(key).cloned(), flags)).is_ok() != strangers {
                lawful.exceptions.insert(key.clone());
            }
        }
        Ok(lawful)
    }

    /// The arms of a campaign, without those who may not be measured.
    pub(crate) async fn measured_arms(&self, id: CampaignId) -> Result<MeasuredArms> {
        let lawful = self.lawful::<Measurement>().await?;
        let mut measured = MeasuredArms { rows: Vec::new(), left_out: [0, 0] };
        for row in self.store().arms(id).await? {
            if lawful.covers(&row.customer) {
                measured.rows.push(row);
            } else {
                let [treated, control] = &mut measured.left_out;
                *(if row.arm == Arm::Treated { treated } else { control }) += 1;
            }
        }
        Ok(measured)
    }

    /// Who of the measured opted out, from the start of a campaign to an instant.
    pub(crate) async fn measured_opt_outs(
        &self,
        id: CampaignId,
        measured: &MeasuredArms,
        until: Instant,
    ) -> Result<Vec<(Arm, CustomerKey)>> {
        let counted: HashSet<&CustomerKey> = measured.rows.iter().map(|row| &row.customer).collect();
        let mut opted_out = self.store().opted_out(id, until).await?;
        opted_out.retain(|(_, customer)| counted.contains(customer));
        Ok(opted_out)
    }

    /// Opens and clicks since an instant of those who may be profiled and whose responses may be counted.
    pub(crate) async fn engagement(
        &self,
        profiling: &Lawful<Profiling>,
        since: Instant,
    ) -> Result<std::collections::HashMap<CustomerKey, u32>> {
        let responses = self.lawful::<Responses>().await?;
        let mut engagement = self.store().engagement_since(since).await?;
        engagement.retain(|customer, _| profiling.covers(customer) && responses.covers(customer));
        Ok(engagement)
    }

    /// Messages since an instant, with what became of each, of those whose responses may be counted.
    pub(crate) async fn answers_since(&self, since: Instant) -> Result<Vec<MessageFate>> {
        let responses = self.lawful::<Responses>().await?;
        let answers = self.store().answers_since(since).await?.into_iter();
        Ok(answers.filter(|answer| responses.covers(&answer.customer)).collect())
    }

    /// Every contact record, read in batches.
    async fn every_record(&self) -> Result<Vec<Customer>> {
        let mut all: Vec<Customer> = Vec::new();
        loop {
            let batch =
                self.store().customers_after(all.last().map(|customer| &customer.key), 10_000).await?;
            if batch.is_empty() {
                return Ok(all);
            }
            all.extend(batch);
        }
    }
}
