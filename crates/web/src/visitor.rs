//! What a request says of a visitor who has no account: where it came from, and whether their browser asks not to sell
//! or share.
//!
//! Goes in: headers and the connection. Comes out: an address for limits, which the store keeps as a keyed hash only.
//! It trusts `X-Forwarded-For` only from this machine, where a proxy in front of the program runs.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// A visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Network address; none in a test without a connection.
    pub(crate) address: Option<String>,
    /// True for `Sec-GPC: 1`.
    pub(crate) opted_out: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Ok(Self { address: address(peer, &parts.headers).map(network), opted_out: opts_out(&parts.headers) })
    }
}

/// True when the header is there once and is exactly `1`, as the specification says.
pub(crate) fn opts_out(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all("sec-gpc").iter();
    values.next().is_some_and(|value| value.as_bytes() == b"1") && values.next().is_none()
}

fn address(peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    // The last entry is the one that our own proxy wrote; those before it are whatever the visitor sent.
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok().or(Some(peer))
}

/// An address as limits count it: one household has a whole /64 of IPv6.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_exactly_one_is_the_signal() {
        assert!(opts_out(&headers(&[("sec-gpc", "1")])));
        for other in ["0", "", "true", "1 ", "01", "1, 1"] {
            let mut map = HeaderMap::new();
            map.insert("sec-gpc", HeaderValue::from_bytes(other.as_bytes()).unwrap());
            assert!(!opts_out(&map), "{other:?}");
        }
        assert!(!opts_out(&headers(&[("sec-gpc", "1"), ("sec-gpc", "0")])));
        assert!(!opts_out(&HeaderMap::new()));
    }

    #[test]
    fn only_our_own_proxy_says_who_asked() {
        let peer = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let forwarded = headers(&[("x-forwarded-for", "1.2.3.4, 203.0.113.9")]);
        assert_eq!(address(peer("198.51.100.7"), &forwarded), peer("198.51.100.7"));
        assert_eq!(address(peer("127.0.0.1"), &forwarded), peer("203.0.113.9"));
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:203.0.113.9".parse().unwrap()), "203.0.113.9");
    }
}
