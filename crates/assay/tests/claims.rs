//! Unsupported words: the shipped file comes out of training again, and figures count what they say.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use assay::claims::{
    Reading, Response, SHIPPED_CLAIMS, claim_figures, flatten, hash_of_responses, read_responses,
    train_claims,
};
use guard::cues::unsupported::{Ground, Stated, UnsupportedModel, seen_words};
use std::path::Path;

fn facts(json: &str) -> Vec<Stated> {
    let mut all = Vec::new();
    flatten("", &serde_json::from_str(json).unwrap(), &mut all);
    all
}

const SHOP: &str = r#"{"name": "Olive Grove", "attributes": {"OutdoorSeating": false, "WiFi": "free", "Music": null},
    "stars": 4.5, "hours": {"Monday": "0:0-0:0", "Tuesday": "9:0-17:0"},
    "reviews": [{"text": "The olives were fresh and the waiter friendly, we stayed the whole afternoon and will be back."}]}"#;

#[test]
fn words_are_held_against_fields_free_texts_and_hours() {
    let ground = Ground::new(&facts(SHOP));
    let against = |text: &str| {
        let seen = seen_words(&ground, text);
        seen.iter()
            .filter(|word| word.against != 0)
            .map(|word| text[word.start..word.end].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(against("It has outdoor tables."), ["outdoor"]);
    assert_eq!(against("It does not have outdoor tables."), [""; 0]);
    assert_eq!(against("It offers free Wi-Fi."), [""; 0]);
    assert_eq!(against("It does not offer Wi-Fi."), ["Wi", "Fi"]);
    assert_eq!(against("A band plays live music."), ["band", "music"], "unknown is not true");
    assert_eq!(against("The data do not mention music."), [""; 0]);
    assert_eq!(against("It has 4.5 stars."), [""; 0]);
    assert_eq!(against("It has 5 stars."), ["5"]);
    assert_eq!(against("It opens on Tuesday from 9 am to 5 pm."), [""; 0]);
    assert!(!against("It opens on Monday from 9 am to 5 pm.").is_empty());
    let novel = seen_words(&ground, "The olives were fresh and the cheese mild.");
    let novel: Vec<bool> = novel.iter().map(|word| word.novel).collect();
    assert_eq!(novel, [false, false, false, false, false, false, true, true]);
}

fn response(source: &str, writer: &str, marked: bool) -> Response {
    Response {
        source: source.to_owned(),
        writer: writer.to_owned(),
        facts: Vec::new(),
        text: "0123456789".to_owned(),
        marks: if marked { vec![(2, 6, "kind".to_owned())] } else { Vec::new() },
    }
}

#[test]
fn the_figure_within_writers_gains_nothing_from_knowing_who_wrote() {
    // One writer always invents, one half the time; scores know only the writer.
    let mut responses = Vec::new();
    let mut readings = Vec::new();
    for at in 0..20 {
        for (writer, marked, score) in [("a", true, 1.0), ("b", at % 2 == 0, -1.0)] {
            responses.push(response(&at.to_string(), writer, marked));
            readings.push(Reading { score, said: score > 0.0, spans: vec![(4, 8)] });
        }
    }
    let figures = claim_figures(&responses, &readings);
    assert!(figures.auc > 0.8, "{figures:?}");
    assert!((figures.within_writer_auc - 0.5).abs() < 1e-9, "{figures:?}");
    assert!((figures.recall - 20.0 / 30.0).abs() < 1e-9 && (figures.precision - 1.0).abs() < 1e-9);
    // Shown are 4 bytes in each of 40 texts, marked 4 in 30, and 2 of these are shown.
    assert!((figures.span_precision - 60.0 / 160.0).abs() < 1e-9 && (figures.span_recall - 0.5).abs() < 1e-9);
}

#[test]
fn training_again_gives_the_shipped_model() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/ragtruth_data2txt/data2txt.jsonl.gz");
    if !path.exists() {
        eprintln!("skipped: `{}` is not there", path.display());
        return;
    }
    let responses = read_responses(&path).unwrap();
    assert_eq!(UnsupportedModel::read(SHIPPED_CLAIMS).unwrap().origin.source, hash_of_responses(&responses));
    assert!(
        train_claims(&responses) == SHIPPED_CLAIMS,
        "run `measure guard claims FILE --train crates/guard/cues/unsupported.cues`"
    );
}
