//! Labelled texts: the guard's corpus, and snippets of web pages with a label of 0 or 1.

use clap::ValueEnum;
use guard::cues::features;
use miette::{IntoDiagnostic, WrapErr, miette};
use std::io::Read;
use std::path::Path;
use terms::hash::ContentHash;

/// A part of the guard's corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Models are trained on it.
    Train,
    /// Nothing is trained on it; its errors may be read, and rules mended by them.
    Dev,
    /// Only counted: nobody looks at its errors.
    Held,
}

/// A labelled text.
#[derive(Debug, Clone)]
pub struct Item {
    /// Texts of one group are never in two folds: a family of paraphrases, a page.
    pub group: String,
    /// The part it is in.
    pub part: Part,
    /// Where in a message it stands: subject, preheader, body, button, sms, push; empty where that is not known.
    pub place: String,
    /// What is wrong with it; empty when nothing is.
    pub labels: Vec<String>,
    /// The text.
    pub text: String,
    /// The features of each of its sentences.
    pub sentences: Vec<Vec<u32>>,
}

impl Item {
    fn new(group: &str, part: Part, place: &str, labels: Vec<String>, text: &str) -> Self {
        Self {
            place: place.to_owned(),
            group: group.to_owned(),
            part,
            labels,
            text: text.to_owned(),
            sentences: features(text),
        }
    }

    /// The features of all sentences.
    pub(super) fn all(&self) -> Vec<u32> {
        self.sentences.concat()
    }

    /// True when any of these is wrong with it.
    pub(super) fn is(&self, label: &str) -> bool {
        self.labels.iter().any(|other| other == label)
    }
}

/// Reads a corpus of the guard (see `crates/guard/corpus/README.md`).
///
/// # Errors
/// When a line has not the columns it should have.
pub fn read_corpus(text: &str) -> miette::Result<Vec<Item>> {
    let line = |line: &str| match line.split('\t').collect::<Vec<_>>().as_slice() {
        [_, family, split, label, _, _, place, _, sentence] => {
            let labels = label.split('+').filter(|label| *label != "none").map(str::to_owned).collect();
            let part = Part::from_str(split, false)
                .map_err(|_| miette!("`{split}` is no part of a corpus: `{line}`"))?;
            Ok(Item::new(family, part, place, labels, sentence))
        }
        columns => Err(miette!("a line of the corpus has {} columns instead of 9: `{line}`", columns.len())),
    };
    text.lines().skip(1).map(line).collect()
}

/// Reads snippets: a CSV or TSV file, perhaps gzipped, with columns `page_id`, `text` and `label` (0 or 1). Gives the
/// hash of its bytes, too.
///
/// # Errors
/// When the file cannot be read or lacks a column.
pub fn read_snippets(path: &Path) -> miette::Result<(Vec<Item>, ContentHash)> {
    let place = || format!("`{}`", path.display());
    let bytes = std::fs::read(path).into_diagnostic().wrap_err_with(place)?;
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)
    } else {
        bytes.as_slice().read_to_string(&mut text)
    }
    .into_diagnostic()
    .wrap_err_with(place)?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = reader.headers().into_diagnostic()?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|other| other == name)
            .ok_or_else(|| miette!("{} has no column `{name}`", place()))
    };
    let (page, words, label) = (column("page_id")?, column("text")?, column("label")?);
    let mut items = Vec::new();
    for record in reader.records() {
        let record = record.into_diagnostic().wrap_err_with(place)?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let labels = match cell(label) {
            "1" => vec![super::DARK.to_owned()],
            "0" => Vec::new(),
            other => return Err(miette!("{}: label `{other}` is neither 0 nor 1", place())),
        };
        items.push(Item::new(cell(page), Part::Train, "", labels, cell(words)));
    }
    Ok((items, ContentHash::of_text(&text)))
}
