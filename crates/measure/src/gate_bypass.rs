//! `measure gate-bypass`: every way to let a model act that no gate and no person let through.
//!
//! Goes in: how many tries and a seed. Comes out: by path, how many tries were refused, noticed, without effect, or went
//! through unnoticed, which must be none. The installation is a real one in a temporary folder: SQLite, files, keys, the
//! use cases themselves. Whoever tries may write every row and every model file, with and without the triggers; what they
//! do not have is the folder of keys. A kill is the future of a promotion dropped at a random moment, after which the
//! installation is read as a new process finds it.

use std::collections::BTreeMap;
use std::time::Duration;

use flow::registry::Step;
use miette::{IntoDiagnostic, Result, miette};
use science::hash::SplitMix64;
use serde::Serialize;
use terms::model::{ModelSlot, ModelState};
use terms::person::{Person, Role};
use testkit::TestApp;

/// What to try.
#[derive(Debug, clap::Args)]
pub(crate) struct BypassArgs {
    /// Tries over all paths.
    #[arg(long, default_value_t = 10_000)]
    tries: u64,
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
    /// Refused where they were made.
    refused: u64,
    /// Made, and noticed when the registry was read.
    noticed: u64,
    /// Made, and what acts is as before.
    without_effect: u64,
    /// Made, not noticed, and something else acts.
    unnoticed: u64,
}

type Acts = Vec<(String, ModelSlot)>;

/// The registry's tables, with the columns that are worth editing.
const COLUMNS: &[(&str, &[&str])] = &[
    (
        "models",
        &[
            "state",
            "share",
            "content_hash",
            "parameters",
            "evaluation",
            "card",
            "responsible",
            "seal",
            "version",
        ],
    ),
    ("model_gates", &["model", "content_hash", "policy", "passed", "report", "seal"]),
    ("model_moves", &["model", "content_hash", "from_state", "to_state", "share", "gate", "person", "seal"]),
    ("model_aliases", &["model", "content_hash", "gate", "moved", "share", "slot", "seal"]),
];

