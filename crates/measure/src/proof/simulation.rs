//! One seed: two workers, a channel, customers and people on one thread, in an order drawn from the seed, with crashes
//! and a clock that jumps. The store, the decisions, the delivery stage and the job runner are the product's own.
//!
//! Goes in: a template, a seed, perhaps a planted defect. Comes out: what was violated, counts, and a hash of the trace
//! that is the same each time the seed is run.

use crate::proof::acts::Effect;
use crate::proof::defect::Defect;
use crate::proof::template::Template;
use crate::proof::turns::WORKERS;
use crate::proof::world::World;
use crate::proof::{Result, checks};
use serde::Serialize;
use terms::delivery::DeliveryState;

/// What is drawn how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Print the trace to standard error as it goes, also of a seed that never ends.
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
    /// Messages that left while the world was not quiet yet.
    pub stirred: u64,
    /// Workers that died.
    pub kills: u64,
    /// The hash of the trace.
    pub hash: u64,
}

impl World<'_> {
    async fn step(&mut self) -> Result<()> {
        match self.below(100) {
            0..12 => self.start_act().await,
            12..26 => {
                let worker = self.below(WORKERS.len());
                self.start_worker(worker).await
            }
            26..28 if !self.tasks.is_empty() => {
                // An act that dies was a client that went away: what is durable stays, the rest never was.
                let place = self.below(self.tasks.len());
                self.kill(place).await
            }
            28..33 => {
                self.jump();
                Ok(())
            }
            _ => {
                let ready = self.ready().await?;
                let drawn = self.below(ready.len());
                match ready.get(drawn) {
                    Some(place) => self.go_on(*place).await,
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
        if sign < 0 {
            let under_way =
                self.states.iter().filter(|(_, placed)| placed.state == DeliveryState::Attempting);
            self.set_back.extend(under_way.map(|(message, _)| *message));
        }
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
        // Past every lease: who starts first waits for no message of the other one, which is dead as well.
        self.app.clock().set(self.latest.plus_seconds(1_000));
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
    // A launch reads a good deal before it commits; the storm has to outlast it.
    for _ in 0..120 + world.below(160) {
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
    world.ran.stirred = world.wire.stirred();
    world.ran.sends = world.wire.all_left().values().map(|times| u64::from(*times)).sum();
    world.app.store().close().await;
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{name}{suffix}"));
    }
    Ok(world.ran)
}
