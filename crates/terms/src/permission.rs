//! What somebody may be allowed to do. Who is, is said by the policies of the house (`policy::access`).

use crate::text_enum::text_enum;

text_enum! {
    /// Something a signed-in person may be allowed to do. Its text is the name of the action in the policies.
    "permission" Permission {
        /// See figures, campaigns, customers without contact details.
        View = "view",
        /// See contact details.
        SeeContacts = "see_contacts",
        /// Write and submit campaigns.
        Compose = "compose",
        /// Approve or send back somebody else's campaign.
        Approve = "approve",
        /// Launch and resume: messages start to go out.
        Launch = "launch",
        /// Pause and stop: always safe, so open to whoever may see that something goes wrong.
        Halt = "halt",
        /// Read the ledger and verify it.
        ReadLedger = "read_ledger",
        /// Settle messages nobody knows the fate of.
        Reconcile = "reconcile",
        /// Consents, requests of customers under the law, retention, the record of processing.
        ManageRights = "manage_rights",
        /// Judge samples of texts, to say how well the guard works. Never for who writes.
        JudgeSamples = "judge_samples",
        /// Fill the vault of sensitive attributes, and open it for the fairness audit.
        AuditFairness = "audit_fairness",
        /// Add, mend and retire rules of the brand, and raise severities. Not for who writes messages: they are held to them.
        KeepRules = "keep_rules",
        /// Override a built-in rule for a while.
        OverrideRules = "override_rules",
        /// See how far others are with their training.
        SeeTraining = "see_training",
        /// Let a version of a model act that somebody else answers for, and run its gates.
        PromoteModels = "promote_models",
        /// Write what must be shown of a model before it acts. Never for who promotes: they are held to it.
        KeepGates = "keep_gates",
    }
}

impl Permission {
    /// Whether using it on one thing asks for a certificate of training.
    #[must_use]
    pub const fn needs_certificate(self) -> bool {
        matches!(self, Self::Approve | Self::OverrideRules | Self::PromoteModels)
    }
}
