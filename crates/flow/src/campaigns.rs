//! Writing a campaign: the compose page, saving, checking, submitting, and the moves of its life.
//!
//! Goes in: a form and a person. Comes out: a stored campaign, or what stands in its way. Approving is a stage of its
//! own; deciding and sending follow the launch.

use std::collections::BTreeMap;

use store::deliveries::{AudienceRow, Place};
use terms::campaign::{Campaign, CampaignPlan, CampaignState};
use terms::consent::Channel;
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::fact::Fact;
use terms::ids::CampaignId;
use terms::ledger::Action;
use terms::message::Variant;
use terms::person::Person;
use terms::time::{Instant, MICROS_PER_DAY};

use crate::access::{Permission, on_campaign};
use crate::app::App;
use crate::error::{Error, Result};
use crate::in_flight::InFlight;
use crate::jobs::Work;
use crate::oversight::uses_ai;
use crate::problem::Problem;
use crate::stages::decide;
use crate::views::{
    AudiencePreview, CampaignForm, ComposeView, FactLine, SegmentFieldHelp, TemplateChoice, VariantForm,
};
use crate::workshop::{Workshop, all_clear};

/// Share held out when nobody chose another.
const CONTROL_PERCENT: f64 = 10.0;
/// Days in which the outcome is counted when nobody chose another.
const WINDOW_DAYS: u32 = 28;
/// Days a campaign may take to send when nobody chose another.
pub(crate) const SEND_DAYS: u32 = 14;

fn variant(form: &VariantForm) -> Variant {
    let VariantForm { language, subject, preheader, headline, body, button, link } = form.clone();
    // Browsers send line breaks as CR LF; paragraphs are separated by an empty line.
    let body = body.replace("\r\n", "\n");
    Variant { id: None, language, subject, preheader, headline, body, button, link }
}

fn variant_form(variant: &Variant) -> VariantForm {
    let Variant { language, subject, preheader, headline, body, button, link, .. } = variant.clone();
    VariantForm { language, subject, preheader, headline, body, button, link }
}

/// A variant nobody wrote anything into: left out, so that a campaign may be in one language.
fn is_empty(form: &VariantForm) -> bool {
    [&form.subject, &form.headline, &form.body].iter().all(|text| text.trim().is_empty())
}

pub(crate) fn form_of(campaign: &Campaign) -> CampaignForm {
    let plan = &campaign.plan;
    let send_days = (plan.ends_at.0 - plan.starts_at.0) / MICROS_PER_DAY;
    CampaignForm {
        name: plan.name.clone(),
        goal: plan.goal,
        audience: plan.audience.clone(),
        control_percent: plan.control_share * 100.0,
        window_days: plan.window_days,
        offer: plan.offer.clone(),
        written_with_ai: plan.written_with_ai,
        topic: plan.topic.clone(),
        send_days: u32::try_from(send_days).unwrap_or(SEND_DAYS),
        variants: campaign.variants.iter().map(variant_form).collect(),
    }
}

/// The plan a form asks for. `seed` and `now` are kept with the campaign, so that its assignment can be repeated.
pub(crate) fn plan_of(form: &CampaignForm, seed: u64, now: Instant) -> Result<(CampaignPlan, Vec<Variant>)> {
    let name = form.name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Problem::Name.into());
    }
    if !(0.0..=50.0).contains(&form.control_percent) {
        return Err(Problem::ControlShare { percent: form.control_percent }.into());
    }
    if !(1..=365).contains(&form.window_days) || !(1..=90).contains(&form.send_days) {
        return Err(Problem::Days.into());
    }
    policy::segment::parse(&form.audience).map_err(|error| Problem::segment(&form.audience, error))?;
    let variants: Vec<Variant> = form.variants.iter().filter(|form| !is_empty(form)).map(variant).collect();
    if variants.is_empty() {
        return Err(Problem::NoWords.into());
    }
    let plan = CampaignPlan {
        name: name.to_owned(),
        goal: form.goal,
        audience: form.audience.trim().to_owned(),
        channel: Channel::Email,
        control_share: form.control_percent / 100.0,
        seed,
        starts_at: now,
        ends_at: now.plus_days(i64::from(form.send_days)),
        window_days: form.window_days,
        offer: form.offer.trim().to_owned(),
        written_with_ai: form.written_with_ai,
        topic: form.topic.trim().to_owned(),
        struck: Vec::new(),
        at_most: None,
    };
    Ok((plan, variants))
}

