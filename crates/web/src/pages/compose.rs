//! Compose: the form on the left, the guard and the audience on the right. Nothing typed is ever lost: whatever goes
//! wrong with saving, the page comes back with the same words in it.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::pages::check::{CheckShown, Step, planned_bar, preview_steps};
use crate::route::Staff;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use flow::views::{CampaignForm, ComposeView, VariantForm};
use serde::Deserialize;
use terms::campaign::Goal;
use terms::customer::Language;
use terms::ids::CampaignId;
use terms::person::Person;

#[derive(Template)]
#[template(path = "compose.html")]
pub(super) struct ComposePage {
    cx: Cx,
    view: ComposeView,
    checks: Vec<CheckShown>,
    funnel: Vec<Step>,
    planned: String,
    problem: Option<Problem>,
}

/// What went wrong with saving.
pub(super) struct Problem {
    status: StatusCode,
    message: String,
    /// The version that is stored now, when somebody else was faster.
    newer: Option<i64>,
    /// True when the draft was saved and only handing it over failed.
    saved: bool,
}

/// The panel beside the form, by itself: what the script asks for while somebody types.
#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    cx: Cx,
    view: ComposeView,
    checks: Vec<CheckShown>,
    funnel: Vec<Step>,
    planned: String,
}

impl ComposePage {
    pub(super) fn new(cx: Cx, view: ComposeView, problem: Option<Problem>) -> Self {
        let checks = view.checks.iter().map(CheckShown::of).collect();
        let funnel = preview_steps(&view.audience);
        let planned = planned_bar(view.audience.would_plan, view.audience.people);
        Self { cx, view, checks, funnel, planned, problem }
    }

    fn action(&self) -> String {
        self.view.id.map_or_else(|| "/campaigns/new".to_owned(), |id| format!("/campaigns/{id}/edit"))
    }

    /// A number the way a form field wants it.
    fn field_number(&self, number: &f64) -> String {
        if number.is_finite() { number.to_string() } else { String::new() }
    }

    fn goals(&self) -> &'static [Goal] {
        Goal::ALL
    }

    /// The campaign is about something that the brand does not list any more; it stays chosen, so that saving does not
    /// change it silently.
    fn topic_is_gone(&self) -> bool {
        let topic = &self.view.form.topic;
        !topic.is_empty() && self.view.topics.iter().all(|(id, _)| id != topic)
    }

    fn is_conflict(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.newer.is_some())
    }
}

/// What the form sends. Everything is text here, so that a slip in a number is answered with the page, not an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    version: String,
    overwrite: String,
    then: String,
    mend: String,
    name: String,
    goal: String,
    audience: String,
    control_percent: String,
    window_days: String,
    send_days: String,
    offer: String,
    written_with_ai: String,
    topic: String,
    en_subject: String,
    en_preheader: String,
    en_headline: String,
    en_body: String,
    en_button: String,
    en_link: String,
    es_subject: String,
    es_preheader: String,
    es_headline: String,
    es_body: String,
    es_button: String,
    es_link: String,
}

/// Browsers send line ends as CR LF; the rest of the house knows LF only.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

