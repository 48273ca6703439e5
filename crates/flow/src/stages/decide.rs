//! Decide: who of an audience gets the message, who is held out, and who is left out for which reason.
//!
//! Goes in: a campaign and the state of all customers. Comes out: one row for everybody in the audience, frozen. The
//! rows add up: planned + excluded, each with one named reason, make the audience.

use std::collections::{BTreeMap, HashSet};

use policy::decide::{Outcome, Rules, Subject, SubjectColumns, decide, decide_columns};
use policy::personal::{Wording, budget, wording};
use policy::segment::{Ast, NumberField};
use science::experiment::assign::{Unit, assign};
use science::experiment::power::{Demand, minimal_detectable};
use store::deliveries::{AudienceRow, Place};
use terms::campaign::{Campaign, CampaignPlan, CampaignState};
use terms::customer::Language;
use terms::decision::{Decision, ExclusionReason, Reason};
use terms::experiment::Arm;
use terms::ids::{CampaignId, CustomerKey, PersonId, VariantId};
use terms::message::Variant;
use terms::preference::Personalisation;
use terms::stage::Stage;

use crate::app::App;
use crate::error::{Error, Result};
use crate::lawful::subjects::{Facts, limits};
use crate::problem::Problem;
use crate::snapshot::Snapshot;
use crate::views::{AudiencePreview, FunnelStep, LevelCount, MessageWorth};

/// Keeps the draw of a pilot apart from that of the control group, which has the same seed.
const PILOT: u64 = 0x5049_4c4f_5400_0000;

/// The stratum a customer is assigned in: ten times the stage, plus the fifth of value (9 where there is no value).
fn stratum(snapshot: &Snapshot, at: usize) -> u32 {
    let stage = snapshot.stages.get(at).copied().unwrap_or(Stage::Prospect);
    let percentile =
        snapshot.columns.numbers(NumberField::ValuePercentile).get(at).copied().unwrap_or(f64::NAN);
    let fifth = if percentile.is_nan() { 9 } else { (percentile / 20.0).min(4.0) as u32 };
    stage.index() as u32 * 10 + fifth
}

/// The audience of a segment now, with the facts about each.
struct Audience {
    positions: Vec<usize>,
    subjects: Vec<Subject>,
}

impl Audience {
    async fn gather(
        app: &App,
        snapshot: &Snapshot,
        segment: &Ast,
        id: CampaignId,
        plan: &CampaignPlan,
    ) -> Result<Self> {
        let facts = Facts::gather(app, id, plan.channel).await?;
        let mut audience = Self { positions: Vec::new(), subjects: Vec::new() };
        for at in policy::segment::eval_columns(segment, &snapshot.columns).ones() {
            let Some(customer) = snapshot.customers.get(at) else { continue };
            audience.positions.push(at);
            audience.subjects.push(facts.subject(customer)?);
        }
        Ok(audience)
    }

    fn columns(&self) -> SubjectColumns {
        let mut columns = SubjectColumns::with_capacity(self.subjects.len());
        self.subjects.iter().for_each(|subject| columns.push(subject));
        columns
    }
}

/// What an audience would come to if it were planned now. `written` are the variants there are words in.
pub(crate) async fn preview(
    app: &App,
    id: Option<CampaignId>,
    plan: &CampaignPlan,
    written: &[Variant],
    segment: &Ast,
    language: Language,
) -> Result<AudiencePreview> {
    let snapshot = app.snapshot().await?;
    let id = id.unwrap_or(CampaignId(0));
    let audience = Audience::gather(app, &snapshot, segment, id, plan).await?;
    let now = app.now();
    let campaign = Campaign {
        id,
        plan: plan.clone(),
        variants: written.to_vec(),
        state: CampaignState::Draft,
        author: PersonId(0),
        changed_at: now,
        version: 0,
    };
    let rules = Rules::of(&campaign, &limits(&app.brand().await?), guard::personal_need);
    let decisions = decide_columns(&audience.columns(), &rules, now).decisions;
    let mut reasons: BTreeMap<ExclusionReason, u64> = BTreeMap::new();
    let mut eligible = 0_u64;
    for decision in &decisions {
        match decision {
            Decision::Contact => eligible += 1,
            Decision::Exclude { reason } => *reasons.entry(*reason).or_default() += 1,
        }
    }
    if let Some(most) = plan.at_most.filter(|most| *most < eligible) {
        reasons.insert(ExclusionReason::Pilot, eligible - most);
        eligible = most;
    }
    let would_hold_out = (eligible as f64 * plan.control_share).round() as u64;
    let mut stages: BTreeMap<Stage, u64> = BTreeMap::new();
    for stage in audience.positions.iter().filter_map(|at| snapshot.stages.get(*at)) {
        *stages.entry(*stage).or_default() += 1;
    }
    let mut languages: BTreeMap<Language, u64> = BTreeMap::new();
    for subject in &audience.subjects {
        *languages.entry(subject.language).or_default() += 1;
    }
    let levels = levels(&audience.subjects, &rules);
    let worth = worth(&audience.subjects, &decisions);
    let step = |(reason, people): (ExclusionReason, u64)| FunnelStep { reason: reason.to_string(), people };
    Ok(AudiencePreview {
        described: policy::segment::describe(segment, language),
        people: audience.positions.len() as u64,
        languages: languages.into_iter().collect(),
        stages: stages.into_iter().collect(),
        levels,
        funnel: reasons.into_iter().map(step).collect(),
        would_plan: eligible - would_hold_out,
        would_hold_out,
        detectable: detectable(&snapshot, &audience.positions, eligible - would_hold_out, would_hold_out),
        worth,
        frozen: false,
        ai_stopped: false,
        error: None,
    })
}

