//! Turns: tasks begin, go on to their next point, wait for messages under way, and die.

use crate::proof::acts::{Act, Effect, Waits, draw};
use crate::proof::gate::{Ended, Point, Work};
use crate::proof::oracle::{names_of, stays};
use crate::proof::world::{Track, World};
use crate::proof::{Result, checks};
use store::turnstile::Step;

/// Workers of a simulation.
pub(super) const WORKERS: [&str; 2] = ["w1", "w2"];

/// More than a hundred times what a seed takes: one that comes so far goes round in circles.
const MOST_EVENTS: u64 = 100_000;

/// A worker that works off its queue, or an act.
pub(super) struct Task {
    pub(super) id: usize,
    pub(super) name: String,
    pub(super) worker: Option<usize>,
    pub(super) work: Work,
    pub(super) at: Option<Point>,
    /// It began a transaction and has not committed it.
    pub(super) writing: bool,
    pub(super) effects: Vec<Effect>,
    pub(super) waits: Waits,
    pub(super) committed: bool,
}

impl Task {
    /// It has said what it had to say and waits to be answered.
    fn answers(&self) -> bool {
        self.committed && self.worker.is_none()
    }
}

impl World<'_> {
    /// Lets a task go on, through its transaction if it stands before a commit: what is not committed is seen by nobody.
    pub(super) async fn advance(&mut self, place: usize) -> Result<()> {
        loop {
            if self.ran.events > MOST_EVENTS {
                self.violation(format!("no rest after {MOST_EVENTS} events"));
                return self.kill(place).await;
            }
            let Some(task) = self.tasks.get_mut(place) else { return Ok(()) };
            // Who holds the one write transaction goes on with it, also where it reads beside it.
            task.writing = match task.at {
                Some(Point::Store(Step::Begin)) => true,
                Some(Point::Store(Step::Committed)) | Some(Point::Channel) | None => false,
                Some(_) => task.writing,
            };
            self.gate.transaction_ended();
            let ended = self.gate.turn_of(task.id, &mut task.work, task.at.is_some()).await;
            // One that changed nothing is dropped, and what its task reads afterwards is a turn like any other.
            let over = self.gate.transaction_ended();
            task.writing &= !over;
            match ended {
                Ended::Over(done) => {
                    let task = self.tasks.remove(place);
                    let said = match &done {
                        Ok(()) => "done".to_owned(),
                        Err(error) => format!("refused: {error}"),
                    };
                    self.note(format!("{}: {said}", task.name));
                    // Answered is as good as durable.
                    if done.is_ok() {
                        self.answered(task);
                    }
                    return checks::handed(self);
                }
                Ended::At(point) => {
                    task.at = Some(point);
                    let (name, writing) = (task.name.clone(), task.writing);
                    if over && !task.committed {
                        // Whoever opts out again finds it done at that moment, whatever is chosen before the answer.
                        let found_done = task.effects.extract_if(.., |effect| effect.is_opt_out()).collect();
                        self.take_effect(found_done);
                    }
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
                                && self.below(90) == 0
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

    /// Lets a task go on: to its next point, or through some of the reads that stand before the next thing that others
    /// can see. A delivery begins with a hundred reads; who lets it take them one by one never sees it hand over.
    pub(super) async fn go_on(&mut self, place: usize) -> Result<()> {
        let most = match self.below(4) {
            0 => 1,
            1 => 1 + self.below(8),
            _ => 1 + self.below(150),
        };
        let Some(id) = self.tasks.get(place).map(|task| task.id) else { return Ok(()) };
        for _ in 0..most {
            self.advance(place).await?;
            let reads = self.tasks.get(place).is_some_and(|task| {
                task.id == id && matches!(task.at, Some(Point::Store(Step::Read))) && !task.answers()
            });
            if !reads || !self.ran.violations.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Answered is as good as durable; and whatever they were answered holds for what leaves from now on.
    fn answered(&mut self, task: Task) {
        self.take_effect(task.effects);
        match task.waits {
            Waits::For(customer) => {
                let customer = stays(&self.history, &customer);
                self.answered.insert(customer, self.history.len());
            }
            Waits::Of(campaign) => {
                let runs = |track: &&Track| track.ask.campaign == campaign && track.runs;
                if !self.tracks.iter().any(|track| runs(&track)) {
                    self.halted.insert(campaign);
                }
            }
            Waits::Anybody | Waits::No => {}
        }
    }

    pub(super) async fn kill(&mut self, place: usize) -> Result<()> {
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

    pub(super) async fn start_worker(&mut self, worker: usize) -> Result<()> {
        if self.tasks.iter().any(|task| task.worker == Some(worker)) {
            return Ok(());
        }
        let Some(name) = WORKERS.get(worker).copied() else { return Ok(()) };
        let recover = self.dead.get_mut(worker).is_some_and(std::mem::take);
        let app = self.at_work.clone();
        let work: Work = Box::pin(async move {
            if recover {
                app.recover(name).await.map_err(|error| error.to_string())?;
            }
            app.work_until_idle(name).await.map_err(|error| error.to_string()).map(|_| ())
        });
        self.start(name.to_owned(), Some(worker), (work, Vec::new(), Waits::No)).await
    }

    pub(super) async fn start_act(&mut self) -> Result<()> {
        match draw(self).await {
            Some(Act { name, work, effects, waits }) => self.start(name, None, (work, effects, waits)).await,
            None => Ok(()),
        }
    }

    /// Places of the tasks that may go on. Who waits for messages under way sleeps until there are none.
    pub(super) async fn ready(&mut self) -> Result<Vec<usize>> {
        let mut ready = Vec::new();
        for (place, task) in self.tasks.iter().enumerate() {
            let waiting = task.answers();
            let open = match &task.waits {
                Waits::For(customer) if waiting => {
                    let mut names = names_of(&self.history, &stays(&self.history, customer));
                    names.push(customer.clone());
                    let under_way = self.app.store().handed_to(self.now()).await?;
                    under_way.iter().filter(|customer| names.contains(customer)).count() as i64
                }
                Waits::Anybody if waiting => self.app.store().handed_to(self.now()).await?.len() as i64,
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
}
