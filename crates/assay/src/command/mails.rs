//! `measure guard mails`: which mails of a file the guard holds back, and for which reasons.

use super::{DAY, open, print_json};
use crate::desk::Desk;
use crate::mails::read_mails;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct MailsArgs {
    /// Lines of JSON with `text`, `facts` (typed, or an object of words) and perhaps `lang`.
    file: PathBuf,
    /// Day on which the mails would leave.
    #[arg(long, default_value = DAY)]
    on: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::print_stdout, reason = "a command says what it found")]
pub(super) fn run(arguments: &MailsArgs) -> miette::Result<()> {
    let figures = read_mails(&open(&arguments.file)?, &Desk::at(&arguments.on)?)?;
    if arguments.json {
        return print_json(&figures);
    }
    for mail in &figures.each {
        let reasons: Vec<String> =
            mail.reasons.iter().map(|[rule, quote, _]| format!("{rule} `{quote}`")).collect();
        let what = if mail.passed { "passed".to_owned() } else { reasons.join(", ") };
        println!("{:>4} {}: {what}", mail.number, mail.language);
    }
    let rules: Vec<String> = figures.by_rule.iter().map(|(rule, n)| format!("{rule} {n}")).collect();
    let [low, high] = figures.share_held.interval;
    println!("by rule: {}", rules.join(", "));
    println!(
        "{} mails, {} passed, {} held [{low:.3}, {high:.3}]",
        figures.mails, figures.passed, figures.held
    );
    Ok(())
}
