//! Training of the guard's cues: the shipped files come out again, byte for byte, and nothing set aside goes in.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use assay::cues::{
    SEED, SHIPPED_DARK, SNIPPETS_SEED, Share, cross_validate, read_snippets, test, train_dark, train_orders,
    train_rules,
};
use guard::cues::{CueModel, shipped};
use std::path::{Path, PathBuf};

const CORPUS: [(&str, &str, &str); 2] = [
    ("en", include_str!("../../guard/corpus/en.tsv"), include_str!("../../guard/corpus/fields.en.tsv")),
    ("es", include_str!("../../guard/corpus/es.tsv"), include_str!("../../guard/corpus/fields.es.tsv")),
];

#[test]
fn training_again_gives_the_shipped_files() {
    for ((language, corpus, fields), [any, families, orders]) in CORPUS.into_iter().zip(shipped()) {
        let ([whether, which], rules) = train_rules(language, corpus, SEED).unwrap();
        let (order, of_orders) = train_orders(language, fields, corpus, SEED).unwrap();
        assert!(
            whether == any && which == families && order == orders,
            "{language}: run `measure guard cues train --out crates/guard/cues`"
        );
        for (figures, most) in [(rules, 0.015), (of_orders, 0.03)] {
            let share = |share: Share| share.hits as f64 / share.n as f64;
            assert!(share(figures.honest_shown) <= most, "{language}: {figures:?}");
            assert!(share(figures.found) > 5.0 * share(figures.honest_shown), "{language}: {figures:?}");
        }
    }
}

#[test]
fn sentences_set_aside_change_nothing_and_others_do() {
    let (language, corpus, fields) = CORPUS[0];
    let kept = |text: &str| -> Vec<String> {
        let train = |line: &&str| !line.contains("\theld\t") && !line.contains("\tdev\t");
        text.lines().filter(train).map(str::to_owned).collect()
    };
    let (sentences, places) = (kept(corpus), kept(fields));
    let [[any, families, orders], _] = shipped();
    let ([whether, which], _) = train_rules(language, &sentences.join("\n"), SEED).unwrap();
    assert!(whether == any && which == families, "a part set aside went into the training");
    let (order, _) =
        train_orders(language, &format!("{}\n", places.join("\n")), &sentences.join("\n"), SEED).unwrap();
    assert!(order == orders, "a part set aside went into the training");
    let (fewer, _) = train_rules(language, &sentences[..sentences.len() - 1].join("\n"), SEED).unwrap();
    assert!(fewer[0] != any);
}

/// Snippets of web pages that lie beside the project.
fn snippets() -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ec_darkpattern/dataset.tsv.gz");
    let found = path.exists();
    if !found {
        eprintln!("skipped: `{}` is not there", path.display());
    }
    found.then_some(path)
}

#[test]
fn the_model_of_dark_patterns_comes_out_again_and_does_better_than_its_folds_on_what_it_has_seen() {
    let Some(path) = snippets() else { return };
    let (items, source) = read_snippets(&path).unwrap();
    assert!(train_dark(&items, source, SEED) == SHIPPED_DARK);
    let folds = cross_validate(&items, SNIPPETS_SEED).unwrap();
    let seen = test(&CueModel::read(SHIPPED_DARK).unwrap(), &items, source).unwrap();
    assert!(seen.seen && !folds.seen);
    assert!(folds.accuracy > 0.955 && folds.auc > 0.985, "{folds:?}");
    assert!(seen.accuracy > folds.accuracy && seen.folds == 0, "{seen:?}");
}

#[test]
fn snippets_with_a_label_that_is_neither_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snippets.csv");
    std::fs::write(&path, "page_id,text,label\n1,Only 3 left,maybe\n").unwrap();
    assert!(read_snippets(&path).unwrap_err().to_string().contains("`maybe`"));
    std::fs::write(&path, "page,text,label\n1,Only 3 left,1\n").unwrap();
    assert!(read_snippets(&path).unwrap_err().to_string().contains("`page_id`"));
    std::fs::write(&path, "page_id,text,label\n1,\"Only 3, left\",1\n2,Sizes,0\n").unwrap();
    let (items, _) = read_snippets(&path).unwrap();
    assert_eq!((items.len(), items[0].text.as_str(), items[1].labels.len()), (2, "Only 3, left", 0));
}