/// A whole number of days.
fn days(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

/// What was typed into a field that wants something else, and what it wants.
fn slip(cx: &Cx, field: &str, typed: &str, wants: &str) -> String {
    match typed.trim() {
        "" => cx.t2("compose.slip.empty", cx.t(field), wants),
        typed => cx.t3("compose.slip.typed", cx.t(field), typed, wants),
    }
}

impl Typed {
    /// Applies a repair to the words it speaks of; false when they do not stand there any more.
    fn mended(&mut self) -> bool {
        let Ok(change) = serde_json::from_str::<flow::guarding::Change>(&self.mend) else { return false };
        let field = match change.field.as_str() {
            "en_subject" => &mut self.en_subject,
            "en_preheader" => &mut self.en_preheader,
            "en_headline" => &mut self.en_headline,
            "en_body" => &mut self.en_body,
            "en_button" => &mut self.en_button,
            "es_subject" => &mut self.es_subject,
            "es_preheader" => &mut self.es_preheader,
            "es_headline" => &mut self.es_headline,
            "es_body" => &mut self.es_body,
            "es_button" => &mut self.es_button,
            _ => return false,
        };
        let Some(text) = flow::guarding::apply(&lines(field), &change) else { return false };
        *field = text;
        true
    }

    fn version(&self) -> i64 {
        self.overwrite.parse().or_else(|_| self.version.parse()).unwrap_or(0)
    }

    /// What cannot be read as the type its field wants, each with the name of the field.
    fn slips(&self, cx: &Cx) -> Vec<String> {
        let mut slips = Vec::new();
        if self.goal.parse::<Goal>().is_err() {
            let goals: Vec<String> = Goal::ALL.iter().map(|goal| cx.name("goal", goal)).collect();
            let wants = cx.t1("compose.slip.one_of", goals.join(", "));
            slips.push(slip(cx, "compose.goal", &self.goal, &wants));
        }
        if number(&self.control_percent).is_none_or(|percent| !(0.0..=50.0).contains(&percent)) {
            slips.push(slip(cx, "compose.control", &self.control_percent, cx.t("compose.slip.share")));
        }
        for (field, typed, most) in
            [("compose.send_days", &self.send_days, 90), ("compose.window", &self.window_days, 365)]
        {
            if days(typed).is_none_or(|days| !(1..=most).contains(&days)) {
                slips.push(slip(cx, field, typed, &cx.t1("compose.slip.days", most)));
            }
        }
        slips
    }

    /// The form in types; a number that cannot be read takes a value that is refused later, never a silent default.
    fn form(&self) -> CampaignForm {
        let variant = |language,
                       subject: &str,
                       preheader: &str,
                       headline: &str,
                       body: &str,
                       button: &str,
                       link: &str| {
            VariantForm {
                language,
                subject: subject.trim().to_owned(),
                preheader: preheader.trim().to_owned(),
                headline: headline.trim().to_owned(),
                body: lines(body),
                button: button.trim().to_owned(),
                link: link.trim().to_owned(),
            }
        };
        CampaignForm {
            name: self.name.trim().to_owned(),
            goal: self.goal.parse().unwrap_or(Goal::Other),
            audience: lines(&self.audience).trim().to_owned(),
            control_percent: number(&self.control_percent).unwrap_or(f64::NAN),
            window_days: days(&self.window_days).unwrap_or(0),
            offer: self.offer.trim().to_owned(),
            written_with_ai: !self.written_with_ai.is_empty(),
            topic: self.topic.trim().to_owned(),
            send_days: days(&self.send_days).unwrap_or(0),
            variants: vec![
                variant(
                    Language::English,
                    &self.en_subject,
                    &self.en_preheader,
                    &self.en_headline,
                    &self.en_body,
                    &self.en_button,
                    &self.en_link,
                ),
                variant(
                    Language::Spanish,
                    &self.es_subject,
                    &self.es_preheader,
                    &self.es_headline,
                    &self.es_body,
                    &self.es_button,
                    &self.es_link,
                ),
            ],
        }
    }
}

/// A template to start from.
#[derive(Debug, Deserialize)]
pub(crate) struct Start {
    template: Option<String>,
}

/// An empty campaign, or one from a template.
pub(crate) async fn new(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    start: Result<Query<Start>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(start) = start?;
    let view = state.app.compose_new(start.template.as_deref(), cx.lang).await?;
    let page = respond::face(&cx, view, |view| ComposePage::new(cx.clone(), view, None))?;
    Ok(respond::with_mail(page))
}

/// A campaign as it is stored.
pub(crate) async fn edit(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Fault> {
    let Path(id) = id?;
    let view = state.app.compose(CampaignId(id), cx.lang).await?;
    if !view.state.is_editable() {
        return Ok(Redirect::to(&format!("/campaigns/{id}")).into_response());
    }
    let page = respond::face(&cx, view, |view| ComposePage::new(cx.clone(), view, None))?;
    Ok(respond::with_mail(page))
}

/// The panel for what is typed right now; saves nothing.
pub(crate) async fn check(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    let view = state.app.check_form(&typed.form(), cx.lang).await?;
    let page = respond::face(&cx, view, |view| {
        let page = ComposePage::new(cx.clone(), view, None);
        Panel {
            cx: page.cx,
            view: page.view,
            checks: page.checks,
            funnel: page.funnel,
            planned: page.planned,
        }
    })?;
    Ok(respond::with_mail(page))
}

/// Saves a new campaign.
pub(crate) async fn create(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Form(typed) = typed?;
    store(&state, cx, &person, None, &typed).await
}

/// Saves a campaign that exists.
pub(crate) async fn save(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    Extension(Staff(person)): Extension<Staff>,
    id: Result<Path<i64>, PathRejection>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(id), Form(typed)) = (id?, typed?);
    store(&state, cx, &person, Some(CampaignId(id)), &typed).await
}

async fn store(
    state: &WebState,
    cx: Cx,
    person: &Person,
    id: Option<CampaignId>,
    typed: &Typed,
) -> Result<Response, Fault> {
    if !typed.mend.is_empty() {
        let mut mended = typed.clone();
        let problem = (!mended.mended()).then(|| Problem {
            status: StatusCode::CONFLICT,
            message: cx.t("compose.mend.moved").to_owned(),
            newer: None,
            saved: false,
        });
        return again(state, cx, id, typed.version(), &mended.form(), problem).await;
    }
    let form = typed.form();
    let slips = typed.slips(&cx);
    let problem = (!slips.is_empty()).then(|| Problem {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        message: slips.join(" "),
        newer: None,
        saved: false,
    });
    if typed.then == "check" || problem.is_some() {
        return again(state, cx, id, typed.version(), &form, problem).await;
    }
    let saved = match state.app.save_campaign(person, id, typed.version(), &form).await {
        Ok(saved) => saved,
        Err(refused) => {
            let (status, message) = error::inline(&cx, refused)?;
            let newer = match id {
                Some(id) if status == StatusCode::CONFLICT => Some(state.app.compose(id, cx.lang).await?)
                    .filter(|now| now.state.is_editable())
                    .map(|now| now.version),
                _ => None,
            };
            let problem = Problem { status, message, newer, saved: false };
            return again(state, cx, id, typed.version(), &form, Some(problem)).await;
        }
    };
    if typed.then == "submit" {
        return match state.app.submit_campaign(person, saved).await {
            Ok(()) => Ok(Redirect::to(&format!("/campaigns/{saved}?done=submitted")).into_response()),
            Err(refused) => {
                let (status, message) = error::inline(&cx, refused)?;
                let view = state.app.compose(saved, cx.lang).await?;
                let problem = Problem { status, message, newer: None, saved: true };
                let page = ComposePage::new(cx, view, Some(problem));
                Ok(respond::with_mail(respond::html(status, &page)?))
            }
        };
    }
    Ok(Redirect::to(&format!("/campaigns/{saved}/edit?done=saved")).into_response())
}

/// The page once more, with the words that were typed.
async fn again(
    state: &WebState,
    cx: Cx,
    id: Option<CampaignId>,
    version: i64,
    form: &CampaignForm,
    problem: Option<Problem>,
) -> Result<Response, Fault> {
    let mut view = state.app.check_form(form, cx.lang).await?;
    view.id = id;
    view.version = version;
    view.form = form.clone();
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = ComposePage::new(cx, view, problem);
    Ok(respond::with_mail(respond::html(status, &page)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_cannot_be_read_is_never_taken_for_a_default() {
        let typed = Typed { control_percent: "ten".into(), window_days: "-4".into(), ..Typed::default() };
        assert!(typed.form().control_percent.is_nan());
        assert_eq!(typed.form().window_days, 0);
        assert_eq!(Typed { control_percent: "12,5".into(), ..Typed::default() }.form().control_percent, 12.5);
    }

    #[test]
    fn a_slip_is_answered_with_the_name_of_its_field() {
        let right = || Typed {
            goal: "win_back".into(),
            control_percent: "10".into(),
            window_days: "28".into(),
            send_days: "14".into(),
            ..Typed::default()
        };
        let cx = Cx::of(&axum::http::HeaderMap::new(), &axum::http::Uri::from_static("/campaigns/new"));
        assert_eq!(right().slips(&cx), Vec::<String>::new());
        for control in ["NaN", "abc", "", "inf", "-1", "51"] {
            let slips = Typed { control_percent: control.into(), ..right() }.slips(&cx);
            assert!(slips.len() == 1 && slips[0].contains(cx.t("compose.control")), "{control}: {slips:?}");
            assert!(slips[0].contains(control), "{slips:?}");
        }
        for days in ["1.5", "0", "", "400", "two"] {
            let slips = Typed { window_days: days.into(), send_days: days.into(), ..right() }.slips(&cx);
            let fields = ["compose.send_days", "compose.window"];
            assert!(slips.iter().zip(fields).all(|(slip, field)| slip.contains(cx.t(field))), "{slips:?}");
            assert_eq!(slips.len(), 2, "{days}");
        }
        let slips = Typed { goal: "profit".into(), ..right() }.slips(&cx);
        assert!(slips.len() == 1 && slips[0].contains("profit"), "{slips:?}");
    }

    #[test]
    fn a_repair_changes_the_words_it_was_made_for_and_nothing_else() {
        let change = r#"{"field":"es_body","start":6,"was":"29 €","by":"{{ offer.price }}"}"#;
        let mut typed = Typed {
            es_body: "Ahora 29 €.".into(),
            en_body: "Ahora 29 €.".into(),
            mend: change.into(),
            ..Typed::default()
        };
        assert!(typed.mended());
        assert_eq!(
            (typed.es_body.as_str(), typed.en_body.as_str()),
            ("Ahora {{ offer.price }}.", "Ahora 29 €.")
        );
        assert!(!typed.mended(), "it does not stand there any more");
        for wrong in ["", "{}", r#"{"field":"version","start":0,"was":"a","by":"b"}"#] {
            assert!(!Typed { mend: wrong.into(), ..Typed::default() }.mended(), "{wrong}");
        }
    }

    #[test]
    fn overwriting_is_a_choice_of_its_own() {
        let typed =
            |overwrite: &str| Typed { version: "3".into(), overwrite: overwrite.into(), ..Typed::default() };
        assert_eq!(typed("").version(), 3);
        assert_eq!(typed("5").version(), 5);
    }

    #[test]
    fn paragraphs_keep_their_empty_lines_without_carriage_returns() {
        let typed = Typed { en_body: "a\r\n\r\nb".into(), ..Typed::default() };
        assert_eq!(typed.form().variants[0].body, "a\n\nb");
    }
}
