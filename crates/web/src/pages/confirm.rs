//! The last click of a request that hands out or destroys data. Opening the page does nothing (mail scanners open
//! links); the button does, once.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use flow::views::{ConfirmState, ConfirmView};
use terms::rights::RightKind;

#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) cx: Cx,
    pub(super) view: ConfirmView,
}

impl ConfirmPage {
    fn erases(&self) -> bool {
        self.view.kind == RightKind::Erasure
    }

    /// Places that held something.
    fn touched(&self) -> Vec<&(String, u64)> {
        self.view.receipts.iter().filter(|(_, erased)| *erased > 0).collect()
    }

    fn title(&self) -> String {
        match self.view.state {
            ConfirmState::Ask if self.erases() => self.cx.t("er.title").to_owned(),
            ConfirmState::Erased => self.cx.t("cf.erased.title").to_owned(),
            _ => self.cx.name("right", self.view.kind),
        }
    }

    fn lead(&self) -> String {
        let (brand, email) = (&self.view.brand, &self.view.email);
        match self.view.kind {
            RightKind::Erasure => self.cx.t("cf.ask.erase").to_owned(),
            _ if email.is_empty() => self.cx.t1("cf.ask", brand),
            _ => self.cx.t2("cf.ask.for", brand, email),
        }
    }

    fn button(&self) -> &'static str {
        match self.view.kind {
            RightKind::Erasure => self.cx.t("cf.button.erase"),
            RightKind::Access | RightKind::Portability => self.cx.t("cf.button.take"),
            _ => self.cx.t("cf.button"),
        }
    }
}

/// The page with the button; inert.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.confirm_view(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| ConfirmPage { cx: cx.clone(), view })
}

/// Does it.
pub(crate) async fn act(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.confirm_request(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| ConfirmPage { cx: cx.clone(), view })
}
