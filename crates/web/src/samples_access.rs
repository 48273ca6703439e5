//! Access with made-up people and a brand that narrows. Tests only.

use crate::samples::HOSTILE;
use flow::access::{Access, AccessView, Cell, Origin, Permission, PermissionLine};
use terms::person::Role;
use terms::time::Instant;

/// The page of a brand with a policy of its own, or without one.
pub(crate) fn access(own: bool) -> AccessView {
    let text = format!(
        "@id(\"weekend\") @reason({}) forbid (principal in Role::\"marketer\", action == Action::\"launch\", resource);",
        serde_json::to_string(HOSTILE).unwrap()
    );
    let access = if own { Access::narrowed(&text) } else { Access::house() }.unwrap();
    let cell = |role: &Role, permission: &Permission| match access.in_general(*role, *permission) {
        true => Cell::Yes,
        false if *permission == Permission::Launch && *role == Role::Marketer => Cell::Narrowed,
        false => Cell::No,
    };
    let policies = |origin| access.policies().filter(move |policy| policy.origin == origin);
    let line = |permission: &Permission| PermissionLine {
        permission: *permission,
        roles: Role::ALL.iter().map(|role| (*role, cell(role, permission))).collect(),
        why: policies(Origin::House).find(|policy| policy.id == permission.as_str()).unwrap().clone(),
    };
    AccessView {
        people: Role::ALL.iter().map(|role| (*role, vec![HOSTILE.to_owned()])).collect(),
        lines: Permission::ALL.iter().map(line).collect(),
        always: policies(Origin::House).filter(|policy| !policy.permits).cloned().collect(),
        own: policies(Origin::Brand).cloned().collect(),
        hash: access.brand_hash().map(|hash| hash.to_string()),
        file: HOSTILE.to_owned(),
        at: Instant(0),
    }
}
