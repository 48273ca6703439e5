//! Made-up training for the tests of its pages. Names and texts are hostile on purpose.

use crate::samples::HOSTILE;
use flow::training::{
    Answered, CertificateView, ExamView, ExampleView, HeldBefore, LessonLine, LessonView, Marked,
    PersonProgress, QuestionView, ResultView, Standing, TeamView, TrainingView, Verdict,
};
use terms::customer::Language;
use terms::ids::{CampaignId, PersonId};
use terms::person::Role;
use terms::time::{Day, Instant};
use terms::training::{Certificate, Lesson, TestOrigin};

fn at(days: i64) -> Instant {
    Day(20_700).start().plus_days(days)
}

fn earned(origin: TestOrigin) -> Certificate {
    Certificate { id: 4, test: 9, person: PersonId(2), issued_at: at(-340), valid_until: at(25), origin }
}

/// The page of training.
pub(crate) fn training() -> TrainingView {
    let line = |(place, lesson): (usize, &Lesson)| LessonLine {
        lesson: *lesson,
        title: HOSTILE.into(),
        lead: HOSTILE.into(),
        minutes: 4,
        read_at: (place % 2 == 0).then(|| at(-1)),
        right: u32::try_from(place % 4).ok().filter(|right| *right < 3),
    };
    TrainingView {
        standing: Standing::EndsSoon { until: at(25) },
        needed: true,
        lessons: Lesson::ALL.iter().enumerate().map(line).collect(),
        open_until: None,
        next_try: Some(at(1)),
        last_test: Some(9),
        certificates: vec![earned(TestOrigin::Demo), earned(TestOrigin::Person)],
    }
}

/// A lesson.
pub(crate) fn lesson() -> LessonView {
    let texts = || vec![HOSTILE.to_owned(), HOSTILE.to_owned()];
    let verdict = |held: bool| Verdict {
        text: HOSTILE.into(),
        held,
        findings: if held { crate::samples_guard::found() } else { Vec::new() },
    };
    LessonView {
        lesson: Lesson::Manipulation,
        title: HOSTILE.into(),
        lead: HOSTILE.into(),
        wrong: texts(),
        law: texts(),
        candor: texts(),
        you: texts(),
        checklist: texts(),
        sources: texts(),
        examples: vec![ExampleView { facts: texts(), bad: verdict(true), good: verdict(false) }],
        held: vec![HeldBefore {
            campaign: CampaignId(3),
            name: HOSTILE.into(),
            language: Language::Spanish,
            at: at(-3),
            rule: "M3".into(),
            quote: HOSTILE.into(),
        }],
        read_at: None,
        next: Some(Lesson::Privacy),
    }
}

/// An open test.
pub(crate) fn exam() -> ExamView {
    let question = |id: &str, several| QuestionView {
        id: id.into(),
        ask: HOSTILE.into(),
        answers: vec![HOSTILE.into(), "two".into(), "three".into()],
        several,
    };
    ExamView { test: 9, ends_at: at(0), questions: vec![question("a", false), question("b", true)] }
}

/// A test that was not passed.
pub(crate) fn result() -> ResultView {
    let answer = |right, ticked| Answered { text: HOSTILE.into(), right, ticked };
    let marked = |right| Marked {
        lesson: Lesson::Law,
        ask: HOSTILE.into(),
        answers: vec![answer(true, right), answer(false, !right)],
        right,
        why: HOSTILE.into(),
    };
    ResultView {
        test: 9,
        at: at(0),
        passed: false,
        right: 1,
        asked: 18,
        by_lesson: Lesson::ALL.iter().map(|lesson| (*lesson, u32::from(*lesson == Lesson::Law))).collect(),
        certificate: Some(4),
        next_try: Some(at(1)),
        questions: vec![marked(true), marked(false)],
    }
}

/// A certificate.
pub(crate) fn certificate() -> CertificateView {
    CertificateView {
        certificate: earned(TestOrigin::Demo),
        name: HOSTILE.into(),
        role: Role::Approver,
        brand: HOSTILE.into(),
        mark: (17, 18),
        holds: false,
    }
}

/// Everybody.
pub(crate) fn team() -> TeamView {
    let somebody = |role, standing| PersonProgress {
        person: PersonId(2),
        name: HOSTILE.into(),
        role,
        needed: flow::training::needs_certificate(role),
        standing,
        certificate: Some(earned(TestOrigin::Demo)),
        lessons: Lesson::ALL.iter().map(|lesson| (*lesson, true, Some(1))).collect(),
        tests: 2,
        passed: 1,
    };
    TeamView {
        people: vec![
            somebody(Role::Approver, Standing::Ended { at: at(-1) }),
            somebody(Role::Marketer, Standing::Never),
        ],
        needed: 1,
        certified: 0,
        now: at(0),
    }
}
