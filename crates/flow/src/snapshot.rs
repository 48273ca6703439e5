//! The state of all customers at one day, in memory: records, profiles, stages, scores, and the columns segments read.
//!
//! Goes in: contact records and histories of those who may be counted, who may be profiled, and the live model. Comes out: a
//! [`Snapshot`] that never changes; a new one replaces it as a whole. Scores exist only for customers who allow
//! profiling; an observed stage is a count of days and exists for all.

use std::collections::{HashMap, HashSet};

use lake::history::PurchaseDay;
use policy::segment::{Ast, CustomerRow, NumberField, Row, SegmentColumns, SegmentField, StageMoment};
use science::lifecycle::cohort::{Cohort, Cohorts};
use science::lifecycle::history::History;
use science::lifecycle::model::StageModel;
use science::lifecycle::rhythm::{Gaps, RuleFinding};
use science::value::{ValueModel, ValueScorer};
use store::consents::UseMark;
use terms::customer::Customer;
use terms::ids::CustomerKey;
use terms::model::ModelKind;
use terms::profile::Profile;
use terms::stage::{Stage, StageRule};
use terms::time::{Day, Instant};

use crate::app::App;
use crate::artifact::Lineage;
use crate::error::{Error, Result};
use crate::lawful::{Lawful, Profiling, Statistics};
use crate::registry::{Acting, Capability, in_canary};
use crate::stages::lifecycle::month_ends;
use crate::views::MoveCell;

/// Months of cohorts that pages show.
const COHORT_MONTHS: usize = 13;
/// Days over which a customer's future value is counted.
pub(crate) const YEAR_DAYS: i32 = 365;
/// Days of a forecast period.
pub(crate) const PERIOD_DAYS: i32 = 30;

/// What a model says of one customer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Score {
    /// Probability of each stage at the end of the next period.
    pub(crate) next: [f64; Stage::COUNT],
    /// Probability of a purchase in the next period.
    pub(crate) buys: f64,
    /// Expected value over the next year, major units.
    pub(crate) value: f64,
}

/// Everything that is needed from the store before the lake is read.
pub(crate) struct Ingredients {
    /// Those who may be counted; whoever may not, such as under a restriction, is not in the snapshot at all.
    counted: Lawful<Statistics>,
    profiling: Lawful<Profiling>,
    mark: UseMark,
    engagement: HashMap<CustomerKey, u32>,
    rule: Option<StageRule>,
    stage: Capability<StageModel>,
    value: Capability<ValueModel>,
    now: Instant,
}

impl Ingredients {
    pub(crate) async fn gather(app: &App) -> Result<Self> {
        let now = app.now();
        // First, so that what is said in between makes the snapshot old.
        let mark = app.store().use_mark().await?;
        let profiling = app.lawful::<Profiling>().await?;
        Ok(Self {
            counted: app.lawful::<Statistics>().await?,
            engagement: app.engagement(&profiling, now.plus_days(-90)).await?,
            profiling,
            mark,
            rule: app.brand().await?.stage_rule,
            stage: acting(app.acting(ModelKind::Stage).await)?,
            value: acting(app.acting(ModelKind::Value).await)?,
            now,
        })
    }
}

/// What acts. What was changed since its evaluation does not: there are then no scores, and who is selected by one is
/// nobody.
fn acting<M>(loaded: Result<Capability<M>>) -> Result<Capability<M>> {
    match loaded {
        Err(Error::Model { message }) => {
            tracing::error!(%message, "a model does not act");
            Ok(Capability { live: None, canary: None })
        }
        other => other,
    }
}

/// A model that decides for a share of the customers.
pub(crate) struct Share<M> {
    pub(crate) label: String,
    pub(crate) model: M,
    percent: i64,
}

impl<M> Share<M> {
    fn of(acting: Acting<M>) -> Self {
        Self { label: acting.label, model: acting.artifact.model, percent: acting.share }
    }

    /// Whether it decides for this customer.
    pub(crate) fn decides_for(&self, customer: &CustomerKey) -> bool {
        in_canary(&self.label, self.percent, customer.as_str())
    }
}

