//! The policies, read once, and the one function that asks them.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId,
    PolicySet, Request, RestrictedExpression, Schema,
};
use terms::hash::ContentHash;
use terms::ids::{CampaignId, PersonId};
use terms::permission::Permission;
use terms::person::{Person, Role};
use terms::time::{Instant, MICROS_PER_SECOND};

use super::brand::{self, Fault};
use super::{Asked, Denied, Granted, On, Origin, Policy};

const SCHEMA: &str = include_str!("house.cedarschema");
const HOUSE: &str = include_str!("house.cedar");

/// The policies of the house, read once in a process.
static READ: LazyLock<Result<Arc<Inner>, Vec<Fault>>> = LazyLock::new(|| Inner::house().map(Arc::new));

/// The policies of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
}

struct Inner {
    schema: Schema,
    set: PolicySet,
    authorizer: Authorizer,
    kinds: Kinds,
    policies: HashMap<PolicyId, Policy>,
    /// In the order they are written, the house's first.
    order: Vec<PolicyId>,
    actions: HashMap<Permission, EntityUid>,
    roles: HashMap<Role, EntityUid>,
    house: EntityUid,
    /// Who may do what in general, asked once.
    general: HashSet<(Role, Permission)>,
    hash: Option<ContentHash>,
}

/// Names of kinds of things, read once.
struct Kinds {
    person: EntityTypeName,
    campaign: EntityTypeName,
    model: EntityTypeName,
    rule: EntityTypeName,
}

/// What the policies say, and which of them say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Yes or no.
    pub allowed: bool,
    /// The policies that decided: those that permit when it is a yes, those that forbid when it is a no. None with a no:
    /// nothing permits it.
    pub by: Vec<Policy>,
}

impl Access {
    /// What policies can speak of.
    pub const SCHEMA: &str = SCHEMA;
    /// The policies of the house, as they are written.
    pub const POLICIES: &str = HOUSE;

    /// The policies of the house alone.
    ///
    /// # Errors
    /// When they cannot be read, which a test rules out.
    pub fn house() -> Result<Self, Vec<Fault>> {
        READ.as_ref().map(|inner| Self { inner: Arc::clone(inner) }).map_err(Clone::clone)
    }

    /// The policies of the house, narrowed by those of a brand.
    ///
    /// # Errors
    /// Every place of the brand's text that cannot be used, with what to do about it.
    pub fn narrowed(text: &str) -> Result<Self, Vec<Fault>> {
        let house = Self::house()?.inner;
        let own = brand::read(text, &house.schema)?;
        let mut set = house.set.clone();
        let mut policies = house.policies.clone();
        let mut order = house.order.clone();
        let mut faults = Vec::new();
        for (rule, policy) in own {
            if let Err(error) = set.add(rule.clone()) {
                faults.push(Fault::at(text, 0, error.to_string(), ""));
            }
            order.push(rule.id().clone());
            policies.insert(rule.id().clone(), policy);
        }
        let inner = Inner {
            schema: house.schema.clone(),
            set,
            authorizer: Authorizer::new(),
            kinds: Kinds::read()?,
            policies,
            order,
            actions: house.actions.clone(),
            roles: house.roles.clone(),
            house: house.house.clone(),
            general: HashSet::new(),
            hash: Some(ContentHash::of([text.as_bytes()])),
        }
        .with_general();
        // Narrowing may take anything away but the brake.
        if !inner.has_a_brake() {
            let help = "leave at least one role that can pause and stop, or name the action of your policy";
            faults.push(Fault::at(text, 0, "with these policies nobody could stop a campaign", help));
        }
        if faults.is_empty() { Ok(Self { inner: Arc::new(inner) }) } else { Err(faults) }
    }

    /// Asks the policies. This is the only place that does.
    #[must_use]
    pub fn ask(&self, asked: &Asked<'_>) -> Ruling {
        self.inner.ask(asked)
    }