/// What a message is worth to those who may be written to, on average over those of whom it is known.
fn worth(subjects: &[Subject], decisions: &[Decision]) -> Option<MessageWorth> {
    let eligible = subjects.iter().zip(decisions).filter(|(_, decision)| **decision == Decision::Contact);
    let known = eligible.filter_map(|(subject, _)| subject.worth);
    let (people, gain, cost) = known.fold((0_u64, 0.0, 0.0), |(n, gain, cost), worth| {
        (n + 1, gain + worth.expected + worth.cost, cost + worth.cost)
    });
    let n = people as f64;
    (people > 0).then(|| MessageWorth { people, gain: gain / n, cost: cost / n })
}

/// How many chose each level, and which words they would get in their language.
fn levels(subjects: &[Subject], rules: &Rules) -> Vec<LevelCount> {
    let mut counts: Vec<LevelCount> = Personalisation::ALL
        .iter()
        .map(|level| LevelCount { level: *level, people: 0, named: 0, neutral: 0, neither: 0 })
        .collect();
    for subject in subjects {
        let level = subject.personalisation;
        let Some(count) = counts.iter_mut().find(|count| count.level == level) else { continue };
        count.people += 1;
        let Some(need) = rules.need(subject.language) else { continue };
        match wording(need, budget(level, rules.limits.personal_facts)) {
            Some(Wording::Named) => count.named += 1,
            Some(Wording::Neutral) => count.neutral += 1,
            None => count.neither += 1,
        }
    }
    counts
}

/// Smallest uplift in revenue per customer that arms of this size would show with 80 % power. The spread of a month's
/// revenue is estimated from the past year of the same people.
fn detectable(snapshot: &Snapshot, positions: &[usize], treated: u64, control: u64) -> Option<f64> {
    let revenue: Vec<f64> =
        positions.iter().filter_map(|at| snapshot.revenue_year.get(*at).copied()).collect();
    let n = revenue.len() as f64;
    if n < 2.0 || control < 2 {
        return None;
    }
    let mean = revenue.iter().sum::<f64>() / n;
    let variance = revenue.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    // A year's revenue is the sum of twelve months': a month has a twelfth of its variance at most.
    let share = control as f64 / (treated + control) as f64;
    minimal_detectable(treated + control, share, (variance / 12.0).sqrt(), &Demand::default())
        .ok()
        .filter(|d| d.is_finite())
}

/// For each customer of the snapshot, whether a campaign might write to them now if they were in its audience.
pub(crate) async fn eligible(app: &App, campaign: &Campaign, snapshot: &Snapshot) -> Result<Vec<bool>> {
    let all = Audience::gather(app, snapshot, &Ast::Everyone, campaign.id, &campaign.plan).await?;
    let rules = Rules::of(campaign, &limits(&app.brand().await?), guard::personal_need);
    let decisions = decide_columns(&all.columns(), &rules, app.now()).decisions;
    let mut eligible = vec![false; snapshot.customers.len()];
    for (at, decision) in all.positions.iter().zip(decisions) {
        if let Some(slot) = eligible.get_mut(*at) {
            *slot = decision == Decision::Contact;
        }
    }
    Ok(eligible)
}

