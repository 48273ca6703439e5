//! What the ledger records: an action, its actor, and a payload that lives off the log.

use crate::person::Actor;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What happened. Closed on purpose: a new kind of action is a change somebody reviews.
    "action" Action {
        /// The installation was set up.
        Installed = "installed",
        /// A person was added or changed.
        PersonChanged = "person_changed",
        /// Data were imported.
        Imported = "imported",
        /// The rows of an import were taken out again.
        ImportUndone = "import_undone",
        /// A write key was added or revoked.
        WriteKeyChanged = "write_key_changed",
        /// Settings of the ingest API were changed.
        EventSettingsChanged = "event_settings_changed",
        /// Two names of one person were joined.
        IdentitiesJoined = "identities_joined",
        /// Events were taken in and used.
        EventsApplied = "events_applied",
        /// Purchases were compacted into the lake and profiles made.
        Profiled = "profiled",
        /// A model was fitted and evaluated.
        ModelEvaluated = "model_evaluated",
        /// A model version became live.
        ModelPromoted = "model_promoted",
        /// Somebody took the rows that stage models are fitted on, to make one elsewhere.
        TrainingTableTaken = "training_table_taken",
        /// A version of a model was held against its gates.
        ModelGated = "model_gated",
        /// A version of a model moved: validated, shadow, canary or retired.
        ModelMoved = "model_moved",
        /// A version of a model was taken back, by a person or by what was watched of it.
        ModelRolledBack = "model_rolled_back",
        /// A person changed what models must show before they act.
        GateChanged = "gate_changed",
        /// A campaign was created or edited.
        CampaignEdited = "campaign_edited",
        /// The guard read a campaign.
        CampaignChecked = "campaign_checked",
        /// A campaign was submitted for approval.
        CampaignSubmitted = "campaign_submitted",
        /// A campaign was approved.
        CampaignApproved = "campaign_approved",
        /// An approval was refused, with a reason.
        CampaignRejected = "campaign_rejected",
        /// The audience was frozen and planned.
        CampaignPlanned = "campaign_planned",
        /// A campaign was launched.
        CampaignLaunched = "campaign_launched",
        /// A campaign was paused.
        CampaignPaused = "campaign_paused",
        /// A campaign was resumed.
        CampaignResumed = "campaign_resumed",
        /// A campaign was stopped for good.
        CampaignStopped = "campaign_stopped",
        /// A launch was undone before anything had left.
        LaunchUndone = "launch_undone",
        /// Somebody approved a campaign that needs another approver yet.
        CampaignSeconded = "campaign_seconded",
        /// Settings of oversight were changed: when another approver is needed, how long a launch can be undone.
        OversightChanged = "oversight_changed",
        /// All AI was stopped at once.
        AiStopped = "ai_stopped",
        /// AI was let go on.
        AiResumed = "ai_resumed",
        /// A campaign has sent everything.
        CampaignCompleted = "campaign_completed",
        /// A message was handed over.
        MessageSent = "message_sent",
        /// A message was held back at the moment of sending.
        MessageHeld = "message_held",
        /// A person reconciled a message in doubt.
        MessageReconciled = "message_reconciled",
        /// A campaign's effect was measured.
        Measured = "measured",
        /// A consent receipt was added.
        ConsentRecorded = "consent_recorded",
        /// A notice on the use of data was added.
        NoticeAdded = "notice_added",
        /// Somebody asked to hear from the brand and was sent a link to confirm it.
        SignUpAsked = "sign_up_asked",
        /// Somebody confirmed that they want to hear from the brand.
        SignUpConfirmed = "sign_up_confirmed",
        /// A mail that answers a customer's own act was handed over, or could not be.
        ServiceMailSent = "service_mail_sent",
        /// A customer opted out.
        OptedOut = "opted_out",
        /// A fact was added or changed.
        FactChanged = "fact_changed",
        /// A fact was ended: nothing stands on it any more.
        FactEnded = "fact_ended",
        /// Texts were drawn for people to judge.
        GuardSampled = "guard_sampled",
        /// Somebody judged a text of a sample.
        GuardJudged = "guard_judged",
        /// Facts were imported from a file, each with an entry of its own where it changed.
        FactsImported = "facts_imported",
        /// A rule of the brand was added, changed, retired or restored.
        HouseRuleChanged = "house_rule_changed",
        /// A built-in rule was made more severe, or as it was built in again.
        SeverityChanged = "severity_changed",
        /// A privacy officer overrode a rule, with a reason and until a day.
        RuleOverridden = "rule_overridden",
        /// An override was ended early.
        OverrideEnded = "override_ended",
        /// The threshold of a learned cue was set from verdicts of people, or as it is built in again.
        CueCalibrated = "cue_calibrated",
        /// Somebody read a lesson for the first time.
        LessonRead = "lesson_read",
        /// Somebody began a test.
        TestBegun = "test_begun",
        /// Somebody passed a test, and is certified for a time.
        TestPassed = "test_passed",
        /// Somebody did not pass a test.
        TestFailed = "test_failed",
        /// Somebody was refused because their certificate had ended.
        CertificateRefused = "certificate_refused",
        /// A customer was erased.
        Erased = "erased",
        /// A backup was made.
        BackedUp = "backed_up",
        /// The installation was restored from a backup.
        Restored = "restored",
        /// A retention period was changed or made active.
        RetentionChanged = "retention_changed",
        /// Data were deleted because their retention period ended.
        RetentionRun = "retention_run",
        /// What people state about the processing changed.
        ProcessingStated = "processing_stated",
        /// Sensitive attributes were put into the vault.
        VaultFilled = "vault_filled",
        /// The vault was opened: by whom, for which attribute, why, and how many values were read.
        VaultOpened = "vault_opened",
        /// An audience was audited for fairness.
        FairnessAudited = "fairness_audited",
        /// The fairness policy was changed.
        FairnessPolicyChanged = "fairness_policy_changed",
        /// The brand's own policies on who may do what are others than before.
        PoliciesChanged = "policies_changed",
        /// Which share of all customers hears no marketing, and for how long, was set.
        HoldoutSet = "holdout_set",
        /// A campaign was judged on what it did to the long term.
        LongTermJudged = "long_term_judged",
        /// Somebody let a campaign through that is vetoed for the long term, with a reason.
        VetoOverruled = "veto_overruled",
        /// What long-term loss is tolerated was changed.
        LongTermPolicyChanged = "long_term_policy_changed",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// A request under data protection law arrived.
        RightsOpened = "rights_opened",
        /// A request moved on.
        RightsMoved = "rights_moved",
        /// A request was closed: completed, refused or withdrawn.
        RightsClosed = "rights_closed",
        /// A customer's record was corrected.
        Rectified = "rectified",
        /// Processing was restricted, or the restriction lifted.
        RestrictionChanged = "restriction_changed",
        /// A customer changed their preferences.
        PreferencesChanged = "preferences_changed",
        /// A recipient of data was told.
        RecipientTold = "recipient_told",
        /// A recipient or partner was added, changed or removed.
        RecipientChanged = "recipient_changed",
        /// A witness of the ledger was added or removed.
        WitnessChanged = "witness_changed",
        /// A witness refused to sign: this ledger is not the one it has seen.
        WitnessRefused = "witness_refused",
        /// A personal data breach was opened, reported or closed.
        BreachRecorded = "breach_recorded",
    }
}

/// An entry to be appended. `object` names what it is about (`campaign/3`, `message/118`); the payload is JSON and
/// may hold personal data, so it is kept off the log and only its keyed hash is in the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEntry {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// About what.
    pub object: String,
    /// Details as JSON.
    pub payload: serde_json::Value,
}

/// An entry as read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the tree, from 0.
    pub seq: u64,
    /// The entry.
    #[serde(flatten)]
    pub entry: NewEntry,
}
