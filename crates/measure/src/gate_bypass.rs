//! `measure gate-bypass`: every way to let a model act that no gate and no person let through.
//!
//! Goes in: how many tries and a seed. Comes out: by path, how many tries were refused, noticed, without effect, or went
//! through unnoticed, which must be none. The installation is a real one in a temporary folder: SQLite, files, keys, the
//! pages over TCP with sessions, the program itself as another process. Whoever tries may write every row and every model
//! file, with and without the triggers; what they do not have is the folder of keys. Each try begins with the registry as
//! it was. A promotion that is allowed is made on each path first: a path that refuses everything proves nothing.

mod http;
mod process;
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use flow::registry::Step;
use miette::{IntoDiagnostic, Result, miette};
use science::hash::SplitMix64;
use serde::Serialize;
use terms::model::{ModelSlot, ModelState};
use terms::person::{Person, Role};
use testkit::TestApp;

use http::Pages;
use process::Program;

/// What to try.
#[derive(Debug, clap::Args)]
pub(crate) struct BypassArgs {
    /// Tries over all paths.
    #[arg(long, default_value_t = 10_000)]
    tries: u64,
    /// Tries of each path that starts a process; part of the tries.
    #[arg(long, default_value_t = 200)]
    processes: u64,
    /// The program [default: candor beside this one]
    #[arg(long)]
    candor: Option<PathBuf>,
    /// Seed of what is tried.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How the tries of a path came out.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    /// Tries.
    tries: u64,
    /// Refused where they were made, or cut off before anything was made.
    refused: u64,
    /// Made, and noticed when the registry was read.
    noticed: u64,
    /// Made, and what acts is as before.
    without_effect: u64,
    /// Allowed, and made wholly: one of two who raced, or cut off too late.
    whole: u64,
    /// Made, not noticed, and something else acts.
    unnoticed: u64,
}

type Acts = Vec<(String, ModelSlot)>;

struct Tries {
    kit: TestApp,
    rng: SplitMix64,
    people: Vec<Person>,
    approver: Person,
    before: Acts,
    head: Vec<u8>,
    /// How long a promotion takes here.
    takes: Duration,
    outcomes: BTreeMap<&'static str, Outcome>,
}

/// What an approver may let act.
const ALLOWED: [&str; 2] = ["stage@2", "value@2"];
const LABELS: [&str; 8] =
    ["stage@1", "stage@2", "stage@3", "value@1", "value@2", "texts.library@1", "cues.en@1", "stage@9"];

impl Tries {
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.rng.next_u64() % n.max(1) as u64).unwrap_or(0)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(of.len());
        of.get(at).cloned()
    }

    /// Says how a try came out; `taken` is whether it was let do what it did.
    async fn came_out(&mut self, path: &'static str, taken: bool) -> Result<()> {
        let (acts, faults) = (self.kit.app.acting_labels().await, self.kit.app.registry_faults().await);
        let outcome = self.outcomes.entry(path).or_default();
        outcome.tries += 1;
        let (Ok(acts), Ok(faults)) = (acts, faults) else {
            // A registry that cannot be read lets nothing act, and says so.
            outcome.noticed += 1;
            return Ok(());
        };
        let same = acts == self.before;
        *match (taken, faults.is_empty(), same) {
            (false, true, true) => &mut outcome.refused,
            (_, false, _) => &mut outcome.noticed,
            (true, true, true) => &mut outcome.without_effect,
            (_, true, false) => &mut outcome.unnoticed,
        } += 1;
        Ok(())
    }

    /// Somebody asks for what they may not, or for a version that may not: who, which, where to, a share.
    fn forbidden(&mut self) -> Result<(Person, Step)> {
        let label = self.one(&LABELS).unwrap_or_default().to_owned();
        let person = self.one(&self.people.clone()).ok_or_else(|| miette!("nobody"))?;
        let to = self.one(&[ModelState::Shadow, ModelState::Canary, ModelState::Live, ModelState::Validated]);
        let share = i64::try_from(self.below(120)).unwrap_or(0) - 10;
        let mut step = Step { label, to: to.unwrap_or(ModelState::Live), share, reason: "a try".to_owned() };
        // An approver may let what passed act; of them only a share out of range is tried.
        if person.role == Role::Approver && ALLOWED.contains(&step.label.as_str()) {
            (step.to, step.share) = (ModelState::Canary, 77);
        }
        Ok((person, step))
    }

    async fn use_case(&mut self) -> Result<()> {
        let (person, step) = self.forbidden()?;
        let taken = self.kit.app.move_model(&person, &step).await.is_ok();
        self.came_out("use case", taken).await
    }

    async fn row(&mut self, path: &'static str) -> Result<()> {
        let statement = format!("PRAGMA foreign_keys = OFF; {}", self.edit());
        let taken = self.kit.try_statement(&statement).await;
        self.came_out(path, taken).await?;
        // Of two statements the first may have been taken, and the second refused.
        self.put_back().await
    }

    /// A file of a model is written over, or swapped for another one.
    async fn file_swap(&mut self) -> Result<()> {
        let folder = self.kit.app.home().models();
        let mut files: Vec<_> = std::fs::read_dir(&folder)
            .into_diagnostic()?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        files.sort();
        let path = self.one(&files).ok_or_else(|| miette!("no file"))?;
        let other = self.one(&files).ok_or_else(|| miette!("no file"))?;
        let was = std::fs::read(&path).into_diagnostic()?;
        let mut bytes = std::fs::read(&other).into_diagnostic()?;
        let at = self.below(bytes.len());
        if path == other
            && let Some(byte) = bytes.get_mut(at)
        {
            *byte = byte.wrapping_add(1);
        }
        std::fs::write(&path, &bytes).into_diagnostic()?;
        self.came_out("file", bytes != was).await?;
        std::fs::write(&path, &was).into_diagnostic()
    }

    fn allowed(&self) -> Step {
        Step { label: "stage@2".to_owned(), to: ModelState::Live, share: 0, reason: "allowed".to_owned() }
    }

    /// Two promote at the same moment: exactly one move is made.
    async fn race(&mut self, pages: &Pages) -> Result<()> {
        let (app, by, step) = (&self.kit.app, &self.approver, self.allowed());
        let over_pages = pages.step(&by.email, "/models/stage@2", "live", 0);
        let (a, b) = tokio::join!(app.move_model(by, &step), over_pages);
        let (a, b) = (a.is_ok(), b?);
        let moves = app.models_view().await.into_diagnostic()?.moves;
        let made = moves.iter().filter(|step| step.reason == "allowed" || step.reason == http::WHY).count();
        self.made_or_not("race", a != b && made == 1).await?;
        self.put_back().await
    }

    /// After a promotion that was cut off or raced: it was made wholly, or not at all.
    async fn made_or_not(&mut self, path: &'static str, alone: bool) -> Result<()> {
        let acts = self.kit.app.acting_labels().await.into_diagnostic()?;
        let faults = self.kit.app.registry_faults().await.into_diagnostic()?;
        let live: Vec<&str> =
            acts.iter().map(|(label, _)| label.as_str()).filter(|l| l.starts_with("stage")).collect();
        let outcome = self.outcomes.entry(path).or_default();
        outcome.tries += 1;
        *match (alone && faults.is_empty(), live.as_slice()) {
            (true, ["stage@1"]) => &mut outcome.refused,
            (true, ["stage@2"]) => &mut outcome.whole,
            _ => &mut outcome.unnoticed,
        } += 1;
        Ok(())
    }

    /// A promotion whose future is dropped at a random moment.
    async fn dropped(&mut self) -> Result<()> {
        let after = self.takes.mul_f64(1.2 * self.rng.next_f64());
        let (app, approver, step) = (self.kit.app.clone(), self.approver.clone(), self.allowed());
        let promotion = tokio::spawn(async move { app.move_model(&approver, &step).await.is_ok() });
        tokio::time::sleep(after).await;
        promotion.abort();
        let _ = promotion.await;
        self.made_or_not("dropped in mid-promotion", true).await?;
        self.put_back().await
    }
}

