//! The Today page: where the house stands and what waits for somebody.

use serde::Serialize;
use terms::campaign::CampaignState;
use terms::ids::CampaignId;
use terms::stage::Stage;
use terms::time::{Day, Instant};

use super::campaigns::UpliftView;

/// What Today shows.
#[derive(Debug, Clone, Serialize)]
pub struct TodayView {
    /// The as-of day of all figures.
    pub as_of: Day,
    /// Currency of all amounts.
    pub currency: String,
    /// Customers known.
    pub customers: u64,
    /// Customers by stage, in the order of [`Stage::ALL`], now and a month before.
    pub stages: Vec<StageCount>,
    /// Revenue by day over the last 90 days.
    pub revenue: Vec<DayAmount>,
    /// Revenue of the last 30 days, and of the 30 before.
    pub revenue_30: f64,
    /// Revenue of the 30 days before those.
    pub revenue_30_before: f64,
    /// Purchases of the last 30 days.
    pub purchases_30: u64,
    /// Purchases of the 30 days before those.
    pub purchases_30_before: u64,
    /// Customers whose consent allows marketing by e-mail now.
    pub reachable: u64,
    /// What waits for somebody, most urgent first.
    pub tasks: Vec<Task>,
    /// Campaigns that are live or ended in the last 90 days, newest first.
    pub campaigns: Vec<CampaignBrief>,
    /// Expected moves into churned by the end of the next period.
    pub expected_churn: Option<f64>,
    /// Models that passed their gates and wait for a person, and those that do not act because of a fault.
    pub models: ModelTasks,
    /// Entries in the ledger, and whether the last verification held.
    pub ledger_entries: u64,
}

/// What models need of a person.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelTasks {
    /// Labels of versions that wait.
    pub waiting: Vec<String>,
    /// Faults of the registry.
    pub faults: u64,
}

/// Customers in a stage.
#[derive(Debug, Clone, Serialize)]
pub struct StageCount {
    /// Stage.
    pub stage: Stage,
    /// Customers now.
    pub now: u64,
    /// Customers one month before.
    pub before: u64,
    /// Their revenue in the last 365 days, major units.
    pub revenue_year: f64,
}

/// An amount on a day.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct DayAmount {
    /// Day.
    pub day: Day,
    /// Amount, major units.
    pub amount: f64,
}

/// Something that waits for a person.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    /// What kind.
    pub kind: TaskKind,
    /// The campaign it is about.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// How many (messages in doubt, findings), where that makes sense.
    pub count: u64,
    /// Since when.
    pub since: Instant,
}

/// Kinds of [`Task`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Submitted, needs an approver.
    Approve,
    /// Approved, can be launched.
    Launch,
    /// The guard found something that blocks.
    Mend,
    /// Messages nobody knows the fate of.
    Reconcile,
    /// Paused.
    Resume,
}

/// A campaign in a list.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignBrief {
    /// Identifier.
    pub id: CampaignId,
    /// Name.
    pub name: String,
    /// State.
    pub state: CampaignState,
    /// Goal.
    pub goal: terms::campaign::Goal,
    /// Author's name.
    pub author: String,
    /// When it was last changed.
    pub changed_at: Instant,
    /// People in the audience, once planned.
    pub audience: u64,
    /// Planned to get the message, including those who got it.
    pub planned: u64,
    /// Held out.
    pub control: u64,
    /// Sent.
    pub sent: u64,
    /// Whether its effect was measured; without an uplift there were too few customers to say anything.
    pub measured: bool,
    /// Measured revenue uplift per customer.
    pub uplift: Option<UpliftView>,
}
