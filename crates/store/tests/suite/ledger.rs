//! The ledger: appended with what it records, proved, erased without losing the tree, and every kind of tampering
//! found.

use crate::databases::{Fresh, at, on_each};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use store::Store;
use store::ledger::{EntryFilter, LedgerKey, Problem, VerifyReport};
use terms::ids::PersonId;
use terms::ledger::{Action, NewEntry};
use terms::person::Actor;

fn key() -> LedgerKey {
    let folder = tempfile::tempdir().unwrap();
    LedgerKey::open_or_create(&folder.path().join("key"), "candor.example/test").unwrap()
}

fn entry(n: i64) -> NewEntry {
    NewEntry {
        at: at(n),
        actor: Actor::System { part: "flow.deliver".to_owned(), responsible: PersonId(1) },
        action: if n % 2 == 0 { Action::MessageSent } else { Action::MessageHeld },
        object: format!("message/{}", n % 5),
        payload: serde_json::json!({"to": format!("person{n}@example.com"), "n": n}),
    }
}

/// Appends `n` entries in batches of `batch`, with a checkpoint after each; the checkpoints.
async fn fill(store: &Store, key: &LedgerKey, n: i64, batch: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let entries: Vec<NewEntry> = (0..n).map(entry).collect();
    for batch in entries.chunks(batch) {
        let mut tx = store.begin().await.unwrap();
        tx.append_entries(batch).await.unwrap();
        notes.extend(tx.sign_checkpoint(key, at(9)).await.unwrap());
        tx.commit().await.unwrap();
    }
    notes
}

async fn verify(store: &Store, key: &LedgerKey) -> VerifyReport {
    store.verify_ledger(&key.verifier(), &[]).await.unwrap()
}

#[test]
fn an_empty_ledger_verifies() {
    on_each(|fresh| async move {
        let report = verify(&fresh.store, &key()).await;
        assert!(report.is_ok() && report.checkpoint_ok, "{report:?}");
        assert_eq!(report.root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(fresh.store.sign_checkpoint(&key(), at(0)).await.unwrap(), None);
        assert_eq!(fresh.store.append_entries(&[]).await.unwrap(), [0u64; 0]);
    });
}

#[test]
fn entries_read_back_verify_and_can_be_proved() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        let notes = fill(store, &key, 131, 13).await;
        let report = verify(store, &key).await;
        assert!(report.is_ok(), "{report:?}");
        assert_eq!((report.entries, report.signed, report.checkpoints), (131, 131, 11));
        assert_eq!(store.ledger_size().await.unwrap(), 131);
        assert_eq!(store.latest_checkpoint().await.unwrap(), Some((131, notes[10].clone())));
        assert_eq!(
            store.sign_checkpoint(&key, at(9)).await.unwrap().as_ref(),
            notes.last(),
            "nothing new to sign"
        );
        let page = store.entries(&EntryFilter { limit: 3, ..EntryFilter::default() }).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [130, 129, 128]);
        assert_eq!(page[0].entry, entry(130));
        let next =
            EntryFilter { before: Some(128), action: Some(Action::MessageHeld), ..EntryFilter::default() };
        assert_eq!(store.entries(&next).await.unwrap()[0].seq, 127);
        let about = store.entries_of("message/3").await.unwrap();
        assert_eq!((about.len(), about[0].seq, about[1].seq), (26, 3, 8));
        for seq in [0, 1, 63, 64, 127, 128, 130] {
            let proof = store.prove_entry(seq).await.unwrap();
            assert!(proof.holds() && proof.root == report.root && proof.size == 131, "{seq}");
        }
        assert!(store.prove_entry(131).await.is_err());
    });
}

#[test]
fn an_entry_stands_or_falls_with_what_it_records() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        fill(store, &key, 5, 5).await;
        let mut tx = store.begin().await.unwrap();
        tx.set_setting("x", "1").await.unwrap();
        assert_eq!(tx.append_entries(&[entry(5), entry(6)]).await.unwrap(), [5, 6]);
        drop(tx);
        assert_eq!(store.setting("x").await.unwrap(), None);
        assert_eq!(store.append_entries(&[entry(7)]).await.unwrap(), [5]);
        assert!(verify(store, &key).await.is_ok());
    });
}