/// All customers at the as-of day. Vectors are parallel: position `i` is one customer.
pub(crate) struct Snapshot {
    pub(crate) as_of: Day,
    /// What had been said about uses of data when it was made.
    pub(crate) mark: UseMark,
    pub(crate) rule: StageRule,
    /// Gaps between purchases the rule was read off; 0 when a person set it or there were too few.
    pub(crate) rule_gaps: u64,
    pub(crate) customers: Vec<Customer>,
    pub(crate) index: HashMap<CustomerKey, usize>,
    pub(crate) profiles: Vec<Option<Profile>>,
    pub(crate) stages: Vec<Stage>,
    /// Stage one period before; `None` for who was not known then.
    pub(crate) stages_before: Vec<Option<Stage>>,
    /// Moves between the last two month ends, and the days of these.
    pub(crate) moves: [[MoveCell; Stage::COUNT]; Stage::COUNT],
    pub(crate) moves_days: [Day; 2],
    pub(crate) profiling: Vec<bool>,
    pub(crate) scores: Vec<Option<Score>>,
    pub(crate) columns: SegmentColumns,
    pub(crate) day_totals: Vec<lake::history::DayTotal>,
    /// The last year's cohorts.
    pub(crate) cohorts: Vec<Cohort>,
    /// Revenue of the last 365 days by customer.
    pub(crate) revenue_year: Vec<f64>,
    pub(crate) model: Option<(String, StageModel)>,
    /// What that model was fitted on.
    pub(crate) fitted_on: Option<Lineage>,
    pub(crate) value: Option<(String, ValueModel)>,
    /// What decides for a share of the customers instead.
    pub(crate) canary: Option<Share<StageModel>>,
    value_canary: Option<Share<ValueModel>>,
}

/// What one read of the lake gives.
struct History4 {
    profiles: HashMap<CustomerKey, [Option<Profile>; 4]>,
    revenue: HashMap<CustomerKey, Revenue>,
    gaps: Gaps,
    cohorts: Cohorts,
}

/// What a customer bought for, major units.
struct Revenue {
    /// In the last 365 days.
    year: f64,
    /// Between the month ends that moves are counted between.
    month: f64,
}

impl Snapshot {
    /// Reads the lake once and puts everything together.
    pub(crate) fn make(lake: &lake::Lake, ingredients: Ingredients) -> Result<Self> {
        let Ingredients { counted, profiling, mark, engagement, rule, stage, value, now } = ingredients;
        let stats = lake.stats()?;
        // Figures speak of the last day there are data for: silence of the data is not silence of the customers.
        let as_of = stats.last_day.map_or(now.day(), |last| last.min(now.day()));
        let moves_days = match month_ends(stats.first_day.unwrap_or(as_of), as_of).as_slice() {
            [.., from, to] => [*from, *to],
            _ => [as_of, as_of],
        };
        let mut read = read(lake, &counted, as_of, moves_days)?;
        let mut customers = counted.into_records();
        let found = match rule {
            Some(rule) => (rule, 0),
            None => match read.gaps.derive_rule() {
                RuleFinding::Derived { rule, evidence } => (rule, evidence.returns),
                RuleFinding::Insufficient { .. } => (StageRule::STANDARD, 0),
            },
        };
        let (rule, rule_gaps) = found;
        add_unknown(&mut customers, &read.profiles);
        let n = customers.len();
        let mut snapshot = Self {
            as_of,
            rule,
            rule_gaps,
            index: customers.iter().enumerate().map(|(at, customer)| (customer.key.clone(), at)).collect(),
            profiles: Vec::with_capacity(n),
            stages: Vec::with_capacity(n),
            stages_before: Vec::with_capacity(n),
            moves: [[MoveCell::default(); Stage::COUNT]; Stage::COUNT],
            moves_days,
            profiling: customers.iter().map(|customer| profiling.covers(&customer.key)).collect(),
            mark,
            scores: Vec::with_capacity(n),
            columns: SegmentColumns::with_capacity(n),
            day_totals: lake.day_totals()?,
            cohorts: read.cohorts.latest(COHORT_MONTHS),
            revenue_year: customers
                .iter()
                .map(|c| read.revenue.get(&c.key).map_or(0.0, |revenue| revenue.year))
                .collect(),
            fitted_on: stage.live.as_ref().map(|live| live.artifact.lineage.clone()),
            model: stage.live.map(|live| (live.label, live.artifact.model)),
            value: value.live.map(|live| (live.label, live.artifact.model)),
            canary: stage.canary.map(Share::of),
            value_canary: value.canary.map(Share::of),
            customers: Vec::new(),
        };
        let (scored_by, canary) = (snapshot.value.take(), snapshot.value_canary.take());
        let value = scored_by.as_ref().map(|(_, model)| model.scorer());
        let value_canary = canary.as_ref().map(|share| (share, share.model.scorer()));
        for (customer, allowed) in customers.iter().zip(snapshot.profiling.clone()) {
            let [from, to, before, mut today] = read.profiles.remove(&customer.key).unwrap_or_default();
            if let Some(profile) = &mut today {
                profile.engagement_90 = engagement.get(&customer.key).copied().unwrap_or(0);
            }
            let known = customer.known_since.day();
            let stage_at = |day: Day, profile: Option<&Profile>| -> Option<Stage> {
                (known <= day || profile.is_some())
                    .then(|| science::lifecycle::stage::observe(&rule, profile))
            };
            let stage = science::lifecycle::stage::observe(&rule, today.as_ref());
            snapshot.stages_before.push(stage_at(as_of.plus(-PERIOD_DAYS), before.as_ref()));
            let moved = [stage_at(moves_days[0], from.as_ref()), stage_at(moves_days[1], to.as_ref())];
            if let [Some(from), Some(to)] = moved
                && let Some(cell) =
                    snapshot.moves.get_mut(from.index()).and_then(|row| row.get_mut(to.index()))
            {
                cell.customers += 1;
                cell.revenue += read.revenue.get(&customer.key).map_or(0.0, |revenue| revenue.month);
            }
            let value = match &value_canary {
                Some((share, scorer)) if share.decides_for(&customer.key) => Some(scorer),
                _ => value.as_ref(),
            };
            let score = match snapshot.decider(&customer.key) {
                Some((_, model)) if allowed => {
                    let score = score(model, value, customer, today.as_ref(), as_of);
                    // A model from elsewhere that gives no chances gives no score.
                    Some(score).filter(|score| score.next.iter().all(|chance| chance.is_finite()))
                }
                _ => None,
            };
            let mut row = row(customer, today.as_ref(), stage, score.as_ref(), as_of);
            row.set_stage(StageMoment::MovedFrom, moved[0]);
            row.set_stage(StageMoment::MovedTo, moved[1]);
            snapshot.columns.push(&row);
            snapshot.stages.push(stage);
            snapshot.scores.push(score);
            snapshot.profiles.push(today);
        }
        drop((value, value_canary));
        (snapshot.value, snapshot.value_canary) = (scored_by, canary);
        snapshot.columns.rank_values();
        snapshot.customers = customers;
        Ok(snapshot)
    }

