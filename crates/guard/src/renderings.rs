//! Many renderings of one message, checked by what parts them: the words they share are read once, and a rendering is
//! judged by what stands in its slots.
//!
//! Goes in: drafts that are one message filled for many people. Comes out: for each the report that [`check`] gives.
//! The first rendering is the mould. Of every other one only the places that differ from it are kept, with all else a
//! rule may ask for; two renderings that are alike in this are the same text in the same context, and the guard, which
//! is pure, says the same of both. So nothing is assumed about how slots are filled or what a rule looks at: what was
//! never seen is read whole.
//!
//! What a rule may ask for is seen to in one place: [`Frame`] and [`Renderings::address`] take a context apart without
//! leaving a field out (a new one does not compile until it is placed), and rules see a context with nothing else in it.

use crate::check::{Answer, answer};
use crate::draft::{Author, Context, Draft, LastCall, Medium};
use std::collections::HashMap;
use std::sync::Arc;
use terms::customer::Language;
use terms::finding::GuardReport;
use terms::message::Field;
use terms::time::Instant;

/// Renderings that are remembered. A list of a million people has some ten thousand first names.
const MOST: usize = 65_536;
/// Bytes of differences that are remembered; beyond either, remembering starts anew.
const MOST_BYTES: usize = 16 << 20;
/// Different reports among which an equal one is looked for; most reports differ by where a name ends.
const REPORTS: usize = 64;

/// The renderings of one message, with what the guard said of them. It may be asked about any draft in any context: of
/// another message, it forgets this one.
#[derive(Debug, Default)]
pub struct Renderings {
    frame: Option<Frame>,
    mould: Vec<(Field, String)>,
    known: HashMap<Box<[u8]>, Known>,
    bytes: usize,
    reports: Vec<Arc<GuardReport>>,
    /// Where an address is put together.
    key: Vec<u8>,
    counts: RenderingCounts,
}

/// How often a rendering was read whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RenderingCounts {
    /// Renderings asked about.
    pub asked: u64,
    /// Of these, read whole because what stands in their slots had not been seen.
    pub read: u64,
    /// Of these, read whole because a rule asked for the reader's own address, which no other reader has.
    pub own_address: u64,
}

#[derive(Debug)]
enum Known {
    Report(Arc<GuardReport>),
    /// The report may be another one for another reader.
    AsksAddress,
}

/// What all renderings of a message share beside their words.
#[derive(Debug, PartialEq)]
struct Frame {
    sheet: u64,
    language: Language,
    known_slots: Vec<String>,
    send_from: Instant,
    send_until: Instant,
    time_zone: String,
    explain_in: Language,
    hosts: Vec<String>,
    contacts: Vec<String>,
    last_calls: Option<Vec<LastCall>>,
    author: Author,
    medium: Medium,
    /// Version of the house, which is a hash over all of it.
    house: String,
}

impl Frame {
    fn of(draft: &Draft<'_>, context: &Context<'_>) -> Self {
        Self {
            sheet: context.facts.number(),
            language: draft.language,
            known_slots: draft.known_slots.iter().map(|slot| (*slot).to_owned()).collect(),
            send_from: context.send_from,
            send_until: context.send_until,
            time_zone: context.time_zone.to_owned(),
            explain_in: context.explain_in,
            hosts: context.allowed_hosts.to_vec(),
            contacts: context.allowed_contacts.to_vec(),
            last_calls: context.last_calls.map(<[LastCall]>::to_vec),
            author: context.author,
            medium: context.medium,
            house: context.house.version().to_owned(),
        }
    }

    /// True when a draft in its context is framed so. Takes the context apart whole: a field that is added to it must be
    /// compared here or become part of the address.
    fn fits(&self, draft: &Draft<'_>, context: &Context<'_>) -> bool {
        let Context {
            facts,
            send_from,
            send_until,
            time_zone,
            explain_in,
            recipient: _,
            allowed_hosts,
            allowed_contacts,
            unsubscribe_url: _,
            personal_facts: _,
            last_calls,
            author,
            medium,
            house,
        } = *context;
        let Draft { language, fields: _, known_slots } = draft;
        facts.number() == self.sheet
            && *language == self.language
            && *known_slots == self.known_slots
            && (send_from, send_until) == (self.send_from, self.send_until)
            && time_zone == self.time_zone
            && explain_in == self.explain_in
            && allowed_hosts == self.hosts
            && allowed_contacts == self.contacts
            && last_calls == self.last_calls.as_deref()
            && (author, medium) == (self.author, self.medium)
            && house.version() == self.house
    }
}

