//! The fact sheet: what messages may stand on, to search, filter, add, mend and end, with the history of each fact and
//! the prices of thirty days.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::{Staff, encode, own_path};
use crate::{WebState, respond, words};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::facts::{
    FactAsk, FactFilter, FactImport, FactRow, FactView, FactsView, KINDS, LineFault, Lowest, WrittenFact,
};
use serde::Deserialize;
use terms::fact::{EvidenceKind, Polarity};
use terms::ids::FactId;

/// The list.
#[derive(Template)]
#[template(path = "facts.html")]
pub(super) struct FactsPage {
    pub(super) cx: Cx,
    pub(super) view: FactsView,
}

impl FactsPage {
    fn link(&self, filter: &FactFilter) -> String {
        format!("/facts?show={}&q={}", filter.as_str(), encode(&self.view.search))
    }

    fn page_link(&self, page: usize) -> String {
        format!("{}&page={page}", self.link(&self.view.filter))
    }

    fn state(&self, row: &FactRow) -> (&'static str, String) {
        state(&self.cx, row)
    }
}

/// How a fact stands, as a class and words.
fn state(cx: &Cx, row: &FactRow) -> (&'static str, String) {
    use flow::facts::FactStanding as S;
    let class = match row.standing {
        S::Holds => "good",
        S::Expiring | S::NotYet | S::Unknown => "warn",
        S::Expired | S::Stale => "bad",
    };
    (class, cx.t(format!("fact_state.{}", row.standing.as_str())).to_owned())
}

/// What to list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ask {
    q: String,
    show: String,
    page: String,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(ask) = ask?;
    let page = ask.page.parse().unwrap_or(1);
    let ask = FactAsk { search: ask.q, filter: FactFilter::of(&ask.show), page };
    let view = state.app.facts_view(&ask, cx.lang).await?;
    respond::face(&cx, view, |view| FactsPage { cx: cx.clone(), view })
}

/// One fact, and the form that mends it; without a fact the form for a new one.
#[derive(Template)]
#[template(path = "fact.html")]
pub(super) struct FactPage {
    pub(super) cx: Cx,
    pub(super) view: Option<FactView>,
    pub(super) typed: Typed,
    /// What is wrong, by field.
    pub(super) faults: Vec<LineFault>,
    pub(super) problem: String,
}

impl FactPage {
    fn is_ended(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.ended)
    }

    fn kinds(&self) -> &'static [&'static str] {
        KINDS
    }

    fn polarities(&self) -> &'static [Polarity] {
        Polarity::ALL
    }

    fn evidence(&self) -> &'static [EvidenceKind] {
        EvidenceKind::ALL
    }

    fn action(&self) -> String {
        self.view
            .as_ref()
            .map_or_else(|| "/facts/new".to_owned(), |view| format!("/facts/{}", view.row.fact.id))
    }

    fn state(&self, row: &FactRow) -> (&'static str, String) {
        state(&self.cx, row)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.column == field)
    }

    fn fault(&self, fault: &LineFault) -> String {
        words::fact_fault(&self.cx, fault)
    }

    /// Predicates the rules know by name.
    fn predicates(&self) -> &'static [&'static str] {
        &[
            "price",
            "price_before",
            "discount",
            "saving",
            "voucher",
            "valid_from",
            "valid_until",
            "stock",
            "free_shipping",
            "free_shipping_from",
            "min_order",
            "multi_buy",
            "name",
            "product",
            "sender_name",
            "sender_address",
            "sender_email",
            "sender_phone",
        ]
    }

    /// What the thirty days before the reduction say, in words.
    fn former(&self) -> Option<String> {
        let former = self.view.as_ref()?.former.as_ref()?;
        let (price, since) = (former.price.to_string(), self.cx.on(former.since));
        Some(match (former.proven(), &former.lowest) {
            (Some(proven), _) => self.cx.t3("fa.former.proven", price, since, proven),
            (None, Lowest::Known { price: lowest }) => self.cx.t3("fa.former.none", price, since, lowest),
            (None, Lowest::Incomplete) => self.cx.t2("fa.former.incomplete", price, since),
            (None, Lowest::Mixed) => self.cx.t2("fa.former.mixed", price, since),
        })
    }
}

/// What the form sends, and what a link fills in beforehand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(super) entity: String,
    pub(super) predicate: String,
    pub(super) value: String,
    pub(super) kind: String,
    pub(super) unit: String,
    pub(super) polarity: String,
    pub(super) source: String,
    pub(super) observed_at: String,
    pub(super) valid_from: String,
    pub(super) valid_until: String,
    pub(super) max_age_hours: String,
    pub(super) evidence: String,
    /// The version the form was made from.
    pub(super) version: String,
    /// The words of a message that the fact would release.
    pub(super) claim: String,
    /// Where to go on afterwards.
    pub(super) back: String,
}

