//! Assignment of a control group: random, stratified, repeatable, and indifferent to the order of the customers.
//!
//! Goes in: customer keys with a stratum, the control share and a seed. Comes out: an arm for each, with the
//! probability with which control was drawn. In each stratum customers are ranked by a seeded hash of their key
//! and the first `share x n` are held out; the fraction that is left over is rounded up with its own probability,
//! by a hash of the stratum. So the propensity is exactly the share in every stratum, also in strata of three.

use crate::error::ScienceError;
use crate::hash::{seeded_hash, unit_interval};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use terms::experiment::Arm;

/// One customer to assign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit<'a> {
    /// The customer's key; keys are distinct.
    pub key: &'a str,
    /// The stratum: any number, such as stage x 10 + decile of value.
    pub stratum: u32,
}

/// Where a customer was put.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Arm.
    pub arm: Arm,
    /// Probability of having been put into the control group, 0 to 1.
    pub control_propensity: f64,
}

/// Assigns every unit, in the order of `units`.
///
/// ```
/// use science::experiment::assign::{Unit, assign};
/// let units = [Unit { key: "a", stratum: 0 }, Unit { key: "b", stratum: 0 }];
/// let arms = assign(&units, 0.5, 7).unwrap();
/// assert_ne!(arms[0].arm, arms[1].arm);
/// ```
///
/// # Errors
/// When `control_share` is not from 0 to 1.
pub fn assign(units: &[Unit<'_>], control_share: f64, seed: u64) -> Result<Vec<Assignment>, ScienceError> {
    if !(0.0..=1.0).contains(&control_share) {
        return Err(ScienceError::OutOfRange {
            name: "control share",
            value: control_share,
            range: "from 0 to 1",
        });
    }
    let mut strata: BTreeMap<u32, Vec<(u64, &str, usize)>> = BTreeMap::new();
    for (place, unit) in units.iter().enumerate() {
        strata.entry(unit.stratum).or_default().push((
            seeded_hash(seed, unit.key.as_bytes()),
            unit.key,
            place,
        ));
    }
    let treated = Assignment { arm: Arm::Treated, control_propensity: control_share };
    let mut arms = vec![treated; units.len()];
    for (stratum, mut members) in strata {
        members.sort_unstable();
        let exact = control_share * members.len() as f64;
        let chance = unit_interval(seeded_hash(seed ^ 0x7374_7261_7475_6d00, &stratum.to_le_bytes()));
        let whole = (exact + 1e-9).floor();
        let extra = usize::from(chance < exact - whole - 1e-9);
        for (_, _, place) in members.iter().take(whole as usize + extra) {
            if let Some(assignment) = arms.get_mut(*place) {
                assignment.arm = Arm::Control;
            }
        }
    }
    Ok(arms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("C-{i:05}")).collect()
    }

    fn held_out(units: &[Unit<'_>], share: f64, seed: u64) -> Vec<String> {
        let arms = assign(units, share, seed).unwrap();
        let control = units.iter().zip(arms).filter(|(_, a)| a.arm == Arm::Control);
        let mut names: Vec<String> = control.map(|(u, _)| u.key.to_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_order_of_customers_does_not_matter_and_the_seed_does() {
        let names = keys(1_000);
        let mut units: Vec<Unit<'_>> =
            names.iter().enumerate().map(|(i, key)| Unit { key, stratum: i as u32 % 7 }).collect();
        let before = held_out(&units, 0.1, 42);
        units.reverse();
        assert_eq!(before, held_out(&units, 0.1, 42));
        assert_ne!(before, held_out(&units, 0.1, 43));
    }

    #[test]
    fn each_stratum_has_its_share_up_to_rounding() {
        let names = keys(1_003);
        let units: Vec<Unit<'_>> =
            names.iter().enumerate().map(|(i, key)| Unit { key, stratum: u32::from(i >= 500) }).collect();
        let arms = assign(&units, 0.1, 5).unwrap();
        let control =
            |from: usize, to: usize| arms[from..to].iter().filter(|a| a.arm == Arm::Control).count();
        assert_eq!(control(0, 500), 50);
        assert!((50..=51).contains(&control(500, 1_003)));
    }

    #[test]
    fn in_strata_of_three_the_propensity_still_holds_on_average() {
        let names = keys(9_000);
        let units: Vec<Unit<'_>> =
            names.iter().enumerate().map(|(i, key)| Unit { key, stratum: i as u32 / 3 }).collect();
        let share = held_out(&units, 0.1, 11).len() as f64 / 9_000.0;
        assert!((share - 0.1).abs() < 0.01, "{share}");
    }

    #[test]
    fn an_assignment_stays_what_it_was_in_every_version() {
        let names = keys(20);
        let units: Vec<Unit<'_>> = names.iter().map(|key| Unit { key, stratum: 0 }).collect();
        let golden = include_str!("../../tests/golden/assignment_seed_7.txt");
        assert_eq!(held_out(&units, 0.25, 7).join("\n"), golden.trim());
    }

    #[test]
    fn a_share_beyond_one_is_refused() {
        let error = assign(&[], 1.5, 1).unwrap_err().to_string();
        assert_eq!(error, "`control share` is `1.5`; give a number from 0 to 1");
    }
}
