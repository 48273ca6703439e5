//! The application: what every use case needs, opened once and shared.
//!
//! Goes in: a home, a database, a channel, a clock. Comes out: [`App`], whose methods are the use cases, written in
//! the modules beside this one. Deliberately absent: HTTP, command line, templates.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use gateway::channel::Channel;
use store::Store;
use store::ledger::LedgerKey;
use terms::ids::PersonId;
use terms::ledger::{Action, NewEntry};
use terms::person::{Actor, Person, Role};
use terms::time::Instant;

use crate::access::Access;
use crate::brand::Brand;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::events::{Intake, KnownKeys, Limiter};
use crate::holdout::PeriodEffect;
use crate::home::Home;
use crate::lawful::fatigue::Fatigue;
use crate::links::LinkSigner;
use crate::snapshot::Snapshot;

/// Name a new ledger signs its checkpoints with. Random letters follow, because a witness tells logs apart by their names.
const LEDGER_NAME: &str = "candor.local/ledger";
/// Address of the person on record for the operator; nobody can sign in with it.
const OPERATOR_EMAIL: &str = "operator@localhost";

/// A handle on the installation; cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    home: Home,
    store: Store,
    lake: lake::Lake,
    channel: Arc<dyn Channel>,
    clock: Clock,
    links: LinkSigner,
    ledger_key: Arc<LedgerKey>,
    access: Access,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    fatigue: Mutex<Option<Arc<Fatigue>>>,
    effects: Mutex<Vec<(store::consents::UseMark, PeriodEffect)>>,
    tries: Mutex<HashMap<String, Vec<Instant>>>,
    intake: OnceLock<Intake>,
    limiter: Mutex<Limiter>,
    known_keys: Mutex<KnownKeys>,
}

/// How to open an installation.
pub struct Opening<'a> {
    /// Folder it lives in.
    pub home: &'a Path,
    /// PostgreSQL to use instead of SQLite in the home.
    pub database_url: Option<&'a str>,
    /// Mail server to use instead of the outbox folder.
    pub smtp_url: Option<&'a str>,
    /// Clock.
    pub clock: Clock,
}

impl App {
    /// Opens an installation, making it the first time.
    ///
    /// # Errors
    /// When the folder, the database or the mail server's URL cannot be used.
    pub async fn open(opening: Opening<'_>) -> Result<Self> {
        if Home::open(opening.home)?.restoring().exists() {
            let message =
                "a restore of this installation was cut off; finish it with `candor restore --from FILE`";
            return Err(Error::Conflict { message: message.to_owned() });
        }
        let app = Self::open_for_restore(opening).await?;
        app.note_policies().await?;
        app.replay_erasures().await?;
        Ok(app)
    }

