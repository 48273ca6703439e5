//! A rule of the brand: one form to write it, try it on a text and save it; and its versions, to retire and restore it.
//! Who may not keep rules reads what it looks for.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::route::Staff;
use crate::{WebState, respond, words};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::house::{HouseRow, RuleVersion};
use serde::Deserialize;
use serde::de::value::{Error as Unread, MapDeserializer};
use std::collections::BTreeMap;
use terms::customer::Language;
use terms::fact::EvidenceKind;
use terms::finding::{Finding, Severity};
use terms::house::HouseKind;
use terms::message::Field;

/// The form.
#[derive(Template)]
#[template(path = "house_rule.html")]
pub(super) struct HousePage {
    pub(super) cx: Cx,
    /// Every version, the first one first; none of a rule that is not saved yet.
    pub(super) versions: Vec<RuleVersion>,
    pub(super) typed: Typed,
    /// What is wrong with what was typed.
    pub(super) problems: Vec<String>,
    /// What it finds in the text beside it, once it was tried.
    pub(super) found: Option<Vec<Finding>>,
}

impl HousePage {
    fn new(cx: Cx, versions: Vec<RuleVersion>, typed: Typed) -> Self {
        Self { cx, versions, typed, problems: Vec::new(), found: None }
    }

    fn last(&self) -> Option<&RuleVersion> {
        self.versions.last()
    }

    fn name(&self) -> &str {
        match self.cx.lang {
            Language::English => &self.typed.row.name_en,
            Language::Spanish => &self.typed.row.name_es,
        }
    }

    fn action(&self) -> String {
        self.last().map_or_else(|| "/rules/new".to_owned(), |last| format!("/rules/{}", last.rule.id))
    }

    fn label(&self, column: &str) -> String {
        self.cx.name("house_column", column)
    }

    /// The lines of the form that are texts: column, what stands there, whether it must.
    fn texts(&self) -> [(&'static str, &str, bool); 6] {
        let row = &self.typed.row;
        [
            ("name_en", &row.name_en, true),
            ("name_es", &row.name_es, true),
            ("why_en", &row.why_en, true),
            ("why_es", &row.why_es, true),
            ("repair_en", &row.repair_en, false),
            ("repair_es", &row.repair_es, false),
        ]
    }

    fn kinds(&self) -> &'static [HouseKind] {
        HouseKind::ALL
    }

    fn severities(&self) -> &'static [Severity] {
        Severity::ALL
    }

    fn fields(&self) -> &'static [Field] {
        Field::ALL
    }

    fn evidence(&self) -> impl Iterator<Item = &'static EvidenceKind> {
        EvidenceKind::ALL.iter().filter(|kind| **kind != EvidenceKind::Plain)
    }

    fn languages(&self) -> &'static [Language] {
        Language::ALL
    }
}

/// What the form sends.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) row: HouseRow,
    /// The version the form was made from; 0 for a new rule.
    pub(super) base: i64,
    /// A text to try the rule on.
    pub(super) sample: String,
    /// The language of that text.
    pub(super) language: Language,
    /// True when it is to be saved, not tried.
    pub(super) save: bool,
}

impl Typed {
    fn read(mut sent: BTreeMap<String, String>, cx: &Cx) -> Result<Self, Fault> {
        let mut take = |name: &str| sent.remove(name).unwrap_or_default();
        let (base, language) = (take("version").parse().unwrap_or(0), take("language"));
        let (sample, save) = (take("sample"), take("then") == "save");
        let row = HouseRow::deserialize(MapDeserializer::<_, Unread>::new(sent.into_iter()))
            .map_err(|error| Fault::Unreadable(error.to_string()))?;
        Ok(Self { row, base, sample, language: language.parse().unwrap_or(cx.lang), save })
    }

    /// The form as the rule stands; nearly empty without one.
    pub(super) fn of(last: Option<&RuleVersion>, cx: &Cx) -> Self {
        let empty = || HouseRow { id: "B-".to_owned(), ..HouseRow::default() };
        Self {
            row: last.map_or_else(empty, |last| HouseRow::of(&last.rule)),
            base: last.map_or(0, |last| last.version),
            sample: String::new(),
            language: cx.lang,
            save: false,
        }
    }
}

