//! The ledger: what was done, by whom, who answers for it, and whether it still verifies.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use flow::log::WitnessView;
use flow::views::LedgerView;
use serde::Deserialize;
use terms::ledger::Action;
use terms::time::{Instant, MICROS_PER_SECOND};

#[derive(Template)]
#[template(path = "ledger.html")]
pub(super) struct LedgerPage {
    pub(super) cx: Cx,
    pub(super) view: LedgerView,
}

impl LedgerPage {
    fn actions(&self) -> &'static [Action] {
        Action::ALL
    }

    /// How long ago, in the largest unit that says something.
    fn age(&self, at: &Instant) -> String {
        let minutes = (self.view.at.0 - at.0).max(0) / (60 * MICROS_PER_SECOND);
        match minutes {
            0..120 => self.cx.plural("witness.minutes", minutes),
            120..2_880 => self.cx.plural("witness.hours", minutes / 60),
            _ => self.cx.plural("witness.days", minutes / 1_440),
        }
    }

    /// How a witness stands: colour and word.
    fn state(&self, witness: &WitnessView) -> (&'static str, &'static str) {
        let (colour, key) = if witness.refused_at.is_some() {
            ("bad", "witness.refused")
        } else if witness.asked_at.is_none() {
            ("", "witness.waiting")
        } else if !witness.trouble.is_empty() {
            ("warn", "witness.silent")
        } else {
            ("good", "witness.good")
        };
        (colour, self.cx.t(key))
    }
}

/// Address of the page about an object, where there is one.
pub(crate) fn object_link(object: &str) -> Option<String> {
    let (kind, id) = object.split_once('/')?;
    if kind == "rule" {
        let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        return plain.then(|| format!("/rules/{id}"));
    }
    let id: i64 = id.parse().ok()?;
    match kind {
        "campaign" => Some(format!("/campaigns/{id}")),
        "fact" => Some(format!("/facts/{id}")),
        "message" => Some(format!("/messages/{id}/why")),
        _ => None,
    }
}

/// Filter and place.
#[derive(Debug, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    action: String,
    #[serde(default)]
    before: String,
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(filter) = filter?;
    let view = state.app.ledger(&filter.action, filter.before.parse().ok()).await?;
    respond::face(&cx, view, |view| LedgerPage { cx: cx.clone(), view })
}

/// The page with the result of verifying everything now.
pub(crate) async fn verify(
    State(state): State<WebState>,
    Extension(cx): Extension<Cx>,
) -> Result<Response, Fault> {
    let verification = state.app.verify_ledger().await?;
    let mut view = state.app.ledger("", None).await?;
    view.verification = Some(verification);
    respond::face(&cx, view, |view| LedgerPage { cx: cx.clone(), view })
}

#[cfg(test)]
mod tests {
    use super::object_link;

    #[test]
    fn only_objects_with_a_page_become_links() {
        assert_eq!(object_link("campaign/3").as_deref(), Some("/campaigns/3"));
        assert_eq!(object_link("message/118").as_deref(), Some("/messages/118/why"));
        assert_eq!(object_link("fact/12").as_deref(), Some("/facts/12"));
        assert_eq!(object_link("rule/B-clients").as_deref(), Some("/rules/B-clients"));
        assert_eq!(object_link("rule/../x"), None);
        assert_eq!(object_link("customer/x"), None);
        assert_eq!(object_link("campaign/3/../../x"), None);
    }
}