#[test]
fn what_was_erased_is_gone_and_the_tree_still_verifies() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        fill(store, &key, 20, 7).await;
        let before = verify(store, &key).await;
        assert_eq!(store.erase_payloads("message/2").await.unwrap(), 4);
        let after = verify(store, &key).await;
        assert!(after.is_ok(), "{after:?}");
        assert_eq!((after.erased, &after.root), (4, &before.root));
        assert!(store.entries_of("message/2").await.unwrap().is_empty());
        let left = store
            .entries(&EntryFilter { before: Some(3), limit: 1, ..EntryFilter::default() })
            .await
            .unwrap();
        assert_eq!((left[0].entry.object.as_str(), left[0].entry.payload.is_null()), ("", true));
        assert_eq!(left[0].entry.action, Action::MessageSent, "that something happened stays");
    });
}

#[test]
fn the_database_refuses_to_change_the_ledger() {
    on_each(|fresh| async move {
        fill(&fresh.store, &key(), 5, 5).await;
        for statement in [
            "UPDATE ledger_leaves SET leaf = ''",
            "DELETE FROM ledger_leaves",
            "UPDATE ledger_nodes SET hash = ''",
            "DELETE FROM ledger_nodes",
            "UPDATE ledger_payloads SET payload = '{}'",
            "DELETE FROM ledger_payloads",
            "UPDATE ledger_checkpoints SET note = ''",
            "DELETE FROM ledger_checkpoints",
            "UPDATE ledger_head SET size = 1",
            "DELETE FROM ledger_head",
        ] {
            assert!(fresh.tamper(statement).await.is_err(), "{statement}");
        }
    });
}

/// Which table is tampered with, how, and what must be found.
type Case = (&'static str, &'static str, fn(&Problem) -> bool);

const TABLES: [&str; 5] =
    ["ledger_leaves", "ledger_nodes", "ledger_payloads", "ledger_checkpoints", "ledger_head"];

async fn disarmed(fresh: &Fresh) {
    for table in TABLES {
        fresh.disarm(table).await;
    }
}

#[test]
fn tampering_by_somebody_with_full_rights_is_found() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        fill(store, &key, 20, 5).await;
        disarmed(&fresh).await;
        let save = "CREATE TABLE saved AS SELECT * FROM";
        let restore = |table: &str| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved; DROP TABLE saved")
        };
        let cases: [Case; 9] = [
            (
                "ledger_leaves",
                "UPDATE ledger_leaves SET leaf = REPLACE(leaf, 'deliver', 'Deliver') WHERE seq = 7",
                |p| matches!(p, Problem::Fork(10)),
            ),
            ("ledger_leaves", "UPDATE ledger_leaves SET action = 'installed' WHERE seq = 7", |p| {
                matches!(p, Problem::Leaf(7))
            }),
            (
                "ledger_leaves",
                "UPDATE ledger_leaves SET leaf = (SELECT s.leaf FROM saved s WHERE s.seq = 5 - ledger_leaves.seq) WHERE seq IN (2, 3)",
                |p| matches!(p, Problem::Leaf(2)),
            ),
            ("ledger_payloads", "UPDATE ledger_payloads SET payload = '{}' WHERE seq = 4", |p| {
                matches!(p, Problem::Payload(4))
            }),
            ("ledger_payloads", "UPDATE ledger_payloads SET object = 'message/77' WHERE seq = 4", |p| {
                matches!(p, Problem::Payload(4))
            }),
            ("ledger_payloads", "DELETE FROM ledger_payloads WHERE seq = 4", |p| {
                matches!(p, Problem::Beside(4))
            }),
            (
                "ledger_nodes",
                // One digit, whichever digits there are.
                "UPDATE ledger_nodes SET hash = CASE SUBSTR(hash, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END || SUBSTR(hash, 2) \
                 WHERE level = 2 AND place = 1",
                |p| matches!(p, Problem::Node(1, 2)),
            ),
            (
                "ledger_checkpoints",
                "UPDATE ledger_checkpoints SET note = REPLACE(note, 'candor.example', 'candor.exbmple') WHERE size = 5",
                |p| matches!(p, Problem::Signature(5)),
            ),
            ("ledger_head", "UPDATE ledger_head SET size = 19", |p| {
                matches!(p, Problem::Head | Problem::Count(..))
            }),
        ];
        for (table, change, expected) in cases {
            assert!(verify(store, &key).await.is_ok());
            fresh.tamper(&format!("{save} {table}")).await.unwrap();
            fresh.tamper(change).await.unwrap();
            let report = verify(store, &key).await;
            assert!(report.problems.iter().any(expected), "{change}: {report:?}");
            // Payloads refer to leaves, so those are put back in place.
            let undo = if table == "ledger_leaves" { LEAVES_BACK.to_owned() } else { restore(table) };
            fresh.tamper(&undo).await.unwrap();
        }
    });
}

