//! Two real files, with counts taken independently (awk on CDNOW, pandas on Online Retail). Skipped where the files are
//! not beside the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests and their helpers may fail loudly"
)]

use lake::history::PassOptions;
use lake::import::{Options, Outcome, Reason, preview, purchases};
use lake::{Kind, Lake};
use std::path::PathBuf;
use terms::ids::CustomerKey;
use terms::time::Day;

fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

#[test]
fn cdnow_is_understood_without_a_word() {
    let Some(file) = shared("cdnow/CDNOW_master.txt.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let seen = preview(Some(&lake), &file, &Options::default()).unwrap();
    assert_eq!((seen.delimiter.as_deref(), seen.time_format.as_deref()), (Some("blanks"), Some("yyyymmdd")));
    assert_eq!(
        seen.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        ["customer_id", "date", "dollar_value"]
    );

    let done = purchases(&lake, &file, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((done.rows, done.purchases, done.returns, done.rejected_rows()), (69_659, 69_659, 0, 0));
    let stats = lake.stats().unwrap();
    assert_eq!((stats.rows, stats.customers), (69_659, 23_570));
    assert_eq!(stats.currency.unwrap().as_str(), "USD");
    assert_eq!(stats.first_day.unwrap().to_string(), "1997-01-01");
    assert_eq!(stats.last_day.unwrap().to_string(), "1998-06-30");
    // Leading zeros are part of the key; the two lines of one day are two purchases.
    let second = lake.history_of(&CustomerKey::new("00002")).unwrap();
    assert_eq!(second.iter().map(|p| p.amount.minor).collect::<Vec<_>>(), [1_200, 7_700]);
    assert!(lake.history_of(&CustomerKey::new("2")).unwrap().is_empty());

    let again = purchases(&lake, &file, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((again.outcome, again.added), (Outcome::AlreadyImported, 0));
    assert_eq!(lake.stats().unwrap().rows, 69_659);

    // Distinct purchase days minus customers, from `awk '{print $1,$2}' | sort -u | wc -l`: 67,591 - 23,570.
    let profiles = lake.all_profiles(Day::from_ymd(1998, 6, 30).unwrap(), &PassOptions::default()).unwrap();
    assert_eq!(profiles.iter().map(|p| u64::from(p.frequency)).sum::<u64>(), CDNOW_DAYS - 23_570);
}

/// Distinct pairs of customer and day.
const CDNOW_DAYS: u64 = 67_591;

#[test]
fn online_retail_keeps_cancellations_as_returns_and_rejects_rows_without_customer() {
    let Some(file) = shared("online_retail/online_retail.csv.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let rejects = folder.path().join("rejects.csv");
    let options = Options { rejects: Some(rejects.clone()), ..Options::default() };
    let done = purchases(&lake, &file, &options, &mut |_| {}).unwrap();
    assert_eq!(done.rows, 541_909);
    assert_eq!((done.purchases, done.returns), (397_884, 8_905));
    assert_eq!(done.rejected.get(&Reason::NoCustomer), Some(&135_080));
    assert_eq!(done.rejected.get(&Reason::ZeroPrice), Some(&40));
    assert_eq!(done.rejected.len(), 2);
    assert_eq!(
        std::fs::read_to_string(&rejects).unwrap().lines().filter(|l| l.contains(",no customer,")).count(),
        135_080
    );
    assert_eq!(lake.stats().unwrap().customers, ONLINE_CUSTOMERS);

    let first_return = lake.history_of(&CustomerKey::new("14527")).unwrap();
    let cancelled = first_return.iter().find(|p| p.order.as_deref() == Some("C536379")).unwrap();
    assert_eq!((cancelled.kind(), cancelled.amount.minor), (Kind::Return, -2_750));
    let totals = lake.day_totals().unwrap();
    assert_eq!(totals.iter().map(|d| d.returns).sum::<u64>(), 8_905);
    let revenue: f64 = totals.iter().map(|d| d.revenue).sum();
    assert!((revenue - ONLINE_REVENUE).abs() < 1.0, "{revenue}");
}

/// Customers with a row of a price above zero.
const ONLINE_CUSTOMERS: u64 = 4_371;
/// Sum of quantity times price over rows with a customer, each rounded to cents.
const ONLINE_REVENUE: f64 = 8_300_065.81;
