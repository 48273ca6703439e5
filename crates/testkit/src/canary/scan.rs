//! Searching bytes for words in every form in which they can stand there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use parquet::file::reader::{FileReader, SerializedFileReader};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use super::Subject;

/// A word that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Number of the subject.
    pub subject: usize,
    /// Which field.
    pub field: &'static str,
    /// In which form.
    pub form: &'static str,
    /// Where: a path in the home, or a table.
    pub place: String,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Files or tables searched.
    pub files: usize,
    /// Bytes searched, what was decoded included.
    pub bytes: u64,
    /// Everything found, each once a place.
    pub hits: BTreeSet<Hit>,
}

impl Scan {
    /// Numbers of the subjects of whom something was found.
    #[must_use]
    pub fn subjects(&self) -> BTreeSet<usize> {
        self.hits.iter().map(|hit| hit.subject).collect()
    }
}

struct Search {
    automaton: AhoCorasick,
    meant: Vec<(usize, &'static str, &'static str)>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The letters that a text keeps in base64 when `before` bytes stand before it, whatever those are and whatever follows.
fn aligned(engine: &impl Engine, text: &str, before: usize) -> String {
    let whole = engine.encode([vec![0; before], text.as_bytes().to_vec()].concat());
    let (skip, keep) = ((before * 8).div_ceil(6), (before + text.len()) * 8 / 6);
    whole.get(skip..keep).unwrap_or_default().to_owned()
}

/// Every form of a text. Upper and lower case are found alike, so none is listed for them.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![
        ("plain", bytes.to_vec()),
        ("UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hexadecimal", hex(bytes).into_bytes()),
        ("percent", bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<String>().into_bytes()),
    ];
    for before in 0..3 {
        forms.push(("base64", aligned(&STANDARD_NO_PAD, text, before).into_bytes()));
        let url = aligned(&URL_SAFE_NO_PAD, text, before).into_bytes();
        if forms.last().is_some_and(|(_, standard)| *standard != url) {
            forms.push(("base64url", url));
        }
    }
    forms
}

/// Hashes anybody can make of an address: as good as the address for who has a list of them.
fn hashes(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    use sha2::Digest;
    let (md5, sha1) = (md5::Md5::digest(text), sha1::Sha1::digest(text));
    let sha256 = sha2::Sha256::digest(text);
    vec![
        ("MD5", hex(&md5).into_bytes()),
        ("SHA-1", hex(&sha1).into_bytes()),
        ("SHA-256", hex(&sha256).into_bytes()),
        ("SHA-256 raw", sha256.to_vec()),
    ]
}

impl Search {
    fn of(subjects: &[Subject]) -> Self {
        let (mut patterns, mut meant) = (Vec::new(), Vec::new());
        for subject in subjects {
            for (field, word) in &subject.words {
                for (form, bytes) in forms(word) {
                    patterns.push(bytes);
                    meant.push((subject.number, *field, form));
                }
            }
            let address = subject.email.to_lowercase();
            for (field, text) in [("email", address.as_str()), ("key", subject.key.as_str())] {
                for (form, bytes) in hashes(text) {
                    patterns.push(bytes);
                    meant.push((subject.number, field, form));
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            .expect("patterns that fit into memory");
        Self { automaton, meant }
    }

    fn look(&self, place: &str, bytes: &[u8], scan: &mut Scan) {
        scan.bytes += bytes.len() as u64;
        for found in self.automaton.find_overlapping_iter(bytes) {
            if let Some((subject, field, form)) = self.meant.get(found.pattern().as_usize()) {
                scan.hits.insert(Hit { subject: *subject, field, form, place: place.to_owned() });
            }
        }
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the home") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// Takes quoted-printable off: soft line breaks and `=XX`.
fn unquoted(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            text.push(*first);
            continue;
        }
        if let Some(after) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
            rest = after;
            continue;
        }
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                text.push(byte);
                rest = rest.get(2..).unwrap_or_default();
            }
            None => text.push(b'='),
        }
    }
    text
}

/// All rows of a Parquet file as text: its pages are compressed.
fn rows(path: &Path) -> String {
    use std::fmt::Write;
    let file = std::fs::File::open(path).expect("a Parquet file");
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let mut text = String::new();
    for row in reader.get_row_iter(None).expect("its rows") {
        let _ = writeln!(text, "{}", row.expect("a row"));
    }
    text
}

/// Searches every file under a folder for the words of these subjects.
#[must_use]
pub fn scan(home: &Path, subjects: &[Subject]) -> Scan {
    let search = Search::of(subjects);
    let (mut files, mut scan) = (Vec::new(), Scan::default());
    walk(home, &mut files);
    for path in files {
        let place = path.strip_prefix(home).unwrap_or(&path).display().to_string();
        let bytes = std::fs::read(&path).expect("a file of the home");
        scan.files += 1;
        search.look("names of files", place.as_bytes(), &mut scan);
        search.look(&place, &bytes, &mut scan);
        if place.ends_with(".parquet") {
            search.look(&place, rows(&path).as_bytes(), &mut scan);
        }
        if place.ends_with(".eml") || place.ends_with(".part") {
            search.look(&place, &unquoted(&bytes), &mut scan);
        }
    }
    scan
}

/// Searches every table of a PostgreSQL database, dumped as text.
pub async fn postgres(url: &str, subjects: &[Subject]) -> Scan {
    let search = Search::of(subjects);
    let mut scan = Scan::default();
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.expect("a database");
    let named = "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()";
    for table in sqlx::query(named).fetch_all(&mut conn).await.expect("tables") {
        let table: String = table.get("name");
        let dump = AssertSqlSafe(format!("SELECT CAST(t AS TEXT) AS line FROM \"{table}\" t"));
        scan.files += 1;
        for row in sqlx::query(dump).fetch_all(&mut conn).await.expect("rows") {
            let line: String = row.get("line");
            search.look(&table, line.as_bytes(), &mut scan);
        }
    }
    conn.close().await.expect("a clean end");
    scan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_every_form_and_where_it_is_not_it_is_not_found() {
        let subject = Subject {
            number: 7,
            key: terms::ids::CustomerKey::new("cnry-key"),
            email: "cnry-mail@mail.example".to_owned(),
            words: vec![("email", "cnry-mail-0123456789".to_owned())],
        };
        let search = Search::of(std::slice::from_ref(&subject));
        for (form, bytes) in forms("cnry-mail-0123456789").into_iter().chain(hashes("cnry-mail@mail.example"))
        {
            let mut scan = Scan::default();
            search.look("x", &[b"before".as_slice(), &bytes, b"after"].concat(), &mut scan);
            assert!(scan.hits.iter().any(|hit| hit.form == form), "{form}");
        }
        for before in ["", "a", "ab"] {
            let mut scan = Scan::default();
            let text =
                STANDARD_NO_PAD.encode(format!("{before}CNRY-mail-0123456789 and more").to_lowercase());
            search.look("x", text.as_bytes(), &mut scan);
            assert!(scan.hits.iter().any(|hit| hit.form == "base64"), "{before}");
        }
        let mut scan = Scan::default();
        search.look("x", &unquoted(b"cnry-m=61il-01234=\r\n56789"), &mut scan);
        assert_eq!(scan.hits.len(), 1);
        search.look("y", b"cnry-mail-0123456780", &mut scan);
        assert_eq!(scan.hits.len(), 1);
    }
}
