//! No amount is ever changed in silence: what a comma means is decided for a column, asked for, or a row is rejected.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use lake::Lake;
use lake::import::{DecimalMark, Imported, Options, Reason, preview, purchases};

fn import(text: &str, options: &Options) -> lake::Result<(Imported, Vec<i64>)> {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, text).unwrap();
    let seen = preview(Some(&lake), &path, options);
    let done = purchases(&lake, &path, options, &mut |_| {})?;
    let seen = seen.unwrap();
    assert_eq!((&seen.rejected, seen.currency), (&done.rejected, done.currency), "the preview agrees");
    let mut amounts: Vec<i64> = lake
        .history_of(&terms::ids::CustomerKey::new("anna"))
        .unwrap()
        .iter()
        .map(|purchase| purchase.amount.minor)
        .collect();
    amounts.sort_unstable();
    Ok((done, amounts))
}

#[test]
fn an_amount_that_contradicts_its_column_is_rejected_and_not_multiplied() {
    let text =
        "customer,time,amount\nanna,2024-05-01,10.50\nanna,2024-05-02,\"12,5\"\nanna,2024-05-03,\"3,99\"\n";
    let (done, amounts) = import(text, &Options::default()).unwrap();
    assert_eq!(amounts, [399, 1_250]);
    assert_eq!(done.rejected.get(&Reason::OtherDecimal), Some(&1));
    let line = &done.rejected_lines[0];
    assert_eq!((line.line, line.reason.as_str()), (2, "another decimal mark than the column's"));
}

#[test]
fn a_comma_before_two_digits_is_never_a_thousands_mark() {
    let text = "customer;time;amount\nanna;2024-05-01;1,50\nanna;2024-05-02;7\n";
    let (_, amounts) = import(text, &Options::default()).unwrap();
    assert_eq!(amounts, [150, 700]);
    let point = Options { decimal: Some(DecimalMark::Point), ..Options::default() };
    let (done, amounts) = import(text, &point).unwrap();
    assert_eq!((amounts, done.rejected.get(&Reason::OtherDecimal)), (vec![700], Some(&1)));
}

#[test]
fn a_column_that_may_be_read_two_ways_is_asked_about() {
    let text = "customer;time;amount\nanna;2024-05-01;1,234\nanna;2024-05-02;7\n";
    let refused = import(text, &Options::default()).unwrap_err().to_string();
    assert!(refused.contains("`1,234` (line 2)"), "{refused}");
    assert!(refused.contains("say --decimal comma or --decimal point"), "{refused}");
    for (mark, minor) in [(DecimalMark::Comma, 123), (DecimalMark::Point, 123_400)] {
        let options = Options { decimal: Some(mark), ..Options::default() };
        assert_eq!(import(text, &options).unwrap().1, [minor.min(700), minor.max(700)]);
    }
}

#[test]
fn a_column_that_is_evenly_split_is_asked_about_with_both_lines() {
    let text = "customer;time;amount\nanna;2024-05-01;1,50\nanna;2024-05-02;2.50\n";
    let refused = import(text, &Options::default()).unwrap_err().to_string();
    assert!(refused.contains("`2.50` (line 3)") && refused.contains("`1,50` (line 2)"), "{refused}");
}

#[test]
fn an_unclear_number_beyond_the_sample_is_rejected() {
    let whole = "anna,2024-05-01,7\n".repeat(5_100);
    let text = format!("customer,time,amount\n{whole}anna,2024-05-02,\"1,234\"\n");
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    let path = folder.path().join("shop.csv");
    std::fs::write(&path, text).unwrap();
    let done = purchases(&lake, &path, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(done.rejected.get(&Reason::UnclearDecimal), Some(&1));
    assert_eq!(done.rejected_lines[0].line, 5_102);
}

#[test]
fn an_amount_beyond_all_reason_is_rejected() {
    let text = "customer,time,amount\nanna,2024-05-01,1e3\nanna,2024-05-02,10000000000000.00\nanna,2024-05-02,1e300\n";
    let (done, amounts) = import(text, &Options::default()).unwrap();
    assert_eq!((amounts, done.rejected.get(&Reason::TooLarge)), (vec![100_000], Some(&2)));
}
