//! Signed notices to systems of others over HTTP, each to an address that was checked first.
//!
//! Goes in: a URL somebody entered, a secret, a body. Comes out: the status the other side answered. The name is
//! resolved once, every address is checked, and the connection goes to exactly those, so that a name that changes its
//! mind in between reaches nothing inside the house. No redirect is followed and no proxy asked. Signed as Standard
//! Webhooks describe, so that recipients find a library for it. Deliberately absent: retries, which are the queue's.

mod address;
mod certificate;

pub use address::is_public;
pub use certificate::{CertificateError, Signer};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;
use terms::time::{Instant, MICROS_PER_SECOND};
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long the other side may take, connection and answer together.
const LIMIT: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read.
const MOST_ANSWERED: u64 = 64 * 1024;
/// Most addresses of a host that are tried.
const MOST_ADDRESSES: usize = 8;

/// Why a notice was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// The URL cannot be used.
    #[error("`{0}` cannot be used; write it as https://host/path, without a name or password in it")]
    Url(String),
    /// The host leads into a private network, or to this machine.
    #[error("`{0}` leads to an address that is not public; allow the host explicitly if that is meant")]
    Private(String),
    /// The host cannot be found now.
    #[error("`{0}` cannot be found; check the name")]
    NotFound(String),
    /// The connection failed or took too long.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The other side answered something else than that it took the notice.
    #[error("it answered {0}")]
    Status(u16),
}

/// Where a notice goes: a URL whose form was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    host: String,
    port: u16,
    allow_private: bool,
}

impl Endpoint {
    /// Checks the form of a URL. With `allow_private` the operator vouches for the host: then it may be inside the
    /// house, and over plain http where it is this very machine.
    ///
    /// # Errors
    /// When it is not https, names a user, or is no URL; when it is an address that is not public and not allowed.
    pub fn parse(url: &str, allow_private: bool) -> Result<Self, HookError> {
        Self::with(url, allow_private, |allowed_here| allowed_here)
    }

    /// The same for what is public and signed, and needs nobody's secrecy: plain http will do to any host.
    ///
    /// # Errors
    /// As [`Endpoint::parse`].
    pub fn parse_public(url: &str, allow_private: bool) -> Result<Self, HookError> {
        Self::with(url, allow_private, |_| true)
    }

    fn with(url: &str, allow_private: bool, plain: impl Fn(bool) -> bool) -> Result<Self, HookError> {
        let bad = || HookError::Url(url.to_owned());
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) || url.contains('#') {
            return Err(bad());
        }
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let authority = uri.authority().ok_or_else(bad)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(bad());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let literal = host.parse::<IpAddr>().ok();
        let this_machine = host == "localhost" || literal.is_some_and(|address| address.is_loopback());
        let port = match uri.scheme_str() {
            Some("https") => authority.port_u16().unwrap_or(443),
            Some("http") if plain(allow_private && this_machine) => authority.port_u16().unwrap_or(80),
            _ => return Err(bad()),
        };
        // An address written out, and this machine by its name, are refused here already: before anybody waits.
        let inside = literal.is_some_and(|address| !is_public(address)) || this_machine;
        if inside && !allow_private {
            return Err(HookError::Private(host));
        }
        Ok(Self { uri, host, port, allow_private })
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Looks the host up, once, and checks every address it has.
    ///
    /// # Errors
    /// When it has none, or one that is not public and not allowed.
    fn addresses(&self) -> Result<Vec<SocketAddr>, HookError> {
        let found: Vec<SocketAddr> = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(|_| HookError::NotFound(self.host.clone()))?
            .take(MOST_ADDRESSES)
            .collect();
        if found.is_empty() {
            return Err(HookError::NotFound(self.host.clone()));
        }
        // One inner address among outer ones is how a name is made to lead inside: all of them must be public.
        if !self.allow_private && !found.iter().all(|address| is_public(address.ip())) {
            return Err(HookError::Private(self.host.clone()));
        }
        Ok(found)
    }
}

/// The headers that sign a body: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
///
/// # Errors
/// Never with a secret of any length; kept so that a broken key cannot pass for a signature.
pub fn signature_headers(
    secret: &str,
    id: &str,
    at: Instant,
    body: &str,
) -> Result<[(&'static str, String); 3], HookError> {
    let seconds = at.0.div_euclid(MICROS_PER_SECOND);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|_| HookError::NoAnswer("the secret cannot be used".to_owned()))?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Ok([
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ])
}

/// Resolves to the addresses that were checked, whatever the name says by now.
#[derive(Debug)]
struct Pinned(Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(
        &self,
        _: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        for address in &self.0 {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

/// Asks the addresses that were checked, whatever the name says by now; follows no redirect and no proxy.
fn agent(endpoint: &Endpoint) -> Result<ureq::Agent, HookError> {
    let pinned = Pinned(endpoint.addresses()?);
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent("candor")
        .build();
    Ok(ureq::Agent::with_parts(config, DefaultConnector::new(), pinned))
}

/// Sends a text and reads what is answered, whatever the status. It blocks: call it where that is allowed.
///
/// # Errors
/// When the host is not public, cannot be reached, or answers with more than 64 KiB.
pub fn exchange(endpoint: &Endpoint, body: &str) -> Result<(u16, String), HookError> {
    let failed = |error: ureq::Error| HookError::NoAnswer(error.to_string());
    let request =
        agent(endpoint)?.post(endpoint.uri.clone()).header("content-type", "text/plain; charset=utf-8");
    let mut answer = request.send(body).map_err(failed)?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(MOST_ANSWERED).read_to_string().map_err(failed)?;
    Ok((status, text))
}

/// Hands a body over. It blocks: call it where that is allowed.
///
/// # Errors
/// When the host is not public, cannot be reached, or answers anything but success. A redirect is no success.
pub fn post(endpoint: &Endpoint, headers: &[(&str, String)], body: &str) -> Result<u16, HookError> {
    let mut request = agent(endpoint)?.post(endpoint.uri.clone()).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send(body).map_err(|error| HookError::NoAnswer(error.to_string()))?;
    let status = answer.status().as_u16();
    if answer.status().is_success() { Ok(status) } else { Err(HookError::Status(status)) }
}

#[cfg(test)]
mod tests;
