//! Every error as a page with a way out, in one file.
//!
//! Goes in: a [`Fault`] or any answer with an error status (a form that cannot be read, a body too large). Comes
//! out: a page in the reader's language, or JSON for programs. Internal details go to the log, never to the page.

use crate::context::Cx;
use crate::security::FORM_KILOBYTES;
use crate::words;
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use terms::customer::Language;

/// Why a request was not answered.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The use case says no.
    App(flow::Error),
    /// The reader may not do what this page is for.
    NotAllowed(Box<NotAllowed>),
    /// The change was not sent by one of our own pages.
    Forged,
    /// Nobody is signed in, and the caller is a program.
    SignedOut,
    /// The request cannot be read.
    Unreadable(String),
    /// The body is longer than a form may be.
    TooLarge,
    /// The page could not be written.
    Page(String),
}

/// Why a reader may not, and who may.
#[derive(Debug, Clone)]
pub(crate) struct NotAllowed {
    /// The policies that forbid it; without them, nothing permits it.
    pub(crate) denied: Option<Box<flow::access::Denied>>,
    /// Who may instead.
    pub(crate) who: flow::access::WhoMay,
}

impl From<flow::Error> for Fault {
    fn from(error: flow::Error) -> Self {
        Self::App(error)
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::Page(error.to_string())
    }
}

impl From<FormRejection> for Fault {
    fn from(rejection: FormRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::TooLarge;
        }
        Self::Unreadable(rejection.body_text())
    }
}

impl From<QueryRejection> for Fault {
    fn from(rejection: QueryRejection) -> Self {
        Self::Unreadable(rejection.body_text())
    }
}

impl From<PathRejection> for Fault {
    fn from(_: PathRejection) -> Self {
        // An address that names no such thing: the same answer as for a thing that is gone.
        Self::App(flow::Error::NotFound)
    }
}

/// Which face an error shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// A customer's own page: both languages, no hints, no way into the house.
    Customer,
}

/// What the error page says.
#[derive(Debug, Clone)]
struct Told {
    key: &'static str,
    detail: Detail,
}

/// What may be shown of the error itself.
#[derive(Debug, Clone, Default)]
enum Detail {
    /// Nothing.
    #[default]
    None,
    /// A problem with words in both languages.
    Problem(flow::Problem),
    /// The policies that forbid it.
    Denied(Box<flow::access::Denied>),
    /// The page is for others.
    NotAllowed(Box<NotAllowed>),
    /// English words of another room: shown to readers of English and to programs, never on a Spanish page.
    English(String),
    /// When somebody was erased; shown to whoever holds their old link.
    Erased(terms::time::Instant),
}

impl Detail {
    fn words(&self, cx: &Cx) -> String {
        match self {
            Self::Problem(problem) => words::problem(cx, problem),
            Self::Denied(denied) => words::denied(cx, denied),
            Self::NotAllowed(why) => {
                why.denied.as_ref().map_or_else(String::new, |denied| words::denied(cx, denied))
            }
            Self::English(text) if cx.lang == Language::English => text.clone(),
            Self::English(_) | Self::Erased(_) | Self::None => String::new(),
        }
    }

    /// For programs: always English.
    fn english(&self) -> String {
        match self {
            Self::Problem(problem) => problem.to_string(),
            Self::Denied(denied) => denied.to_string(),
            Self::NotAllowed(why) => {
                let roles: Vec<&str> = why.who.roles.iter().map(|role| role.as_str()).collect();
                let said = why
                    .denied
                    .as_ref()
                    .map_or_else(|| flow::Error::Forbidden.to_string(), |denied| denied.to_string());
                format!("{said} ({} is for: {})", why.who.permission, roles.join(", "))
            }
            Self::English(text) => text.clone(),
            Self::Erased(_) | Self::None => String::new(),
        }
    }
}

/// Status, key of the words, and what may be shown of the error itself.
fn sort(fault: &Fault) -> (StatusCode, Told) {
    let told = |key, detail| Told { key, detail };
    let english = |message: &String| Detail::English(message.clone());
    match fault {
        Fault::App(error) => match error {
            flow::Error::NotFound => (StatusCode::NOT_FOUND, told("not_found", Detail::None)),
            flow::Error::Gone { at } => (StatusCode::GONE, told("gone", Detail::Erased(*at))),
            flow::Error::Forbidden => (StatusCode::FORBIDDEN, told("forbidden", Detail::None)),
            flow::Error::Denied(denied) => {
                (StatusCode::FORBIDDEN, told("forbidden", Detail::Denied(denied.clone())))
            }
            flow::Error::Problem(problem) => {
                let (status, key) = match problem.kind() {
                    flow::ProblemKind::Input => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
                    flow::ProblemKind::State => (StatusCode::CONFLICT, "conflict"),
                };
                (status, told(key, Detail::Problem(problem.clone())))
            }
            flow::Error::Conflict { message } => (StatusCode::CONFLICT, told("conflict", english(message))),
            flow::Error::Invalid { message } => {
                (StatusCode::UNPROCESSABLE_ENTITY, told("invalid", english(message)))
            }
            flow::Error::Refused(refusal) => {
                (StatusCode::UNPROCESSABLE_ENTITY, told("invalid", english(&refusal.to_string())))
            }
            flow::Error::Blocked { .. } => (StatusCode::UNPROCESSABLE_ENTITY, told("blocked", Detail::None)),
            flow::Error::TooMany | flow::Error::Later { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, told("too_many", Detail::None))
            }
            other => {
                tracing::error!(error = %other, "a use case failed");
                (StatusCode::INTERNAL_SERVER_ERROR, told("internal", Detail::None))
            }
        },
        Fault::NotAllowed(why) => (StatusCode::FORBIDDEN, told("forbidden", Detail::NotAllowed(why.clone()))),
        Fault::Forged => (StatusCode::FORBIDDEN, told("forged", Detail::None)),
        Fault::SignedOut => (StatusCode::UNAUTHORIZED, told("signed_out", Detail::None)),
        Fault::Unreadable(detail) => (StatusCode::BAD_REQUEST, told("unreadable", english(detail))),
        Fault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, told("too_large", Detail::None)),
        Fault::Page(cause) => {
            tracing::error!(error = %cause, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, told("internal", Detail::None))
        }
    }
}

