//! The sources of this crate against two rules that types alone cannot hold: data of customers are read for a purpose
//! in one folder, and the vault is opened by one module.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends with the first thing that fails")]

use std::path::{Path, PathBuf};

/// Reads of store and lake that name customers.
const READS: &[&str] = &[
    "customer",
    "customers",
    "customers_after",
    "customers_by_email",
    "search_customers",
    "consent_states",
    "refusals_after",
    "consent_history",
    "consents_said",
    "consent_receipts",
    "consent_receipts_after",
    "consent_at",
    "all_preferences",
    "preferences",
    "contact_times",
    "contact_times_of",
    "suppression_set",
    "engagement_since",
    "exposures",
    "exposures_of",
    "arms",
    "answers_since",
    "opted_out",
    "snapshots",
    "profiles",
    "all_profiles",
    "profile_of",
    "history_of",
    "outcomes",
    "messages_of_customer",
    "reached_since",
    "planned_of",
    "withdrawn_between",
    "complained_between",
];

/// Where else they may be called, and why. A path that ends with `/` means everything below it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("lawful/", "the one way: whoever is read here is covered by the purpose"),
    ("places/", "answers to the customer, and erasure: the law's own uses"),
    ("erase", "erasure"),
    ("restore", "replays erasures"),
    ("backup", "copies everything, sealed for each customer"),
    ("retention", "deletes what is too old"),
    ("rights", "requests of customers under the law"),
    ("preference", "the customer's own pages"),
    ("customer_pages", "the customer's own pages"),
    ("service", "answers to the customer's own act"),
    ("consent", "keeps and proves what customers said"),
    ("events/", "takes events in; what they are used for is read through `lawful`"),
    ("stages/ingest", "takes files in: counts what is new, and records opt-outs"),
    (
        "stages/deliver.rs",
        "the record of the one recipient, in the transaction that decides about them again",
    ),
    ("audit/", "counts groups, and opens the vault with an entry in the ledger"),
    ("registry/watch.rs", "asks `lawful` for the answers that may be counted"),
    ("why.rs", "answers why a message was sent"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

/// Every source of the crate as its path below `src` and its text, without comments and spaces.
fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, code.split_whitespace().collect())
        })
        .collect()
}

/// The reads a source calls on a store, a connection, a transaction or the lake.
fn reads_of(code: &str) -> Vec<&'static str> {
    const ON: &[&str] =
        &["store()", "conn", "tx", "lake", "lake()", "store", "read().await?", "begin().await?"];
    READS
        .iter()
        .copied()
        .filter(|read| {
            code.match_indices(&format!(".{read}(")).any(|(at, _)| {
                let before = code.get(..at).unwrap_or_default();
                ON.iter().any(|on| before.ends_with(on))
            })
        })
        .collect()
}

#[test]
fn data_of_customers_are_read_for_a_purpose_in_one_folder() {
    let mut outside = Vec::new();
    for (name, code) in all() {
        if ELSEWHERE.iter().any(|(place, _)| name.starts_with(place)) {
            continue;
        }
        for read in reads_of(&code) {
            outside.push(format!("`{name}` calls `{read}`; ask `App::lawful` for the purpose instead"));
        }
    }
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn the_test_sees_a_read_when_there_is_one() {
    let code: String = "let x = self\n    .store()\n    .customers_after(None, 5)\n    .await?;"
        .split_whitespace()
        .collect();
    assert_eq!(reads_of(&code), ["customers_after"]);
    assert_eq!(reads_of("lake.snapshots(&days"), ["snapshots"]);
    assert_eq!(reads_of("view.customers(1)"), [] as [&str; 0]);
    let lawful = all().into_iter().filter(|(name, _)| name.starts_with("lawful/"));
    assert!(lawful.flat_map(|(_, code)| reads_of(&code)).count() >= 10);
}

#[test]
fn a_lawful_set_is_made_in_its_own_module_alone() {
    for (name, code) in all() {
        if name != "lawful/mod.rs" {
            for made in ["Lawful{", "MeasuredArms{", "implForfor"] {
                assert!(!code.contains(made), "`{name}` makes a `{made}`");
            }
        }
    }
}

#[test]
fn the_vault_is_opened_by_the_audit_alone() {
    let mut openers = Vec::new();
    for (name, code) in all() {
        if ["store::vault", "Opening::new", "open_vault", "put_vault"].iter().any(|word| code.contains(word))
        {
            openers.push(name);
        }
    }
    openers.sort();
    assert_eq!(openers, ["audit/import.rs", "audit/mod.rs"]);
    // And the rooms in which segments, features and models are made cannot import the store at all: `rooms.rs` of the
    // program holds their manifests to that.
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for room in ["policy", "science", "guard", "lake", "terms", "gateway"] {
        let manifest = std::fs::read_to_string(crates.join(room).join("Cargo.toml")).unwrap();
        assert!(!manifest.lines().any(|line| line.starts_with("store")), "{room}");
    }
}
