//! Figures on unsupported statements: by text, within each writer, and by marked bytes.

use super::learn::{CLAIMS_SEED, Reading};
use super::read::Response;
use crate::cues::auc;
use serde::Serialize;
use std::collections::BTreeMap;

const RESAMPLES: usize = 1000;

/// Figures on one writer.
#[derive(Debug, Clone, Serialize)]
pub struct WriterFigures {
    /// Texts.
    pub texts: usize,
    /// Texts in which people marked something.
    pub marked: usize,
    /// Area under the curve; none without both outcomes.
    pub auc: Option<f64>,
}

/// Figures on all texts. Intervals of 95 % are from 1,000 resamples of sources.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimFigures {
    /// F1 of texts in which people marked something, all writers together.
    pub f1: f64,
    /// Its interval.
    pub f1_interval: [f64; 2],
    /// Precision.
    pub precision: f64,
    /// Recall.
    pub recall: f64,
    /// F1 of saying so of every text.
    pub flag_all_f1: f64,
    /// Area under the curve, all writers together.
    pub auc: f64,
    /// Its interval.
    pub auc_interval: [f64; 2],
    /// Mean over writers of the area within each: nothing is gained by knowing who wrote.
    pub within_writer_auc: f64,
    /// Its interval.
    pub within_writer_interval: [f64; 2],
    /// F1 of marked bytes, all texts together.
    pub span_f1: f64,
    /// Its interval.
    pub span_f1_interval: [f64; 2],
    /// Share of the bytes shown that people marked.
    pub span_precision: f64,
    /// Share of marked bytes that are shown.
    pub span_recall: f64,
    /// By writer.
    pub writers: BTreeMap<String, WriterFigures>,
    /// Share of marked bytes shown, by what people called it.
    pub recall_by_kind: BTreeMap<String, f64>,
    /// Texts.
    pub texts: usize,
    /// Sources.
    pub sources: usize,
}

/// A text that was misread.
#[derive(Debug, Clone, Serialize)]
pub struct Misread {
    /// Who wrote it.
    pub writer: String,
    /// Log-odds.
    pub score: f64,
    /// What people marked.
    pub marked: Vec<String>,
    /// What was shown.
    pub shown: Vec<String>,
}

/// Bytes in both, in what is shown, in what is marked.
pub(super) fn overlap(shown: &[(usize, usize)], marks: &[(usize, usize, String)]) -> (usize, usize, usize) {
    let marks = union(marks.iter().map(|(start, end, _)| (*start, *end)).collect());
    let shown = union(shown.to_vec());
    let length = |all: &[(usize, usize)]| all.iter().map(|(start, end)| end - start).sum::<usize>();
    let both =
        shown.iter().flat_map(|a| marks.iter().map(move |b| a.1.min(b.1).saturating_sub(a.0.max(b.0)))).sum();
    (both, length(&shown), length(&marks))
}

fn union(mut spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    spans.sort_unstable();
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match all.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => all.push((start, end)),
        }
    }
    all
}

type Row<'r> = (&'r Response, &'r Reading);

struct Whole {
    f1: f64,
    precision: f64,
    recall: f64,
    auc: f64,
    within: f64,
    span_f1: f64,
    span_precision: f64,
    span_recall: f64,
}

fn whole(rows: &[Row<'_>]) -> Whole {
    let hit = |row: &Row<'_>| !row.0.marks.is_empty();
    let count = |of: &dyn Fn(&Row<'_>) -> bool| rows.iter().filter(|row| of(row)).count() as f64;
    let (said, marked) = (count(&|row| row.1.said), count(&hit));
    let right = count(&|row| row.1.said && hit(row));
    let (mut both, mut shown, mut in_marks) = (0, 0, 0);
    for (response, reading) in rows {
        let (b, s, m) = overlap(&reading.spans, &response.marks);
        (both, shown, in_marks) = (both + b, shown + s, in_marks + m);
    }
    let area = |rows: &[Row<'_>]| {
        let scores: Vec<f64> = rows.iter().map(|row| row.1.score).collect();
        let hits: Vec<bool> = rows.iter().map(hit).collect();
        auc(&scores, &hits).map(|(area, _)| area)
    };
    let areas: Vec<f64> = by_writer(rows).values().filter_map(|rows| area(rows)).collect();
    let share = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
    Whole {
        f1: share(2.0 * right, said + marked),
        precision: share(right, said),
        recall: share(right, marked),
        auc: area(rows).unwrap_or(f64::NAN),
        within: areas.iter().sum::<f64>() / areas.len().max(1) as f64,
        span_f1: share(2.0 * both as f64, (shown + in_marks) as f64),
        span_precision: share(both as f64, shown as f64),
        span_recall: share(both as f64, in_marks as f64),
    }
}

fn by_writer<'r>(rows: &[Row<'r>]) -> BTreeMap<&'r str, Vec<Row<'r>>> {
    let mut writers: BTreeMap<&str, Vec<Row<'r>>> = BTreeMap::new();
    for row in rows {
        writers.entry(&row.0.writer).or_default().push(*row);
    }
    writers
}

