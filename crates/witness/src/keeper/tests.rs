//! A witness and a log that behaves, forgets, cuts off its end, forks, and is replayed.

use super::*;
use crate::merkle::{Tree, leaf_hash};
use ed25519_dalek::{Signer, SigningKey};

const NOW: u64 = 1_790_000_000;

/// A log of its own, on the implementation that Candor uses: entries, and a signature on any of its trees.
struct TestLog {
    key: SigningKey,
    name: &'static str,
    entries: Vec<String>,
}

impl TestLog {
    fn new(entries: u64) -> Self {
        let entries = (0..entries).map(|n| format!("entry {n}")).collect();
        Self { key: SigningKey::from_bytes(&[7; 32]), name: "log.example/ledger", entries }
    }

    fn id(&self) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        let mut bytes = self.name.as_bytes().to_vec();
        bytes.extend([b'\n', 1]);
        bytes.extend(self.key.verifying_key().as_bytes());
        Sha256::digest(&bytes)[..4].to_vec()
    }

    fn key_text(&self) -> String {
        let mut key = vec![1];
        key.extend(self.key.verifying_key().as_bytes());
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "{}+{id}+{}",
            self.name,
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key)
        )
    }

    fn signed(&self, size: usize) -> String {
        let mut tree = Tree::default();
        self.entries[..size].iter().for_each(|entry| tree.push(leaf_hash(entry.as_bytes())));
        let text = format!("{}\n{size}\n{}\n", self.name, crate::note::write_hash(&tree.root()));
        let mut bytes = self.id();
        bytes.extend(self.key.sign(text.as_bytes()).to_bytes());
        let line = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
        format!("{text}\n\u{2014} {} {line}\n", self.name)
    }

    fn proof(&self, first: u64, second: u64) -> String {
        struct Stored(Vec<tlog_tiles::Hash>);
        impl tlog_tiles::HashReader for Stored {
            fn read_hashes(
                &self,
                at: &[u64],
            ) -> std::result::Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
                Ok(at.iter().map(|at| self.0[*at as usize]).collect())
            }
        }
        let mut stored = Stored(Vec::new());
        for (n, entry) in self.entries.iter().enumerate() {
            let new = tlog_tiles::stored_hashes(n as u64, entry.as_bytes(), &stored).unwrap();
            stored.0.extend(new);
        }
        if first == 0 {
            return String::new();
        }
        let proof = tlog_tiles::prove_tree(second, first, &stored).unwrap();
        proof.iter().map(|hash| format!("{hash}\n")).collect()
    }

    fn request(&self, old: u64, size: u64) -> String {
        format!("old {old}\n{}\n{}", self.proof(old.min(size), size), self.signed(size as usize))
    }
}

fn witness(log: &TestLog) -> (tempfile::TempDir, Keeper) {
    let folder = tempfile::tempdir().unwrap();
    Keeper::init(folder.path(), "witness.example/w1").unwrap();
    Keeper::add_log(folder.path(), &log.key_text(), None).unwrap();
    let keeper = Keeper::open(folder.path()).unwrap();
    (folder, keeper)
}

fn is_cosigned(keeper: &Keeper, body: &str) -> bool {
    match keeper.add_checkpoint(body, NOW).unwrap() {
        Answer::Cosigned(line) => {
            let (_, note) = body.split_once("\n\n").unwrap();
            let verifier: Verifier = keeper.verifier().parse().unwrap();
            assert_eq!(verifier.cosigned(&format!("{note}{line}").parse().unwrap()), Some(NOW));
            true
        }
        _ => false,
    }
}

#[test]
fn growth_is_cosigned_and_remembered_across_a_restart() {
    let log = TestLog::new(300);
    let (folder, keeper) = witness(&log);
    assert_eq!(keeper.add_checkpoint(&log.request(5, 10), NOW).unwrap(), Answer::Conflict(0));
    for (old, size) in [(0, 7), (7, 7), (7, 8), (8, 255), (255, 300), (300, 300)] {
        assert!(is_cosigned(&keeper, &log.request(old, size)), "{old} {size}");
    }
    drop(keeper);
    let keeper = Keeper::open(folder.path()).unwrap();
    assert_eq!(keeper.add_checkpoint(&log.request(0, 300), NOW).unwrap(), Answer::Conflict(300));
    assert!(is_cosigned(&keeper, &log.request(300, 300)));
    assert!(keeper.alarms().unwrap().is_empty());
    assert!(keeper.latest(log.name).unwrap().contains("witness.example/w1"));
}

