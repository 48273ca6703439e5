//! May this customer's data be used for this, now? The one rule behind every read of customers' data for a purpose.
//!
//! Goes in: a [`Use`] and where the customer stands ([`Standing`]: what their receipts say, restriction, objection,
//! erasure). Comes out: yes, or the reason why not. Deliberately absent: whom to write to; the decision asks more.
//!
//! Two uses need no permission, but end with a refusal: fitting a model and counting an outcome look at a person only
//! to add them to a total that says nothing of them. Who was never asked is in such totals; who said no, took it back
//! or is restricted is not. Everything that says something of one person needs their agreement.

use crate::consent::{ConsentState, state_at, state_now};
use terms::consent::{Channel, ConsentReceipt, ConsentStatus, Purpose};
use terms::decision::Reason;
use terms::time::Instant;

/// What a customer's data are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// Choosing somebody for a marketing message through a channel, and sending it.
    Marketing(Channel),
    /// Scores, ranks and segments about the person.
    Profiling,
    /// A message that AI helped to write.
    AiContent,
    /// Passing data to others.
    Sharing,
    /// Adding the outcome to the total of an arm of an experiment.
    Measurement,
    /// Keeping and counting what one person did with a message: opens and clicks.
    Responses,
    /// Adding the history to the data that models of everybody are fitted on.
    Fitting,
    /// Counting somebody in totals about all customers, such as stages and their moves.
    Statistics,
    /// Selecting and rating groups, to find out whether somebody is treated unfairly.
    FairnessAudit,
    /// Answering the customer: their own pages, mails that answer their own act, a look at their record.
    Service,
    /// Rights of the customer and duties of the law: access, erasure, suppression, defence of claims.
    Legal,
}

impl Use {
    /// Every use, with marketing by mail standing for all channels.
    pub const ALL: &'static [Self] = &[
        Self::Marketing(Channel::Email),
        Self::Profiling,
        Self::AiContent,
        Self::Sharing,
        Self::Measurement,
        Self::Responses,
        Self::Fitting,
        Self::Statistics,
        Self::FairnessAudit,
        Self::Service,
        Self::Legal,
    ];

    /// The purpose a receipt must speak about, if receipts matter at all.
    #[must_use]
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Marketing(_) => Some(Purpose::Marketing),
            Self::Profiling | Self::Fitting => Some(Purpose::Profiling),
            Self::AiContent => Some(Purpose::AiContent),
            Self::Sharing => Some(Purpose::Sharing),
            Self::Measurement | Self::Responses => Some(Purpose::Measurement),
            Self::Statistics | Self::FairnessAudit | Self::Service | Self::Legal => None,
        }
    }

    /// The channels whose receipts count: marketing is agreed to channel by channel, all else for the person.
    #[must_use]
    pub fn channels(self) -> Vec<Channel> {
        match self {
            Self::Marketing(channel) => vec![channel],
            _ => Channel::ALL.to_vec(),
        }
    }

    /// The channel whose receipts are asked for; of consequence for marketing only.
    const fn channel(self) -> Channel {
        match self {
            Self::Marketing(channel) => channel,
            _ => Channel::Email,
        }
    }

    /// True when only totals come of it, so that only a refusal keeps somebody out.
    const fn is_a_total(self) -> bool {
        matches!(self, Self::Measurement | Self::Fitting)
    }

    /// True when an objection to direct marketing ends it: profiling for marketing included (GDPR 21(2) and (3)).
    const fn is_for_marketing(self) -> bool {
        matches!(self, Self::Marketing(_) | Self::Profiling | Self::Fitting | Self::AiContent)
    }

    /// True when it goes on under a restriction of processing (GDPR 18(2): claims, rights, and what the person asked).
    const fn survives_restriction(self) -> bool {
        matches!(self, Self::Service | Self::Legal)
    }
}

impl std::fmt::Display for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Marketing(channel) => write!(f, "marketing.{channel}"),
            Self::Profiling => f.write_str("profiling"),
            Self::AiContent => f.write_str("ai_content"),
            Self::Sharing => f.write_str("sharing"),
            Self::Measurement => f.write_str("measurement"),
            Self::Responses => f.write_str("responses"),
            Self::Fitting => f.write_str("fitting"),
            Self::Statistics => f.write_str("statistics"),
            Self::FairnessAudit => f.write_str("fairness_audit"),
            Self::Service => f.write_str("service"),
            Self::Legal => f.write_str("legal"),
        }
    }
}

