//! `candor guard`: what the guard says of a text. Ends with exit code 1 when something blocks.

use std::io::Read;

use miette::{IntoDiagnostic, Result, WrapErr};

use crate::cli::{Global, GuardArgs};
use crate::compose::open_quiet;
use crate::say;

pub(crate) async fn run(global: &Global, args: &GuardArgs) -> Result<()> {
    let app = open_quiet(global).await?;
    let mut text = String::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).into_diagnostic()?;
    } else {
        text = std::fs::read_to_string(&args.file)
            .into_diagnostic()
            .wrap_err_with(|| format!("cannot read `{}`", args.file.display()))?;
    }
    let report = app.check_text(&text, args.language, &args.offer).await.into_diagnostic()?;
    if global.json {
        say::json(&report)?;
    } else {
        for finding in &report.findings {
            let weight = if finding.blocks { "blocks" } else { "notes " };
            say::line(format!("{:<4} {weight} `{}`", finding.rule, finding.quote));
            say::line(format!("     {}", finding.message));
            say::line(format!("     {} ({})", finding.repair, finding.basis));
        }
        let unchecked =
            report.sentences.iter().filter(|s| s.verdict == terms::finding::Verdict::Unchecked).count();
        say::line(format!(
            "{} findings, {unchecked} of {} sentences unchecked",
            report.findings.len(),
            report.sentences.len()
        ));
    }
    if report.is_clear() {
        Ok(())
    } else {
        Err(miette::miette!("something blocks; mend it or add the missing facts"))
    }
}
