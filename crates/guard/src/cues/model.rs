//! A linear model of cues as it lies in its file: a header in words, an empty line, then one signed byte for each
//! bucket and label, the labels of a bucket side by side.
//!
//! A score is log-odds: `bias + scale * sum(weights of the features) / sqrt(number of features)`. The sum is a whole
//! number and a square root is exact, so every machine gives the same score.

use super::features;
use crate::text::Text;
use std::fmt::Write;
use std::ops::Range;
use terms::hash::ContentHash;

/// Version of the file's layout and of the features; a file of another one is not read.
pub const VERSION: u32 = 1;
/// Labels a file may have.
pub const LABELS: usize = 8;

/// What a file of cues says of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct CueLabel {
    /// The rule it resembles, such as `M4`, or a name of its own.
    pub name: String,
    /// Log-odds of one unit of a weight.
    pub scale: f64,
    /// Log-odds of a text without features.
    pub bias: f64,
    /// Log-odds from which a sentence is shown to a person.
    pub threshold: f64,
}

/// Where a file of cues comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueOrigin {
    /// `en`, `es`.
    pub language: String,
    /// Hash of the sentences it was trained on; see [`super::training_hash`].
    pub corpus: ContentHash,
    /// Seed of the folds its thresholds were chosen with.
    pub seed: u64,
}

/// A file of cues, read.
#[derive(Debug, Clone)]
pub struct CueModel<'b> {
    /// Where it comes from.
    pub origin: CueOrigin,
    /// Its labels, in the order of the scores.
    pub labels: Vec<CueLabel>,
    buckets: usize,
    weights: &'b [u8],
}

