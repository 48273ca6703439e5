//! What the demo's vault holds: gender, by a coin, and age groups that go with the language a customer reads.
//!
//! So an audience by language leaves out the older ones without naming them, and the fairness audit has something true to
//! find. The values come in as a file, as anybody's do, and the file is deleted.

use std::fmt::Write as _;
use std::path::Path;

use flow::App;
use miette::{Context, IntoDiagnostic, Result};
use simulator::Shop;
use terms::customer::Language;
use terms::hash::ContentHash;

use crate::demo::people::Staff;

/// A share between 0 and 1 that belongs to a customer and a question.
fn share(key: &str, question: &str) -> f64 {
    let hash = ContentHash::of_text(&format!("{question}/{key}")).to_string();
    let digits = hash.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    f64::from(digits.unwrap_or_default()) / f64::from(u32::MAX)
}

/// Fills the vault and audits what is live.
pub(crate) async fn fill(app: &App, staff: &Staff, shop: &Shop, folder: &Path) -> Result<()> {
    let mut text = String::from("customer,attribute,value\n");
    let day = app.now();
    for customer in shop.customers().iter().map(simulator::SimulatedCustomer::record) {
        if customer.known_since > day {
            continue;
        }
        let key = customer.key.as_str();
        let gender = match share(key, "gender") {
            half if half < 0.49 => "woman",
            half if half < 0.98 => "man",
            _ => "other",
        };
        let young = if customer.language() == Language::English { 0.7 } else { 0.25 };
        let age = match share(key, "age") {
            part if part < young => "under 35",
            part if part < young + (1.0 - young) * 0.6 => "35 to 59",
            _ => "60 and over",
        };
        let _ = writeln!(text, "{key},gender,{gender}\n{key},age_group,{age}");
    }
    let file = folder.join("vault.csv");
    std::fs::write(&file, text).into_diagnostic()?;
    let filled = app.import_vault(&staff.officer, &file).await.into_diagnostic();
    std::fs::remove_file(&file).into_diagnostic()?;
    filled.wrap_err("the demo's vault")?;
    app.audit_live(&staff.officer).await.into_diagnostic()?;
    Ok(())
}
