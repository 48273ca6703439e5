//! The fairness audit and the vault it alone opens.
//!
//! Goes in: a named person, a reason, a segment and an attribute. Comes out: how many of each group the segment selects,
//! with intervals; groups under 20 are insufficient. Every opening is an entry of the ledger in the transaction that
//! reads. Deliberately absent: any way to see whose value is which, and any use of a value but counting.
//!
//! Architecture invariant: no other module of this crate makes a `store::vault::Opening`, and none below the store can
//! name an attribute; a test reads the sources.

mod audience;
mod calendar;
mod canary;
mod features;
mod finding;
mod flip;
mod groups;
mod house;
mod import;
mod proxies;
mod remedy;
mod score;
mod seal;
mod take;

pub use audience::AudienceAudit;
pub use calendar::{AuditLine, FairnessView};
pub use finding::{AuditFinding, GroupRate, Lowest};
pub use flip::Flip;
pub use house::{AttributeAudit, GroupExposure, HouseAudit};
pub use import::VaultImport;
pub use policy::fairness_gate::{Credible, FairnessPolicy, GateReason, Judgement, SmallGroups};
pub use proxies::{GroupProxies, ProxyLine, UsedProxy};
pub use remedy::{Remedy, RemedyKind};
pub(crate) use score::{Scored, ScoredRow};
pub use store::vault::Attribute;

use std::collections::BTreeMap;

use science::rate::wilson;
use serde::Serialize;
use store::vault::{Opened, Opening, OpeningLine};
use terms::estimate::Evidence;
use terms::ids::CustomerKey;
use terms::person::Person;
use terms::time::Instant;

use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::lawful::FairnessAudit;
use crate::problem::Problem;
use seal::SealingKey;

/// Customers a group needs before anything is said of it.
pub const SMALLEST_GROUP: u64 = 20;
/// Probability content of the intervals.
const LEVEL: f64 = 0.95;

/// One group of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupLine {
    /// The value that makes the group.
    pub group: String,
    /// Customers in it; `None` for a group that is too small to be told.
    pub size: Option<u64>,
    /// How many of them the segment selects.
    pub selected: Option<u64>,
    /// The share, with its interval, or that the group is too small.
    pub rate: Evidence,
}

/// How a segment selects the groups of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionAudit {
    /// The attribute.
    pub attribute: Attribute,
    /// The segment.
    pub audience: String,
    /// Customers whose value is known and may be used.
    pub known: u64,
    /// Groups, largest first.
    pub groups: Vec<GroupLine>,
    /// Lowest rate over highest, among groups that are large enough: 1 is the same for all. `None` with fewer than two
    /// such groups, or when none is selected.
    pub ratio: Option<f64>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// What the vault holds, without a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VaultView {
    /// Values by attribute.
    pub attributes: BTreeMap<Attribute, i64>,
    /// The last openings, newest first.
    pub openings: Vec<OpeningLine>,
}

fn belongs(customer: &CustomerKey) -> String {
    format!("customer {customer}")
}

fn belongs_to(customer: &CustomerKey, attribute: Attribute) -> String {
    format!("{attribute} of {customer}")
}

impl App {
    /// The installation's vault key; made the first time something is sealed.
    fn vault_key(&self) -> Result<SealingKey> {
        Ok(SealingKey::new(self.home().secret("vault")?))
    }

    fn opened(&self, rows: Vec<Opened>) -> Result<Vec<(CustomerKey, Attribute, String)>> {
        let vault = self.vault_key()?;
        let open = |row: Opened| {
            let (customer, attribute) = (row.value.customer, row.value.attribute);
            let key = vault.unwrap(&belongs(&customer), &row.wrapped)?;
            let plain = key.open(&belongs_to(&customer, attribute), &row.value.sealed)?;
            let text = String::from_utf8(plain)
                .map_err(|_| Error::Internal("a value of the vault is no text".to_owned()))?;
            Ok((customer, attribute, text))
        };
        rows.into_iter().map(open).collect()
    }

    /// Values of an attribute, for an audit that the system makes in the name of whoever answers for it.
    async fn values_for_audit(
        &self,
        attribute: Attribute,
        about: serde_json::Value,
    ) -> Result<Vec<(CustomerKey, String)>> {
        let system = self.system("flow.audit").await?;
        let opening = Opening::new(system, attribute, "audit of an audience for fairness by group", about)?;
        let rows = self.store().open_vault(opening, self.now()).await?;
        Ok(self.opened(rows)?.into_iter().map(|(customer, _, value)| (customer, value)).collect())
    }

