//! Fatigue against hand-computed numbers and against a planted curve.

use super::*;

/// A small generator of its own, so that the planted world does not depend on the code under test.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Gamma with shape 2 and mean 1: half the sum of two exponentials.
    fn factor(&mut self) -> f64 {
        -((1.0 - self.next()).ln() + (1.0 - self.next()).ln()) / 2.0
    }
}

const PLANTED: [f64; MOST] = [0.004, 0.006, 0.009, 0.014, 0.02, 0.03, 0.045, 0.06];

/// Persons with up to 40 messages each, who go on after a harm, as people do who complain and stay.
fn world(persons: usize, seed: u64) -> (Vec<f64>, Vec<Vec<(usize, bool)>>) {
    let mut dice = Dice(seed);
    (0..persons)
        .map(|_| {
            let factor = dice.factor();
            let messages = (dice.next() * 40.0) as usize;
            let history = (0..messages)
                .map(|_| {
                    let nth = 1 + (dice.next() * MOST as f64) as usize;
                    let hazard = factor * PLANTED[place(nth)];
                    (nth, dice.next() < 1.0 - (-hazard).exp())
                })
                .collect();
            (factor, history)
        })
        .unzip()
}

#[test]
fn pooling_gives_the_never_falling_fit() {
    let sizes = [10.0; MOST];
    let fit = isotonic(&[1.0, 3.0, 2.0, 2.0, 5.0, 4.0, 6.0, 9.0], &sizes);
    let third = 7.0 / 30.0;
    let expected = [0.1, third, third, third, 0.45, 0.45, 0.6, 0.9];
    assert!(fit.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{fit:?}");
}

#[test]
fn where_nothing_was_seen_the_last_share_goes_on() {
    let fit =
        isotonic(&[1.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0], &[10.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert!((fit[1] - 0.1).abs() < 1e-12 && (fit[7] - 0.4).abs() < 1e-12, "{fit:?}");
}

#[test]
fn a_person_is_pulled_from_everybody_towards_their_own_history_by_hand() {
    // Shape 2, hazard .1, ten messages, three of them with harm: exposure .85, so the factor is gamma(5, 2.85).
    let model = FatigueModel { curve: [0.1; MOST], hazards: [0.1; MOST], shape: 2.0, messages: 1_000 };
    let history: Vec<(usize, bool)> = (0..10).map(|at| (1, at < 3)).collect();
    let risk = model.risk(&history, 4, 0.9);
    assert!((risk.value - (1.0 - (2.85_f64 / 2.95).powi(5))).abs() < 1e-12, "{risk:?}");
    // Its quantiles from the printed chi-squared table with 10 degrees: 3.940 and 18.307, over 2 times 2.85.
    let at = |factor: f64| 1.0 - (-factor * 0.1).exp();
    assert!((risk.interval.low - at(3.940 / 5.7)).abs() < 2e-5, "{risk:?}");
    assert!((risk.interval.high - at(18.307 / 5.7)).abs() < 2e-5, "{risk:?}");
    // Nobody's history: everybody's risk.
    let hazards = [hazard(0.1, 2.0); MOST];
    let model = FatigueModel { hazards, ..model };
    assert!((model.risk(&[], 1, 0.9).value - 0.1).abs() < 1e-12);
}

#[test]
fn a_planted_curve_and_the_spread_of_persons_are_recovered() {
    let (_, histories) = world(20_000, 7);
    let model = FatigueModel::fit(&histories).unwrap();
    for (nth, (found, planted)) in model.curve().iter().zip(PLANTED).enumerate() {
        assert!((found / planted - 1.0).abs() < 0.12, "message {}: {found} for {planted}", nth + 1);
    }
    assert!((1.5..2.7).contains(&model.shape()), "planted 2, found {}", model.shape());
}

#[test]
fn shrunken_risks_are_nearer_to_the_truth_than_everybodys_and_than_the_persons_own_share() {
    let (factors, histories) = world(20_000, 11);
    let model = FatigueModel::fit(&histories).unwrap();
    let (mut shrunken, mut pooled, mut own, mut covered) = (0.0, 0.0, 0.0, 0.0);
    for (factor, history) in factors.iter().zip(&histories) {
        let truth = 1.0 - (-factor * PLANTED[3]).exp();
        let risk = model.risk(history, 4, 0.9);
        let Exposure { expected, harms } = model.exposure(history);
        let raw = if expected > 0.0 { harms / expected * PLANTED[3] } else { PLANTED[3] };
        shrunken += (risk.value - truth).powi(2);
        pooled += (PLANTED[3] - truth).powi(2);
        own += (raw - truth).powi(2);
        covered += f64::from(u8::from(risk.interval.low <= truth && truth <= risk.interval.high));
    }
    assert!(shrunken < 0.9 * pooled && shrunken < 0.5 * own, "{shrunken} {pooled} {own}");
    let content = covered / factors.len() as f64;
    assert!((0.87..0.93).contains(&content), "intervals of 90 % hold {content}");
}

#[test]
fn too_little_gives_no_curve() {
    let quiet: Vec<Vec<(usize, bool)>> = (0..10_000).map(|_| vec![(1, false)]).collect();
    assert_eq!(FatigueModel::fit(&quiet), None);
    assert_eq!(FatigueModel::fit(&[vec![(1, true); 20]]), None);
}
