//! Which stage follows from none, one or several purchases in a period. Pure counting, no probability is learned.
//!
//! Without a purchase the next stage is certain. One purchase is equally likely on each day of the period, and
//! decides the gap before it; of several, any two days are equally likely to be the last two.

use super::history::{History, Outcome};
use terms::stage::{Stage, StageRule};

/// Probabilities of the stage at the end of a period of `days`, given what happened in it; sums to 1.
#[must_use]
pub fn stages_after(rule: &StageRule, history: &History, outcome: Outcome, days: i32) -> [f64; Stage::COUNT] {
    let (tenure, silent) = (history.tenure as i32 + days, history.silent as i32);
    let mut shares = [0.0; Stage::COUNT];
    let mut add = |stage: Stage, weight: f64| {
        if let Some(share) = shares.get_mut(stage.index()) {
            *share += weight;
        }
    };
    match outcome {
        Outcome::Silent => add(rule.stage_of(tenure, silent + days, history.last_gap as i32), 1.0),
        Outcome::Single => {
            let weight = 1.0 / f64::from(days.max(1));
            (1..=days.max(1)).for_each(|day| add(rule.stage_of(tenure, days - day, silent + day), weight));
        }
        Outcome::Several if rule.at_risk_days >= days && rule.churned_days >= days => {
            add(rule.stage_of(tenure, 0, 1), 1.0);
        }
        Outcome::Several => {
            let pairs = f64::from(days.max(2)) * f64::from(days.max(2) - 1) / 2.0;
            for last in 2..=days.max(2) {
                (1..last).for_each(|day| add(rule.stage_of(tenure, days - last, last - day), 1.0 / pairs));
            }
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_purchase_reactivates_only_when_the_silence_before_it_was_long_enough() {
        // Silent for 100 days; in 31 days the gap passes 120 days on days 21 to 31: 11 of 31.
        let history = History { tenure: 400.0, ..History::first_purchase(100.0, 10.0) };
        let shares = stages_after(&StageRule::STANDARD, &history, Outcome::Single, 31);
        assert!((shares[Stage::Reactivated.index()] - 11.0 / 31.0).abs() < 1e-12);
        assert!((shares[Stage::Active.index()] - 20.0 / 31.0).abs() < 1e-12);
    }

    #[test]
    fn several_purchases_make_active_and_silence_moves_on() {
        let rule = StageRule::STANDARD;
        let history = History { tenure: 400.0, ..History::first_purchase(100.0, 10.0) };
        assert_eq!(stages_after(&rule, &history, Outcome::Several, 30)[Stage::Active.index()], 1.0);
        assert_eq!(stages_after(&rule, &history, Outcome::Silent, 30)[Stage::Churned.index()], 1.0);
        assert_eq!(stages_after(&rule, &history, Outcome::Silent, 20)[Stage::AtRisk.index()], 1.0);
    }

    #[test]
    fn short_thresholds_are_counted_pair_by_pair_and_still_sum_to_one() {
        let rule = StageRule { new_days: 5, at_risk_days: 7, churned_days: 14 };
        let history = History { tenure: 90.0, ..History::first_purchase(20.0, 10.0) };
        for outcome in [Outcome::Silent, Outcome::Single, Outcome::Several] {
            let total: f64 = stages_after(&rule, &history, outcome, 30).iter().sum();
            assert!((total - 1.0).abs() < 1e-9, "{outcome:?} {total}");
        }
    }
}