    /// How a segment selects the groups of an attribute. Opens the vault, which the ledger keeps.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for somebody who may not audit; [`Error::Problem`] when the segment cannot be read or the
    /// reason says too little.
    pub async fn audit_selection(
        &self,
        person: &Person,
        audience: &str,
        attribute: Attribute,
        reason: &str,
    ) -> Result<SelectionAudit> {
        let granted = self.needs(person, Permission::AuditFairness)?;
        let segment = policy::segment::parse(audience).map_err(|error| Problem::segment(audience, error))?;
        let snapshot = self.snapshot().await?;
        let lawful = self.lawful::<FairnessAudit>().await?;
        let about = serde_json::json!({ "audit": "selection", "audience": audience });
        let opening = Opening::new(granted.actor(), attribute, reason, about)
            .map_err(|_| Error::from(Problem::NoReasonToOpen))?;
        let now = self.now();
        let rows = self.store().open_vault(opening, now).await?;
        let selected: std::collections::HashSet<usize> =
            policy::segment::eval_columns(&segment, &snapshot.columns).ones().collect();
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut known = 0;
        for (customer, _, value) in self.opened(rows)? {
            let Some(at) = snapshot.position(&customer).filter(|_| lawful.covers(&customer)) else {
                continue;
            };
            known += 1;
            let (size, hits) = groups.entry(value).or_default();
            *size += 1;
            *hits += u64::from(selected.contains(&at));
        }
        let sizes: Vec<u64> = groups.values().map(|(size, _)| *size).collect();
        let withheld = science::fairness::suppress::row(&sizes, SMALLEST_GROUP);
        let mut told_rates = Vec::new();
        let mut lines: Vec<(u64, GroupLine)> = groups
            .into_iter()
            .zip(&withheld)
            .map(|((group, (size, hits)), withheld)| {
                let found = wilson(hits, size, SMALLEST_GROUP, LEVEL);
                if let Evidence::Sufficient(estimate) = found {
                    told_rates.push(estimate.value);
                }
                let told = matches!(found, Evidence::Sufficient(_)) && !withheld;
                // How small a small group is would already say something of the few in it, and so would another's size
                // from which it can be worked out.
                let few = Evidence::Insufficient { n: 0, needed: SMALLEST_GROUP };
                let rate = if told { found } else { few };
                let line =
                    GroupLine { group, size: told.then_some(size), selected: told.then_some(hits), rate };
                (if told { size } else { 0 }, line)
            })
            .collect();
        lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.group.cmp(&b.1.group)));
        let groups: Vec<GroupLine> = lines.into_iter().map(|(_, line)| line).collect();
        let (low, high) = told_rates
            .iter()
            .fold((f64::INFINITY, 0.0_f64), |(low, high), rate| (low.min(*rate), high.max(*rate)));
        Ok(SelectionAudit {
            attribute,
            audience: audience.to_owned(),
            known,
            ratio: (told_rates.len() > 1 && high > 0.0).then(|| match withheld.contains(&true) {
                // An exact ratio would tell the counts of who is withheld.
                true => (low / high * 100.0).floor() / 100.0,
                false => low / high,
            }),
            groups,
            by: person.name.clone(),
            at: now,
        })
    }

    /// What the vault holds, in numbers, and who opened it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for somebody who may not audit.
    pub async fn vault_view(&self, person: &Person) -> Result<VaultView> {
        self.needs(person, Permission::AuditFairness)?;
        Ok(VaultView {
            attributes: self.store().vault_counts().await?,
            openings: self.store().vault_openings(50).await?,
        })
    }

    /// What the vault holds of one customer, in clear, for the answer to their own request. The ledger keeps that it was
    /// opened, in the name of whoever answers for the installation.
    pub(crate) async fn vault_of(&self, customer: &CustomerKey) -> Result<Vec<serde_json::Value>> {
        let held = self.store().vault_attributes_of(customer).await?;
        let Some((attribute, ..)) = held.first() else { return Ok(Vec::new()) };
        let system = self.system("flow.rights").await?;
        // Without their key: the entry is the vault's, so erasing them would leave it there.
        let about = serde_json::json!({ "access": "one customer" });
        let opening =
            Opening::new(system, *attribute, "answer to the customer's own request for access", about)?;
        let rows = self.store().open_vault_of(customer, opening, self.now()).await?;
        let source = |attribute: Attribute| held.iter().find(|(of, ..)| *of == attribute);
        Ok(self
            .opened(rows)?
            .into_iter()
            .map(|(customer, attribute, value)| {
                let (source, at) =
                    source(attribute).map_or(("", None), |(_, source, at)| (source.as_str(), Some(at)));
                serde_json::json!({
                    "customer": customer, "attribute": attribute, "value": value, "source": source, "at": at,
                })
            })
            .collect())
    }
}
