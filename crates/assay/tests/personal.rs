//! Taggers of personal data: the shipped file comes out of training again, and spans are counted as published.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use assay::personal::{Document, Mark, Recipe, figures, folds_of, hash_of, read_documents, train_tagger};
use guard::personal::{Personal, Tagger, shipped_taggers};
use std::path::Path;

fn document(text: &str, marks: &[(&str, usize, usize)]) -> Document {
    let mark = |(label, start, end): &(&str, usize, usize)| Mark {
        label: (*label).to_owned(),
        start: *start,
        end: *end,
    };
    Document { group: text.to_owned(), text: text.to_owned(), marks: marks.iter().map(mark).collect() }
}

fn found(label: &str, start: usize, end: usize) -> Personal {
    Personal { label: label.to_owned(), start, end, sure: false }
}

#[test]
fn spans_count_by_overlap_whatever_their_type_and_several_finds_of_one_mark_count_once() {
    // Marked "Ana Pérez Gil" as a name; found in two parts of two types, and something that is nothing.
    let text = "Ask Ana Pérez Gil about trains today";
    let documents = [document(text, &[("PERSON", 4, 18)])];
    let counted = figures(
        &documents,
        &[vec![found("PERSON", 4, 14), found("ORGANIZATION", 15, 18), found("LOCATION", 25, 31)]],
    );
    assert!((counted.recall - 1.0).abs() < 1e-9, "{counted:?}");
    assert!((counted.precision - 0.5).abs() < 1e-9, "{counted:?}");
    assert!((counted.f2 - 5.0 * 0.5 / (4.0 * 0.5 + 1.0)).abs() < 1e-9);
    assert_eq!(counted.strict.right, 0);
    // Ten of fourteen bytes are more than .7 of the mark.
    assert_eq!(counted.types["name"].right, 1);
}

#[test]
fn spans_of_one_type_with_only_empty_words_between_are_one() {
    let documents =
        [document("They are Ana, Eva and Leo", &[("PERSON", 9, 12), ("PERSON", 14, 17), ("PERSON", 22, 25)])];
    let counted = figures(&documents, &[vec![found("PERSON", 9, 25)]]);
    assert_eq!((counted.types["name"].marked, counted.types["name"].right), (1, 1));
    let half = figures(&documents, &[vec![found("PERSON", 9, 12)]]);
    assert_eq!(half.types["name"].right, 0);
}

#[test]
fn texts_of_one_template_are_never_in_two_folds() {
    let mut documents: Vec<Document> = (0..40).map(|at| document(&format!("text {at}"), &[])).collect();
    for (at, document) in documents.iter_mut().enumerate() {
        document.group = format!("{}", at % 13);
    }
    let folds = folds_of(&documents, 5);
    for (a, fold) in documents.iter().zip(&folds) {
        assert!(documents.iter().zip(&folds).all(|(b, other)| a.group != b.group || fold == other));
    }
    assert!((0..5).all(|fold| folds.contains(&fold)));
}

#[test]
fn training_again_gives_the_shipped_english_tagger() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/presidio_synth/synth_dataset_v2.json.gz");
    if !path.exists() {
        eprintln!("skipped: `{}` is not there", path.display());
        return;
    }
    let documents = read_documents(&path).unwrap();
    let [english, _] = shipped_taggers();
    assert_eq!(Tagger::read(english).unwrap().origin.source, hash_of(&documents));
    let again = train_tagger(&documents.iter().collect::<Vec<_>>(), "en", Recipe::default());
    assert!(
        again == english,
        "run `measure guard pii train FILE --language en --out crates/guard/cues/names.en.tagger`"
    );
}
