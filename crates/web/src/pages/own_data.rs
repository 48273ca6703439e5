//! What is known of a customer and where it came from, and their rights: each a button that works without script.

use crate::context::Cx;
use crate::error::{self, Fault};
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use flow::rights::{Asked, RECTIFIABLE};
use flow::views::{KnownView, OwnDecision};
use serde::Deserialize;
use terms::rights::{Details, RightKind};
use terms::time::Instant;

/// One line of consent: purpose, channel, status, where, when.
type Consent = (String, String, String, String, Instant);

#[derive(Template)]
#[template(path = "own_data.html")]
pub(super) struct OwnDataPage {
    pub(super) cx: Cx,
    pub(super) view: KnownView,
    /// Why what was asked could not be taken; empty when it could.
    pub(super) problem: String,
}

impl OwnDataPage {
    fn source(&self, source: &str) -> String {
        self.cx.name("source", source)
    }

    fn fields(&self) -> [&'static str; 5] {
        RECTIFIABLE
    }

    /// The value on file.
    fn value(&self, name: &str) -> &str {
        let found = self.view.facts.iter().find(|(field, ..)| field == name);
        found.map_or("", |(_, value, _)| value.as_str())
    }

    /// The latest word on each purpose and channel; the archive has all of them.
    fn latest_consents(&self) -> Vec<&Consent> {
        let mut latest: Vec<&Consent> = Vec::new();
        for consent in &self.view.consents {
            if !latest.iter().any(|known| (&known.0, &known.1) == (&consent.0, &consent.1)) {
                latest.push(consent);
            }
        }
        latest
    }

    fn decision(&self, decision: &OwnDecision) -> String {
        let key = if decision.sent { "kn.review.sent" } else { "kn.review.held" };
        self.cx.t2(key, &decision.about, self.cx.on(decision.at))
    }

    fn asked_words(&self, (kind, reference, asked): &(RightKind, String, Asked)) -> String {
        let right = self.cx.name("right", kind);
        match asked {
            Asked::MailSent => self.cx.t2("kn.asked.mail", right, &self.view.email),
            Asked::NoMail => self.cx.t2("kn.asked.no_mail", right, reference),
            Asked::Done => self.cx.t1("kn.asked.done", right),
            Asked::WithOfficer => self.cx.t2("kn.asked.officer", right, reference),
        }
    }
}

/// The first of the two steps of an erasure.
#[derive(Template)]
#[template(path = "own_erase.html")]
pub(super) struct OwnErasePage {
    pub(super) cx: Cx,
    pub(super) view: KnownView,
}

/// What the page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    right: String,
    words: String,
    against: String,
    message: String,
    first_name: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    country: Option<String>,
    time_zone: Option<String>,
}

impl Typed {
    fn details(self) -> Details {
        let fields = [
            ("first_name", self.first_name),
            ("email", self.email),
            ("locale", self.locale),
            ("country", self.country),
            ("time_zone", self.time_zone),
        ];
        let given = |(name, value): (&str, Option<String>)| value.map(|value| (name.to_owned(), value));
        Details {
            words: self.words,
            fields: fields.into_iter().filter_map(given).collect(),
            against: vec![self.against].into_iter().filter(|word| !word.is_empty()).collect(),
            message: self.message.parse().ok(),
        }
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.known(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| OwnDataPage { cx: cx.clone(), view, problem: String::new() })
}

/// What an erasure does, before it is asked for.
pub(crate) async fn erase(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.known(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| OwnErasePage { cx: cx.clone(), view })
}

/// Uses a right.
pub(crate) async fn ask(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Path(token) = token?;
    // Whose page it is comes first: a stranger learns nothing from what they typed.
    let before = state.app.known(&token).await?;
    cx.lang = before.language;
    let Form(typed) = typed?;
    let outcome = match (typed.right.as_str(), typed.right.parse::<RightKind>()) {
        ("lift", _) => state.app.lift_own_restriction(&token).await,
        (_, Ok(kind)) => state.app.ask_from_page(&token, kind, typed.details()).await,
        (_, Err(_)) => return Err(Fault::Unreadable("no such right".to_owned())),
    };
    match outcome {
        Ok(view) => {
            respond::face(&cx, view, |view| OwnDataPage { cx: cx.clone(), view, problem: String::new() })
        }
        Err(error) => {
            let (status, problem) = error::inline(&cx, error)?;
            respond::html(status, &OwnDataPage { cx, view: before, problem })
        }
    }
}
