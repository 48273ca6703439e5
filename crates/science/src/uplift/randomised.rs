//! The proof that chance decided who was treated, without which nothing is called uplift.
//!
//! Goes in: the recorded assignment of an experiment, or the result of a balance test. Comes out: a [`Randomised`],
//! which cannot be made in any other way and which every learner asks for, or [`NotRandomised`] with its reason.

use super::balance::Balance;
use super::covariate::Covariate;
use crate::error::ScienceError;
use crate::experiment::assign::Assignment;
use terms::experiment::Arm;

/// What a proof rests on.
#[derive(Debug, Clone, PartialEq)]
pub enum Ground {
    /// The assignment was recorded with its propensities when it was drawn.
    Recorded,
    /// No record; the covariates do not tell the arms apart.
    Balanced(Balance),
}

/// Proof that the treatment was assigned at random, with each row's probability of treatment.
#[derive(Debug, Clone, PartialEq)]
pub struct Randomised {
    ground: Ground,
    propensity: Vec<f64>,
}

/// Why a difference between arms is not called uplift.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("not uplift: {why}")]
pub struct NotRandomised {
    /// The reason with its evidence, in a sentence.
    pub why: String,
}

impl Randomised {
    /// The proof from a recorded assignment, one entry a row.
    ///
    /// # Errors
    /// When somebody could not have been treated or not have been held out, or when the arms are not of the sizes that
    /// the propensities promise (beyond five standard deviations): the record is then of another assignment.
    pub fn recorded(assignments: &[Assignment]) -> Result<Self, NotRandomised> {
        let refuse = |why: String| Err(NotRandomised { why });
        if assignments.is_empty() {
            return refuse(
                "there is no recorded assignment; measure on an experiment with a control group".into(),
            );
        }
        let (mut expected, mut variance, mut observed) = (0.0, 0.0, 0.0);
        for (row, assignment) in assignments.iter().enumerate() {
            let p = 1.0 - assignment.control_propensity;
            if !(p > 0.0 && p < 1.0) {
                return refuse(format!(
                    "row {} was treated with probability {p}, so nothing says what would have happened otherwise; \
                     leave such customers out",
                    row + 1
                ));
            }
            expected += p;
            variance += p * (1.0 - p);
            observed += f64::from(u8::from(assignment.arm == Arm::Treated));
        }
        if (observed - expected).abs() > 5.0 * variance.sqrt() + 1.0 {
            return refuse(format!(
                "{observed} of {} were treated where the recorded propensities promise about {expected:.0}; check \
                 that the record belongs to this campaign",
                assignments.len()
            ));
        }
        let propensity = assignments.iter().map(|a| 1.0 - a.control_propensity).collect();
        Ok(Self { ground: Ground::Recorded, propensity })
    }

    /// The proof from a balance test, for data without a record; the propensity is then the treated share.
    ///
    /// # Errors
    /// When the covariates tell the arms apart beyond chance.
    pub fn balanced(balance: Balance) -> Result<Self, NotRandomised> {
        if !balance.is_balanced() {
            return Err(NotRandomised { why: balance.sentence() });
        }
        let n = balance.treated + balance.control;
        let share = balance.treated as f64 / n.max(1) as f64;
        if !(share > 0.0 && share < 1.0) {
            return Err(NotRandomised { why: "one of the two arms has no rows".to_owned() });
        }
        Ok(Self { ground: Ground::Balanced(balance), propensity: vec![share; n as usize] })
    }

    /// What the proof rests on.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }

    /// A row's probability of treatment, above 0 and below 1.
    #[must_use]
    pub fn propensity(&self, row: usize) -> Option<f64> {
        self.propensity.get(row).copied()
    }

    #[cfg(test)]
    pub(crate) fn for_tests(treated: &[bool]) -> Self {
        Self { ground: Ground::Recorded, propensity: vec![0.5; treated.len()] }
    }
}

/// A randomised experiment: covariates from before, arms, outcomes, and the proof.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    proof: &'a Randomised,
    covariates: &'a [Covariate],
    treated: &'a [bool],
    outcome: &'a [f64],
}

impl<'a> Sample<'a> {
    /// Puts an experiment together.
    ///
    /// # Errors
    /// When the parts are of different lengths, an outcome is not a number, or an arm has fewer than 2 rows.
    pub fn new(
        proof: &'a Randomised,
        covariates: &'a [Covariate],
        treated: &'a [bool],
        outcome: &'a [f64],
    ) -> Result<Self, ScienceError> {
        let n = treated.len();
        let covered = covariates.iter().map(Covariate::len).chain([outcome.len(), proof.propensity.len()]);
        if let Some(short) = covered.into_iter().find(|len| *len != n) {
            return Err(ScienceError::OutOfRange {
                name: "rows of a part of the experiment",
                value: short as f64,
                range: "equal for arms, outcomes, covariates and propensities",
            });
        }
        if let Some(bad) = outcome.iter().find(|y| !y.is_finite()) {
            return Err(ScienceError::OutOfRange { name: "outcome", value: *bad, range: "that is finite" });
        }
        let smaller = treated.iter().filter(|t| **t).count().min(treated.iter().filter(|t| !**t).count());
        if smaller < 2 {
            return Err(ScienceError::TooFew { what: "the smaller arm", n: smaller as u64, needed: 2 });
        }
        Ok(Self { proof, covariates, treated, outcome })
    }

    /// The proof of randomisation.
    #[must_use]
    pub const fn proof(&self) -> &'a Randomised {
        self.proof
    }

    /// Columns from before the treatment.
    #[must_use]
    pub const fn covariates(&self) -> &'a [Covariate] {
        self.covariates
    }

    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.treated.len()
    }

    /// True without rows; a sample always has some.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.treated.is_empty()
    }

    /// Whether a row was treated, and its outcome.
    #[must_use]
    pub fn observed(&self, row: usize) -> Option<(bool, f64)> {
        Some((*self.treated.get(row)?, *self.outcome.get(row)?))
    }

    /// Whether every outcome is 0 or 1.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.outcome.iter().all(|y| *y == 0.0 || *y == 1.0)
    }

    /// Treated minus propensity, treated and outcome of rows, in their order.
    pub(super) fn centred(&self, rows: &[usize]) -> Vec<(f64, bool, f64)> {
        let of = |row: &usize| {
            let (treated, outcome) = self.observed(*row)?;
            let e = self.proof.propensity(*row)?;
            Some((f64::from(u8::from(treated)) - e, treated, outcome))
        };
        rows.iter().filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignments(treated: usize, control: usize, control_propensity: f64) -> Vec<Assignment> {
        let arm = |place| if place < treated { Arm::Treated } else { Arm::Control };
        (0..treated + control).map(|place| Assignment { arm: arm(place), control_propensity }).collect()
    }

    #[test]
    fn a_recorded_assignment_is_a_proof_with_its_propensities() {
        let proof = Randomised::recorded(&assignments(90, 10, 0.1)).unwrap();
        assert_eq!((proof.propensity(3), proof.ground()), (Some(0.9), &Ground::Recorded));
    }

    #[test]
    fn a_record_of_another_assignment_is_refused() {
        let error = Randomised::recorded(&assignments(200, 200, 0.1)).unwrap_err().to_string();
        assert!(error.starts_with("not uplift: 200 of 400 were treated where"), "{error}");
    }

    #[test]
    fn somebody_who_could_not_be_held_out_is_refused() {
        let error = Randomised::recorded(&assignments(5, 0, 0.0)).unwrap_err().to_string();
        assert!(error.contains("row 1 was treated with probability 1"), "{error}");
    }
}