    /// The stage model that decides for a customer, with its label.
    pub(crate) fn decider(&self, key: &CustomerKey) -> Option<(&str, &StageModel)> {
        let (label, live) = self.model.as_ref()?;
        match &self.canary {
            Some(share) if share.decides_for(key) => Some((&share.label, &share.model)),
            _ => Some((label, live)),
        }
    }

    /// The value model that decides for a customer.
    pub(crate) fn value_decider(&self, key: &CustomerKey) -> Option<&ValueModel> {
        match &self.value_canary {
            Some(share) if share.decides_for(key) => Some(&share.model),
            _ => self.value.as_ref().map(|(_, model)| model),
        }
    }

    /// The day of a customer's first purchase, when the lake knows one.
    pub(crate) fn first_purchase(&self, key: &CustomerKey) -> Option<Day> {
        let profile = self.profiles.get(self.position(key)?)?;
        profile.as_ref().map(|profile| profile.first_day)
    }

    /// The figures of a customer that an audience asks for, as name and value: what the reason for a message was.
    pub(crate) fn figures(&self, key: &CustomerKey, audience: &str) -> Vec<(String, String)> {
        let (Some(at), Ok(segment)) = (self.position(key), policy::segment::parse(audience)) else {
            return Vec::new();
        };
        let row = self.columns.row(at);
        let mut fields: Vec<SegmentField> = Vec::new();
        named_fields(&segment, &mut fields);
        let value = |field: SegmentField| match field {
            SegmentField::Stage(moment) => row.stage(moment).map(|stage| stage.to_string()),
            SegmentField::Country => row.country().map(|country| country.to_string()),
            SegmentField::Language => row.language().map(|language| language.to_string()),
            SegmentField::Number(number) => row.number(number).map(|value| format!("{:.2}", value)),
        };
        fields
            .into_iter()
            .filter_map(|field| Some((field.to_string(), value(field)?.trim_end_matches(".00").to_owned())))
            .collect()
    }

    /// The position of a customer.
    pub(crate) fn position(&self, key: &CustomerKey) -> Option<usize> {
        self.index.get(key).copied()
    }
}

