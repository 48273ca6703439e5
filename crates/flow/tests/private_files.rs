//! What an installation writes is personal data: nobody else on the machine may read it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use testkit::TestApp;

fn each(folder: &Path, look: &mut dyn FnMut(&Path, bool, u32)) {
    look(folder, true, std::fs::metadata(folder).unwrap().permissions().mode());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each(&path, look);
        } else {
            look(&path, false, std::fs::metadata(&path).unwrap().permissions().mode());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_on_the_machine_can_read_what_an_installation_holds() {
    let kit = TestApp::with_customers(300).await;
    let campaign = kit.approved("Everybody", "known_days >= 0").await;
    let marketer = kit.person(terms::person::Role::Marketer).await;
    kit.app.launch_campaign(&marketer, campaign).await.unwrap();
    kit.work_for_a_day().await;
    let (mut mails, mut columns) = (0, 0);
    each(&kit.home(), &mut |path, folder, mode| {
        assert_eq!(mode & 0o777, if folder { 0o700 } else { 0o600 }, "{}: {mode:o}", path.display());
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        mails += u32::from(kind == "eml");
        columns += u32::from(kind == "parquet");
    });
    assert!(mails > 0 && columns > 0, "{mails} mails, {columns} Parquet files");
}
