//! The long-term gate: is a campaign's loss after its window credible, and which campaigns are of its kind?
//!
//! Goes in: the brand's policy, and the probability of a loss beyond what it tolerates. Comes out: a verdict. It estimates
//! nothing and sees no customer. A short-term gain excuses no loss: what it may cost is `tolerated`, and nothing by default.
//!
//! The default certainty of .975 is the one-sided counterpart of a 95 % interval that lies wholly below: where there is no
//! loss, one campaign in forty is vetoed by chance, half of what is allowed.

use crate::segment::{Ast, parse};
use serde::{Deserialize, Serialize};
use terms::campaign::CampaignPlan;
use terms::long_term::LongTermVerdict;

/// The brand's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongTermPolicy {
    /// Probability of a loss from which it is credible, above .5 and below 1.
    #[serde(default = "certainty")]
    pub certainty: f64,
    /// How much of the gain in the window the long term may cost, 0 to 1.
    #[serde(default)]
    pub tolerated: f64,
    /// How many opt-outs a complaint counts as: mailbox providers hold it against every later mail of the sender.
    #[serde(default = "complaint_weight")]
    pub complaint_weight: f64,
    /// Share of revenue that is margin, 0 to 1; unknown, revenue itself is counted.
    #[serde(default)]
    pub margin: Option<f64>,
}

const fn certainty() -> f64 {
    0.975
}

const fn complaint_weight() -> f64 {
    5.0
}

impl Default for LongTermPolicy {
    fn default() -> Self {
        Self { certainty: certainty(), tolerated: 0.0, complaint_weight: complaint_weight(), margin: None }
    }
}

impl LongTermPolicy {
    /// True when its numbers lie in their ranges.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.certainty > 0.5
            && self.certainty < 1.0
            && (0.0..=1.0).contains(&self.tolerated)
            && (0.0..=1_000.0).contains(&self.complaint_weight)
            && self.margin.is_none_or(|margin| margin > 0.0 && margin <= 1.0)
    }

    /// The long-term result below which a campaign with this gain has lost too much; never above zero.
    #[must_use]
    pub fn limit(&self, gain: f64) -> f64 {
        -self.tolerated * gain.max(0.0)
    }
}

/// Judges the probability of a loss beyond the limit; nothing told is unclear, never fine.
#[must_use]
pub fn judge(policy: &LongTermPolicy, loss: Option<f64>) -> LongTermVerdict {
    match loss {
        Some(loss) if loss >= policy.certainty => LongTermVerdict::Vetoed,
        Some(loss) if loss <= 0.5 => LongTermVerdict::Fine,
        _ => LongTermVerdict::Unclear,
    }
}

/// What campaigns of one kind have in common: goal, offer, and the shape of the audience, which is its conditions without
/// their numbers. A copy is of the same kind, whatever it is called and however its thresholds were moved.
#[must_use]
pub fn kind(plan: &CampaignPlan) -> String {
    let shape = parse(&plan.audience).map_or_else(|_| plan.audience.clone(), |ast| shape(&ast));
    format!("{} | {} | {shape}", plan.goal, plan.offer)
}

fn shape(ast: &Ast) -> String {
    let all = |word: &str, parts: &[Ast]| {
        // Who is added or left out by lot makes no other kind: another seed would be a way around a veto.
        let mut parts: Vec<String> = parts.iter().map(shape).filter(|part| !part.is_empty()).collect();
        parts.sort();
        parts.dedup();
        match parts.as_slice() {
            [only] => only.clone(),
            several => format!("({})", several.join(word)),
        }
    };
    match ast {
        Ast::Draw(..) => String::new(),
        Ast::Number(field, _) => field.to_string(),
        Ast::Not(inner) if matches!(**inner, Ast::Draw(..)) => String::new(),
        Ast::Not(inner) => format!("not {}", shape(inner)),
        Ast::And(parts) => all(" and ", parts),
        Ast::Or(parts) => all(" or ", parts),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::campaign::Goal;
    use terms::consent::Channel;
    use terms::time::Instant;

    fn plan(audience: &str, offer: &str) -> CampaignPlan {
        CampaignPlan {
            at_most: None,
            struck: Vec::new(),
            name: "any".into(),
            goal: Goal::WinBack,
            audience: audience.into(),
            channel: Channel::Email,
            control_share: 0.1,
            seed: 1,
            starts_at: Instant(0),
            ends_at: Instant(1),
            window_days: 28,
            offer: offer.into(),
            written_with_ai: false,
            topic: String::new(),
        }
    }

    #[test]
    fn a_loss_is_vetoed_from_the_certainty_on_and_nothing_told_is_unclear() {
        use LongTermVerdict::{Fine, Unclear, Vetoed};
        let policy = LongTermPolicy::default();
        let found = [Some(0.975), Some(0.974), Some(0.51), Some(0.5), Some(0.0), None, Some(f64::NAN)];
        let told = found.map(|loss| judge(&policy, loss));
        assert_eq!(told, [Vetoed, Unclear, Unclear, Fine, Fine, Unclear, Unclear]);
    }

    #[test]
    fn what_is_tolerated_is_a_share_of_a_gain_and_never_of_a_loss() {
        let policy = LongTermPolicy { tolerated: 0.5, ..LongTermPolicy::default() };
        assert!((policy.limit(3.0) + 1.5).abs() < 1e-12 && policy.limit(-3.0).abs() < 1e-12);
        assert!(LongTermPolicy::default().limit(3.0).abs() < 1e-12);
    }

    #[test]
    fn a_copy_with_other_thresholds_is_of_the_same_kind_and_another_offer_is_not() {
        let one = kind(&plan("stage = churned and value.percentile >= 60", "offer:back"));
        assert_eq!(one, kind(&plan("value.percentile >= 75 and stage = churned", "offer:back")));
        assert_ne!(one, kind(&plan("stage = churned and value.percentile >= 60", "offer:other")));
        assert_ne!(one, kind(&plan("stage = active and value.percentile >= 60", "offer:back")));
        assert_ne!(one, kind(&plan("stage = churned or value.percentile >= 60", "offer:back")));
        for lot in ["and draw(50, 7)", "or draw(20, 9)", "and not draw(10, 1)"] {
            let audience = format!("(stage = churned and value.percentile >= 60) {lot}");
            assert_eq!(one, kind(&plan(&audience, "offer:back")), "{lot}");
        }
    }

    #[test]
    fn a_policy_outside_of_its_ranges_is_no_policy() {
        let good = LongTermPolicy::default();
        assert!(good.is_valid());
        for bad in [
            LongTermPolicy { certainty: 1.0, ..good.clone() },
            LongTermPolicy { certainty: f64::NAN, ..good.clone() },
            LongTermPolicy { tolerated: -0.1, ..good.clone() },
            LongTermPolicy { margin: Some(0.0), ..good.clone() },
        ] {
            assert!(!bad.is_valid(), "{bad:?}");
        }
    }
}
