//! Why: from a message back to data, model, checks and approver.

use std::sync::Arc;
use store::deliveries::Delivery;
use terms::campaign::Campaign;
use terms::customer::{Customer, Language};
use terms::delivery::DeliveryState;
use terms::finding::GuardReport;
use terms::hash::ContentHash;
use terms::ids::{MessageId, PersonId};
use terms::preference::Personalisation;

use crate::app::App;
use crate::error::Result;
use crate::ledger::ledger_line;
use crate::views::WhyView;
use crate::workshop::{Recipient, Workshop};

impl App {
    /// Everything behind a message, for people who work here.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such message.
    pub async fn why(&self, id: MessageId, language: Language) -> Result<WhyView> {
        let message = self.store().message(id).await?;
        let campaign = self.store().campaign(message.campaign).await?;
        let approval = self.store().valid_approval(campaign.id).await?;
        let people = self.store().people().await?;
        let name =
            |id: PersonId| people.iter().find(|p| p.id == id).map(|p| p.name.clone()).unwrap_or_default();
        let subject = match self.store().customer(&message.customer).await {
            Ok(customer) => self.rendered_subject(&message, &customer, &campaign).await?,
            // Erased: the message is still explained, without the person.
            Err(store::Error::NotFound { .. }) => String::new(),
            Err(error) => return Err(error.into()),
        };
        let responsible = self.brand().await?.responsible;
        let mut ledger = Vec::new();
        for object in [format!("campaign/{}", campaign.id), format!("message/{id}")] {
            let entries = self.store().entries_of(&object).await?;
            ledger.extend(entries.iter().map(|entry| ledger_line(entry, &people, responsible)));
        }
        ledger.sort_by_key(|line| line.seq);
        let sent_with = message.evidence.as_ref().and_then(|evidence| evidence.get("models"));
        let models = match sent_with.and_then(|models| serde_json::from_value(models.clone()).ok()) {
            Some(models) => models,
            None => self.approved_models(&campaign, approval.as_ref()).await?,
        };
        let guard = match &approval {
            Some(approval) => self.guard_report(&campaign, &message, &approval.content).await?,
            None => None,
        };
        let segment = policy::segment::parse(&campaign.plan.audience).ok();
        Ok(WhyView {
            message: id.0,
            customer: message.customer.to_string(),
            state: message.state.map_or_else(|| "excluded".to_owned(), |state| state.to_string()),
            exclusion: message.exclusion.map(|reason| reason.to_string()),
            planned_at: message.not_before.unwrap_or(campaign.changed_at),
            sent_at: message.finished_at.filter(|_| message.state == Some(DeliveryState::Sent)),
            campaign: campaign.plan.name.clone(),
            campaign_id: campaign.id.0,
            subject,
            audience: campaign.plan.audience.clone(),
            audience_described: segment.map(|s| policy::segment::describe(&s, language)).unwrap_or_default(),
            data: self.evidence_data(&message),
            models,
            reasons: message.reasons.clone(),
            guard,
            content_hash: approval.as_ref().map(|a| a.content.to_string()).unwrap_or_default(),
            author: name(campaign.author),
            approver: approval.as_ref().map(|a| name(a.approver)).unwrap_or_default(),
            approved_at: approval.as_ref().map(|a| a.at),
            propensity: message.propensity,
            ledger,
        })
    }

    /// What the guard said of the words this message was made from, when they were submitted.
    async fn guard_report(
        &self,
        campaign: &Campaign,
        message: &Delivery,
        content: &ContentHash,
    ) -> Result<Option<GuardReport>> {
        let variant = campaign.variants.iter().find(|variant| variant.id == message.variant);
        let Some(checks) = self.store().report(campaign.id, content).await? else { return Ok(None) };
        let checks = checks.as_array().cloned().unwrap_or_default();
        let language = variant.map(|variant| variant.language.as_str());
        let of_language =
            checks.iter().find(|check| check.get("language").and_then(serde_json::Value::as_str) == language);
        Ok(of_language
            .and_then(|check| check.get("report"))
            .and_then(|report| serde_json::from_value(report.clone()).ok()))
    }

    /// The figures a message's audience was chosen by, as they stood when it was sent; empty before.
    pub(crate) fn evidence_data(&self, message: &Delivery) -> Vec<(String, String)> {
        message
            .evidence
            .as_ref()
            .and_then(|evidence| evidence.get("data"))
            .and_then(|data| serde_json::from_value(data.clone()).ok())
            .unwrap_or_default()
    }

    /// The subject as this customer read it.
    pub(crate) async fn rendered_subject(
        &self,
        message: &Delivery,
        customer: &Customer,
        campaign: &Campaign,
    ) -> Result<String> {
        let Some(variant) = campaign.variants.iter().find(|variant| variant.id == message.variant) else {
            return Ok(String::new());
        };
        let facts = self.facts_for(&campaign.plan.offer).await?;
        // Only rendered here, and checked when it was sent.
        let workshop =
            Workshop::new(self.brand().await?, campaign.plan.clone(), facts, Vec::new(), Arc::default());
        let links = workshop.sample_links();
        let level = message.evidence.as_ref().and_then(|evidence| evidence.get("personalisation"));
        // Messages of before there were levels kept none: all of them carried the name.
        let level = level.and_then(serde_json::Value::as_str).and_then(|level| level.parse().ok());
        let recipient = Recipient {
            first_name: customer.first_name.as_deref(),
            email: None,
            links,
            level: level.unwrap_or(Personalisation::Full),
        };
        let mail = workshop.made(variant).and_then(|made| workshop.mail(&made, &recipient));
        // The words are kept as written when a fact they need has gone since.
        Ok(mail.map_or_else(|_| variant.subject.clone(), |mail| mail.subject))
    }
}
