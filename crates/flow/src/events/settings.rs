//! What a brand decides about events: which consent category means which purpose, and how long behaviour is kept.
//!
//! Defaults grant nothing that reaches anybody: no category means marketing until somebody says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use terms::consent::Purpose;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::{App, json_text, json_value};
use crate::error::{Error, Result};

/// Settings of the ingest API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventSettings {
    /// Purposes of each consent category, by its name in lower case.
    pub categories: BTreeMap<String, Vec<Purpose>>,
    /// Days for which behaviour is kept.
    pub keep_days: i64,
    /// Days for which messageIds are remembered, so that a repeated event counts once.
    pub remember_days: i64,
    /// Seconds that purchases wait for others before they go to the lake together.
    pub compact_seconds: i64,
}

impl Default for EventSettings {
    fn default() -> Self {
        let each = [
            ("analytics", Purpose::Measurement),
            ("performance", Purpose::Measurement),
            ("personalization", Purpose::Profiling),
            ("personalisation", Purpose::Profiling),
            ("targeting", Purpose::Sharing),
            ("advertising", Purpose::Sharing),
        ];
        Self {
            categories: each.into_iter().map(|(name, purpose)| (name.to_owned(), vec![purpose])).collect(),
            keep_days: 395,
            remember_days: 30,
            compact_seconds: 60,
        }
    }
}

impl EventSettings {
    const SETTING: &'static str = "events";

    /// The purposes of a category; none when nobody said what it means.
    pub(super) fn purposes(&self, category: &str) -> Option<&[Purpose]> {
        self.categories.get(&category.trim().to_lowercase()).map(Vec::as_slice)
    }
}

impl App {
    /// Settings of the ingest API.
    ///
    /// # Errors
    /// When the store fails or the setting cannot be read.
    pub async fn event_settings(&self) -> Result<EventSettings> {
        let text = self.store().setting(EventSettings::SETTING).await?;
        text.map_or_else(
            || Ok(EventSettings::default()),
            |text| {
                serde_json::from_str(&text).map_err(|error| {
                    Error::Internal(format!("the settings of events cannot be read: {error}"))
                })
            },
        )
    }

    /// Says what a consent category means from now on; no purposes make it mean nothing.
    ///
    /// # Errors
    /// When the store fails, or the category has no name.
    pub async fn map_category(&self, category: &str, purposes: &[Purpose]) -> Result<EventSettings> {
        let name = category.trim().to_lowercase();
        if name.is_empty() {
            return Err(Error::Invalid { message: "name the category, such as Advertising".to_owned() });
        }
        let mut settings = self.event_settings().await?;
        if purposes.is_empty() {
            settings.categories.remove(&name);
        } else {
            settings.categories.insert(name.clone(), purposes.to_vec());
        }
        let payload = serde_json::json!({ "category": name, "purposes": json_value(&purposes)? });
        let entry = self.entry(Actor::Operator, Action::EventSettingsChanged, "settings/events", payload);
        let mut tx = self.store().begin().await?;
        tx.set_setting(EventSettings::SETTING, &json_text(&settings)?).await?;
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_category_means_marketing_until_somebody_says_so() {
        let settings = EventSettings::default();
        let means_marketing = settings.categories.values().flatten().any(|p| *p == Purpose::Marketing);
        assert!(!means_marketing);
        assert_eq!(settings.purposes("Marketing"), None);
        assert_eq!(settings.purposes(" Advertising "), Some([Purpose::Sharing].as_slice()));
    }
}