impl App {
    /// The compose page for a new campaign, empty or from a template.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a template there is not.
    pub async fn compose_new(&self, template: Option<&str>, language: Language) -> Result<ComposeView> {
        let form = self.starting_form(template).await?;
        self.compose_view(None, 0, CampaignState::Draft, form, language, self.now()).await
    }

    async fn starting_form(&self, template: Option<&str>) -> Result<CampaignForm> {
        use gateway::text_model::template;
        use terms::campaign::Goal;
        let brand = self.brand().await?;
        let link = brand
            .allowed_hosts
            .first()
            .map_or_else(|| brand.base_url.clone(), |host| format!("https://{host}/"));
        if template.is_some() {
            // The library is an AI of the registry, too.
            self.needs_ai().await?;
        }
        let chosen = match template {
            Some(id) => {
                self.texts_may_be_used().await?;
                Some(template::find(id).ok_or(Error::NotFound)?)
            }
            None => None,
        };
        let goal = chosen.map_or(Goal::Other, |template| template.goal);
        let audience = match goal {
            Goal::WinBack => "stage = churned and value.percentile >= 60",
            Goal::SecondPurchase => "stage = new and purchases = 1",
            Goal::Reward => "stage = active and purchases >= 3",
            Goal::Other => "everyone",
        };
        let empty = |language| VariantForm {
            language,
            subject: String::new(),
            preheader: String::new(),
            headline: String::new(),
            body: String::new(),
            button: String::new(),
            link: link.clone(),
        };
        let variants = match chosen {
            Some(template) => template.variants(&link).iter().map(variant_form).collect(),
            None => Language::ALL.iter().map(|language| empty(*language)).collect(),
        };
        let offers = self.offers().await?;
        let offer =
            offers.iter().find(|offer| offer.contains(&goal.as_str().replace('_', "-"))).or(offers.first());
        Ok(CampaignForm {
            name: String::new(),
            goal,
            audience: audience.to_owned(),
            control_percent: CONTROL_PERCENT,
            window_days: WINDOW_DAYS,
            offer: offer.cloned().unwrap_or_default(),
            written_with_ai: false,
            topic: String::new(),
            send_days: SEND_DAYS,
            variants,
        })
    }

