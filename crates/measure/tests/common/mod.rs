//! A PostgreSQL database of its own for a test, where `CANDOR_TEST_POSTGRES` names a server on which databases may be
//! created.

use sqlx::{AssertSqlSafe, Connection, Executor};

pub(crate) struct Database {
    server: String,
    name: String,
    pub(crate) url: String,
}

/// A new, empty database; nothing and a message where there is no server.
pub(crate) async fn database(subject: &str) -> Option<Database> {
    let Ok(server) = std::env::var("CANDOR_TEST_POSTGRES") else {
        eprintln!("skipped: CANDOR_TEST_POSTGRES is not set");
        return None;
    };
    sqlx::any::install_default_drivers();
    let name = format!("candor_proof_{subject}_{}", std::process::id());
    let mut admin = sqlx::AnyConnection::connect(&server).await.unwrap();
    admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(Database { url: format!("{base}/{name}"), server, name })
}

impl Database {
    pub(crate) async fn drop(self) {
        let mut admin = sqlx::AnyConnection::connect(&self.server).await.unwrap();
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        admin.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.unwrap();
    }
}