const LEAVES_BACK: &str = "UPDATE ledger_leaves SET
    action = (SELECT s.action FROM saved s WHERE s.seq = ledger_leaves.seq),
    leaf = (SELECT s.leaf FROM saved s WHERE s.seq = ledger_leaves.seq); DROP TABLE saved";

#[test]
fn a_whole_tree_rebuilt_or_cut_off_is_found_by_a_checkpoint_kept_outside() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        let outside = fill(store, &key, 20, 10).await;
        disarmed(&fresh).await;
        fresh
            .tamper(
                "DELETE FROM ledger_checkpoints; DELETE FROM ledger_payloads; DELETE FROM ledger_leaves;
                 DELETE FROM ledger_nodes; UPDATE ledger_head SET size = 0, edge = ''",
            )
            .await
            .unwrap();
        fill(store, &key, 15, 15).await;
        assert!(verify(store, &key).await.is_ok(), "the database alone cannot show it");
        let report = store.verify_ledger(&key.verifier(), &outside).await.unwrap();
        assert!(report.problems.contains(&Problem::Fork(10)), "{report:?}");
        assert!(report.problems.contains(&Problem::Truncated(20, 15)), "{report:?}");
        assert!(!report.checkpoint_ok);
    });
}

#[test]
fn a_checkpoint_of_another_key_is_refused() {
    on_each(|fresh| async move {
        fill(&fresh.store, &key(), 3, 3).await;
        let report = verify(&fresh.store, &key()).await;
        assert_eq!(report.problems, [Problem::Signature(3)]);
        assert!(!report.checkpoint_ok);
    });
}

/// What somebody might do to the rows of the ledger.
#[derive(Debug, Clone)]
enum Tampering {
    FlipLeaf { seq: u64, byte: usize, bit: u8 },
    Drop { seq: u64 },
    Swap { one: u64, other: u64 },
    Truncate { from: u64 },
    FlipPayload { seq: u64, byte: usize },
}

const N: u64 = 24;

fn tampering() -> impl Strategy<Value = Tampering> {
    prop_oneof![
        (0..N, 0..200usize, 0..7u8).prop_map(|(seq, byte, bit)| Tampering::FlipLeaf { seq, byte, bit }),
        (0..N).prop_map(|seq| Tampering::Drop { seq }),
        (0..N, 1..N).prop_map(|(one, step)| Tampering::Swap { one, other: (one + step) % N }),
        (0..N).prop_map(|from| Tampering::Truncate { from }),
        (0..N, 0..30usize).prop_map(|(seq, byte)| Tampering::FlipPayload { seq, byte }),
    ]
}

/// Each tampering is undone before the next, so that one database serves every case.
#[test]
fn any_flip_drop_swap_or_truncation_is_found() {
    on_each(|fresh| async move {
        let key = key();
        fill(&fresh.store, &key, N as i64, 6).await;
        disarmed(&fresh).await;
        let original = leaves(&fresh).await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..150 {
            let change = tampering().new_tree(&mut runner).unwrap().current();
            apply(&fresh, &original, &change).await;
            let report = verify(&fresh.store, &key).await;
            assert!(!report.is_ok(), "{change:?} was not found");
            restore(&fresh, &original).await;
        }
        assert!(verify(&fresh.store, &key).await.is_ok());
    });
}

type Row = (i64, String, String, String, String, String);

