//! What is held about customers, what for, on which ground and for how long: the vocabulary of the record of
//! processing (GDPR 30) and of retention.

use crate::text_enum::text_enum;

text_enum! {
    /// A category of personal data.
    "category of data" DataCategory {
        /// Key and first name.
        Identity = "identity",
        /// E-mail address.
        Contact = "contact",
        /// Language, country, time zone.
        Place = "place",
        /// Receipts of what somebody agreed to or refused.
        Consent = "consent",
        /// What somebody chose for themselves.
        Preference = "preference",
        /// What was bought, when, for how much.
        Purchase = "purchase",
        /// What somebody did on a site or in an app.
        Behaviour = "behaviour",
        /// Stages and scores computed from the rest.
        Profile = "profile",
        /// Messages and why they were or were not sent.
        Message = "message",
        /// Opens, clicks, complaints, bounces.
        Response = "response",
        /// Requests of customers about their rights.
        Rights = "rights",
        /// What the ledger says of somebody.
        Log = "log",
        /// Special categories, age of minors, vulnerability; in the vault alone.
        Sensitive = "sensitive",
    }
}

text_enum! {
    /// What data are processed for.
    "purpose of processing" ProcessingPurpose {
        /// Writing to customers about the brand's offers.
        Marketing = "marketing",
        /// Stages, scores and audiences.
        Profiling = "profiling",
        /// Messages written with the help of a model.
        AiContent = "ai_content",
        /// Measuring what a message changed.
        Measurement = "measurement",
        /// Handing data on.
        Sharing = "sharing",
        /// Answering requests of customers about their rights.
        Rights = "rights",
        /// Being able to show what was done and on which ground.
        Accountability = "accountability",
        /// Mending files that could not be read.
        DataQuality = "data_quality",
        /// Looking for unfair differences between groups.
        Fairness = "fairness",
    }
}

text_enum! {
    /// The ground of a processing (GDPR 6(1); soft opt-in: ePrivacy 13(2)).
    "ground" Ground {
        /// 6(1)(a).
        Consent = "consent",
        /// ePrivacy 13(2) with 6(1)(f).
        SoftOptIn = "soft_opt_in",
        /// 6(1)(c).
        LegalObligation = "legal_obligation",
        /// 6(1)(f).
        LegitimateInterest = "legitimate_interest",
    }
}

text_enum! {
    /// A kind of data with a retention period of its own.
    "kind of data" RetentionKind {
        /// Rows of purchases, from the day of purchase.
        Purchases = "purchases",
        /// Events from sites and apps, from the moment of each.
        Events = "events",
        /// Copies of sent messages in the outbox folder, from the sending.
        MessageCopies = "message_copies",
        /// Messages with their reasons and evidence, from the end of each.
        Messages = "messages",
        /// Responses to messages, from the moment of each.
        Responses = "responses",
        /// Rows that imports could not take, from the import.
        Rejects = "rejects",
        /// Customers of whom nothing was heard, from the last sign.
        InactiveCustomers = "inactive_customers",
        /// Receipts of consent of customers who are gone or withdrew, from the last receipt. While a receipt is relied
        /// on it is kept.
        ConsentReceipts = "consent_receipts",
        /// Sign-ins of people who work here, from their end.
        Sessions = "sessions",
        /// Archives made for customers, from the making.
        Exports = "exports",
        /// Finished jobs, from their end.
        Jobs = "jobs",
        /// Requests of customers about their rights, from their end.
        RightsRequests = "rights_requests",
        /// Sign-ups that nobody confirmed and links that have run out, from their end.
        Links = "links",
    }
}

text_enum! {
    /// What only people can say for the record of processing (GDPR 30(1)) and the impact assessment (GDPR 35(7)).
    "statement" Statement {
        /// Name and address of the controller.
        Controller = "controller",
        /// How to reach them.
        Contact = "contact",
        /// Joint controllers and the representative in the Union, if any.
        Representative = "representative",
        /// The data protection officer.
        Officer = "officer",
        /// Transfers to third countries, and what protects them.
        Transfers = "transfers",
        /// Why the processing is necessary and in proportion.
        Necessity = "necessity",
        /// How high the risks are that remain.
        RiskLeft = "risk_left",
        /// What the data protection officer advised (35(2)).
        Advice = "advice",
        /// What customers or who speaks for them said (35(9)).
        Views = "views",
    }
}