impl IntoResponse for Fault {
    /// A bare status; [`page`] writes the page, because only it knows the reader.
    fn into_response(self) -> Response {
        let (status, told) = sort(&self);
        let mut response = status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

/// The status and message of an error of the use cases, for pages that show it themselves.
pub(crate) fn inline(cx: &Cx, error: flow::Error) -> Result<(StatusCode, String), Fault> {
    let fault = Fault::App(error);
    let (status, told) = sort(&fault);
    match &fault {
        Fault::App(flow::Error::Blocked { blocking }) => {
            Ok((status, cx.plural("problem.blocked", *blocking)))
        }
        Fault::App(
            flow::Error::Problem(_)
            | flow::Error::Conflict { .. }
            | flow::Error::Invalid { .. }
            | flow::Error::TooMany,
        ) => {
            let words = told.detail.words(cx);
            let help = || cx.t(format!("error.{}.help", told.key)).to_owned();
            Ok((status, if words.is_empty() { help() } else { words }))
        }
        _ => Err(fault),
    }
}

/// True when an answer is an error that has no page yet.
pub(crate) fn wants_page(response: &Response) -> bool {
    let status = response.status();
    let has_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json")
    });
    (status.is_client_error() || status.is_server_error()) && !has_page
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    cx: &'a Cx,
    status: u16,
    key: &'a str,
    detail: &'a str,
    /// The way out is the test of the training.
    to_test: bool,
    /// Who may do what the reader may not.
    who: Option<&'a flow::access::WhoMay>,
}

#[derive(Template)]
#[template(path = "customer_error.html")]
struct CustomerErrorPage {
    other: Language,
    cx: Cx,
    /// When the reader was erased, if that is why.
    erased: Option<terms::time::Instant>,
}

/// Writes the page of an error.
pub(crate) fn page(cx: &Cx, response: Response) -> Response {
    let status = response.status();
    let face = response.extensions().get::<Face>().copied();
    let told = response.extensions().get::<Told>().cloned().unwrap_or_else(|| Told {
        key: match status {
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            status if status.is_client_error() => "unreadable",
            _ => "internal",
        },
        detail: Detail::None,
    });
    let mut page = if face.is_none() && cx.json {
        let body = serde_json::json!({ "error": told.key, "message": told.detail.english() });
        (status, axum::Json(body)).into_response()
    } else {
        let html = match face {
            Some(Face::Customer) => {
                let other = match cx.lang {
                    Language::English => Language::Spanish,
                    Language::Spanish => Language::English,
                };
                let erased = match told.detail {
                    Detail::Erased(at) => Some(at),
                    _ => None,
                };
                CustomerErrorPage { other, cx: cx.clone(), erased }.render()
            }
            None => {
                let to_test = matches!(&told.detail, Detail::Problem(flow::Problem::NotCertified { .. }));
                let who = match &told.detail {
                    Detail::NotAllowed(why) => Some(&why.who),
                    _ => None,
                };
                let detail = &told.detail.words(cx);
                ErrorPage { cx, status: status.as_u16(), key: told.key, detail, to_test, who }.render()
            }
        };
        (status, Html(html.unwrap_or_else(|_| status.to_string()))).into_response()
    };
    if let Some(face) = face {
        page.extensions_mut().insert(face);
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    page
}

impl ErrorPage<'_> {
    fn title(&self) -> &'static str {
        self.cx.t(format!("error.{}.title", self.key))
    }

    fn help(&self) -> String {
        crate::i18n::fill(self.cx.t(format!("error.{}.help", self.key)), &[&FORM_KILOBYTES])
    }
}

impl CustomerErrorPage {
    fn in_other(&self, key: &str) -> &'static str {
        crate::i18n::text(self.other, key)
    }

    /// The sentence with the day of the erasure, in one of the two languages.
    fn erased_on(&self, at: &terms::time::Instant, other: bool) -> String {
        let lang = if other { self.other } else { self.cx.lang };
        let day = crate::format::day(lang, at.day());
        crate::i18n::fill(crate::i18n::text(lang, "error.erased.on"), &[&day])
    }
}
