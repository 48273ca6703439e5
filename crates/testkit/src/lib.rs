//! A temporary installation with real parts: SQLite, a lake, an outbox folder, a small simulated shop, and people of
//! each role. For tests only; nothing here is a mock.
//!
//! Goes in: nothing. Comes out: a [`TestApp`] whose folder is deleted with it. It panics when it cannot be made,
//! because a test that cannot be set up has failed.
#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

pub mod canary;
pub mod onnx;

use flow::clock::Clock;
use flow::registry::Step;
use flow::{App, Brand, Opening};
use simulator::Shop;
use terms::customer::Language;
use terms::fact::{EvidenceKind, Fact, FactValue, Polarity};
use terms::ids::{CampaignId, FactId, MessageId};
use terms::model::ModelState;
use terms::person::{Person, Role};
use terms::time::{Day, Instant};

/// The password of everybody in a [`TestApp`].
pub const PASSWORD: &str = "a long enough password";

/// The URL of a new, empty database on the PostgreSQL server that `server` names.
pub async fn fresh_database(server: &str) -> String {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    sqlx::any::install_default_drivers();
    let name = format!("testkit_{}", std::process::id());
    let mut conn = sqlx::AnyConnection::connect(server).await.expect("a server");
    conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))).await.expect("a database");
    conn.close().await.expect("a clean end");
    let (head, _) = server.rsplit_once('/').expect("the URL of a database");
    format!("{head}/{name}")
}

/// A temporary installation.
pub struct TestApp {
    /// The installation.
    pub app: App,
    /// The shop whose files were imported.
    pub shop: Shop,
    folder: tempfile::TempDir,
}

