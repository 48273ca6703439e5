//! The simulation at a size for every build: no violation, the same trace for the same seed, and proof that it can fail.

#![expect(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use measure::proof::defect::Defect;
use measure::proof::simulation::{Options, Ran, run};
use measure::proof::template::{CUSTOMERS, Template};

/// Runs tests one seed after the other on one thread.
fn on_a_thread<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Seeds of one test; `CANDOR_SEEDS` asks for more.
fn seeds(standard: u64) -> u64 {
    std::env::var("CANDOR_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(standard)
}

async fn clean(first: u64, count: u64) {
    let template = Template::make().await.unwrap();
    let (mut sends, mut kills) = (0, 0);
    // Not what leaves once the world is quiet: workers that only ever hand over in peace would show nothing.
    for seed in first..first + count {
        let ran = run(&template, seed, Options::default()).await.unwrap();
        assert_eq!(ran.violations, Vec::<String>::new(), "measure simulate --seed {seed} --trace");
        sends += ran.stirred;
        kills += ran.kills;
    }
    // A simulation in which nothing is sent and nobody dies would show nothing: half a message a seed for eight customers,
    // of whom the holdout draws one.
    let (all, reached) = (CUSTOMERS as u64, CUSTOMERS as u64 - 1);
    let enough = 2 * all * sends > reached * count;
    assert!(enough && kills > count, "{sends} messages left in the storm, {kills} workers died");
}

#[test]
fn no_seed_of_the_first_hundred_violates_anything() {
    on_a_thread(clean(1, seeds(100)));
}

#[test]
fn no_seed_of_the_second_hundred_violates_anything() {
    on_a_thread(clean(100_001, seeds(100)));
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    on_a_thread(async {
        let (one, other) = (Template::make().await.unwrap(), Template::make().await.unwrap());
        let options = Options::default();
        let mut different: Vec<Ran> = Vec::new();
        for seed in 1..8 {
            let first = run(&one, seed, options).await.unwrap();
            let again = run(&other, seed, options).await.unwrap();
            assert_eq!(first, again);
            assert!(different.iter().all(|known| known.hash != first.hash));
            different.push(first);
        }
    });
}

#[test]
fn seeds_that_once_found_something_find_nothing() {
    on_a_thread(async {
        let template = Template::make().await.unwrap();
        for seed in [
            11, 52, 795, 870, 1_172, 1_471, 2_927, 9_784, 14_828, 18_736, 20_032, 20_589, 21_228, 21_436,
            21_550, 30_047, 56_937, 59_137, 65_148, 72_437, 86_874, 90_732, 93_007, 96_133,
        ] {
            let ran = run(&template, seed, Options::default()).await.unwrap();
            assert_eq!(ran.violations, Vec::<String>::new(), "measure simulate --seed {seed} --trace");
        }
    });
}

/// The first seed in which the check that is there for a planted defect finds it, and what was found before.
///
/// One defect can break more than one promise: a join that is lost can first show as a message to somebody whose other
/// name is suppressed. What counts is that its own check finds it too.
async fn found(defect: Defect, within: u64, words: &str) -> Result<u64, Vec<String>> {
    let template = Template::make().await.unwrap();
    let mut others = Vec::new();
    for seed in 1..=within {
        let ran = run(&template, seed, Options { trace: false, defect: Some(defect) }).await.unwrap();
        if ran.violations.iter().any(|violation| violation.contains(words)) {
            return Ok(seed);
        }
        others.extend(ran.violations.into_iter().map(|violation| format!("seed {seed}: {violation}")));
    }
    Err(others)
}

macro_rules! found {
    ($($name:ident: $defect:ident within $seeds:literal, as $words:literal;)+) => {$(
        #[test]
        fn $name() {
            let found = on_a_thread(found(Defect::$defect, $seeds, $words));
            assert!(found.is_ok(), "not found as {:?} by {} seeds, only {found:?}", $words, $seeds);
        }
    )+};
}

// What is planted stands in the wiring; each is found in the first seeds, and by the check that is there for it.
found! {
    a_channel_that_denies_what_left_is_found: DeniesWhatLeft within 60, as " left,";
    a_channel_that_forgets_what_left_is_found: ForgetsWhatLeft within 60, as "left 2 times";
    withdrawals_that_are_lost_are_found: LosesWithdrawals within 60, as "no consent";
    suppressions_that_are_lost_are_found: LosesSuppressions within 60, as "suppressed";
    restrictions_that_are_lost_are_found: LosesRestrictions within 60, as "restricted";
    erasures_that_are_lost_are_found: LosesErasures within 60, as "erased";
    choices_that_are_lost_are_found: LosesChoices within 60, as "suppressed";
    joins_that_are_lost_are_found: LosesJoins within 60, as "name of before";
    halts_that_are_lost_are_found: LosesHalts within 60, as "halted";
    a_worker_with_an_old_clock_is_found: OldClock within 60, as "says it was at";
}
