//! One choke point: no act of a person goes around it. What goes in: every `crates/*/src/**/*.rs`, without what only
//! tests compile. What comes out: a list of places that make an actor, ask cedar, or write for a person by themselves.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use std::path::{Path, PathBuf};

/// Rooms that act for nobody: figures of development, and what only tests run.
const NOT_THE_PROGRAM: [&str; 2] = ["measure", "testkit"];

/// Every source of the program with its path from `crates`, until what only tests compile begins.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for room in std::fs::read_dir(&crates).unwrap() {
        let room = room.unwrap();
        let name = room.file_name().to_string_lossy().into_owned();
        if !NOT_THE_PROGRAM.contains(&name.as_str()) && room.path().join("src").is_dir() {
            walk(&room.path().join("src"), &mut found);
        }
    }
    found.sort();
    let only_tests = |name: &str| {
        ["/tests.rs", "/test.rs", "/matrix.rs"].iter().any(|end| name.ends_with(end))
            || name.contains("/samples")
            || name.contains("_tests.rs")
            || name.contains("_over_http.rs")
    };
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&crates).unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = program.lines().filter(|line| !line.trim_start().starts_with("//"));
            (name, lines.collect::<Vec<_>>().join("\n"))
        })
        .filter(|(name, _)| !only_tests(name))
        .collect()
}

/// Files that hold a word, of the sources given.
fn holding(sources: &[(String, String)], word: &str) -> Vec<String> {
    sources.iter().filter(|(_, text)| text.contains(word)).map(|(name, _)| name.clone()).collect()
}

/// Files that make an actor of a person, rather than look at one.
fn makers(sources: &[(String, String)]) -> Vec<String> {
    let makes = |text: &str| {
        text.split("Actor::Person {").skip(1).any(|rest| {
            let inside = rest.split('}').next().unwrap_or_default();
            !inside.contains("..")
        })
    };
    sources.iter().filter(|(_, text)| makes(text)).map(|(name, _)| name.clone()).collect()
}

/// Functions that are given a person and begin a transaction without asking for a proof.
fn unasked(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in sources.iter().filter(|(name, _)| name.starts_with("flow/src")) {
        for function in text.split("fn ").skip(1) {
            let (head, body) = function.split_once('{').unwrap_or((function, ""));
            let writes = body.contains(".begin().await") || body.contains("self.record(");
            let asks = body.contains("self.needs(") || body.contains("self.needs_on(");
            if head.contains(": &Person") && writes && !asks {
                let name = head.split('(').next().unwrap_or_default();
                found.push(format!("{file}: {name}"));
            }
        }
    }
    found
}

#[test]
fn only_the_proof_names_a_person_in_the_ledger() {
    let sources = sources();
    assert!(sources.len() > 200, "{}", sources.len());
    assert_eq!(makers(&sources), ["policy/src/access/mod.rs"]);
}

#[test]
fn cedar_is_asked_at_one_place_and_the_policies_at_one() {
    let sources = sources();
    assert_eq!(holding(&sources, ".is_authorized("), ["policy/src/access/engine.rs"]);
    assert_eq!(holding(&sources, "Ok(Granted {"), ["policy/src/access/engine.rs"]);
    assert_eq!(holding(&sources, ".grant(&asked)"), ["flow/src/access/mod.rs"]);
}

/// What is said of a role in general decides nothing about a person: who needs a certificate, and pages without an
/// installation.
#[test]
fn no_act_is_decided_by_a_role_alone() {
    let mut files = holding(&sources(), "allows(");
    files.retain(|file| file.starts_with("flow/") || file.starts_with("web/") || file.starts_with("candor/"));
    // Consents and write keys have an `allows` of their own.
    files
        .retain(|file| !file.contains("/lawful/") && !file.contains("/consent/") && !file.contains("events"));
    assert_eq!(
        files,
        [
            "flow/src/access/explain.rs",
            "flow/src/access/mod.rs",
            "flow/src/training/mod.rs",
            "web/src/context.rs"
        ]
    );
}

#[test]
fn whoever_writes_for_a_person_asks_for_the_proof_first() {
    assert_eq!(unasked(&sources()), Vec::<String>::new());
}

#[test]
fn a_way_around_is_found() {
    let sources = [
        ("flow/src/a.rs".to_owned(), "let who = Actor::Person { id, name: n };".to_owned()),
        ("flow/src/b.rs".to_owned(), "match who { Actor::Person { name, .. } => name }".to_owned()),
        (
            "flow/src/c.rs".to_owned(),
            "async fn act(&self, person: &Person) { let tx = self.store().begin().await?; }".to_owned(),
        ),
        (
            "flow/src/d.rs".to_owned(),
            "async fn act(&self, person: &Person) { self.needs(person, P)?; let tx = self.store().begin().await?; }"
                .to_owned(),
        ),
    ];
    assert_eq!(makers(&sources), ["flow/src/a.rs"]);
    assert_eq!(unasked(&sources), ["flow/src/c.rs: act"]);
}
