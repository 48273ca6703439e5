//! The program as another process: what it refuses, and what is left when it is killed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use miette::{Context, IntoDiagnostic, Result, miette};

use super::Tries;

/// The program and the installation it is run on.
pub(super) struct Program {
    path: PathBuf,
    home: PathBuf,
    weak: PathBuf,
}

impl Program {
    pub(super) fn new(path: Option<&Path>, home: PathBuf) -> Result<Self> {
        let beside = std::env::current_exe().into_diagnostic()?.with_file_name("candor");
        let path = path.map_or(beside, Path::to_path_buf);
        if !path.is_file() {
            return Err(miette!(
                "`{}` is not there; build candor too, or name it with --candor",
                path.display()
            ));
        }
        let weak = home.join("weak-gate.json");
        std::fs::write(&weak, r#"{"base":0,"rules":[],"reason":"let everything through"}"#)
            .into_diagnostic()?;
        Ok(Self { path, home, weak })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments).arg("--home").arg(&self.home).env_remove("DATABASE_URL");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn runs(&self, arguments: &[&str]) -> Result<bool> {
        let status = self.command(arguments).status().into_diagnostic().wrap_err("cannot run candor")?;
        Ok(status.success())
    }
}

const WHY: [&str; 2] = ["--why", "by a command"];

impl Tries {
    /// What is allowed is done by a command. Comes out: how long it takes.
    pub(super) async fn control_program(&mut self, program: &Program) -> Result<Duration> {
        let mut takes = Duration::ZERO;
        for _ in 0..3 {
            let watch = Instant::now();
            let by = self.approver.email.clone();
            if !program.runs(&["model", "promote", "stage@2", "--by", &by, WHY[0], WHY[1]])? {
                return Err(miette!(
                    "the program refuses a promotion that is allowed: no try of it proves anything"
                ));
            }
            takes = takes.max(watch.elapsed());
            self.put_back().await?;
        }
        Ok(takes)
    }

    /// A command that must not make a move.
    pub(super) async fn command(&mut self, program: &Program) -> Result<()> {
        let (person, step) = self.forbidden()?;
        let share = step.share.clamp(51, 99).to_string();
        let weak = program.weak.display().to_string();
        let (label, email) = (step.label.as_str(), person.email.as_str());
        let nobody = "nobody@aurora.example";
        let allowed = email == self.approver.email && super::ALLOWED.contains(&label);
        let taken = match self.below(6) {
            0 => program.runs(&["model", "promote", "stage@2", "--by", nobody, WHY[0], WHY[1]])?,
            1 => program.runs(&["model", "gate", "stage", "--set", &weak, "--by", email, WHY[0], WHY[1]])?,
            2 => {
                program.runs(&["model", "canary", label, "--share", &share, "--by", email, WHY[0], WHY[1]])?
            }
            3 if email != self.approver.email => {
                program.runs(&["model", "rollback", "stage", "--by", email, WHY[0], WHY[1]])?
            }
            4 if !allowed => program.runs(&["model", "shadow", label, "--by", email, WHY[0], WHY[1]])?,
            _ if !allowed => program.runs(&["model", "promote", label, "--by", email, WHY[0], WHY[1]])?,
            _ => program.runs(&["model", "promote", "stage@9", "--by", email, WHY[0], WHY[1]])?,
        };
        self.came_out("command", taken).await
    }

    /// A promotion by a command whose process is killed at a random moment; then the installation is read.
    pub(super) async fn killed(&mut self, program: &Program, takes: Duration) -> Result<()> {
        let by = self.approver.email.clone();
        let arguments = ["model", "promote", "stage@2", "--by", by.as_str(), WHY[0], WHY[1]];
        let mut child = program.command(&arguments).spawn().into_diagnostic()?;
        // Most of the time goes into starting; the move is made near the end.
        let part = 0.1 + 0.9 * self.rng.next_f64();
        tokio::time::sleep(takes.mul_f64(part)).await;
        child.kill().into_diagnostic()?;
        child.wait().into_diagnostic()?;
        self.made_or_not("killed in mid-promotion", true).await?;
        self.put_back().await
    }
}