    /// Asks the policies for a proof.
    ///
    /// # Errors
    /// [`Denied`], with the policies that said no.
    pub fn grant(&self, asked: &Asked<'_>) -> Result<Granted, Box<Denied>> {
        let Ruling { allowed, by } = self.ask(asked);
        if allowed {
            return Ok(Granted {
                person: asked.person.id,
                name: asked.person.name.clone(),
                permission: asked.permission,
                on: asked.on.clone(),
            });
        }
        let roles = self.roles_that_may(asked.permission);
        Err(Box::new(Denied { permission: asked.permission, role: asked.person.role, roles, by }))
    }

    /// Whether somebody of a role may do something in general: what a table of roles shows. An act asks
    /// [`Access::grant`].
    #[must_use]
    pub fn in_general(&self, role: Role, permission: Permission) -> bool {
        self.inner.general.contains(&(role, permission))
    }

    /// What somebody may do in the house as a whole, at a time.
    #[must_use]
    pub fn permissions(&self, person: &Person, at: Instant) -> Vec<Permission> {
        let may = |permission: &Permission| {
            // Policies of the house look at the role alone, and were asked once for it.
            if self.inner.hash.is_none() {
                return self.in_general(person.role, *permission);
            }
            let on = &On::House;
            self.ask(&Asked { person, permission: *permission, on, certified: None, at }).allowed
        };
        Permission::ALL.iter().copied().filter(may).collect()
    }

    /// Roles that may do something in general.
    #[must_use]
    pub fn roles_that_may(&self, permission: Permission) -> Vec<Role> {
        self.inner.roles_that_may(permission)
    }

    /// Every policy, the house's first, in the order they are written.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.inner.order.iter().filter_map(|id| self.inner.policies.get(id))
    }

    /// Hash of the brand's own text, if there is one.
    #[must_use]
    pub fn brand_hash(&self) -> Option<ContentHash> {
        self.inner.hash
    }
}

impl Kinds {
    fn read() -> Result<Self, Vec<Fault>> {
        Ok(Self {
            person: kind("Person")?,
            campaign: kind("Campaign")?,
            model: kind("Model")?,
            rule: kind("Rule")?,
        })
    }
}

fn kind(name: &str) -> Result<EntityTypeName, Vec<Fault>> {
    EntityTypeName::from_str(name).map_err(|error| vec![Fault::at("", 0, error.to_string(), "")])
}

fn thing(kind: &EntityTypeName, id: impl std::fmt::Display) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id.to_string()))
}

fn number(value: i64) -> RestrictedExpression {
    RestrictedExpression::new_long(value)
}

/// Day of the week (Monday is 1) and hour, in UTC.
fn moment(at: Instant) -> (i64, i64) {
    let hours = at.0.div_euclid(3600 * MICROS_PER_SECOND);
    // The first of January 1970 was a Thursday.
    ((hours.div_euclid(24) + 3).rem_euclid(7) + 1, hours.rem_euclid(24))
}

