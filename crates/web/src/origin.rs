//! Does this change come from one of our own pages? The defence against forged requests (CSRF).
//!
//! Goes in: the headers of a request that changes something. Comes out: yes or no. Two independent signals are
//! read: `Sec-Fetch-Site`, which browsers send on https and on localhost, and `Origin`, which they send on every
//! form. A request with neither comes from no browser that carries cookies by itself, but is refused all the same
//! when it brings a session: nothing is lost, and the rule stays simple.

use axum::http::{HeaderMap, header};

/// True when the request was made by a page of this very origin.
pub(crate) fn is_same(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        assert!(!is_same(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("host", "a.test"),
            ("origin", "http://a.test")
        ])));
        assert!(!is_same(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_same(&headers(&[("origin", "https://evil.test"), ("host", "a.test")])));
        assert!(!is_same(&headers(&[("origin", "null"), ("host", "a.test")])));
    }

    #[test]
    fn our_own_form_is_ours_whichever_signal_there_is() {
        assert!(is_same(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_same(&headers(&[("origin", "http://127.0.0.1:7070"), ("host", "127.0.0.1:7070")])));
    }

    #[test]
    fn a_request_without_any_signal_is_refused() {
        assert!(!is_same(&headers(&[("host", "a.test")])));
    }
}