    /// The compose page of a campaign.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn compose(&self, id: CampaignId, language: Language) -> Result<ComposeView> {
        let campaign = self.store().campaign(id).await?;
        self.compose_as_of(&campaign, language, self.now()).await
    }

    /// The same, with the guard's reading as of another instant: what was approved is shown as it was approved.
    pub(crate) async fn compose_as_of(
        &self,
        campaign: &Campaign,
        language: Language,
        as_of: Instant,
    ) -> Result<ComposeView> {
        let (id, form) = (Some(campaign.id), form_of(campaign));
        self.compose_view(id, campaign.version, campaign.state, form, language, as_of).await
    }

    /// What the guard and the audience say of a form, without saving anything.
    ///
    /// # Errors
    /// When the store fails; a form with mistakes is not an error, its mistakes stand in the view.
    pub async fn check_form(&self, form: &CampaignForm, language: Language) -> Result<ComposeView> {
        self.compose_view(None, 0, CampaignState::Draft, form.clone(), language, self.now()).await
    }

    async fn compose_view(
        &self,
        id: Option<CampaignId>,
        version: i64,
        state: CampaignState,
        mut form: CampaignForm,
        language: Language,
        now: Instant,
    ) -> Result<ComposeView> {
        let brand = self.brand().await?;
        let topics =
            brand.topics.iter().map(|topic| (topic.id.clone(), topic.name(language).to_owned())).collect();
        let facts = self.facts_for(&form.offer).await?;
        let written: Vec<Variant> =
            form.variants.iter().filter(|form| !is_empty(form)).map(variant).collect();
        // The form as it stands, as far as it can be read: mistakes in one part do not hide what is said of another.
        let readable = CampaignForm { name: "preview".to_owned(), ..form.clone() };
        let planned = plan_of(&readable, 0, now);
        let plan = planned.as_ref().ok().map(|(plan, _)| plan.clone()).unwrap_or_else(|| CampaignPlan {
            name: form.name.clone(),
            goal: form.goal,
            audience: form.audience.clone(),
            channel: Channel::Email,
            control_share: 0.0,
            seed: 0,
            starts_at: now,
            ends_at: now.plus_days(i64::from(form.send_days.min(90))),
            window_days: form.window_days,
            offer: form.offer.clone(),
            written_with_ai: form.written_with_ai,
            topic: form.topic.clone(),
            struck: Vec::new(),
            at_most: None,
        });
        let ai_stopped = self.ai_stopped().await?.is_some();
        let audience = match policy::segment::parse(&form.audience) {
            Ok(segment) if ai_stopped && segment.uses_profiling() => AudiencePreview {
                described: policy::segment::describe(&segment, language),
                ai_stopped,
                ..unread_audience()
            },
            Ok(segment) => decide::preview(self, id, &plan, &written, &segment, language).await?,
            Err(error) => {
                AudiencePreview { error: Some(error.render(&form.audience, language)), ..unread_audience() }
            }
        };
        let without_ai = !(ai_stopped && uses_ai(&plan));
        let workshop = Workshop::new(brand, plan, facts, self.last_calls(id).await?, self.house().await?);
        let checks: Vec<_> =
            written.iter().map(|variant| workshop.check_variant(variant, now, language)).collect();
        for language in Language::ALL {
            if !form.variants.iter().any(|form| form.language == *language) {
                let blank = VariantForm {
                    language: *language,
                    subject: String::new(),
                    preheader: String::new(),
                    headline: String::new(),
                    body: String::new(),
                    button: String::new(),
                    link: form.variants.first().map(|first| first.link.clone()).unwrap_or_default(),
                };
                form.variants.push(blank);
            }
        }
        form.variants.sort_by_key(|form| form.language);
        let can_submit = without_ai && audience.error.is_none() && planned.is_ok() && all_clear(&checks);
        Ok(ComposeView {
            id,
            version,
            state,
            facts: fact_lines(workshop.facts(), &form.offer, now, language),
            form,
            audience,
            checks,
            offers: self.offers().await?,
            templates: gateway::text_model::template::library()
                .iter()
                .filter(|_| !ai_stopped)
                .map(|template| TemplateChoice { id: template.id.to_owned(), goal: template.goal })
                .collect(),
            segment_fields: segment_fields(),
            topics,
            can_submit,
        })
    }

    /// Refuses an audience nobody is in.
    pub(crate) async fn needs_people(&self, audience: &str) -> Result<()> {
        let segment = policy::segment::parse(audience).map_err(|error| Problem::segment(audience, error))?;
        let snapshot = self.snapshot().await?;
        match policy::segment::eval_columns(&segment, &snapshot.columns).ones().next() {
            Some(_) => Ok(()),
            None => Err(Problem::NobodyInAudience { audience: audience.to_owned() }.into()),
        }
    }

    /// Launches an approved campaign: freezes and plans its audience, and starts sending.
    ///
    /// # Errors
    /// [`Error::Invalid`] when nobody is in the audience or may be written to, [`Error::Conflict`] without a valid
    /// approval or when the campaign's time is over.
    pub async fn launch_campaign(&self, person: &Person, id: CampaignId) -> Result<()> {
        let campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, Permission::Launch, on_campaign(&campaign)).await?;
        self.plan_needs_ai(&campaign.plan).await?;
        let approved = self.covering_approval(&campaign).await?;
        let now = self.now();
        if now > campaign.plan.ends_at {
            return Err(Problem::TimeOver.into());
        }
        self.still_clear(&campaign).await?;
        self.not_vetoed(&campaign).await?;
        let content = approved.content().to_string();
        // The audience may have grown since, and a rule may be overridden by now.
        let needed = self.needed_for(&campaign, &content).await?;
        if self.store().valid_approvals(id).await?.len() < needed as usize {
            let mut tx = self.store().begin().await?;
            tx.need_approvals(id, i64::from(needed)).await?;
            tx.move_campaign(id, CampaignState::Approved, CampaignState::Submitted, now).await?;
            let payload = serde_json::json!({ "content": content, "needed": needed });
            let object = format!("campaign/{id}");
            tx.append_entries(&[self.entry(granted.actor(), Action::CampaignSubmitted, object, payload)])
                .await?;
            tx.commit().await?;
            return Err(Problem::AnotherApprover.into());
        }
        let mut rows = decide::plan(self, &campaign).await?;
        let sends_from = now.plus_seconds(i64::from(self.oversight().await?.grace_minutes) * 60);
        for row in &mut rows {
            if let Place::Planned { not_before, .. } = &mut row.place {
                *not_before = (*not_before).max(sends_from);
            }
        }
        let planned = rows.iter().filter(|row| matches!(row.place, Place::Planned { .. })).count();
        if planned == 0 {
            return Err(nobody_to_write_to(&campaign, &rows).into());
        }
        let frozen = serde_json::json!({
            "audience": rows.len(), "planned": planned, "segment": campaign.plan.audience,
            "control_share": campaign.plan.control_share, "seed": campaign.plan.seed,
            "models": self.models_of(&campaign.plan.audience).await?,
        });
        let audit = self.fair_to_launch(&granted, &campaign, &content).await?;
        let launched = serde_json::json!({ "content": content, "sends_from": sends_from });
        let object = format!("campaign/{id}");
        // Frozen and running in one step: a crash in between leaves an approved campaign that can be launched again.
        let mut tx = self.store().begin().await?;
        tx.freeze_audience(id, &rows).await?;
        tx.launching(id, uses_ai(&campaign.plan), sends_from).await?;
        tx.move_campaign(id, CampaignState::Approved, CampaignState::Running, now).await?;
        let mut entries = Vec::new();
        if let Some(audit) = &audit {
            tx.put_fairness_audit(&audit.stored(&content)?).await?;
            entries.push(self.audit_entry(granted.actor(), audit)?);
        }
        entries.push(self.entry(granted.actor(), Action::CampaignPlanned, object.clone(), frozen));
        entries.push(self.entry(granted.actor(), Action::CampaignLaunched, object, launched));
        tx.append_entries(&entries).await?;
        tx.commit().await?;
        self.enqueue(&Work::Deliver { campaign: id }, sends_from).await
    }

    /// Undoes a launch of which nothing has left yet: the campaign is approved as it was before, and nobody is planned.
    ///
    /// # Errors
    /// [`Problem::AlreadySending`] when a message has begun to leave, [`Error::Conflict`] when it was not launched.
    pub async fn undo_launch(&self, person: &Person, id: CampaignId) -> Result<()> {
        let campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, Permission::Halt, on_campaign(&campaign)).await?;
        let now = self.now();
        let mut tx = self.store().begin().await?;
        if !tx.nothing_began(id).await? {
            return Err(Problem::AlreadySending.into());
        }
        let state = tx.campaign(id).await?.state;
        let rows = tx.thaw_audience(id).await?;
        tx.move_campaign(id, state, CampaignState::Approved, now).await?;
        let payload = serde_json::json!({ "rows": rows });
        let entry = self.entry(granted.actor(), Action::LaunchUndone, format!("campaign/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Halts a running campaign. The message that is being handed over right now is waited for; once this is over,
    /// nothing more leaves.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not running.
    pub async fn pause_campaign(&self, person: &Person, id: CampaignId) -> Result<()> {
        self.move_by(person, id, CampaignState::Running, CampaignState::Paused, Action::CampaignPaused).await
    }

    /// Lets a paused campaign go on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is not paused.
    pub async fn resume_campaign(&self, person: &Person, id: CampaignId) -> Result<()> {
        self.plan_needs_ai(&self.store().campaign(id).await?.plan).await?;
        self.move_by(person, id, CampaignState::Paused, CampaignState::Running, Action::CampaignResumed)
            .await?;
        self.enqueue(&Work::Deliver { campaign: id }, self.now()).await
    }

    /// Ends a campaign for good; what is planned is cancelled, and once this is over nothing more leaves.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is neither running nor paused.
    pub async fn stop_campaign(&self, person: &Person, id: CampaignId) -> Result<()> {
        let state = self.store().campaign(id).await?.state;
        self.move_by(person, id, state, CampaignState::Stopped, Action::CampaignStopped).await?;
        let campaign = self.store().campaign(id).await?;
        let after = self.now().plus_days(i64::from(campaign.plan.window_days)).day().end();
        self.enqueue(&Work::Measure { campaign: id }, after).await
    }

    async fn move_by(
        &self,
        person: &Person,
        id: CampaignId,
        from: CampaignState,
        to: CampaignState,
        action: Action,
    ) -> Result<()> {
        let starts = to == CampaignState::Running;
        let permission = if starts { Permission::Launch } else { Permission::Halt };
        let campaign = self.store().campaign(id).await?;
        let granted = self.needs_on(person, permission, on_campaign(&campaign)).await?;
        if starts {
            self.not_vetoed(&campaign).await?;
        }
        let now = self.now();
        let mut tx = self.store().begin().await?;
        tx.move_campaign(id, from, to, now).await?;
        let cancelled = if to == CampaignState::Stopped { tx.cancel_planned(id, now).await? } else { 0 };
        let payload = serde_json::json!({ "cancelled": cancelled });
        tx.append_entries(&[self.entry(granted.actor(), action, format!("campaign/{id}"), payload)]).await?;
        tx.commit().await?;
        if matches!(to, CampaignState::Paused | CampaignState::Stopped) {
            self.settle_in_flight(InFlight::Of(id)).await?;
        }
        Ok(())
    }
}

/// Why a launch would reach nobody, with the reasons that hold most often first.
fn nobody_to_write_to(campaign: &Campaign, rows: &[AudienceRow]) -> Problem {
    if rows.is_empty() {
        return Problem::NobodyInAudience { audience: campaign.plan.audience.clone() };
    }
    let mut reasons: BTreeMap<ExclusionReason, u64> = BTreeMap::new();
    for row in rows {
        if let Place::Excluded(reason) = row.place {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    Problem::NobodyToWriteTo { people: rows.len() as u64, reasons }
}

pub(crate) fn unread_audience() -> AudiencePreview {
    AudiencePreview {
        described: String::new(),
        people: 0,
        languages: Vec::new(),
        stages: Vec::new(),
        levels: Vec::new(),
        funnel: Vec::new(),
        would_plan: 0,
        would_hold_out: 0,
        detectable: None,
        worth: None,
        frozen: false,
        ai_stopped: false,
        error: None,
    }
}

fn fact_lines(facts: &[Fact], offer: &str, now: Instant, language: Language) -> Vec<FactLine> {
    facts
        .iter()
        .map(|fact| {
            let name = if fact.entity == offer { "offer" } else { "brand" };
            FactLine {
                entity: fact.entity.clone(),
                predicate: fact.predicate.clone(),
                value: gateway::mail::fact_text(&fact.value, &fact.unit, language),
                slot: format!("{{{{ {name}.{} }}}}", fact.predicate),
                source: fact.source.clone(),
                valid_until: fact.valid_until,
                holds: fact.holds_at(now),
            }
        })
        .collect()
}

fn segment_fields() -> Vec<SegmentFieldHelp> {
    use policy::segment::SegmentField;
    SegmentField::all()
        .map(|field| {
            let example = match field {
                SegmentField::Stage(moment) => format!("{} = churned", moment.as_str()),
                SegmentField::Country => r#"country in ("ES", "PT")"#.to_owned(),
                SegmentField::Language => "language = es".to_owned(),
                SegmentField::Number(number) => {
                    let at_least = match number.range() {
                        (_, high) if high <= 1.0 => "0.5",
                        (_, high) if high <= 100.0 => "80",
                        _ => "30",
                    };
                    format!("{number} >= {at_least}")
                }
            };
            SegmentFieldHelp { name: field.to_string(), example }
        })
        .collect()
}
