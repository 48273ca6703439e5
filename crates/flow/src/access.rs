//! Who may do what, in one table. A page or command names the permission it needs; there is no other way in.
//!
//! Goes in: a role and a permission. Comes out: yes or no. Default deny: a pair that is not in the table is refused.

use terms::person::Role;

/// Something a signed-in person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See figures, campaigns, customers without contact details.
    View,
    /// See contact details.
    SeeContacts,
    /// Write and submit campaigns.
    Compose,
    /// Approve or send back somebody else's campaign.
    Approve,
    /// Launch and resume: messages start to go out.
    Launch,
    /// Pause and stop: always safe, so open to whoever may see that something goes wrong.
    Halt,
    /// Read the ledger and verify it.
    ReadLedger,
    /// Settle messages nobody knows the fate of.
    Reconcile,
    /// Consents, requests of customers under the law, retention, the record of processing.
    ManageRights,
    /// Judge samples of texts, to say how well the guard works. Never for who writes.
    JudgeSamples,
    /// Fill the vault of sensitive attributes, and open it for the fairness audit.
    AuditFairness,
    /// Add, mend and retire rules of the brand, and raise severities. Not for who writes messages: they are held to them.
    KeepRules,
    /// Override a built-in rule for a while.
    OverrideRules,
    /// See how far others are with their training.
    SeeTraining,
    /// Let a version of a model act that somebody else answers for, and run its gates.
    PromoteModels,
    /// Write what must be shown of a model before it acts. Never for who promotes: they are held to it.
    KeepGates,
}

impl Permission {
    /// Every permission.
    pub const ALL: &'static [Self] = &[
        Self::View,
        Self::SeeContacts,
        Self::Compose,
        Self::Approve,
        Self::Launch,
        Self::Halt,
        Self::ReadLedger,
        Self::Reconcile,
        Self::ManageRights,
        Self::JudgeSamples,
        Self::AuditFairness,
        Self::KeepRules,
        Self::OverrideRules,
        Self::SeeTraining,
        Self::PromoteModels,
        Self::KeepGates,
    ];
}

/// True when somebody of this role may do this.
#[must_use]
pub const fn allows(role: Role, permission: Permission) -> bool {
    use Permission::{
        Approve, AuditFairness, Compose, Halt, JudgeSamples, KeepGates, KeepRules, Launch, ManageRights,
        OverrideRules, PromoteModels, ReadLedger, Reconcile, SeeContacts, SeeTraining, View,
    };
    match role {
        Role::Marketer => matches!(permission, View | Compose | Launch | Halt | ReadLedger),
        Role::Approver => {
            matches!(
                permission,
                View | Approve
                    | Launch
                    | Halt
                    | ReadLedger
                    | JudgeSamples
                    | KeepRules
                    | SeeTraining
                    | PromoteModels
            )
        }
        Role::Analyst => {
            matches!(permission, View | ReadLedger | JudgeSamples | AuditFairness | PromoteModels)
        }
        Role::PrivacyOfficer => {
            matches!(
                permission,
                View | SeeContacts
                    | Halt
                    | ReadLedger
                    | Reconcile
                    | ManageRights
                    | JudgeSamples
                    | AuditFairness
                    | KeepRules
                    | OverrideRules
                    | SeeTraining
                    | KeepGates
            )
        }
        Role::Engineer => matches!(permission, View | Halt | ReadLedger | Reconcile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_both_writes_and_approves() {
        for role in Role::ALL {
            assert!(!(allows(*role, Permission::Compose) && allows(*role, Permission::Approve)), "{role}");
        }
    }

    #[test]
    fn only_who_writes_or_approves_can_let_messages_out_and_everybody_but_the_analyst_can_stop_them() {
        let may = |permission| -> Vec<Role> {
            Role::ALL.iter().copied().filter(|role| allows(*role, permission)).collect()
        };
        assert_eq!(may(Permission::Launch), [Role::Marketer, Role::Approver]);
        assert_eq!(
            may(Permission::Halt),
            [Role::Marketer, Role::Approver, Role::PrivacyOfficer, Role::Engineer]
        );
    }

    #[test]
    fn consents_and_rights_are_for_the_privacy_officer() {
        let keepers: Vec<_> =
            Role::ALL.iter().filter(|role| allows(**role, Permission::ManageRights)).collect();
        assert_eq!(keepers, [&Role::PrivacyOfficer]);
    }

    #[test]
    fn nobody_who_writes_judges() {
        for role in Role::ALL {
            assert!(
                !(allows(*role, Permission::Compose) && allows(*role, Permission::JudgeSamples)),
                "{role}"
            );
        }
    }

    #[test]
    fn rules_are_kept_by_who_does_not_write_messages_and_overridden_by_the_privacy_officer() {
        let may = |permission| -> Vec<Role> {
            Role::ALL.iter().copied().filter(|role| allows(*role, permission)).collect()
        };
        assert_eq!(may(Permission::KeepRules), [Role::Approver, Role::PrivacyOfficer]);
        assert_eq!(may(Permission::OverrideRules), [Role::PrivacyOfficer]);
        assert!(!may(Permission::KeepRules).iter().any(|role| allows(*role, Permission::Compose)));
    }

    #[test]
    fn nobody_both_sets_the_gates_and_lets_models_through_them() {
        for role in Role::ALL {
            let both = allows(*role, Permission::PromoteModels) && allows(*role, Permission::KeepGates);
            assert!(!both, "{role}");
            assert!(
                !(allows(*role, Permission::Compose) && allows(*role, Permission::PromoteModels)),
                "{role}"
            );
        }
    }

    #[test]
    fn contact_details_are_for_the_privacy_officer() {
        let seers: Vec<_> = Role::ALL.iter().filter(|role| allows(**role, Permission::SeeContacts)).collect();
        assert_eq!(seers, [&Role::PrivacyOfficer]);
    }
}
