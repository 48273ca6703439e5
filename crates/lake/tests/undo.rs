//! An import can be taken out again, as if it had never been.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use lake::import::{Imported, Options, Outcome, purchases};
use lake::layout::WhichImport;
use lake::{Lake, Purchase};
use proptest::prelude::*;
use tempfile::TempDir;
use terms::ids::CustomerKey;

struct Place {
    folder: TempDir,
    lake: Lake,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        Self { folder, lake }
    }

    fn import_with(&self, name: &str, text: &str, options: &Options) -> Imported {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        purchases(&self.lake, &path, options, &mut |_| {}).unwrap()
    }

    fn import(&self, name: &str, text: &str) -> Imported {
        self.import_with(name, text, &Options::default())
    }

    fn of(&self, customer: &str) -> Vec<Purchase> {
        self.lake.history_of(&CustomerKey::new(customer)).unwrap()
    }
}

const AMBIGUOUS: &str = "customer,date,amount\nanna,01/02/2024,1.00\nben,03/04/2024,2.00\n";

#[test]
fn a_wrong_first_import_is_undone_and_imported_again_the_right_way() {
    let place = Place::new();
    let read = |format: &str| {
        let options = Options { time_format: Some(format.into()), ..Options::default() };
        place.import_with("ambig.csv", AMBIGUOUS, &options)
    };
    assert_eq!(read("dmy").number, 1);
    assert_eq!(read("dmy").outcome, Outcome::AlreadyImported);
    assert_eq!(place.of("anna")[0].time.day().to_string(), "2024-02-01");

    // The other reading is another import, which says that the first one is still there.
    let other = read("mdy");
    assert_eq!((other.outcome, other.number, other.read_otherwise), (Outcome::Applied, 2, Some(1)));
    assert_eq!(place.of("anna").len(), 2);

    let undone = place.lake.undo(&WhichImport::Number(1)).unwrap();
    assert_eq!((undone.removed, undone.import.name.as_str()), (2, "ambig.csv"));
    let left: Vec<String> = place.of("anna").iter().map(|p| p.time.day().to_string()).collect();
    assert_eq!(left, ["2024-01-02"]);
    assert_eq!(read("mdy").outcome, Outcome::AlreadyImported);
    assert_eq!(read("dmy").added, 2, "what was undone can be imported again");
}

#[test]
fn undoing_keeps_the_rows_that_another_file_holds_too() {
    let place = Place::new();
    let january = "customer,time,amount\nanna,2024-01-03,5.00\nanna,2024-01-03,5.00\nben,2024-01-20,7.00\n";
    let both = "customer,time,amount\nanna,2024-01-03,5.00\nben,2024-01-20,7.00\nben,2024-02-01,9.00\n";
    place.import("january.csv", january);
    assert_eq!(place.import("both.csv", both).added, 1);
    assert_eq!(place.lake.undo(&WhichImport::File("january.csv".into())).unwrap().removed, 1);
    assert_eq!((place.of("anna").len(), place.of("ben").len()), (1, 2));
    assert_eq!(place.lake.undo(&WhichImport::Last).unwrap().removed, 3);
    let stats = place.lake.stats().unwrap();
    assert_eq!((stats.rows, stats.files, stats.currency), (0, 0, None), "and so may be its currency");
    let refused = place.lake.undo(&WhichImport::Last).unwrap_err().to_string();
    assert!(refused.contains("candor import list"), "{refused}");
}

#[test]
fn an_undo_killed_half_way_leaves_the_old_lake() {
    let place = Place::new();
    place.import("a.csv", "customer,time,amount\nanna,2024-01-13,5.00\n");
    place.import("b.csv", "customer,time,amount\nben,2024-01-14,5.00\n");
    // What a killed process leaves: files of the next generation, and a manifest not yet renamed.
    std::fs::write(place.lake.folder().join("purchases/00000003-0000.purchases.parquet"), "half").unwrap();
    std::fs::write(place.lake.folder().join("manifest.next.json"), "{").unwrap();
    assert_eq!(place.lake.stats().unwrap().rows, 2);
    assert_eq!(place.lake.undo(&WhichImport::Last).unwrap().removed, 1);
    assert_eq!((place.of("anna").len(), place.of("ben").len()), (1, 0));
}

#[test]
fn owners_survive_more_buckets_and_an_erased_customer() {
    let place = Place::new();
    let rows = |from: usize, to: usize| {
        let row = |i: usize| format!("c{},2024-{:02}-{:02},{}\n", i % 997, i % 12 + 1, i % 28 + 1, i);
        format!("customer,time,amount\n{}", (from..to).map(row).collect::<String>())
    };
    place.import("small.csv", &rows(0, 1_000));
    place.import("large.csv", &rows(500, 220_000));
    assert!(place.lake.manifest().unwrap().bucket_bits > 0);
    place.lake.erase(&[CustomerKey::new("c1")]).unwrap();
    let before = place.lake.stats().unwrap().rows;
    assert_eq!(place.lake.undo(&WhichImport::Number(1)).unwrap().removed, 499);
    assert_eq!(place.lake.stats().unwrap().rows, before - 499);
    place.lake.undo(&WhichImport::Last).unwrap();
    assert_eq!(place.lake.stats().unwrap().rows, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn an_undone_import_leaves_the_lake_as_if_it_had_never_been(
        files in prop::collection::vec(prop::collection::vec((0..3_u8, 1..3_u8, 0..2_u8), 1..8), 2..5),
        undone in 0..5_usize,
    ) {
        let undone = undone % files.len();
        let text = |rows: &[(u8, u8, u8)], nonce: usize| {
            let row = |(customer, day, amount): &(u8, u8, u8)| format!("c{customer},2024-01-{day:02},{amount}.00\n");
            // A customer of its own makes each file's bytes its own.
            format!("customer,time,amount\nnonce{nonce},2024-01-01,1.00\n{}", rows.iter().map(row).collect::<String>())
        };
        let (with, without) = (Place::new(), Place::new());
        for (at, rows) in files.iter().enumerate() {
            with.import(&format!("{at}.csv"), &text(rows, at));
            if at != undone {
                without.import(&format!("{at}.csv"), &text(rows, at));
            }
        }
        with.lake.undo(&WhichImport::Number(undone as u32 + 1)).unwrap();
        for customer in ["c0", "c1", "c2", "nonce0", "nonce1", "nonce2", "nonce3"] {
            prop_assert_eq!(with.of(customer), without.of(customer));
        }
        // Once more in: again as it was with all of them.
        let all = with.import("again.csv", &text(&files[undone], undone));
        prop_assert_eq!(all.outcome, Outcome::Applied);
        let expected = files.iter().enumerate().fold(std::collections::BTreeMap::new(), |mut most, (_, rows)| {
            let mut own = std::collections::BTreeMap::new();
            rows.iter().for_each(|row| *own.entry(*row).or_insert(0_u64) += 1);
            own.into_iter().for_each(|(row, n)| { let m = most.entry(row).or_insert(0); *m = n.max(*m); });
            most
        });
        prop_assert_eq!(with.lake.stats().unwrap().rows, expected.values().sum::<u64>() + files.len() as u64);
    }
}