struct Tries {
    kit: TestApp,
    rng: SplitMix64,
    people: Vec<Person>,
    approver: Person,
    before: Acts,
    outcomes: BTreeMap<&'static str, Outcome>,
}

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

    /// Somebody asks for what they may not, or for a version that may not.
    async fn use_case(&mut self) -> Result<()> {
        let labels = ["stage@1", "stage@2", "stage@3", "value@1", "value@2", "texts.library@1", "stage@9"];
        let label = self.one(&labels).unwrap_or_default().to_owned();
        let person = self.one(&self.people.clone()).ok_or_else(|| miette!("nobody"))?;
        let to = self.one(&[ModelState::Shadow, ModelState::Canary, ModelState::Live, ModelState::Validated]);
        let share = i64::try_from(self.below(120)).unwrap_or(0) - 10;
        let mut step = Step { label, to: to.unwrap_or(ModelState::Live), share, reason: "a try".to_owned() };
        // An approver may let what passed act; of them only a share out of range is tried.
        if person.role == Role::Approver && ["stage@2", "value@2"].contains(&step.label.as_str()) {
            (step.to, step.share) = (ModelState::Canary, -1);
        }
        let taken = self.kit.app.move_model(&person, &step).await.is_ok();
        self.came_out("use case", taken).await
    }

    /// A statement on the registry.
    fn edit(&mut self) -> String {
        let (table, columns) = self.one(COLUMNS).unwrap_or(("models", &["state"]));
        let column = self.one(columns).unwrap_or("state");
        let id = if table == "model_aliases" { "rowid" } else { "id" };
        // The newest rows are those of fitted models; parts of the program come before them.
        let row = format!("(SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1 OFFSET {})", self.below(5));
        let other = format!("(SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT 1 OFFSET {})", self.below(5));
        let version = self.below(3) + 1;
        let model = format!("(SELECT id FROM models ORDER BY id DESC LIMIT 1 OFFSET {})", self.below(5));
        let value = match self.below(4) {
            0 => format!("(SELECT o.{column} FROM {table} o WHERE o.{id} = {other})"),
            1 => self
                .one(&["'live'", "'canary'", "'validated'", "'retired'", "'shadow'"])
                .unwrap_or("''")
                .to_owned(),
            2 => self.below(20).to_string(),
            _ => self.one(&["'{}'", "''", "'ab'", "NULL"]).unwrap_or("''").to_owned(),
        };
        match self.below(10) {
            0 => format!("DELETE FROM {table} WHERE {id} >= {row}"),
            1 => format!(
                "UPDATE models SET state = 'retired' WHERE name = 'stage';
                 UPDATE models SET state = 'live' WHERE name = 'stage' AND version = {version}"
            ),
            2 => format!(
                "UPDATE model_aliases SET model = {model}, content_hash = (SELECT content_hash FROM models WHERE id = {model})"
            ),
            _ => format!("UPDATE {table} SET {column} = {value} WHERE {id} = {row}"),
        }
    }

    /// Keeps the rows of the registry as they are now.
    async fn keep_rows(&self) -> Result<()> {
        for (table, _) in COLUMNS {
            let text = format!(
                "DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            );
            if !self.kit.try_statement(&text).await {
                return Err(miette!("the rows of `{table}` could not be kept"));
            }
        }
        Ok(())
    }

    async fn put_rows_back(&self) {
        let tables: Vec<&str> = COLUMNS.iter().map(|(table, _)| *table).collect();
        self.kit.put_registry_back(&tables).await;
    }

    /// A file of a model is written over, or swapped for another one.
    async fn file_swap(&mut self) -> Result<()> {
        let folder = self.kit.app.home().models();
        let files: Vec<_> = std::fs::read_dir(&folder)
            .into_diagnostic()?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
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

    /// Two people promote two versions at the same moment; then everything is as before.
    async fn race(&mut self) -> Result<()> {
        let step =
            |label: &str, to| Step { label: label.to_owned(), to, share: 0, reason: "a race".to_owned() };
        let (app, by) = (&self.kit.app, &self.approver);
        let (forth, same) = (step("stage@2", ModelState::Live), step("stage@2", ModelState::Live));
        let (a, b) = tokio::join!(app.move_model(by, &forth), app.move_model(by, &same));
        let acts = app.acting_labels().await.into_diagnostic()?;
        let live = acts.iter().filter(|(label, _)| label.starts_with("stage")).count();
        let faults = app.registry_faults().await.into_diagnostic()?;
        let outcome = self.outcomes.entry("race").or_default();
        outcome.tries += 1;
        // One of the two acts, by exactly one move.
        *match (a.is_ok() != b.is_ok(), live == 1 && faults.is_empty()) {
            (true, true) => &mut outcome.refused,
            _ => &mut outcome.unnoticed,
        } += 1;
        self.back().await
    }

    async fn back(&mut self) -> Result<()> {
        let acts = self.kit.app.acting_labels().await.into_diagnostic()?;
        if acts != self.before {
            let step = Step {
                label: "stage@1".to_owned(),
                to: ModelState::Live,
                share: 0,
                reason: "back".to_owned(),
            };
            self.kit.app.move_model(&self.approver, &step).await.into_diagnostic()?;
        }
        self.before = self.kit.app.acting_labels().await.into_diagnostic()?;
        Ok(())
    }

    /// A promotion that is cut off: afterwards it was made wholly, or not at all.
    async fn kill(&mut self) -> Result<()> {
        let step = Step {
            label: "stage@2".to_owned(),
            to: ModelState::Live,
            share: 0,
            reason: "cut off".to_owned(),
        };
        let micros = self.below(12_000) as u64;
        let (app, approver) = (self.kit.app.clone(), self.approver.clone());
        let promotion = tokio::spawn(async move { app.move_model(&approver, &step).await.is_ok() });
        tokio::time::sleep(Duration::from_micros(micros)).await;
        promotion.abort();
        let _ = promotion.await;
        let acts = self.kit.app.acting_labels().await.into_diagnostic()?;
        let faults = self.kit.app.registry_faults().await.into_diagnostic()?;
        let live: Vec<&str> =
            acts.iter().map(|(label, _)| label.as_str()).filter(|l| l.starts_with("stage")).collect();
        let whole = matches!(live.as_slice(), ["stage@1"] | ["stage@2"]) && faults.is_empty();
        let outcome = self.outcomes.entry("kill").or_default();
        outcome.tries += 1;
        *match (whole, live == ["stage@1"]) {
            (true, true) => &mut outcome.refused,
            (true, false) => &mut outcome.without_effect,
            _ => &mut outcome.unnoticed,
        } += 1;
        self.back().await
    }
}

async fn tried(tries: u64, seed: u64) -> Result<BTreeMap<&'static str, Outcome>> {
    let kit = TestApp::with_customers(600).await;
    // Two that passed and acted, one that passed and waits behind the newest.
    kit.app.refit().await.into_diagnostic()?;
    let approver = kit.person(Role::Approver).await;
    let people = kit.app.store().people().await.into_diagnostic()?;
    let mut it = Tries {
        kit,
        rng: SplitMix64::new(seed),
        people,
        approver,
        before: Vec::new(),
        outcomes: BTreeMap::new(),
    };
    let promote =
        Step { label: "stage@2".to_owned(), to: ModelState::Live, share: 0, reason: "first".to_owned() };
    it.kit.app.move_model(&it.approver, &promote).await.into_diagnostic()?;
    it.back().await?;
    for round in 0..tries / 2 {
        match round % 50 {
            0 => it.race().await?,
            1 => it.kill().await?,
            _ if round % 2 == 0 => it.use_case().await?,
            _ => {
                it.keep_rows().await?;
                let statement = it.edit();
                let taken = it.kit.try_statement(&statement).await;
                it.came_out("row, with triggers", taken).await?;
                // Of two statements the first may have been taken, and the second refused.
                it.put_rows_back().await;
            }
        }
    }
    it.keep_rows().await?;
    // Takes the triggers off, as somebody with full rights could.
    it.kit.edit_registry("SELECT 1").await;
    for round in 0..tries - tries / 2 {
        if round % 4 == 0 {
            it.file_swap().await?;
            continue;
        }
        let statement = format!("PRAGMA foreign_keys = OFF; {}", it.edit());
        let taken = it.kit.try_statement(&statement).await;
        it.came_out("row, triggers taken off", taken).await?;
        it.put_rows_back().await;
    }
    Ok(it.outcomes)
}

pub(crate) fn run(arguments: &BypassArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
    let outcomes = runtime.block_on(tried(arguments.tries, arguments.seed))?;
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
    for (path, o) in outcomes {
        println!(
            "{path:<26} {:>6} tries: {} refused, {} noticed, {} without effect, {} unnoticed",
            o.tries, o.refused, o.noticed, o.without_effect, o.unnoticed
        );
    }
    Ok(())
}
