//! Cues of rules: for each language one model that says whether a sentence is forbidden by any rule, one that says by
//! which family, and one that says whether a field gives orders to a text model. Thresholds are from cross-validation on
//! the training part.

use super::learn::{Recipe, file, fit_label, folds};
use super::{FOLDS, Item, Part, Share, auc, share};
use guard::cues::{CueModel, CueOrigin, Scores, training_hash};
use miette::{IntoDiagnostic, miette};
use serde::Serialize;

/// The label of the model that says whether.
pub const ANY: &str = "any";
/// The label of the model of orders.
pub const ORDERS: &str = "orders";
/// Families of rules, by the letter their names begin with; the labels of the model that says which.
pub const FAMILIES: [&str; 6] = ["C", "M", "V", "P", "X", "D"];

/// Of honest sentences, half of them written to look dishonest, this share may be shown to a person.
const HONEST: f64 = 0.015;
/// The same of honest fields, where what is shown keeps a field from a text model and stops no message.
const HONEST_FIELDS: f64 = 0.03;

const RECIPE: Recipe = Recipe { buckets: 16_384, ridge: 0.3, rarity: 1.0 };
const ORDERS_RECIPE: Recipe = Recipe { buckets: 8_192, ..RECIPE };
/// Which family is said beside a sentence that is shown anyway, so it may take less room.
const FAMILY_RECIPE: Recipe = Recipe { buckets: 2_048, ..RECIPE };

/// What cross-validation says of a model with one label, on the training part.
#[derive(Debug, Clone, Serialize)]
pub struct WhetherFigures {
    /// `en`, `es`.
    pub language: String,
    /// `any` or `orders`.
    pub label: String,
    /// Folds, by family of paraphrases.
    pub folds: usize,
    /// Area under the curve, wrong against honest, with its interval.
    pub auc: Option<(f64, [f64; 2])>,
    /// Wrong texts that are shown.
    pub found: Share,
    /// The same by the rule that forbids them.
    pub found_by_rule: Vec<(String, Share)>,
    /// Honest texts that are shown.
    pub honest_shown: Share,
    /// Log-odds from which a sentence is shown.
    pub threshold: f64,
    /// Of the forbidden texts that are shown, those whose family is said rightly.
    pub family_right: Option<Share>,
}

/// The files of a language, whether and which, from its corpus. The parts set aside are dropped before anything is
/// looked at.
///
/// # Errors
/// When the corpus cannot be read.
pub fn train_rules(
    language: &str,
    corpus: &str,
    seed: u64,
) -> miette::Result<([Vec<u8>; 2], WhetherFigures)> {
    let items = super::read_corpus(corpus)?;
    let items = training(&items)?;
    let origin = CueOrigin { language: language.to_owned(), corpus: training_hash(corpus), seed };
    let scores = out_of_fold(&items, seed, |seen| whether(&origin, ANY, seen, RECIPE, 0.0))?;
    let families = out_of_fold(&items, seed, |seen| which(&origin, seen))?;
    let threshold = threshold(&items, &scores, HONEST);
    let mut figures = figures((language, ANY), &items, &scores, threshold);
    let right = items.iter().zip(&scores).zip(&families).filter(|((item, scores), families)| {
        // What is said is the family of the sentence that is shown.
        let (place, score) = highest(scores);
        score >= threshold && families.get(place).is_some_and(|scores| is_of(item, family(scores)))
    });
    figures.family_right = Some(share(right.count() as u64, figures.found.hits));
    let any = whether(&origin, ANY, &items, RECIPE, threshold);
    Ok(([any, which(&origin, &items)], figures))
}

/// The file of orders of a language from its fields. Honest sentences of the corpus are beside them as what speaks to
/// people; only fields count for the threshold.
///
/// # Errors
/// When the fields or the corpus cannot be read.
pub fn train_orders(
    language: &str,
    fields: &str,
    corpus: &str,
    seed: u64,
) -> miette::Result<(Vec<u8>, WhetherFigures)> {
    let corpus_items = super::read_corpus(corpus)?;
    let field_items = super::read_corpus(fields)?;
    let mut items = training(&field_items)?;
    let fields_count = items.len();
    items.extend(training(&corpus_items)?.into_iter().filter(|item| item.labels.is_empty()));
    let hash = training_hash(&format!("{fields}{corpus}"));
    let origin = CueOrigin { language: language.to_owned(), corpus: hash, seed };
    let mut scores = out_of_fold(&items, seed, |seen| whether(&origin, ORDERS, seen, ORDERS_RECIPE, 0.0))?;
    scores.truncate(fields_count);
    let only_fields = items.get(..fields_count).unwrap_or(&[]);
    let threshold = threshold(only_fields, &scores, HONEST_FIELDS);
    let figures = figures((language, ORDERS), only_fields, &scores, threshold);
    Ok((whether(&origin, ORDERS, &items, ORDERS_RECIPE, threshold), figures))
}

