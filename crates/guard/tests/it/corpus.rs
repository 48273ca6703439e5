//! The labelled sentences of `corpus/`, read with an empty fact sheet: what the rules hold of honest copy.

use crate::desk;
use terms::customer::Language;
use terms::finding::GuardReport;
use terms::message::Field;

pub(crate) const CORPUS: [(Language, &str); 2] = [
    (Language::English, include_str!("../../corpus/en.tsv")),
    (Language::Spanish, include_str!("../../corpus/es.tsv")),
];
/// Of honest sentences without any fact, rules that need none may hold back this share. The goal for honest copy with
/// its facts is .01; look-alikes written to trip a detector, and without their facts, are harder.
const HONEST_HELD: f64 = 0.04;

pub(crate) struct Line<'t> {
    pub(crate) held: bool,
    pub(crate) honest: bool,
    /// Honest, and written to look as if it were not.
    pub(crate) look_alike: bool,
    pub(crate) field: Field,
    pub(crate) sentence: &'t str,
}

pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let line = |line| match str::split(line, '\t').collect::<Vec<_>>().as_slice() {
        [_, _, split, label, _, near, place, _, sentence] => Some(Line {
            held: *split == "held",
            honest: *label == "none",
            look_alike: *label == "none" && !near.is_empty(),
            field: match *place {
                "subject" => Field::Subject,
                "preheader" => Field::Preheader,
                "button" => Field::Button,
                _ => Field::Body,
            },
            sentence,
        }),
        _ => None,
    };
    text.lines().skip(1).filter_map(line).collect()
}

/// True when a rule other than those of facts stops the sentence; with an empty sheet every price is unknown.
pub(crate) fn is_held_back(report: &GuardReport) -> bool {
    report.findings.iter().any(|f| f.blocks && f.span.end > f.span.start && !f.rule.starts_with('F'))
}

#[test]
fn honest_sentences_set_aside_are_rarely_held_back() {
    for (language, text) in CORPUS {
        let mut counts = [[0u32; 2]; 2];
        for line in lines(text).iter().filter(|line| line.held) {
            let report = desk::read(Vec::new(), language, line.field, line.sentence);
            let [held, all] = &mut counts[usize::from(line.honest)];
            *held += u32::from(is_held_back(&report));
            *all += 1;
        }
        let share = |[held, all]: [u32; 2]| f64::from(held) / f64::from(all);
        eprintln!("{language}: honest held back {:?}, dishonest {:?}", counts[1], counts[0]);
        assert!(counts[1][1] > 150 && counts[0][1] > 150, "{language}: {counts:?}");
        assert!(share(counts[1]) <= HONEST_HELD, "{language}: {counts:?}");
    }
}
