//! Responses of language models to structured facts, one source a line: `source_id`, `source` (any JSON), `responses`
//! with `response`, `model` and `labels` (`start` and `end` in characters).

use guard::cues::unsupported::{Stated, StatedValue};
use miette::{IntoDiagnostic, WrapErr, miette};
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use terms::hash::ContentHash;

/// A text, and what people marked in it.
#[derive(Debug, Clone)]
pub struct Response {
    /// Texts of one source are never in two folds.
    pub source: String,
    /// Who wrote it.
    pub writer: String,
    /// What it was written from.
    pub facts: Vec<Stated>,
    /// The text.
    pub text: String,
    /// Bytes that people marked, and what they called it.
    pub marks: Vec<(usize, usize, String)>,
}

#[derive(Deserialize)]
struct Line {
    source_id: Value,
    source: Value,
    responses: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    response: String,
    #[serde(default)]
    model: String,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    start: usize,
    end: usize,
    #[serde(default)]
    label_type: String,
}

/// Reads a file of JSON lines, perhaps gzipped.
///
/// # Errors
/// When it cannot be read or a line is none of these.
pub fn read_responses(path: &Path) -> miette::Result<Vec<Response>> {
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
    let mut responses = Vec::new();
    for (at, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        let line: Line = serde_json::from_str(line)
            .into_diagnostic()
            .wrap_err_with(|| format!("{}, line {}", place(), at + 1))?;
        // Facts may come as JSON within a string.
        let parsed = line.source.as_str().and_then(|text| serde_json::from_str(text).ok());
        let mut facts = Vec::new();
        flatten("", parsed.as_ref().unwrap_or(&line.source), &mut facts);
        for answer in line.responses {
            let places: Vec<usize> =
                answer.response.char_indices().map(|(at, _)| at).chain([answer.response.len()]).collect();
            let marks = answer.labels.into_iter().filter_map(|label| {
                Some((*places.get(label.start)?, *places.get(label.end)?, label.label_type))
            });
            responses.push(Response {
                source: line.source_id.to_string(),
                writer: answer.model,
                facts: facts.clone(),
                marks: marks.collect(),
                text: answer.response,
            });
        }
    }
    if responses.is_empty() {
        return Err(miette!("{} holds no responses", place()));
    }
    Ok(responses)
}

/// The fields of any JSON, with their paths; places in lists have no name.
pub fn flatten(path: &str, value: &Value, into: &mut Vec<Stated>) {
    let mut add = |value| into.push(Stated { path: path.to_owned(), value });
    match value {
        Value::Null => add(StatedValue::Unknown),
        Value::Bool(true) => add(StatedValue::Yes),
        Value::Bool(false) => add(StatedValue::No),
        Value::Number(number) => add(StatedValue::Number(number.as_f64().unwrap_or(f64::NAN))),
        Value::String(text) => add(StatedValue::Text(text.clone())),
        Value::Array(all) => all.iter().for_each(|value| flatten(path, value, into)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&inner, value, into);
            }
        }
    }
}

/// A hash over texts and marks.
#[must_use]
pub fn hash_of_responses(responses: &[Response]) -> ContentHash {
    let mut parts: Vec<String> = Vec::new();
    for response in responses {
        parts.push(response.text.clone());
        parts.extend(response.marks.iter().map(|(start, end, _)| format!("{start} {end}")));
    }
    ContentHash::of(parts.iter().map(String::as_bytes))
}
