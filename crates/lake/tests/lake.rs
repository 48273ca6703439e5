//! The lake over its life: imports that overlap, interrupted imports, erasure, growth, and profiles equal to a naive
//! recomputation.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests and their helpers may fail loudly"
)]

use arrow_array::{Float64Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use lake::Lake;
use lake::history::PassOptions;
use lake::import::{Options, Outcome, purchases};
use lake::layout::manifest::{Bucket, ImportedFile, Manifest};
use lake::layout::{KeyKind, WhichImport};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terms::hash::ContentHash;
use terms::ids::CustomerKey;
use terms::money::Currency;
use terms::profile::Profile;
use terms::time::{Day, Instant, MICROS_PER_DAY};

fn import(lake: &Lake, name: &str, text: &str) -> lake::import::Imported {
    let path = lake.folder().parent().unwrap().join(name);
    std::fs::write(&path, text).unwrap();
    purchases(lake, &path, &Options::default(), &mut |_| {}).unwrap()
}

fn new_lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    (folder, lake)
}

fn write_parquet(path: &Path, rows: &[(i64, i64, f64)]) {
    let batch = RecordBatch::try_from_iter([
        ("customer_id", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.0))) as _),
        ("ts", Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(|r| r.1))) as _),
        ("amount", Arc::new(Float64Array::from_iter_values(rows.iter().map(|r| r.2))) as _),
    ])
    .unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn overlapping_exports_do_not_count_twice_and_alike_lines_of_one_file_both_stay() {
    let (_folder, lake) = new_lake();
    let january =
        "customer,time,amount,order\nanna,2024-01-03,5.00,1\nanna,2024-01-03,5.00,1\nben,2024-01-20,7.00,2\n";
    assert_eq!(import(&lake, "january.csv", january).added, 3);
    let both = format!("{january}ben,2024-02-01,9.00,3\n");
    let done = import(&lake, "both.csv", &both);
    assert_eq!((done.outcome, done.added, done.already_there), (Outcome::Applied, 1, 3));
    assert_eq!(lake.stats().unwrap().rows, 4);
    assert_eq!(import(&lake, "renamed.csv", &both).outcome, Outcome::AlreadyImported);
}

#[test]
fn an_import_killed_half_way_leaves_the_old_lake() {
    let (_folder, lake) = new_lake();
    import(&lake, "a.csv", "customer,time,amount\nanna,2024-01-13,5.00\n");
    // What a killed process leaves: bucket files of the next generation, scratch, a manifest not yet renamed.
    std::fs::write(lake.folder().join("purchases/00000002-0000.purchases.parquet"), "half").unwrap();
    std::fs::create_dir_all(lake.folder().join("spill")).unwrap();
    std::fs::write(lake.folder().join("spill/new"), "half").unwrap();
    std::fs::write(lake.folder().join("manifest.next.json"), "{").unwrap();
    assert_eq!(lake.stats().unwrap().rows, 1);
    assert_eq!(import(&lake, "b.csv", "customer,time,amount\nben,2024-01-14,5.00\n").added, 1);
    assert_eq!(lake.stats().unwrap().customers, 2);
    assert_eq!(lake.history_of(&CustomerKey::new("anna")).unwrap().len(), 1);
}

#[test]
fn erasing_a_customer_leaves_no_file_that_names_them() {
    let (_folder, lake) = new_lake();
    import(&lake, "a.csv", "customer,time,amount\nanna-unforgettable,2024-01-13,5.00\nben,2024-01-13,5.00\n");
    assert_eq!(lake.erase(&[CustomerKey::new("anna-unforgettable")]).unwrap(), 1);
    assert_eq!(lake.stats().unwrap().rows, 1);
    let needle = b"anna-unforgettable";
    for entry in std::fs::read_dir(lake.folder().join("purchases")).unwrap().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(needle.len()).any(|w| w == needle), "{:?}", entry.path());
    }
}