/// A file of cues that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file of cues cannot be read: {0}; train it again")]
pub struct BadCues(&'static str);

/// The log-odds of each label, in the order of [`CueModel::labels`].
pub type Scores = [f64; LABELS];

impl<'b> CueModel<'b> {
    /// Reads a file.
    ///
    /// # Errors
    /// When header or length are not those of this version.
    pub fn read(bytes: &'b [u8]) -> Result<Self, BadCues> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(BadCues("it has no header"))?;
        let (header, weights) = bytes.split_at(end + 2);
        let header = std::str::from_utf8(header).map_err(|_| BadCues("its header is no text"))?;
        let field = |name: &'static str| {
            header.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).ok_or(BadCues(name))
        };
        if field("candor-cues")? != VERSION.to_string() {
            return Err(BadCues("it is of another version"));
        }
        let labels = header.lines().filter_map(|line| line.strip_prefix("label ")).map(label);
        let labels = labels.collect::<Option<Vec<_>>>().ok_or(BadCues("label"))?;
        let buckets: usize = field("buckets")?.parse().map_err(|_| BadCues("buckets"))?;
        if labels.is_empty() || labels.len() > LABELS || !buckets.is_power_of_two() {
            return Err(BadCues("labels or buckets"));
        }
        if weights.len() != buckets * labels.len() {
            return Err(BadCues("it is not as long as its header says"));
        }
        let origin = CueOrigin {
            language: field("language")?.to_owned(),
            corpus: field("corpus")?.parse().map_err(|_| BadCues("corpus"))?,
            seed: field("seed")?.parse().map_err(|_| BadCues("seed"))?,
        };
        Ok(Self { origin, labels, buckets, weights })
    }

    /// The file for weights given label by label, one a bucket (as many buckets as a power of 2). Each label keeps
    /// its own scale; weights are rounded to 255 steps.
    #[must_use]
    pub fn write(origin: &CueOrigin, labels: &[(CueLabel, Vec<f64>)]) -> Vec<u8> {
        let buckets = labels.first().map_or(0, |(_, weights)| weights.len());
        let mut header = format!(
            "candor-cues {VERSION}\nlanguage {}\ncorpus {}\nseed {}\nbuckets {buckets}\n",
            origin.language, origin.corpus, origin.seed
        );
        let mut bytes = vec![0u8; buckets * labels.len()];
        for (at, (label, weights)) in labels.iter().enumerate() {
            let scale = weights.iter().fold(0.0f64, |most, w| most.max(w.abs())) / 127.0;
            // Writing to a string cannot fail.
            let _ = writeln!(
                header,
                "label {} scale {scale:.6e} bias {:.4} threshold {:.4}",
                label.name, label.bias, label.threshold
            );
            let row = bytes.iter_mut().skip(at).step_by(labels.len());
            for (byte, weight) in row.zip(weights) {
                let steps = if scale > 0.0 { (weight / scale).round() } else { 0.0 };
                *byte = (steps as i8).cast_unsigned();
            }
        }
        header.push('\n');
        let mut file = header.into_bytes();
        file.append(&mut bytes);
        file
    }

    fn row(&self, feature: u32) -> &[u8] {
        let start = (feature as usize & (self.buckets - 1)) * self.labels.len();
        self.weights.get(start..start + self.labels.len()).unwrap_or(&[])
    }

    /// Scores runs of tokens as one sentence.
    pub(super) fn scores(&self, text: &Text<'_>, runs: &[Range<usize>]) -> Scores {
        let mut tally = Tally::default();
        for tokens in runs {
            features::each(text, tokens, |_, feature| tally.add(self.row(feature)));
        }
        self.finish(tally)
    }

    /// Scores the features of a sentence; see [`super::features`].
    #[must_use]
    pub fn scores_of(&self, features: &[u32]) -> Scores {
        let mut tally = Tally::default();
        features.iter().for_each(|feature| tally.add(self.row(*feature)));
        self.finish(tally)
    }

    fn finish(&self, tally: Tally) -> Scores {
        let root = f64::from(tally.features.max(1)).sqrt();
        let mut scores = [f64::NEG_INFINITY; LABELS];
        for ((score, sum), label) in scores.iter_mut().zip(tally.sums).zip(&self.labels) {
            *score = label.bias + label.scale * f64::from(sum) / root;
        }
        scores
    }

    /// What each token adds to a label's score, in steps: the sum over the token's features.
    pub(super) fn weights_of(
        &self,
        text: &Text<'_>,
        runs: &[Range<usize>],
        label: usize,
    ) -> Vec<(usize, i32)> {
        let mut found: Vec<(usize, i32)> = Vec::new();
        for tokens in runs {
            features::each(text, tokens, |token, feature| {
                let weight = self.row(feature).get(label).map_or(0, |byte| i32::from(byte.cast_signed()));
                match found.last_mut() {
                    Some((last, sum)) if *last == token => *sum += weight,
                    _ => found.push((token, weight)),
                }
            });
        }
        found
    }
}

/// The scores of a sentence by two models, its features told once.
pub(super) fn both(
    a: &CueModel<'_>,
    b: &CueModel<'_>,
    text: &Text<'_>,
    tokens: &Range<usize>,
) -> [Scores; 2] {
    let mut tallies = [Tally::default(), Tally::default()];
    let [of_a, of_b] = &mut tallies;
    features::each(text, tokens, |_, feature| {
        of_a.add(a.row(feature));
        of_b.add(b.row(feature));
    });
    let [of_a, of_b] = tallies;
    [a.finish(of_a), b.finish(of_b)]
}

#[derive(Default)]
struct Tally {
    sums: [i32; LABELS],
    features: u32,
}

impl Tally {
    fn add(&mut self, row: &[u8]) {
        self.features += 1;
        for (sum, weight) in self.sums.iter_mut().zip(row) {
            *sum += i32::from(weight.cast_signed());
        }
    }
}

fn label(line: &str) -> Option<CueLabel> {
    match line.split(' ').collect::<Vec<_>>().as_slice() {
        [name, "scale", scale, "bias", bias, "threshold", threshold] => Some(CueLabel {
            name: (*name).to_owned(),
            scale: scale.parse().ok()?,
            bias: bias.parse().ok()?,
            threshold: threshold.parse().ok()?,
        }),
        _ => None,
    }
}
