//! `measure stages`: next-month stage models on a purchase file.

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct StagesArgs {
    /// Purchases, CSV or Parquet.
    pub(crate) file: std::path::PathBuf,
}

/// Runs the comparison.
pub(crate) fn run(args: StagesArgs) -> miette::Result<()> {
    Err(miette::miette!("`{}` was not read: this build measures `history` only", args.file.display()))
}