impl Inner {
    fn house() -> Result<Self, Vec<Fault>> {
        let schema = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|error| vec![Fault::at(SCHEMA, 0, error.to_string(), "")])?
            .0;
        let mut set = PolicySet::new();
        let (mut policies, mut order) = (HashMap::new(), Vec::new());
        for (rule, policy) in brand::statements(HOUSE, &schema, Origin::House)? {
            order.push(rule.id().clone());
            policies.insert(rule.id().clone(), policy);
            set.add(rule).map_err(|error| vec![Fault::at(HOUSE, 0, error.to_string(), "")])?;
        }
        let action = kind("Action")?;
        let role = kind("Role")?;
        let inner = Self {
            schema,
            set,
            authorizer: Authorizer::new(),
            kinds: Kinds::read()?,
            policies,
            order,
            actions: Permission::ALL.iter().map(|one| (*one, thing(&action, one.as_str()))).collect(),
            roles: Role::ALL.iter().map(|one| (*one, thing(&role, one.as_str()))).collect(),
            house: thing(&kind("House")?, "house"),
            general: HashSet::new(),
            hash: None,
        };
        Ok(inner.with_general())
    }

    /// Asks once for everybody, of the house as a whole.
    fn with_general(mut self) -> Self {
        let pairs = Role::ALL.iter().flat_map(|role| Permission::ALL.iter().map(|one| (*role, *one)));
        self.general = pairs.filter(|(role, one)| self.ask_as_anybody(*role, *one, &On::House)).collect();
        self
    }

    /// The answer to a person of a role whom no policy names, on a Wednesday noon.
    fn ask_as_anybody(&self, role: Role, permission: Permission, on: &On) -> bool {
        let person = Person { id: PersonId(0), name: String::new(), email: String::new(), role };
        let at = Instant(((24 * 6) + 12) * 3600 * MICROS_PER_SECOND);
        self.ask(&Asked { person: &person, permission, on, certified: None, at }).allowed
    }

    /// Whether somebody can stop a campaign and take back a model.
    fn has_a_brake(&self) -> bool {
        let author = PersonId(-1);
        let things = [
            On::House,
            On::Campaign { id: CampaignId(0), author },
            On::Model { label: "any@1".to_owned(), responsible: author, acted: true },
        ];
        let anybody = |on| Role::ALL.iter().any(|role| self.ask_as_anybody(*role, Permission::Halt, on));
        things.iter().all(anybody)
    }

    fn roles_that_may(&self, permission: Permission) -> Vec<Role> {
        Role::ALL.iter().copied().filter(|role| self.general.contains(&(*role, permission))).collect()
    }

    fn ask(&self, asked: &Asked<'_>) -> Ruling {
        let no = Ruling { allowed: false, by: Vec::new() };
        let Some((request, entities)) = self.question(asked) else { return no };
        let response = self.authorizer.is_authorized(&request, &self.set, &entities);
        let diagnostics = response.diagnostics();
        // A policy that could not be evaluated is skipped by the authorizer. It may have been a `forbid`.
        if diagnostics.errors().next().is_some() {
            let errors = diagnostics.errors().filter_map(|error| match error {
                cedar_policy::AuthorizationError::PolicyEvaluationError(error) => {
                    self.policies.get(error.policy_id()).cloned()
                }
            });
            return Ruling { allowed: false, by: errors.collect() };
        }
        let mut by: Vec<Policy> =
            diagnostics.reason().filter_map(|id| self.policies.get(id)).cloned().collect();
        by.sort_by_key(|policy| (policy.origin == Origin::Brand, policy.line));
        Ruling { allowed: response.decision() == Decision::Allow, by }
    }

    /// The question as the policies read it; `None` when it is none that the schema knows.
    fn question(&self, asked: &Asked<'_>) -> Option<(Request, Entities)> {
        let Asked { person, permission, on, certified, at } = asked;
        let principal = thing(&self.kinds.person, person.id);
        let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
        let mut facts = HashMap::from([
            ("name".to_owned(), text(&person.name)),
            ("email".to_owned(), text(&person.email)),
        ]);
        if let Some(certified) = certified {
            facts.insert("certified".to_owned(), RestrictedExpression::new_bool(*certified));
        }
        let role = self.roles.get(&person.role)?.clone();
        let mut entities = vec![Entity::new(principal.clone(), facts, HashSet::from([role])).ok()?];
        let somebody = |id| RestrictedExpression::new_entity_uid(thing(&self.kinds.person, id));
        let (resource, facts) = match on {
            On::House => (self.house.clone(), HashMap::new()),
            On::Campaign { id, author } => {
                (thing(&self.kinds.campaign, id), HashMap::from([("author".to_owned(), somebody(*author))]))
            }
            On::Model { label, responsible, acted } => (
                thing(&self.kinds.model, label),
                HashMap::from([
                    ("responsible".to_owned(), somebody(*responsible)),
                    ("acted".to_owned(), RestrictedExpression::new_bool(*acted)),
                ]),
            ),
            On::Rule { id } => (thing(&self.kinds.rule, id), HashMap::new()),
        };
        entities.push(Entity::new(resource.clone(), facts, HashSet::new()).ok()?);
        let (weekday, hour) = moment(*at);
        let context =
            Context::from_pairs([("weekday".to_owned(), number(weekday)), ("hour".to_owned(), number(hour))]);
        let action = self.actions.get(permission)?.clone();
        let request = Request::new(principal, action, resource, context.ok()?, Some(&self.schema)).ok()?;
        Some((request, Entities::from_entities(entities, None).ok()?))
    }
}
