//! Write keys: issued once in the clear, kept as a hash, revoked for good.
//!
//! Goes in: a name and what the key may do. Comes out: the key, shown this once. A key with origins stands in pages,
//! where everybody can read it: it may send events and record refusals, but no agreement unless somebody gave it that
//! scope knowingly.

use std::time::{Duration, Instant as Steady};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::write_keys::{NewWriteKey, WriteKey};
use terms::event::{EventFate, KeyScope};
use terms::ids::WriteKeyId;
use terms::ledger::Action;
use terms::person::Actor;

use crate::app::{App, json_value};
use crate::error::{Error, Result};

/// The highest rate a key can be given.
pub const MAX_PER_SECOND: i64 = 1_000_000;
/// The rate of a key nobody chose one for.
const SERVER_RATE: i64 = 50_000;
/// The same for a key in pages.
const PUBLIC_RATE: i64 = 1_000;
/// Keys are long enough that nobody guesses one.
const KEY_BYTES: usize = 24;
/// How long a key that was looked up is believed: a revoked key stops working within this time in every process.
const BELIEVED: Duration = Duration::from_secs(2);
/// Keys that are remembered, also unknown ones.
const REMEMBERED: usize = 10_000;

/// A key to be issued.
#[derive(Debug, Clone, Default)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// What it may do; none means the usual for its sort.
    pub scopes: Vec<KeyScope>,
    /// Sites whose browsers may use it; none makes a key for servers.
    pub origins: Vec<String>,
    /// Events a second; none means the usual.
    pub per_second: Option<i64>,
}

/// A key that was just issued.
#[derive(Debug, Clone, Serialize)]
pub struct IssuedKey {
    /// Number, by which it is revoked.
    pub id: WriteKeyId,
    /// Name.
    pub name: String,
    /// The key itself. It is not kept and cannot be shown again.
    pub key: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// Sites whose browsers may use it.
    pub origins: Vec<String>,
}

/// A key and what became of its events.
#[derive(Debug, Clone, Serialize)]
pub struct KeyLine {
    /// The key.
    #[serde(flatten)]
    pub key: WriteKey,
    /// Fates and how many events had them.
    pub counts: Vec<(EventFate, i64)>,
}

/// Keys that were looked up lately.
pub(crate) type KnownKeys = std::collections::HashMap<[u8; 32], (Option<WriteKey>, Steady)>;

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `https://shop.example`, or `*`: scheme and host, nothing after it.
fn origin(text: &str) -> Result<String> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    if text == "*" || host.is_some_and(plain) {
        return Ok(text);
    }
    let message = format!("`{text}` is no origin; write it as https://shop.example, or * for every site");
    Err(Error::Invalid { message })
}

impl App {
    /// Issues a key.
    ///
    /// # Errors
    /// When the name is taken or empty, or an origin or the rate cannot be used.
    pub async fn add_write_key(&self, new: &NewKey, actor: Actor) -> Result<IssuedKey> {
        let name = new.name.trim();
        if name.is_empty() || name.len() > 80 || name.chars().any(char::is_control) {
            return Err(Error::Invalid { message: "give the key a name of 1 to 80 characters".to_owned() });
        }
        let origins = new.origins.iter().map(|text| origin(text)).collect::<Result<Vec<String>>>()?;
        let usual: &[KeyScope] =
            if origins.is_empty() { &[KeyScope::Events, KeyScope::Consents] } else { &[KeyScope::Events] };
        let mut scopes = if new.scopes.is_empty() { usual.to_vec() } else { new.scopes.clone() };
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.contains(&KeyScope::Guard) && !origins.is_empty() {
            let message =
                "a key that stands in pages cannot ask the guard; make one for servers, without `--origin`";
            return Err(Error::Invalid { message: message.to_owned() });
        }
        if scopes.contains(&KeyScope::Ledger) && !origins.is_empty() {
            let message =
                "a key that stands in pages cannot read the ledger; make one for servers, without `--origin`";
            return Err(Error::Invalid { message: message.to_owned() });
        }
        let rate = new.per_second.unwrap_or(if origins.is_empty() { SERVER_RATE } else { PUBLIC_RATE });
        if !(1..=MAX_PER_SECOND).contains(&rate) {
            let message = format!("`{rate}` events a second cannot be kept; choose 1 to {MAX_PER_SECOND}");
            return Err(Error::Invalid { message });
        }
        let key = format!("wk_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; KEY_BYTES]>()));
        let shown = key.get(..9).unwrap_or_default();
        let hash = hex(&hash(&key));
        let row =
            NewWriteKey { name, shown, hash: &hash, scopes: &scopes, origins: &origins, per_second: rate };
        let mut tx = self.store().begin().await?;
        let id = tx.add_write_key(&row, self.now()).await?;
        let payload = serde_json::json!({
            "name": name, "scopes": json_value(&scopes)?, "origins": origins, "per_second": rate, "change": "added"
        });
        tx.append_entries(&[self.entry(actor, Action::WriteKeyChanged, format!("write_key/{id}"), payload)])
            .await?;
        tx.commit().await?;
        Ok(IssuedKey { id, name: name.to_owned(), key, scopes, origins })
    }

    /// Revokes a key, by its number or its name. Other processes stop taking it within two seconds.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no key in use has this number or name.
    pub async fn revoke_write_key(&self, which: &str, actor: Actor) -> Result<WriteKey> {
        let keys = self.store().write_keys().await?;
        let matches = |key: &WriteKey| key.name == which || key.id.to_string() == which;
        let key =
            keys.into_iter().find(|key| key.revoked_at.is_none() && matches(key)).ok_or(Error::NotFound)?;
        let mut tx = self.store().begin().await?;
        tx.revoke_write_key(key.id, self.now()).await?;
        let payload = serde_json::json!({ "name": key.name, "change": "revoked" });
        let entry = self.entry(actor, Action::WriteKeyChanged, format!("write_key/{}", key.id), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        if let Ok(mut known) = self.known_keys().lock() {
            known.clear();
        }
        Ok(key)
    }

    /// Every key with what became of its events.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write_keys(&self) -> Result<Vec<KeyLine>> {
        let mut conn = self.store().read().await?;
        let counts = conn.event_counts().await?;
        let of = |id: WriteKeyId| counts.iter().filter(|c| c.key == id).map(|c| (c.fate, c.n)).collect();
        Ok(conn.write_keys().await?.into_iter().map(|key| KeyLine { counts: of(key.id), key }).collect())
    }

    /// The key a sender shows; none when it is unknown or revoked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write_key(&self, shown: &str) -> Result<Option<WriteKey>> {
        let hash = hash(shown);
        if let Ok(known) = self.known_keys().lock()
            && let Some((key, at)) = known.get(&hash)
            && at.elapsed() < BELIEVED
        {
            return Ok(key.clone());
        }
        let found = self.store().write_key_by_hash(&hex(&hash)).await?;
        if let Ok(mut known) = self.known_keys().lock() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(hash, (found.clone(), Steady::now()));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert_eq!(origin("https://Shop.example/").unwrap(), "https://shop.example");
        assert_eq!(origin("*").unwrap(), "*");
        for bad in ["shop.example", "https://", "https://a/b", "javascript:alert(1)", "https://a\r\nb", ""] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
