//! A linear tagger as it lies in its file: a header in words, an empty line, one signed byte for each pair of labels
//! that may follow each other, then the strongest weights of buckets and labels: how many places to go on (seven bits a
//! byte, the highest bit says that another byte follows), and a signed byte. It gives the best sequence of labels.
//!
//! Sums are whole numbers, so every machine marks the same.

use super::PersonalToken;
use std::fmt::Write;
use std::ops::Range;
use terms::hash::ContentHash;

/// Version of the file's layout and of the features.
const VERSION: u32 = 1;
/// Labels a file may have, "nothing" among them; a row is summed in one go.
pub const MOST_LABELS: usize = 32;

/// The score of what cannot be; a sum of it over a long text stays a number.
const NEVER: i32 = -100_000;

/// Where a tagger comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggerOrigin {
    /// `en`, `es`.
    pub language: String,
    /// Hash of the texts it was trained on.
    pub source: ContentHash,
    /// Seed of the order of training.
    pub seed: u64,
}

/// A file of a tagger, read.
#[derive(Debug, Clone)]
pub struct Tagger {
    /// Where it comes from.
    pub origin: TaggerOrigin,
    /// Its labels; the first stands for nothing.
    pub labels: Vec<String>,
    buckets: usize,
    /// Places of labels that stand on numbers, never on a word of letters.
    numbers: Vec<usize>,
    /// For each label the scores of those after it.
    follows: [LabelScores; MOST_LABELS],
    /// A row a bucket, a weight a label.
    rows: Vec<[i8; MOST_LABELS]>,
    /// What "nothing" is docked: a missed name costs more than one too many.
    caution: i32,
}

/// A run of tokens with a label other than "nothing".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Place in [`Tagger::labels`].
    pub label: usize,
    /// The tokens.
    pub tokens: Range<usize>,
}