/// Where a customer stands towards one use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Erased: nothing of them may be used, whatever turns up.
    pub erased: bool,
    /// Processing is restricted (GDPR 18): data are kept and not used.
    pub restricted: bool,
    /// Objected to direct marketing (GDPR 21(2)).
    pub objected: bool,
    /// What the latest receipt about the purpose says; `None` without one.
    pub said: Option<ConsentState>,
}

impl Standing {
    /// Where somebody with these receipts stands towards `what` at an instant, past or present. Later receipts are not
    /// yet known.
    #[must_use]
    pub fn at(what: Use, receipts: &[ConsentReceipt], flags: Flags, at: Instant) -> Self {
        Self::new(what.purpose().and_then(|purpose| state_at(receipts, purpose, what.channel(), at)), flags)
    }

    /// The same now, to decide by: a refusal counts from the moment it is known, whatever time it carries.
    #[must_use]
    pub fn now(what: Use, receipts: &[ConsentReceipt], flags: Flags, now: Instant) -> Self {
        Self::new(what.purpose().and_then(|purpose| state_now(receipts, purpose, what.channel(), now)), flags)
    }

    /// Where somebody stands of whom the latest receipt said this.
    #[must_use]
    pub const fn new(said: Option<ConsentState>, flags: Flags) -> Self {
        Self { erased: flags.erased, restricted: flags.restricted, objected: flags.objected, said }
    }
}

/// What holds of a customer besides their receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// Erased.
    pub erased: bool,
    /// Under restriction of processing.
    pub restricted: bool,
    /// Objected to direct marketing.
    pub objected: bool,
}

/// Why data may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unlawful {
    /// The customer was erased.
    #[error("erased")]
    Erased,
    /// Processing is restricted.
    #[error("processing is restricted")]
    Restricted,
    /// The customer objected to direct marketing.
    #[error("objected to direct marketing")]
    Objected,
    /// Nobody asked, or nothing was answered.
    #[error("no receipt")]
    NeverAsked,
    /// The answer was no, or yes once and no later.
    #[error("{0}")]
    Refused(ConsentStatus),
    /// There is a grant, on a basis that does not carry this use.
    #[error("the basis does not carry this use")]
    Basis,
}

/// Whether data may be used for `what` by somebody who stands like this.
///
/// # Errors
/// The first reason why not: erasure, restriction, objection, then what the receipts say.
pub fn may(what: Use, standing: &Standing) -> Result<(), Unlawful> {
    if standing.erased {
        return Err(Unlawful::Erased);
    }
    if standing.restricted && !what.survives_restriction() {
        return Err(Unlawful::Restricted);
    }
    if standing.objected && what.is_for_marketing() {
        return Err(Unlawful::Objected);
    }
    let Some(purpose) = what.purpose() else { return Ok(()) };
    match &standing.said {
        None if what.is_a_total() => Ok(()),
        None => Err(Unlawful::NeverAsked),
        Some(said) if said.status != ConsentStatus::Granted => Err(Unlawful::Refused(said.status)),
        Some(_) if what.is_a_total() => Ok(()),
        Some(said) if what.channels().iter().any(|channel| said.allows(purpose, *channel)) => Ok(()),
        Some(_) => Err(Unlawful::Basis),
    }
}

/// The answer as a line of reasoning: what was looked at, what was found, whether it allows the use.
#[must_use]
pub fn explain(what: Use, standing: &Standing) -> Reason {
    let answer = may(what, standing);
    let found = match (&answer, &standing.said) {
        (Ok(()) | Err(Unlawful::Refused(_) | Unlawful::Basis), Some(said)) => said.found(),
        (Ok(()), None) if what.is_a_total() => "no receipt: counted in totals only".to_owned(),
        (Ok(()), None) => "needs no receipt".to_owned(),
        (Err(why), _) => why.to_string(),
    };
    Reason { check: format!("use.{what}"), found, allows: answer.is_ok() }
}

#[cfg(test)]
mod tests;
