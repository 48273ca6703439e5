//! How much risk a campaign carries, and whether one approver is enough for it.
//!
//! Goes in: what a campaign is, and the brand's settings. Comes out: the risks that hold, each with what was found. Pure:
//! the same campaign under the same settings is always judged alike.

use serde::{Deserialize, Serialize};
use terms::approval::Risk;

/// Settings of oversight. A brand may ask for more eyes and longer graces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oversight {
    /// More people than this in an audience are many.
    pub people: u64,
    /// So are more than this share of all customers, in percent,
    pub share_percent: f64,
    /// from this many people on: a quarter of a small shop is no mass mailing.
    pub share_from: u64,
    /// A discount from this many percent on is large.
    pub discount_percent: f64,
    /// Topics of the brand that are sensitive.
    pub topics: Vec<String>,
    /// Risks for which a second approver is needed.
    pub second_for: Vec<Risk>,
    /// Minutes after a launch in which nothing leaves, so that it can be undone as if it had not been.
    pub grace_minutes: u32,
}

/// Longest grace, in minutes.
pub const LONGEST_GRACE: u32 = 24 * 60;

impl Default for Oversight {
    /// A mistake in a mailing to 10,000 people, or to a quarter of everybody, cannot be made good by writing to each of
    /// them; a discount of half the price costs more than most margins; words of a machine are read twice because the
    /// guard's rules were written for people. Five minutes are what it takes to see that one has pressed wrongly.
    fn default() -> Self {
        Self {
            people: 10_000,
            share_percent: 25.0,
            share_from: 1_000,
            discount_percent: 50.0,
            topics: Vec::new(),
            second_for: vec![
                Risk::Audience,
                Risk::WrittenWithAi,
                Risk::Discount,
                Risk::Topic,
                Risk::Overridden,
            ],
            grace_minutes: 5,
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
pub enum OversightFault {
    /// Something is no number, or out of its range.
    #[error("shares and discounts are percentages from 0 to 100, and a grace lasts a day at the most")]
    Range,
    /// Large audiences would need one approver alone.
    #[error("a large audience always needs a second approver; choose another size instead")]
    Audience,
}

impl Oversight {
    /// Whether it can be used. That many people need two approvers is not a matter of settings; how many are many is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), OversightFault> {
        let percent = |value: f64| value > 0.0 && value <= 100.0;
        if !percent(self.share_percent)
            || !percent(self.discount_percent)
            || self.grace_minutes > LONGEST_GRACE
        {
            return Err(OversightFault::Range);
        }
        if !self.second_for.contains(&Risk::Audience) {
            return Err(OversightFault::Audience);
        }
        Ok(())
    }
}

/// What a campaign is, as far as its risk goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traits {
    /// People in the audience.
    pub people: u64,
    /// Customers there are.
    pub customers: u64,
    /// A machine wrote some of the words.
    pub written_with_ai: bool,
    /// Scores of a model choose the audience.
    pub scored: bool,
    /// Stages or behaviour choose it.
    pub profiled: bool,
    /// The discount of the offer, in percent.
    pub discount: Option<f64>,
    /// Topic; empty: none.
    pub topic: String,
    /// Findings that would stop the text without an override.
    pub overridden: u64,
    /// The audit of fairness could not tell.
    pub fairness_unknown: bool,
}

/// A risk that holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskLine {
    /// Which.
    pub risk: Risk,
    /// What was found, in its own unit: people, percent, findings; 0 where there is nothing to count.
    pub found: f64,
    /// Whether it alone asks for a second approver.
    pub second: bool,
}

/// How much attention a campaign needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskClass {
    /// Nothing out of the ordinary.
    Usual,
    /// Something to look at.
    Raised,
    /// Two approvers.
    High,
}