#[test]
fn integer_keys_become_text_when_a_text_file_joins_them() {
    let (folder, lake) = new_lake();
    let path = folder.path().join("p.parquet");
    write_parquet(&path, &[(42, 0, 1.5), (7, MICROS_PER_DAY, 2.0), (42, 5 * MICROS_PER_DAY, f64::NAN)]);
    let done = purchases(&lake, &path, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((done.purchases, done.rejected_rows()), (2, 1));
    assert_eq!(lake.manifest().unwrap().key, KeyKind::Integer);
    let before = lake.history_of(&CustomerKey::new("42")).unwrap();
    // The first row again, now from a CSV, and one of a key that is no integer.
    let done = import(&lake, "t.csv", "customer,time,amount\n42,1970-01-01,1.50\n042,2024-01-13,3.00\n");
    assert_eq!((done.added, done.already_there), (1, 1));
    assert_eq!(lake.manifest().unwrap().key, KeyKind::Text);
    assert_eq!(lake.history_of(&CustomerKey::new("42")).unwrap(), before);
    assert_eq!(lake.stats().unwrap().customers, 3);
}

#[test]
fn a_lake_that_grows_gets_more_buckets_and_keeps_its_rows() {
    let (folder, lake) = new_lake();
    let rows = |from: i64, n: i64| -> Vec<(i64, i64, f64)> {
        (from..from + n).map(|i| (i % 5_000, i * 60_000_000, (i % 977) as f64)).collect()
    };
    let (one, two) = (folder.path().join("1.parquet"), folder.path().join("2.parquet"));
    write_parquet(&one, &rows(0, 10_000));
    write_parquet(&two, &rows(5_000, 250_000));
    purchases(&lake, &one, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(lake.manifest().unwrap().bucket_bits, 0);
    let done = purchases(&lake, &two, &Options { memory_mib: 1, ..Options::default() }, &mut |_| {}).unwrap();
    assert_eq!((done.added, done.already_there), (245_000, 5_000));
    assert_eq!(lake.manifest().unwrap().bucket_bits, 1);
    assert_eq!((lake.stats().unwrap().rows, lake.stats().unwrap().customers), (255_000, 5_000));
    assert_eq!(lake.history_of(&CustomerKey::new("4999")).unwrap().len(), 51);
}

#[test]
fn outcomes_count_rows_within_each_customers_own_window() {
    let (_folder, lake) = new_lake();
    let text = "customer,time,amount\nanna,2024-01-10,5.00\nanna,2024-01-13,7.00\nanna,2024-01-13,1.00\n\
        anna,2024-01-15,-2.00\nanna,2024-02-01,9.00\nben,2024-01-13,4.00\n";
    import(&lake, "a.csv", text);
    let day = |d: i8| Day::from_ymd(2024, 1, d).unwrap().start();
    let key = CustomerKey::new;
    let asked =
        [(key("nobody"), day(1), day(31)), (key("anna"), day(13), day(31)), (key("ben"), day(1), day(13))];
    let out = lake.outcomes(&asked).unwrap();
    let figures: Vec<_> =
        out.iter().map(|o| (o.customer.as_str(), o.purchases, o.purchase_days, o.revenue)).collect();
    assert_eq!(figures, [("nobody", 0, 0, 0.0), ("anna", 2, 1, 6.0), ("ben", 0, 0, 0.0)]);
}

#[test]
fn the_manifest_is_written_as_version_2_and_version_1_is_still_read() {
    let manifest = Manifest {
        version: 2,
        generation: 3,
        key: KeyKind::Text,
        currency: Some(Currency::EUR),
        bucket_bits: 1,
        buckets: vec![
            None,
            Some(Bucket {
                customers_file: "00000003-0001.customers.parquet".into(),
                purchases_file: "00000003-0001.purchases.parquet".into(),
                rows: 12,
                customers: 5,
                returns: 1,
                first_day: Day(19_000),
                last_day: Day(19_400),
            }),
        ],
        imports: vec![ImportedFile {
            content: ContentHash::of([b"x".as_slice()]),
            name: "shop.csv".into(),
            added: 12,
            number: 1,
            reading: "customer 1, time 2, amount 3, delimiter ,, header, times iso, decimal point, EUR"
                .into(),
            at: Some(Instant(1_717_243_200_000_000)),
        }],
        last_import: 4,
    };
    let golden = include_str!("golden/manifest.v2.json");
    assert_eq!(serde_json::from_str::<Manifest>(golden).unwrap(), manifest);
    assert_eq!(serde_json::to_string_pretty(&manifest).unwrap().trim(), golden.trim());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), include_str!("golden/manifest.v1.json")).unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let found = lake.manifest().unwrap();
    assert_eq!((found.buckets, found.imports[0].number), (manifest.buckets, 0));
    let refused = lake.undo(&WhichImport::Last).unwrap_err().to_string();
    assert!(refused.contains("before imports could be undone"), "{refused}");
    std::fs::write(folder.path().join("manifest.json"), golden.replace("\"version\": 2", "\"version\": 9"))
        .unwrap();
    assert!(Lake::open(folder.path()).unwrap_err().to_string().contains("its version is 9"));
}

