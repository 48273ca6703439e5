//! Recall and precision of errors: an error is found when any doubted token is one of its own, and a doubt is right when
//! any error has a token of it.

use super::check::Doubted;
use super::game::Game;
use crate::personal::{interval, next};
use serde::Serialize;
use std::collections::BTreeMap;

const RESAMPLES: usize = 1000;
const SEED: u64 = 20_261_126;

/// Found of marked.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct KindFigures {
    /// Errors people marked, or doubts.
    pub all: usize,
    /// Found, or right.
    pub hits: usize,
    /// The share.
    pub share: f64,
}

/// Figures on all reports; intervals of 95 % from 1,000 resamples of reports.
#[derive(Debug, Clone, Serialize)]
pub struct AccuracyFigures {
    /// Errors found of those marked.
    pub recall: f64,
    /// Its interval.
    pub recall_interval: [f64; 2],
    /// Right doubts of all.
    pub precision: f64,
    /// Its interval.
    pub precision_interval: [f64; 2],
    /// F1 of both.
    pub f1: f64,
    /// Its interval.
    pub f1_interval: [f64; 2],
    /// Recall by what people called it.
    pub recall_by_kind: BTreeMap<String, KindFigures>,
    /// Precision by what was doubted.
    pub precision_by_doubt: BTreeMap<String, KindFigures>,
    /// Reports.
    pub texts: usize,
    /// Errors.
    pub errors: usize,
}

/// What was missed or wrongly doubted, with words around.
#[derive(Debug, Clone, Serialize)]
pub struct Unmatched {
    /// The report.
    pub id: String,
    /// `missed` or `wrong`.
    pub what: &'static str,
    /// What people or the check called it.
    pub kind: String,
    /// The words, with some around.
    pub words: String,
}

fn meets(doubt: &Doubted, first: usize, last: usize) -> bool {
    doubt.first <= last && first <= doubt.last
}

/// Figures of what was doubted in each game.
#[must_use]
pub fn accuracy_figures(games: &[Game], doubted: &[Vec<Doubted>]) -> AccuracyFigures {
    let mut counts: Vec<[f64; 4]> = Vec::new();
    let (mut kinds, mut doubts): (BTreeMap<String, KindFigures>, BTreeMap<String, KindFigures>) =
        Default::default();
    for (game, doubted) in games.iter().zip(doubted) {
        let mut count = [0.0; 4];
        let [marked, found, said, right] = &mut count;
        for mark in &game.marked {
            let hit = doubted.iter().any(|doubt| meets(doubt, mark.first, mark.last));
            let kind = kinds.entry(mark.kind.clone()).or_default();
            kind.all += 1;
            kind.hits += usize::from(hit);
            *marked += 1.0;
            *found += f64::from(u8::from(hit));
        }
        for doubt in doubted {
            let hit = game.marked.iter().any(|mark| meets(doubt, mark.first, mark.last));
            let kind = doubts.entry(doubt.why.to_owned()).or_default();
            kind.all += 1;
            kind.hits += usize::from(hit);
            *said += 1.0;
            *right += f64::from(u8::from(hit));
        }
        counts.push(count);
    }
    for kind in kinds.values_mut().chain(doubts.values_mut()) {
        kind.share = kind.hits as f64 / kind.all.max(1) as f64;
    }
    let figures = |counts: &mut dyn Iterator<Item = &[f64; 4]>| {
        let mut total = [0.0; 4];
        for count in counts {
            total.iter_mut().zip(count).for_each(|(total, count)| *total += count);
        }
        let [marked, found, said, right] = total;
        let (recall, precision) = (found / f64::max(marked, 1.0), right / f64::max(said, 1.0));
        [recall, precision, 2.0 * recall * precision / f64::max(recall + precision, 1e-9)]
    };
    let [recall, precision, f1] = figures(&mut counts.iter());
    let mut draws: [Vec<f64>; 3] = Default::default();
    let mut state = SEED;
    for _ in 0..RESAMPLES {
        let mut drawn =
            (0..counts.len()).filter_map(|_| counts.get((next(&mut state) % counts.len() as u64) as usize));
        for (draws, figure) in draws.iter_mut().zip(figures(&mut drawn)) {
            draws.push(figure);
        }
    }
    let [recall_interval, precision_interval, f1_interval] = draws.map(interval);
    AccuracyFigures {
        recall,
        recall_interval,
        precision,
        precision_interval,
        f1,
        f1_interval,
        recall_by_kind: kinds,
        precision_by_doubt: doubts,
        texts: games.len(),
        errors: games.iter().map(|game| game.marked.len()).sum(),
    }
}

/// Up to `most` errors missed and doubts that were wrong, spread over the reports.
#[must_use]
pub fn unmatched(games: &[Game], doubted: &[Vec<Doubted>], most: usize) -> Vec<Unmatched> {
    let mut all = Vec::new();
    for (game, doubted) in games.iter().zip(doubted) {
        let around = |first: usize, last: usize| {
            let from = first.saturating_sub(6);
            game.tokens.get(from..(last + 5).min(game.tokens.len())).unwrap_or(&[]).join(" ")
        };
        let missed = game
            .marked
            .iter()
            .filter(|mark| !doubted.iter().any(|doubt| meets(doubt, mark.first, mark.last)));
        all.extend(missed.map(|mark| {
            (
                mark.first,
                Unmatched {
                    id: game.id.clone(),
                    what: "missed",
                    kind: mark.kind.clone(),
                    words: around(mark.first, mark.last),
                },
            )
        }));
        let wrong = doubted
            .iter()
            .filter(|doubt| !game.marked.iter().any(|mark| meets(doubt, mark.first, mark.last)));
        all.extend(wrong.map(|doubt| {
            (
                doubt.first,
                Unmatched {
                    id: game.id.clone(),
                    what: "wrong",
                    kind: doubt.why.to_owned(),
                    words: around(doubt.first, doubt.last),
                },
            )
        }));
    }
    let step = (all.len() / most.max(1)).max(1);
    all.into_iter().step_by(step).take(most).map(|(_, unmatched)| unmatched).collect()
}
