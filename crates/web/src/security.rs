//! Security headers on every answer, and a limit on what is taken in.
//!
//! Goes in: the finished router. Comes out: the same router, hardened. Nothing on a page may come from elsewhere,
//! run inline, or be framed. Pages with a mail preview allow style *attributes* (mail has no other styles); the
//! preview itself is a sandboxed frame that runs no script and reaches no network.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;

/// Kilobytes a form may have.
pub(crate) const FORM_KILOBYTES: usize = 256;
/// The same in bytes.
const FORM_LIMIT: usize = FORM_KILOBYTES * 1024;

const STRICT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const WITH_MAIL: &str = "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; script-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const CUSTOMER: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Marks an answer that holds a mail preview.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HoldsMail;

/// Marks an answer that may be kept by the browser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cacheable;

/// Adds headers and limits.
pub(crate) fn harden(router: Router) -> Router {
    router.layer(DefaultBodyLimit::max(FORM_LIMIT)).layer(middleware::from_fn(headers))
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let customer = response.extensions().get::<crate::error::Face>().is_some();
    let policy = if customer {
        CUSTOMER
    } else if response.extensions().get::<HoldsMail>().is_some() {
        WITH_MAIL
    } else {
        STRICT
    };
    // With `no-referrer`, browsers send `Origin: null` on our own forms; `same-origin` tells nobody else anything
    // and keeps the check of forged requests working over plain http. Customers' addresses hold a token: no referrer.
    let referrer = if customer { "no-referrer" } else { "same-origin" };
    let cacheable = response.extensions().get::<Cacheable>().is_some();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(referrer));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()"),
    );
    if !cacheable {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