/// What was refused, line by line.
pub(super) fn refusal(cx: &Cx, error: flow::Error) -> Result<(StatusCode, Vec<String>), Fault> {
    match error {
        flow::Error::Problem(flow::Problem::BadHouse { faults }) => {
            let told = faults.iter().map(|fault| words::house_fault(cx, fault)).collect();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, told))
        }
        other => error::inline(cx, other).map(|(status, problem)| (status, vec![problem])),
    }
}

/// An empty form.
pub(crate) async fn new(Extension(cx): Extension<Cx>) -> Result<Response, Fault> {
    let typed = Typed::of(None, &cx);
    respond::html(StatusCode::OK, &HousePage::new(cx, Vec::new(), typed))
}

/// A rule with its versions.
pub(super) async fn show(state: &WebState, cx: &Cx, id: &str) -> Result<Response, Fault> {
    let versions = state.app.house_rule(id).await?;
    respond::face(cx, versions, |versions| {
        let typed = Typed::of(versions.last(), cx);
        HousePage::new(cx.clone(), versions, typed)
    })
}

type Sent = Result<Form<BTreeMap<String, String>>, FormRejection>;
type Id = Result<Path<String>, PathRejection>;

/// Tries or adds a rule.
pub(crate) async fn create(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(staff): Extension<Staff>,
    sent: Sent,
) -> Result<Response, Fault> {
    let typed = Typed { base: 0, ..Typed::read(sent?.0, &cx)? };
    if typed.save && state.app.house_rule(typed.row.id.trim()).await.is_ok() {
        let mut page = HousePage::new(cx, Vec::new(), typed);
        page.problems = vec![page.cx.t("rb.taken").to_owned()];
        return respond::html(StatusCode::CONFLICT, &page);
    }
    act(&state, HousePage::new(cx, Vec::new(), typed), &staff).await
}

/// Tries or mends a rule.
pub(crate) async fn mend(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(staff): Extension<Staff>,
    id: Id,
    sent: Sent,
) -> Result<Response, Fault> {
    let Path(id) = id?;
    let versions = state.app.house_rule(&id).await?;
    let mut typed = Typed::read(sent?.0, &cx)?;
    typed.row.id = id;
    act(&state, HousePage::new(cx, versions, typed), &staff).await
}

/// Trying saves nothing; whatever is wrong, what was typed stays in the form.
async fn act(state: &WebState, mut page: HousePage, Staff(person): &Staff) -> Result<Response, Fault> {
    let (app, typed) = (&state.app, &page.typed);
    let done = if typed.save {
        app.put_house_rule(person, &typed.row, typed.base).await.map(|_| None)
    } else {
        app.try_house_rule(&typed.row, &typed.sample, typed.language, page.cx.lang).await.map(Some)
    };
    match done {
        Ok(None) => {
            let id = crate::route::encode(typed.row.id.trim());
            Ok(Redirect::to(&format!("/rules/{id}?done=rule_saved")).into_response())
        }
        Ok(found) => {
            page.found = found;
            respond::html(StatusCode::OK, &page)
        }
        Err(error) => {
            let (status, problems) = refusal(&page.cx, error)?;
            page.problems = problems;
            respond::html(status, &page)
        }
    }
}

/// What becomes of a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Retiring {
    undo: String,
}

/// Retires a rule, or restores it.
pub(crate) async fn retire(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Id,
    sent: Result<Form<Retiring>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(id), Form(sent)) = (id?, sent?);
    let retired = sent.undo.is_empty();
    match state.app.retire_house_rule(&person, &id, retired).await {
        Ok(()) => {
            let done = if retired { "rule_retired" } else { "rule_restored" };
            Ok(Redirect::to(&format!("/rules/{}?done={done}", crate::route::encode(&id))).into_response())
        }
        Err(error) => {
            let (status, problems) = refusal(&cx, error)?;
            let versions = state.app.house_rule(&id).await?;
            let typed = Typed::of(versions.last(), &cx);
            let mut page = HousePage::new(cx, versions, typed);
            page.problems = problems;
            respond::html(status, &page)
        }
    }
}
