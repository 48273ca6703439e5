//! The privacy officer's queue of requests under the law: what is due when, one request with everything about it, and
//! the steps. Breaches with their 72 hours, and who else is told.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::rights::{BY_OFFICER, BreachStep, ENTERED, QueueFilter, entered};
use flow::views::{BreachLine, LedgerLine, RecipientLine, RequestLine, RequestView, RightsView};
use serde::Deserialize;
use terms::ids::{BreachId, RequestId};
use terms::rights::{Details, RefusalGround, RequestOrigin, RequestState, RightKind, Verification};
use terms::time::Day;

/// The clock of a request as a bar: what has passed, red when it is over. The words beside it say the same.
fn clock(elapsed: f64, left: i64, closed: bool) -> String {
    let tone = match (closed, left) {
        (true, _) => " done",
        (_, ..0) => " over",
        (_, 0..=7) => " soon",
        _ => "",
    };
    let width = (elapsed.clamp(0.0, 1.0) * 100.0).round();
    format!(
        "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\" rx=\"2\"/><rect class=\"past{tone}\" width=\"{width}\" height=\"10\" rx=\"2\"/><path class=\"end\" d=\"M99 0v10\"/></svg>"
    )
}

/// How much time is left, in words.
fn left(cx: &Cx, line: &RequestLine) -> String {
    match line.closed_at {
        Some(at) => cx.t1("rq.closed", cx.on(at)),
        None if line.days_left < 0 => {
            cx.t2("rq.late", cx.plural("rq.days", -line.days_left), cx.on(line.due_at))
        }
        None => cx.t2("rq.days_left", cx.plural("rq.days", line.days_left), cx.on(line.due_at)),
    }
}

/// Class of a state.
const fn tone(state: RequestState) -> &'static str {
    match state {
        RequestState::Completed => "c-granted",
        RequestState::Refused => "c-denied",
        RequestState::Verifying | RequestState::WaitingOnCustomer => "st-paused",
        RequestState::InProgress | RequestState::Extended => "st-submitted",
        RequestState::Received | RequestState::Withdrawn => "",
    }
}

#[derive(Template)]
#[template(path = "rights.html")]
pub(super) struct RightsPage {
    pub(super) cx: Cx,
    pub(super) view: RightsView,
}

impl RightsPage {
    fn kinds(&self) -> &'static [RightKind] {
        RightKind::ALL
    }

    fn tone(&self, state: &RequestState) -> &'static str {
        tone(*state)
    }

    fn clock(&self, elapsed: &f64, left: &i64, closed: bool) -> String {
        clock(*elapsed, *left, closed)
    }

    fn left(&self, line: &RequestLine) -> String {
        left(&self.cx, line)
    }

    fn breach_words(&self, line: &BreachLine) -> String {
        let breach = &line.breach;
        match (breach.closed_at, breach.reported_at) {
            (Some(at), _) => self.cx.t1("rq.breach.closed", self.cx.when(at)),
            (_, Some(at)) => self.cx.t1("rq.breach.was_reported", self.cx.when(at)),
            _ if line.hours_left < 0 => self.cx.t2(
                "rq.breach.late",
                self.cx.plural("rq.hours", -line.hours_left),
                self.cx.when(breach.due_at),
            ),
            _ => self.cx.t2(
                "rq.breach.left",
                self.cx.plural("rq.hours", line.hours_left),
                self.cx.when(breach.due_at),
            ),
        }
    }

    fn told_of(&self, recipient: &RecipientLine) -> String {
        let names: Vec<String> =
            recipient.kinds.iter().map(|kind| self.cx.name("notice_kind", kind)).collect();
        names.join(", ")
    }
}

#[derive(Template)]
#[template(path = "rights_request.html")]
pub(super) struct RequestPage {
    pub(super) cx: Cx,
    pub(super) view: RequestView,
    pub(super) problem: String,
}