fn training(items: &[Item]) -> miette::Result<Vec<&Item>> {
    let items: Vec<&Item> = items.iter().filter(|item| item.part == Part::Train).collect();
    if items.is_empty() {
        return Err(miette!("there is no sentence to train on"));
    }
    Ok(items)
}

fn whether(origin: &CueOrigin, label: &str, items: &[&Item], recipe: Recipe, threshold: f64) -> Vec<u8> {
    let wrong: Vec<bool> = items.iter().map(|item| !item.labels.is_empty()).collect();
    file(origin, vec![(label.to_owned(), threshold, fit_label(items, &wrong, recipe))])
}

/// The model that says which family; it is asked of forbidden sentences only.
fn which(origin: &CueOrigin, items: &[&Item]) -> Vec<u8> {
    let forbidden: Vec<&Item> = items.iter().filter(|item| !item.labels.is_empty()).copied().collect();
    let fitted = FAMILIES.iter().map(|letter| {
        let hits: Vec<bool> = forbidden.iter().map(|item| is_of(item, letter)).collect();
        ((*letter).to_owned(), 0.0, fit_label(&forbidden, &hits, FAMILY_RECIPE))
    });
    file(origin, fitted.collect())
}

fn is_of(item: &Item, family: &str) -> bool {
    item.labels.iter().any(|label| label.starts_with(family))
}

fn family(scores: &Scores) -> &'static str {
    FAMILIES.iter().zip(scores).max_by(|a, b| a.1.total_cmp(b.1)).map_or("", |(letter, _)| *letter)
}

/// The scores of each sentence of each item, by models that have not seen its family of paraphrases.
fn out_of_fold(
    items: &[&Item],
    seed: u64,
    fit: impl Fn(&[&Item]) -> Vec<u8>,
) -> miette::Result<Vec<Vec<Scores>>> {
    let fold_of = folds(items, seed);
    let mut scores = vec![Vec::new(); items.len()];
    for fold in 0..FOLDS {
        let seen: Vec<&Item> =
            items.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(item, _)| *item).collect();
        let bytes = fit(&seen);
        let model = CueModel::read(&bytes).into_diagnostic()?;
        for ((item, of), scores) in items.iter().zip(&fold_of).zip(&mut scores) {
            if *of == fold {
                *scores = item.sentences.iter().map(|sentence| model.scores_of(sentence)).collect();
            }
        }
    }
    Ok(scores)
}

/// The sentence with the highest score of the first label, and that score: a text is shown when any of its sentences is.
fn highest(scores: &[Scores]) -> (usize, f64) {
    let first = scores.iter().map(|[score, ..]| *score).enumerate();
    first.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, f64::NEG_INFINITY))
}

/// The lowest score that at most a share of the honest texts reach, counted as if the next one reached it too (split
/// conformal prediction: Vovk, Gammerman, Shafer 2005).
fn threshold(items: &[&Item], scores: &[Vec<Scores>], share: f64) -> f64 {
    let honest = items.iter().zip(scores).filter(|(item, _)| item.labels.is_empty());
    let mut honest: Vec<f64> = honest.map(|(_, scores)| highest(scores).1).collect();
    honest.sort_by(|a, b| b.total_cmp(a));
    let may = (share * (honest.len() + 1) as f64).floor() as usize;
    // With too few honest sentences to tell, nothing is shown.
    may.checked_sub(1).and_then(|last| honest.get(last)).map_or(f64::MAX, |score| score + 1e-4)
}

fn figures(
    (language, label): (&str, &str),
    items: &[&Item],
    scores: &[Vec<Scores>],
    threshold: f64,
) -> WhetherFigures {
    let scores: Vec<f64> = scores.iter().map(|scores| highest(scores).1).collect();
    let count = |which: &dyn Fn(&Item) -> bool| {
        let of: Vec<f64> =
            items.iter().zip(&scores).filter(|(item, _)| which(item)).map(|(_, score)| *score).collect();
        share(of.iter().filter(|score| **score >= threshold).count() as u64, of.len() as u64)
    };
    let mut rules: Vec<&String> = items.iter().flat_map(|item| &item.labels).collect();
    rules.sort_unstable();
    rules.dedup();
    let wrong: Vec<bool> = items.iter().map(|item| !item.labels.is_empty()).collect();
    WhetherFigures {
        language: language.to_owned(),
        label: label.to_owned(),
        folds: FOLDS,
        auc: auc(&scores, &wrong),
        found: count(&|item| !item.labels.is_empty()),
        found_by_rule: rules.into_iter().map(|rule| (rule.clone(), count(&|item| item.is(rule)))).collect(),
        honest_shown: count(&|item| item.labels.is_empty()),
        threshold,
        family_right: None,
    }
}