async fn prepared(seed: u64) -> Result<Tries> {
    let kit = TestApp::with_customers(600).await;
    // Two that passed and acted, one that passed and waits behind the newest.
    kit.app.refit().await.into_diagnostic()?;
    let approver = kit.person(Role::Approver).await;
    let people = kit.app.store().people().await.into_diagnostic()?;
    let rng = SplitMix64::new(seed);
    let (before, head, outcomes, takes) = (Vec::new(), Vec::new(), BTreeMap::new(), Duration::ZERO);
    let mut it = Tries { kit, rng, people, approver, before, head, takes, outcomes };
    for label in ["stage@2", "stage@1"] {
        let step =
            Step { label: label.to_owned(), to: ModelState::Live, share: 0, reason: "first".to_owned() };
        let watch = std::time::Instant::now();
        it.kit.app.move_model(&it.approver, &step).await.into_diagnostic()?;
        it.takes = watch.elapsed();
    }
    it.keep().await?;
    Ok(it)
}

async fn tried(arguments: &BypassArgs) -> Result<BTreeMap<&'static str, Outcome>> {
    let mut it = prepared(arguments.seed).await?;
    let pages = Pages::serve(&it.kit.app, &it.people).await?;
    let program = Program::new(arguments.candor.as_deref(), it.kit.home())?;
    it.control_pages(&pages).await?;
    let takes = it.control_program(&program).await?;
    let processes = arguments.processes.min(arguments.tries / 4);
    for _ in 0..processes {
        it.command(&program).await?;
        it.killed(&program, takes).await?;
    }
    let rest = arguments.tries - 2 * processes;
    // A half with the triggers in place, and every way through the program.
    for round in 0..rest / 2 {
        match round % 25 {
            0 => it.race(&pages).await?,
            1 => it.dropped().await?,
            2..=8 => it.use_case().await?,
            9..=16 => it.page(&pages).await?,
            _ => it.row("row, with triggers").await?,
        }
    }
    // Takes the triggers off, as somebody with full rights could.
    it.kit.edit_registry("SELECT 1").await;
    for round in 0..rest - rest / 2 {
        match round % 4 {
            0 => it.file_swap().await?,
            _ => it.row("row, triggers taken off").await?,
        }
    }
    pages.stop();
    Ok(it.outcomes)
}

pub(crate) fn run(arguments: &BypassArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    let outcomes = runtime.block_on(tried(arguments))?;
    print(&outcomes, arguments.json)?;
    match outcomes.values().map(|outcome| outcome.unnoticed).sum::<u64>() {
        0 => Ok(()),
        through => Err(miette!("{through} tries went through unnoticed")),
    }
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
fn print(outcomes: &BTreeMap<&'static str, Outcome>, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(outcomes).into_diagnostic()?);
        return Ok(());
    }
    let all: u64 = outcomes.values().map(|outcome| outcome.tries).sum();
    for (path, o) in outcomes {
        println!(
            "{path:<26} {:>6} tries ({:>4.1} %): {} refused, {} noticed, {} without effect, {} made whole, {} unnoticed",
            o.tries,
            o.tries as f64 / all.max(1) as f64 * 100.0,
            o.refused,
            o.noticed,
            o.without_effect,
            o.whole,
            o.unnoticed
        );
    }
    let unnoticed: u64 = outcomes.values().map(|outcome| outcome.unnoticed).sum();
    println!("{all} tries, {unnoticed} unnoticed");
    Ok(())
}