/// A file that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file of the tagger cannot be read: {0}; train it again")]
pub struct BadTagger(&'static str);

impl Tagger {
    /// Reads a file.
    ///
    /// # Errors
    /// When header or length are not those of this version.
    pub fn read(bytes: &[u8]) -> Result<Self, BadTagger> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(BadTagger("it has no header"))?;
        let (header, body) = bytes.split_at(end + 2);
        let header = std::str::from_utf8(header).map_err(|_| BadTagger("its header is no text"))?;
        let field = |name: &'static str| {
            header.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).ok_or(BadTagger(name))
        };
        if field("candor-tagger")? != VERSION.to_string() {
            return Err(BadTagger("it is of another version"));
        }
        let labels: Vec<String> = field("labels")?.split(' ').map(str::to_owned).collect();
        let buckets: usize = field("buckets")?.parse().map_err(|_| BadTagger("buckets"))?;
        if !(2..=MOST_LABELS).contains(&labels.len()) || !buckets.is_power_of_two() {
            return Err(BadTagger("labels or buckets"));
        }
        let n = labels.len();
        let place = |name: &str| labels.iter().position(|label| label == name).ok_or(BadTagger("numbers"));
        let numbers = field("numbers")?.split_whitespace().map(place).collect::<Result<Vec<usize>, _>>()?;
        let origin = TaggerOrigin {
            language: field("language")?.to_owned(),
            source: field("source")?.parse().map_err(|_| BadTagger("source"))?,
            seed: field("seed")?.parse().map_err(|_| BadTagger("seed"))?,
        };
        let follow_weight: i32 = field("follow-weight")?.parse().map_err(|_| BadTagger("follow-weight"))?;
        let caution = field("caution")?.parse().map_err(|_| BadTagger("caution"))?;
        let (pairs, sparse) = body.split_at_checked(n * n).ok_or(BadTagger("it ends too early"))?;
        let mut follows = [[0i32; MOST_LABELS]; MOST_LABELS];
        for (row, scores) in pairs.chunks(n).zip(&mut follows) {
            for (byte, score) in row.iter().zip(scores) {
                *score = i32::from(byte.cast_signed()) * follow_weight;
            }
        }
        let mut rows = vec![[0i8; MOST_LABELS]; buckets];
        let (mut place, mut step, mut shift) = (0usize, 0usize, 0u32);
        let mut bytes = sparse.iter();
        while let Some(byte) = bytes.next() {
            step |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 != 0 && shift < 28 {
                continue;
            }
            place += step;
            let weight = bytes.next().ok_or(BadTagger("it ends too early"))?;
            let row = rows.get_mut(place / n).ok_or(BadTagger("a weight lies beyond its buckets"))?;
            if let Some(of_label) = row.get_mut(place % n) {
                *of_label = weight.cast_signed();
            }
            (step, shift) = (0, 0);
        }
        Ok(Self { origin, labels, buckets, numbers, follows, rows, caution })
    }

    /// The file for whole-numbered weights: `follows` a label by its next one, `rows` a bucket by its labels. The
    /// `kept` strongest weights of rows are kept, and rounded to a byte; the strongest thousandth of these is cut.
    /// `caution` is what "nothing" is docked, in steps of a weight.
    #[must_use]
    pub fn write(
        origin: &TaggerOrigin,
        labels: &[String],
        numbers: &[String],
        (follows, rows): (&[i64], &[i64]),
        kept: usize,
        caution: i32,
    ) -> Vec<u8> {
        let mut sizes: Vec<i64> = rows.iter().map(|weight| weight.abs()).filter(|size| *size > 0).collect();
        sizes.sort_unstable_by_key(|size| std::cmp::Reverse(*size));
        sizes.truncate(kept);
        let least = sizes.last().copied().unwrap_or(1);
        let most = sizes.get(sizes.len() / 1000).copied().unwrap_or(1).max(1);
        let strongest = follows.iter().map(|weight| weight.abs()).max().unwrap_or(0).max(1);
        let follow_weight = (strongest + most - 1) / most;
        let mut header = format!("candor-tagger {VERSION}\nlanguage {}\n", origin.language);
        // Writing to a string cannot fail.
        let _ = write!(
            header,
            "source {}\nseed {}\nbuckets {}\nfollow-weight {follow_weight}\ncaution {caution}\nnumbers {}\nlabels {}\n\n",
            origin.source,
            origin.seed,
            rows.len() / labels.len().max(1),
            numbers.join(" "),
            labels.join(" ")
        );
        let byte = |weight: i64, most: i64| {
            let steps = (weight.clamp(-most, most) * 254 + most * weight.signum()) / (most * 2);
            (steps.clamp(-127, 127) as i8).cast_unsigned()
        };
        let mut file = header.into_bytes();
        file.extend(follows.iter().map(|weight| byte(*weight, most * follow_weight)));
        let mut last = 0;
        for (place, weight) in rows.iter().enumerate() {
            let value = byte(*weight, most);
            if weight.abs() < least || value == 0 {
                continue;
            }
            let mut step = place - last;
            while step > 0x7f {
                file.push((step & 0x7f) as u8 | 0x80);
                step >>= 7;
            }
            file.extend([step as u8, value]);
            last = place;
        }
        file
    }

    /// The runs of tokens with a label, in reading order.
    #[must_use]
    pub fn tag(&self, tokens: &[PersonalToken]) -> Vec<Tagged> {
        let labels = self.best(tokens);
        let mut found: Vec<Tagged> = Vec::new();
        for (at, label) in labels.into_iter().enumerate() {
            match found.last_mut() {
                _ if label == 0 => {}
                Some(last) if last.label == label && last.tokens.end == at => last.tokens.end = at + 1,
                _ => found.push(Tagged { label, tokens: at..at + 1 }),
            }
        }
        found
    }

    /// The best label of each token.
    fn best(&self, tokens: &[PersonalToken]) -> Vec<usize> {
        let n = self.labels.len();
        let score = |token: &PersonalToken| {
            let mut small = [0i16; MOST_LABELS];
            for feature in &token.features {
                // A token has some forty features, so that the sum of bytes stays far below what an i16 holds.
                let Some(row) = self.rows.get(*feature as usize & (self.buckets - 1)) else { continue };
                for (sum, weight) in small.iter_mut().zip(row) {
                    *sum = sum.wrapping_add(i16::from(*weight));
                }
            }
            let mut sums = small.map(i32::from);
            for label in self.numbers.iter().filter(|_| token.letters) {
                if let Some(sum) = sums.get_mut(*label) {
                    *sum = NEVER;
                }
            }
            if let Some(nothing) = sums.first_mut() {
                *nothing -= self.caution;
            }
            sums
        };
        best_sequence(tokens.iter().map(score), n, &self.follows)
    }
}

/// Scores of labels, or of one label after each other label.
pub type LabelScores = [i32; MOST_LABELS];

/// The best sequence of the first `n` labels (Viterbi 1967), given the scores of each token and, for each last label,
/// those of the label after it. Loops run over all places of a row, which a processor does several at a time.
pub fn best_sequence(
    scores: impl Iterator<Item = LabelScores>,
    n: usize,
    follows: &[LabelScores; MOST_LABELS],
) -> Vec<usize> {
    let mut back: Vec<[u8; MOST_LABELS]> = Vec::new();
    let mut best = [0i32; MOST_LABELS];
    let nowhere = [[0i32; MOST_LABELS]; MOST_LABELS];
    for (at, sums) in scores.enumerate() {
        let follows = if at == 0 { &nowhere } else { follows };
        let mut now = [i32::MIN / 2; MOST_LABELS];
        let mut from = [0i32; MOST_LABELS];
        for (last, (row, before)) in (0i32..).zip(follows.iter().zip(best)).take(n) {
            for ((now, from), weight) in now.iter_mut().zip(&mut from).zip(row) {
                let score = before + weight;
                let better = score > *now;
                *from = if better { last } else { *from };
                *now = if better { score } else { *now };
            }
        }
        for ((best, now), sum) in best.iter_mut().zip(now).zip(sums) {
            *best = now + sum;
        }
        back.push(from.map(|label| label as u8));
    }
    let last = best.iter().enumerate().take(n).rev().max_by_key(|(_, score)| **score);
    let mut label = last.map_or(0, |(at, _)| at);
    let mut labels = Vec::with_capacity(back.len());
    for from in back.iter().rev() {
        labels.push(label);
        label = from.get(label).copied().map_or(0, usize::from);
    }
    labels.reverse();
    labels
}
