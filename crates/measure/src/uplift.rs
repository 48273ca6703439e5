//! `measure uplift`: learners of uplift on anybody's randomised data, beside each other on the same splits.
//!
//! Goes in: a file, the values that name the two arms, and the outcome's column. First the file has to show that chance
//! decided who was treated ([`science::uplift::balance`]): otherwise the report is a refusal with its evidence and holds
//! no learner. Then, for each seed, 30 % of the rows are set aside (the split of scikit-learn with the same seed, so
//! that the Python peers can be compared seed by seed); learners are fitted, and one is chosen, on the rest. Comes out:
//! qini and uplift among the best 30 % with intervals, and predicted against observed uplift by tenths. It never fits,
//! chooses or tunes on a test part.

mod columns;
mod evaluate;
mod report;

use clap::Args;
use lake::import::{Header, Options, table};
use miette::{IntoDiagnostic, miette};
use science::uplift::balance::Balance;
use science::uplift::screen::{Screened, screen};
use science::uplift::{Randomised, Sample};
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct UpliftArgs {
    /// A table, CSV of any delimiter (also compressed) or Parquet, one row a customer.
    file: PathBuf,
    /// Who was treated: a column and its value, such as `segment=Womens E-Mail`.
    #[arg(long, value_name = "COLUMN=VALUE")]
    treatment: Arm,
    /// Who was not: a column and its value. Rows of neither are left out.
    #[arg(long, value_name = "COLUMN=VALUE")]
    control: Arm,
    /// What came of it: 0/1, yes/no, true/false or an amount.
    #[arg(long, value_name = "COLUMN")]
    outcome: String,
    /// Seeds of the splits into training and test parts.
    #[arg(long, value_delimiter = ',', default_value = "0,1,2,3,4")]
    seeds: Vec<u32>,
    /// Use these columns only, whatever the rules for leaving out say.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,COLUMN")]
    covariates: Vec<String>,
    /// Leave these columns out, such as those recorded after the treatment.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,COLUMN")]
    drop: Vec<String>,
    /// A character, or tab, space, comma, semicolon, pipe; detected when absent.
    #[arg(long)]
    delimiter: Option<String>,
    /// Replicates of the bootstrap; fewer on files of more than 60,000 rows, 100 at least.
    #[arg(long, default_value_t = 500)]
    replicates: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A column and the value that names an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Arm {
    column: String,
    value: String,
}

impl std::str::FromStr for Arm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((column, value)) if !column.trim().is_empty() => {
                Ok(Self { column: column.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(format!("`{text}` names no value; write COLUMN=VALUE, such as `segment=Womens E-Mail`")),
        }
    }
}

/// Measures and prints.
pub(crate) fn run(args: &UpliftArgs) -> miette::Result<()> {
    let options =
        Options { delimiter: args.delimiter.clone(), header: Header::Present, ..Options::default() };
    let table = table(&args.file, &options, &mut |_| {}).into_diagnostic()?;
    let data = columns::read(&table, args)?;
    let mut report = report::Report::new(&data, &args.outcome, &args.seeds);
    let screened = if args.covariates.is_empty() {
        screen(data.covariates, &data.treated, &data.outcome)
    } else {
        Screened { kept: data.covariates, left_out: Vec::new() }
    };
    report.screened(&screened);
    // The folds of the balance test need a seed of their own; any will do.
    let balance = match Balance::test(&screened.kept, &data.treated, 0) {
        Ok(balance) => balance,
        Err(error) => {
            report.refuse(format!("whether the treatment was assigned at random cannot be checked: {error}"));
            return report.print(args.json);
        }
    };
    report.balance(&balance);
    let proof = match Randomised::balanced(balance) {
        Ok(proof) => proof,
        Err(refusal) => {
            report.refuse(format!("{refusal} (`--drop COLUMN,COLUMN`)"));
            return report.print(args.json);
        }
    };
    let sample =
        Sample::new(&proof, &screened.kept, &data.treated, &data.outcome).map_err(|e| miette!("{e}"))?;
    let evaluated = evaluate::evaluate(&sample, &args.seeds, args.replicates)?;
    report.evaluated(evaluated);
    report.print(args.json)
}
