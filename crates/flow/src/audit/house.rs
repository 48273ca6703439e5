//! What is true of the house and not of one campaign: which features give a group away, and how often people of each group are
//! contacted at all. Audited with everything live, kept as one row in counts and areas.
//!
//! Goes in: those who may be written to by mail, their groups, and what they got in a year. Comes out: for each attribute the
//! proxies, and by group contacts a month, who was never contacted and who was never offered anything.

use science::fairness::exposure::{self, Got};
use science::fairness::proxy::Together;
use science::fairness::{Confusion, Demand, Rate, compare};
use serde::{Deserialize, Serialize};
use store::fairness::StoredHouseAudit;
use terms::estimate::Evidence;
use terms::fairness::AuditOccasion;
use terms::ledger::Action;
use terms::person::Actor;
use terms::time::Instant;

use super::SMALLEST_GROUP;
use super::audience::REACH_DAYS;
use super::features::Features;
use super::groups::Grouping;
use super::proxies::{self, GroupProxies};
use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};
use crate::lawful::{FairnessAudit, MarketingByMail};
use policy::segment::NumberField;

/// Days of a month.
const MONTH: f64 = 365.0 / 12.0;
/// Content of all intervals about one attribute together.
const LEVEL: f64 = 0.95;
/// Figures about one attribute: contacts, never contacted, never offered.
const FIGURES: f64 = 3.0;

/// What a group got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupExposure {
    /// The group.
    pub group: String,
    /// Mean contacts of a person in a month in which the brand knew them.
    pub contacts: Evidence,
    /// Share that was not contacted in a year.
    pub never: Evidence,
    /// Share that was not offered anything in a year.
    pub never_offered: Evidence,
}

/// An attribute, over the house.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeAudit {
    /// The attribute.
    pub attribute: String,
    /// How well features tell each group from everybody else.
    pub proxies: Vec<GroupProxies>,
    /// What each group got.
    pub exposure: Vec<GroupExposure>,
    /// Lowest mean of contacts over the highest.
    pub contacts_ratio: Evidence,
    /// Lowest share that was contacted over the highest.
    pub reached_ratio: Evidence,
    /// Lowest share that was offered anything over the highest.
    pub offered_ratio: Evidence,
    /// Groups that are not shown: too small, or withheld so that a small one cannot be worked out.
    pub withheld: u64,
}

/// The house at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseAudit {
    /// Why it was made.
    pub occasion: AuditOccasion,
    /// When.
    pub at: Instant,
    /// Every attribute the policy audits.
    pub attributes: Vec<AttributeAudit>,
}

/// What everybody got in a year, by position in the snapshot.
struct Year {
    contacts: Vec<f64>,
    offered: Vec<bool>,
    months: Vec<f64>,
}

impl App {
    /// Audits the house, and keeps what was found. `None` where the vault holds nothing to audit by.
    pub(super) async fn audit_house(
        &self,
        who: Actor,
        occasion: AuditOccasion,
    ) -> Result<Option<HouseAudit>> {
        let policy = self.fairness_policy().await?;
        let attributes = self.audited_attributes(&policy).await?;
        if attributes.is_empty() {
            return Ok(None);
        }
        let snapshot = self.snapshot().await?;
        let lawful = self.lawful::<FairnessAudit>().await?;
        let mailed = self.lawful::<MarketingByMail>().await?;
        let base: Vec<bool> =
            snapshot.customers.iter().map(|customer| mailed.covers(&customer.key)).collect();
        let mut year = Year {
            contacts: vec![0.0; base.len()],
            offered: vec![false; base.len()],
            months: snapshot
                .columns
                .numbers(NumberField::KnownDays)
                .iter()
                .map(|days| (days.clamp(MONTH, REACH_DAYS as f64)) / MONTH)
                .collect(),
        };
        for (key, n, offers) in self.store().reached_since(self.now().plus_days(-REACH_DAYS)).await? {
            let Some(at) = snapshot.position(&key) else { continue };
            year.contacts.get_mut(at).into_iter().for_each(|slot| *slot = n as f64);
            year.offered.get_mut(at).into_iter().for_each(|slot| *slot = offers > 0);
        }
        let features = Features::of(&snapshot.columns);
        let finder = features.finder();
        let mut found = Vec::new();
        for attribute in attributes {
            let about = serde_json::json!({ "audit": "house", "occasion": occasion });
            let held = self.values_for_audit(attribute, about).await?;
            let grouping = Grouping::new(attribute.as_str(), &snapshot, held, |key| lawful.covers(key));
            let proxies = proxies::find(&features, &finder, &grouping, &base, Together::Asked);
            found.push(exposed(&grouping, &base, &year, proxies.groups));
        }
        let audit = HouseAudit { occasion, at: self.now(), attributes: found };
        let mut tx = self.store().begin().await?;
        let stored = StoredHouseAudit { occasion, at: audit.at, findings: json_text(&audit)? };
        tx.put_house_audit(&stored).await?;
        let away: usize = audit.attributes.iter().map(AttributeAudit::given_away).sum();
        let payload = serde_json::json!({
            "occasion": occasion, "attributes": audit.attributes.len(), "features_that_give_away": away,
        });
        tx.append_entries(&[self.entry(
            who,
            Action::FairnessAudited,
            "fairness/house",
            json_value(&payload)?,
        )])
        .await?;
        tx.commit().await?;
        Ok(Some(audit))
    }

