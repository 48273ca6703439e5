//! The customer's preferences: what may be sent, how often, what may be done with their data.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use flow::views::{PreferencesForm, PreferencesView};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "preferences.html")]
pub(super) struct PreferencesPage {
    pub(super) cx: Cx,
    pub(super) view: PreferencesView,
    /// True when the choices could not be taken.
    pub(super) refused: bool,
}

impl PreferencesPage {
    fn is_cap(&self, cap: &u32) -> bool {
        self.view.max_per_month == Some(*cap)
    }

    /// Caps on offer, with the customer's own among them.
    fn caps(&self) -> Vec<u32> {
        let mut caps = vec![1, 2, 4, 8];
        caps.extend(self.view.max_per_month.filter(|cap| *cap > 0));
        caps.sort_unstable();
        caps.dedup();
        caps
    }
}

/// What the page sends: a box that is not ticked is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    marketing: String,
    profiling: String,
    ai_content: String,
    measurement: String,
    max_per_month: String,
    language: String,
}

impl Typed {
    /// The choices; `None` when a language was named that nobody writes in. Without one the customer keeps theirs.
    fn form(&self) -> Option<PreferencesForm> {
        let language = match self.language.as_str() {
            "" => None,
            named => Some(named.parse().ok()?),
        };
        Some(PreferencesForm {
            marketing: !self.marketing.is_empty(),
            profiling: !self.profiling.is_empty(),
            ai_content: !self.ai_content.is_empty(),
            measurement: !self.measurement.is_empty(),
            max_per_month: self.max_per_month.parse().ok().filter(|cap| *cap > 0),
            language,
        })
    }
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.preferences(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view, refused: false })
}

/// Saves, and shows what was saved.
pub(crate) async fn save(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(token), Form(typed)) = (token?, typed?);
    let Some(form) = typed.form() else {
        // Nothing is changed by halves: the page comes back as things are, and says what was wrong.
        let view = state.app.preferences(&token).await?;
        cx.lang = view.language;
        let page = PreferencesPage { cx, view, refused: true };
        return respond::html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let view = state.app.save_preferences(&token, &form).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view, refused: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;

    #[test]
    fn a_box_that_is_not_ticked_is_a_no() {
        let form = Typed { marketing: "on".into(), ..Typed::default() }.form().unwrap();
        assert!(form.marketing && !form.profiling && !form.ai_content && !form.measurement);
        assert_eq!((form.max_per_month, form.language), (None, None));
    }

    #[test]
    fn a_language_nobody_writes_in_is_refused_and_none_keeps_the_customers_own() {
        let typed = |language: &str| Typed { language: language.into(), ..Typed::default() }.form();
        assert_eq!(typed("xx"), None);
        assert_eq!(typed("").unwrap().language, None);
        assert_eq!(typed("es").unwrap().language, Some(Language::Spanish));
    }
}