/// The definition of a profile, written down again without regard for speed.
fn naive(customer: &str, rows: &[(i32, i64)], as_of: i32) -> Option<Profile> {
    let rows: Vec<_> = rows.iter().filter(|r| r.0 <= as_of).collect();
    let bought: Vec<_> = rows.iter().filter(|r| r.1 >= 0).collect();
    let mut days: BTreeMap<i32, i64> = BTreeMap::new();
    bought.iter().for_each(|r| *days.entry(r.0).or_default() += r.1);
    let list: Vec<i32> = days.keys().copied().collect();
    let (first, last) = (*list.first()?, *list.last()?);
    let gaps: Vec<f64> = list.windows(2).map(|w| f64::from(w[1] - w[0])).collect();
    let mean = if gaps.is_empty() { 0.0 } else { gaps.iter().sum::<f64>() / gaps.len() as f64 };
    let sd = if gaps.len() < 2 {
        0.0
    } else {
        (gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (gaps.len() - 1) as f64).sqrt()
    };
    Some(Profile {
        customer: CustomerKey::new(customer),
        first_day: Day(first),
        last_day: Day(last),
        frequency: list.len() as u32 - 1,
        recency_days: last - first,
        t_days: as_of - first,
        monetary: bought.iter().map(|r| r.1 as f64).sum::<f64>() / bought.len() as f64 / 100.0,
        spend: rows.iter().map(|r| r.1 as f64).sum::<f64>() / 100.0,
        first_amount: days[&first] as f64 / 100.0,
        last_amount: days[&last] as f64 / 100.0,
        last_gap_days: gaps.last().map_or(0, |g| *g as i32),
        gap_mean: mean,
        gap_sd: sd,
        purchases_90: list.iter().filter(|d| **d > as_of - 90).count() as u32,
        engagement_90: 0,
    })
}

fn close(a: &Profile, b: &Profile) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-6 * (1.0 + x.abs());
    let rounded = Profile {
        monetary: a.monetary,
        gap_mean: a.gap_mean,
        gap_sd: a.gap_sd,
        spend: a.spend,
        first_amount: a.first_amount,
        last_amount: a.last_amount,
        ..b.clone()
    };
    *a == rounded
        && near(a.monetary, b.monetary)
        && near(a.gap_mean, b.gap_mean)
        && near(a.gap_sd, b.gap_sd)
        && near(a.spend, b.spend)
        && near(a.first_amount, b.first_amount)
        && near(a.last_amount, b.last_amount)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_face_of_the_pass_equals_the_definition(
        rows in prop::collection::vec((0..12_u8, 19_000..19_300_i32, -500..5_000_i64), 1..150),
        as_of in prop::collection::vec(18_990..19_320_i32, 1..4),
    ) {
        let (_folder, lake) = new_lake();
        let mut text = "customer,time,amount\n".to_owned();
        let mut by_customer: BTreeMap<String, Vec<(i32, i64)>> = BTreeMap::new();
        for (customer, day, minor) in &rows {
            let key = format!("k{customer:03}");
            text += &format!("{key},{},{}\n", Instant(i64::from(*day) * MICROS_PER_DAY), *minor as f64 / 100.0);
            by_customer.entry(key).or_default().push((*day, *minor));
        }
        import(&lake, "p.csv", &text);
        let options = PassOptions::default();
        let mut days: Vec<Day> = as_of.iter().map(|d| Day(*d)).collect();
        days.sort_unstable();
        let mut snapshots = BTreeMap::new();
        lake.snapshots(&days, &options, |part| {
            snapshots.extend(part.into_iter().map(|s| (s.customer.to_string(), s)));
            Ok(())
        }).unwrap();
        prop_assert_eq!(snapshots.len(), by_customer.len());
        for (at, day) in days.iter().enumerate() {
            let profiles = lake.all_profiles(*day, &options).unwrap();
            let one_thread = lake.all_profiles(*day, &PassOptions { threads: 1, ..PassOptions::default() }).unwrap();
            prop_assert_eq!(&profiles, &one_thread);
            let found: BTreeMap<&str, &Profile> = profiles.iter().map(|p| (p.customer.as_str(), p)).collect();
            for (key, rows) in &by_customer {
                let wanted = naive(key, rows, day.0);
                prop_assert_eq!(found.contains_key(key.as_str()), wanted.is_some());
                if let Some(wanted) = wanted {
                    prop_assert!(close(found[key.as_str()], &wanted), "{:?} {:?}", found[key.as_str()], wanted);
                    prop_assert_eq!(snapshots[key].profiles[at].as_ref(), Some(found[key.as_str()]));
                    let one = lake.profile_of(&CustomerKey::new(key), *day, &options).unwrap();
                    prop_assert_eq!(one.as_ref(), Some(found[key.as_str()]));
                } else {
                    prop_assert!(snapshots[key].profiles[at].is_none());
                }
            }
        }
    }
}
