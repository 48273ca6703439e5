//! One seed: two workers, a channel, customers and people on one thread, in an order drawn from the seed, with crashes
//! and a clock that jumps. The store, the decisions, the delivery stage and the job runner are the product's own.
//!
//! Goes in: a template, a seed, perhaps a planted defect. Comes out: what was violated, counts, and a hash of the trace
//! that is the same each time the seed is run.

use crate::proof::acts::{Act, Effect, Waits, draw};
use crate::proof::channel::{Defect, Wire};
use crate::proof::gate::{Ended, Gate, Point, StoreGate, Work};
use crate::proof::oracle::{Ask, Event};
use crate::proof::template::Template;
use crate::proof::{Result, checks};
use flow::App;
use flow::clock::Clock;
use science::hash::SplitMix64;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use store::turnstile::Step;
use terms::delivery::DeliveryState;
use terms::ids::{CampaignId, CustomerKey, MessageId};
use terms::time::Instant;

/// Workers of a simulation.
const WORKERS: [&str; 2] = ["w1", "w2"];

/// What is drawn how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Keep the trace, not only its hash.
    pub trace: bool,
    /// A defect planted in the wiring.
    pub defect: Option<Defect>,
}

/// What became of a seed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// The seed.
    pub seed: u64,
    /// Every broken promise, in words.
    pub violations: Vec<String>,
    /// Turns, acts, crashes and jumps.
    pub events: u64,
    /// Messages that left.
    pub sends: u64,
    /// Workers that died.
    pub kills: u64,
    /// The hash of the trace.
    pub hash: u64,
    /// The trace, when it was asked for.
    pub trace: Vec<String>,
}

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

struct Task {
    id: usize,
    name: String,
    worker: Option<usize>,
    work: Work,
    at: Option<Point>,
    /// It began a transaction and has not committed it.
    writing: bool,
    effects: Vec<Effect>,
    waits: Waits,
    committed: bool,
}

/// Everything of one seed.
pub struct World<'t> {
    template: &'t Template,
    app: App,
    gate: Arc<Gate>,
    pub(super) wire: Arc<Wire>,
    dice: SplitMix64,
    tasks: Vec<Task>,
    next: usize,
    pub(super) history: Vec<Event>,
    pub(super) tracks: Vec<Track>,
    pub(super) states: BTreeMap<(CustomerKey, CampaignId), DeliveryState>,
    /// Workers that died and were not started again yet.
    dead: [bool; WORKERS.len()],
    latest: Instant,
    /// Nobody dies any more.
    quiet: bool,
    options: Options,
    pub(super) ran: Ran,
}

