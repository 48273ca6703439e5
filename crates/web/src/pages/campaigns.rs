//! The list of campaigns.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use flow::views::CampaignsView;

#[derive(Template)]
#[template(path = "campaigns.html")]
pub(super) struct CampaignsPage {
    pub(super) cx: Cx,
    pub(super) view: CampaignsView,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let view = state.app.campaigns().await?;
    respond::face(&cx, view, |view| CampaignsPage { cx: cx.clone(), view })
}
