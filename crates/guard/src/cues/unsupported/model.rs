//! The model of unsupported words as it lies in its file: a header in words, an empty line, one signed byte for each bucket
//! of the words' model, then one for each bucket of the text's.
//!
//! A word's log-odds are a bias and the sum of its features. A text's log-odds weigh what its words add up to
//! ([`TextFeatures`]) and the words of the text as a whole.

use super::{AGAINST_HOURS, AGAINST_NO, AGAINST_NUMBER, AGAINST_UNKNOWN, Ground, SeenWord, seen_words};
use std::fmt::Write;
use terms::hash::ContentHash;

const VERSION: u32 = 1;
/// What the scores of words add up to.
pub const SUMS: usize = 16;
/// What a word's score is seen beside: its own, those around it, those of its sentence.
pub const AROUND: usize = 6;
/// [`SUMS`] figures of one text, and the hashed features of the whole of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TextFeatures {
    /// Figures.
    pub sums: [f64; SUMS],
    /// Hashes, each once.
    pub words: Vec<u32>,
}

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedOrigin {
    /// Hash of the texts it was trained on.
    pub source: ContentHash,
}

/// A model, read.
#[derive(Debug, Clone)]
pub struct UnsupportedModel {
    /// Where it comes from.
    pub origin: UnsupportedOrigin,
    /// Log-odds from which a word is shown.
    pub word_threshold: f64,
    /// Log-odds from which a text is shown.
    pub text_threshold: f64,
    word_bias: f64,
    word_scale: f64,
    text_bias: f64,
    text_scale: f64,
    around_bias: f64,
    around: [f64; AROUND],
    sums: [f64; SUMS],
    words: Vec<i8>,
    texts: Vec<i8>,
}

/// A file that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file of unsupported words cannot be read: {0}; train it again")]
pub struct BadUnsupported(&'static str);

/// A doubt about a word.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubtedWord {
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Number of its sentence.
    pub sentence: u32,
    /// Log-odds that people would mark it.
    pub score: f64,
}

/// A doubt about a sentence: that about its most doubtful words.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubtedSentence {
    /// First byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// The mean of its three highest log-odds.
    pub score: f64,
}

/// What is doubtful in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Log-odds that people would mark anything in it.
    pub score: f64,
    /// Each word.
    pub words: Vec<DoubtedWord>,
    /// Each sentence.
    pub sentences: Vec<DoubtedSentence>,
    /// Runs of words above the threshold, as bytes.
    pub spans: Vec<(usize, usize)>,
}

/// Weights as they were fitted.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Log-odds of a word without features.
    pub word_bias: f64,
    /// A weight a bucket.
    pub words: Vec<f64>,
    /// Log-odds of a word with what is around it.
    pub around_bias: f64,
    /// A weight for each of what is around a word.
    pub around: [f64; AROUND],
    /// Log-odds of a text without features.
    pub text_bias: f64,
    /// A weight a figure.
    pub sums: [f64; SUMS],
    /// A weight a bucket.
    pub texts: Vec<f64>,
    /// Log-odds from which a word is shown.
    pub word_threshold: f64,
    /// Log-odds from which a text is shown.
    pub text_threshold: f64,
}

