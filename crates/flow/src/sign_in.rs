//! Signing in and out. A session is a random token; the store keeps only its hash.

use terms::hash::ContentHash;
use terms::ledger::Action;
use terms::person::{Person, Role};
use terms::time::Instant;

use crate::access::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::password;

/// How long a session lasts.
const SESSION_HOURS: i64 = 12;
/// Wrong passwords allowed for one address within [`TRY_MINUTES`].
const TRIES: usize = 8;
/// Minutes over which wrong passwords are counted.
const TRY_MINUTES: i64 = 5;
/// Setting under which a demo keeps its sign-ins.
const DEMO: &str = "demo_sign_ins";

/// A new session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Token for the browser; kept nowhere else.
    pub token: String,
    /// Who.
    pub person: Person,
}

/// A sign-in that a demo offers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DemoSignIn {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Role.
    pub role: Role,
}

fn token_hash(token: &str) -> String {
    ContentHash::of([token.as_bytes()]).to_string()
}

impl App {
    /// Signs in. A wrong address and a wrong password give the same answer and take the same time.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong pair, [`Error::TooMany`] after too many of them.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let address = email.trim().to_lowercase();
        self.count_try(&address)?;
        let found = self.store().person_by_email(&address).await?;
        let given = password.to_owned();
        let (person, hash) = match found {
            Some((person, hash)) => (Some(person), hash),
            None => (None, NOBODY.to_owned()),
        };
        let matched = tokio::task::spawn_blocking(move || password::matches(&given, &hash))
            .await
            .map_err(|error| Error::Internal(error.to_string()))?;
        let Some(person) = person.filter(|_| matched) else {
            let message = "this address and password do not belong together; try again".to_owned();
            return Err(Error::Invalid { message });
        };
        if let Ok(mut tries) = self.tries().lock() {
            tries.remove(&address);
        }
        let granted = self.needs(&person, Permission::View)?;
        let bytes: [u8; 32] = rand::random();
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let expires = self.now().plus_hours(SESSION_HOURS);
        let mut tx = self.store().begin().await?;
        tx.create_session(&token_hash(&token), person.id, expires).await?;
        let entry = self.entry(
            granted.actor(),
            Action::SignedIn,
            format!("person/{}", person.id),
            serde_json::json!({}),
        );
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(SignedIn { token, person })
    }

    fn count_try(&self, address: &str) -> Result<()> {
        let now = self.now();
        let since = Instant(now.0 - TRY_MINUTES * 60 * terms::time::MICROS_PER_SECOND);
        let mut tries =
            self.tries().lock().map_err(|_| Error::Internal("the counter of tries is broken".to_owned()))?;
        // Forget old tries of everybody, so that the table cannot be filled up by guessing addresses.
        tries.retain(|_, times| {
            times.retain(|at| *at > since);
            !times.is_empty()
        });
        let times = tries.entry(address.to_owned()).or_default();
        if times.len() >= TRIES {
            return Err(Error::TooMany);
        }
        times.push(now);
        Ok(())
    }

    /// Who a token belongs to, if its session still runs.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(&self, token: &str) -> Result<Option<Person>> {
        Ok(self.store().session(&token_hash(token), self.now()).await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        Ok(self.store().revoke_session(&token_hash(token), self.now()).await?)
    }

    /// The sign-ins a demo offers; none in a real installation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn demo_sign_ins(&self) -> Result<Vec<DemoSignIn>> {
        let text = self.store().setting(DEMO).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Marks this installation as a demo with these sign-ins.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_demo_sign_ins(&self, sign_ins: &[DemoSignIn]) -> Result<()> {
        self.store().set_setting(DEMO, &crate::app::json_text(&sign_ins)?).await?;
        Ok(())
    }
}

/// The hash of a password nobody has, so that an unknown address costs as much time as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y2FuZG9yLW5vYm9keS0x$Zm9yLW5vLXBhc3N3b3JkLWF0LWFsbC1pbi10aGlzLWg";
