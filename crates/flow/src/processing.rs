//! The record of processing (GDPR 30) and the skeleton of an impact assessment (GDPR 35), from what the system has and
//! does: the places, receipts, recipients, periods, models and limits of this installation.
//!
//! Goes in: nothing but the installation, and what people state about it. Comes out: [`ProcessingView`], which the web
//! and the command line turn into documents. Architecture invariant: nothing here is a list of its own about data; a
//! place, a recipient or a model that is added appears by itself. Deliberately absent: words, and the judgement
//! whether the risks that remain can be borne; that is for people to state.

use std::collections::BTreeMap;

use serde::Serialize;
use terms::consent::{LawfulBasis, Purpose};
use terms::ledger::Action;
use terms::person::Actor;
use terms::processing::{
    DataCategory, Ground, ProcessingPurpose, RetentionKind, Risk, SafeguardKind, Statement,
};
use terms::time::Instant;

use crate::app::{App, json_text};
use crate::brand::HolidayRest;
use crate::error::{Error, Result};
use crate::places::{Kept, PLACES};
use crate::problem::Problem;

/// The setting that keeps what people state.
const SETTING: &str = "processing";
/// Safeguards that are a choice of the brand; without recipients or models theirs are not missed.
const CHOSEN: [SafeguardKind; 4] =
    [SafeguardKind::Holidays, SafeguardKind::Fatigue, SafeguardKind::ControlGroups, SafeguardKind::Retention];
/// Characters that a statement may have at the most.
const LONGEST: usize = 4_000;

/// What people state, by what it is about.
pub type Statements = BTreeMap<Statement, String>;

/// How long data of a kind are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptFor {
    /// Kind.
    pub kind: RetentionKind,
    /// Days.
    pub days: i64,
    /// Whether the period acts; otherwise it is only intended.
    pub active: bool,
}

/// One purpose with everything that is processed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Purpose.
    pub purpose: ProcessingPurpose,
    /// Categories of data.
    pub categories: Vec<DataCategory>,
    /// Grounds.
    pub grounds: Vec<Ground>,
    /// Places, by their names in receipts of erasure.
    pub places: Vec<&'static str>,
    /// Periods.
    pub kept_for: Vec<KeptFor>,
    /// Whether some of it is kept as long as its customer is.
    pub with_customer: bool,
}

/// Somebody who is given data, or told of requests about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receiver {
    /// Name.
    pub name: String,
    /// Where.
    pub url: String,
    /// Since when.
    pub since: Instant,
}

/// A model that acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acting {
    /// Name and version.
    pub label: String,
    /// When it was fitted.
    pub made_at: Instant,
    /// Who answers for it.
    pub responsible: String,
}

/// Something in force, with the numbers that its words need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Safeguard {
    /// What.
    pub kind: SafeguardKind,
    /// Its numbers, in the order of its words.
    pub numbers: Vec<i64>,
}

/// A risk with what is in force against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskLine {
    /// Risk.
    pub risk: Risk,
    /// Safeguards against it that are in force.
    pub answers: Vec<SafeguardKind>,
    /// Safeguards against it that this installation could have and has not.
    pub missing: Vec<SafeguardKind>,
}

/// Everything both documents need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProcessingView {
    /// Now.
    pub at: Instant,
    /// The brand.
    pub brand: String,
    /// Customers with a contact record.
    pub customers: i64,
    /// What people stated.
    pub statements: Statements,
    /// By purpose.
    pub activities: Vec<Activity>,
    /// For how many customers each basis is relied on.
    pub grounds: Vec<(Purpose, LawfulBasis, i64)>,
    /// Recipients.
    pub recipients: Vec<Receiver>,
    /// Models that act: while there is one, people are profiled systematically (GDPR 35(3)(a)).
    pub models: Vec<Acting>,
    /// What is in force.
    pub safeguards: Vec<Safeguard>,
    /// Risks.
    pub risks: Vec<RiskLine>,
}

/// Adds what is not there yet, keeping the order.
fn merge<T: Copy + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !all.contains(one) {
            all.push(*one);
        }
    }
}

fn activities(periods: &[KeptFor]) -> Vec<Activity> {
    let mut found = Vec::new();
    for purpose in ProcessingPurpose::ALL {
        let mut activity = Activity {
            purpose: *purpose,
            categories: Vec::new(),
            grounds: Vec::new(),
            places: Vec::new(),
            kept_for: Vec::new(),
            with_customer: false,
        };
        let personal = PLACES.iter().filter(|place| !matches!(place.kept, Kept::Nothing(_)));
        for place in personal.filter(|place| place.purposes.contains(purpose)) {
            merge(&mut activity.categories, place.categories);
            merge(&mut activity.grounds, place.grounds);
            activity.places.push(place.name);
            activity.with_customer |= place.retention.is_none();
            let period = periods.iter().find(|period| Some(period.kind) == place.retention);
            if let Some(period) = period.filter(|period| !activity.kept_for.contains(period)) {
                activity.kept_for.push(period.clone());
            }
        }
        if !activity.places.is_empty() {
            found.push(activity);
        }
    }
    found
}

