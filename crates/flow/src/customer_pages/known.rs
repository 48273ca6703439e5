//! What is known of a customer and where it came from, in words, and the rights beside it: see, take along, correct,
//! object, restrict, have reviewed, erase.

use serde_json::Value;
use terms::consent::Purpose;
use terms::customer::Customer;
use terms::delivery::DeliveryState;
use terms::person::Actor;
use terms::rights::{Details, RightKind};
use terms::time::Instant;

use super::centre::Visitor;
use crate::app::App;
use crate::error::Result;
use crate::places::{Archive, ArchivePart};
use crate::rights::{Asked, RECTIFIABLE, reference};
use crate::views::{KnownView, OwnDecision, OwnPurchases};

/// Days of a year.
const YEAR: i64 = 365;
/// Decisions offered for review.
const MOST: usize = 50;

fn part<'a>(archive: &'a Archive, place: &str) -> Option<&'a ArchivePart> {
    archive.parts.iter().find(|part| part.place == place)
}

fn rows<'a>(archive: &'a Archive, place: &str) -> &'a [Value] {
    part(archive, place).map_or(&[], |part| &part.rows)
}

fn text(row: &Value, field: &str) -> String {
    match row.get(field) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn at(row: &Value, field: &str) -> Option<Instant> {
    row.get(field).and_then(Value::as_i64).map(Instant)
}

impl App {
    /// What is known of a customer.
    ///
    /// # Errors
    /// As [`App::preferences`]; when a place cannot be read, because what cannot be read is not shown as nothing.
    pub async fn known(&self, token: &str) -> Result<KnownView> {
        let Visitor { customer, .. } = self.centre_visitor(token).await?;
        let archive = self.archive_of(&customer.key).await?;
        let sources = rows(&archive, "store.trait_sources");
        let source_of = |field: &str| {
            sources.iter().find(|row| text(row, "field") == field).map(|row| text(row, "source"))
        };
        let whence = |field: &str| source_of(field).unwrap_or_else(|| "import".to_owned());
        let facts = [
            ("first_name", customer.first_name.clone()),
            ("email", customer.email.clone()),
            ("locale", Some(customer.locale.clone()).filter(|locale| !locale.is_empty())),
            ("country", customer.country.clone()),
            ("time_zone", customer.time_zone.clone()),
        ];
        let facts = facts
            .into_iter()
            .filter_map(|(field, value)| value.map(|value| (field.to_owned(), value, whence(field))));
        let mut consents: Vec<_> = rows(&archive, "store.consents")
            .iter()
            .filter_map(|row| {
                let when = at(row, "at")?;
                let told = ["purpose", "channel", "status", "source"].map(|field| text(row, field));
                let [purpose, channel, status, source] = told;
                Some((purpose, channel, status, source, when))
            })
            .collect();
        consents.sort_by_key(|consent| std::cmp::Reverse(consent.4));
        Ok(KnownView {
            language: self.language_of(&customer).await?,
            brand: self.brand().await?.name,
            token: token.to_owned(),
            key: customer.key.to_string(),
            facts: facts.collect(),
            consents,
            purchases: self.own_purchases(&customer).await?,
            places: archive
                .parts
                .iter()
                .filter(|part| !part.rows.is_empty())
                .map(|part| (part.place.to_owned(), part.rows.len()))
                .collect(),
            rows: archive.rows(),
            holdout_until: self.holdout().await?.until(&customer.key, self.now()),
            decisions: self.own_decisions(&customer).await?,
            email: customer.email.as_deref().map(crate::rights::veiled).unwrap_or_default(),
            restricted: customer.restricted,
            asked: None,
        })
    }

    async fn own_purchases(&self, customer: &Customer) -> Result<Option<OwnPurchases>> {
        let (lake, key) = (self.lake().clone(), customer.key.clone());
        let history = tokio::task::spawn_blocking(move || lake.history_of(&key))
            .await
            .map_err(|error| crate::Error::Internal(error.to_string()))??;
        let (Some(first), Some(last)) =
            (history.iter().map(|p| p.time).min(), history.iter().map(|p| p.time).max())
        else {
            return Ok(None);
        };
        Ok(Some(OwnPurchases {
            count: history.len(),
            total: history.iter().map(|purchase| purchase.amount.major()).sum(),
            currency: self.brand().await?.currency.to_string(),
            first,
            last,
        }))
    }

    /// Decisions of the last year in which a score or a stage had a say: messages sent, and messages held back.
    async fn own_decisions(&self, customer: &Customer) -> Result<Vec<OwnDecision>> {
        let year_ago = self.now().plus_days(-YEAR);
        let mut decisions = Vec::new();
        for message in self.store().messages_of_customer(&customer.key, 200).await? {
            let campaign = self.store().campaign(message.campaign).await?;
            let when = message.finished_at.or(message.not_before).unwrap_or(campaign.plan.starts_at);
            let by_score = policy::segment::parse(&campaign.plan.audience)
                .is_ok_and(|segment| segment.uses_scores() || segment.uses_profiling());
            if when < year_ago || !by_score || decisions.len() >= MOST {
                continue;
            }
            let sent = message.state == Some(DeliveryState::Sent);
            let about = if sent {
                self.rendered_subject(&message, customer, &campaign).await?
            } else {
                campaign.plan.name.clone()
            };
            decisions.push(OwnDecision { message: message.id.0, about, at: when, sent });
        }
        Ok(decisions)
    }

    /// A customer uses a right on their own page.
    ///
    /// # Errors
    /// As [`App::preferences`]; when what they wrote cannot be taken.
    pub async fn ask_from_page(&self, token: &str, kind: RightKind, details: Details) -> Result<KnownView> {
        let Visitor { customer, .. } = self.centre_visitor(token).await?;
        let language = self.language_of(&customer).await?;
        let details = self.own_details(&customer, kind, details).await?;
        let (id, asked) = self.customer_asks(&customer, language, kind, details).await?;
        let view = self.known(token).await?;
        Ok(KnownView { asked: Some((kind, reference(id), asked)), ..view })
    }

    /// What of a form belongs to the right: fields that can be corrected and differ, purposes that can be objected to,
    /// a decision that was theirs.
    async fn own_details(&self, customer: &Customer, kind: RightKind, sent: Details) -> Result<Details> {
        let mut details = Details { words: sent.words.trim().to_owned(), ..Details::default() };
        match kind {
            RightKind::Rectification => {
                let on_file = |field: &str| match field {
                    "first_name" => customer.first_name.clone().unwrap_or_default(),
                    "email" => customer.email.clone().unwrap_or_default(),
                    "locale" => customer.locale.clone(),
                    "country" => customer.country.clone().unwrap_or_default(),
                    _ => customer.time_zone.clone().unwrap_or_default(),
                };
                details.fields = sent
                    .fields
                    .into_iter()
                    .map(|(name, value)| (name, value.trim().to_owned()))
                    .filter(|(name, value)| RECTIFIABLE.contains(&name.as_str()) && on_file(name) != *value)
                    .collect();
                if details.fields.is_empty() && details.words.is_empty() {
                    return Err(crate::Problem::NothingToCorrect.into());
                }
            }
            RightKind::Objection => {
                let known = [Purpose::Marketing.as_str(), Purpose::Profiling.as_str()];
                details.against =
                    sent.against.into_iter().filter(|word| known.contains(&word.as_str())).collect();
            }
            RightKind::Review => {
                if let Some(id) = sent.message {
                    let own = self.own_decisions(customer).await?;
                    details.message = own.iter().any(|decision| decision.message == id).then_some(id);
                }
            }
            _ => {}
        }
        Ok(details)
    }

    /// A customer lifts the restriction they had asked for.
    ///
    /// # Errors
    /// As [`App::preferences`].
    pub async fn lift_own_restriction(&self, token: &str) -> Result<KnownView> {
        let Visitor { customer, .. } = self.centre_visitor(token).await?;
        self.lift_restriction(&customer, Actor::Customer).await?;
        let view = self.known(token).await?;
        Ok(KnownView { asked: Some((RightKind::Restriction, String::new(), Asked::Done)), ..view })
    }
}
