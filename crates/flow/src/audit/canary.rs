//! Whether a canary selects some group less often than what it is compared with: counts by group, and an e-value.
//!
//! Goes in: customers in the order they were selected, once each. Comes out: of each group that is large enough how many
//! were selected in the canary's share and outside of it. Deliberately absent: any value of anybody.

use std::collections::{BTreeMap, HashMap};

use science::experiment::guardrail::SelectionTest;
use terms::ids::CustomerKey;

use super::SMALLEST_GROUP;
use crate::app::App;
use crate::error::Result;
use crate::lawful::FairnessAudit;
use crate::registry::in_canary;

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// By group: selected in the canary's share, and outside of it.
    pub(crate) groups: Vec<(String, [u64; 2])>,
    /// The highest mean of the groups' e-values so far: an e-value again.
    pub(crate) highest: f64,
}

/// One group under watch.
struct Watched {
    attribute: usize,
    value: String,
    counts: [u64; 2],
    test: SelectionTest,
}

impl App {
    /// How selection falls on the groups in a canary's share and outside of it. Opens the vault, which the ledger keeps.
    /// `None` without an attribute.
    pub(crate) async fn selection_of_canary(
        &self,
        label: &str,
        share: i64,
        selected: &[CustomerKey],
    ) -> Result<Option<Selection>> {
        let attributes = self.audited_attributes(&self.fairness_policy().await?).await?;
        if attributes.is_empty() || selected.is_empty() {
            return Ok(None);
        }
        let lawful = self.lawful::<FairnessAudit>().await?;
        let mut values: Vec<HashMap<CustomerKey, String>> = Vec::new();
        let mut groups: Vec<Watched> = Vec::new();
        for (at, attribute) in attributes.iter().enumerate() {
            let about = serde_json::json!({ "audit": "canary", "model": label });
            let held = self.values_for_audit(*attribute, about).await?;
            let held: HashMap<CustomerKey, String> =
                held.into_iter().filter(|(key, _)| lawful.covers(key)).collect();
            let mut sizes: BTreeMap<&String, u64> = BTreeMap::new();
            held.values().for_each(|value| *sizes.entry(value).or_default() += 1);
            let large = sizes.into_iter().filter(|(_, size)| *size >= SMALLEST_GROUP);
            groups.extend(large.map(|(value, _)| Watched {
                attribute: at,
                value: value.clone(),
                counts: [0; 2],
                test: SelectionTest::new(share as f64 / 100.0),
            }));
            values.push(held);
        }
        let mut highest: f64 = 1.0;
        for customer in selected {
            let canary = in_canary(label, share, customer.as_str());
            for group in &mut groups {
                let value = values.get(group.attribute).and_then(|held| held.get(customer));
                let Some(value) = value else { continue };
                let mine = *value == group.value;
                group.test.add(mine, canary);
                if let Some(count) = group.counts.get_mut(usize::from(!canary)).filter(|_| mine) {
                    *count += 1;
                }
            }
            let sum: f64 = groups.iter().map(|group| group.test.e_value()).sum();
            highest = highest.max(sum / groups.len().max(1) as f64);
        }
        // How many of a few were selected would say too much of them.
        let told = groups.into_iter().filter(|group| group.counts.iter().sum::<u64>() >= SMALLEST_GROUP);
        let groups = told.map(|group| (group.value, group.counts)).collect();
        Ok(Some(Selection { groups, highest }))
    }
}