/// The risks of a campaign, in the order of [`Risk::ALL`].
#[must_use]
pub fn risks(traits: &Traits, settings: &Oversight) -> Vec<RiskLine> {
    let share = traits.people as f64 / traits.customers.max(1) as f64 * 100.0;
    let many = traits.people > settings.people
        || (traits.people >= settings.share_from && share > settings.share_percent);
    Risk::ALL
        .iter()
        .filter_map(|risk| {
            let (holds, found) = match risk {
                Risk::Audience => (many, traits.people as f64),
                Risk::WrittenWithAi => (traits.written_with_ai, 0.0),
                Risk::Scored => (traits.scored, 0.0),
                Risk::Profiled => (traits.profiled && !traits.scored, 0.0),
                Risk::Discount => {
                    let discount = traits.discount.unwrap_or(0.0);
                    // One that is no number cannot be told to be small.
                    (discount.is_nan() || discount >= settings.discount_percent, discount)
                }
                Risk::Topic => (settings.topics.contains(&traits.topic), 0.0),
                Risk::Overridden => (traits.overridden > 0, traits.overridden as f64),
                Risk::Fairness => (traits.fairness_unknown, 0.0),
            };
            let second = settings.second_for.contains(risk);
            holds.then_some(RiskLine { risk: *risk, found, second })
        })
        .collect()
}

/// The class these risks make.
#[must_use]
pub fn class(risks: &[RiskLine]) -> RiskClass {
    match risks {
        [] => RiskClass::Usual,
        risks if risks.iter().any(|line| line.second) => RiskClass::High,
        _ => RiskClass::Raised,
    }
}

/// People other than the author who must approve.
#[must_use]
pub fn approvers_needed(risks: &[RiskLine]) -> u32 {
    if class(risks) == RiskClass::High { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(traits: &Traits) -> (RiskClass, u32) {
        let found = risks(traits, &Oversight::default());
        (class(&found), approvers_needed(&found))
    }

    #[test]
    fn a_large_audience_needs_two_and_a_quarter_of_a_small_shop_does_not() {
        let audience = |people, customers| of(&Traits { people, customers, ..Traits::default() });
        assert_eq!(audience(10_000, 1_000_000), (RiskClass::Usual, 1));
        assert_eq!(audience(10_001, 1_000_000), (RiskClass::High, 2));
        assert_eq!(audience(1_000, 4_000), (RiskClass::Usual, 1), "a quarter is not more than a quarter");
        assert_eq!(audience(1_001, 4_000), (RiskClass::High, 2));
        assert_eq!(audience(999, 999), (RiskClass::Usual, 1));
    }

    #[test]
    fn what_profiles_is_told_and_one_approver_is_enough_for_it() {
        let found =
            risks(&Traits { profiled: true, scored: true, ..Traits::default() }, &Oversight::default());
        assert_eq!(found.iter().map(|line| line.risk).collect::<Vec<_>>(), [Risk::Scored]);
        assert_eq!((class(&found), approvers_needed(&found)), (RiskClass::Raised, 1));
    }

    #[test]
    fn words_of_a_machine_large_discounts_sensitive_topics_and_overrides_need_two() {
        let settings = Oversight { topics: vec!["health".into()], ..Oversight::default() };
        for traits in [
            Traits { written_with_ai: true, ..Traits::default() },
            Traits { discount: Some(50.0), ..Traits::default() },
            Traits { discount: Some(f64::NAN), ..Traits::default() },
            Traits { topic: "health".into(), ..Traits::default() },
            Traits { overridden: 1, ..Traits::default() },
        ] {
            assert_eq!(approvers_needed(&risks(&traits, &settings)), 2, "{traits:?}");
        }
        let small = Traits { discount: Some(49.0), topic: "tea".into(), ..Traits::default() };
        assert_eq!(approvers_needed(&risks(&small, &settings)), 1);
    }

    #[test]
    fn settings_cannot_let_one_person_approve_a_large_audience() {
        let loose = Oversight { second_for: vec![Risk::Topic], ..Oversight::default() };
        assert_eq!(loose.check(), Err(OversightFault::Audience));
        assert_eq!(
            Oversight { share_percent: f64::NAN, ..Oversight::default() }.check(),
            Err(OversightFault::Range)
        );
        assert_eq!(Oversight::default().check(), Ok(()));
    }
}
