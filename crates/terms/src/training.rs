//! What people who work with Candor learn and are asked: nine risks, a test drawn from a bank, a certificate that ends.

use crate::ids::PersonId;
use crate::text_enum::text_enum;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

text_enum! {
    /// A risk of marketing with AI, and the lesson about it.
    "lesson" Lesson {
        /// False urgency, fake scarcity, exploited emotion.
        Manipulation = "manipulation",
        /// Data used for what nobody agreed to.
        Privacy = "privacy",
        /// Groups favoured, exploited or left out.
        Targeting = "targeting",
        /// More said of somebody than helps them.
        Personalisation = "personalisation",
        /// Nobody answers for it.
        Accountability = "accountability",
        /// Machines without supervision, gain today that costs more later.
        Oversight = "oversight",
        /// Claims without proof.
        Claims = "claims",
        /// Rights and duties with their clocks.
        Law = "law",
        /// Statements that nobody knows to be true.
        Hallucination = "hallucination",
    }
}

impl Lesson {
    /// The lesson that says why a rule of the guard holds something back. Rules of the brand are answered for by those
    /// who wrote them, and read under [`Lesson::Accountability`].
    #[must_use]
    pub fn of_rule(rule: &str) -> Self {
        match rule {
            // A subject, an award or a right that is not what it seems breaks the law before it presses.
            "M9" | "M11" | "C9" | "D2" => Self::Law,
            "M2" | "M6" => Self::Oversight,
            "V2" | "V3" | "D4" => Self::Targeting,
            "P2" | "P4" => Self::Personalisation,
            _ => match rule.bytes().next() {
                Some(b'M' | b'V' | b'L') => Self::Manipulation,
                Some(b'P') => Self::Privacy,
                Some(b'X') => Self::Oversight,
                Some(b'C') => Self::Claims,
                Some(b'F') => Self::Hallucination,
                _ => Self::Accountability,
            },
        }
    }
}

text_enum! {
    /// Who answered a test.
    "origin of a test" TestOrigin {
        /// A person, on its page.
        Person = "person",
        /// The demo's set-up, from the bank: it shows the way and proves no knowledge.
        Demo = "demo",
    }
}

/// A test that somebody began. Its questions follow from the seed and the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Number.
    pub id: i64,
    /// Who.
    pub person: PersonId,
    /// What the questions and the order of their answers are drawn by.
    pub seed: String,
    /// Hash of the bank they are drawn from.
    pub bank: String,
    /// Who answers.
    pub origin: TestOrigin,
    /// When it began.
    pub begun_at: Instant,
    /// Until when it may be handed in.
    pub ends_at: Instant,
}

/// What came of a test that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test.
    pub test: i64,
    /// When it was handed in.
    pub at: Instant,
    /// Questions answered right.
    pub right: u32,
    /// Questions.
    pub asked: u32,
    /// Right answers of each lesson.
    pub by_lesson: Vec<(Lesson, u32)>,
    /// Whether it was passed.
    pub passed: bool,
    /// Positions ticked, for each question that was answered.
    pub answers: Vec<(String, Vec<usize>)>,
}

/// Proof that somebody passed, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Number.
    pub id: i64,
    /// The test it was earned by.
    pub test: i64,
    /// Whose.
    pub person: PersonId,
    /// From when.
    pub issued_at: Instant,
    /// It holds before this instant.
    pub valid_until: Instant,
    /// Who answered the test.
    pub origin: TestOrigin,
}

impl Certificate {
    /// True when it holds at a time.
    #[must_use]
    pub fn holds(&self, at: Instant) -> bool {
        self.issued_at <= at && at < self.valid_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_of_rules_leads_to_a_lesson_and_every_lesson_has_a_rule() {
        let rules = ["M1", "P1", "V2", "P2", "D1", "X1", "C1", "C9", "F1"];
        let lessons: Vec<Lesson> = rules.iter().map(|rule| Lesson::of_rule(rule)).collect();
        assert_eq!(lessons, Lesson::ALL);
        assert_eq!(Lesson::of_rule("B-name"), Lesson::Accountability);
        assert_eq!(Lesson::of_rule("L1"), Lesson::Manipulation);
    }

    #[test]
    fn a_certificate_holds_from_its_first_instant_and_not_at_its_last() {
        let certificate = Certificate {
            id: 1,
            test: 1,
            person: PersonId(1),
            issued_at: Instant(10),
            valid_until: Instant(20),
            origin: TestOrigin::Person,
        };
        let holds: Vec<bool> = [9, 10, 19, 20].iter().map(|at| certificate.holds(Instant(*at))).collect();
        assert_eq!(holds, [false, true, true, false]);
    }
}
