//! Style sheet and script, compiled into the program. Their address holds a hash of their content, so that a browser
//! may keep them for ever and still never shows an old one.

use crate::security::Cacheable;
use axum::http::header;
use axum::response::{IntoResponse, Response};

const CSS: &str = include_str!("../assets/app.css");
const CUSTOMER_CSS: &str = include_str!("../assets/customer.css");
const JS: &str = include_str!("../assets/app.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// FNV-1a, 64 bits: tells versions apart, protects nothing.
const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        hash = (hash ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        rest = tail;
    }
    hash
}

const CSS_MARK: u64 = fingerprint(CSS);
const CUSTOMER_CSS_MARK: u64 = fingerprint(CUSTOMER_CSS);
const JS_MARK: u64 = fingerprint(JS);

/// Address of the style sheet.
pub(crate) fn css_url() -> String {
    format!("/assets/app.css?v={CSS_MARK:016x}")
}

/// Address of the style sheet of the customer's own pages.
pub(crate) fn customer_css_url() -> String {
    format!("/assets/customer.css?v={CUSTOMER_CSS_MARK:016x}")
}

/// Address of the script.
pub(crate) fn js_url() -> String {
    format!("/assets/app.js?v={JS_MARK:016x}")
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response = (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
        text,
    )
        .into_response();
    response.extensions_mut().insert(Cacheable);
    response
}

/// The style sheet.
pub(crate) async fn css() -> Response {
    asset("text/css; charset=utf-8", CSS)
}

/// The style sheet of the customer's own pages.
pub(crate) async fn customer_css() -> Response {
    asset("text/css; charset=utf-8", CUSTOMER_CSS)
}

/// The script.
pub(crate) async fn js() -> Response {
    asset("text/javascript; charset=utf-8", JS)
}

/// The icon.
pub(crate) async fn icon() -> Response {
    asset("image/svg+xml", ICON)
}