impl UnsupportedModel {
    /// Reads a file.
    ///
    /// # Errors
    /// When header or length are not those of this version.
    pub fn read(bytes: &[u8]) -> Result<Self, BadUnsupported> {
        let end =
            bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(BadUnsupported("it has no header"))?;
        let (header, body) = bytes.split_at(end + 2);
        let header = std::str::from_utf8(header).map_err(|_| BadUnsupported("its header is no text"))?;
        let field = |name: &'static str| {
            header
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
                .ok_or(BadUnsupported(name))
        };
        let number = |name: &'static str| field(name)?.parse::<f64>().map_err(|_| BadUnsupported(name));
        if field("candor-unsupported")? != VERSION.to_string() {
            return Err(BadUnsupported("it is of another version"));
        }
        let buckets: usize = field("buckets")?.parse().map_err(|_| BadUnsupported("buckets"))?;
        let texts: usize = field("text-buckets")?.parse().map_err(|_| BadUnsupported("text-buckets"))?;
        if !buckets.is_power_of_two() || !texts.is_power_of_two() || body.len() != buckets + texts {
            return Err(BadUnsupported("it is not as long as its header says"));
        }
        let list = |name: &'static str, into: &mut [f64]| {
            let mut given = field(name)?.split(' ');
            for weight in into {
                let next = given.next().and_then(|given| given.parse::<f64>().ok());
                *weight = next.ok_or(BadUnsupported(name))?;
            }
            if given.next().is_some() { Err(BadUnsupported(name)) } else { Ok(()) }
        };
        let (mut sums, mut around) = ([0.0; SUMS], [0.0; AROUND]);
        list("sums", &mut sums)?;
        list("around", &mut around)?;
        let signed = |bytes: &[u8]| bytes.iter().map(|byte| byte.cast_signed()).collect::<Vec<i8>>();
        let (words, texts) = body.split_at(buckets);
        Ok(Self {
            origin: UnsupportedOrigin {
                source: field("source")?.parse().map_err(|_| BadUnsupported("source"))?,
            },
            word_threshold: number("word-threshold")?,
            text_threshold: number("text-threshold")?,
            word_bias: number("word-bias")?,
            word_scale: number("word-scale")?,
            text_bias: number("text-bias")?,
            text_scale: number("text-scale")?,
            around_bias: number("around-bias")?,
            around,
            sums,
            words: signed(words),
            texts: signed(texts),
        })
    }

    /// The file for fitted weights, rounded to 255 steps.
    #[must_use]
    pub fn write(origin: &UnsupportedOrigin, fitted: &Fitted) -> Vec<u8> {
        let scale = |weights: &[f64]| {
            weights.iter().fold(0.0f64, |most, weight| most.max(weight.abs())).max(1e-9) / 127.0
        };
        let (word_scale, text_scale) = (scale(&fitted.words), scale(&fitted.texts));
        let list = |weights: &[f64]| {
            weights.iter().map(|weight| format!("{weight:.6}")).collect::<Vec<_>>().join(" ")
        };
        let mut header = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            header,
            "candor-unsupported {VERSION}\nsource {}\nbuckets {}\ntext-buckets {}\nword-bias {:.6}\nword-scale \
             {word_scale:.6e}\nword-threshold {:.6}\ntext-bias {:.6}\ntext-scale {text_scale:.6e}\ntext-threshold \
             {:.6}\naround-bias {:.6}\naround {}\nsums {}\n\n",
            origin.source,
            fitted.words.len(),
            fitted.texts.len(),
            fitted.word_bias,
            fitted.word_threshold,
            fitted.text_bias,
            fitted.text_threshold,
            fitted.around_bias,
            list(&fitted.around),
            list(&fitted.sums)
        );
        let mut file = header.into_bytes();
        let steps = |weight: &f64, scale: f64| ((weight / scale).round() as i8).cast_unsigned();
        file.extend(fitted.words.iter().map(|weight| steps(weight, word_scale)));
        file.extend(fitted.texts.iter().map(|weight| steps(weight, text_scale)));
        file
    }

    /// The log-odds of a word by itself.
    #[must_use]
    pub fn word_score(&self, word: &SeenWord) -> f64 {
        let steps = |feature: &u32| {
            self.words.get(*feature as usize & (self.words.len() - 1)).map_or(0, |step| i32::from(*step))
        };
        self.word_bias + self.word_scale * f64::from(word.features.iter().map(steps).sum::<i32>())
    }

    /// The log-odds of a text with these features.
    #[must_use]
    pub fn text_score(&self, features: &TextFeatures) -> f64 {
        let steps = |feature: &u32| {
            self.texts.get(*feature as usize & (self.texts.len() - 1)).map_or(0, |step| i32::from(*step))
        };
        let words = f64::from(features.words.iter().map(steps).sum::<i32>());
        let root = (features.words.len().max(1) as f64).sqrt();
        let sums: f64 = self.sums.iter().zip(features.sums).map(|(weight, sum)| weight * sum).sum();
        self.text_bias + sums + self.text_scale * words / root
    }

    /// What is doubtful in a text.
    #[must_use]
    pub fn doubt(&self, ground: &Ground, text: &str) -> Doubt {
        let seen = seen_words(ground, text);
        let alone: Vec<f64> = seen.iter().map(|word| self.word_score(word)).collect();
        let weigh = |around: [f64; AROUND]| {
            self.around_bias
                + self.around.iter().zip(around).map(|(weight, value)| weight * value).sum::<f64>()
        };
        let scores: Vec<f64> = around(&seen, &alone).into_iter().map(weigh).collect();
        let score = self.text_score(&TextFeatures::of(&seen, &scores));
        Doubt {
            score,
            spans: spans(&seen, &scores, self.word_threshold, text),
            sentences: sentences(&seen, &scores),
            words: seen
                .iter()
                .zip(&scores)
                .map(|(word, score)| DoubtedWord {
                    start: word.start,
                    end: word.end,
                    sentence: word.sentence,
                    score: *score,
                })
                .collect(),
        }
    }
}

