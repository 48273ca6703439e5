//! What an installation knows of its brand: names, addresses, limits. Kept as one setting in the store.

use policy::decide::BrandLimits;
use serde::{Deserialize, Serialize};
use terms::customer::Language;
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
    /// What campaigns can be about, in the order customers see them.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Whether public holidays of the recipient's country are quiet days.
    #[serde(default = "quiet")]
    pub holidays: HolidayRest,
    /// Kinds of personal facts a message may state at the most, the name included.
    #[serde(default = "personal_facts")]
    pub personal_facts: u32,
    /// Nobody is written to when, by their own history, the next message makes them opt out or complain with more
    /// than this probability.
    #[serde(default = "most_harm")]
    pub most_harm: f64,
}

/// What is sent on public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRest {
    /// Nothing.
    Quiet,
    /// The same as on other days.
    Usual,
}

/// Something campaigns can be about. Customers choose among these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Name campaigns and preferences keep, such as `coffee`.
    pub id: String,
    /// Name customers read in English.
    pub en: String,
    /// Name customers read in Spanish.
    pub es: String,
}

impl Topic {
    /// The name in a language.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

/// `coffee`, or `coffee=Coffee/Café` with the names customers read in English and Spanish.
impl std::str::FromStr for Topic {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (id, names) = text.split_once('=').unwrap_or((text, ""));
        let (id, names) = (id.trim(), names.trim());
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(plain) {
            return Err(format!(
                "`{id}` is no name of a topic; write small letters, digits, `-` and `_`, such as `coffee=Coffee/Café`"
            ));
        }
        let (en, es) = names.split_once('/').unwrap_or((names, names));
        let or_id = |name: &str| if name.trim().is_empty() { id.to_owned() } else { name.trim().to_owned() };
        Ok(Self { id: id.to_owned(), en: or_id(en), es: or_id(es) })
    }
}

const fn quiet() -> HolidayRest {
    HolidayRest::Quiet
}

const fn personal_facts() -> u32 {
    BrandLimits::PERSONAL_FACTS
}

const fn most_harm() -> f64 {
    BrandLimits::MOST_HARM
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
            topics: Vec::new(),
            holidays: quiet(),
            personal_facts: personal_facts(),
            most_harm: most_harm(),
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
    fn a_topic_has_a_plain_name_and_one_for_each_language() {
        let coffee: Topic = "coffee = Coffee / Café".parse().unwrap();
        assert_eq!((coffee.name(Language::English), coffee.name(Language::Spanish)), ("Coffee", "Café"));
        let plain: Topic = "slow-food".parse().unwrap();
        assert_eq!((plain.id.as_str(), plain.es.as_str()), ("slow-food", "slow-food"));
        for wrong in ["", "=Coffee", "Coffee", "a b"] {
            assert!(wrong.parse::<Topic>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_of_an_earlier_version_read_with_the_careful_defaults() {
        let mut value = serde_json::to_value(Brand::unnamed(PersonId(1))).unwrap();
        for new in ["topics", "holidays", "personal_facts", "most_harm"] {
            value.as_object_mut().unwrap().remove(new);
        }
        assert_eq!(serde_json::from_value::<Brand>(value).unwrap(), Brand::unnamed(PersonId(1)));
    }

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
