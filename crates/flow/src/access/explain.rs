//! Access explained: the table of roles, why somebody may or may not, and who could do it instead.

use policy::access::{Asked, On, Origin, Policy};
use serde::Serialize;
use terms::ids::{CampaignId, PersonId};
use terms::permission::Permission;
use terms::person::{Person, Role};
use terms::time::Instant;

use super::{allows, on_campaign, on_model};
use crate::app::{App, is_operator};
use crate::error::{Error, Result};

/// Whether a role may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// It may.
    Yes,
    /// Nothing permits it.
    No,
    /// The house permits it, and a policy of the brand takes it away.
    Narrowed,
}

/// One permission across the roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionLine {
    /// What.
    pub permission: Permission,
    /// One cell a role, in the order of [`Role::ALL`].
    pub roles: Vec<(Role, Cell)>,
    /// The policy of the house that permits it.
    pub why: Policy,
}

/// Who may do what here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessView {
    /// Names of those who have each role.
    pub people: Vec<(Role, Vec<String>)>,
    /// The table.
    pub lines: Vec<PermissionLine>,
    /// What the house forbids on one thing, whatever the role.
    pub always: Vec<Policy>,
    /// The brand's own policies.
    pub own: Vec<Policy>,
    /// Hash of the brand's own policies, as the ledger has it.
    pub hash: Option<String>,
    /// Name of the file they would be in.
    pub file: String,
    /// When this was read.
    pub at: Instant,
}

/// Why somebody may, or may not, do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessWhy {
    /// Who.
    pub person: String,
    /// Their role.
    pub role: Role,
    /// What.
    pub permission: Permission,
    /// On what: `house`, `campaign/3`, `model/stage@2`, `rule/M3`.
    pub on: String,
    /// Yes or no.
    pub allowed: bool,
    /// The policies that decided; none with a no means that nothing permits it.
    pub by: Vec<Policy>,
    /// Whether their certificate holds, where one is asked for.
    pub certified: Option<bool>,
    /// Who may in general.
    pub who: WhoMay,
}

/// Who may do something in general.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhoMay {
    /// What.
    pub permission: Permission,
    /// Roles.
    pub roles: Vec<Role>,
    /// People here who may now.
    pub people: Vec<String>,
}

impl App {
    /// Who may do what here.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn access_view(&self) -> Result<AccessView> {
        let people = self.staff().await?;
        let names = |role: &Role| {
            let theirs = people.iter().filter(|person| person.role == *role);
            (*role, theirs.map(|person| person.name.clone()).collect())
        };
        let access = self.access();
        let of_house = || access.policies().filter(|policy| policy.origin == Origin::House);
        let line = |permission: &Permission| {
            let cell = |role: &Role| match (allows(*role, *permission), access.in_general(*role, *permission))
            {
                (_, true) => (*role, Cell::Yes),
                (true, false) => (*role, Cell::Narrowed),
                (false, false) => (*role, Cell::No),
            };
            let why = of_house().find(|policy| policy.id == permission.as_str())?;
            let roles = Role::ALL.iter().map(cell).collect();
            Some(PermissionLine { permission: *permission, roles, why: why.clone() })
        };
        Ok(AccessView {
            people: Role::ALL.iter().map(names).collect(),
            lines: Permission::ALL.iter().filter_map(line).collect(),
            always: of_house().filter(|policy| !policy.permits).cloned().collect(),
            own: self.brand_policies().cloned().collect(),
            hash: access.brand_hash().map(|hash| hash.to_string()),
            file: self.home().access().display().to_string(),
            at: self.now(),
        })
    }

    /// Why somebody may, or may not, do something. `person` is an address or a number; `on` is empty for the house, or
    /// names one thing such as `campaign/3`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for somebody or something there is not.
    pub async fn access_why(&self, person: &str, permission: Permission, on: &str) -> Result<AccessWhy> {
        let people = self.store().people().await?;
        let id = person.parse().ok().map(PersonId);
        let found = people.into_iter().find(|one| Some(one.id) == id || one.email == person.to_lowercase());
        let Some(found) = found else {
            let message = format!(
                "nobody here has the address or number `{person}`; `candor person list` shows everybody"
            );
            return Err(Error::Invalid { message });
        };
        let thing = self.thing(on).await?;
        let certified = match permission.needs_certificate() && thing != On::House {
            true => Some(self.standing_of(found.id).await?.holds()),
            false => None,
        };
        let asked = Asked { person: &found, permission, on: &thing, certified, at: self.now() };
        let ruling = self.access().ask(&asked);
        Ok(AccessWhy {
            role: found.role,
            permission,
            on: if on.is_empty() { "house".to_owned() } else { on.to_owned() },
            allowed: ruling.allowed,
            by: ruling.by,
            certified,
            who: self.who_may(permission).await?,
            person: found.name,
        })
    }

    /// Who may do something here, for whoever may not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn who_may(&self, permission: Permission) -> Result<WhoMay> {
        let people = self.staff().await?;
        let may = people.iter().filter(|person| self.may(person, permission));
        let people = may.map(|person| person.name.clone()).collect();
        Ok(WhoMay { permission, roles: self.access().roles_that_may(permission), people })
    }

    async fn staff(&self) -> Result<Vec<Person>> {
        let mut people = self.store().people().await?;
        people.retain(|person| !is_operator(person));
        Ok(people)
    }

    async fn thing(&self, on: &str) -> Result<On> {
        let unknown = || {
            let message = format!(
                "`{on}` is nothing one can act on; write campaign/3, model/stage@2 or rule/M3, or leave it out for the house"
            );
            Error::Invalid { message }
        };
        if on.is_empty() || on == "house" {
            return Ok(On::House);
        }
        let (kind, name) = on.split_once('/').ok_or_else(unknown)?;
        match kind {
            "campaign" => {
                let id = name.parse().map_err(|_| unknown())?;
                Ok(on_campaign(&self.store().campaign(CampaignId(id)).await?))
            }
            "model" => {
                let registry = self.registry().await?;
                let version = registry.version(name).ok_or(Error::NotFound)?;
                Ok(on_model(version, registry.comes_back(version)))
            }
            "rule" => Ok(On::Rule { id: name.to_owned() }),
            _ => Err(unknown()),
        }
    }
}