impl App {
    /// What people stated about the processing.
    ///
    /// # Errors
    /// When the store fails or the setting cannot be read.
    pub async fn statements(&self) -> Result<Statements> {
        match self.store().setting(SETTING).await? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| Error::Internal(format!("the statements cannot be read: {error}"))),
            None => Ok(Statements::new()),
        }
    }

    /// Changes what people state. A blank statement is none.
    ///
    /// # Errors
    /// When one is longer than 4,000 characters; nothing is changed then.
    pub async fn set_statements(&self, statements: Statements, actor: Actor) -> Result<()> {
        let mut kept = self.statements().await?;
        let mut changed = Vec::new();
        for (what, words) in statements {
            let words = words.trim().replace("\r\n", "\n");
            if words.chars().count() > LONGEST {
                return Err(Problem::TooLong { most: LONGEST }.into());
            }
            let before = kept.get(&what).map_or("", String::as_str);
            if before == words {
                continue;
            }
            changed.push(what);
            match words.is_empty() {
                true => drop(kept.remove(&what)),
                false => drop(kept.insert(what, words)),
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let entry = self.entry(
            actor,
            Action::ProcessingStated,
            SETTING,
            serde_json::json!({ "changed": changed, "hash": terms::hash::ContentHash::of([json_text(&kept)?.as_bytes()]).to_string() }),
        );
        let mut tx = self.store().begin().await?;
        tx.set_setting(SETTING, &json_text(&kept)?).await?;
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everything that the record of processing and the impact assessment say.
    ///
    /// # Errors
    /// When store or home fail.
    pub async fn processing_view(&self) -> Result<ProcessingView> {
        let (at, brand) = (self.now(), self.brand().await?);
        let periods: Vec<KeptFor> = (self.periods().await?.into_iter())
            .map(|period| KeptFor { kind: period.kind, days: period.days, active: period.active })
            .collect();
        let recipients = self.recipients().await?;
        let models: Vec<Acting> = (self.models().await?.into_iter())
            .filter(|model| model.state == terms::model::ModelState::Live && model.problem.is_none())
            .map(|model| Acting {
                label: model.label,
                made_at: model.made_at,
                responsible: model.responsible,
            })
            .collect();
        let safeguards = self.safeguards(&periods, !models.is_empty(), !recipients.is_empty()).await?;
        let in_force = |kind: &SafeguardKind| safeguards.iter().any(|safeguard| safeguard.kind == *kind);
        let risks = Risk::ALL
            .iter()
            .map(|risk| {
                let (answers, mut missing): (Vec<_>, Vec<_>) =
                    risk.answers().iter().partition(|kind| in_force(kind));
                missing.retain(|kind| CHOSEN.contains(kind));
                RiskLine { risk: *risk, answers, missing }
            })
            .collect();
        Ok(ProcessingView {
            at,
            brand: brand.name,
            customers: self.store().count_customers().await?,
            statements: self.statements().await?,
            activities: activities(&periods),
            grounds: self.store().consent_grounds(at).await?,
            recipients: (recipients.into_iter())
                .map(|told| Receiver { name: told.name, url: told.url, since: told.added_at })
                .collect(),
            models,
            safeguards,
            risks,
        })
    }

    /// What is in force here. Some hold in every installation, because the program cannot do otherwise; the rest only
    /// where it is set or used.
    async fn safeguards(&self, periods: &[KeptFor], models: bool, told: bool) -> Result<Vec<Safeguard>> {
        use SafeguardKind as S;
        let brand = self.brand().await?;
        let now = self.now();
        let receipts = self.store().use_mark().await?.receipts;
        let rights = self.store().rights_counts(now, now).await?;
        let sealed: i64 = self.store().vault_counts().await?.values().sum();
        let campaigns = self.store().campaigns().await?;
        let held_out = campaigns.iter().filter(|campaign| campaign.plan.control_share > 0.0).count();
        let acting = periods.iter().filter(|period| period.active).count();
        let people = self.store().people().await?.len();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let entries = i64::try_from(self.store().ledger_size().await?).unwrap_or(i64::MAX);
        let of = |kind: SafeguardKind| -> Option<Vec<i64>> {
            match kind {
                S::ConsentReceipts => Some(vec![receipts]),
                S::UseLimits | S::OwnPages | S::QuietHours | S::Approval => Some(vec![]),
                // On a server a dump holds customers in the clear (ADR 18).
                S::SealedBackups => (self.store().kind() == store::Kind::Sqlite).then(Vec::new),
                S::Suppressions => Some(vec![]),
                S::Guard => Some(vec![count(guard::rulebook().len())]),
                S::Caps => Some(vec![i64::from(brand.cap_3_days), i64::from(brand.cap_30_days)]),
                S::Holidays => (brand.holidays == HolidayRest::Quiet).then(Vec::new),
                S::PersonalFacts => Some(vec![i64::from(brand.personal_facts)]),
                S::Fatigue => (brand.most_harm < 1.0).then(Vec::new),
                S::ControlGroups => (held_out > 0).then(|| vec![count(held_out), count(campaigns.len())]),
                S::ModelGate => models.then(Vec::new),
                S::Rights => Some(vec![rights.open, rights.overdue]),
                S::Erasure => Some(vec![count(PLACES.iter().filter(|place| place.is_personal()).count())]),
                S::Vault => Some(vec![sealed]),
                S::Retention => (acting > 0).then(|| vec![count(acting), count(periods.len())]),
                S::Ledger => Some(vec![entries]),
                S::Roles => Some(vec![count(people)]),
                S::SignedNotices => told.then(Vec::new),
            }
        };
        let in_force = |kind: &SafeguardKind| Some(Safeguard { kind: *kind, numbers: of(*kind)? });
        Ok(SafeguardKind::ALL.iter().filter_map(in_force).collect())
    }
}
