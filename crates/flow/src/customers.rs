//! Customers: the stage map with its flows and forecast, the list, and one customer with timeline and reasons.

use science::lifecycle::history::History;
use terms::customer::{Customer, Language};
use terms::ids::CustomerKey;
use terms::person::Person;
use terms::stage::Stage;

use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::forecast::forecast;
use crate::lawful::MarketingByMail;
use crate::lawful::fatigue::{PersonalCurve, exposures_of};
use crate::problem::Problem;
use crate::snapshot::{PERIOD_DAYS, Snapshot, YEAR_DAYS};
use crate::today::stage_counts;
use crate::views::{
    ConsentLine, CustomerLine, CustomerView, CustomersView, FatiguePoint, FatigueView, FutureView, Reach,
    ReasonLine, RuleView, TimelineEvent,
};

/// Customers on a page of the list.
const PAGE: usize = 25;
/// Messages and receipts in a timeline.
const TIMELINE: i64 = 100;

impl App {
    /// The stage map, and the customers that match `query`: a segment such as `stage = churned`, or the beginning of
    /// a name, key or address.
    ///
    /// # Errors
    /// When store or lake fail; a query that cannot be read is not an error but stands in the view.
    pub async fn customers(&self, query: &str, page: u64, language: Language) -> Result<CustomersView> {
        let snapshot = self.snapshot().await?;
        let (mut positions, query_error) = self.matching(&snapshot, query.trim(), language).await?;
        // Most valuable first, then by key, so that pages are stable.
        let value =
            |at: &usize| snapshot.scores.get(*at).and_then(Option::as_ref).map_or(f64::MIN, |s| s.value);
        let rank = |at: &usize| if value(at).is_nan() { f64::MIN } else { value(at) };
        positions.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.cmp(b)));
        let pages = positions.len().div_ceil(PAGE).max(1);
        let page = usize::try_from(page).unwrap_or(1).clamp(1, pages);
        let list = positions.iter().skip((page - 1) * PAGE).take(PAGE);
        Ok(CustomersView {
            as_of: snapshot.as_of,
            currency: self.brand().await?.currency.to_string(),
            stages: stage_counts(&snapshot),
            rule: RuleView {
                new_days: snapshot.rule.new_days,
                at_risk_days: snapshot.rule.at_risk_days,
                churned_days: snapshot.rule.churned_days,
                gaps: snapshot.rule_gaps,
            },
            moves: snapshot.moves.iter().map(|row| row.to_vec()).collect(),
            cohorts: snapshot.cohorts.clone(),
            reach: self.reach(&snapshot, &positions).await?,
            moves_from: snapshot.moves_days[0],
            moves_to: snapshot.moves_days[1],
            forecast: forecast(&snapshot),
            query: query.to_owned(),
            query_error,
            list: list.filter_map(|at| line(&snapshot, *at)).collect(),
            matches: positions.len() as u64,
            page: page as u64,
            pages: pages as u64,
        })
    }

    /// Of these customers, how many may be written to and how many may be scored.
    async fn reach(&self, snapshot: &Snapshot, positions: &[usize]) -> Result<Reach> {
        let writable = self.lawful::<MarketingByMail>().await?;
        let at = |at: &usize| snapshot.customers.get(*at);
        let customers = positions.iter().filter_map(at);
        Ok(Reach {
            email: customers.filter(|c| c.email.is_some() && writable.covers(&c.key)).count() as u64,
            profiling: positions.iter().filter(|at| snapshot.profiling.get(**at) == Some(&true)).count()
                as u64,
        })
    }

    async fn matching(
        &self,
        snapshot: &Snapshot,
        query: &str,
        language: Language,
    ) -> Result<(Vec<usize>, Option<String>)> {
        if query.is_empty() {
            return Ok(((0..snapshot.customers.len()).collect(), None));
        }
        match policy::segment::parse(query) {
            // Nobody has a score then, and an empty list would look like an answer.
            Ok(segment) if segment.uses_scores() => {
                self.needs_ai().await?;
                Ok((policy::segment::eval_columns(&segment, &snapshot.columns).ones().collect(), None))
            }
            Ok(segment) => {
                Ok((policy::segment::eval_columns(&segment, &snapshot.columns).ones().collect(), None))
            }
            // A query without any sign of the language is a search; otherwise its mistake is shown.
            Err(error) if query.contains(['=', '<', '>', '(']) => {
                Ok((Vec::new(), Some(error.render(query, language))))
            }
            Err(_) => {
                let found = self.look_up(query, 1_000).await?;
                Ok((found.iter().filter_map(|customer| snapshot.position(&customer.key)).collect(), None))
            }
        }
    }

    /// One customer. Contact details are shown only to roles that may see them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn customer(&self, person: &Person, key: &str) -> Result<CustomerView> {
        let snapshot = self.snapshot().await?;
        let key = CustomerKey::new(key);
        let Some(at) = snapshot.position(&key) else {
            return Err(match self.record_of(&key).await? {
                Some(record) if record.restricted => Problem::Restricted { customer: key.to_string() }.into(),
                _ => Error::NotFound,
            });
        };
        let customer = snapshot.customers.get(at).ok_or(Error::NotFound)?;
        let profile = snapshot.profiles.get(at).cloned().flatten();
        let score = snapshot.scores.get(at).and_then(Option::as_ref);
        let risks = match (snapshot.decider(&key), &profile, score) {
            (Some((_, model)), Some(profile), Some(_)) => {
                Some(model.risks(&History::from(profile), [PERIOD_DAYS, PERIOD_DAYS]))
            }
            _ => None,
        };
        let reasons = match (snapshot.decider(&key), &profile, score) {
            (Some((_, model)), Some(profile), Some(_)) => model
                .reasons(&History::from(profile), PERIOD_DAYS)
                .into_iter()
                .map(|reason| ReasonLine {
                    feature: reason.feature.as_str().to_owned(),
                    value: reason.value,
                    contribution: reason.contribution,
                })
                .collect(),
            _ => Vec::new(),
        };
        let profiling = snapshot.profiling.get(at).copied().unwrap_or(false);
        Ok(CustomerView {
            line: line(&snapshot, at).ok_or(Error::NotFound)?,
            currency: self.brand().await?.currency.to_string(),
            email: customer.email.clone().filter(|_| self.may(person, Permission::SeeContacts)),
            locale: customer.locale.clone(),
            known_since: customer.known_since,
            as_of: snapshot.as_of,
            profiling,
            next: score.map(|score| score.next.to_vec()),
            buys: score.map(|score| score.buys),
            future: score.and(profile.as_ref()).and_then(|profile| future(&snapshot, at, profile)),
            risks,
            reasons,
            fatigue: if profiling { self.fatigue_of(&key).await? } else { None },
            consents: self.consents_now(&key).await?,
            timeline: self.timeline(customer).await?,
            model: snapshot.decider(&key).map(|(label, _)| label.to_owned()),
            profile,
        })
    }

    async fn fatigue_of(&self, key: &CustomerKey) -> Result<Option<FatigueView>> {
        let (now, most) = (self.now(), self.brand().await?.most_harm);
        let exposures = exposures_of(&mut self.store().read().await?, key, now).await?;
        let Some(PersonalCurve { next, messages, points }) = self.fatigue().await?.curve(&exposures, now)
        else {
            return Ok(None);
        };
        let point = |(everybody, own): (f64, terms::estimate::Estimate)| FatiguePoint {
            everybody,
            own: own.value,
            low: own.interval.low,
            high: own.interval.high,
        };
        let points: Vec<FatiguePoint> = points.into_iter().map(point).collect();
        let at = points.get(next.min(points.len()).saturating_sub(1));
        let tired = at.is_some_and(|point| point.low > most);
        Ok(Some(FatigueView { next: next as u64, messages, points, most, tired }))
    }

    async fn consents_now(&self, key: &CustomerKey) -> Result<Vec<ConsentLine>> {
        let mut latest: Vec<terms::consent::ConsentReceipt> = Vec::new();
        for receipt in self.consent_receipts_of(key).await? {
            latest.retain(|known| (known.purpose, known.channel) != (receipt.purpose, receipt.channel));
            latest.push(receipt);
        }
        latest.sort_by_key(|receipt| (receipt.purpose, receipt.channel));
        let line = |receipt: terms::consent::ConsentReceipt| ConsentLine {
            purpose: receipt.purpose.to_string(),
            channel: receipt.channel.to_string(),
            status: receipt.status.to_string(),
            basis: receipt.basis.to_string(),
            at: receipt.at,
            source: receipt.source,
            notice_version: receipt.notice_version,
        };
        Ok(latest.into_iter().map(line).collect())
    }

    async fn timeline(&self, customer: &Customer) -> Result<Vec<TimelineEvent>> {
        let purchases = self.purchases_of(&customer.key).await?;
        let mut events: Vec<TimelineEvent> = purchases
            .into_iter()
            .map(|purchase| TimelineEvent {
                at: purchase.time,
                kind: if purchase.amount.minor < 0 { "return" } else { "purchase" }.to_owned(),
                amount: Some(purchase.amount.major()),
                about: purchase.order.map(|order| order.to_string()).unwrap_or_default(),
                message: None,
                status: String::new(),
            })
            .collect();
        for message in self.messages_of(&customer.key, TIMELINE).await? {
            let campaign = self.store().campaign(message.campaign).await?;
            let status = match (message.state, message.exclusion) {
                (None, Some(reason)) => reason.to_string(),
                (Some(state), _) => state.to_string(),
                (None, None) => String::new(),
            };
            let planned = message.not_before.unwrap_or(campaign.changed_at);
            events.push(TimelineEvent {
                at: message.finished_at.unwrap_or(planned),
                kind: "message".to_owned(),
                amount: None,
                about: campaign.plan.name,
                message: Some(message.id.0),
                status,
            });
            for (kind, at) in self.store().responses_of(message.id).await? {
                let (kind, message) = (kind.to_string(), Some(message.id.0));
                events.push(TimelineEvent {
                    at,
                    kind,
                    amount: None,
                    about: String::new(),
                    message,
                    status: String::new(),
                });
            }
        }
        for receipt in self.consent_receipts_of(&customer.key).await? {
            events.push(TimelineEvent {
                at: receipt.at,
                kind: "consent".to_owned(),
                amount: None,
                about: receipt.purpose.to_string(),
                message: None,
                status: receipt.status.to_string(),
            });
        }
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        Ok(events)
    }
}

