//! The files any brand would bring: `purchases.csv.gz`, `customers.csv`, `consents.csv`, and later the purchases
//! that came after a campaign. Nothing in them says that the shop is simulated.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::customer::SimulatedCustomer;
use crate::process::SimulatedPurchase;
use crate::{Error, Shop};

/// Where the files of a shop were written.
#[derive(Debug, Clone)]
pub struct Files {
    /// Purchases.
    pub purchases: PathBuf,
    /// Contact records.
    pub customers: PathBuf,
    /// Consent receipts.
    pub consents: PathBuf,
}

fn create(path: &Path) -> Result<File, Error> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // Simulated people, but the demo shows how real ones are kept.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| Error::File { path: path.display().to_string(), source })
}

/// Writes purchases as gzip-compressed CSV.
///
/// # Errors
/// When the file cannot be written.
pub fn write_purchases(path: &Path, rows: &[SimulatedPurchase]) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.display().to_string(), source };
    let mut table = csv::Writer::from_writer(GzEncoder::new(create(path)?, Compression::fast()));
    table.write_record(["customer", "time", "amount", "currency", "order"])?;
    for row in rows {
        let amount = format!(
            "{}{}.{:02}",
            if row.cents < 0 { "-" } else { "" },
            row.cents.abs() / 100,
            row.cents.abs() % 100
        );
        table.write_record([row.customer.as_str(), &row.at.to_string(), &amount, "EUR", &row.order])?;
    }
    let encoder = table.into_inner().map_err(|error| failed(error.into_error()))?;
    encoder.finish().and_then(|mut file| file.flush()).map_err(failed)
}

impl Shop {
    /// Writes the shop's files into `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_files(&self, folder: &Path) -> Result<Files, Error> {
        let files = Files {
            purchases: folder.join("purchases.csv.gz"),
            customers: folder.join("customers.csv"),
            consents: folder.join("consents.csv"),
        };
        write_purchases(&files.purchases, &self.purchases())?;
        let known = || self.customers().iter().filter(|customer| customer.joined <= self.last_day());
        write_customers(&files.customers, known())?;
        write_consents(&files.consents, known())?;
        Ok(files)
    }
}

/// Writes contact records as CSV.
///
/// # Errors
/// When the file cannot be written.
pub fn write_customers<'a>(
    path: &Path,
    customers: impl Iterator<Item = &'a SimulatedCustomer>,
) -> Result<(), Error> {
    let mut table = csv::Writer::from_writer(create(path)?);
    table.write_record(["key", "email", "first_name", "locale", "country", "time_zone", "known_since"])?;
    for customer in customers {
        let record = customer.record();
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        table.write_record([
            record.key.as_str(),
            &or_empty(&record.email),
            &or_empty(&record.first_name),
            &record.locale,
            &or_empty(&record.country),
            &or_empty(&record.time_zone),
            &record.known_since.to_string(),
        ])?;
    }
    table.flush().map_err(|source| Error::File { path: path.display().to_string(), source })
}

/// Writes consent receipts as CSV.
///
/// # Errors
/// When the file cannot be written.
pub fn write_consents<'a>(
    path: &Path,
    customers: impl Iterator<Item = &'a SimulatedCustomer>,
) -> Result<(), Error> {
    let mut table = csv::Writer::from_writer(create(path)?);
    table.write_record([
        "customer",
        "purpose",
        "channel",
        "status",
        "basis",
        "notice_version",
        "notice_hash",
        "language",
        "source",
        "proof",
        "at",
    ])?;
    for receipt in customers.flat_map(SimulatedCustomer::consents) {
        table.write_record([
            receipt.customer.as_str(),
            receipt.purpose.as_str(),
            receipt.channel.as_str(),
            receipt.status.as_str(),
            receipt.basis.as_str(),
            &receipt.notice_version,
            &receipt.notice_hash,
            receipt.language.as_str(),
            &receipt.source,
            &receipt.proof,
            &receipt.at.to_string(),
        ])?;
    }
    table.flush().map_err(|source| Error::File { path: path.display().to_string(), source })
}
