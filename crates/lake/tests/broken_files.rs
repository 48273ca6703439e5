//! Files as they should not be: each is refused with a message that says what to do, and leaves the lake as it was.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests and their helpers may fail loudly"
)]

use lake::import::{Header, Limits, Options, Reason, consents, customers, events, preview, purchases};
use lake::{Error, Lake};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

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

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, path: &Path, options: &Options) -> lake::Result<lake::import::Imported> {
        purchases(&self.lake, path, options, &mut |_| {})
    }

    /// Imports, expects a refusal, and holds the lake to be untouched.
    fn refused(&self, path: &Path) -> String {
        self.refused_with(path, &Options::default())
    }

    fn refused_with(&self, path: &Path, options: &Options) -> String {
        let before = self.lake.manifest().unwrap();
        let error = self.import(path, options).unwrap_err();
        assert_eq!(self.lake.manifest().unwrap(), before);
        error.to_string()
    }
}

const GOOD: &str = "customer,time,amount,order\nanna,2024-05-01,10.00,1\nben,2024-05-13,20.00,2\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn many_rows(n: usize) -> String {
    // Amounts that do not repeat, so that gzip cannot fold the file into its first block.
    let row = |i: usize| {
        format!("c{},2024-05-{:02},{}.{:02}\n", i * 7_919 % 100_003, i % 28 + 1, i * 31_337 % 9_973, i % 100)
    };
    format!("customer,time,amount\n{}", (0..n).map(row).collect::<String>())
}

#[test]
fn a_missing_file_a_folder_and_an_empty_file_are_told_apart() {
    let place = Place::new();
    assert!(place.refused(Path::new("nowhere.csv")).contains("there is no file `nowhere.csv`"));
    assert!(place.refused(place.folder.path()).contains("is a folder"));
    assert!(place.refused(&place.file("empty.csv", "")).contains("the file has no bytes"));
    assert!(place.refused(&place.file("blank.csv", "\n\n \n")).contains("no line has text"));
    assert!(place.refused(&place.file("header.csv", "customer,time,amount\n")).contains("no row below it"));
}

#[test]
fn a_truncated_gzip_says_how_far_it_could_be_read_and_imports_nothing() {
    let place = Place::new();
    let whole = gzip(&many_rows(80_000));
    let path = place.file("cut.csv.gz", &whole[..whole.len() / 2]);
    let error = place.import(&path, &Options::default()).unwrap_err();
    let Error::Damaged { rows, .. } = error else { panic!("{error}") };
    assert!((20_000..80_000).contains(&rows), "{rows}");
    assert!(error.to_string().contains("nothing was imported"));
    assert_eq!(place.lake.stats().unwrap().rows, 0);
    // The same file whole goes in.
    let done = place.import(&place.file("whole.csv.gz", &whole), &Options::default()).unwrap();
    assert_eq!(done.purchases, 80_000);
}

