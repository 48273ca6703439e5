//! A message filled for many people: how fast the guard judges a rendering by what stands in its slots, beside reading
//! each of them whole, on the same processor in the same run; and that both say the same.

use crate::copy::Writer;
use crate::desk::{Desk, draft};
use crate::speed::{allocations, cpu_seconds};
use guard::{Context, Draft, FactSheet, RecipientFacts, Renderings, check};
use serde::Serialize;
use terms::customer::Language;
use terms::message::Field;

/// Renderings made at once, outside of the time that is taken.
const BATCH: usize = 5_000;
/// Renderings that are read whole as well, one by one.
const SAMPLE: usize = 3_000;

/// Given names by how common they are, the commonest first; some are words that rules know.
const ENGLISH: &[&str] = &[
    "James",
    "Mary",
    "John",
    "Patricia",
    "Robert",
    "Jennifer",
    "Michael",
    "Linda",
    "David",
    "Elizabeth",
    "William",
    "Barbara",
    "Richard",
    "Susan",
    "Joseph",
    "Jessica",
    "Thomas",
    "Sarah",
    "Charles",
    "Karen",
    "Will",
    "Nancy",
    "Daniel",
    "Lisa",
    "Mark",
    "Betty",
    "Donald",
    "Margaret",
    "Rich",
    "Sandra",
    "Paul",
    "Ashley",
    "Steven",
    "Kimberly",
    "Andrew",
    "Emily",
    "Kenneth",
    "Donna",
    "Joshua",
    "Michelle",
    "Rose",
    "Grace",
    "Hope",
    "Faith",
    "Joy",
    "Bill",
    "Victoria",
    "Art",
    "Frank",
    "Grant",
    "April",
    "May",
    "June",
    "Summer",
    "Sue",
    "Pat",
    "Drew",
    "Chase",
    "Free",
    "Dean",
    "Earl",
    "Siobhán",
    "Zoë",
    "O'Neil",
    "Chloé",
    "Mary Ann",
    "Jean-Luc",
    "Ty",
    "Jo",
    "Al",
    "Destiny",
    "Christmas",
    "Sunday",
];
const SPANISH: &[&str] = &[
    "María",
    "Antonio",
    "Carmen",
    "José",
    "Ana",
    "Manuel",
    "Laura",
    "Francisco",
    "Marta",
    "David",
    "Cristina",
    "Juan",
    "Lucía",
    "Javier",
    "Dolores",
    "Daniel",
    "Pilar",
    "Jesús",
    "Isabel",
    "Carlos",
    "Elena",
    "Alejandro",
    "Rosa",
    "Miguel",
    "Raquel",
    "Rafael",
    "Salud",
    "Pedro",
    "Sara",
    "Pablo",
    "Paula",
    "Ángel",
    "Consuelo",
    "Sergio",
    "Teresa",
    "Fernando",
    "Beatriz",
    "Jorge",
    "Nuria",
    "Luis",
    "Silvia",
    "Alberto",
    "Julia",
    "Álvaro",
    "Paz",
    "Íñigo",
    "Esperanza",
    "Víctor",
    "Victoria",
    "Iván",
    "Inmaculada",
    "Rubén",
    "Milagros",
    "Begoña",
    "Abril",
    "Domingo",
    "Mercedes",
    "Remedios",
    "Gracia",
    "Concepción",
    "Nieves",
    "Mar",
    "Sol",
    "Luz",
    "Amparo",
    "María José",
    "Juan Carlos",
    "José María",
    "Ñoño",
    "Ainhoa",
];

/// Figures for one language and number of renderings.
#[derive(Debug, Clone, Serialize)]
pub struct RenderingFigures {
    /// Language.
    pub language: Language,
    /// Renderings judged by their slots.
    pub renderings: usize,
    /// Different names among them.
    pub names: usize,
    /// Of the renderings, read whole because their slots held something new: a share.
    pub read_whole: f64,
    /// Microseconds of this thread's processor for one rendering, by slots.
    pub slots_us: f64,
    /// Renderings a second on one processor, by slots.
    pub slots_per_second: f64,
    /// Renderings read one by one, each whole, for comparison.
    pub sample: usize,
    /// Microseconds of one of those.
    pub whole_us: f64,
    /// Renderings a second of those.
    pub whole_per_second: f64,
    /// How many times faster it is by slots.
    pub times: f64,
    /// Of the sample, those of which both said the same: all, or the guard is broken.
    pub same: usize,
    /// Renderings with a finding that blocks.
    pub blocked: usize,
    /// Allocations for one rendering by slots, and for one read whole; when the program counts them.
    pub allocations: Option<(f64, f64)>,
    /// Most memory the program had until then, in megabytes, its own lists of names and renderings included; on Linux.
    pub peak_megabytes: Option<f64>,
}

