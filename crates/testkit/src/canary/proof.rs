//! The whole proof: plant, erase half, search everything.

use serde::Serialize;
use terms::erasure::ErasureCause;

use super::{Hit, Scan, Subject, late, plant, postgres, scan};
use crate::TestApp;

/// What the proof found.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Subjects planted.
    pub subjects: usize,
    /// Of whom were erased.
    pub erased: usize,
    /// Files and tables searched, over all searches.
    pub files_scanned: usize,
    /// Bytes searched, what was decoded included.
    pub bytes_scanned: u64,
    /// Places where something of somebody erased was found; 0, or erasure is not complete.
    pub hits_erased: usize,
    /// Subjects not erased of whom something was found: all, or the search is blind.
    pub subjects_kept_found: usize,
    /// Of the subjects to be erased, how many were found before: all, or nothing was proved.
    pub erased_found_before: usize,
    /// Whether opt-outs of the erased still hold, nobody of them came back, and the ledger verifies.
    pub holds: bool,
    /// What was found of the erased.
    #[serde(skip)]
    pub hits: Vec<Hit>,
    /// What was found before, by field.
    #[serde(skip)]
    pub before: Vec<Hit>,
}

/// Whether somebody is of the half that is erased.
fn goes(subject: &Subject) -> bool {
    (subject.number / 8 + subject.number).is_multiple_of(2)
}

async fn search(kit: &TestApp, database_url: Option<&str>, subjects: &[Subject]) -> Scan {
    let mut found = scan(&kit.home(), subjects);
    if let Some(url) = database_url {
        let tables = postgres(url, subjects).await;
        found.files += tables.files;
        found.bytes += tables.bytes;
        found.hits.extend(tables.hits);
    }
    found
}

/// Plants so many subjects, erases half, lets late data about them come in, and searches with the database open and
/// closed.
pub async fn prove(kit: &TestApp, database_url: Option<&str>, subjects: usize, salt: u64) -> Proof {
    let all = plant(kit, subjects, salt).await;
    let before = search(kit, database_url, &all).await;
    let (gone, kept): (Vec<Subject>, Vec<Subject>) = all.iter().cloned().partition(goes);
    let mut suppressed = Vec::new();
    for subject in &gone {
        let found = kit.app.store().suppression(Some(&subject.key), Some(&subject.email)).await;
        if found.expect("suppressions").is_some() {
            suppressed.push(subject);
        }
    }
    assert!(!suppressed.is_empty(), "nobody of those to be erased had opted out");
    for subject in &gone {
        let receipts = kit.app.erase_customer(&subject.key, ErasureCause::Request).await.expect("an erasure");
        assert!(receipts.iter().all(|receipt| receipt.left == 0), "{receipts:?}");
    }
    let open = search(kit, database_url, &all).await;
    late(kit, &gone).await;
    kit.app.work_until_idle("late").await.expect("work");
    let mut holds = kit.app.verify_ledger().await.expect("the ledger").verified;
    for subject in suppressed {
        let found = kit.app.store().suppression(None, Some(&subject.email)).await;
        holds &= found.expect("suppressions").is_some();
    }
    for subject in &gone {
        holds &= kit
            .app
            .store()
            .customers(std::slice::from_ref(&subject.key))
            .await
            .expect("customers")
            .is_empty();
        holds &= kit.app.store().customers_by_email(&subject.email).await.expect("customers").is_empty();
        holds &= kit.app.scan(&subject.key).await.expect("a scan").rows() == 0;
    }
    kit.app.store().close().await;
    let closed = search(kit, database_url, &all).await;
    let of = |scan: &Scan, who: &[Subject]| {
        let found = scan.subjects();
        who.iter().filter(|subject| found.contains(&subject.number)).count()
    };
    let numbers: std::collections::BTreeSet<usize> = gone.iter().map(|subject| subject.number).collect();
    let hits: Vec<Hit> = open
        .hits
        .iter()
        .map(|hit| Hit { place: format!("open: {}", hit.place), ..hit.clone() })
        .chain(closed.hits.iter().cloned())
        .filter(|hit| numbers.contains(&hit.subject))
        .collect();
    Proof {
        subjects,
        erased: gone.len(),
        files_scanned: before.files + open.files + closed.files,
        bytes_scanned: before.bytes + open.bytes + closed.bytes,
        hits_erased: hits.len(),
        subjects_kept_found: of(&closed, &kept),
        erased_found_before: of(&before, &gone),
        holds,
        hits,
        before: before.hits.into_iter().collect(),
    }
}
