//! Contact records from events: each field only where it is newer than what is known.

use std::collections::{BTreeMap, HashMap};

use store::Tx;
use store::identities::TraitSource;
use store::intake::InboxRow;
use terms::customer::Customer;
use terms::event::{EventFate, EventKind};
use terms::ids::CustomerKey;
use terms::time::Instant;

use super::super::meaning::{self, Traits};
use super::{Item, Run};
use crate::error::Result;

impl Run<'_> {
    /// Writes contact records, field by field, each only where it is newer than what is known.
    pub(super) async fn records(&mut self, tx: &mut Tx, items: &[Item<'_>]) -> Result<()> {
        let mut said: BTreeMap<CustomerKey, Vec<(Traits, Instant, &InboxRow)>> = BTreeMap::new();
        for Item { event, row } in items {
            let own = event.kind == EventKind::Identify;
            let Some(customer) = event.user.as_deref().map(|user| self.people.key(user)) else { continue };
            if own {
                said.entry(customer).or_default().push((meaning::traits(event), event.at, row));
            }
        }
        if said.is_empty() {
            return Ok(());
        }
        let keys: Vec<CustomerKey> = said.keys().cloned().collect();
        let mut times: HashMap<(CustomerKey, String), Instant> = tx
            .trait_sources(&keys)
            .await?
            .into_iter()
            .map(|known| ((known.customer, known.field), known.at))
            .collect();
        let (mut records, mut sources) = (Vec::new(), BTreeMap::new());
        for (key, mut each) in said {
            each.sort_by_key(|(_, at, _)| *at);
            let known = self.people.records.get(&key).cloned();
            let mut record = known.clone().unwrap_or_else(|| Customer {
                key: key.clone(),
                email: None,
                first_name: None,
                locale: String::new(),
                country: None,
                time_zone: None,
                known_since: each.first().map_or(self.now, |(_, at, _)| *at),
                restricted: false,
            });
            for (traits, at, row) in each {
                let source = self.source(row.key);
                let public = self.is_public(row.key);
                let mut newer = |field: &str| {
                    let place = (key.clone(), field.to_owned());
                    if times.get(&place).is_some_and(|known| *known > at) {
                        return false;
                    }
                    times.insert(place.clone(), at);
                    sources.insert(place, (source.clone(), at));
                    true
                };
                let mut changed = known.is_none();
                let mut set = |slot: &mut Option<String>, value: Option<String>, field: &str| {
                    if let Some(value) = value
                        && newer(field)
                    {
                        *slot = Some(value);
                        changed = true;
                    }
                };
                // With a key that everybody can read nobody's mail is sent elsewhere.
                if !(public && record.email.is_some()) {
                    set(&mut record.email, traits.email, "email");
                }
                set(&mut record.first_name, traits.first_name, "first_name");
                let mut locale = Some(std::mem::take(&mut record.locale));
                set(&mut locale, traits.locale, "locale");
                record.locale = locale.unwrap_or_default();
                set(&mut record.country, traits.country, "country");
                set(&mut record.time_zone, traits.time_zone, "time_zone");
                if let Some(created) = traits.created_at.filter(|created| *created < record.known_since) {
                    record.known_since = created;
                    changed = true;
                }
                self.count(row.key, if changed { EventFate::Record } else { EventFate::Outdated });
            }
            records.push(record);
        }
        tx.put_customers(&records).await?;
        for record in records {
            self.people.records.insert(record.key.clone(), record);
        }
        let sources: Vec<TraitSource> = sources
            .into_iter()
            .map(|((customer, field), (source, at))| TraitSource { customer, field, source, at })
            .collect();
        tx.put_trait_sources(&sources).await?;
        Ok(())
    }
}
