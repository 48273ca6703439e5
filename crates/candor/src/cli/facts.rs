//! Arguments of `candor facts`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use terms::time::Day;

#[derive(Debug, Subcommand)]
pub(crate) enum FactsCommand {
    /// Take facts from a table (CSV, TSV), JSON, or a product feed (Google Merchant XML or TSV): all of it, or nothing
    Import(FactImportArgs),
    /// List facts; `--json` prints them as `import` and `guard check --facts` read them
    List(FactListArgs),
    /// Add a fact, or change the one of the same entity, predicate and evidence
    Set(FactArgs),
    /// End a fact: nothing can be said on its ground any more
    End {
        /// Number, as `list` shows it
        id: i64,
        /// Why, for the history
        #[arg(long)]
        reason: String,
    },
    /// Show one fact with its history and the prices of 30 days
    Show {
        /// Number, as `list` shows it
        id: i64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FactImportArgs {
    /// The file, `-` for standard input
    pub(crate) file: PathBuf,
    /// Only say what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Source of facts that name none [default: the file's name]
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Hours after which they must be looked at again, where the file does not say
    #[arg(long, value_name = "HOURS")]
    pub(crate) max_age: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct FactListArgs {
    /// Only facts with these words in entity, predicate, value or source
    #[arg(default_value = "")]
    pub(crate) search: String,
    /// Which: all, expiring, expired, without_evidence
    #[arg(long, value_parser = ["all", "expiring", "expired", "without_evidence"])]
    pub(crate) show: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FactArgs {
    /// What it is about: brand, a product, or an offer such as offer:welcome-back
    pub(crate) entity: String,
    /// What it says: discount, price, valid_until, free_shipping ...
    pub(crate) predicate: String,
    /// Its value: 20%, 29.90 EUR, 2026-12-31, true, 3, or any text
    pub(crate) value: String,
    /// Kind of value where it could be taken for another: money, percent, count, quantity, date, bool, enum, text, quote
    #[arg(long = "type", value_name = "KIND", default_value = "")]
    pub(crate) kind: String,
    /// Unit of a quantity, such as h or kg
    #[arg(long, default_value = "")]
    pub(crate) unit: String,
    /// true, false (it does not hold) or unknown
    #[arg(long, default_value = "")]
    pub(crate) polarity: String,
    /// First day on which it holds
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Day>,
    /// Last day on which it holds
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<Day>,
    /// Hours after which it must be looked at again
    #[arg(long, value_name = "HOURS")]
    pub(crate) max_age: Option<u32>,
    /// Kind of evidence: plain, price_history, study, guarantee, verified_review, certificate
    #[arg(long, value_name = "KIND")]
    pub(crate) evidence: Option<terms::fact::EvidenceKind>,
    /// System and record it comes from
    #[arg(long, default_value = "command line")]
    pub(crate) source: String,
}
