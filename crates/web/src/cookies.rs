//! Cookies, read and written by hand: three of them, all first-party, none with a domain.
//!
//! Goes in: headers. Comes out: values and `Set-Cookie` lines. It does not sign anything: the session token is
//! random and looked up, language and theme are harmless.

use axum::http::{HeaderMap, header};

/// Name of the language cookie.
pub(crate) const LANG: &str = "lang";
/// Name of the theme cookie.
pub(crate) const THEME: &str = "theme";

/// The value of a cookie, if the request carries it.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The line that keeps a choice of the reader for a year. `value` comes from a closed set, never from a request.
pub(crate) fn choice(name: &str, value: &str, secure: Transport) -> String {
    format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000{}", secure.attribute())
}

/// Whether the pages are reached over https.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over https.
    Secure,
    /// Over http, on one's own machine.
    Plain,
}

impl Transport {
    /// The transport the options speak of.
    pub(crate) const fn of(options: crate::WebOptions) -> Self {
        if options.secure_cookies { Self::Secure } else { Self::Plain }
    }

    /// What to add to a `Set-Cookie` line.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("xlang=fr; lang=es; theme=dark"));
        assert_eq!(read(&headers, "lang"), Some("es"));
        assert_eq!(read(&headers, "theme"), Some("dark"));
        assert_eq!(read(&headers, "lan"), None);
    }
}
