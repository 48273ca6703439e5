//! The observed stage of a customer at the as-of day of their profile. It predicts nothing.

use terms::profile::Profile;
use terms::stage::{Stage, StageRule};

/// The stage of a customer: a prospect without purchases (`None`), otherwise what the rule says of the profile.
///
/// ```
/// use terms::stage::{Stage, StageRule};
/// assert_eq!(science::lifecycle::stage::observe(&StageRule::STANDARD, None), Stage::Prospect);
/// ```
#[must_use]
pub fn observe(rule: &StageRule, profile: Option<&Profile>) -> Stage {
    profile.map_or(Stage::Prospect, |p| rule.stage_of(p.t_days, p.silent_days(), p.last_gap_days))
}