impl<'t> World<'t> {
    async fn begin(template: &'t Template, seed: u64, options: Options, path: &str) -> Result<Self> {
        let mut dice = SplitMix64::new(seed);
        let gate = Arc::new(Gate::default());
        let knows = dice.next_f64() < 0.5;
        let wire = Arc::new(Wire::new(Arc::clone(&gate), knows, seed ^ 0x5eed, options.defect));
        let pepper = template.app.home().keys().join("pepper");
        let store =
            Store::open_with(path, Some(&pepper), Some(Arc::new(StoreGate(Arc::clone(&gate))))).await?;
        let app = template.app.rewired(store, Arc::clone(&wire) as _, Clock::at(template.start));
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
            gate,
            wire,
            dice,
            tasks: Vec::new(),
            next: 0,
            history: template.history.clone(),
            states: BTreeMap::new(),
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

    fn note(&mut self, line: String) {
        for byte in line.bytes().chain([b'\n']) {
            self.ran.hash = (self.ran.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.ran.events += 1;
        if self.options.trace {
            self.ran.trace.push(format!("{} {line}", self.now()));
        }
    }

    /// Lets a task go on, through its transaction if it stands before a commit: what is not committed is seen by nobody.
    async fn advance(&mut self, place: usize) -> Result<()> {
        loop {
            let Some(task) = self.tasks.get_mut(place) else { return Ok(()) };
            // Who holds the one write transaction goes on with it, also where it reads beside it.
            task.writing = match task.at {
                Some(Point::Store(Step::Begin)) => true,
                Some(Point::Store(Step::Committed)) | Some(Point::Channel) | None => false,
                Some(_) => task.writing,
            };
            let ended = self.gate.turn_of(task.id, &mut task.work, task.at.is_some()).await;
            match ended {
                Ended::Over(done) => {
                    let task = self.tasks.remove(place);
                    let said = match &done {
                        Ok(()) => "done".to_owned(),
                        Err(error) => format!("refused: {error}"),
                    };
                    self.note(format!("{}: {said}", task.name));
                    // Answered is as good as durable.
                    if done.is_ok() && !task.committed {
                        self.take_effect(task.effects);
                    }
                    return checks::handed(self);
                }
                Ended::At(point) => {
                    task.at = Some(point);
                    let (name, writing) = (task.name.clone(), task.writing);
                    self.note(format!("{name} at {point:?}"));
                    checks::handed(self)?;
                    match point {
                        Point::Store(Step::Committed) => {
                            let effects = self.tasks.get_mut(place).map(|task| {
                                task.committed = true;
                                std::mem::take(&mut task.effects)
                            });
                            self.take_effect(effects.unwrap_or_default());
                            checks::committed(self).await?;
                            return Ok(());
                        }
                        Point::Store(Step::Commit) => {
                            if !self.quiet
                                && self.tasks.get(place).is_some_and(|task| task.worker.is_some())
                                && self.below(60) == 0
                            {
                                return self.kill(place).await;
                            }
                        }
                        Point::Store(Step::Read) if writing => {}
                        _ => return Ok(()),
                    }
                }
            }
        }
    }

    fn take_effect(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Said(event) => self.history.push(event),
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
                    }
                }
            }
        }
    }

    async fn kill(&mut self, place: usize) -> Result<()> {
        let task = self.tasks.remove(place);
        self.note(format!("{} dies at {:?}", task.name, task.at));
        if let Some(dead) = task.worker.and_then(|worker| self.dead.get_mut(worker)) {
            *dead = true;
            self.ran.kills += 1;
        }
        drop(task);
        // Its transaction is rolled back before anybody else begins one.
        tokio::task::yield_now().await;
        Ok(())
    }

    async fn start(
        &mut self,
        name: String,
        worker: Option<usize>,
        act: (Work, Vec<Effect>, Waits),
    ) -> Result<()> {
        let (work, effects, waits) = act;
        self.note(format!("{name} begins"));
        let id = self.next;
        self.next += 1;
        self.tasks.push(Task {
            id,
            name,
            worker,
            work,
            at: None,
            writing: false,
            effects,
            waits,
            committed: false,
        });
        self.advance(self.tasks.len() - 1).await
    }

    async fn start_worker(&mut self, worker: usize) -> Result<()> {
        if self.tasks.iter().any(|task| task.worker == Some(worker)) {
            return Ok(());
        }
        let Some(name) = WORKERS.get(worker).copied() else { return Ok(()) };
        let recover = self.dead.get_mut(worker).is_some_and(std::mem::take);
        let app = self.app.clone();
        let work: Work = Box::pin(async move {
            if recover {
                app.recover(name).await.map_err(|error| error.to_string())?;
            }
            app.work_until_idle(name).await.map_err(|error| error.to_string()).map(|_| ())
        });
        self.start(name.to_owned(), Some(worker), (work, Vec::new(), Waits::No)).await
    }

    async fn start_act(&mut self) -> Result<()> {
        match draw(self).await {
            Some(Act { name, work, effects, waits }) => self.start(name, None, (work, effects, waits)).await,
            None => Ok(()),
        }
    }

    /// Places of the tasks that may go on. Who waits for messages under way sleeps until there are none.
    async fn ready(&mut self) -> Result<Vec<usize>> {
        let mut ready = Vec::new();
        for (place, task) in self.tasks.iter().enumerate() {
            let waiting = task.committed && task.worker.is_none();
            let open = match &task.waits {
                Waits::For(customer) if waiting => {
                    self.app.store().handing_over_to(customer, self.now()).await?
                }
                Waits::Of(campaign) if waiting => {
                    self.app.store().handing_over(*campaign, self.now()).await?
                }
                _ => 0,
            };
            if open == 0 {
                ready.push(place);
            }
        }
        Ok(ready)
    }

    async fn step(&mut self) -> Result<()> {
        match self.below(100) {
            0..12 => self.start_act().await,
            12..26 => {
                let worker = self.below(WORKERS.len());
                self.start_worker(worker).await
            }
            26..29 if !self.tasks.is_empty() => {
                // An act that dies was a client that went away: what is durable stays, the rest never was.
                let place = self.below(self.tasks.len());
                self.kill(place).await
            }
            29..34 => {
                self.jump();
                Ok(())
            }
            _ => {
                let ready = self.ready().await?;
                let drawn = self.below(ready.len());
                match ready.get(drawn) {
                    Some(place) => self.advance(*place).await,
                    None => self.start_act().await,
                }
            }
        }
    }

    /// Time goes on, or jumps; not while somebody is about to say something, so that it is known when they said it.
    fn jump(&mut self) {
        if self.tasks.iter().any(|task| task.worker.is_none() && !task.committed) {
            return;
        }
        let sign = if self.below(3) == 0 { -1 } else { 1 };
        let seconds = match self.below(10) {
            0..3 => 1 + self.below(20),
            3..6 => 30 + self.below(120),
            6..8 => 600 + self.below(5_000),
            8 => 20_000 + self.below(40_000),
            _ => 80_000 + self.below(90_000),
        };
        let at = self.now().plus_seconds(sign * seconds as i64);
        self.app.clock().set(at);
        self.latest = self.latest.max(at);
        self.note(format!("the clock jumps to {at}"));
    }

    /// The world becomes quiet: no more acts, no more crashes, a channel that works; until everything is settled.
    async fn drain(&mut self) -> Result<()> {
        while !self.tasks.is_empty() {
            self.kill(self.tasks.len() - 1).await?;
        }
        self.wire.calm_down();
        self.quiet = true;
        self.dead = [false; WORKERS.len()];
        for name in WORKERS {
            self.app.recover(name).await?;
        }
        checks::committed(self).await?;
        let ends = self.tracks.iter().map(|track| track.ask.until).max().unwrap_or(self.latest);
        let marketer = self.template.marketer.clone();
        for place in 0..self.tracks.len() {
            let Some(id) = self.tracks.get(place).map(|track| track.ask.campaign) else { continue };
            if self.app.store().campaign(id).await?.state == terms::campaign::CampaignState::Paused {
                self.app.resume_campaign(&marketer, id).await?;
                self.take_effect(vec![Effect::Runs(place, true)]);
            }
        }
        let late = self.latest.max(ends);
        for at in [self.latest.plus_seconds(1_000), late.plus_hours(1), late.plus_hours(3)] {
            self.app.clock().set(at);
            self.note(format!("the clock goes to {at}"));
            for worker in 0..WORKERS.len() {
                self.start_worker(worker).await?;
                while !self.tasks.is_empty() {
                    self.advance(0).await?;
                }
            }
        }
        Ok(())
    }
}

/// Runs one seed.
///
/// # Errors
/// When the simulation itself cannot go on; a violation is in the result.
pub async fn run(template: &Template, seed: u64, options: Options) -> Result<Ran> {
    let path = template.copy(&format!("{seed}.db"))?;
    let name = path.display().to_string();
    let mut world = World::begin(template, seed, options, &name).await?;
    // One campaign runs from the start, so that most turns have something at stake.
    let marketer = template.marketer.clone();
    let first = world.below(world.tracks.len());
    if let Some(id) = world.tracks.get(first).map(|track| track.ask.campaign)
        && world.app.launch_campaign(&marketer, id).await.is_ok()
    {
        world.take_effect(vec![Effect::Runs(first, true)]);
    }
    checks::committed(&mut world).await?;
    for _ in 0..60 + world.below(120) {
        world.step().await?;
        if !world.ran.violations.is_empty() {
            break;
        }
    }
    if world.ran.violations.is_empty() {
        world.drain().await?;
        checks::at_the_end(&mut world).await?;
    }
    world.tasks.clear();
    world.ran.sends = world.wire.all_left().values().map(|times| u64::from(*times)).sum();
    world.app.store().close().await;
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{name}{suffix}"));
    }
    Ok(world.ran)
}