/// Draws an approver's pilot: those who may be contacted, in the order of their hash under the recorded seed, as many as
/// were approved. Comes out: who takes part, and whom chance left out.
fn pilot(
    audience: &Audience,
    eligible: Vec<usize>,
    plan: &CampaignPlan,
) -> (Vec<usize>, HashSet<CustomerKey>) {
    let Some(most) = plan.at_most.and_then(|most| usize::try_from(most).ok()) else {
        return (eligible, HashSet::new());
    };
    let key = |at: &usize| audience.subjects.get(*at).map(|subject| subject.customer.clone());
    let hash = |at: &usize| {
        key(at).map_or(u64::MAX, |key| science::hash::seeded_hash(plan.seed ^ PILOT, key.as_str().as_bytes()))
    };
    let mut drawn = eligible;
    drawn.sort_by_cached_key(|at| (hash(at), *at));
    let beyond = drawn.split_off(most.min(drawn.len())).iter().filter_map(key).collect();
    // In the order of the audience, as without a pilot.
    drawn.sort_unstable();
    (drawn, beyond)
}

/// Decides about everybody in the audience and assigns the control group.
pub(crate) async fn plan(app: &App, campaign: &Campaign) -> Result<Vec<AudienceRow>> {
    let snapshot = app.snapshot().await?;
    let segment = policy::segment::parse(&campaign.plan.audience)
        .map_err(|error| Problem::segment(&campaign.plan.audience, error))?;
    let mut audience = Audience::gather(app, &snapshot, &segment, campaign.id, &campaign.plan).await?;
    let now = app.now();
    let rules = Rules::of(campaign, &limits(&app.brand().await?), guard::personal_need);
    // Only who may be contacted can be held out: the control group is a fair picture of the treated.
    let eligible: Vec<usize> = (0..audience.subjects.len())
        .filter(|at| {
            let outcome = audience.subjects.get(*at).map(|subject| decide(subject, &rules, now));
            outcome.is_some_and(|outcome| outcome.decision() == Decision::Contact)
        })
        .collect();
    let (eligible, beyond) = pilot(&audience, eligible, &campaign.plan);
    let unit = |at: &usize| {
        let position = *audience.positions.get(*at)?;
        Some(Unit {
            key: snapshot.customers.get(position)?.key.as_str(),
            stratum: stratum(&snapshot, position),
        })
    };
    let units: Vec<Unit<'_>> = eligible.iter().filter_map(unit).collect();
    let assigned = assign(&units, campaign.plan.control_share, campaign.plan.seed)
        .map_err(|error| Error::Invalid { message: error.to_string() })?;
    let mut propensities: Vec<Option<f64>> = vec![None; audience.subjects.len()];
    for (at, assignment) in eligible.iter().zip(&assigned) {
        if let (Some(subject), Some(slot)) = (audience.subjects.get_mut(*at), propensities.get_mut(*at)) {
            subject.in_control = assignment.arm == Arm::Control;
            *slot = Some(1.0 - assignment.control_propensity);
        }
    }
    let mut rows = Vec::with_capacity(audience.subjects.len());
    for ((at, subject), propensity) in audience.positions.iter().zip(&audience.subjects).zip(propensities) {
        let outcome = decide(subject, &rules, now);
        let mut reasons = outcome.reasons().to_vec();
        let mut place = place(&outcome, subject, &campaign.variants);
        if beyond.contains(&subject.customer) {
            place = Place::Excluded(ExclusionReason::Pilot);
            reasons.push(Reason {
                check: "approval.pilot".to_owned(),
                found: "not drawn into the pilot".to_owned(),
                allows: false,
            });
        }
        rows.push(AudienceRow {
            customer: subject.customer.clone(),
            step: 0,
            stratum: stratum(&snapshot, *at).to_string(),
            propensity,
            place,
            reasons,
        });
    }
    Ok(rows)
}

fn place(outcome: &Outcome, subject: &Subject, variants: &[Variant]) -> Place {
    let variant: Option<VariantId> =
        variants.iter().find(|variant| variant.language == subject.language).and_then(|variant| variant.id);
    match (outcome.decision(), variant, outcome.not_before()) {
        (Decision::Exclude { reason }, _, _) => Place::Excluded(reason),
        (Decision::Contact, Some(variant), Some(not_before)) => Place::Planned { variant, not_before },
        (Decision::Contact, None, _) => Place::Excluded(ExclusionReason::NoVariant),
        (Decision::Contact, _, None) => Place::Excluded(ExclusionReason::QuietHours),
    }
}