#[test]
fn a_zip_that_declares_ten_gigabytes_is_refused_before_unpacking() {
    let place = Place::new();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("p.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(GOOD.as_bytes()).unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    // The unpacked size stands 24 bytes into the central directory's entry; 32 bits hold at most 4 GiB, so the limit is
    // lowered to below it.
    let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[at + 24..at + 28].copy_from_slice(&u32::MAX.wrapping_sub(1).to_le_bytes());
    let limits = Limits { max_bytes: 1 << 30, ..Limits::default() };
    let path = place.file("huge.zip", bytes);
    let text = place.refused_with(&path, &Options { limits, ..Options::default() });
    assert!(text.contains("4294967294 bytes") && text.contains("more than the limit"), "{text}");
    // With the ordinary limit the ratio gives it away.
    assert!(place.refused(&path).contains("times its packed size"));
}

#[test]
fn a_gzip_bomb_stops_at_the_limit() {
    let place = Place::new();
    let path = place.file("bomb.csv.gz", gzip(&many_rows(100_000)));
    let limits = Limits { max_bytes: 1_500_000, ..Limits::default() };
    let text = place.refused_with(&path, &Options { limits, ..Options::default() });
    assert!(text.contains("more than the limits allow"), "{text}");
}

#[test]
fn a_zip_with_one_table_is_read_and_one_with_two_is_not() {
    let place = Place::new();
    let zipped = |names: &[&str]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(GOOD.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let text = place.refused(&place.file("two.zip", zipped(&["a.csv", "b.csv"])));
    assert!(text.contains("2 files (a.csv, b.csv)"), "{text}");
    assert!(place.refused(&place.file("x.xlsx", zipped(&["xl/workbook.xml"]))).contains("Excel workbook"));
    assert_eq!(
        place.import(&place.file("one.zip", zipped(&["a.csv"])), &Options::default()).unwrap().added,
        2
    );
}

#[test]
fn a_duplicate_header_matters_only_for_a_column_that_is_needed() {
    let place = Place::new();
    let twice = "customer,time,amount,amount\nanna,2024-05-13,1,2\n";
    let path = place.file("twice.csv", twice);
    let text = place.refused(&path);
    assert!(text.contains("names `amount` twice (columns 3 and 4); choose one with --amount 3"), "{text}");
    let options = Options { amount: Some("4".into()), ..Options::default() };
    place.import(&path, &options).unwrap();
    assert_eq!(place.lake.history_of(&terms::ids::CustomerKey::new("anna")).unwrap()[0].amount.minor, 200);
    let harmless = "customer,note,note,time,amount\nben,x,y,2024-05-13,2\n";
    assert_eq!(place.import(&place.file("harmless.csv", harmless), &Options::default()).unwrap().added, 1);
}

#[test]
fn encodings_are_recognised() {
    let place = Place::new();
    let text = "cliente;fecha;importe\nÁngela;13/05/2024;1.299,50\nÍñigo;14/05/2024;3,00\n";
    let latin: Vec<u8> = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = format!("\u{feff}{text}");
    let files: [(&str, &[u8], &str); 5] = [
        ("utf8.csv", text.as_bytes(), "UTF-8"),
        ("bom.csv", marked.as_bytes(), "UTF-8 with byte order mark"),
        ("latin.csv", &latin, "Windows-1252"),
        ("utf16.csv", &utf16, "UTF-16 little endian"),
        ("utf16be.csv", &utf16be, "UTF-16 big endian"),
    ];
    for (at, (name, bytes, encoding)) in files.into_iter().enumerate() {
        let path = place.file(name, bytes);
        let seen = preview(None, &path, &Options::default()).unwrap();
        assert_eq!(seen.encoding.as_deref(), Some(encoding));
        assert_eq!(seen.rows[0].customer.as_str(), "Ángela", "{name}");
        assert_eq!(seen.rows[0].amount.minor, 129_950, "{name}");
        // The same purchases in another encoding are the same purchases.
        let done = place.import(&path, &Options::default()).unwrap();
        assert_eq!(done.added, if at == 0 { 2 } else { 0 }, "{name}");
    }
}

#[test]
fn binary_junk_is_no_table() {
    let place = Place::new();
    let junk: Vec<u8> = (0..4_096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(place.refused(&place.file("junk.bin", junk)).contains("is not a table"));
    for fake in ["PAR1", "PAR1 and no more", "PAR1 a long text that is none PAR1"] {
        let text = place.refused(&place.file("fake.parquet", fake));
        assert!(text.contains("is not a Parquet file") && text.contains("export or copy it again"), "{text}");
    }
    assert!(place.refused(&place.file("p.pdf", b"%PDF-1.7")).contains("PDF"));
    assert!(place.refused(&place.file("words.txt", "hello\nworld\n")).contains("no delimiter found"));
}

#[test]
fn an_extremely_long_line_is_rejected_and_the_others_are_kept() {
    let place = Place::new();
    let long = "x".repeat(2 << 20);
    for (at, text) in [
        format!("{GOOD}carl,2024-05-13,1.00,{long}\n"),
        format!("customer,time,amount,order\ncarl,2024-05-13,1.00,{long}\nanna,2024-05-01,10.00,1\nben,2024-05-13,20.00,2\n"),
        format!("customer,time,amount,order\ncarl,2024-05-13,1.00,\"{long}\"\nanna,2024-05-01,10.00,1\nben,2024-05-13,20.00,2"),
        format!("{GOOD}carl,2024-05-13,1.00,{}\n", "x".repeat(201)),
    ]
    .into_iter()
    .enumerate()
    {
        let path = place.file(&format!("long-{at}.csv"), text);
        let seen = preview(None, &path, &Options::default()).unwrap();
        assert_eq!(seen.rejected.get(&Reason::TooLong), Some(&1), "{at}");
        let line = &seen.rejected_lines[0];
        assert_eq!((line.line, line.reason.as_str()), (if at % 3 == 0 { 4 } else { 2 }, "too long"), "{at}");
        let done = place.import(&path, &Options::default()).unwrap();
        assert_eq!((done.purchases, done.rejected.get(&Reason::TooLong)), (2, Some(&1)), "{at}");
    }
    let text = place.refused(&place.file("header.csv", format!("{long},time,amount\nanna,2024-05-13,1\n")));
    assert!(text.contains("line 1") && text.contains("longer than 1048576 bytes"), "{text}");
}

#[test]
fn bad_rows_are_rejected_with_their_line_and_reason() {
    let place = Place::new();
    let text = "customer,time,amount,order\n\
        anna,2024-05-13,10.00,1\n\
        ,2024-05-13,10.00,2\n\
        ben,2024-02-30,10.00,3\n\
        ben,,10.00,4\n\
        ben,2024-05-13,NaN,5\n\
        ben,2024-05-13,inf,6\n\
        ben,2024-05-13,,7\n\
        ben,2024-05-13,10.00,8,extra\n\
        ben\n\
        =1+1,yesterday,1,9\n\
        \"never closed,2024-05-13,1,10\n\
        carl,2024-05-14,-5.00,11\n\
        carl,2024-05-14,0.00,12\n";
    let rejects = place.folder.path().join("rejects.csv");
    let options = Options { rejects: Some(rejects.clone()), ..Options::default() };
    let done = place.import(&place.file("bad.csv", text), &options).unwrap();
    assert_eq!((done.rows, done.purchases, done.returns, done.rejected_rows()), (13, 2, 1, 10));
    let mut reader = csv::Reader::from_path(&rejects).unwrap();
    let rows: Vec<(u64, String, String)> = reader.deserialize().map(Result::unwrap).collect();
    let lines: Vec<(u64, &str)> = rows.iter().map(|(line, reason, _)| (*line, reason.as_str())).collect();
    assert_eq!(
        lines,
        [
            (3, "no customer"),
            (4, "time cannot be read"),
            (5, "no time"),
            (6, "amount is not a number"),
            (7, "amount is not a number"),
            (8, "no amount"),
            (9, "too many columns"),
            (10, "too few columns"),
            (11, "time cannot be read"),
            (12, "quote never closed"),
        ]
    );
    assert_eq!(rows[8].2, "'=1+1,yesterday,1,9");
}

#[test]
fn a_file_without_one_usable_row_is_refused() {
    let place = Place::new();
    let text = "customer,time,amount\n,2024-05-13,1\n,2024-05-14,1\n";
    assert!(place.refused(&place.file("none.csv", text)).contains("none of the 2 rows"));
}

#[test]
fn dates_that_may_be_either_way_round_are_asked_about() {
    let place = Place::new();
    let path = place.file("either.csv", "customer,date,amount\nanna,01/02/2024,1\nben,03/04/2024,2\n");
    let text = place.refused(&path);
    assert!(text.contains("--time-format dmy or --time-format mdy"), "{text}");
    let options = Options { time_format: Some("dmy".into()), ..Options::default() };
    assert_eq!(place.import(&path, &options).unwrap().last_day.unwrap().to_string(), "2024-04-03");
    let nonsense = Options { time_format: Some("sometimes".into()), ..Options::default() };
    assert!(preview(None, &path, &nonsense).unwrap_err().to_string().contains("is no time format"));
}

#[test]
fn a_column_that_cannot_be_found_is_asked_for_by_its_option() {
    let place = Place::new();
    let path = place.file("odd.csv", "who;moment;paid\nanna;2024-05-13;1,50\n");
    let text = place.refused(&path);
    assert!(text.contains("--customer NAME") && text.contains("1 who, 2 moment, 3 paid"), "{text}");
    let wrong = Options { customer: Some("nobody".into()), ..Options::default() };
    assert!(place.refused_with(&path, &wrong).contains("no column `nobody`"));
    let told = Options { customer: Some("who".into()), ..Options::default() };
    assert_eq!(place.import(&path, &told).unwrap().added, 1);
}

#[test]
fn a_table_without_header_is_read_by_its_content() {
    let place = Place::new();
    let path = place.file("bare.txt", "00001|2024-05-13|1|11.77\n00002|2024-05-14|5|77.00\n");
    let seen = preview(None, &path, &Options::default()).unwrap();
    assert!(!seen.has_header);
    assert_eq!(seen.columns.iter().map(|c| c.index).collect::<Vec<_>>(), [0, 1, 3]);
    let told = Options { header: Header::Absent, amount: Some("3".into()), ..Options::default() };
    assert_eq!(preview(None, &path, &told).unwrap().rows[1].amount.minor, 500);
}

#[test]
fn another_currency_is_rejected_and_not_added_up() {
    let place = Place::new();
    let text = "customer,time,amount,currency\nanna,2024-05-13,1,EUR\nben,2024-05-13,1,EUR\nben,2024-05-13,1,USD\nben,2024-05-13,1,?\n";
    let done = place.import(&place.file("mixed.csv", text), &Options::default()).unwrap();
    assert_eq!(done.purchases, 2);
    assert_eq!(done.rejected.get(&Reason::OtherCurrency), Some(&1));
    assert_eq!(done.rejected.get(&Reason::BadCurrency), Some(&1));
}

#[test]
fn customers_consents_and_events_are_typed_or_rejected() {
    let place = Place::new();
    let people = "key,email,first_name,locale,country,time_zone,known_since\n\
        00042,anna@example.com,Anna,es-ES,es,Europe/Madrid,2023-05-01T10:00:00Z\n\
        00043,not an address,Ben,en-GB,GB,,2023-05-02\n\
        00044,,,,,,\n";
    let found = customers(&place.file("people.csv", people), &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(found.rows.len(), 2);
    assert_eq!(found.rejected.get(&Reason::BadEmail), Some(&1));
    assert_eq!((found.rows[0].key.as_str(), found.rows[0].country.as_deref()), ("00042", Some("ES")));
    assert_eq!(found.rows[0].known_since.to_string(), "2023-05-01T10:00:00Z");
    assert_eq!(found.rows[1].email, None);

    let said = "customer,purpose,channel,status,basis,notice_version,notice_hash,language,source,proof,at\n\
        00042,marketing,email,granted,consent,3,ab12,es,checkout,form-7,2023-05-01T10:00:00Z\n\
        00042,marketing,pigeon,granted,consent,3,ab12,es,checkout,form-8,2023-05-01T10:00:00Z\n";
    let found = consents(&place.file("said.csv", said), &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((found.rows.len(), found.rejected.get(&Reason::UnknownWord)), (1, Some(&1)));
    assert_eq!(found.rows[0].proof, "form-7");

    let did = "customer,time,kind\n00042,2024-05-13T10:00:00Z,opened\n00042,2024-05-13T10:01:00Z,sneezed\n";
    let found = events(&place.file("did.csv", did), &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((found.rows.len(), found.rejected.len()), (1, 1));
}

#[test]
fn dates_that_contradict_each_other_are_shown_with_their_lines() {
    let place = Place::new();
    let text = "customer,date,amount\nanna,01/02/2024,1\nben,25/06/2024,2\nben,12/31/2024,2\n";
    let path = place.file("both.csv", text);
    let refused = place.refused(&path);
    assert!(
        refused.contains("`25/06/2024` (line 3)") && refused.contains("`12/31/2024` (line 4)"),
        "{refused}"
    );
    let told = Options { time_format: Some("dmy".into()), ..Options::default() };
    assert_eq!(place.import(&path, &told).unwrap().rejected.get(&Reason::BadTime), Some(&1));
}

#[test]
fn unknown_times_are_shown_by_one_that_cannot_be_read() {
    let place = Place::new();
    let text = "customer,date,amount\nanna,2025-01-02,1\nben,soonish,2\nben,laterish,2\n";
    let refused = place.refused(&place.file("soon.csv", text));
    assert!(refused.contains("`soonish`") && !refused.contains("2025-01-02"), "{refused}");
}

#[test]
fn a_year_to_come_lies_in_the_future() {
    let place = Place::new();
    let text = "customer,date,amount\nanna,2025-01-02,1\nben,2999-01-02,2\nben,2025-01-09,2\n";
    let path = place.file("future.csv", text);
    let done = place.import(&path, &Options::default()).unwrap();
    assert_eq!(done.rejected.get(&Reason::FutureTime), Some(&1));
    assert_eq!(done.rejected_lines[0].reason, "time lies in the future");
    // With a present the future begins two days after it.
    let now = terms::time::Day::from_ymd(2025, 1, 3).unwrap().start();
    let seen = preview(None, &path, &Options { now: Some(now), ..Options::default() }).unwrap();
    assert_eq!(seen.rejected.get(&Reason::FutureTime), Some(&2));
}

#[test]
fn a_zone_behind_a_time_is_not_read_as_utc() {
    let place = Place::new();
    let text = "customer,time,amount\nanna,2024-06-01 12:00 Europe/Madrid,1\nanna,2024-06-01 12:00 Nowhere/City,1\nanna,2024-06-02 12:00,1\n";
    let done = place.import(&place.file("zones.csv", text), &Options::default()).unwrap();
    assert_eq!(done.rejected.get(&Reason::BadTime), Some(&1));
    let times: Vec<String> = place
        .lake
        .history_of(&terms::ids::CustomerKey::new("anna"))
        .unwrap()
        .iter()
        .map(|purchase| purchase.time.to_string())
        .collect();
    assert_eq!(times, ["2024-06-01T10:00:00Z", "2024-06-02T12:00:00Z"]);
}

#[test]
fn one_rule_for_the_currency_holds_for_preview_and_import() {
    use lake::import::CurrencyFrom as From;
    use terms::money::Currency;
    let mixed =
        "customer,time,amount,currency\nanna,2024-05-13,1,USD\nben,2024-05-13,1,USD\nben,2024-05-13,1,EUR\n";
    let plain = "customer,time,amount\nanna,2024-05-14,1\n";
    let signs = "customer,time,amount\nanna,2024-05-15,$1\nanna,2024-05-15,€2\nanna,2024-05-16,3\nben,2024-05-17,$4\n";
    let dollars = "customer,time,dollar_value\nanna,2024-05-18,1\n";
    let brand = Options { brand_currency: Some(Currency::GBP), ..Options::default() };
    let told = Options { default_currency: Some(Currency::EUR), ..brand.clone() };
    for (text, options, currency, from, rejected) in [
        (mixed, &brand, Currency::USD, From::Column, 1),
        (mixed, &told, Currency::EUR, From::Told, 2),
        (plain, &brand, Currency::GBP, From::Brand, 0),
        (signs, &brand, Currency::USD, From::Amounts, 1),
        (dollars, &brand, Currency::USD, From::Amounts, 0),
    ] {
        let place = Place::new();
        let path = place.file("money.csv", text);
        let seen = preview(Some(&place.lake), &path, options).unwrap();
        let done = place.import(&path, options).unwrap();
        assert_eq!((seen.currency, seen.currency_from), (currency, from), "{text}");
        assert_eq!((done.currency, done.currency_from), (currency, from), "{text}");
        assert_eq!(done.rejected.get(&Reason::OtherCurrency).copied().unwrap_or(0), rejected, "{text}");
        assert_eq!(seen.rejected, done.rejected, "{text}");
        assert_eq!(place.lake.stats().unwrap().currency, Some(currency), "{text}");
    }
    // A lake that has a currency keeps it, and the preview knows.
    let place = Place::new();
    place.import(&place.file("first.csv", plain), &told).unwrap();
    let path = place.file("mixed.csv", mixed);
    let seen = preview(Some(&place.lake), &path, &brand).unwrap();
    assert_eq!((seen.currency, seen.currency_from), (Currency::EUR, From::Lake));
    assert_eq!(seen.rejected, place.import(&path, &brand).unwrap().rejected);
    let refused = place.refused(&place.file("dollars.csv", dollars));
    assert!(refused.contains("looks like USD, and the lake is in EUR"), "{refused}");
}

#[test]
fn spanish_headers_are_found_and_others_are_named_field_by_field() {
    let place = Place::new();
    let found = |name: &str, text: &str| {
        customers(&place.file(name, text), &Options::default(), &mut |_| {}).map(|read| read.rows)
    };
    let rows = found("es.csv", "clave;correo;nombre\n7;anna@example.com;Anna\n").unwrap();
    assert_eq!((rows[0].key.as_str(), rows[0].first_name.as_deref()), ("7", Some("Anna")));
    assert_eq!(
        found("no.csv", "Nº cliente;Correo electrónico\n7;anna@example.com\n").unwrap()[0].key.as_str(),
        "7"
    );
    let odd = "who,post\n7,anna@example.com\n";
    let refused = found("odd.csv", odd).unwrap_err().to_string();
    assert!(refused.contains("--column key=NAME or --column key=NUMBER"), "{refused}");
    let columns = [("key".to_owned(), "who".to_owned()), ("email".to_owned(), "2".to_owned())];
    let told = Options { columns: columns.into(), ..Options::default() };
    let read = customers(&place.file("odd.csv", odd), &told, &mut |_| {}).unwrap();
    assert_eq!(read.rows[0].email.as_deref(), Some("anna@example.com"));
    let wrong = Options { columns: [("shoe".to_owned(), "2".to_owned())].into(), ..Options::default() };
    let refused = customers(&place.file("odd.csv", odd), &wrong, &mut |_| {}).unwrap_err().to_string();
    assert!(refused.contains("no field `shoe`") && refused.contains("first_name"), "{refused}");
    let said = "Cliente;Uso;Canal;Estado;Fecha\n7;marketing;email;granted;2024-05-13\n";
    let refused = consents(&place.file("said.csv", said), &Options::default(), &mut |_| {}).unwrap_err();
    assert!(refused.to_string().contains("--column purpose=NAME"), "{refused}");
    let purchases = "Nº cliente;Fecha;Importe\n7;13/05/2024;1,50\n";
    assert_eq!(place.import(&place.file("compras.csv", purchases), &Options::default()).unwrap().added, 1);
}

#[test]
fn what_cannot_be_a_contact_record_is_rejected_with_what_is_wrong() {
    let place = Place::new();
    let (long_key, long_name) = ("k".repeat(201), "n".repeat(5_000));
    let text = format!(
        "key,email,first_name\n1,<script>@x.y,A\n2,anna@localhost,A\n3,Anna <anna@example.com>,A\n{long_key},,A\n\
        bell\u{7},,A\n4,,{long_name}\n../../etc,ok@example.com,A\n"
    );
    let read = customers(&place.file("people.csv", text), &Options::default(), &mut |_| {}).unwrap();
    // A key is never a file's name, so it may look like one.
    assert_eq!(read.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["../../etc"]);
    assert_eq!(read.rejected.get(&Reason::BadEmail), Some(&3));
    assert_eq!(read.rejected_lines[0].reason, "not an e-mail address");
    for reason in [Reason::LongCustomer, Reason::BadCustomer, Reason::TooLong] {
        assert_eq!(read.rejected.get(&reason), Some(&1), "{reason}");
    }
    assert!(
        read.rejected_texts.contains_key("first_name is longer than 200 bytes"),
        "{:?}",
        read.rejected_texts
    );
}

#[test]
fn an_unknown_word_is_said_with_the_words_there_are() {
    let place = Place::new();
    let text = "customer,purpose,channel,status,at\n7,marketing,pigeon,granted,2024-05-13\n";
    let rejects = place.folder.path().join("rejects.csv");
    let options = Options { rejects: Some(rejects.clone()), ..Options::default() };
    let read = consents(&place.file("said.csv", text), &options, &mut |_| {}).unwrap();
    let reason = "unknown channel `pigeon`; it is one of: email, sms, push, post";
    assert_eq!(read.rejected_lines[0].reason, reason);
    assert!(std::fs::read_to_string(rejects).unwrap().contains(reason));
}
