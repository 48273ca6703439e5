//! A customer asks why they got a message, and gets it in plain words. No account, no script.

use crate::context::Cx;
use crate::error::Fault;
use crate::pages::customer::{feature_value, feature_words};
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use flow::views::{CustomerWhyView, Used};

#[derive(Template)]
#[template(path = "customer_why.html")]
pub(super) struct CustomerWhyPage {
    pub(super) cx: Cx,
    pub(super) view: CustomerWhyView,
}

impl CustomerWhyPage {
    fn feature(&self, name: &str) -> String {
        feature_words(&self.cx, name)
    }

    /// Whether a score was used, or only what can be counted.
    fn used(&self) -> &'static str {
        match self.view.used {
            Used::Score => self.cx.t("cw.profiled"),
            Used::Behaviour => self.cx.t("cw.counted"),
            Used::Record => self.cx.t("cw.not_profiled"),
        }
    }

    fn figure(&self, name: &str, value: &str) -> String {
        feature_value(&self.cx, name, value)
    }
}

/// The page, in the customer's language.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.customer_why(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| CustomerWhyPage { cx: cx.clone(), view })
}