impl Renderings {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`check`](crate::check) says of a rendering.
    ///
    /// ```
    /// # use guard::{Context, Draft, FactSheet, House, Renderings, check};
    /// # use terms::{customer::Language, message::Field, time::Instant};
    /// # let facts = FactSheet::new(Vec::new());
    /// # let now = Instant(1_795_770_000_000_000);
    /// # let context = Context {
    /// #     facts: &facts, send_from: now, send_until: now, time_zone: "Europe/Madrid", explain_in: Language::English,
    /// #     recipient: None, allowed_hosts: &[], allowed_contacts: &[], unsubscribe_url: None,
    /// #     personal_facts: None, last_calls: None, author: Default::default(), medium: Default::default(),
    /// #     house: House::bare(),
    /// # };
    /// let mut renderings = Renderings::new();
    /// for name in ["Ana", "Leo", "Free shipping", "Ana"] {
    ///     let body = format!("Hello {name},\n\nthe lamp is back.");
    ///     let draft = Draft { language: Language::English, fields: vec![(Field::Body, body)], known_slots: &[] };
    ///     assert_eq!(*renderings.check(&draft, &context), check(&draft, &context));
    /// }
    /// assert_eq!(renderings.counts().read, 3);
    /// ```
    #[must_use]
    pub fn check(&mut self, draft: &Draft<'_>, context: &Context<'_>) -> Arc<GuardReport> {
        self.counts.asked += 1;
        let same_shape = self.frame.as_ref().is_some_and(|frame| frame.fits(draft, context))
            && self.mould.len() == draft.fields.len()
            && self.mould.iter().zip(&draft.fields).all(|((of, _), (field, _))| of == field);
        if !same_shape {
            self.forget();
            self.frame = Some(Frame::of(draft, context));
            self.mould.clone_from(&draft.fields);
        }
        self.address(draft, context);
        match self.known.get(self.key.as_slice()) {
            Some(Known::Report(report)) => return Arc::clone(report),
            Some(Known::AsksAddress) => {
                self.counts.read += 1;
                self.counts.own_address += 1;
                return Arc::new(answer(draft, context).report);
            }
            None => {}
        }
        self.counts.read += 1;
        let Answer { report, asked_for_address } = answer(draft, context);
        let report = self.shared(report);
        let known = if asked_for_address {
            self.counts.own_address += 1;
            Known::AsksAddress
        } else {
            Known::Report(Arc::clone(&report))
        };
        if self.known.len() >= MOST || self.bytes + self.key.len() > MOST_BYTES {
            self.known.clear();
            self.bytes = 0;
        }
        self.bytes += self.key.len();
        self.known.insert(self.key.as_slice().into(), known);
        report
    }

    /// How much was read so far.
    #[must_use]
    pub const fn counts(&self) -> RenderingCounts {
        self.counts
    }

    fn forget(&mut self) {
        self.known.clear();
        self.reports.clear();
        self.bytes = 0;
    }

    /// Writes down what parts a rendering from all others of its frame: who reads it, as far as rules may know, and for
    /// each field the bytes that differ from the mould. With the mould, it gives the rendering back.
    fn address(&mut self, draft: &Draft<'_>, context: &Context<'_>) {
        self.key.clear();
        let budget = context.personal_facts.map_or(u64::MAX, u64::from);
        self.key.extend_from_slice(&budget.to_le_bytes());
        // The reader's address is not part of it: whether a rule asked for it is kept with the report.
        put(&mut self.key, context.recipient.and_then(|recipient| recipient.name));
        put(&mut self.key, context.opt_out_place());
        for (at, ((_, mould), (_, text))) in self.mould.iter().zip(&draft.fields).enumerate() {
            if mould == text {
                continue;
            }
            let (mould, text) = (mould.as_bytes(), text.as_bytes());
            let shorter = mould.len().min(text.len());
            let head = common(mould, text);
            let tail = common_tail(mould, text).min(shorter - head);
            let middle = text.get(head..text.len() - tail).unwrap_or_default();
            for number in [at, head, tail, middle.len()] {
                self.key.extend_from_slice(&(number as u64).to_le_bytes());
            }
            self.key.extend_from_slice(middle);
        }
    }

    /// The same report where one like it was kept: those of two names of one length are alike.
    fn shared(&mut self, report: GuardReport) -> Arc<GuardReport> {
        if let Some(known) = self.reports.iter().find(|known| ***known == report) {
            return Arc::clone(known);
        }
        let report = Arc::new(report);
        if self.reports.len() < REPORTS {
            self.reports.push(Arc::clone(&report));
        }
        report
    }
}

/// A text or its absence, with its length in front, so that no two rows of them read alike.
fn put(key: &mut Vec<u8>, text: Option<&str>) {
    let len = text.map_or(u64::MAX, |text| text.len() as u64);
    key.extend_from_slice(&len.to_le_bytes());
    key.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// Bytes compared at once.
const STEP: usize = 32;

fn common(a: &[u8], b: &[u8]) -> usize {
    let steps = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    let (a, b) = (a.get(steps..).unwrap_or_default(), b.get(steps..).unwrap_or_default());
    steps + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn common_tail(a: &[u8], b: &[u8]) -> usize {
    let steps = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP)).take_while(|(a, b)| a == b).count() * STEP;
    let rest = |of: &[u8]| of.len() - steps;
    let (a, b) = (a.get(..rest(a)).unwrap_or_default(), b.get(..rest(b)).unwrap_or_default());
    steps + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}
