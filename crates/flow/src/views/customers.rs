//! Customers pages: the stage map with its flows, and one customer with timeline and reasons.

use serde::{Deserialize, Serialize};
use terms::stage::Stage;
use terms::time::{Day, Instant};

use super::today::StageCount;

pub use science::lifecycle::backtest::{Gain, Pictures, StageQuality, Verdict};
pub use science::lifecycle::cohort::Cohort;
pub use science::lifecycle::model::Risks;

/// The stage map.
#[derive(Debug, Clone, Serialize)]
pub struct CustomersView {
    /// As-of day.
    pub as_of: Day,
    /// Currency of amounts.
    pub currency: String,
    /// Customers by stage.
    pub stages: Vec<StageCount>,
    /// The thresholds in days and where they come from.
    pub rule: RuleView,
    /// Observed moves over the last full month: rows from, columns to, in the order of [`Stage::ALL`].
    pub moves: Vec<Vec<MoveCell>>,
    /// First and last day of that period.
    pub moves_from: Day,
    /// Last day of that period.
    pub moves_to: Day,
    /// Customers by the month of their first purchase, oldest first, over the last year.
    pub cohorts: Vec<Cohort>,
    /// Forecast of the next period, if a model is live.
    pub forecast: Option<ForecastView>,
    /// The query the list is filtered by: a segment, or a piece of a name, key or address.
    pub query: String,
    /// Why the query cannot be read, if so.
    pub query_error: Option<String>,
    /// One page of customers.
    pub list: Vec<CustomerLine>,
    /// Customers that match.
    pub matches: u64,
    /// Of those that match, who may be contacted and scored.
    pub reach: Reach,
    /// Page shown, from 1.
    pub page: u64,
    /// Pages there are.
    pub pages: u64,
}

/// One cell of the observed moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MoveCell {
    /// Customers who made the move.
    pub customers: u64,
    /// What they bought for in the period, major units.
    pub revenue: f64,
}

/// Consents among some customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Have an e-mail address and a consent that allows marketing by e-mail now.
    pub email: u64,
    /// Allow profiling.
    pub profiling: u64,
}

/// Stage thresholds and their origin.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RuleView {
    /// New while the first purchase is at most this many days ago.
    pub new_days: i32,
    /// At risk after this many silent days.
    pub at_risk_days: i32,
    /// Churned after this many silent days.
    pub churned_days: i32,
    /// Gaps between purchases they were read off; 0 when set by a person or by default.
    pub gaps: u64,
}

/// What is expected by the end of the next period.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForecastView {
    /// The day it speaks of.
    pub until: Day,
    /// Registry label of the model: `stage@1`.
    pub model: String,
    /// Kind of model chosen by the backtest.
    pub chosen: String,
    /// Expected moves: rows from, columns to.
    pub moves: Vec<Vec<ForecastCell>>,
    /// Customers who entered with a score of their own: those who allow profiling.
    pub customers: u64,
    /// Customers who entered only as numbers in a stage: those who do not.
    pub unscored: u64,
    /// Backtest of every model, best first.
    pub backtest: Vec<BacktestLine>,
    /// What the backtest says about the choice.
    pub verdict: Verdict,
    /// Days of history the model was fitted on; below [`SEASON_DAYS`] it has not seen every season.
    pub history_days: i32,
    /// Days at which the periods held back for the backtest began.
    pub held_back: Vec<Day>,
    /// Calibration, gains and quality by stage of the chosen model; `None` when nothing could be held back.
    pub pictures: Option<Pictures>,
}

/// Days from which a history holds every season once, and the month after it to learn from.
pub const SEASON_DAYS: i32 = 396;

impl ForecastView {
    /// True when the history is too short to hold every season.
    #[must_use]
    pub const fn misses_seasons(&self) -> bool {
        self.history_days < SEASON_DAYS
    }
}

/// One cell of the forecast matrix.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ForecastCell {
    /// Expected customers.
    pub expected: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Expected revenue in the period from these customers, major units.
    pub revenue: f64,
    /// Lower end of its 95 % interval.
    pub revenue_low: f64,
    /// Upper end.
    pub revenue_high: f64,
}

/// Quality of a model on the brand's own past.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BacktestLine {
    /// Model.
    pub name: String,
    /// Log-loss, lower is better.
    pub log_loss: f64,
    /// Share of customers whose most likely stage came true.
    pub accuracy: f64,
    /// Expected calibration error, 10 bins.
    pub ece: f64,
    /// Log-loss less that of the best model: lower and upper end of the 95 % interval.
    pub behind_low: f64,
    /// Upper end.
    pub behind_high: f64,
    /// True for the baseline that knows nothing of the customer.
    pub naive: bool,
}

