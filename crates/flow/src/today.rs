//! The Today page: where the house stands and what waits for somebody.

use terms::campaign::{Campaign, CampaignState};
use terms::delivery::DeliveryState;
use terms::person::Person;
use terms::stage::Stage;
use terms::time::{Day, Instant};

use crate::app::App;
use crate::error::Result;
use crate::lawful::MarketingByMail;
use crate::snapshot::Snapshot;
use crate::stages::measure::stored;
use crate::views::{
    CampaignBrief, CampaignsView, DayAmount, ModelTasks, StageCount, Task, TaskKind, TodayView,
};
use crate::workshop::{Workshop, blocking};

/// Days of the revenue chart.
const CHART_DAYS: i32 = 90;

impl App {
    /// What Today shows.
    ///
    /// # Errors
    /// When store or lake fail.
    pub async fn today(&self) -> Result<TodayView> {
        let snapshot = self.snapshot().await?;
        let now = self.now();
        let campaigns = self.store().campaigns().await?;
        let reachable = self.lawful::<MarketingByMail>().await?;
        let (revenue_30, purchases_30) = totals(&snapshot, 0, 30);
        let (revenue_30_before, purchases_30_before) = totals(&snapshot, 30, 60);
        let people = self.store().people().await?;
        let mut briefs = Vec::new();
        let quarter_ago = now.plus_days(-90);
        for campaign in campaigns.iter().filter(|c| !c.state.is_editable() && c.changed_at >= quarter_ago) {
            briefs.push(self.brief(campaign, &people).await?);
        }
        let models = self.models_view().await?;
        Ok(TodayView {
            models: ModelTasks { waiting: models.waiting, faults: models.faults.len() as u64 },
            as_of: snapshot.as_of,
            currency: self.brand().await?.currency.to_string(),
            customers: snapshot.customers.len() as u64,
            stages: stage_counts(&snapshot),
            revenue: revenue_by_day(&snapshot),
            revenue_30,
            revenue_30_before,
            purchases_30,
            purchases_30_before,
            reachable: reachable.records().len() as u64,
            tasks: self.tasks(&campaigns, now).await?,
            campaigns: briefs,
            expected_churn: expected_churn(&snapshot),
            ledger_entries: self.store().ledger_size().await?,
        })
    }

    /// All campaigns.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn campaigns(&self) -> Result<CampaignsView> {
        let people = self.store().people().await?;
        let mut campaigns = Vec::new();
        for campaign in self.store().campaigns().await? {
            campaigns.push(self.brief(&campaign, &people).await?);
        }
        Ok(CampaignsView { campaigns, currency: self.brand().await?.currency.to_string() })
    }

    pub(crate) async fn brief(&self, campaign: &Campaign, people: &[Person]) -> Result<CampaignBrief> {
        let funnel = self.store().funnel(campaign.id).await?;
        let author = people.iter().find(|person| person.id == campaign.author);
        let measured = stored(self, campaign.id).await?;
        let whole = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(CampaignBrief {
            id: campaign.id,
            name: campaign.plan.name.clone(),
            state: campaign.state,
            goal: campaign.plan.goal,
            author: author.map(|person| person.name.clone()).unwrap_or_default(),
            changed_at: campaign.changed_at,
            audience: whole(funnel.audience),
            planned: whole(funnel.planned()),
            control: whole(funnel.control()),
            sent: whole(funnel.state(DeliveryState::Sent)),
            measured: measured.is_some(),
            uplift: measured.and_then(|measured| measured.revenue),
        })
    }

    async fn tasks(&self, campaigns: &[Campaign], now: Instant) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for campaign in campaigns {
            let mut add = |kind, count| {
                let name = campaign.plan.name.clone();
                tasks.push(Task { kind, campaign: campaign.id, name, count, since: campaign.changed_at });
            };
            match campaign.state {
                CampaignState::Submitted => add(TaskKind::Approve, 0),
                CampaignState::Approved => add(TaskKind::Launch, 0),
                CampaignState::Paused => add(TaskKind::Resume, 0),
                CampaignState::Draft => {
                    let facts = self.facts_for(&campaign.plan.offer).await?;
                    let last_calls = self.last_calls(Some(campaign.id)).await?;
                    let workshop = Workshop::new(
                        self.brand().await?,
                        campaign.plan.clone(),
                        facts,
                        last_calls,
                        self.house().await?,
                    );
                    let checks: Vec<_> = campaign
                        .variants
                        .iter()
                        .map(|variant| workshop.check_variant(variant, now, variant.language))
                        .collect();
                    let blocking = blocking(&checks);
                    if blocking > 0 {
                        add(TaskKind::Mend, blocking as u64);
                    }
                }
                _ => {}
            }
            if !campaign.state.is_editable() {
                let doubtful = self.store().funnel(campaign.id).await?.state(DeliveryState::InDoubt);
                if doubtful > 0 {
                    add(TaskKind::Reconcile, u64::try_from(doubtful).unwrap_or(0));
                }
            }
        }
        tasks.sort_by_key(|task| (urgency(task.kind), task.since));
        Ok(tasks)
    }
}

