//! `--dry-run` from outside: it says what would be read, and writes nothing at all.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::path::Path;
use std::process::Command;

fn candor(home: &Path, args: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_candor"))
        .env_remove("DATABASE_URL")
        .env("CANDOR_HOME", home)
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.success(), text)
}

#[test]
fn a_dry_run_before_there_is_an_installation_makes_no_home() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let shop = folder.path().join("shop.csv");
    let text = "customer,time,amount\nanna,2024-05-01,10.50\nben,2024-05-02,\"12,5\"\nben,2024-05-02,7.25\n";
    std::fs::write(&shop, text).unwrap();
    let (fine, said) = candor(&home, &["import", "purchases", shop.to_str().unwrap(), "--dry-run"]);
    assert!(fine, "{said}");
    assert!(said.contains("line 3: another decimal mark than the column's"), "{said}");
    assert!(said.contains("currency   EUR (the brand's"), "{said}");
    let people = folder.path().join("people.csv");
    std::fs::write(&people, "clave;correo\n1;anna@example.com\n2;nobody\n").unwrap();
    let (fine, said) = candor(&home, &["import", "customers", people.to_str().unwrap(), "--dry-run"]);
    assert!(fine && said.contains("1 new") && said.contains("line 3: not an e-mail address"), "{said}");
    assert!(!home.exists(), "a dry run writes nothing");
}

#[test]
fn every_flag_that_a_message_advises_exists() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let path = folder.path().join("odd.csv");
    let odd = path.to_str().unwrap();
    std::fs::write(&path, "who;moment;paid\n7;01/02/2024;1,234\n").unwrap();
    let purchases = ["import", "purchases", odd, "--dry-run"];
    let advised = [
        ("--customer NAME", ["--customer", "who"]),
        ("--time-format dmy", ["--time-format", "dmy"]),
        ("--decimal comma", ["--decimal", "comma"]),
    ];
    let mut args = purchases.to_vec();
    for (advice, flags) in advised {
        let (fine, said) = candor(&home, &args);
        // miette folds long messages.
        let said = said.replace("\n  │ ", " ");
        assert!(!fine && said.contains(advice), "{advice}: {said}");
        args.extend(flags);
    }
    assert!(candor(&home, &args).0);
    let customers = ["import", "customers", odd, "--dry-run"];
    let (fine, said) = candor(&home, &customers);
    assert!(!fine && said.replace("\n  │ ", " ").contains("--column key=NAME"), "{said}");
    assert!(candor(&home, &["import", "customers", odd, "--dry-run", "--column", "key=who"]).0);
}
