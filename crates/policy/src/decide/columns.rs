//! The same decision for millions: facts as columns, places in a dictionary so that each time zone is asked once.

use super::rules::Rules;
use super::subject::Subject;
use super::test::{Consent, Facts, excludes};
use crate::quiet_hours::{Zones, next_allowed};
use crate::segment::Country;
use std::collections::HashMap;
use terms::customer::Language;
use terms::decision::{Decision, ExclusionReason};
use terms::preference::Personalisation;
use terms::time::Instant;

/// The facts of [`Subject`]s, column by column. What only reasons show (sources, notices, names) is not kept.
#[derive(Debug, Clone, Default)]
pub struct SubjectColumns {
    flags: Vec<Flags>,
    marketing: Vec<Option<Consent>>,
    profiling: Vec<Option<Consent>>,
    ai_content: Vec<Option<Consent>>,
    /// Contacts of all customers one after the other; customer `i` has those up to `contact_ends[i]`.
    contacts: Vec<Instant>,
    contact_ends: Vec<usize>,
    monthly_max: Vec<Option<u32>>,
    topics: Vec<Vec<String>>,
    personalisation: Vec<Personalisation>,
    harm_low: Vec<Option<f64>>,
    worth_high: Vec<Option<f64>>,
    language: Vec<Language>,
    place: Vec<usize>,
    places: Vec<Place>,
    codes: HashMap<Place, usize>,
}

type Place = (Option<String>, Option<Country>);

#[derive(Debug, Clone, Copy)]
struct Flags {
    restricted: bool,
    has_address: bool,
    suppressed: bool,
    planned_elsewhere: bool,
    missing: bool,
    held_out: bool,
    in_control: bool,
}

/// One decision a customer, in the order they were pushed.
#[derive(Debug, Clone, PartialEq)]
pub struct Decisions {
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// The earliest instant to send at; `None` when there is none within the campaign's time.
    pub not_before: Vec<Option<Instant>>,
}

impl SubjectColumns {
    /// Empty columns with room for `n` customers.
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self {
            flags: Vec::with_capacity(n),
            marketing: Vec::with_capacity(n),
            profiling: Vec::with_capacity(n),
            ai_content: Vec::with_capacity(n),
            contact_ends: Vec::with_capacity(n),
            monthly_max: Vec::with_capacity(n),
            topics: Vec::with_capacity(n),
            personalisation: Vec::with_capacity(n),
            harm_low: Vec::with_capacity(n),
            worth_high: Vec::with_capacity(n),
            language: Vec::with_capacity(n),
            place: Vec::with_capacity(n),
            ..Self::default()
        }
    }

    /// Appends one customer.
    pub fn push(&mut self, subject: &Subject) {
        self.flags.push(Flags {
            restricted: subject.restricted,
            has_address: subject.has_address,
            suppressed: subject.suppressed.is_some(),
            planned_elsewhere: subject.planned_elsewhere.is_some(),
            missing: !subject.missing.is_empty(),
            held_out: subject.holdout_until.is_some(),
            in_control: subject.in_control,
        });
        self.marketing.push(subject.marketing.as_ref().map(Consent::of));
        self.profiling.push(subject.profiling.as_ref().map(Consent::of));
        self.ai_content.push(subject.ai_content.as_ref().map(Consent::of));
        self.contacts.extend_from_slice(&subject.contacts);
        self.contact_ends.push(self.contacts.len());
        self.monthly_max.push(subject.monthly_max);
        self.topics.push(subject.topics.clone());
        self.personalisation.push(subject.personalisation);
        self.harm_low.push(subject.harm.map(|harm| harm.low));
        self.worth_high.push(subject.worth.map(|worth| worth.high));
        self.language.push(subject.language);
        let place = (subject.time_zone.clone(), subject.country);
        let code = *self.codes.entry(place).or_insert_with_key(|place| {
            self.places.push(place.clone());
            self.places.len() - 1
        });
        self.place.push(code);
    }

    /// How many customers there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.flags.len()
    }

    /// True when there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    fn facts(&self, at: usize, not_before: &[Option<Instant>]) -> Option<Facts<'_>> {
        let flags = self.flags.get(at)?;
        let from = at.checked_sub(1).map_or(Some(0), |before| self.contact_ends.get(before).copied())?;
        Some(Facts {
            restricted: flags.restricted,
            has_address: flags.has_address,
            suppressed: flags.suppressed,
            marketing: *self.marketing.get(at)?,
            profiling: *self.profiling.get(at)?,
            ai_content: *self.ai_content.get(at)?,
            contacts: self.contacts.get(from..*self.contact_ends.get(at)?)?,
            monthly_max: *self.monthly_max.get(at)?,
            topics: self.topics.get(at)?,
            personalisation: *self.personalisation.get(at)?,
            harm_low: *self.harm_low.get(at)?,
            worth_high: *self.worth_high.get(at)?,
            held_out: flags.held_out,
            not_before: *not_before.get(*self.place.get(at)?)?,
            language: *self.language.get(at)?,
            planned_elsewhere: flags.planned_elsewhere,
            missing: flags.missing,
            in_control: flags.in_control,
        })
    }
}

/// Decides about every customer; the same as [`super::decide`] one by one, without the words.
#[must_use]
pub fn decide_columns(subjects: &SubjectColumns, rules: &Rules, now: Instant) -> Decisions {
    let from = now.max(rules.starts_at);
    let by_place: Vec<Option<Instant>> = subjects
        .places
        .iter()
        .map(|(time_zone, country)| {
            let zones = Zones::of(time_zone.as_deref(), *country, &rules.limits.zones);
            next_allowed(from, rules.ends_at, &zones, &rules.limits.quiet)
        })
        .collect();
    let (decisions, not_before) = (0..subjects.len())
        .map(|at| match subjects.facts(at, &by_place) {
            Some(facts) => {
                let reason =
                    ExclusionReason::ALL.iter().copied().find(|&reason| excludes(reason, &facts, rules, now));
                let decision = reason.map_or(Decision::Contact, |reason| Decision::Exclude { reason });
                (decision, facts.not_before)
            }
            // Columns of unequal length cannot be built; if they could, nobody would be contacted by accident.
            None => (Decision::Exclude { reason: ExclusionReason::MissingFacts }, None),
        })
        .unzip();
    Decisions { decisions, not_before }
}