/// For each word its own score, the means of those up to one, three and six words away, the highest up to two words
/// away, and the mean of the three highest of its sentence; nothing beyond its sentence.
#[must_use]
pub fn around(seen: &[SeenWord], scores: &[f64]) -> Vec<[f64; AROUND]> {
    let mut all = Vec::with_capacity(seen.len());
    let mut start = 0;
    for run in seen.chunk_by(|a, b| a.sentence == b.sentence) {
        let these = scores.get(start..start + run.len()).unwrap_or(&[]);
        start += run.len();
        let highest = top(these.to_vec());
        for (at, own) in these.iter().enumerate() {
            let near = |far: usize| {
                these.get(at.saturating_sub(far)..(at + far + 1).min(these.len())).unwrap_or(&[])
            };
            let mean = |near: &[f64]| near.iter().sum::<f64>() / near.len().max(1) as f64;
            let most = near(2).iter().copied().fold(f64::NEG_INFINITY, f64::max);
            all.push([*own, mean(near(1)), mean(near(3)), mean(near(6)), most, highest]);
        }
    }
    all
}

fn chance(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// The mean of the three highest.
fn top(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.truncate(3);
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

fn sentences(seen: &[SeenWord], scores: &[f64]) -> Vec<DoubtedSentence> {
    let mut found = Vec::new();
    let mut rest = scores;
    for run in seen.chunk_by(|a, b| a.sentence == b.sentence) {
        let (these, others) = rest.split_at(run.len().min(rest.len()));
        rest = others;
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            found.push(DoubtedSentence { start: first.start, end: last.end, score: top(these.to_vec()) });
        }
    }
    found
}

/// Runs of words of one sentence at or above a threshold; one word below it between two is taken along.
#[must_use]
pub fn spans(seen: &[SeenWord], scores: &[f64], threshold: f64, text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut last: Option<(usize, u32)> = None;
    for (at, (word, score)) in seen.iter().zip(scores).enumerate() {
        if *score < threshold {
            continue;
        }
        match (last, found.last_mut()) {
            (Some((before, sentence)), Some(open)) if sentence == word.sentence && at - before <= 2 => {
                open.1 = word.end
            }
            _ => found.push((word.start, word.end)),
        }
        last = Some((at, word.sentence));
    }
    found.retain(|(start, end)| text.get(*start..*end).is_some_and(|quote| !quote.trim().is_empty()));
    found
}

impl TextFeatures {
    /// Adds up the words of a text and their scores.
    #[must_use]
    pub fn of(seen: &[SeenWord], scores: &[f64]) -> Self {
        let mut of_sentences: Vec<f64> =
            sentences(seen, scores).iter().map(|sentence| sentence.score).collect();
        of_sentences.sort_by(|a, b| b.total_cmp(a));
        let nth = |n: usize| of_sentences.get(n).copied().unwrap_or(-6.0).clamp(-6.0, 6.0);
        let chances: Vec<f64> = scores.iter().map(|score| chance(*score)).collect();
        let expected: f64 = chances.iter().sum();
        let none: f64 = of_sentences.iter().map(|score| (1.0 - chance(*score)).max(1e-6).ln()).sum();
        let mut sorted = scores.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let word = |n: usize| sorted.get(n).copied().unwrap_or(-6.0).clamp(-6.0, 6.0);
        let n = seen.len().max(1) as f64;
        let novel = seen.iter().filter(|word| word.novel).count() as f64;
        let against =
            |what: u8| (1.0 + seen.iter().filter(|word| word.against & what != 0).count() as f64).ln();
        let sums = [
            nth(0),
            nth(1),
            nth(2),
            word(0),
            word(9),
            (1.0 + expected).ln(),
            10.0 * expected / n,
            -none,
            10.0 * novel / n,
            against(AGAINST_NO),
            against(AGAINST_UNKNOWN),
            against(AGAINST_HOURS),
            against(AGAINST_NUMBER),
            of_sentences.len() as f64 / 10.0,
            n.ln() - 5.0,
            (1.0 + of_sentences.iter().filter(|score| **score > -0.5).count() as f64).ln(),
        ];
        let mut words: Vec<u32> = seen
            .iter()
            .flat_map(|word| {
                word.features.get(..2).into_iter().chain(word.features.get(5..6)).flatten().copied()
            })
            .collect();
        words.sort_unstable();
        words.dedup();
        Self { sums, words }
    }
}
