//! The library as it is: whole in both languages, true of the guard, and no easier to guess than it should be.

use super::*;
use std::collections::BTreeSet;
use terms::customer::Language;
use terms::training::Lesson;

fn library() -> &'static Library {
    Library::get().unwrap()
}

#[test]
fn there_is_a_lesson_for_each_risk_with_every_part_in_both_languages() {
    let lessons: Vec<Lesson> = library().chapters.iter().map(|chapter| chapter.lesson).collect();
    assert_eq!(lessons, Lesson::ALL);
    for chapter in &library().chapters {
        let [en, es] = [Language::English, Language::Spanish].map(|language| chapter.text(language));
        for text in [en, es] {
            let parts = [&text.wrong, &text.law, &text.candor, &text.you];
            assert!(parts.iter().all(|part| part.split_whitespace().count() >= 40), "{}", text.title);
            let words: usize = parts.iter().map(|part| part.split_whitespace().count()).sum();
            assert!((350..=900).contains(&words), "{}: {words} words", text.title);
            assert!(text.checklist.len() >= 4 && text.sources.len() >= 2, "{}", text.title);
        }
        assert_eq!(en.checklist.len(), es.checklist.len(), "{}", en.title);
        assert_eq!(en.sources.len(), es.sources.len(), "{}", en.title);
        assert_ne!(en.wrong, es.wrong);
        for [en, es] in [[&en.wrong, &es.wrong], [&en.law, &es.law], [&en.candor, &es.candor]] {
            assert_eq!(en.split("\n\n").count(), es.split("\n\n").count(), "paragraphs of {en}");
        }
    }
}

#[test]
fn every_example_is_found_by_the_rule_it_names_and_its_better_words_are_not() {
    let mut wrong = Vec::new();
    for chapter in &library().chapters {
        assert!(!chapter.examples.is_empty());
        for (example, language) in
            chapter.examples.iter().flat_map(|example| Language::ALL.iter().map(move |l| (example, *l)))
        {
            assert_eq!(Lesson::of_rule(&example.finds), chapter.lesson, "{}", example.finds);
            let shown = lesson::judge(example, language).unwrap();
            let rules = |verdict: &Verdict| -> Vec<String> {
                verdict.findings.iter().filter(|finding| finding.blocks).map(|f| f.rule.clone()).collect()
            };
            let (bad, good) = (rules(&shown.bad), rules(&shown.good));
            if !bad.contains(&example.finds) || !good.is_empty() || shown.good.held || !shown.bad.held {
                wrong.push(format!("{} {language}: bad {bad:?}, good {good:?}", example.finds));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rule_of_the_book_has_its_lesson_named_where_it_is_explained() {
    for rule in crate::guarding::rulebook() {
        assert!(library().chapter(Lesson::of_rule(rule.id)).is_ok(), "{}", rule.id);
    }
}

#[test]
fn the_bank_has_twelve_questions_for_each_lesson_each_whole_in_both_languages_and_named_once() {
    let mut names = BTreeSet::new();
    for chapter in &library().chapters {
        assert!(chapter.questions.len() >= 12, "{}", chapter.lesson);
        let several = chapter.questions.iter().filter(|question| question.several()).count();
        assert!(several >= 1 && several < chapter.questions.len(), "both kinds: {}", chapter.lesson);
        for question in &chapter.questions {
            assert!(names.insert(&question.id), "{} stands twice", question.id);
            assert!(question.id.starts_with(chapter.lesson.as_str()), "{}", question.id);
            assert!(!question.right.is_empty() && !question.wrong.is_empty(), "{}", question.id);
            assert!(question.right.len() + question.wrong.len() >= 4, "{}", question.id);
            for language in Language::ALL {
                let answers: Vec<&str> =
                    question.right.iter().chain(&question.wrong).map(|answer| answer.of(*language)).collect();
                let distinct: BTreeSet<&&str> = answers.iter().collect();
                assert_eq!(distinct.len(), answers.len(), "{}", question.id);
                let other = [question.ask.of(*language), question.why.of(*language)];
                let mut texts = answers.iter().chain(&other);
                assert!(texts.all(|text| !text.trim().is_empty()), "{}", question.id);
            }
            assert_ne!(question.ask.en, question.ask.es, "{}", question.id);
            assert_ne!(question.why.en, question.why.es, "{}", question.id);
        }
    }
}

#[test]
fn the_longest_answer_is_not_the_right_one_more_often_than_it_gives_away() {
    for language in Language::ALL {
        let single: Vec<&Question> = library()
            .chapters
            .iter()
            .flat_map(|c| &c.questions)
            .filter(|question| !question.several())
            .collect();
        let longest = single.iter().filter(|question| {
            let length = |answer: &Both| answer.of(*language).chars().count();
            let right = question.right.iter().map(length).max().unwrap();
            question.wrong.iter().map(length).all(|wrong| wrong < right)
        });
        let (longest, all) = (longest.count(), single.len());
        assert!(longest * 100 <= all * 40, "{language}: the longest is right in {longest} of {all}");
    }
}

#[test]
fn whoever_always_ticks_the_first_or_the_longest_answer_does_not_pass() {
    let items = library().items();
    let mut passed = [0; 2];
    for seed in 0..300 {
        let test = policy::training::draw(&format!("guess {seed}"), &items);
        let first: Ticked = test.iter().map(|q| (q.id.clone(), BTreeSet::from([0]))).collect();
        let longest: Ticked = test
            .iter()
            .map(|drawn| {
                let question = library().question(&drawn.id).unwrap();
                let length = |position: &usize| question.answer(drawn.order[*position]).unwrap().en.len();
                let at = (0..drawn.order.len()).max_by_key(length).unwrap();
                (drawn.id.clone(), BTreeSet::from([at]))
            })
            .collect();
        for (count, ticked) in passed.iter_mut().zip([first, longest]) {
            *count += i32::from(policy::training::mark(&test, &ticked).passed);
        }
    }
    assert_eq!(passed, [0, 0], "of 300 tests");
}
