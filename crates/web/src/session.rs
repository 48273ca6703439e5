//! The session cookie: its name, how it is set and taken away. The token means nothing here; `flow` looks it up.

use crate::WebOptions;
use crate::cookies::{Transport, read};
use axum::http::HeaderMap;

/// Name of the session cookie. With https it carries `__Host-`, which browsers accept only with `Secure`, `Path=/`
/// and no domain, so that no neighbouring host can plant one.
pub(crate) const fn name(options: WebOptions) -> &'static str {
    if options.secure_cookies { "__Host-candor" } else { "candor" }
}

/// The session token of a request, if it has the shape of one.
pub(crate) fn token(headers: &HeaderMap, options: WebOptions) -> Option<&str> {
    read(headers, name(options)).filter(|token| !token.is_empty() && token.len() <= 256)
}

/// The `Set-Cookie` line that starts a session. It ends with the browser, or earlier when `flow` says so.
pub(crate) fn start(token: &str, options: WebOptions) -> String {
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{}", name(options), Transport::of(options).attribute())
}

/// The `Set-Cookie` line that ends a session.
pub(crate) fn end(options: WebOptions) -> String {
    format!(
        "{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}",
        name(options),
        Transport::of(options).attribute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts_and_bound_to_the_host_over_https() {
        let line = start("abc", WebOptions { secure_cookies: true });
        assert_eq!(line, "__Host-candor=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(!line.contains("Domain"));
        assert_eq!(start("abc", WebOptions::default()), "candor=abc; Path=/; HttpOnly; SameSite=Lax");
    }
}