/// Figures of what was read in each response.
#[must_use]
pub fn claim_figures(responses: &[Response], readings: &[Reading]) -> ClaimFigures {
    let rows: Vec<Row<'_>> = responses.iter().zip(readings).collect();
    let mut sources: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in &rows {
        sources.entry(&row.0.source).or_default().push(*row);
    }
    let groups: Vec<&Vec<Row<'_>>> = sources.values().collect();
    let mut draws: [Vec<f64>; 4] = Default::default();
    let mut state = CLAIMS_SEED;
    for _ in 0..RESAMPLES {
        let mut drawn: Vec<Row<'_>> = Vec::with_capacity(rows.len());
        for _ in 0..groups.len() {
            let place = crate::personal::next(&mut state) % groups.len().max(1) as u64;
            drawn.extend(groups.get(place as usize).into_iter().flat_map(|rows| rows.iter()));
        }
        let drawn = whole(&drawn);
        for (draws, figure) in draws.iter_mut().zip([drawn.f1, drawn.auc, drawn.within, drawn.span_f1]) {
            draws.push(figure);
        }
    }
    let [f1_interval, auc_interval, within_writer_interval, span_f1_interval] =
        draws.map(crate::personal::interval);
    let all = whole(&rows);
    let marked = rows.iter().filter(|row| !row.0.marks.is_empty()).count();
    let writer = |(name, rows): (&str, Vec<Row<'_>>)| {
        let scores: Vec<f64> = rows.iter().map(|row| row.1.score).collect();
        let hits: Vec<bool> = rows.iter().map(|row| !row.0.marks.is_empty()).collect();
        let marked = hits.iter().filter(|hit| **hit).count();
        (
            name.to_owned(),
            WriterFigures { texts: rows.len(), marked, auc: auc(&scores, &hits).map(|(area, _)| area) },
        )
    };
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (response, reading) in &rows {
        for mark in &response.marks {
            let (both, _, marked) = overlap(&reading.spans, std::slice::from_ref(mark));
            let kind = kinds.entry(mark.2.clone()).or_default();
            *kind = (kind.0 + both, kind.1 + marked);
        }
    }
    ClaimFigures {
        f1: all.f1,
        f1_interval,
        precision: all.precision,
        recall: all.recall,
        flag_all_f1: 2.0 * marked as f64 / (rows.len() + marked).max(1) as f64,
        auc: all.auc,
        auc_interval,
        within_writer_auc: all.within,
        within_writer_interval,
        span_f1: all.span_f1,
        span_f1_interval,
        span_precision: all.span_precision,
        span_recall: all.span_recall,
        writers: by_writer(&rows).into_iter().map(writer).collect(),
        recall_by_kind: kinds
            .into_iter()
            .map(|(name, (both, all))| (name, both as f64 / all.max(1) as f64))
            .collect(),
        texts: rows.len(),
        sources: groups.len(),
    }
}

/// The texts that were misread most surely, at most `most`.
#[must_use]
pub fn misread(responses: &[Response], readings: &[Reading], most: usize) -> Vec<Misread> {
    let mut wrong: Vec<Row<'_>> = responses
        .iter()
        .zip(readings)
        .filter(|(response, reading)| reading.said == response.marks.is_empty())
        .collect();
    wrong.sort_by(|a, b| b.1.score.abs().total_cmp(&a.1.score.abs()));
    let quote = |response: &Response, start: usize, end: usize| {
        response.text.get(start..end).unwrap_or("").to_owned()
    };
    let misread = |(response, reading): Row<'_>| Misread {
        writer: response.writer.clone(),
        score: reading.score,
        marked: response
            .marks
            .iter()
            .map(|mark| format!("{}: {}", mark.2, quote(response, mark.0, mark.1)))
            .collect(),
        shown: reading.spans.iter().map(|(start, end)| quote(response, *start, *end)).collect(),
    };
    wrong.into_iter().take(most).map(misread).collect()
}
