//! The averaged structured perceptron (Collins 2002, EMNLP 1-8) behind the taggers. Its weights are whole numbers, so
//! every machine trains the same bytes.

use super::read::{Document, Mark, hash_of};
use super::score::next;
use guard::personal::{
    LabelScores, MOST_LABELS, PersonalToken, Tagger, TaggerOrigin, best_sequence, personal_tokens,
};
use std::collections::BTreeMap;
use terms::hash::ContentHash;

/// How a tagger is trained.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Recipe {
    /// Buckets that features fall into, a power of 2.
    #[arg(long, default_value_t = BUCKETS)]
    pub buckets: usize,
    /// Weights kept in the file, the strongest ones: by default 32,000 in English, 16,000 in Spanish.
    #[arg(long)]
    pub kept: Option<usize>,
    /// What "nothing" is docked, in steps of a weight (127 is the strongest): more finds names that are none, less
    /// misses some.
    #[arg(long, default_value_t = CAUTION)]
    pub caution: i32,
}

/// Seed of orders and folds.
pub const PII_SEED: u64 = 20_261_126;
impl Default for Recipe {
    /// The recipe of the shipped taggers.
    fn default() -> Self {
        Self { buckets: BUCKETS, kept: None, caution: CAUTION }
    }
}

const BUCKETS: usize = 32_768;
const CAUTION: i32 = 20;
/// Rounds over the texts.
const ROUNDS: usize = 5;
/// Copies of a text with other values in it.
const COPIES: usize = 4;
/// Percent of the features of a copied text that training does not see: so that no single one is relied upon.
const FORGOTTEN: u64 = 30;
/// Copies of a sentence written for this.
const TEMPLATE_COPIES: usize = 16;
static ENGLISH_TEMPLATES: &str = include_str!("../../../guard/corpus/personal.en.txt");
static SPANISH_TEMPLATES: &str = include_str!("../../../guard/corpus/personal.es.txt");
/// Longer texts have enough in them as they are.
const LONGEST_COPIED: usize = 1000;

struct Example {
    tokens: Vec<PersonalToken>,
    labels: Vec<usize>,
}

/// The bytes of a tagger trained on all documents. At most 31 kinds of marks are told apart, the most frequent ones.
#[must_use]
pub fn train_tagger(documents: &[&Document], language: &str, recipe: Recipe) -> Vec<u8> {
    let names = names(documents);
    let templates = templates(language, &names);
    let mut copies = swapped(documents, documents, COPIES);
    copies.extend(swapped(&templates.iter().collect::<Vec<_>>(), documents, TEMPLATE_COPIES));
    let all = documents.iter().copied().chain(&copies);
    let mut examples: Vec<Example> = all.map(|document| example(document, &names)).collect();
    let numbers = numbers(&examples, &names);
    let mut state = PII_SEED;
    for example in examples.iter_mut().skip(documents.len()) {
        for token in &mut example.tokens {
            token.features.retain(|_| next(&mut state) % 100 >= FORGOTTEN);
        }
    }
    let (follows, rows) = learn(&examples, names.len(), recipe.buckets);
    let kept = recipe.kept.unwrap_or(if language == "es" { 16_000 } else { 32_000 });
    let origin = TaggerOrigin {
        language: language.to_owned(),
        source: hash_of(documents.iter().copied()),
        seed: PII_SEED,
    };
    Tagger::write(&origin, &names, &numbers, (&follows, &rows), kept, recipe.caution)
}

fn names(documents: &[&Document]) -> Vec<String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for mark in documents.iter().flat_map(|document| &document.marks) {
        *counts.entry(&mark.label).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let names = counts.into_iter().map(|(name, _)| name.to_owned());
    std::iter::once("O".to_owned()).chain(names.take(MOST_LABELS - 1)).collect()
}

/// Labels that hardly ever stand on a word of letters.
fn numbers(examples: &[Example], names: &[String]) -> Vec<String> {
    let (mut words, mut all) = (vec![0usize; names.len()], vec![0usize; names.len()]);
    for (token, label) in examples.iter().flat_map(|example| example.tokens.iter().zip(&example.labels)) {
        if let (Some(words), Some(all)) = (words.get_mut(*label), all.get_mut(*label)) {
            *words += usize::from(token.letters);
            *all += 1;
        }
    }
    let few = |label: &usize| words.get(*label) < all.get(*label).map(|all| all / 200).as_ref();
    (1..names.len()).filter(few).filter_map(|label| names.get(label).cloned()).collect()
}

/// Sentences written for this, with the names of labels where values belong; those with labels that the documents do
/// not have are left out.
fn templates(language: &str, names: &[String]) -> Vec<Document> {
    let text = if language == "es" { SPANISH_TEMPLATES } else { ENGLISH_TEMPLATES };
    let mut found = Vec::new();
    for line in text.lines() {
        let mut document = Document { group: "template".to_owned(), text: String::new(), marks: Vec::new() };
        for (at, piece) in line.replace("\\n", "\n").split(['{', '}']).enumerate() {
            let start = document.text.len();
            document.text.push_str(piece);
            if at % 2 == 1 {
                document.marks.push(Mark { label: piece.to_owned(), start, end: document.text.len() });
            }
        }
        if document.marks.iter().all(|mark| names.contains(&mark.label)) {
            found.push(document);
        }
    }
    found
}