const fn urgency(kind: TaskKind) -> u8 {
    match kind {
        TaskKind::Reconcile => 0,
        TaskKind::Approve => 1,
        TaskKind::Launch => 2,
        TaskKind::Resume => 3,
        TaskKind::Mend => 4,
    }
}

/// Revenue and purchases from `from` days before the as-of day back to `to` days before it.
fn totals(snapshot: &Snapshot, from: i32, to: i32) -> (f64, u64) {
    let within = |day: Day| day <= snapshot.as_of.plus(-from) && day > snapshot.as_of.plus(-to);
    snapshot
        .day_totals
        .iter()
        .filter(|total| within(total.day))
        .fold((0.0, 0), |(revenue, purchases), total| (revenue + total.revenue, purchases + total.purchases))
}

/// Revenue of each of the last days, zero where there was none.
fn revenue_by_day(snapshot: &Snapshot) -> Vec<DayAmount> {
    let first = snapshot.as_of.plus(1 - CHART_DAYS);
    let mut days: Vec<DayAmount> =
        (0..CHART_DAYS).map(|offset| DayAmount { day: first.plus(offset), amount: 0.0 }).collect();
    for total in &snapshot.day_totals {
        let place = usize::try_from(total.day.0 - first.0).ok();
        if let Some(day) = place.and_then(|place| days.get_mut(place)) {
            day.amount = total.revenue;
        }
    }
    days
}

/// Customers by stage now and a period before, with their revenue of a year.
pub(crate) fn stage_counts(snapshot: &Snapshot) -> Vec<StageCount> {
    let mut counts: Vec<StageCount> = Stage::ALL
        .iter()
        .map(|stage| StageCount { stage: *stage, now: 0, before: 0, revenue_year: 0.0 })
        .collect();
    for ((stage, before), revenue) in
        snapshot.stages.iter().zip(&snapshot.stages_before).zip(&snapshot.revenue_year)
    {
        if let Some(count) = counts.get_mut(stage.index()) {
            count.now += 1;
            count.revenue_year += revenue;
        }
        if let Some(count) = before.and_then(|before| counts.get_mut(before.index())) {
            count.before += 1;
        }
    }
    counts
}

/// Customers expected to become churned within the next period, among those who are not and who may be scored.
fn expected_churn(snapshot: &Snapshot) -> Option<f64> {
    snapshot.model.as_ref()?;
    let churned = Stage::Churned;
    let scored = snapshot.stages.iter().zip(&snapshot.scores);
    let risks = scored.filter(|(stage, _)| **stage != churned).filter_map(|(_, score)| score.as_ref());
    Some(risks.filter_map(|score| score.next.get(churned.index())).sum())
}
