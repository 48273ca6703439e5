//! What a seed knows of its world: the installation, the history that the oracle reads, the campaigns as they are
//! followed, and who goes on next.
//!
//! Architecture invariant: whatever is drawn is drawn from the seed's dice here, so that a seed is the same each time.

use crate::proof::Result;
use crate::proof::acts::{self, Effect};
use crate::proof::channel::Wire;
use crate::proof::defect::Defect;
use crate::proof::gate::{Gate, StoreGate};
use crate::proof::oracle::{Ask, Event, buried, join, stays};
use crate::proof::simulation::{Options, Ran};
use crate::proof::template::Template;
use crate::proof::turns::{Task, WORKERS};
use flow::App;
use flow::clock::Clock;
use science::hash::SplitMix64;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Store;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::time::Instant;

/// A campaign as the simulation follows it.
#[derive(Debug, Clone)]
pub struct Track {
    /// What it asks for.
    pub ask: Ask,
    /// The edition of its words.
    pub edition: u32,
    /// The edition that was approved and not changed since.
    pub approved: Option<u32>,
    /// Somebody launched or resumed it, and nobody halted it since.
    pub runs: bool,
}

/// Where a message stands in the outbox.
#[derive(Debug, Clone)]
pub struct Placed {
    /// To whom, under the name it was planned with.
    pub customer: CustomerKey,
    /// By which campaign.
    pub campaign: CampaignId,
    /// How far it got.
    pub state: DeliveryState,
}

/// Everything of one seed.
pub struct World<'t> {
    pub(super) template: &'t Template,
    pub(super) app: App,
    /// As workers see it.
    pub(super) at_work: App,
    pub(super) gate: Arc<Gate>,
    pub(super) wire: Arc<Wire>,
    dice: SplitMix64,
    pub(super) tasks: Vec<Task>,
    pub(super) next: usize,
    pub(super) history: Vec<Event>,
    pub(super) tracks: Vec<Track>,
    /// Messages that are planned, under way, sent or in doubt, with whom and by which campaign.
    pub(super) states: BTreeMap<MessageId, Placed>,
    /// Requests that wait in the inbox: of two keys, that the first is a name of the second.
    inbox: Vec<(CustomerKey, CustomerKey)>,
    /// How much of the history had been answered to a customer when they last were, and which campaigns were halted.
    pub(super) answered: BTreeMap<CustomerKey, usize>,
    pub(super) halted: BTreeSet<CampaignId>,
    /// Messages that were under way when the clock was set back.
    pub(super) set_back: BTreeSet<MessageId>,
    /// Workers that died and were not started again yet.
    pub(super) dead: [bool; WORKERS.len()],
    pub(super) latest: Instant,
    /// Nobody dies any more.
    pub(super) quiet: bool,
    pub(super) options: Options,
    pub(super) ran: Ran,
}

impl<'t> World<'t> {
    pub(super) async fn begin(
        template: &'t Template,
        seed: u64,
        options: Options,
        path: &str,
    ) -> Result<Self> {
        let mut dice = SplitMix64::new(seed);
        let gate = Arc::new(Gate::default());
        let knows = dice.next_f64() < 0.5;
        let wire = Arc::new(Wire::new(Arc::clone(&gate), knows, seed ^ 0x5eed, options.defect));
        let pepper = template.app.home().keys().join("pepper");
        let store =
            Store::open_with(path, Some(&pepper), Some(Arc::new(StoreGate(Arc::clone(&gate))))).await?;
        let app = template.app.rewired(store, Arc::clone(&wire) as _, Clock::at(template.start));
        let at_work = match options.defect {
            Some(Defect::OldClock) => {
                let (store, wire) = (app.store().clone(), Arc::clone(&wire));
                template.app.rewired(store, wire as _, Clock::at(template.start))
            }
            _ => app.clone(),
        };
        let tracks = template.campaigns.iter().map(|planned| Track {
            ask: planned.ask.clone(),
            edition: 0,
            approved: Some(0),
            runs: false,
        });
        Ok(Self {
            tracks: tracks.collect(),
            template,
            app,
            at_work,
            gate,
            wire,
            dice,
            tasks: Vec::new(),
            next: 0,
            history: template.history.clone(),
            states: BTreeMap::new(),
            inbox: Vec::new(),
            answered: BTreeMap::new(),
            halted: BTreeSet::new(),
            set_back: BTreeSet::new(),
            dead: [false; WORKERS.len()],
            latest: template.start,
            quiet: false,
            options,
            ran: Ran { seed, hash: 0xcbf2_9ce4_8422_2325, ..Ran::default() },
        })
    }