    /// The newest audit of the house.
    pub(super) async fn house_audit(&self) -> Result<Option<HouseAudit>> {
        let read = |stored: StoredHouseAudit| {
            serde_json::from_str(&stored.findings)
                .map_err(|error| Error::Internal(format!("the audit of the house cannot be read: {error}")))
        };
        self.store().latest_house_audit().await?.map(read).transpose()
    }
}

impl AttributeAudit {
    /// How many features give a group of it away.
    fn given_away(&self) -> usize {
        let mut named: Vec<&str> = self
            .proxies
            .iter()
            .flat_map(|group| &group.features)
            .filter(|line| line.gives_away)
            .map(|line| line.feature.as_str())
            .collect();
        named.sort_unstable();
        named.dedup();
        named.len()
    }
}

fn exposed(grouping: &Grouping, base: &[bool], year: &Year, proxies: Vec<GroupProxies>) -> AttributeAudit {
    let told = grouping.told(base);
    let mut got = vec![(Got::default(), 0_u64, 0_u64); told.len()];
    for (at, known) in grouping.codes(base).enumerate() {
        let Some(place) = known.and_then(|code| told.iter().position(|(of, _)| *of == code)) else {
            continue;
        };
        let Some((sum, reached, offered)) = got.get_mut(place) else { continue };
        let contacts = year.contacts.get(at).copied().unwrap_or_default();
        sum.add(contacts / year.months.get(at).copied().unwrap_or(1.0));
        *reached += u64::from(contacts > 0.0);
        *offered += u64::from(year.offered.get(at).copied().unwrap_or(false));
    }
    let level = 1.0 - (1.0 - LEVEL) / FIGURES;
    let demand = Demand { smallest: SMALLEST_GROUP, level };
    let contacts: Vec<Got> = got.iter().map(|(sum, ..)| *sum).collect();
    let burden = exposure::burden(&contacts, SMALLEST_GROUP, level);
    let among = |of: fn(&(Got, u64, u64)) -> u64| {
        let rate = |hits: fn(u64, u64) -> u64| -> Vec<Confusion> {
            got.iter().map(|one| Confusion::selected(hits(of(one), one.0.people), one.0.people)).collect()
        };
        let never = compare(Rate::Selection, &rate(|hits, n| n - hits.min(n)), &demand).groups;
        (never, compare(Rate::Selection, &rate(|hits, _| hits), &demand).ratio)
    };
    let (never, reached_ratio) = among(|one| one.1);
    let (never_offered, offered_ratio) = among(|one| one.2);
    let figures = burden.groups.iter().zip(never).zip(never_offered);
    let exposure = told.iter().zip(figures).map(|((_, group), ((contacts, never), never_offered))| {
        GroupExposure { group: group.clone(), contacts: *contacts, never, never_offered }
    });
    AttributeAudit {
        attribute: grouping.name().to_owned(),
        proxies,
        exposure: exposure.collect(),
        contacts_ratio: burden.ratio,
        reached_ratio,
        offered_ratio,
        withheld: (grouping.groups(base) - told.len()) as u64,
    }
}
