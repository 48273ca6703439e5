//! One customer: the decision with all its reasons.

use super::rules::Rules;
use super::subject::Subject;
use super::test::{Consent, Facts, caps, excludes};
use crate::consent::ConsentState;
use crate::personal::{Wording, budget, wording};
use crate::quiet_hours::{Zones, next_allowed};
use terms::consent::Channel;
use terms::decision::{Decision, ExclusionReason, Reason};
use terms::ids::{CampaignId, CustomerKey};
use terms::time::Instant;

/// What was decided about one customer in one campaign. Only [`decide`] makes one, so holding one proves that the
/// question was asked.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Outcome {
    customer: CustomerKey,
    campaign: CampaignId,
    channel: Channel,
    decided_at: Instant,
    decision: Decision,
    reasons: Vec<Reason>,
    not_before: Option<Instant>,
}

impl Outcome {
    /// About whom.
    #[must_use]
    pub const fn customer(&self) -> &CustomerKey {
        &self.customer
    }

    /// For which campaign.
    #[must_use]
    pub const fn campaign(&self) -> CampaignId {
        self.campaign
    }

    /// Through which channel.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// When it was decided.
    #[must_use]
    pub const fn decided_at(&self) -> Instant {
        self.decided_at
    }

    /// The decision.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// Everything that was looked at, in the order of [`ExclusionReason::ALL`], one line each, whatever came of it. The
    /// guard's word and the draw of a pilot are not decided here and have none.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The earliest instant to send at, within the campaign's time and outside quiet hours; `None` when there is none.
    #[must_use]
    pub const fn not_before(&self) -> Option<Instant> {
        self.not_before
    }
}

/// Decides about one customer. Every check is made and written down; the first that says no, in the order of
/// [`ExclusionReason::ALL`], is the one the customer is left out for.
pub fn decide(subject: &Subject, rules: &Rules, now: Instant) -> Outcome {
    let zones = Zones::of(subject.time_zone.as_deref(), subject.country, &rules.limits.zones);
    let not_before = next_allowed(now.max(rules.starts_at), rules.ends_at, &zones, &rules.limits.quiet);
    let facts = facts(subject, not_before);
    let mut decision = Decision::Contact;
    let mut reasons = Vec::with_capacity(ExclusionReason::ALL.len());
    let elsewhere =
        |reason: &ExclusionReason| matches!(reason, ExclusionReason::Guard | ExclusionReason::Pilot);
    for &reason in ExclusionReason::ALL.iter().filter(|reason| !elsewhere(reason)) {
        let excluded = excludes(reason, &facts, rules, now);
        if excluded && decision == Decision::Contact {
            decision = Decision::Exclude { reason };
        }
        reasons.push(Reason {
            check: check(reason, rules),
            found: found(reason, subject, rules, &zones, not_before, now),
            allows: !excluded,
        });
    }
    Outcome {
        customer: subject.customer.clone(),
        campaign: rules.campaign,
        channel: rules.channel,
        decided_at: now,
        decision,
        reasons,
        not_before,
    }
}

fn facts(subject: &Subject, not_before: Option<Instant>) -> Facts<'_> {
    Facts {
        restricted: subject.restricted,
        has_address: subject.has_address,
        suppressed: subject.suppressed.is_some(),
        marketing: subject.marketing.as_ref().map(Consent::of),
        profiling: subject.profiling.as_ref().map(Consent::of),
        ai_content: subject.ai_content.as_ref().map(Consent::of),
        contacts: &subject.contacts,
        monthly_max: subject.monthly_max,
        topics: &subject.topics,
        personalisation: subject.personalisation,
        harm_low: subject.harm.map(|harm| harm.low),
        worth_high: subject.worth.map(|worth| worth.high),
        held_out: subject.holdout_until.is_some(),
        not_before,
        language: subject.language,
        planned_elsewhere: subject.planned_elsewhere.is_some(),
        missing: !subject.missing.is_empty(),
        in_control: subject.in_control,
    }
}

/// What a line of reasoning is about.
fn check(reason: ExclusionReason, rules: &Rules) -> String {
    match reason {
        ExclusionReason::Restricted => "restriction".to_owned(),
        ExclusionReason::NoAddress => format!("address.{}", rules.channel),
        ExclusionReason::Suppressed => "suppression".to_owned(),
        ExclusionReason::NoConsent => format!("consent.marketing.{}", rules.channel),
        ExclusionReason::NoProfiling => "consent.profiling".to_owned(),
        ExclusionReason::NoAiContent => "consent.ai_content".to_owned(),
        ExclusionReason::Topic => "topic".to_owned(),
        ExclusionReason::Cap => "cap".to_owned(),
        ExclusionReason::Fatigue => "fatigue".to_owned(),
        ExclusionReason::NotWorthAContact => "worth".to_owned(),
        ExclusionReason::QuietHours => "quiet_hours".to_owned(),
        ExclusionReason::NoVariant => "variant".to_owned(),
        ExclusionReason::Personalisation => "personalisation".to_owned(),
        ExclusionReason::OtherCampaign => "other_campaign".to_owned(),
        ExclusionReason::MissingFacts => "facts".to_owned(),
        ExclusionReason::GlobalHoldout => "holdout".to_owned(),
        ExclusionReason::Guard => "guard".to_owned(),
        ExclusionReason::NotApproved => "approval.language".to_owned(),
        ExclusionReason::Pilot => "approval.pilot".to_owned(),
        ExclusionReason::Control => "control".to_owned(),
    }
}