impl TestApp {
    /// Runs statements on its database that the store itself would never run, as somebody with full rights could.
    pub async fn tamper(&self, statements: &str) {
        use sqlx::{AssertSqlSafe, Connection, Executor};
        let url = format!("sqlite://{}", self.app.home().database().display());
        let mut conn = sqlx::AnyConnection::connect(&url).await.expect("the database");
        conn.execute(sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))).await.expect("a statement");
        conn.close().await.expect("a clean end");
    }

    /// A number that a statement finds in its database.
    pub async fn count(&self, statement: &str) -> i64 {
        use sqlx::{AssertSqlSafe, Connection, Row};
        let url = format!("sqlite://{}", self.app.home().database().display());
        let mut conn = sqlx::AnyConnection::connect(&url).await.expect("the database");
        let row = sqlx::query(AssertSqlSafe(statement.to_owned())).fetch_one(&mut conn).await.expect("a row");
        conn.close().await.expect("a clean end");
        row.get(0)
    }

    /// An installation with people and facts, but without customers.
    pub async fn empty() -> Self {
        Self::with_customers(0).await
    }

    /// An installation whose shop has this many customers, imported and profiled; its present is the morning after the
    /// shop's last day.
    pub async fn with_customers(customers: u32) -> Self {
        Self::on(None, customers).await
    }

    /// The same with its store on PostgreSQL, in an empty database.
    pub async fn on_postgres(url: &str, customers: u32) -> Self {
        Self::on(Some(url), customers).await
    }

    async fn on(database_url: Option<&str>, customers: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let last = Day::from_ymd(2026, 9, 30).expect("a date");
        let now = last.plus(1).start().plus_hours(9);
        let home = folder.path().join("home");
        let opening = Opening { home: &home, database_url, smtp_url: None, clock: Clock::at(now) };
        let app = App::open(opening).await.expect("an installation");
        for role in Role::ALL {
            let email = format!("{role}@aurora.example");
            app.add_person(&format!("The {role}"), &email, *role, PASSWORD).await.expect("a person");
        }
        let shop = Shop::new(5, customers, 12, last);
        let kit = Self { app, shop, folder };
        kit.settle(now).await;
        // What is launched in a test leaves at once; tests of the grace set it.
        let officer = kit.person(Role::PrivacyOfficer).await;
        let settings =
            flow::oversight::Oversight { grace_minutes: 0, ..kit.app.oversight().await.expect("settings") };
        kit.app.change_oversight(&officer, &settings).await.expect("settings");
        for role in [Role::Approver, Role::PrivacyOfficer, Role::Analyst] {
            let person = kit.person(role).await;
            assert!(kit.app.take_demo_test(&person).await.expect("a test").passed, "the bank's answers pass");
        }
        if customers > 0 {
            kit.import().await;
        }
        kit
    }

    /// The folder of the installation.
    #[must_use]
    pub fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    /// The person of a role.
    pub async fn person(&self, role: Role) -> Person {
        let people = self.app.store().people().await.expect("people");
        people.into_iter().find(|person| person.role == role).expect("a person of each role")
    }

    /// A campaign to everybody from the win-back text, saved as a draft by the marketer.
    pub async fn draft(&self, name: &str, audience: &str) -> CampaignId {
        let marketer = self.person(Role::Marketer).await;
        let mut form =
            self.app.compose_new(Some("win_back"), Language::English).await.expect("a template").form;
        name.clone_into(&mut form.name);
        audience.clone_into(&mut form.audience);
        self.app.save_campaign(&marketer, None, 0, &form).await.expect("a draft")
    }

    /// Such a campaign, submitted by the marketer and approved by the approver.
    pub async fn approved(&self, name: &str, audience: &str) -> CampaignId {
        let id = self.draft(name, audience).await;
        self.approve(id).await;
        id
    }

    /// Submits a draft as the marketer and approves it as the approver.
    pub async fn approve(&self, id: CampaignId) {
        let (marketer, approver) = (self.person(Role::Marketer).await, self.person(Role::Approver).await);
        self.app.submit_campaign(&marketer, id).await.expect("a clear draft");
        let review = self.app.review(&approver, id, Language::English).await.expect("a review");
        self.app.approve_campaign(&approver, id, &review.content_hash, "").await.expect("an approval");
    }

    /// A message that was handed over, as it lies in the outbox folder; its transfer encoding taken off.
    #[must_use]
    pub fn sent_mail(&self, campaign: CampaignId, message: MessageId) -> String {
        let path = self.app.home().outbox().join(format!("{campaign}-{message}.eml"));
        std::fs::read_to_string(path).expect("a message in the outbox").replace("=\r\n", "")
    }

    /// Works off the jobs over a day, hour by hour, so that every time zone has its daylight.
    pub async fn work_for_a_day(&self) {
        for _ in 0..25 {
            self.app.work_until_idle("w").await.expect("work");
            self.app.clock().set(self.app.now().plus_hours(1));
        }
    }

    async fn settle(&self, now: Instant) {
        let responsible = self.person(Role::Analyst).await.id;
        let brand = Brand {
            name: "Café Aurora".to_owned(),
            from: "Café Aurora <hola@aurora.example>".to_owned(),
            allowed_hosts: vec!["aurora.example".to_owned(), "127.0.0.1".to_owned()],
            time_zones: vec!["Europe/Madrid".to_owned(), "Europe/London".to_owned()],
            ..Brand::unnamed(responsible)
        };
        self.app.set_brand(&brand).await.expect("settings");
        let end = now.plus_days(60);
        let text = |text: &str| FactValue::Text(text.to_owned());
        let facts = [
            ("brand", "sender_name", text("Café Aurora")),
            ("brand", "sender_address", text("Calle del Olmo 14, 28012 Madrid")),
            ("offer:win-back", "discount", FactValue::Percent(15.0)),
            ("offer:win-back", "valid_until", FactValue::Date(end.day())),
        ];
        let marketer = self.person(Role::Marketer).await;
        for (entity, predicate, value) in facts {
            let fact = Fact {
                id: FactId(0),
                entity: entity.to_owned(),
                predicate: predicate.to_owned(),
                value,
                unit: String::new(),
                polarity: Polarity::True,
                source: "test".to_owned(),
                observed_at: now,
                valid_from: None,
                valid_until: None,
                max_age_hours: None,
                evidence: EvidenceKind::Plain,
            };
            self.app.put_fact(&marketer, &fact).await.expect("a fact");
        }
    }

    async fn import(&self) {
        let files = self.shop.write_files(self.folder.path()).expect("files");
        let options = lake::import::Options::default;
        self.app.import_customers(&files.customers, options(), |_| {}).await.expect("customers");
        self.app.import_consents(&files.consents, options(), |_| {}).await.expect("consents");
        self.app.import_purchases(&files.purchases, options(), |_| {}).await.expect("purchases");
        self.app.work_until_idle("setup").await.expect("profiles and models");
        self.promote_waiting().await;
    }

    /// Runs a statement behind the program's back, with the triggers in place; whether the database took it.
    pub async fn try_statement(&self, statement: &str) -> bool {
        use sqlx::{AssertSqlSafe, Connection, Executor};
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.app.home().database().display());
        let mut conn = sqlx::AnyConnection::connect(&url).await.expect("the database");
        let taken = conn.execute(sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))).await.is_ok();
        conn.close().await.expect("a clean end");
        taken
    }

    /// Runs statements on the registry behind the program's back, its triggers taken off as somebody with full rights
    /// could. SQLite only.
    pub async fn edit_registry(&self, statements: &str) {
        use sqlx::{AssertSqlSafe, Connection, Executor};
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.app.home().database().display());
        let mut conn = sqlx::AnyConnection::connect(&url).await.expect("the database");
        for table in ["models", "model_gates", "model_moves", "model_aliases", "gate_policies"] {
            for rule in ["start", "move", "gated", "person", "frozen", "kept", "bound", "once", "certified"] {
                let text = AssertSqlSafe(format!("DROP TRIGGER IF EXISTS {table}_{rule}"));
                conn.execute(sqlx::raw_sql(text)).await.expect("no trigger");
            }
        }
        let text = AssertSqlSafe(format!("PRAGMA foreign_keys = OFF; {statements}"));
        conn.execute(sqlx::raw_sql(text)).await.expect("an edit");
        conn.close().await.expect("a clean end");
    }

    /// Puts the rows of the registry back from copies named `kept_...`, and leaves the triggers as they were. SQLite only.
    pub async fn put_registry_back(&self, tables: &[&str]) {
        use sqlx::{AssertSqlSafe, Connection, Executor, Row};
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.app.home().database().display());
        let mut conn = sqlx::AnyConnection::connect(&url).await.expect("the database");
        let run = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('models', 'model_gates', 'model_moves', 'model_aliases')";
        let triggers: Vec<(String, String)> = conn
            .fetch_all(sqlx::raw_sql(run))
            .await
            .expect("the triggers")
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        let mut text = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;".to_owned();
        for (name, _) in &triggers {
            text += &format!("DROP TRIGGER {name};");
        }
        for table in tables {
            text += &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};");
        }
        for (_, sql) in &triggers {
            text += &format!("{sql};");
        }
        text += "COMMIT";
        conn.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.expect("the rows");
        conn.close().await.expect("a clean end");
    }

    /// Asks for one approver whatever the size of an audience, as in a house that has no second one.
    ///
    /// # Panics
    /// When the settings cannot be changed.
    pub async fn one_approver_is_enough(&self) {
        let officer = self.person(Role::PrivacyOfficer).await;
        let now = self.app.oversight().await.expect("settings");
        let settings = flow::oversight::Oversight { people: 1_000_000, share_percent: 100.0, ..now };
        self.app.change_oversight(&officer, &settings).await.expect("settings");
    }

    /// Lets every model act that passed its gates, as the approver.
    pub async fn promote_waiting(&self) {
        let approver = self.person(Role::Approver).await;
        for label in self.app.models_view().await.expect("a registry").waiting {
            let step =
                Step { label, to: ModelState::Live, share: 0, reason: "read its card and gates".to_owned() };
            self.app.move_model(&approver, &step).await.expect("a promotion");
        }
    }
}
