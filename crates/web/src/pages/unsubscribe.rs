//! Opting out. Opening the page does nothing (mail scanners open links); the button, or a mail program's one-click
//! request (RFC 8058), does it. Both may be repeated.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use flow::OptOutSource;
use flow::views::UnsubscribeView;

#[derive(Template)]
#[template(path = "unsubscribe.html")]
pub(super) struct UnsubscribePage {
    pub(super) cx: Cx,
    pub(super) view: UnsubscribeView,
}

/// The page with the button; inert.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let view = state.app.unsubscribe_view(&token?.0).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| UnsubscribePage { cx: cx.clone(), view })
}

/// Opts out. The body says whether a mail program or the page asked; a body of any other kind, as some programs send
/// (`multipart/form-data` is allowed too), is a one-click request as long as it names itself one.
pub(crate) async fn act(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    body: axum::body::Bytes,
) -> Result<Response, Fault> {
    let Path(token) = token?;
    let one_click = is_one_click(&body);
    let source = if one_click { OptOutSource::OneClick } else { OptOutSource::Page };
    let view = state.app.unsubscribe(&token, source).await?;
    if one_click {
        return Ok("unsubscribed\n".into_response());
    }
    cx.lang = view.language;
    respond::face(&cx, view, |view| UnsubscribePage { cx: cx.clone(), view })
}

fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("List-Unsubscribe") && text.contains("One-Click")
}

#[cfg(test)]
mod tests {
    use super::is_one_click;

    #[test]
    fn a_mail_programs_request_is_known_in_both_encodings() {
        assert!(is_one_click(b"List-Unsubscribe=One-Click"));
        let multipart =
            b"--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--";
        assert!(is_one_click(multipart));
        assert!(!is_one_click(b"confirm=yes"));
    }
}