/// What a scored customer is expected to bring, and where that ranks.
fn future(snapshot: &Snapshot, at: usize, profile: &terms::profile::Profile) -> Option<FutureView> {
    use policy::segment::NumberField;
    let model = snapshot.value_decider(&snapshot.customers.get(at)?.key)?;
    let expected = model.scorer().expected(&History::from(profile), f64::from(YEAR_DAYS));
    let values = snapshot.columns.numbers(NumberField::Value);
    let (own, stage) = (values.get(at).copied()?, snapshot.stages.get(at)?);
    let peers = || values.iter().zip(&snapshot.stages).filter(|(v, s)| !v.is_nan() && *s == stage);
    let percentile = snapshot.columns.numbers(NumberField::ValuePercentile).get(at).copied()?;
    Some(FutureView {
        purchases: expected.purchases,
        order_value: expected.order_value,
        revenue: expected.revenue.value,
        low: expected.revenue.interval.low,
        high: expected.revenue.interval.high,
        permille: science::value::permille(percentile),
        rank: peers().filter(|(value, _)| **value > own).count() as u64 + 1,
        of: peers().count() as u64,
    })
}

fn line(snapshot: &Snapshot, at: usize) -> Option<CustomerLine> {
    use policy::segment::NumberField;
    let customer = snapshot.customers.get(at)?;
    let profile = snapshot.profiles.get(at)?.as_ref();
    let score = snapshot.scores.get(at)?.as_ref();
    let number =
        |field| snapshot.columns.numbers(field).get(at).copied().filter(|value: &f64| !value.is_nan());
    Some(CustomerLine {
        key: customer.key.to_string(),
        name: customer.first_name.clone().unwrap_or_default(),
        country: customer.country.clone().unwrap_or_default(),
        stage: *snapshot.stages.get(at)?,
        purchases: profile.map_or(0, |profile| profile.frequency + 1),
        silent_days: profile.map(terms::profile::Profile::silent_days),
        value: score.map(|score| score.value).filter(|value| !value.is_nan()),
        percentile: number(NumberField::ValuePercentile),
        churn: score.and_then(|score| score.next.get(Stage::Churned.index()).copied()),
    })
}
