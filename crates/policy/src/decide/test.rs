//! The one test behind both speeds: does this reason exclude these facts?

use super::rules::Rules;
use crate::cap::Cap;
use crate::consent::{ConsentState, SaleEvidence, allows};
use crate::personal::{budget, wording};
use terms::consent::{ConsentStatus, LawfulBasis, Purpose};
use terms::customer::Language;
use terms::decision::ExclusionReason;
use terms::preference::Personalisation;
use terms::time::Instant;

/// The part of a consent state that decides, three bytes wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Consent {
    pub(super) status: ConsentStatus,
    pub(super) basis: LawfulBasis,
    pub(super) evidence: SaleEvidence,
}

impl Consent {
    pub(super) const fn of(state: &ConsentState) -> Self {
        Self { status: state.status, basis: state.basis, evidence: state.evidence }
    }
}

/// The facts a decision rests on, borrowed from a subject or from columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) restricted: bool,
    pub(super) has_address: bool,
    pub(super) suppressed: bool,
    pub(super) marketing: Option<Consent>,
    pub(super) profiling: Option<Consent>,
    pub(super) ai_content: Option<Consent>,
    pub(super) contacts: &'a [Instant],
    pub(super) monthly_max: Option<u32>,
    pub(super) topics: &'a [String],
    pub(super) personalisation: Personalisation,
    pub(super) harm_low: Option<f64>,
    pub(super) worth_high: Option<f64>,
    pub(super) held_out: bool,
    pub(super) not_before: Option<Instant>,
    pub(super) language: Language,
    pub(super) planned_elsewhere: bool,
    pub(super) missing: bool,
    pub(super) in_control: bool,
}

/// True when `reason` keeps a customer with these facts out.
pub(super) fn excludes(reason: ExclusionReason, facts: &Facts<'_>, rules: &Rules, now: Instant) -> bool {
    let agreed = |consent: Option<Consent>, purpose: Purpose| {
        consent.is_some_and(|c| allows(c.status, c.basis, c.evidence, purpose, rules.channel))
    };
    match reason {
        ExclusionReason::Restricted => facts.restricted,
        ExclusionReason::NoAddress => !facts.has_address,
        ExclusionReason::Suppressed => facts.suppressed,
        ExclusionReason::NoConsent => !agreed(facts.marketing, Purpose::Marketing),
        ExclusionReason::NoProfiling => rules.uses_profiling && !agreed(facts.profiling, Purpose::Profiling),
        ExclusionReason::NoAiContent => {
            rules.written_with_ai && !agreed(facts.ai_content, Purpose::AiContent)
        }
        ExclusionReason::Topic => {
            !rules.topic.is_empty() && !facts.topics.is_empty() && !facts.topics.contains(&rules.topic)
        }
        ExclusionReason::Cap => caps(facts.monthly_max, rules).any(|cap| !cap.allows(facts.contacts, now)),
        // A limit or a bound that is no number allows nothing.
        ExclusionReason::Fatigue => facts.harm_low.is_some_and(|low| {
            low.is_nan() || rules.limits.most_harm.is_nan() || low > rules.limits.most_harm
        }),
        // A bound that is no number is no evidence that a message is worth anything.
        ExclusionReason::NotWorthAContact => facts.worth_high.is_some_and(|high| high.is_nan() || high < 0.0),
        ExclusionReason::QuietHours => facts.not_before.is_none(),
        ExclusionReason::NoVariant => rules.need(facts.language).is_none(),
        ExclusionReason::Personalisation => rules.need(facts.language).is_some_and(|need| {
            wording(need, budget(facts.personalisation, rules.limits.personal_facts)).is_none()
        }),
        ExclusionReason::OtherCampaign => facts.planned_elsewhere,
        ExclusionReason::MissingFacts => facts.missing,
        ExclusionReason::GlobalHoldout => facts.held_out,
        ExclusionReason::NotApproved => rules.struck.contains(&facts.language),
        // Not facts about a customer: the guard speaks at the sending, chance at the launch.
        ExclusionReason::Guard | ExclusionReason::Pilot => false,
        ExclusionReason::Control => facts.in_control,
    }
}

/// The caps that hold: the brand's, and the customer's own.
pub(super) fn caps(monthly_max: Option<u32>, rules: &Rules) -> impl Iterator<Item = Cap> + '_ {
    rules.limits.caps.iter().copied().chain(monthly_max.map(Cap::monthly))
}