impl Statement {
    /// True when it belongs to the record; the others belong to the impact assessment.
    #[must_use]
    pub const fn in_record(self) -> bool {
        matches!(
            self,
            Self::Controller | Self::Contact | Self::Representative | Self::Officer | Self::Transfers
        )
    }
}

text_enum! {
    /// Something that protects customers and that this installation has in force.
    "safeguard" SafeguardKind {
        /// Receipts of consent decide, at the moment of sending; append-only.
        ConsentReceipts = "consent_receipts",
        /// Each use of data is asked for its purpose.
        UseLimits = "use_limits",
        /// Opt-outs outlive everything.
        Suppressions = "suppressions",
        /// A rule book reads every message.
        Guard = "guard",
        /// A person other than the author approves.
        Approval = "approval",
        /// At most so many messages.
        Caps = "caps",
        /// Nights and Sundays.
        QuietHours = "quiet_hours",
        /// Public holidays.
        Holidays = "holidays",
        /// At most so many personal facts in a message.
        PersonalFacts = "personal_facts",
        /// Whoever is tired is left alone.
        Fatigue = "fatigue",
        /// Part of each audience is held out, so that the effect is known.
        ControlGroups = "control_groups",
        /// A model acts only when it beats the naive one on data it had not seen.
        ModelGate = "model_gate",
        /// Customers see, change and stop everything by themselves.
        OwnPages = "own_pages",
        /// Requests have a due date.
        Rights = "rights",
        /// Erasure in every place, and nobody comes back.
        Erasure = "erasure",
        /// Backups that open for nobody who was erased.
        SealedBackups = "sealed_backups",
        /// Sensitive attributes lie encrypted, and each opening is written down.
        Vault = "vault",
        /// Periods that act.
        Retention = "retention",
        /// A log that cannot be changed unseen.
        Ledger = "ledger",
        /// Everybody sees what their role needs.
        Roles = "roles",
        /// What recipients are told is signed.
        SignedNotices = "signed_notices",
    }
}

text_enum! {
    /// What could go wrong for customers.
    "risk" Risk {
        /// Contact without agreement, or after it was withdrawn.
        Unwanted = "unwanted",
        /// Too much, too often, too personal.
        Pressure = "pressure",
        /// Something false or manipulative in a message.
        Untrue = "untrue",
        /// Scores that are wrong or treat groups differently.
        Profiling = "profiling",
        /// Sensitive data or weak people used.
        Sensitive = "sensitive",
        /// Data seen by who should not.
        Disclosure = "disclosure",
        /// Data kept too long, or back after erasure.
        TooLong = "too_long",
        /// Nobody can say what was done and why.
        Opaque = "opaque",
    }
}

impl Risk {
    /// What stands against it.
    #[must_use]
    pub const fn answers(self) -> &'static [SafeguardKind] {
        use SafeguardKind as S;
        match self {
            Self::Unwanted => &[S::ConsentReceipts, S::Suppressions, S::UseLimits, S::OwnPages],
            Self::Pressure => &[S::Caps, S::QuietHours, S::Holidays, S::PersonalFacts, S::Fatigue],
            Self::Untrue => &[S::Guard, S::Approval, S::ControlGroups],
            Self::Profiling => &[S::UseLimits, S::ModelGate, S::ControlGroups, S::OwnPages],
            Self::Sensitive => &[S::Vault, S::Guard],
            Self::Disclosure => &[S::Roles, S::SealedBackups, S::Vault, S::SignedNotices],
            Self::TooLong => &[S::Retention, S::Erasure, S::SealedBackups],
            Self::Opaque => &[S::Ledger, S::Approval, S::OwnPages, S::Rights],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_safeguard_stands_against_a_risk() {
        for kind in SafeguardKind::ALL {
            assert!(Risk::ALL.iter().any(|risk| risk.answers().contains(kind)), "{kind}");
        }
    }
}
