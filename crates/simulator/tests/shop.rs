//! The simulated shop as somebody outside sees it: rates near what it was made with, and the same files each time.

#![allow(clippy::unwrap_used, reason = "a test may stop where it cannot go on")]

use simulator::Shop;
use terms::consent::{Channel, ConsentStatus, Purpose};
use terms::time::Day;

fn shop(seed: u64) -> Shop {
    Shop::new(seed, 5_000, 18, Day::from_ymd(2026, 6, 30).unwrap())
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    for path in [&one, &two] {
        std::fs::create_dir(path).unwrap();
        shop(9).write_files(path).unwrap();
    }
    for name in ["purchases.csv.gz", "customers.csv", "consents.csv"] {
        assert_eq!(std::fs::read(one.join(name)).unwrap(), std::fs::read(two.join(name)).unwrap(), "{name}");
    }
    assert_ne!(shop(9).purchases(), shop(10).purchases());
}

#[test]
fn consents_are_as_common_as_the_shop_was_made_with() {
    let shop = shop(1);
    let marketing = |status: ConsentStatus| {
        let has = |c: &&simulator::SimulatedCustomer| {
            let by_email = |r: &&terms::consent::ConsentReceipt| {
                r.purpose == Purpose::Marketing && r.channel == Channel::Email
            };
            c.consents().iter().rfind(by_email).is_some_and(|r| r.status == status)
        };
        shop.customers().iter().filter(has).count() as f64 / shop.customers().len() as f64
    };
    assert!((marketing(ConsentStatus::Granted) - 0.69).abs() < 0.03);
    assert!((marketing(ConsentStatus::Denied) - 0.15).abs() < 0.02);
    assert!(marketing(ConsentStatus::Withdrawn) > 0.03);
}

#[test]
fn people_buy_within_the_shops_time_and_after_they_were_known() {
    let shop = shop(2);
    let purchases = shop.purchases();
    assert!(purchases.len() > 10_000, "{}", purchases.len());
    for row in &purchases {
        assert!(row.at.day() >= shop.first_day() && row.at.day() <= shop.last_day());
        let customer = shop.customer(&row.customer).unwrap();
        assert!(row.at >= customer.record().known_since, "{} {}", row.customer, row.at);
    }
    let returns = purchases.iter().filter(|row| row.cents < 0).count() as f64 / purchases.len() as f64;
    assert!((0.015..0.035).contains(&returns), "{returns}");
}

#[test]
fn a_shop_that_stays_open_gains_customers_every_week_to_its_last_day_and_changes_nobody_else() {
    let last = Day::from_ymd(2026, 6, 30).unwrap();
    let open = Shop::open_for(9, 5_000, 18, last, 31);
    assert_eq!(open.customers().len(), 5_000);
    let joined = open.newcomers(last.plus(31)).count();
    assert!((200..500).contains(&joined), "{joined}");
    let closed = Shop::new(9, 5_000 - joined as u32, 18, last);
    assert_eq!(open.purchases(), closed.purchases());
    let before = |from: i32, to: i32| {
        let day = |c: &&simulator::SimulatedCustomer| c.record().known_since.day();
        open.customers().iter().filter(|c| day(c) > last.plus(from) && day(c) <= last.plus(to)).count() as f64
    };
    let pace = before(-90, 0) / 90.0;
    for week in 0..4 {
        let gained = before(week * 7, week * 7 + 7) / 7.0;
        assert!((gained / pace - 1.0).abs() < 0.25, "week {week}: {gained} a day against {pace}");
    }
    for newcomer in open.newcomers(last.plus(31)) {
        assert!(newcomer.consents().iter().all(|receipt| receipt.at >= newcomer.record().known_since));
    }
}
