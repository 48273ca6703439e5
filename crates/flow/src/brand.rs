//! What an installation knows of its brand: names, addresses, limits. Kept as one setting in the store.

use serde::{Deserialize, Serialize};
use terms::ids::PersonId;
use terms::money::Currency;
use terms::stage::StageRule;
use terms::time::{Day, Instant};

/// The brand's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brand {
    /// Name customers know.
    pub name: String,
    /// Sender of messages, as `Name <address>`.
    pub from: String,
    /// Currency of purchases.
    pub currency: Currency,
    /// Where customers reach their own pages, without a slash at the end.
    pub base_url: String,
    /// Hosts that messages may link to, besides that of `base_url`; see [`Brand::link_hosts`].
    pub allowed_hosts: Vec<String>,
    /// Time zones of the brand's customers; one whose zone is unknown is written to only when all of these allow it.
    pub time_zones: Vec<String>,
    /// Who answers for what the system does by itself.
    pub responsible: PersonId,
    /// Stage thresholds set by a person; without them they follow the brand's own rhythm.
    pub stage_rule: Option<StageRule>,
    /// At most this many messages to one person in 30 days, over all campaigns.
    pub cap_30_days: u32,
    /// At most this many messages to one person in 3 days, over all campaigns.
    pub cap_3_days: u32,
}

impl Brand {
    /// Settings for an installation nobody has configured yet. Messages cannot be sent with them: there is no
    /// sender's address among the facts.
    #[must_use]
    pub fn unnamed(responsible: PersonId) -> Self {
        Self {
            name: "My brand".to_owned(),
            from: "My brand <hello@brand.invalid>".to_owned(),
            currency: Currency::EUR,
            base_url: "http://127.0.0.1:7070".to_owned(),
            allowed_hosts: Vec::new(),
            time_zones: vec!["Europe/Madrid".to_owned()],
            responsible,
            stage_rule: None,
            cap_30_days: 4,
            cap_3_days: 1,
        }
    }

    /// Every host that messages may link to: those listed, and that of the brand's own pages.
    #[must_use]
    pub fn link_hosts(&self) -> Vec<String> {
        let rest = self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let own = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((v6, _)) => v6,
            None => authority.split(':').next().unwrap_or_default(),
        };
        let mut hosts = self.allowed_hosts.clone();
        if !own.is_empty() && !hosts.iter().any(|host| host.eq_ignore_ascii_case(own)) {
            hosts.push(own.to_owned());
        }
        hosts
    }

    /// When a day ends for the brand: by the first of its customers' time zones, as the guard reads dates.
    #[must_use]
    pub fn end_of(&self, day: Day) -> Instant {
        self.time_zones.first().map_or(day.end(), |zone| day.end_in(zone))
    }

    /// The key under which it is kept.
    pub(crate) const SETTING: &'static str = "brand";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_the_brands_own_pages_counts_as_listed() {
        let mut brand = Brand::unnamed(PersonId(1));
        brand.base_url = "https://mail.aurora.example".to_owned();
        brand.allowed_hosts = vec!["aurora.example".to_owned()];
        assert_eq!(brand.link_hosts(), ["aurora.example", "mail.aurora.example"]);
        brand.base_url = "http://127.0.0.1:7070".to_owned();
        assert_eq!(brand.link_hosts(), ["aurora.example", "127.0.0.1"]);
    }
}
