//! Training: which questions a test has, whether it is passed, when it may be taken again, how long a certificate holds.
//!
//! Goes in: a seed, the bank as ids with numbers of answers, positions that were ticked, times. Comes out: the drawn
//! questions, the mark, an instant. Deliberately absent: the words of questions, and chance of its own: the same seed
//! and bank give the same test for good, so that a mark can be checked years later.

use std::collections::{BTreeMap, BTreeSet};

use terms::hash::ContentHash;
use terms::time::{Day, Instant};
use terms::training::{Certificate, Lesson};

/// Questions drawn from each lesson.
pub const EACH: usize = 2;
/// Questions of a test.
pub const QUESTIONS: usize = EACH * Lesson::ALL.len();
/// Percent of the questions that must be right.
pub const PASS_PERCENT: usize = 80;
/// A test left open ends after so many minutes.
pub const MINUTES: i64 = 60;
/// Before a certificate ends, its owner is reminded for so many days.
pub const REMIND_DAYS: i64 = 30;
/// Hours until another try after a first failure, and after further ones in a row.
pub const WAIT_HOURS: [i64; 2] = [1, 24];

/// A question of the bank, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its name, the same in all languages.
    pub id: &'a str,
    /// What it is about.
    pub lesson: Lesson,
    /// Right answers; they come first among its answers.
    pub right: usize,
    /// All answers.
    pub answers: usize,
}

/// A question of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Its name in the bank.
    pub id: String,
    /// What it is about.
    pub lesson: Lesson,
    /// Which answer of the bank stands at each position.
    pub order: Vec<usize>,
    /// Positions of the right ones.
    pub right: BTreeSet<usize>,
}

/// A place in an order that only the seed decides.
fn rank(seed: &str, what: &str, number: usize) -> String {
    let number = number.to_string();
    ContentHash::of([seed.as_bytes(), what.as_bytes(), number.as_bytes()]).to_string()
}

/// The questions of a test, each lesson with [`EACH`], in the order in which they are asked. Fewer only when the bank
/// has fewer, and then nobody can pass.
#[must_use]
pub fn draw(seed: &str, bank: &[Item<'_>]) -> Vec<Drawn> {
    let mut chosen: Vec<&Item<'_>> = Vec::with_capacity(QUESTIONS);
    for lesson in Lesson::ALL {
        let mut of: Vec<&Item<'_>> = bank.iter().filter(|item| item.lesson == *lesson).collect();
        of.sort_by_cached_key(|item| rank(seed, item.id, 0));
        chosen.extend(of.into_iter().take(EACH));
    }
    chosen.sort_by_cached_key(|item| rank(seed, item.id, 1));
    chosen
        .into_iter()
        .map(|item| {
            let mut order: Vec<usize> = (0..item.answers).collect();
            order.sort_by_cached_key(|answer| rank(seed, item.id, answer + 2));
            let right = order.iter().enumerate().filter(|(_, answer)| **answer < item.right);
            let right = right.map(|(position, _)| position).collect();
            Drawn { id: item.id.to_owned(), lesson: item.lesson, order, right }
        })
        .collect()
}

/// The mark of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Questions answered exactly right, by their place in the test.
    pub each: Vec<bool>,
    /// Right answers of each lesson, in the order of [`Lesson::ALL`].
    pub by_lesson: Vec<(Lesson, u32)>,
    /// Whether it is passed.
    pub passed: bool,
}

impl Mark {
    /// Questions answered right.
    #[must_use]
    pub fn right(&self) -> u32 {
        self.by_lesson.iter().map(|(_, right)| right).sum()
    }
}

/// Marks what was ticked. A question is right when exactly the right answers are ticked; one that was left out is wrong.
#[must_use]
pub fn mark(test: &[Drawn], ticked: &BTreeMap<String, BTreeSet<usize>>) -> Mark {
    let each: Vec<bool> =
        test.iter().map(|question| ticked.get(&question.id).is_some_and(|t| *t == question.right)).collect();
    let of = |lesson: Lesson| {
        let right = test.iter().zip(&each).filter(|(question, right)| question.lesson == lesson && **right);
        u32::try_from(right.count()).unwrap_or(u32::MAX)
    };
    let by_lesson: Vec<(Lesson, u32)> = Lesson::ALL.iter().map(|lesson| (*lesson, of(*lesson))).collect();
    let right = each.iter().filter(|right| **right).count();
    let passed = test.len() == QUESTIONS
        && right * 100 >= QUESTIONS * PASS_PERCENT
        && by_lesson.iter().all(|(_, right)| *right >= 1);
    Mark { each, by_lesson, passed }
}