#[test]
fn a_log_that_was_rewritten_is_refused_and_both_checkpoints_are_kept() {
    let log = TestLog::new(100);
    let (folder, keeper) = witness(&log);
    assert!(is_cosigned(&keeper, &log.request(0, 40)));
    assert!(is_cosigned(&keeper, &log.request(40, 50)));
    let mut other = TestLog::new(100);
    other.entries[17] = "nothing happened".to_owned();
    // The same size: a fork, whatever the sender says it is the successor of, and at any size that was cosigned.
    for body in [other.request(50, 50), other.request(0, 50), other.request(40, 40)] {
        assert_eq!(keeper.add_checkpoint(&body, NOW).unwrap(), Answer::Conflict(50));
    }
    // Larger: its own proof is of its own past.
    assert_eq!(keeper.add_checkpoint(&other.request(50, 60), NOW).unwrap(), Answer::Unproven);
    // Cut off.
    assert_eq!(keeper.add_checkpoint(&other.request(30, 30), NOW).unwrap(), Answer::Conflict(50));
    let alarms = Keeper::open(folder.path()).unwrap().alarms().unwrap();
    let of = |kind: Kind| alarms.iter().filter(|alarm| alarm.kind == kind).count();
    assert_eq!((of(Kind::Fork), of(Kind::Unproven), of(Kind::Smaller)), (2, 1, 1));
    let key: Verifier = log.key_text().parse().unwrap();
    for alarm in &alarms {
        let offered: Note = alarm.offered.parse().unwrap();
        assert!(key.signed(&offered) && key.signed(&alarm.cosigned.parse().unwrap()));
        if alarm.kind == Kind::Fork {
            let earlier: Note = alarm.earlier.as_ref().unwrap().parse().unwrap();
            let (one, two) = (Checkpoint::of(&earlier).unwrap(), Checkpoint::of(&offered).unwrap());
            assert!(key.signed(&earlier) && one.size == two.size && one.root != two.root);
        }
    }
    // The true log goes on.
    assert!(is_cosigned(&keeper, &log.request(50, 60)));
}

#[test]
fn an_old_checkpoint_that_was_cosigned_raises_no_alarm() {
    let log = TestLog::new(50);
    let (_folder, keeper) = witness(&log);
    assert!(is_cosigned(&keeper, &log.request(0, 10)) && is_cosigned(&keeper, &log.request(10, 20)));
    assert_eq!(keeper.add_checkpoint(&log.request(10, 10), NOW).unwrap(), Answer::Conflict(20));
    assert!(keeper.alarms().unwrap().is_empty());
    // The same evidence is kept once.
    for _ in 0..3 {
        keeper.add_checkpoint(&log.request(0, 15), NOW).unwrap();
    }
    assert_eq!(keeper.alarms().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_read_or_is_not_the_logs_is_refused_by_its_number() {
    let log = TestLog::new(50);
    let (_folder, keeper) = witness(&log);
    let good = log.request(0, 10);
    for bad in [
        "",
        "old 0\n",
        &good.replacen("old 0", "old 00", 1),
        &good.replacen("old 0", "size 0", 1),
        &good.replacen("old 0", "old 11", 1),
        &good.replacen("old 0\n", "old 0\nnot a hash\n", 1),
        &good.replacen("old 0\n", &("old 0\n".to_owned() + &"A".repeat(43) + "=\n"), 1).replace("A\n", "\n"),
    ] {
        assert!(
            matches!(keeper.add_checkpoint(bad, NOW).unwrap(), Answer::Malformed(_) | Answer::Unproven),
            "{bad}"
        );
    }
    let many = "A".repeat(43) + "=\n";
    let body = good.replacen("old 0\n", &format!("old 0\n{}", many.repeat(64)), 1);
    assert_eq!(keeper.add_checkpoint(&body, NOW).unwrap(), Answer::Malformed("a proof has at most 63 lines"));
    let body = good.replacen("old 0\n", &format!("old 0\n{many}"), 1);
    assert_eq!(keeper.add_checkpoint(&body, NOW).unwrap(), Answer::Unproven);
    assert_eq!(
        keeper.add_checkpoint(&good.replace("log.example", "log.other"), NOW).unwrap(),
        Answer::Unknown
    );
    assert_eq!(keeper.add_checkpoint(&good.replacen("\n10\n", "\n11\n", 1), NOW).unwrap(), Answer::Unsigned);
    assert_eq!(keeper.status().unwrap()[0].size, 0, "none of it was cosigned");
    assert!(is_cosigned(&keeper, &good));
}

#[test]
fn a_witness_that_lost_its_memory_or_its_secret_does_not_go_on() {
    let log = TestLog::new(50);
    let (folder, keeper) = witness(&log);
    assert!(is_cosigned(&keeper, &log.request(0, 10)));
    assert!(Keeper::init(folder.path(), "witness.example/w1").is_err());
    let mut other = TestLog::new(1);
    other.key = SigningKey::from_bytes(&[8; 32]);
    assert!(matches!(Keeper::add_log(folder.path(), &other.key_text(), None), Err(Error::Known(_))));
    assert!(matches!(Keeper::add_log(folder.path(), &keeper.verifier(), None), Err(Error::NoLog)));
    let place = std::fs::read_dir(folder.path().join("logs")).unwrap().next().unwrap().unwrap().path();
    let latest = std::fs::read(place.join("latest")).unwrap();
    std::fs::remove_file(place.join("latest")).unwrap();
    assert!(matches!(Keeper::open(folder.path()), Err(Error::Corrupt { .. })));
    std::fs::write(place.join("latest"), String::from_utf8(latest).unwrap().replace("\n10\n", "\n9\n"))
        .unwrap();
    assert!(matches!(Keeper::open(folder.path()), Err(Error::Corrupt { .. })));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = folder.path().join("key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keeper::open(folder.path()), Err(Error::Open { .. })));
    }
}

#[test]
fn two_requests_at_once_cannot_both_be_the_next() {
    let log = TestLog::new(50);
    let (_folder, keeper) = witness(&log);
    let mut other = TestLog::new(50);
    other.entries[3] = "something else".to_owned();
    let bodies = [log.request(0, 20), other.request(0, 21)];
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|n| (&keeper, &bodies[n % 2]))
            .map(|(keeper, body)| {
                scope.spawn(move || matches!(keeper.add_checkpoint(body, NOW).unwrap(), Answer::Cosigned(_)))
            })
            .collect();
        tries.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(won, 1);
}