    /// A number below `n`; 0 when there is none.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.dice.next_f64() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// The clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.app.now()
    }

    /// The installation.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// What all seeds share.
    #[must_use]
    pub const fn template(&self) -> &Template {
        self.template
    }

    /// What became durable so far.
    #[must_use]
    pub fn history(&self) -> &[Event] {
        &self.history
    }

    /// The campaigns.
    #[must_use]
    pub fn campaigns(&self) -> &[Track] {
        &self.tracks
    }

    /// The planted defect.
    #[must_use]
    pub const fn defect(&self) -> Option<Defect> {
        self.options.defect
    }

    /// How often a message left.
    #[must_use]
    pub fn left(&self, message: MessageId) -> u32 {
        self.wire.left(message)
    }

    /// Whether a worker stands in the channel, or between its attempt and the channel.
    #[must_use]
    pub fn in_channel(&self) -> bool {
        self.tasks.iter().any(|task| task.worker.is_some() && task.at.is_some())
    }

    pub(super) fn violation(&mut self, what: String) {
        self.note(format!("VIOLATION {what}"));
        self.ran.violations.push(what);
    }

    pub(super) fn note(&mut self, line: String) {
        for byte in line.bytes().chain([b'\n']) {
            self.ran.hash = (self.ran.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.ran.events += 1;
        if self.options.trace {
            eprintln!("{} {line}", self.now());
        }
    }

    /// The inbox was used if it is empty now, by whomever: an erasure uses it as well.
    pub(super) async fn look_into_inbox(&mut self) -> Result<()> {
        if !self.inbox.is_empty() && self.app.store().inbox(1).await?.is_empty() {
            for (from, into) in std::mem::take(&mut self.inbox) {
                let follows = join(&self.history, &from, &into, self.now());
                self.history.extend(follows);
            }
        }
        Ok(())
    }

    pub(super) fn take_effect(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                // Nobody brings back the address of who was erased; the record stays as it was.
                Effect::Said(Event::Record(new)) if buried(&self.history, &new) => {}
                Effect::Said(event) => self.history.push(event),
                Effect::Erased(who) => {
                    let stays = stays(&self.history, &who);
                    self.history.push(Event::Erased(stays));
                }
                Effect::Edited(at, edition, from, until) => {
                    if let Some(track) = self.tracks.get_mut(at) {
                        (track.edition, track.approved) = (edition, None);
                        (track.ask.from, track.ask.until) = (from, until);
                    }
                }
                Effect::Approved(at, edition) => {
                    if let Some(track) = self.tracks.get_mut(at) {
                        track.approved = Some(edition);
                    }
                }
                Effect::Runs(at, runs) => {
                    if let Some(track) = self.tracks.get_mut(at) {
                        track.runs = runs;
                        if runs {
                            self.halted.remove(&track.ask.campaign);
                        }
                    }
                }
                Effect::Chose(who, form) => {
                    let chosen = acts::chosen(&self.history, &who, &form, self.now());
                    self.history.extend(chosen);
                }
                Effect::OptedOut(who) => {
                    let said = acts::opted_out(&self.history, &who, self.now());
                    self.history.extend(said);
                }
                Effect::Told(from, into) => self.inbox.push((from, into)),
            }
        }
    }
}