/// When somebody may try again, after so many failures in a row of which the last was at `failed`.
#[must_use]
pub fn next_try(failures: usize, failed: Instant) -> Option<Instant> {
    let [first, later] = WAIT_HOURS;
    match failures {
        0 => None,
        1 => Some(failed.plus_hours(first)),
        _ => Some(failed.plus_hours(later)),
    }
}

/// Until when a certificate holds that is earned at `at`: twelve months, to the same day of the year after (28 February
/// for 29 February).
#[must_use]
pub fn valid_until(at: Instant) -> Instant {
    let date = at.day().to_date();
    let next = date.year() + 1;
    let day = Day::from_ymd(next, date.month(), date.day()).or_else(|| Day::from_ymd(next, date.month(), 28));
    // Only beyond the calendar there is no such day: then a certificate that holds no longer than it was given.
    day.map_or(at, |day| Instant(day.start().0 + (at.0 - at.day().start().0)))
}

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Standing {
    /// Never passed.
    Never,
    /// Certified.
    Valid {
        /// Until when.
        until: Instant,
    },
    /// Certified, and the end is near.
    EndsSoon {
        /// Until when.
        until: Instant,
    },
    /// Was certified.
    Ended {
        /// When it ended.
        at: Instant,
    },
}

impl Standing {
    /// True when somebody may do what needs a certificate.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Valid { .. } | Self::EndsSoon { .. })
    }
}

