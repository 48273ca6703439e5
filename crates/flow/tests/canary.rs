//! Erasure is complete: of half of the subjects, whose every field holds a word of its own, no byte is left anywhere.
#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::BTreeSet;

use testkit::TestApp;
use testkit::canary::{Proof, prove};

const SUBJECTS: usize = 64;

fn check(proof: &Proof) {
    eprintln!("{}", serde_json::to_string(proof).unwrap());
    let found: BTreeSet<_> =
        proof.hits.iter().map(|hit| (&hit.place, hit.field, hit.form)).take(60).collect();
    assert_eq!(proof.hits_erased, 0, "{found:#?}");
    assert_eq!(proof.subjects_kept_found, proof.subjects - proof.erased, "the search is blind");
    assert_eq!(proof.erased_found_before, proof.erased, "nothing was there to erase");
    assert!(proof.holds);
    // Each field was somewhere before; only the vault's is nowhere in clear.
    let fields: BTreeSet<_> = proof.before.iter().map(|hit| hit.field).collect();
    let planted = [
        "key",
        "email",
        "name",
        "order",
        "badrow",
        "proof",
        "source",
        "anon",
        "page",
        "product",
        "old",
        "words",
        "fix",
        "formwords",
        "reason",
        "eventorder",
    ];
    let missing: Vec<_> = planted.iter().filter(|field| !fields.contains(*field)).collect();
    assert!(missing.is_empty(), "planted nowhere: {missing:?}");
    // In the exports and nowhere else: there the customer reads their own.
    let vault = proof.before.iter().filter(|hit| hit.field == "vault" && !hit.place.starts_with("exports/"));
    assert_eq!(vault.count(), 0, "the vault is not sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_who_was_erased_no_byte_is_left_and_of_everybody_else_there_is() {
    let kit = TestApp::empty().await;
    check(&prove(&kit, None, SUBJECTS, 11).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_a_server() {
    let Ok(url) = std::env::var("CANDOR_TEST_POSTGRES") else {
        eprintln!("skipped: CANDOR_TEST_POSTGRES names no server");
        return;
    };
    let url = testkit::fresh_database(&url).await;
    let kit = TestApp::on_postgres(&url, 0).await;
    check(&prove(&kit, Some(&url), SUBJECTS, 12).await);
}