/// Copies of texts with values of the same label, taken from all documents, in the place of each: so that a name is
/// not learned by the sentence it happened to stand in. One copy in five is in lower case, as many people write.
fn swapped(texts: &[&Document], documents: &[&Document], times: usize) -> Vec<Document> {
    let mut values = BTreeMap::<&str, Vec<&str>>::new();
    for document in documents {
        for mark in &document.marks {
            values.entry(&mark.label).or_default().extend(document.text.get(mark.start..mark.end));
        }
    }
    let mut state = PII_SEED;
    let mut copies = Vec::new();
    for document in texts.iter().filter(|document| document.text.len() <= LONGEST_COPIED) {
        for _ in 0..times {
            let lower = next(&mut state).is_multiple_of(5);
            let cased = |text: &str| if lower { text.to_lowercase() } else { text.to_owned() };
            let mut copy = Document { group: document.group.clone(), text: String::new(), marks: Vec::new() };
            let mut done = 0;
            for mark in &document.marks {
                if mark.start < done {
                    continue;
                }
                let of_label = values.get(mark.label.as_str()).map_or(&[][..], Vec::as_slice);
                let place = next(&mut state) % of_label.len().max(1) as u64;
                let Some(value) = of_label.get(place as usize) else { continue };
                copy.text.push_str(&cased(document.text.get(done..mark.start).unwrap_or("")));
                let start = copy.text.len();
                copy.text.push_str(&cased(value));
                copy.marks.push(Mark { label: mark.label.clone(), start, end: copy.text.len() });
                done = mark.end;
            }
            copy.text.push_str(&cased(document.text.get(done..).unwrap_or("")));
            copies.push(copy);
        }
    }
    copies
}

fn example(document: &Document, names: &[String]) -> Example {
    let tokens = personal_tokens(&document.text);
    let labels = tokens.iter().map(|token| {
        let mark = document.marks.iter().find(|mark| mark.start < token.end && token.start < mark.end);
        mark.and_then(|mark| names.iter().position(|name| *name == mark.label)).unwrap_or(0)
    });
    Example { labels: labels.collect(), tokens }
}

/// Weights with their sums over time: an average costs only what changes.
struct Weights {
    now: Vec<i32>,
    past: Vec<i64>,
}

impl Weights {
    fn new(size: usize) -> Self {
        Self { now: vec![0; size], past: vec![0; size] }
    }

    fn add(&mut self, at: usize, by: i32, time: i64) {
        if let (Some(now), Some(past)) = (self.now.get_mut(at), self.past.get_mut(at)) {
            *now += by;
            *past += i64::from(by) * time;
        }
    }

    /// The average, times the number of steps.
    fn averaged(self, time: i64) -> Vec<i64> {
        self.now.iter().zip(self.past).map(|(now, past)| i64::from(*now) * time - past).collect()
    }
}

fn learn(examples: &[Example], n: usize, buckets: usize) -> (Vec<i64>, Vec<i64>) {
    let (mut rows, mut follows) = (Weights::new(buckets * n), Weights::new(n * n));
    let mut time = 1;
    for round in 0..ROUNDS {
        let mut order: Vec<&Example> = examples.iter().collect();
        let mut place = 0usize;
        order.sort_by_cached_key(|_| {
            place += 1;
            ContentHash::of([
                PII_SEED.to_string().as_bytes(),
                round.to_string().as_bytes(),
                place.to_string().as_bytes(),
            ])
        });
        for example in order {
            let guess = guess(example, n, buckets, &rows.now, &follows.now);
            time += 1;
            if guess == example.labels {
                continue;
            }
            let (mut before, mut guess_before) = (None, None);
            for ((token, label), guessed) in example.tokens.iter().zip(&example.labels).zip(&guess) {
                if label != guessed {
                    for feature in &token.features {
                        let row = (*feature as usize & (buckets - 1)) * n;
                        rows.add(row + label, 1, time);
                        rows.add(row + guessed, -1, time);
                    }
                }
                if let (Some(before), Some(guess_before)) = (before, guess_before)
                    && (before, label) != (guess_before, guessed)
                {
                    follows.add(before * n + label, 1, time);
                    follows.add(guess_before * n + guessed, -1, time);
                }
                (before, guess_before) = (Some(*label), Some(*guessed));
            }
        }
    }
    (follows.averaged(time), rows.averaged(time))
}

fn guess(example: &Example, n: usize, buckets: usize, rows: &[i32], follows: &[i32]) -> Vec<usize> {
    let mut after = [[0i32; MOST_LABELS]; MOST_LABELS];
    for (row, weights) in after.iter_mut().zip(follows.chunks(n.max(1))) {
        for (score, weight) in row.iter_mut().zip(weights) {
            *score = *weight;
        }
    }
    let score = |token: &PersonalToken| {
        let mut sums: LabelScores = [0; MOST_LABELS];
        for feature in &token.features {
            let start = (*feature as usize & (buckets - 1)) * n;
            for (sum, weight) in sums.iter_mut().zip(rows.get(start..start + n).unwrap_or(&[])) {
                *sum += weight;
            }
        }
        sums
    };
    best_sequence(example.tokens.iter().map(score), n, &after)
}