    /// Opens it also while a restore is unfinished: for the restore alone.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_for_restore(opening: Opening<'_>) -> Result<Self> {
        let home = Home::open(opening.home)?;
        let access = crate::access::read(&home.access())?;
        let database = match opening.database_url {
            Some(url) => url.to_owned(),
            None => home.database().display().to_string(),
        };
        let store = Store::open_with(&database, Some(&home.keys().join("pepper")), None).await?;
        let lake = lake::Lake::open(home.lake())?;
        let channel: Arc<dyn Channel> = match opening.smtp_url {
            Some(url) => {
                let smtp = gateway::channel::smtp::Smtp::open(url, None)
                    .map_err(|error| Error::Invalid { message: error.to_string() })?;
                Arc::new(smtp)
            }
            None => {
                let folder = home.outbox();
                let opened = gateway::channel::outbox_file::OutboxFile::open(&folder);
                Arc::new(opened.map_err(|source| Error::Io { path: folder.display().to_string(), source })?)
            }
        };
        let links = LinkSigner::new(home.secret("links")?);
        let ledger_key = Arc::new(LedgerKey::open_or_create(
            &home.keys().join("ledger"),
            &format!("{LEDGER_NAME}/{:08x}", rand::random::<u32>()),
        )?);
        let inner = Inner {
            home,
            store,
            lake,
            channel,
            clock: opening.clock,
            links,
            ledger_key,
            access,
            snapshot: RwLock::new(None),
            fatigue: Mutex::new(None),
            effects: Mutex::default(),
            tries: Mutex::new(HashMap::new()),
            intake: OnceLock::new(),
            limiter: Mutex::new(Limiter::default()),
            known_keys: Mutex::new(HashMap::new()),
        };
        let app = Self { inner: Arc::new(inner) };
        app.ensure_notices().await?;
        Ok(app)
    }

    /// The same installation with another channel; for tests that watch what leaves the house.
    #[must_use]
    pub fn with_channel(self, channel: Arc<dyn Channel>) -> Self {
        self.rewired(self.store().clone(), channel, self.clock().clone())
    }

    /// The same installation upon another store, channel and clock, with nothing remembered, as a new process finds
    /// it; for simulations.
    #[must_use]
    pub fn rewired(&self, store: Store, channel: Arc<dyn Channel>, clock: Clock) -> Self {
        let inner = &self.inner;
        Self {
            inner: Arc::new(Inner {
                home: inner.home.clone(),
                store,
                lake: inner.lake.clone(),
                channel,
                clock,
                links: inner.links.clone(),
                ledger_key: Arc::clone(&inner.ledger_key),
                access: inner.access.clone(),
                snapshot: RwLock::new(None),
                fatigue: Mutex::new(None),
                effects: Mutex::default(),
                tries: Mutex::new(HashMap::new()),
                intake: OnceLock::new(),
                limiter: Mutex::new(Limiter::default()),
                known_keys: Mutex::new(HashMap::new()),
            }),
        }
    }

    /// Folders of the installation.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.inner.home
    }

    /// Now, by the installation's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The store, for tests and for the parts of the program that wire it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The lake, likewise.
    #[must_use]
    pub fn lake(&self) -> &lake::Lake {
        &self.inner.lake
    }

    pub(crate) fn channel(&self) -> &Arc<dyn Channel> {
        &self.inner.channel
    }

    pub(crate) fn links(&self) -> &LinkSigner {
        &self.inner.links
    }

    pub(crate) fn ledger_key(&self) -> &LedgerKey {
        &self.inner.ledger_key
    }

    /// The policies that say who may do what.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.inner.access
    }

    pub(crate) fn tries(&self) -> &Mutex<HashMap<String, Vec<Instant>>> {
        &self.inner.tries
    }

    /// The queue that makes events durable; its task starts with the first use.
    pub(crate) fn intake(&self) -> &Intake {
        self.inner.intake.get_or_init(|| Intake::start(self.store().clone()))
    }

    pub(crate) fn limiter(&self) -> &Mutex<Limiter> {
        &self.inner.limiter
    }

    pub(crate) fn known_keys(&self) -> &Mutex<KnownKeys> {
        &self.inner.known_keys
    }

    pub(crate) fn event_hasher(&self) -> Result<store::intake::EventHasher> {
        Ok(self.store().event_hasher()?)
    }

    pub(crate) fn snapshot_slot(&self) -> &RwLock<Option<Arc<Snapshot>>> {
        &self.inner.snapshot
    }

    pub(crate) fn fatigue_slot(&self) -> &Mutex<Option<Arc<Fatigue>>> {
        &self.inner.fatigue
    }

    pub(crate) fn effects_slot(&self) -> &Mutex<Vec<(store::consents::UseMark, PeriodEffect)>> {
        &self.inner.effects
    }

    /// The brand's settings.
    ///
    /// # Errors
    /// When the store fails or the setting cannot be read.
    pub async fn brand(&self) -> Result<Brand> {
        let mut brand = match self.store().setting(Brand::SETTING).await? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| Error::Internal(format!("the brand's settings cannot be read: {error}")))?,
            None => Brand::unnamed(PersonId(0)),
        };
        // Purchases have one currency, and what they are in is not a matter of settings.
        if let Some(currency) = self.lake().stats()?.currency {
            brand.currency = currency;
        }
        Ok(brand)
    }

    /// Changes the brand's settings.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the brand's pages are neither https nor on this machine.
    pub async fn set_brand(&self, brand: &Brand) -> Result<()> {
        if !gateway::mail::is_safe_link(&brand.base_url) {
            let url = &brand.base_url;
            let message =
                format!("`{url}` is not a secure web address; write it as https://mail.brand.example");
            return Err(Error::Invalid { message });
        }
        self.store().set_setting(Brand::SETTING, &json_text(brand)?).await?;
        Ok(())
    }

    /// Adds somebody who works here. The first one also answers for what the system does by itself, until the
    /// brand's settings say otherwise.
    ///
    /// # Errors
    /// When the address is taken, or the password cannot be used.
    pub async fn add_person(&self, name: &str, email: &str, role: Role, password: &str) -> Result<PersonId> {
        if name.trim().is_empty() || !email.contains('@') {
            let message = format!("`{name}` and `{email}` must be a name and an e-mail address");
            return Err(Error::Invalid { message });
        }
        let hash = crate::password::hash(password)?;
        let mut tx = self.store().begin().await?;
        let id = tx.add_person(name, email, role, &hash).await?;
        let entry = self.entry(
            Actor::Operator,
            Action::PersonChanged,
            format!("person/{id}"),
            serde_json::json!({"role": role}),
        );
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        let mut brand = self.brand().await?;
        if brand.responsible == PersonId(0) {
            brand.responsible = id;
            self.set_brand(&brand).await?;
        }
        Ok(id)
    }

    /// A ledger entry of now.
    pub(crate) fn entry(
        &self,
        actor: Actor,
        action: Action,
        object: impl Into<String>,
        payload: serde_json::Value,
    ) -> NewEntry {
        NewEntry { at: self.now(), actor, action, object: object.into(), payload }
    }

    /// Appends one entry in a transaction of its own.
    pub(crate) async fn record(
        &self,
        actor: Actor,
        action: Action,
        object: impl Into<String>,
        payload: serde_json::Value,
    ) -> Result<()> {
        let entry = self.entry(actor, action, object, payload);
        let mut tx = self.store().begin().await?;
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A part of the system, acting for the brand's responsible person.
    pub(crate) async fn system(&self, part: &str) -> Result<Actor> {
        Ok(Actor::System { part: part.to_owned(), responsible: self.responsible().await? })
    }

    /// Who answers for what the system does by itself. As long as nobody has been added, that is the operator: whoever
    /// runs the commands, on record as a person who cannot sign in.
    pub(crate) async fn responsible(&self) -> Result<PersonId> {
        let named = self.brand().await?.responsible;
        if named != PersonId(0) {
            return Ok(named);
        }
        let operator = |people: Vec<Person>| people.into_iter().find(is_operator);
        if let Some(operator) = operator(self.store().people().await?) {
            return Ok(operator.id);
        }
        let mut tx = self.store().begin().await?;
        // Several parts of the system may ask for the first time at once.
        if let Some(operator) = operator(tx.people().await?) {
            return Ok(operator.id);
        }
        // No password has this hash.
        let id = tx.add_person("Operator", OPERATOR_EMAIL, Role::Engineer, "none").await?;
        let payload = serde_json::json!({"role": Role::Engineer});
        let entry = self.entry(Actor::Operator, Action::PersonChanged, format!("person/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Whether the installation answers.
    ///
    /// # Errors
    /// When the store does not.
    pub async fn health(&self) -> Result<()> {
        Ok(self.store().ping().await?)
    }
}

/// True for the person on record for the operator.
pub(crate) fn is_operator(person: &Person) -> bool {
    person.email == OPERATOR_EMAIL
}

/// JSON text of something that can always be written.
pub(crate) fn json_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Internal(format!("cannot be written as json: {error}")))
}

/// The value as JSON, for a ledger payload.
pub(crate) fn json_value(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::Internal(format!("cannot be written as json: {error}")))
}