/// How the owner of these certificates stands now.
#[must_use]
pub fn standing(certificates: &[Certificate], now: Instant) -> Standing {
    let holding = certificates.iter().filter(|certificate| certificate.holds(now));
    if let Some(until) = holding.map(|certificate| certificate.valid_until).max() {
        return if until <= now.plus_days(REMIND_DAYS) {
            Standing::EndsSoon { until }
        } else {
            Standing::Valid { until }
        };
    }
    let past = certificates.iter().map(|certificate| certificate.valid_until).filter(|end| *end <= now).max();
    past.map_or(Standing::Never, |at| Standing::Ended { at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::ids::PersonId;
    use terms::training::TestOrigin;

    fn bank() -> Vec<Item<'static>> {
        const IDS: [[&str; 3]; 9] = [
            ["a0", "a1", "a2"],
            ["b0", "b1", "b2"],
            ["c0", "c1", "c2"],
            ["d0", "d1", "d2"],
            ["e0", "e1", "e2"],
            ["f0", "f1", "f2"],
            ["g0", "g1", "g2"],
            ["h0", "h1", "h2"],
            ["i0", "i1", "i2"],
        ];
        let of = |(lesson, ids): (&Lesson, &[&'static str; 3])| {
            ids.map(|id| Item { id, lesson: *lesson, right: 1 + usize::from(id.ends_with('2')), answers: 4 })
        };
        Lesson::ALL.iter().zip(&IDS).flat_map(of).collect()
    }

    fn all_right(test: &[Drawn]) -> BTreeMap<String, BTreeSet<usize>> {
        test.iter().map(|question| (question.id.clone(), question.right.clone())).collect()
    }

    #[test]
    fn a_test_asks_two_of_each_risk_and_the_same_seed_asks_the_same() {
        let bank = bank();
        let test = draw("s1", &bank);
        assert_eq!(test.len(), QUESTIONS);
        for lesson in Lesson::ALL {
            assert_eq!(test.iter().filter(|question| question.lesson == *lesson).count(), EACH);
        }
        assert_eq!(test, draw("s1", &bank));
        assert_ne!(test, draw("s2", &bank));
        let reversed: Vec<Item<'_>> = bank.iter().rev().cloned().collect();
        assert_eq!(test, draw("s1", &reversed), "the order of the bank does not matter");
    }

    #[test]
    fn over_many_seeds_a_right_answer_stands_at_each_position_alike() {
        let bank = bank();
        let mut at = [0_u32; 4];
        let mut questions = 0_u32;
        for seed in 0..400 {
            for question in draw(&seed.to_string(), &bank).iter().filter(|q| q.right.len() == 1) {
                questions += 1;
                at[*question.right.first().unwrap()] += 1;
            }
        }
        let expected = f64::from(questions) / 4.0;
        let chi2: f64 = at.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
        assert!(chi2 < 16.27, "chi-squared {chi2} of {at:?}, 3 degrees of freedom, p < .001");
    }

    #[test]
    fn four_of_five_right_pass_and_one_less_does_not() {
        let test = draw("s", &bank());
        for (wrong, passed) in [(0, true), (3, true), (4, false)] {
            let mut ticked = all_right(&test);
            let mut spoilt = BTreeSet::new();
            for question in &test {
                // One of a lesson at most, so that no lesson is lost.
                if spoilt.len() < wrong && spoilt.insert(question.lesson) {
                    ticked.remove(&question.id);
                }
            }
            let mark = mark(&test, &ticked);
            assert_eq!((mark.passed, mark.right()), (passed, 18 - u32::try_from(wrong).unwrap()));
        }
    }

    #[test]
    fn a_risk_without_one_right_answer_fails_whoever_has_the_rest() {
        let test = draw("s", &bank());
        let mut ticked = all_right(&test);
        for question in test.iter().filter(|question| question.lesson == Lesson::Privacy) {
            ticked.remove(&question.id);
        }
        let mark = mark(&test, &ticked);
        assert_eq!((mark.right(), mark.passed), (16, false));
    }

    #[test]
    fn one_answer_too_many_or_too_few_is_wrong() {
        let test = draw("s", &bank());
        let mut ticked = all_right(&test);
        let first = &test[0];
        ticked.insert(first.id.clone(), (0..4).collect());
        assert!(!mark(&test, &ticked).each[0]);
        ticked.insert(first.id.clone(), BTreeSet::new());
        assert!(!mark(&test, &ticked).each[0]);
    }

    #[test]
    fn a_test_of_a_bank_that_is_too_small_cannot_be_passed() {
        let few: Vec<Item<'_>> = bank().into_iter().take(5).collect();
        let test = draw("s", &few);
        assert!(!mark(&test, &all_right(&test)).passed);
        assert!(!mark(&[], &BTreeMap::new()).passed);
    }

    #[test]
    fn waiting_grows_after_the_second_failure() {
        let at = Day::from_ymd(2026, 11, 26).unwrap().start();
        assert_eq!(next_try(0, at), None);
        assert_eq!(next_try(1, at), Some(at.plus_hours(1)));
        assert_eq!(next_try(5, at), Some(at.plus_hours(24)));
    }

    #[test]
    fn a_certificate_holds_for_a_year_by_the_calendar() {
        let at = |y, m, d| Day::from_ymd(y, m, d).unwrap().start().plus_hours(15);
        assert_eq!(valid_until(at(2026, 11, 26)), at(2027, 11, 26));
        assert_eq!(valid_until(at(2028, 2, 29)), at(2029, 2, 28));
    }

    #[test]
    fn standing_names_the_end_and_reminds_before_it() {
        let now = Day::from_ymd(2026, 11, 26).unwrap().start();
        let from = |days: i64| Certificate {
            id: 1,
            test: 1,
            person: PersonId(1),
            issued_at: now.plus_days(days),
            valid_until: now.plus_days(days + 365),
            origin: TestOrigin::Person,
        };
        assert_eq!(standing(&[], now), Standing::Never);
        assert_eq!(standing(&[from(-10)], now), Standing::Valid { until: now.plus_days(355) });
        assert_eq!(standing(&[from(-340)], now), Standing::EndsSoon { until: now.plus_days(25) });
        assert_eq!(standing(&[from(-365)], now), Standing::Ended { at: now });
        assert!(!standing(&[from(1)], now).holds(), "not before it was issued");
        assert_eq!(standing(&[from(-340), from(-10)], now), Standing::Valid { until: now.plus_days(355) });
    }
}
