//! The customer's preferences: what may be sent, how often, what may be done with their data.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use flow::views::{PreferencesForm, PreferencesView};
use serde::Deserialize;
use terms::customer::Language;

#[derive(Template)]
#[template(path = "preferences.html")]
pub(super) struct PreferencesPage {
    pub(super) cx: Cx,
    pub(super) view: PreferencesView,
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
    fn form(&self, fallback: Language) -> PreferencesForm {
        PreferencesForm {
            marketing: !self.marketing.is_empty(),
            profiling: !self.profiling.is_empty(),
            ai_content: !self.ai_content.is_empty(),
            measurement: !self.measurement.is_empty(),
            max_per_month: self.max_per_month.parse().ok().filter(|cap| *cap > 0),
            language: self.language.parse().unwrap_or(fallback),
        }
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
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view })
}

/// Saves, and shows what was saved.
pub(crate) async fn save(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let (Path(token), Form(typed)) = (token?, typed?);
    let view = state.app.save_preferences(&token, &typed.form(cx.lang)).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_that_is_not_ticked_is_a_no() {
        let form = Typed { marketing: "on".into(), ..Typed::default() }.form(Language::Spanish);
        assert!(form.marketing && !form.profiling && !form.ai_content && !form.measurement);
        assert_eq!((form.max_per_month, form.language), (None, Language::Spanish));
    }
}