/// Numbers that look random and are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize).checked_rem(n).unwrap_or(0)
    }

    /// A name as lists of customers have them: mostly the common ones, and a long tail of two together.
    fn name(&mut self, language: Language) -> String {
        let list = if language == Language::English { ENGLISH } else { SPANISH };
        let one = |dice: &mut Self| {
            // The smaller of two draws: the first of the list come most often.
            let at = dice.below(list.len()).min(dice.below(list.len()));
            list.get(at).copied().unwrap_or("Ana")
        };
        let first = one(self);
        match self.below(100) {
            0..=84 => first.to_owned(),
            85..=92 => format!("{first} {}", one(self)),
            93..=96 => format!("{first}-{}", one(self)),
            97 => first.to_uppercase(),
            98 => first.to_lowercase(),
            _ => format!("{first} {}.", ["A", "B", "C", "M", "T"].get(self.below(5)).copied().unwrap_or("A")),
        }
    }
}

/// What a rendering is judged with, for a reader of a name.
fn told<'a>(desk: &'a Desk, sheet: &'a FactSheet, name: &'a str) -> Context<'a> {
    let recipient = Some(RecipientFacts { email: Some("reader@example.org"), name: Some(name) });
    Context { recipient, ..desk.context(sheet) }
}

/// Judges renderings of a message of 150 words with the name in subject and greeting.
#[must_use]
pub fn renderings(seed: u64, count: usize, language: Language, desk: &Desk) -> RenderingFigures {
    let mail = Writer::new(seed, desk.day).mail(150, language);
    let sheet = FactSheet::new(mail.facts.clone());
    let filled = |name: &str| -> Draft<'static> {
        let mut draft = draft(language, Field::Body, &mail.text.replacen("Ana", name, 1));
        let subject = match language {
            Language::English => format!("{name}, something for your evenings"),
            Language::Spanish => format!("{name}, algo para tus tardes"),
        };
        draft.fields.insert(0, (Field::Subject, subject));
        draft
    };
    let mut dice = Dice(seed);
    let mut names = std::collections::HashSet::new();
    let mut kept = Renderings::new();
    let (mut slots, mut blocked, mut by_slots) = (0.0, 0, 0);
    let (mut same, mut sample, mut whole, mut one_by_one) = (0, 0, 0.0, 0);
    let mut left = count;
    while left > 0 {
        let batch: Vec<(String, Draft<'static>)> = (0..left.min(BATCH))
            .map(|_| {
                let name = dice.name(language);
                let draft = filled(&name);
                (name, draft)
            })
            .collect();
        left -= batch.len();
        let (before, begin) = (allocations(), cpu_seconds());
        let reports: Vec<_> =
            batch.iter().map(|(name, draft)| kept.check(draft, &told(desk, &sheet, name))).collect();
        slots += cpu_seconds() - begin;
        by_slots += allocations().zip(before).map_or(0, |(after, before)| after - before);
        blocked += reports.iter().filter(|report| !report.is_clear()).count();
        let looked_at = (SAMPLE - sample).min(batch.len()).min(BATCH / 10);
        let (before, begin) = (allocations(), cpu_seconds());
        let alone: Vec<_> = batch
            .iter()
            .take(looked_at)
            .map(|(name, draft)| check(draft, &told(desk, &sheet, name)))
            .collect();
        whole += cpu_seconds() - begin;
        one_by_one += allocations().zip(before).map_or(0, |(after, before)| after - before);
        sample += looked_at;
        same += alone.iter().zip(&reports).filter(|(alone, kept)| ***kept == **alone).count();
        names.extend(batch.into_iter().map(|(name, _)| name));
    }
    let each = |all: f64, n: usize| all / n.max(1) as f64;
    let (slots_us, whole_us) = (each(slots * 1e6, count), each(whole * 1e6, sample));
    RenderingFigures {
        language,
        renderings: count,
        names: names.len(),
        read_whole: each(kept.counts().read as f64, count),
        slots_us,
        slots_per_second: 1e6 / slots_us.max(1e-9),
        sample,
        whole_us,
        whole_per_second: 1e6 / whole_us.max(1e-9),
        times: whole_us / slots_us.max(1e-9),
        same,
        blocked,
        allocations: allocations()
            .is_some()
            .then(|| (each(by_slots as f64, count), each(one_by_one as f64, sample))),
        peak_megabytes: peak_megabytes(),
    }
}

/// Most memory this program had so far, as Linux counts it.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_say_the_same_of_every_name_in_both_languages() {
        let desk = Desk::at("2026-11-27").unwrap();
        for language in [Language::English, Language::Spanish] {
            let figures = renderings(7, 3_000, language, &desk);
            assert_eq!(figures.same, figures.sample);
            assert!(figures.sample >= 500 && figures.names > 100 && figures.read_whole < 0.5, "{figures:?}");
        }
    }
}