async fn leaves(fresh: &Fresh) -> Vec<Row> {
    use sqlx::{Connection, Row as _};
    let mut connection = sqlx::AnyConnection::connect(&fresh.url).await.unwrap();
    let rows = sqlx::query(
        "SELECT l.seq, l.action, l.leaf, p.object, p.entry_key, p.payload
         FROM ledger_leaves l JOIN ledger_payloads p ON p.seq = l.seq ORDER BY l.seq",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(5))).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn flipped(text: &str, byte: usize, bit: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let place = byte % bytes.len();
    bytes[place] ^= 1 << bit;
    // A zero byte is no text on PostgreSQL; any other change will do.
    if bytes[place] == 0 {
        bytes[place] = b'~';
    }
    String::from_utf8(bytes).unwrap()
}

async fn apply(fresh: &Fresh, original: &[Row], change: &Tampering) {
    let statements = match change {
        Tampering::FlipLeaf { seq, byte, bit } => {
            let leaf = flipped(&original[*seq as usize].2, *byte, *bit);
            format!("UPDATE ledger_leaves SET leaf = {} WHERE seq = {seq}", quoted(&leaf))
        }
        Tampering::Drop { seq } => {
            format!(
                "DELETE FROM ledger_payloads WHERE seq = {seq}; DELETE FROM ledger_leaves WHERE seq = {seq}"
            )
        }
        Tampering::Swap { one, other } => [(one, other), (other, one)]
            .map(|(to, from)| {
                let (_, action, leaf, ..) = &original[*from as usize];
                let (action, leaf) = (quoted(action), quoted(leaf));
                format!("UPDATE ledger_leaves SET action = {action}, leaf = {leaf} WHERE seq = {to}")
            })
            .join(";"),
        Tampering::Truncate { from } => format!(
            "DELETE FROM ledger_payloads WHERE seq >= {from}; DELETE FROM ledger_leaves WHERE seq >= {from}"
        ),
        Tampering::FlipPayload { seq, byte } => {
            let payload = flipped(&original[*seq as usize].5, *byte, 0);
            format!("UPDATE ledger_payloads SET payload = {} WHERE seq = {seq}", quoted(&payload))
        }
    };
    fresh.tamper(&statements).await.unwrap();
}

async fn restore(fresh: &Fresh, original: &[Row]) {
    let mut statements = String::from("DELETE FROM ledger_payloads; DELETE FROM ledger_leaves;");
    for (seq, action, leaf, object, key, payload) in original {
        let values = [action, leaf, object, key, payload].map(|text| quoted(text));
        let [action, leaf, object, key, payload] = values;
        statements += &format!(
            "INSERT INTO ledger_leaves VALUES ({seq}, {action}, {leaf});
             INSERT INTO ledger_payloads VALUES ({seq}, {object}, {key}, {payload});"
        );
    }
    fresh.tamper(&statements).await.unwrap();
}

#[test]
fn every_signed_tree_can_be_proved_to_have_grown_out_of_every_earlier_one() {
    on_each(|fresh| async move {
        let (store, key) = (&fresh.store, key());
        fill(store, &key, 70, 7).await;
        for second in 0..=70 {
            for first in 0..=second {
                let growth = store.prove_growth(first, second).await.unwrap();
                assert!(growth.holds(), "{first} {second}");
                assert_eq!(growth.base64_path().len(), growth.path.len());
                if let Some(hash) = growth.path.first() {
                    let mut other = growth.clone();
                    other.path[0] =
                        hash.replacen(&hash[..1], if hash.starts_with('0') { "1" } else { "0" }, 1);
                    assert!(!other.holds(), "{first} {second}");
                }
            }
            if second > 0 {
                assert!(store.prove_entry_in(second / 2, second).await.unwrap().holds());
            }
        }
        assert!(store.prove_growth(1, 71).await.is_err() && store.prove_growth(2, 1).await.is_err());
        store.append_entries(&[entry(70)]).await.unwrap();
        assert!(store.prove_growth(1, 71).await.is_err(), "what is not signed yet is not proved");
        assert_eq!(store.tile_hashes(0, 0, 71).await.unwrap(), None);
        assert_eq!(store.tile_hashes(0, 0, 70).await.unwrap().unwrap().len(), 70 * 32);
        assert_eq!(store.tile_entries(0, 70).await.unwrap().unwrap().len(), 70);
    });
}
