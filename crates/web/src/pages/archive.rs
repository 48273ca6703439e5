//! Everything that is known of a customer as a zip: one JSON file a place, and a summary anybody can read.

use crate::WebState;
use crate::context::Cx;
use crate::error::Fault;
use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use flow::places::{Archive, ArchivePart};
use serde_json::Value;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

#[derive(Template)]
#[template(path = "archive_summary.html")]
struct Summary<'a> {
    cx: &'a Cx,
    brand: &'a str,
    archive: &'a Archive,
}

impl Summary<'_> {
    fn purposes(&self, part: &ArchivePart) -> String {
        let names: Vec<String> =
            part.purposes.iter().map(|purpose| self.cx.name("used_for", purpose)).collect();
        names.join(", ")
    }

    /// The fields of a row as name and text.
    fn cells(&self, row: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => "–".to_owned(),
            other => other.to_string(),
        };
        match row {
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            other => vec![(String::new(), text(other))],
        }
    }
}

/// Writes the archive.
fn pack(cx: &Cx, brand: &str, archive: &Archive) -> Result<Vec<u8>, Fault> {
    let broken =
        |error: &dyn std::fmt::Display| Fault::Page(format!("the archive cannot be written: {error}"));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| -> Result<(), Fault> {
        zip.start_file(name, options).map_err(|error| broken(&error))?;
        zip.write_all(bytes).map_err(|error| broken(&error))
    };
    let summary = Summary { cx, brand, archive }.render()?;
    add(if cx.lang.as_str() == "es" { "resumen.html" } else { "summary.html" }, summary.as_bytes())?;
    for part in &archive.parts {
        let json = serde_json::to_vec_pretty(part).map_err(|error| broken(&error))?;
        add(&format!("{}.json", part.place), &json)?;
    }
    let done = zip.finish().map_err(|error| broken(&error))?;
    Ok(done.into_inner())
}

/// The archive, made afresh.
pub(crate) async fn fetch(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let (archive, language) = state.app.archive_by_link(&token?.0).await?;
    cx.lang = language;
    if cx.json {
        return Ok(axum::Json(archive).into_response());
    }
    let brand = state.app.brand().await?.name;
    let bytes = pack(&cx, &brand, &archive)?;
    let name = format!("attachment; filename=\"data-{}.zip\"", archive.made_at.day());
    Ok(([(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, HOSTILE};
    use std::io::Read;
    use terms::customer::Language;

    #[test]
    fn the_archive_holds_every_place_as_json_and_a_summary_in_which_names_stay_text() {
        let archive = samples::archive();
        let cx = crate::pages::tests::reader(Language::Spanish);
        let bytes = pack(&cx, "Tostadero Norte", &archive).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let summary = read("resumen.html");
        assert!(!summary.contains("<script") && !summary.contains("<img"), "{summary}");
        for part in &archive.parts {
            let json: Value = serde_json::from_str(&read(&format!("{}.json", part.place))).unwrap();
            assert_eq!(json["rows"], serde_json::to_value(&part.rows).unwrap(), "{}", part.place);
        }
        assert!(read("store.customers.json").contains(&serde_json::to_string(HOSTILE).unwrap()));
    }
}
