//! Annotated texts: a JSON list with `full_text`, `spans` and `template_id` (perhaps gzipped), or a folder with BRAT
//! files. Both count characters; what comes out counts bytes.

use miette::{IntoDiagnostic, WrapErr, miette};
use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};
use terms::hash::ContentHash;

/// A text with what people marked in it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Texts of one group are never in two folds: a template, a document.
    pub group: String,
    /// The text.
    pub text: String,
    /// Marked by people.
    pub marks: Vec<Mark>,
}

/// A marked span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Name in the data.
    pub label: String,
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

#[derive(Deserialize)]
struct Sample {
    full_text: String,
    spans: Vec<SampleSpan>,
    #[serde(default)]
    template_id: serde_json::Value,
}

#[derive(Deserialize)]
struct SampleSpan {
    entity_type: String,
    start_position: usize,
    end_position: usize,
}

/// Reads a file or a folder.
///
/// # Errors
/// When it cannot be read, or is in neither format.
pub fn read_documents(path: &Path) -> miette::Result<Vec<Document>> {
    let documents = if path.is_dir() { brat(path)? } else { samples(path)? };
    if documents.is_empty() {
        return Err(miette!(
            "`{}` holds no annotated text: give a JSON list, or a folder with `.txt` and `.ann` files",
            path.display()
        ));
    }
    Ok(documents)
}

/// A hash over texts and marks, whatever file they lay in.
#[must_use]
pub fn hash_of<'d>(documents: impl IntoIterator<Item = &'d Document>) -> ContentHash {
    let mut parts: Vec<String> = Vec::new();
    for document in documents {
        parts.push(document.text.clone());
        parts.extend(document.marks.iter().map(|mark| format!("{} {} {}", mark.label, mark.start, mark.end)));
    }
    ContentHash::of(parts.iter().map(String::as_bytes))
}

fn samples(path: &Path) -> miette::Result<Vec<Document>> {
    let place = || format!("`{}`", path.display());
    let bytes = std::fs::read(path).into_diagnostic().wrap_err_with(place)?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)
    } else {
        bytes.as_slice().read_to_string(&mut text)
    }
    .into_diagnostic()
    .wrap_err_with(place)?;
    let samples: Vec<Sample> = serde_json::from_str(&text).into_diagnostic().wrap_err_with(place)?;
    let document = |(at, sample): (usize, Sample)| {
        let marks = sample
            .spans
            .iter()
            .map(|span| (merged(&span.entity_type), span.start_position, span.end_position));
        // A text without a template is a group of its own.
        let group =
            if sample.template_id.is_null() { format!("text {at}") } else { sample.template_id.to_string() };
        Document { group, marks: in_bytes(&sample.full_text, marks), text: sample.full_text.clone() }
    };
    Ok(samples.into_iter().enumerate().map(document).collect())
}

/// Streets and places are one label, as in the published figure: which of both a place is depends on the writer.
fn merged(label: &str) -> &str {
    if matches!(label, "STREET_ADDRESS" | "GPE") { "LOCATION" } else { label }
}

fn brat(folder: &Path) -> miette::Result<Vec<Document>> {
    let mut texts = Vec::new();
    collect(folder, &mut texts)?;
    texts.sort();
    let mut documents = Vec::new();
    for path in texts {
        let read = |path: &Path| {
            std::fs::read_to_string(path).into_diagnostic().wrap_err_with(|| format!("`{}`", path.display()))
        };
        let (text, notes) = (read(&path)?, read(&path.with_extension("ann"))?);
        let mut marks = Vec::new();
        for line in notes.lines().filter(|line| line.starts_with('T')) {
            let mark = line.split('\t').nth(1).and_then(|mark| {
                let (label, places) = mark.split_once(' ')?;
                // Several fragments are taken as one, from the first to the last.
                let mut numbers = places.split([' ', ';']).map(str::parse::<usize>);
                let first = numbers.next()?.ok()?;
                Some((label, first, numbers.next_back()?.ok()?))
            });
            marks.push(mark.ok_or_else(|| miette!("`{}`: `{line}` is no span", path.display()))?);
        }
        let marks = in_bytes(&text, marks.into_iter());
        documents.push(Document { group: path.display().to_string(), text, marks });
    }
    Ok(documents)
}

fn collect(folder: &Path, texts: &mut Vec<PathBuf>) -> miette::Result<()> {
    let place = || format!("`{}`", folder.display());
    for entry in std::fs::read_dir(folder).into_diagnostic().wrap_err_with(place)? {
        let path = entry.into_diagnostic().wrap_err_with(place)?.path();
        if path.is_dir() {
            collect(&path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            texts.push(path);
        }
    }
    Ok(())
}

/// Spans counted in characters, as bytes; those beyond the text are dropped. In reading order.
fn in_bytes<'s>(text: &str, spans: impl Iterator<Item = (&'s str, usize, usize)>) -> Vec<Mark> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut marks: Vec<Mark> = spans
        .filter_map(|(label, start, end)| {
            Some(Mark { label: label.to_owned(), start: *places.get(start)?, end: *places.get(end)? })
        })
        .collect();
    marks.sort_by_key(|mark| (mark.start, mark.end));
    marks
}
