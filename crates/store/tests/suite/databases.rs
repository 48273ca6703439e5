//! A fresh database for each run of a test, and a few people and campaigns to begin with.

use sqlx::{AssertSqlSafe, Connection, Executor};
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Kind, Store};
use terms::campaign::{Campaign, CampaignPlan, CampaignState, Goal};
use terms::consent::Channel;
use terms::customer::Language;
use terms::hash::ContentHash;
use terms::ids::PersonId;
use terms::message::Variant;
use terms::person::Role;
use terms::time::Instant;
use terms::training::{Lesson, TestOrigin, TestResult};

/// An instant in seconds.
pub(crate) fn at(seconds: i64) -> Instant {
    Instant(1_700_000_000_000_000).plus_seconds(seconds)
}

/// A store with the address of its database, so that a test can go behind its back.
#[derive(Clone)]
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) url: String,
}

impl Fresh {
    /// Runs statements that the store itself would never run.
    pub(crate) async fn tamper(&self, statements: &str) -> Result<(), sqlx::Error> {
        let mut connection = sqlx::AnyConnection::connect(&self.url).await?;
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))).await?;
        connection.close().await
    }

    /// Takes the triggers off a table, as somebody with full rights could.
    pub(crate) async fn disarm(&self, table: &str) {
        match self.store.kind() {
            Kind::Postgres => {
                self.tamper(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await.unwrap()
            }
            Kind::Sqlite => {
                for trigger in ["unchanged", "kept", "erase_only", "grows", "move", "four_eyes"] {
                    self.tamper(&format!("DROP TRIGGER IF EXISTS {table}_{trigger}")).await.unwrap();
                }
            }
        }
    }
}

/// Runs a test on every database there is.
pub(crate) fn on_each<F, Fut>(test: F)
where
    F: Fn(Fresh) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("can dor.db");
        let store = Store::open(path.to_str().unwrap()).await.unwrap();
        assert_eq!(store.kind(), Kind::Sqlite);
        let url = format!("sqlite://{}", path.display()).replace(' ', "%20");
        test(Fresh { store: store.clone(), url }).await;
        store.close().await;

        let Ok(server) = std::env::var("CANDOR_TEST_POSTGRES") else { return };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("candor_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = sqlx::AnyConnection::connect(&server).await.unwrap();
        admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        let store = Store::open(&url).await.unwrap();
        assert_eq!(store.kind(), Kind::Postgres);
        test(Fresh { store: store.clone(), url }).await;
        store.close().await;
        admin
            .execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))))
            .await
            .unwrap();
    });
}

pub(crate) async fn people(store: &Store) -> (PersonId, PersonId) {
    let author = store.add_person("Ana Ruiz", "Ana@example.com", Role::Marketer, "hash-a").await.unwrap();
    let approver = store.add_person("Bo Li", "bo@example.com", Role::Approver, "hash-b").await.unwrap();
    certify(store, approver, at(0)).await;
    (author, approver)
}

/// A result of a test as whoever knows everything has it.
pub(crate) fn passed(test: i64, at: Instant) -> TestResult {
    let by_lesson: Vec<(Lesson, u32)> = Lesson::ALL.iter().map(|lesson| (*lesson, 2)).collect();
    TestResult { test, at, right: 18, asked: 18, by_lesson, passed: true, answers: Vec::new() }
}

/// Certifies somebody for a year, by a test that was passed. Comes out: the certificate's number.
pub(crate) async fn certify(store: &Store, person: PersonId, at: Instant) -> i64 {
    let begun = at.plus_seconds(-60);
    let ends = at.plus_seconds(60);
    let test = store.begin_test(person, "seed", "bank", TestOrigin::Person, begun, ends).await.unwrap();
    store.put_result(&passed(test.id, at), at.plus_days(365)).await.unwrap().unwrap()
}

pub(crate) fn plan(name: &str) -> CampaignPlan {
    CampaignPlan {
        name: name.to_owned(),
        goal: Goal::WinBack,
        audience: "stage = churned".to_owned(),
        channel: Channel::Email,
        control_share: 0.1,
        seed: u64::MAX,
        starts_at: at(0),
        ends_at: at(86_400),
        window_days: 28,
        offer: "offer:welcome-back".to_owned(),
        written_with_ai: false,
        topic: String::new(),
        struck: Vec::new(),
        at_most: None,
    }
}

pub(crate) fn variant(language: Language, subject: &str) -> Variant {
    Variant {
        id: None,
        language,
        subject: subject.to_owned(),
        preheader: String::new(),
        headline: "Hello".to_owned(),
        body: "One paragraph.".to_owned(),
        button: "Go".to_owned(),
        link: "https://shop.example/".to_owned(),
    }
}

pub(crate) async fn draft(store: &Store, name: &str, author: PersonId) -> Campaign {
    let variants = [variant(Language::English, "Hello"), variant(Language::Spanish, "Hola")];
    store.create_campaign(&plan(name), &variants, author, at(0)).await.unwrap()
}

pub(crate) async fn submitted(store: &Store, campaign: &Campaign) -> ContentHash {
    let hash = campaign.content_hash(&[]).unwrap();
    store.move_campaign(campaign.id, CampaignState::Draft, CampaignState::Checked, at(1)).await.unwrap();
    store.submit_campaign(campaign.id, &hash, at(2)).await.unwrap();
    hash
}

/// A campaign that is running, with its author and approver.
pub(crate) async fn running(store: &Store, name: &str) -> (Campaign, PersonId, PersonId) {
    let (author, approver) = match store.person_by_email("ana@example.com").await.unwrap() {
        Some((author, _)) => (author.id, PersonId(author.id.0 + 1)),
        None => people(store).await,
    };
    let campaign = draft(store, name, author).await;
    let hash = submitted(store, &campaign).await;
    store.approve_campaign(campaign.id, approver, &hash, "", at(3)).await.unwrap();
    store.move_campaign(campaign.id, CampaignState::Approved, CampaignState::Running, at(4)).await.unwrap();
    (store.campaign(campaign.id).await.unwrap(), author, approver)
}
