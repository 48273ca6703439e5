//! Mutations of rows of a real SQLite file, its triggers taken off, each read by the verifier at home, which is given the
//! newest checkpoint as it was kept outside.

use super::export::{entry, open_key};
use super::mutation::Draw;
use super::{Tallies, Tally};
use miette::{IntoDiagnostic, miette};
use terms::time::Instant;
use testkit::TestApp;

const ENTRIES: u64 = 60;
/// Columns that say something, by table.
const COLUMNS: [(&str, &str); 9] = [
    ("ledger_leaves", "leaf"),
    ("ledger_leaves", "action"),
    ("ledger_payloads", "object"),
    ("ledger_payloads", "entry_key"),
    ("ledger_payloads", "payload"),
    ("ledger_nodes", "hash"),
    ("ledger_checkpoints", "note"),
    ("ledger_cosignatures", "line"),
    ("ledger_head", "edge"),
];
const TABLES: [&str; 6] = [
    "ledger_cosignatures",
    "ledger_checkpoints",
    "ledger_payloads",
    "ledger_leaves",
    "ledger_nodes",
    "ledger_head",
];
const KINDS: [&str; 6] = [
    "change a letter",
    "delete a row",
    "add a row",
    "exchange two leaves",
    "move the head",
    "delete everything after an entry",
];

/// Comes out: counts by kind, and how many changed nothing.
pub(crate) async fn run(mutations: u64, seed: u64) -> miette::Result<(Tallies, u64)> {
    let kit = TestApp::empty().await;
    let store = kit.app.store();
    let folder = tempfile::tempdir().into_diagnostic()?;
    let key = open_key(folder.path())?;
    // The ledger of this installation is emptied, so that the key is one that is known here.
    kit.tamper(
        "DROP TRIGGER ledger_leaves_unchanged; DROP TRIGGER ledger_leaves_kept; DROP TRIGGER ledger_nodes_unchanged;
         DROP TRIGGER ledger_nodes_kept; DROP TRIGGER ledger_checkpoints_unchanged; DROP TRIGGER ledger_checkpoints_kept;
         DROP TRIGGER ledger_payloads_erase_only; DROP TRIGGER ledger_payloads_kept; DROP TRIGGER ledger_head_grows;
         DROP TRIGGER ledger_head_kept; DROP TRIGGER ledger_cosignatures_unchanged; DROP TRIGGER ledger_cosignatures_kept;
         DELETE FROM ledger_checkpoints; DELETE FROM ledger_payloads; DELETE FROM ledger_leaves;
         DELETE FROM ledger_nodes; UPDATE ledger_head SET size = 0, edge = ''",
    )
    .await;
    let mut outside = Vec::new();
    for from in [0, ENTRIES / 2] {
        let entries: Vec<_> = (from..from + ENTRIES / 2).map(entry).collect();
        store.append_entries(&entries).await.into_diagnostic()?;
        outside = store.sign_checkpoint(&key, Instant(0)).await.into_diagnostic()?.into_iter().collect();
    }
    cosign(&kit, &key.verifier(), folder.path(), &outside).await?;
    kit.tamper(&TABLES.map(|table| format!("CREATE TABLE saved_{table} AS SELECT * FROM {table};")).concat())
        .await;
    let verifier = key.verifier();
    let found = || async {
        store.verify_ledger(&verifier, &outside).await.map(|report| !report.is_ok()).into_diagnostic()
    };
    if found().await? {
        return Err(miette!("the ledger did not hold before anything was changed"));
    }
    let (mut tallies, mut idle) = (Tallies::new(), 0);
    let mut made = 0;
    let mut draw = Draw(seed);
    while made < mutations {
        let Some(&name) = KINDS.get((made as usize) % KINDS.len()) else { break };
        kit.tamper(&format!("PRAGMA foreign_keys = OFF; {}", statement(name, &mut draw))).await;
        if differs(&kit).await {
            made += 1;
            let found = found().await?;
            let tally: &mut Tally = tallies.entry(name).or_default();
            tally.made += 1;
            tally.found += u64::from(found);
        } else {
            idle += 1;
        }
        let back =
            |table: &str| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table};");
        kit.tamper(&format!("PRAGMA foreign_keys = OFF; {}", TABLES.map(back).concat())).await;
    }
    if found().await? {
        return Err(miette!("the ledger was not put back as it was"));
    }
    Ok((tallies, idle))
}

/// Two witnesses would sign alike; one is enough to have rows of cosignatures.
async fn cosign(
    kit: &TestApp,
    log_key: &str,
    folder: &std::path::Path,
    outside: &[String],
) -> miette::Result<()> {
    use witness::keeper::{Answer, Keeper};
    let place = folder.join("witness");
    Keeper::init(&place, "witness.one").into_diagnostic()?;
    Keeper::add_log(&place, log_key, None).into_diagnostic()?;
    let keeper = Keeper::open(&place).into_diagnostic()?;
    let note = outside.first().ok_or_else(|| miette!("nothing was signed"))?;
    let seconds = 1_790_000_000;
    let answer = keeper.add_checkpoint(&format!("old 0\n\n{note}"), seconds).into_diagnostic()?;
    let Answer::Cosigned(line) = answer else { return Err(miette!("the witness did not sign")) };
    let (store, vkey) = (kit.app.store(), keeper.verifier());
    let added = store.add_witness("witness.one", &vkey, "https://witness.one", false, Instant(0));
    let id = added.await.into_diagnostic()?;
    let at = Instant(seconds as i64 * terms::time::MICROS_PER_SECOND);
    store.add_cosignature(id, ENTRIES, at, &line).await.into_diagnostic()
}