impl RequestPage {
    fn tone(&self, state: &RequestState) -> &'static str {
        tone(*state)
    }

    fn clock(&self, elapsed: &f64, left: &i64, closed: bool) -> String {
        clock(*elapsed, *left, closed)
    }

    fn left(&self, line: &RequestLine) -> String {
        left(&self.cx, line)
    }

    fn encoded(&self, key: &str) -> String {
        crate::route::encode(key).replace('/', "%2F")
    }

    /// What a step changed, in words: from where to where, how identity was verified, on which ground, who was told.
    fn step_words(&self, entry: &LedgerLine) -> String {
        let payload: serde_json::Value = serde_json::from_str(&entry.payload).unwrap_or_default();
        let word = |field: &str, group: &str| {
            payload.get(field).and_then(serde_json::Value::as_str).map(|value| self.cx.name(group, value))
        };
        let state = |field| word(field, "rights_state");
        let mut parts = Vec::new();
        if let (Some(from), Some(to)) = (state("from"), state("to")) {
            parts.push(self.cx.t2("rq.step", from, to));
        }
        let rest = [("verified", "verification"), ("ground", "refusal"), ("state", "notice_state")];
        parts.extend(rest.into_iter().filter_map(|(field, group)| word(field, group)));
        if entry.action == "recipient_told" {
            parts.extend(payload.get("status").and_then(serde_json::Value::as_str).map(str::to_owned));
        }
        parts.join(" · ")
    }

    fn needs_identity(&self) -> bool {
        matches!(self.view.line.state, RequestState::Received | RequestState::Verifying)
    }

    fn rectifies(&self) -> bool {
        self.view.line.kind == RightKind::Rectification
    }

    fn reviews(&self) -> bool {
        self.view.line.kind == RightKind::Review
    }

    fn erases(&self) -> bool {
        self.view.line.kind == RightKind::Erasure
    }

    fn can_wait(&self) -> bool {
        matches!(self.view.line.state, RequestState::InProgress | RequestState::Extended)
    }

    fn is_waiting(&self) -> bool {
        self.view.line.state == RequestState::WaitingOnCustomer
    }

    fn ways(&self) -> Vec<Verification> {
        let partner = self.view.line.origin == RequestOrigin::Partner;
        partner.then_some(Verification::Partner).into_iter().chain(BY_OFFICER).collect()
    }

    fn grounds(&self) -> &'static [RefusalGround] {
        RefusalGround::ALL
    }
}

/// Which requests are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    which: String,
    kind: String,
}

/// The queue.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(filter) = filter?;
    let filter = QueueFilter::of(&filter.which, filter.kind.parse().ok());
    let view = state.app.rights_queue(filter).await?;
    respond::face(&cx, view, |view| RightsPage { cx: cx.clone(), view })
}

fn number(path: Result<Path<i64>, PathRejection>) -> Result<RequestId, Fault> {
    Ok(RequestId(path?.0))
}

/// One request.
pub(crate) async fn request(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.request_view(number(id)?).await?;
    respond::face(&cx, view, |view| RequestPage { cx: cx.clone(), view, problem: String::new() })
}

/// What the officer types into a step; fields of a correction come by their own names.
type Typed = Vec<(String, String)>;

fn one<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

/// Goes back to the request, or shows it with what stands in the way.
async fn settle(
    state: &WebState,
    cx: Cx,
    id: RequestId,
    outcome: flow::Result<bool>,
) -> Result<Response, Fault> {
    match outcome {
        Ok(told) => {
            let done = if told { "rights_told" } else { "rights_letter" };
            Ok(Redirect::to(&format!("/rights/{id}?done={done}")).into_response())
        }
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            let view = state.app.request_view(id).await?;
            respond::html(status, &RequestPage { cx, view, problem })
        }
    }
}

