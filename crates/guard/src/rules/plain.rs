//! Two judgements that many rules share: words that are wrong whatever the facts say, and words that need a fact of
//! their own. A rule brings its phrases, its explanation, and (for the second) which fact would release it.

use crate::case::{Case, Outcome, Part, Problem};
use crate::claim;
use crate::phrase::Hit;
use crate::sheet::Entry;
use terms::finding::Verdict;

/// What a rule says of its cues, in both languages; `{}` stands for the words that were found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying {
    pub(crate) en: &'static str,
    pub(crate) es: &'static str,
    pub(crate) repair_en: &'static str,
    pub(crate) repair_es: &'static str,
}

impl Saying {
    /// The explanation of one hit.
    pub(crate) fn problem(&self, case: &Case<'_>, part: &Part<'_>, hit: &Hit, verdict: Verdict) -> Problem {
        let quote = part.text.quote(part.text.span(&hit.tokens));
        Problem {
            verdict,
            message: case.say(|| self.en.replace("{}", quote), || self.es.replace("{}", quote)),
            repair: case.say(|| self.repair_en.to_owned(), || self.repair_es.to_owned()),
        }
    }
}

/// True when a hit says nothing of its own: inside the words of a fact, or negated.
pub(crate) fn is_excused(part: &Part<'_>, hit: &Hit) -> bool {
    part.is_covered(&hit.tokens) || claim::is_negated(&part.text, &hit.tokens)
}

/// Every cue stops the message, and no fact could release it.
pub(crate) fn never_allowed(case: &Case<'_>, outcome: &mut Outcome, saying: &Saying) {
    for (part, hit) in case.hits() {
        if !is_excused(part, hit) {
            let problem = saying.problem(case, part, hit, Verdict::Unchecked);
            outcome.blocks(case, part, &hit.tokens, problem, None);
        }
    }
}

/// A cue stops the message unless a fact that `releases` it holds during the whole sending.
pub(crate) fn needs_fact(
    case: &Case<'_>,
    outcome: &mut Outcome,
    saying: &Saying,
    releases: impl Fn(&Hit, &Entry) -> bool,
) {
    for (part, hit) in case.hits() {
        if !is_excused(part, hit) {
            judge(case, outcome, saying, (part, hit), &releases);
        }
    }
}

/// The same for one hit.
pub(crate) fn judge(
    case: &Case<'_>,
    outcome: &mut Outcome,
    saying: &Saying,
    (part, hit): (&Part<'_>, &Hit),
    releases: &impl Fn(&Hit, &Entry) -> bool,
) {
    let facts: Vec<&Entry> = case.context.facts.entries().filter(|entry| releases(hit, entry)).collect();
    if let Some(entry) = facts.iter().find(|entry| case.holds(entry)) {
        outcome.evidenced(case, part, &hit.tokens, entry);
        return;
    }
    let expired = facts.first().copied();
    let verdict = if expired.is_some() { Verdict::Expired } else { Verdict::Unknown };
    outcome.blocks(case, part, &hit.tokens, saying.problem(case, part, hit, verdict), expired);
}

/// True when any word of the fact, of its predicate or of its value, begins with one of the stems.
pub(crate) fn speaks_of(entry: &Entry, stems: &[&str]) -> bool {
    let words = entry.words.iter().chain(&entry.predicate_words);
    words.into_iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)))
}
