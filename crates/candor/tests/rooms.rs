//! The import rules of the house, held against the manifests: a room that imports what it must not fails here.
//!
//! What goes in: every `crates/*/Cargo.toml`. What comes out: a list of broken rules, empty when the house stands as
//! ARCHITECTURE.md draws it. It reads manifests, not code: a crate cannot use what its manifest does not name.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// For each room: the rooms it may import, and outside crates it must never import.
const RULES: &[(&str, &[&str], &[&str])] = &[
    ("terms", &[], &["tokio", "sqlx", "rand", "axum", "parquet", "lettre"]),
    ("science", &["terms"], &["tokio", "sqlx", "jiff", "axum"]),
    ("guard", &["terms"], &["tokio", "sqlx", "axum", "lettre"]),
    ("policy", &["terms", "guard"], &["tokio", "futures", "sqlx", "axum"]),
    ("lake", &["terms", "science", "policy"], &["sqlx", "axum", "tokio"]),
    ("store", &["terms"], &["axum", "parquet", "lettre"]),
    ("gateway", &["terms", "policy"], &["sqlx", "axum", "parquet"]),
    (
        "flow",
        &["terms", "science", "guard", "policy", "lake", "store", "gateway"],
        &["axum", "clap", "askama", "sqlx", "parquet", "lettre"],
    ),
    ("web", &["terms", "flow"], &["sqlx", "parquet", "lettre", "clap"]),
    ("simulator", &["terms"], &["tokio", "sqlx", "axum"]),
    (
        "candor",
        &["terms", "flow", "web", "lake", "store", "gateway", "policy", "simulator"],
        &["sqlx", "askama", "parquet"],
    ),
    ("assay", &["terms", "science", "guard"], &["tokio", "sqlx", "axum"]),
    (
        "measure",
        // Figures on temporary installations: `measure erasure` plants and searches in one, `measure gate-bypass` asks its
        // pages.
        &[
            "terms", "science", "lake", "guard", "policy", "store", "gateway", "flow", "testkit", "assay",
            "witness", "web",
        ],
        &["axum", "sqlx", "askama"],
    ),
    // Another program, for another host: it shares no code with what it watches.
    ("witness", &[], &["tlog_tiles", "sqlx"]),
    ("testkit", &["terms", "store", "flow", "gateway", "simulator", "lake", "guard", "policy"], &["axum"]),
];

/// The names under `[dependencies]` (not dev or build) of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[dependencies]" || line.starts_with("[target.");
            continue;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if inside && !name.is_empty() && !name.starts_with('#') {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Every broken rule, as a sentence.
fn broken(manifests: &BTreeMap<String, String>) -> Vec<String> {
    let rooms: BTreeSet<&str> = manifests.keys().map(String::as_str).collect();
    let mut sentences = Vec::new();
    for (room, manifest) in manifests {
        let Some((_, may, never)) = RULES.iter().find(|(name, _, _)| name == room) else {
            sentences.push(format!("`{room}` has no rule: add it to the table and to ARCHITECTURE.md"));
            continue;
        };
        for name in dependencies(manifest) {
            if rooms.contains(name.as_str()) && !may.contains(&name.as_str()) {
                sentences.push(format!("`{room}` imports the room `{name}`, which it may not"));
            }
            if never.contains(&name.as_str()) {
                sentences.push(format!("`{room}` imports `{name}`, which it never may"));
            }
        }
    }
    sentences
}

fn manifests() -> BTreeMap<String, String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let entry = entry.unwrap();
        let manifest = entry.path().join("Cargo.toml");
        if manifest.exists() {
            let name = entry.file_name().to_string_lossy().into_owned();
            found.insert(name, std::fs::read_to_string(manifest).unwrap());
        }
    }
    found
}

#[test]
fn no_room_imports_what_it_must_not() {
    let manifests = manifests();
    assert_eq!(manifests.len(), RULES.len(), "every rule has its room");
    assert_eq!(broken(&manifests), Vec::<String>::new());
}

#[test]
fn a_forbidden_import_is_found() {
    let mut manifests = manifests();
    let guard = manifests.get_mut("guard").unwrap();
    *guard = guard.replace("[dependencies]", "[dependencies]\nstore.workspace = true\ntokio = \"1\"");
    assert_eq!(
        broken(&manifests),
        ["`guard` imports the room `store`, which it may not", "`guard` imports `tokio`, which it never may"]
    );
}

/// Stages meet in rows and jobs, never in each other.
#[test]
fn no_stage_imports_another_stage() {
    let stages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../flow/src/stages");
    let names =
        ["ingest", "profile", "lifecycle", "decide", "create", "approve", "deliver", "measure", "learn"];
    for name in names {
        let code = std::fs::read_to_string(stages.join(format!("{name}.rs"))).unwrap();
        for other in names.iter().filter(|other| **other != name) {
            for path in [format!("stages::{other}"), format!("super::{other}")] {
                assert!(!code.contains(&path), "{name}.rs imports {path}");
            }
        }
    }
}
