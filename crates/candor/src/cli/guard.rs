//! Arguments of `candor guard`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use terms::customer::Language;
use terms::house::CueKind;
use terms::time::Day;

#[derive(Debug, Subcommand)]
pub(crate) enum GuardCommand {
    /// Check a message: plain words, subject and body, HTML or MJML
    ///
    /// Ends with 0 when nothing was found, 1 when something blocks, 3 when evidence is missing, 4 when a person should
    /// look, and 2 when it could not be checked. Unchecked sentences are counted and never called passed.
    Check(GuardCheckArgs),
    /// Rules of the brand: list them, take them in from a CSV file, write them out, retire or restore one
    #[command(subcommand)]
    Rules(GuardRulesCommand),
    /// Make a built-in rule block that warns or asks for evidence, or (with --undo) as it is built in
    Raise {
        /// Identifier, such as V1
        rule: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// As it is built in again
        #[arg(long)]
        undo: bool,
        /// Address of the person who does it, an approver or a privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Override a built-in rule through a day, as a privacy officer: what it finds is shown and holds nothing back
    Override {
        /// Identifier, such as M3
        rule: String,
        /// Why, in 20 characters at least; it is shown with every finding and stands in the ledger
        #[arg(long, required_unless_present = "end", default_value = "")]
        reason: String,
        /// Last day, within a year
        #[arg(long, value_name = "DATE", required_unless_present = "end")]
        until: Option<Day>,
        /// End the override of the rule now
        #[arg(long, conflicts_with_all = ["reason", "until"])]
        end: bool,
        /// Address of the privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Show how well the guard works: decisions, overrides and complaints by rule, the rate of unsupported statements
    /// before and after it
    Monitor,
    /// Draw texts of the months that are over for people to judge; what is drawn stays drawn
    Sample {
        /// Seed of the draw [default: at random]
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Say which thresholds of learned cues the verdicts of people propose, and what they would change; with --accept set
    /// one, with --undo set it back to how it is built in
    Calibrate {
        /// Accept the proposal for a cue: `any` or `orders`
        #[arg(long, value_name = "CUE", requires = "by", conflicts_with = "undo")]
        accept: Option<CueKind>,
        /// As the cue is built in again
        #[arg(long, value_name = "CUE", requires = "by")]
        undo: Option<CueKind>,
        /// Language of the cue: en or es
        #[arg(long, default_value = "en")]
        lang: Language,
        /// Address of the person who does it, an approver or a privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
    /// Say what a rule catches, why, on which legal basis, with examples; without a rule list them all
    Explain {
        /// Identifier, such as F2
        rule: Option<String>,
        /// Language of the texts: en or es
        #[arg(long, default_value = "en")]
        lang: Language,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum GuardRulesCommand {
    /// List the brand's rules, raised severities and overrides
    List,
    /// Take in a CSV file: all of it or nothing, every fault by its line
    Import {
        /// The file, `-` for standard input
        file: PathBuf,
        /// Address of the person who does it, an approver or a privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Write the brand's rules as CSV to standard output
    Export,
    /// Retire a rule, or restore it with --undo; every version is kept
    Retire {
        /// Identifier, such as B-clients
        rule: String,
        /// Restore it
        #[arg(long)]
        undo: bool,
        /// Address of the person who does it, an approver or a privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct GuardCheckArgs {
    /// The message, `-` for standard input. A first line `Subject: ...` is its subject
    pub(crate) message: PathBuf,
    /// Facts as `facts import` takes them: CSV, JSON or a product feed [default: those of the installation]
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Language of the message: en or es
    #[arg(long, visible_alias = "language", default_value = "en")]
    pub(crate) lang: Language,
    /// Language of the explanations: en or es [default: that of the message]
    #[arg(long, value_name = "LANG")]
    pub(crate) explain_in: Option<Language>,
    /// Offer or product the message is about, such as offer:welcome-back [default: every fact of the file; of the
    /// installation only the brand's]
    #[arg(long, default_value = "")]
    pub(crate) offer: String,
    /// Day of sending, with --facts [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<Day>,
    /// Time zone in which days are meant, with --facts
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub(crate) zone: String,
    /// Host that links may lead to, with --facts; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,
}