impl Typed {
    fn written(&self) -> WrittenFact {
        WrittenFact {
            entity: self.entity.clone(),
            predicate: self.predicate.clone(),
            value: self.value.clone(),
            kind: self.kind.clone(),
            unit: self.unit.clone(),
            polarity: self.polarity.clone(),
            source: self.source.clone(),
            observed_at: self.observed_at.clone(),
            valid_from: self.valid_from.clone(),
            valid_until: self.valid_until.clone(),
            max_age_hours: self.max_age_hours.clone(),
            evidence: self.evidence.clone(),
        }
    }

    /// The form as the fact stands. When it was seen is left open: who saves it has looked now.
    fn of(view: &FactView) -> Self {
        let written = WrittenFact::of(&view.row.fact);
        Self {
            entity: written.entity,
            predicate: written.predicate,
            value: written.value,
            kind: written.kind,
            unit: written.unit,
            polarity: written.polarity,
            source: written.source,
            observed_at: String::new(),
            valid_from: written.valid_from,
            valid_until: written.valid_until,
            max_age_hours: written.max_age_hours,
            evidence: written.evidence,
            version: view.version.to_string(),
            ..Self::default()
        }
    }
}

type Id = Result<Path<i64>, PathRejection>;

/// A fact with its history.
pub(crate) async fn one(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    id: Id,
) -> Result<Response, Fault> {
    let view = state.app.fact_view(FactId(id?.0), cx.lang).await?;
    respond::face(&cx, view, |view| {
        let typed = Typed::of(&view);
        FactPage { cx: cx.clone(), view: Some(view), typed, faults: Vec::new(), problem: String::new() }
    })
}

/// The form for a new fact, filled in beforehand by whoever links to it. The value never is: it comes from the source,
/// not from the message.
pub(crate) async fn new(
    Extension(cx): Extension<Cx>,
    asked: Result<Query<Typed>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(asked) = asked?;
    let typed = Typed { value: String::new(), source: String::new(), version: String::new(), ..asked };
    let page = FactPage { cx, view: None, typed, faults: Vec::new(), problem: String::new() };
    respond::html(StatusCode::OK, &page)
}

/// Adds a fact.
pub(crate) async fn create(
    state: State<WebState>,
    cx: Extension<Cx>,
    staff: Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    save(state, cx, staff, FactId(0), typed?.0).await
}

/// Mends a fact.
pub(crate) async fn mend(
    state: State<WebState>,
    cx: Extension<Cx>,
    staff: Extension<Staff>,
    id: Id,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    save(state, cx, staff, FactId(id?.0), typed?.0).await
}

async fn save(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: FactId,
    typed: Typed,
) -> Result<Response, Fault> {
    let app = &state.app;
    let view = match id {
        FactId(0) => None,
        id => Some(app.fact_view(id, cx.lang).await?),
    };
    let reading = app.fact_reading(&FactImport::default()).await?;
    let written = typed.written();
    let again = |cx: Cx, faults: Vec<LineFault>, status, problem| {
        respond::html(status, &FactPage { cx, view, typed: typed.clone(), faults, problem })
    };
    let mut fact = match written.read(0, &reading) {
        Ok(fact) => fact,
        Err(faults) => return again(cx, faults, StatusCode::UNPROCESSABLE_ENTITY, String::new()),
    };
    if written.source.trim().is_empty() {
        fact.source = person.name.clone();
    }
    fact.id = id;
    let done = match id {
        FactId(0) => app.put_fact(&person, &fact).await,
        _ => app.mend_fact(&person, &fact, typed.version.parse().unwrap_or(0)).await,
    };
    match done {
        Ok(_) if !typed.back.is_empty() => Ok(Redirect::to(own_path(&typed.back)).into_response()),
        Ok(id) => Ok(Redirect::to(&format!("/facts/{id}?done=fact_saved")).into_response()),
        Err(flow::Error::Problem(flow::Problem::BadFacts { faults })) => {
            again(cx, faults, StatusCode::UNPROCESSABLE_ENTITY, String::new())
        }
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            again(cx, Vec::new(), status, problem)
        }
    }
}

/// Why a fact ends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ending {
    reason: String,
}

/// Ends a fact.
pub(crate) async fn end(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    ending: Result<Form<Ending>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(ending)) = (FactId(id?.0), ending?);
    match state.app.end_fact(&person, id, &ending.reason).await {
        Ok(()) => Ok(Redirect::to(&format!("/facts/{id}?done=fact_ended")).into_response()),
        Err(refused) => {
            let (status, problem) = error::inline(&cx, refused)?;
            let view = state.app.fact_view(id, cx.lang).await?;
            let typed = Typed::of(&view);
            respond::html(status, &FactPage { cx, view: Some(view), typed, faults: Vec::new(), problem })
        }
    }
}