/// What was found, in words a person can check.
fn found(
    reason: ExclusionReason,
    subject: &Subject,
    rules: &Rules,
    zones: &Zones,
    not_before: Option<Instant>,
    now: Instant,
) -> String {
    let receipt =
        |state: &Option<ConsentState>| state.as_ref().map_or("no receipt".to_owned(), ConsentState::found);
    match reason {
        ExclusionReason::Restricted if subject.restricted => "processing is restricted".to_owned(),
        ExclusionReason::Restricted => "not restricted".to_owned(),
        ExclusionReason::NoAddress if subject.has_address => "known".to_owned(),
        ExclusionReason::NoAddress => "none".to_owned(),
        ExclusionReason::Suppressed => {
            subject.suppressed.map_or("not suppressed".to_owned(), |why| format!("suppressed: {why}"))
        }
        ExclusionReason::NoConsent => receipt(&subject.marketing),
        ExclusionReason::NoProfiling if rules.uses_profiling => receipt(&subject.profiling),
        ExclusionReason::NoProfiling => {
            "not needed: the audience uses no stage, score or behaviour".to_owned()
        }
        ExclusionReason::NoAiContent if rules.written_with_ai => receipt(&subject.ai_content),
        ExclusionReason::NoAiContent => "not needed: people wrote every word".to_owned(),
        ExclusionReason::Cap => {
            let lines: Vec<String> = caps(subject.monthly_max, rules)
                .map(|cap| format!("{} of {cap}", cap.used(&subject.contacts, now)))
                .collect();
            if lines.is_empty() { "no cap set".to_owned() } else { lines.join(", ") }
        }
        ExclusionReason::QuietHours => match not_before {
            Some(at) => format!("may be sent from {at} in {}", zones.names()),
            None if zones.is_empty() => "neither time zone nor country known".to_owned(),
            None => format!("no hour until {} in {}", rules.ends_at, zones.names()),
        },
        ExclusionReason::Topic if rules.topic.is_empty() => "not needed: of interest to everybody".to_owned(),
        ExclusionReason::Topic if subject.topics.is_empty() => "all topics".to_owned(),
        ExclusionReason::Topic => format!("chose {}", subject.topics.join(", ")),
        ExclusionReason::Fatigue => subject.harm.map_or("not known".to_owned(), |harm| {
            format!(
                "the next message does harm with {:.1} %, at least {:.1} %; the brand allows {:.1} %",
                harm.expected * 100.0,
                harm.low * 100.0,
                rules.limits.most_harm * 100.0
            )
        }),
        ExclusionReason::NotWorthAContact => subject.worth.map_or("not known".to_owned(), |worth| {
            format!("the next message is worth {:.2}, at most {:.2}", worth.expected, worth.high)
        }),
        ExclusionReason::Personalisation => personal(subject, rules),
        ExclusionReason::NoVariant if rules.need(subject.language).is_some() => {
            format!("written in `{}`", subject.language)
        }
        ExclusionReason::NoVariant => format!("none in `{}`", subject.language),
        ExclusionReason::OtherCampaign => subject
            .planned_elsewhere
            .map_or("not planned elsewhere".to_owned(), |other| format!("planned for campaign {other}")),
        ExclusionReason::MissingFacts if subject.missing.is_empty() => "complete".to_owned(),
        ExclusionReason::MissingFacts => format!("could not be read: {}", subject.missing.join(", ")),
        ExclusionReason::GlobalHoldout => subject
            .holdout_until
            .map_or("not drawn".to_owned(), |until| format!("drawn to hear no marketing until {until}")),
        ExclusionReason::NotApproved if rules.struck.contains(&subject.language) => {
            "left out by the approver".to_owned()
        }
        ExclusionReason::NotApproved => "not left out by the approver".to_owned(),
        ExclusionReason::Guard | ExclusionReason::Pilot => "not looked at here".to_owned(),
        ExclusionReason::Control if subject.in_control => {
            "held out at random to measure the effect".to_owned()
        }
        ExclusionReason::Control => "not held out".to_owned(),
    }
}

/// The level a customer chose against what the words in their language need.
fn personal(subject: &Subject, rules: &Rules) -> String {
    let level = subject.personalisation;
    let allowed = budget(level, rules.limits.personal_facts);
    let Some(need) = rules.need(subject.language) else { return format!("chose `{level}`") };
    let words = match wording(need, allowed) {
        Some(Wording::Named) => "usual",
        Some(Wording::Neutral) => "without the name",
        None => "none fits",
    };
    format!("chose `{level}`, personal facts allowed: {allowed}; wording: {words}")
}
