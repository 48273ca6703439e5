//! Which addresses a mail may carry, whatever was checked before: https, or http to this machine, as a demo uses.
//!
//! The last line of defence, without a list of hosts; the guard holds links against the brand's own.

/// True for an https address, or an http one that leads to this machine: no other scheme, no user name before the
/// host, nothing that cannot be seen.
///
/// ```
/// use gateway::mail::is_safe_link;
/// assert!(is_safe_link("https://shop.example/coffee?a=1"));
/// assert!(is_safe_link("http://127.0.0.1:7070/u/1"));
/// assert!(!is_safe_link("javascript:alert(1)"));
/// assert!(!is_safe_link("http://shop.example/"));
/// ```
#[must_use]
pub fn is_safe_link(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !authority.is_empty()
        && authority.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, _)) => v6,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let this_machine = || {
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let allowed =
        scheme.eq_ignore_ascii_case("https") || (scheme.eq_ignore_ascii_case("http") && this_machine());
    plain && !host.is_empty() && allowed && !url.chars().any(is_unseen)
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '"' | '<' | '>' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_safe() {
        for safe in [
            "https://shop.example",
            "HTTPS://shop.example:443/a?b=c#d",
            "http://localhost:7070",
            "http://[::1]/",
        ] {
            assert!(is_safe_link(safe), "{safe}");
        }
        for unsafe_link in [
            "",
            "/coffee",
            "//evil.test",
            "javascript:alert(1)",
            "javascript://x%0aalert(1)",
            "data:text/html,x",
            "http://shop.example",
            "http://127.0.0.1.evil.test/",
            "https://",
            "https://shop.example@evil.test",
            "https://shop.ex\u{200b}ample",
            "https://shоp.example",
            "https://shop.example/\"onmouseover=",
            "https://shop.example/a b",
        ] {
            assert!(!is_safe_link(unsafe_link), "{unsafe_link}");
        }
    }
}
