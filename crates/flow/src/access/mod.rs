//! The choke point (ADR 34): every act of a person is asked here, and comes back as the proof that writes it down.
//!
//! Goes in: a person, a permission, what it is on. Comes out: [`Granted`], without which no entry of the ledger names a
//! person; or an error that says which policy said no. The policies are in `policy::access`; this brings them the facts:
//! who wrote a campaign, who answers for a model, whether a certificate holds, what time it is.

mod explain;

use std::path::Path;

use terms::campaign::Campaign;
use terms::ledger::Action;
use terms::model::ModelVersion;
use terms::person::{Actor, Person, Role};

pub use explain::{AccessView, AccessWhy, Cell, PermissionLine, WhoMay};
pub use policy::access::{Access, Asked, Denied, Fault, Granted, On, Origin, Policy, Ruling};
pub use terms::permission::Permission;

use crate::app::App;
use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::training::Standing;

/// Setting with the hash of the brand's own policies that the ledger knows.
const BRAND_HASH: &str = "access_policies";
/// Longest file of a brand's own policies.
const LONGEST_FILE: u64 = 256 * 1024;

/// True when somebody of this role may do this by the policies of the house: what is said of a role. What a person may
/// do, [`App::may`] says.
#[must_use]
pub fn allows(role: Role, permission: Permission) -> bool {
    Access::house().is_ok_and(|access| access.in_general(role, permission))
}

/// A campaign as policies see it.
#[must_use]
pub fn on_campaign(campaign: &Campaign) -> On {
    On::Campaign { id: campaign.id, author: campaign.author }
}

/// A version of a model as policies see it; `acted` when it has acted before.
#[must_use]
pub fn on_model(version: &ModelVersion, acted: bool) -> On {
    On::Model { label: version.label(), responsible: version.responsible, acted }
}

/// The policies of an installation: those of the house, narrowed by the file of the brand where there is one.
///
/// # Errors
/// [`Error::Access`] with every place that cannot be used. Then nothing starts: without a part of the policies nobody
/// knows what they would have forbidden.
pub(crate) fn read(file: &Path) -> Result<Access> {
    let broken = |faults| Error::Access { file: file.display().to_string(), faults };
    let io = |source| Error::Io { path: file.display().to_string(), source };
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Access::house().map_err(broken),
        Err(error) => Err(io(error)),
        Ok(about) if about.len() > LONGEST_FILE => Err(Error::Invalid {
            message: format!("`{}` is longer than {LONGEST_FILE} bytes; policies are short", file.display()),
        }),
        Ok(_) => Access::narrowed(&std::fs::read_to_string(file).map_err(io)?).map_err(broken),
    }
}

impl App {
    /// What the policies say about somebody; without the certificate, which only an act on one thing asks for.
    #[must_use]
    pub fn may(&self, person: &Person, permission: Permission) -> bool {
        self.may_on(person, permission, &On::House, None)
    }

    /// The same about one thing. `certified` is whether a certificate holds, where that is asked for.
    #[must_use]
    pub fn may_on(&self, person: &Person, permission: Permission, on: &On, certified: Option<bool>) -> bool {
        self.access().ask(&Asked { person, permission, on, certified, at: self.now() }).allowed
    }

    /// Asks for an act on the house as a whole.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when nothing permits it, [`Error::Denied`] when a policy forbids it.
    pub fn needs(&self, person: &Person, permission: Permission) -> Result<Granted> {
        let asked = Asked { person, permission, on: &On::House, certified: None, at: self.now() };
        self.access().grant(&asked).map_err(refused)
    }

    /// Asks for an act on one thing, with every fact the policies want of it. That a certificate has ended is an entry of
    /// the ledger.
    ///
    /// # Errors
    /// As [`App::needs`]; [`Problem::NotCertified`], which leads to the test.
    pub async fn needs_on(&self, person: &Person, permission: Permission, on: On) -> Result<Granted> {
        let standing = match permission.needs_certificate() {
            true => Some(self.standing_of(person.id).await?),
            false => None,
        };
        let certified = standing.as_ref().map(Standing::holds);
        let asked = Asked { person, permission, on: &on, certified, at: self.now() };
        let denied = match self.access().grant(&asked) {
            Ok(granted) => return Ok(granted),
            Err(denied) => denied,
        };
        // What they may not do at all is said first.
        let general = self.needs(person, permission)?;
        match standing.filter(|_| denied.is_by("certificate")) {
            Some(standing) => self.not_certified(&general, &standing).await,
            None => Err(refused(denied)),
        }
    }

    async fn not_certified(&self, general: &Granted, standing: &Standing) -> Result<Granted> {
        let ended = match standing {
            Standing::Ended { at } => Some(*at),
            Standing::Never | Standing::Valid { .. } | Standing::EndsSoon { .. } => None,
        };
        if let Some(at) = ended {
            let object = format!("person/{}", general.person());
            let payload = serde_json::json!({ "ended": at });
            self.record(general.actor(), Action::CertificateRefused, object, payload).await?;
        }
        Err(Problem::NotCertified { ended }.into())
    }

    /// Writes down that the brand's own policies are others than before. A file that is gone is no answer: what it
    /// forbade may be forgotten by a copy of the folder, never by a decision.
    pub(crate) async fn note_policies(&self) -> Result<()> {
        let now = self.access().brand_hash().map(|hash| hash.to_string());
        let before = self.store().setting(BRAND_HASH).await?;
        if now == before {
            return Ok(());
        }
        let file = self.home().access().display().to_string();
        let now = now.ok_or(Error::PoliciesGone { file })?;
        let own: Vec<&str> = self.brand_policies().map(|policy| policy.id.as_str()).collect();
        let payload = serde_json::json!({ "before": before, "after": now, "policies": own });
        let entry = self.entry(Actor::Operator, Action::PoliciesChanged, "access/brand", payload);
        let mut tx = self.store().begin().await?;
        tx.set_setting(BRAND_HASH, &now).await?;
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The brand's own policies.
    pub(crate) fn brand_policies(&self) -> impl Iterator<Item = &Policy> {
        self.access().policies().filter(|policy| policy.origin == Origin::Brand)
    }
}

fn refused(denied: Box<Denied>) -> Error {
    if denied.by.is_empty() { Error::Forbidden } else { Error::Denied(denied) }
}