fn read(
    lake: &lake::Lake,
    counted: &Lawful<Statistics>,
    as_of: Day,
    [from, to]: [Day; 2],
) -> Result<History4> {
    let wanted = [from, to, as_of.plus(-PERIOD_DAYS), as_of];
    let mut days = wanted.to_vec();
    days.sort_unstable();
    days.dedup();
    let places = wanted.map(|day| days.binary_search(&day).unwrap_or(0));
    let year_ago = as_of.plus(-365);
    let mut read = History4 {
        profiles: HashMap::new(),
        revenue: HashMap::new(),
        gaps: Gaps::default(),
        cohorts: Cohorts::new(as_of),
    };
    counted.histories(lake, &days, |customer| {
        let bought: Vec<Day> =
            customer.purchase_days.iter().map(|bought| bought.day).filter(|day| *day <= as_of).collect();
        read.gaps.add_customer(&bought, as_of);
        let spent = |after: Day, until: Day| -> f64 {
            let within = |bought: &&PurchaseDay| bought.day > after && bought.day <= until;
            customer.purchase_days.iter().filter(within).map(|bought| bought.amount).sum()
        };
        let revenue = Revenue { year: spent(year_ago, as_of), month: spent(from, to) };
        read.revenue.insert(customer.customer.clone(), revenue);
        read.cohorts.add_customer(customer.purchase_days.iter().map(|bought| (bought.day, bought.amount)));
        let of_day = places.map(|place| customer.profiles.get(place).cloned().flatten());
        read.profiles.insert(customer.customer, of_day);
    })?;
    Ok(read)
}

/// Customers who bought but have no contact record: counted and scored, never contacted (they have no address and no
/// consent).
fn add_unknown(customers: &mut Vec<Customer>, profiles: &HashMap<CustomerKey, [Option<Profile>; 4]>) {
    let known: HashSet<&CustomerKey> = customers.iter().map(|customer| &customer.key).collect();
    let mut strangers: Vec<Customer> = profiles
        .iter()
        .filter(|(key, _)| !known.contains(key))
        .filter_map(|(key, profiles)| {
            let first = profiles.iter().flatten().map(|profile| profile.first_day).min()?;
            Some(Customer {
                key: key.clone(),
                email: None,
                first_name: None,
                locale: String::new(),
                country: None,
                time_zone: None,
                known_since: first.start(),
                restricted: false,
            })
        })
        .collect();
    customers.append(&mut strangers);
    customers.sort_unstable_by(|a, b| a.key.cmp(&b.key));
}

fn score(
    model: &StageModel,
    value: Option<&ValueScorer<'_>>,
    customer: &Customer,
    profile: Option<&Profile>,
    as_of: Day,
) -> Score {
    match profile {
        Some(profile) => {
            let history = History::from(profile);
            Score {
                next: model.predict(&history, PERIOD_DAYS),
                buys: model.purchase(&history, PERIOD_DAYS),
                value: value.map_or(f64::NAN, |value| value.revenue(&history, f64::from(YEAR_DAYS))),
            }
        }
        None => {
            let known = (as_of.0 - customer.known_since.day().0).max(0);
            let next = model.predict_prospect(known, PERIOD_DAYS);
            let stays = next.get(Stage::Prospect.index()).copied().unwrap_or(1.0);
            Score { next, buys: 1.0 - stays, value: f64::NAN }
        }
    }
}

fn row(
    customer: &Customer,
    profile: Option<&Profile>,
    stage: Stage,
    score: Option<&Score>,
    as_of: Day,
) -> CustomerRow {
    let mut row = CustomerRow::of(customer, profile, as_of);
    row.set_stage(StageMoment::Now, Some(stage));
    if let Some(score) = score {
        let churn = score.next.get(Stage::Churned.index()).copied().unwrap_or(0.0);
        row.set(NumberField::Value, score.value);
        row.set(NumberField::ChancePurchase, score.buys);
        match stage {
            Stage::Prospect => row.set(NumberField::ChanceConversion, score.buys),
            Stage::Churned => row.set(NumberField::ChanceReactivation, score.buys),
            _ => row.set(NumberField::RiskChurn, churn),
        }
    }
    row
}

/// The fields a segment names, each once, in order.
pub(crate) fn named_fields(segment: &Ast, fields: &mut Vec<SegmentField>) {
    let field = match segment {
        Ast::Everyone | Ast::Draw(..) => None,
        Ast::Stage(moment, _) => Some(SegmentField::Stage(*moment)),
        Ast::Country(_) => Some(SegmentField::Country),
        Ast::Language(_) => Some(SegmentField::Language),
        Ast::Number(number, _) => Some(SegmentField::Number(*number)),
        Ast::Not(inner) => return named_fields(inner, fields),
        Ast::And(parts) | Ast::Or(parts) => return parts.iter().for_each(|part| named_fields(part, fields)),
    };
    if let Some(field) = field.filter(|field| !fields.contains(field)) {
        fields.push(field);
    }
}