/// A customer in a list.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerLine {
    /// Key.
    pub key: String,
    /// Given name, if known.
    pub name: String,
    /// Country.
    pub country: String,
    /// Stage.
    pub stage: Stage,
    /// Purchase days.
    pub purchases: u32,
    /// Days since the last purchase, unless there is none.
    pub silent_days: Option<i32>,
    /// Expected value over the next year, if scored.
    pub value: Option<f64>,
    /// Percentile of that value among all, 0 to 100.
    pub percentile: Option<f64>,
    /// Probability of being churned at the end of the next period.
    pub churn: Option<f64>,
}

/// One person's fatigue: how likely the next message makes them opt out or complain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FatigueView {
    /// Which message within 30 days the next one would be.
    pub next: u64,
    /// Messages of the last two years it is judged by.
    pub messages: u64,
    /// By the number of messages within 30 days, from the first.
    pub points: Vec<FatiguePoint>,
    /// What the brand allows; above it, with confidence, nobody is written to.
    pub most: f64,
    /// Whether they are left out for it now.
    pub tired: bool,
}

/// The probability of harm of one message.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FatiguePoint {
    /// Of everybody's message.
    pub everybody: f64,
    /// Of theirs.
    pub own: f64,
    /// It is above this with 90 %.
    pub low: f64,
    /// And below this with 90 %.
    pub high: f64,
}

/// One customer.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerView {
    /// How likely messages do harm, by their own history; none without their agreement to profiling, or when too
    /// little is known of anybody.
    pub fatigue: Option<FatigueView>,
    /// Line, as in the list.
    pub line: CustomerLine,
    /// Currency of amounts.
    pub currency: String,
    /// E-mail, only for roles that may see contact details.
    pub email: Option<String>,
    /// Locale.
    pub locale: String,
    /// Known since.
    pub known_since: Instant,
    /// As-of day of the profile.
    pub as_of: Day,
    /// Profile, unless the customer never bought.
    pub profile: Option<terms::profile::Profile>,
    /// Whether profiling is allowed; without it there are no scores.
    pub profiling: bool,
    /// Probability of each stage at the end of the next period, in the order of [`Stage::ALL`].
    pub next: Option<Vec<f64>>,
    /// Probability of buying in the next period.
    pub buys: Option<f64>,
    /// What they are expected to bring over the next year; buyers with a score only.
    pub future: Option<FutureView>,
    /// The chances within one and two periods that make sense for the present stage; buyers only.
    pub risks: Option<Risks>,
    /// Why: exact contributions to the score, largest first.
    pub reasons: Vec<ReasonLine>,
    /// Consents today.
    pub consents: Vec<ConsentLine>,
    /// What happened, newest first.
    pub timeline: Vec<TimelineEvent>,
    /// Model behind the scores.
    pub model: Option<String>,
}

/// What one customer is expected to bring over the next year.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FutureView {
    /// Expected purchase days.
    pub purchases: f64,
    /// Expected amount of one, major units.
    pub order_value: f64,
    /// Expected revenue, major units.
    pub revenue: f64,
    /// Lower end of the 80 % interval of this one customer's revenue.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Permille among all, 1 to 1,000; 1,000 is the best thousandth.
    pub permille: u32,
    /// Place within the stage, 1 is the highest.
    pub rank: u64,
    /// Customers with a value in that stage.
    pub of: u64,
}

/// One contribution to a score.
#[derive(Debug, Clone, Serialize)]
pub struct ReasonLine {
    /// Feature, by the profile's name for it.
    pub feature: String,
    /// Its value for this customer.
    pub value: f64,
    /// What it adds to the log-odds of buying in the next period.
    pub contribution: f64,
}

/// State of a consent.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentLine {
    /// Purpose.
    pub purpose: String,
    /// Channel.
    pub channel: String,
    /// Status.
    pub status: String,
    /// Basis.
    pub basis: String,
    /// When.
    pub at: Instant,
    /// Source.
    pub source: String,
    /// Notice version.
    pub notice_version: String,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub struct TimelineEvent {
    /// When.
    pub at: Instant,
    /// What: `purchase`, `return`, `message`, `opened`, `clicked`, `opted_out`, `consent`.
    pub kind: String,
    /// Amount, for purchases and returns.
    pub amount: Option<f64>,
    /// Campaign, purpose or order: what it was about.
    pub about: String,
    /// Message id, to ask why.
    pub message: Option<i64>,
    /// State or status.
    pub status: String,
}