/// A step of a request, by its last part: `verify`, `complete`, `extend`, `refuse`, `rectify`, `wait`, `resume`.
pub(crate) async fn step(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    path: Result<Path<i64>, PathRejection>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, by) = (number(path)?, state.app.officer(&person)?);
    let step =
        cx.path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    // What there is not cannot be moved on, whatever was typed.
    state.app.request_view(id).await?;
    let Form(typed) = typed?;
    let app = &state.app;
    let words = one(&typed, "words");
    let outcome = match step.as_str() {
        "verify" => match one(&typed, "how").parse() {
            Ok(how) => app.verify_request(&by, id, how).await.map(|()| true),
            Err(_) => return Err(Fault::Unreadable("no such way to verify".to_owned())),
        },
        "complete" => app.complete_request(&by, id, words).await.map(|done| done.told),
        "extend" => app.extend_request(&by, id, words).await.map(|done| done.told),
        "refuse" => match one(&typed, "ground").parse() {
            Ok(ground) => app.refuse_request(&by, id, ground, words).await.map(|done| done.told),
            Err(_) => return Err(Fault::Unreadable("no such ground".to_owned())),
        },
        "rectify" => app.rectify(&by, id, &typed).await.map(|done| done.told),
        "wait" => app.wait_for_customer(&by, id, true).await.map(|()| true),
        "resume" => app.wait_for_customer(&by, id, false).await.map(|()| true),
        _ => return Err(Fault::App(flow::Error::NotFound)),
    };
    settle(&state, cx, id, outcome).await
}

/// A request that came by post, telephone or mail.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewTyped {
    who: String,
    kind: String,
    origin: String,
    received: String,
    how: String,
    words: String,
}

#[derive(Template)]
#[template(path = "rights_new.html")]
pub(super) struct NewPage {
    pub(super) cx: Cx,
    pub(super) typed: NewTyped,
    pub(super) problem: String,
}

impl NewPage {
    fn kinds(&self) -> &'static [RightKind] {
        RightKind::ALL
    }

    fn origins(&self) -> [RequestOrigin; 3] {
        ENTERED
    }

    fn ways(&self) -> [Verification; 3] {
        BY_OFFICER
    }
}

/// The form.
pub(crate) async fn new(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let typed = NewTyped { received: state.app.now().day().to_string(), ..NewTyped::default() };
    respond::html(StatusCode::OK, &NewPage { cx, typed, problem: String::new() })
}

/// Enters it.
pub(crate) async fn create(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<NewTyped>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let (Ok(kind), Ok(origin)) = (typed.kind.parse::<RightKind>(), typed.origin.parse::<RequestOrigin>())
    else {
        return Err(Fault::Unreadable("no such right or way in".to_owned()));
    };
    let now = state.app.now();
    // A day counts from its beginning: what arrived today did so by now.
    let received =
        typed.received.parse::<Day>().map_or(now, |day| if day == now.day() { now } else { day.start() });
    let mut new = entered(kind, origin, cx.lang, received);
    new.verification = typed.how.parse().ok();
    new.details = Details { words: typed.words.trim().to_owned(), ..Details::default() };
    match state.app.enter_by_officer(&state.app.officer(&person)?, &typed.who, new).await {
        Ok(id) => Ok(Redirect::to(&format!("/rights/{id}?done=rights_saved")).into_response()),
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            respond::html(status, &NewPage { cx, typed, problem })
        }
    }
}

/// A breach, or a step of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BreachTyped {
    title: String,
    hours_ago: String,
    people: String,
    step: String,
    outcome: String,
}

fn back() -> Response {
    Redirect::to("/rights?done=rights_saved").into_response()
}

/// Opens the record of a breach.
pub(crate) async fn breach(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<BreachTyped>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let hours: i64 = typed.hours_ago.parse().unwrap_or(0);
    let aware = state.app.now().plus_hours(-hours.clamp(0, 20_000));
    let people = typed.people.parse().ok();
    let by = state.app.officer(&person)?.actor();
    state.app.open_breach(&typed.title, aware, people, Some(person.id), by).await?;
    Ok(back())
}

/// Reported, told, closed.
pub(crate) async fn breach_step(
    State(state): State<WebState>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    typed: Result<Form<BreachTyped>, FormRejection>,
) -> Result<Response, Fault> {
    let (id, Form(typed)) = (BreachId(id?.0), typed?);
    let by = state.app.officer(&person)?.actor();
    match typed.step.as_str() {
        "reported" => state.app.record_breach(id, BreachStep::Reported, by).await?,
        "told" => state.app.record_breach(id, BreachStep::Told, by).await?,
        "close" => state.app.close_breach(id, &typed.outcome, by).await?,
        _ => return Err(Fault::Unreadable("no such step".to_owned())),
    }
    Ok(back())
}