/// Whether any table is another than it was.
async fn differs(kit: &TestApp) -> bool {
    let of = |table: &str| {
        format!(
            "(SELECT COUNT(*) FROM (SELECT * FROM {table} EXCEPT SELECT * FROM saved_{table})) + \
             (SELECT COUNT(*) FROM (SELECT * FROM saved_{table} EXCEPT SELECT * FROM {table}))"
        )
    };
    kit.count(&format!("SELECT {}", TABLES.map(of).join(" + "))).await > 0
}

/// A row of a table, by chance.
fn any_row(table: &str, draw: &mut Draw) -> String {
    format!(
        "rowid = (SELECT rowid FROM {table} ORDER BY 1 LIMIT 1 OFFSET {} % (SELECT COUNT(*) FROM {table}))",
        draw.next() % 1_000_003
    )
}

fn statement(kind: &str, draw: &mut Draw) -> String {
    match kind {
        "change a letter" => {
            let (table, column) = COLUMNS.get(draw.below(COLUMNS.len())).copied().unwrap_or_default();
            let (at, letter) = (draw.next() % 100_003, 32 + draw.next() % 95);
            let place = format!("({at} % LENGTH({column}))");
            let row = any_row(table, draw);
            format!(
                "UPDATE {table} SET {column} = SUBSTR({column}, 1, {place}) || CHAR({letter}) || \
                 SUBSTR({column}, {place} + 2) WHERE {row}"
            )
        }
        "delete a row" => {
            // An older checkpoint or cosignature says nothing that the newest does not say, and is not missed.
            match draw.below(4) {
                0 => "DELETE FROM ledger_checkpoints WHERE size = (SELECT MAX(size) FROM ledger_checkpoints)"
                    .to_owned(),
                n => {
                    let table = ["", "ledger_leaves", "ledger_payloads", "ledger_nodes"]
                        .get(n)
                        .copied()
                        .unwrap_or("");
                    format!("DELETE FROM {table} WHERE {}", any_row(table, draw))
                }
            }
        }
        "add a row" => {
            let (row, more) = (draw.next() % ENTRIES, 1 + draw.next() % 1_000);
            match draw.below(3) {
                0 => format!(
                    "INSERT INTO ledger_leaves SELECT seq + {ENTRIES} + {more}, action, leaf FROM saved_ledger_leaves WHERE seq = {row}"
                ),
                1 => format!(
                    "INSERT INTO ledger_payloads SELECT seq + {ENTRIES} + {more}, object, entry_key, payload \
                     FROM saved_ledger_payloads WHERE seq = {row}"
                ),
                _ => format!(
                    "INSERT INTO ledger_nodes SELECT level, place + {ENTRIES} + {more}, hash FROM saved_ledger_nodes \
                     WHERE level = 0 AND place = {row}"
                ),
            }
        }
        "exchange two leaves" => {
            let (a, b) = (draw.next() % ENTRIES, draw.next() % ENTRIES);
            let other = |column: &str| {
                format!(
                    "{column} = (SELECT s.{column} FROM saved_ledger_leaves s WHERE s.seq = {a} + {b} - ledger_leaves.seq)"
                )
            };
            format!("UPDATE ledger_leaves SET {}, {} WHERE seq IN ({a}, {b})", other("leaf"), other("action"))
        }
        "move the head" => {
            format!("UPDATE ledger_head SET size = MAX(0, size + {})", (draw.next() % 41) as i64 - 20)
        }
        _ => cut_off(1 + draw.next() % (ENTRIES - 1)),
    }
}

/// Everything after so many entries is gone, and the tree and its head are those of what is left.
fn cut_off(size: u64) -> String {
    let roots: Vec<String> = (0..32u32)
        .rev()
        .filter(|level| size >> level & 1 == 1)
        .map(|level| {
            let place = (size >> level) - 1;
            format!("(SELECT hash FROM saved_ledger_nodes WHERE level = {level} AND place = {place})")
        })
        .collect();
    format!(
        "DELETE FROM ledger_cosignatures WHERE size > {size}; DELETE FROM ledger_checkpoints WHERE size > {size};
         DELETE FROM ledger_payloads WHERE seq >= {size}; DELETE FROM ledger_leaves WHERE seq >= {size};
         DELETE FROM ledger_nodes WHERE ((place + 1) << level) > {size};
         UPDATE ledger_head SET size = {size}, edge = {}",
        roots.join(" || ' ' || ")
    )
}
