//! Opening the store, and the three ways to it: [`Store`] for one call, [`Conn`] for several reads on one connection,
//! [`Tx`] for writes that stand or fall together.
//!
//! One writer at a time on both databases: a write transaction begins by taking the write lock (PostgreSQL: the `writer`
//! row), so caps, fences and the ledger's order need no further locking and nobody sees a busy or serialisation
//! error. Readers never wait. What scales is the work between the short transactions.

use crate::error::{Error, Result};
use crate::migrate;
use crate::readers::{Lent, Readers};
use crate::sql::{Columns, sql};
use crate::suppressions::Pepper;
use crate::turnstile::{Step, Turnstile, Writes};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Connections for reads, and for those that see one moment.
const READERS: u32 = 4;
const MOMENTS: u32 = 2;

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file, bundled.
    Sqlite,
    /// A server, by its URL.
    Postgres,
}

/// The store: cheap to clone, shared by all tasks.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    kind: Kind,
    readers: Readers,
    /// For reads that all see one moment; few and long.
    moments: AnyPool,
    writer: AnyPool,
    /// On a server, for what comes in beside the one writer.
    intake: AnyPool,
    pepper: Pepper,
    turnstile: Option<Arc<dyn Turnstile>>,
}

impl Shared {
    async fn turn(&self, step: Step) {
        if let Some(turnstile) = &self.turnstile {
            turnstile.turn(step).await;
        }
    }
}

/// A connection for reading. All reads are methods of it, so they work alike here and inside a [`Tx`].
pub struct Conn {
    link: Link,
    kind: Kind,
    pub(crate) pepper: Pepper,
}

enum Link {
    Lent(Lent),
    Writing(Transaction<'static, Any>),
}

/// A write transaction. Dropped without [`Tx::commit`] it leaves no trace.
#[must_use = "a transaction that is not committed leaves no trace"]
pub struct Tx {
    conn: Conn,
    shared: Arc<Shared>,
    // Last, so that it goes after the connection.
    _writes: Writes,
}

impl Store {
    /// Opens the store at a path (SQLite, created when missing) or a `postgres://` URL, and brings its schema up to
    /// date.
    ///
    /// ```no_run
    /// # async fn example() -> store::Result<()> {
    /// let store = store::Store::open("home/candor.db").await?;
    /// store.set_setting("brand", "{}").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the database cannot be reached, is too old, or has a schema of a later version.
    pub async fn open(url_or_path: &str) -> Result<Self> {
        Self::open_with(url_or_path, None, None).await
    }

    /// The same with the secret of suppressions and tombstones in a file of its own, outside of the database. It is
    /// made the first time; one that was in the database moves there. A turnstile decides when tasks go on.
    ///
    /// # Errors
    /// As [`Store::open`], and when the file is not the one this database was used with.
    pub async fn open_with(
        url_or_path: &str,
        pepper: Option<&Path>,
        turnstile: Option<Arc<dyn Turnstile>>,
    ) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let is_server = url_or_path.starts_with("postgres://") || url_or_path.starts_with("postgresql://");
        let (kind, url) = if is_server {
            (Kind::Postgres, url_or_path.to_owned())
        } else {
            (
                Kind::Sqlite,
                sqlite_url(url_or_path.trim_start_matches("sqlite://").trim_start_matches("sqlite:"))?,
            )
        };
        let options: AnyConnectOptions = url.parse()?;
        let pool = |size: u32, setup: &'static str| {
            AnyPoolOptions::new()
                .max_connections(size)
                .acquire_timeout(Duration::from_secs(120))
                .max_lifetime(None)
                .idle_timeout(None)
                // A file is there or it is not; a server may have gone since the connection was used last.
                .test_before_acquire(kind == Kind::Postgres)
                .after_connect(move |conn, _| {
                    Box::pin(async move {
                        if kind == Kind::Sqlite {
                            conn.execute(sqlx::raw_sql(setup)).await?;
                        }
                        Ok(())
                    })
                })
                .connect_lazy_with(options.clone())
        };
        let writer = pool(1, sql!("connection", "sqlite_writer"));
        let mut first = writer.acquire().await?;
        if kind == Kind::Sqlite {
            let row = sqlx::query(sql!("connection", "sqlite_version")).fetch_one(&mut *first).await?;
            assert_sqlite(&row.text("version")?)?;
        }
        drop(first);
        let mut tx = begin(&writer, kind).await?;
        migrate::run(&mut tx, kind).await?;
        let pepper = Pepper::load(&mut tx, pepper).await?;
        tx.commit().await?;
        let reading = |size| pool(size, sql!("connection", "sqlite_reader"));
        let readers = Readers::new(reading(READERS), READERS as usize, kind == Kind::Sqlite);
        let moments = reading(MOMENTS);
        let intake = pool(1, sql!("connection", "sqlite_writer"));
        Ok(Self { shared: Arc::new(Shared { kind, readers, moments, writer, intake, pepper, turnstile }) })
    }

    /// Which database is behind it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.shared.kind
    }

    pub(crate) fn pepper(&self) -> &Pepper {
        &self.shared.pepper
    }

    /// A connection for several reads.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self) -> Result<Conn> {
        self.shared.turn(Step::Read).await;
        let link = Link::Lent(self.shared.readers.lend().await?);
        Ok(Conn { link, kind: self.shared.kind, pepper: self.shared.pepper.clone() })
    }

    /// A connection whose reads all see one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read_one_moment(&self) -> Result<Conn> {
        let mut link = match self.shared.kind {
            Kind::Sqlite => self.shared.moments.begin().await?,
            Kind::Postgres => {
                self.shared.moments.begin_with(sql!("connection", "postgres_one_moment")).await?
            }
        };
        // The moment is that of the first read.
        sqlx::query(sql!("connection", "schema_versions")).fetch_all(&mut *link).await?;
        Ok(Conn { link: Link::Writing(link), kind: self.shared.kind, pepper: self.shared.pepper.clone() })
    }

    /// Begins a write transaction; waits for its turn.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx> {
        self.shared.turn(Step::Begin).await;
        let mut link = begin(&self.shared.writer, self.shared.kind).await?;
        // A file has one writer as it is.
        if self.shared.kind == Kind::Postgres {
            sqlx::query(sql!("connection", "take_writer")).execute(&mut *link).await?;
        }
        Ok(self.transaction(link))
    }

    /// Begins a transaction that only takes events in ([`Tx::take_events`], [`Tx::count_events`]). On a server it does
    /// not wait for the one writer: it adds rows that nobody has seen yet, and its numbers order it among its kind, so
    /// that senders are answered while events are used. A file has one writer, whatever is written.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin_intake(&self) -> Result<Tx> {
        if self.shared.kind == Kind::Sqlite {
            return self.begin().await;
        }
        self.shared.turn(Step::Begin).await;
        Ok(self.transaction(begin(&self.shared.intake, self.shared.kind).await?))
    }

    fn transaction(&self, link: Transaction<'static, Any>) -> Tx {
        let conn =
            Conn { link: Link::Writing(link), kind: self.shared.kind, pepper: self.shared.pepper.clone() };
        Tx { conn, shared: Arc::clone(&self.shared), _writes: Writes(self.shared.turnstile.clone()) }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query(sql!("connection", "ping")).execute(self.read().await?.db()).await?;
        Ok(())
    }

    /// Clears what the database keeps of erased rows beside its tables. SQLite overwrites them where they stood
    /// (`secure_delete`), but not what moved before; so the file is written anew, and the write-ahead log is folded
    /// into it and emptied. That takes time in proportion to the whole file, once for each group of erasures. PostgreSQL takes the dead rows out of tables and indexes (`VACUUM`); the bytes of its own log go when the server
    /// recycles the log's files, which is up to the server's settings.
    ///
    /// # Errors
    /// When a reader holds the log for longer than five seconds, the disk has no room for a second copy of the file, or
    /// the database fails.
    pub async fn scrub(&self) -> Result<()> {
        let mut writer = self.shared.writer.acquire().await?;
        if self.shared.kind == Kind::Postgres {
            for table in crate::places::TABLES.iter().map(|table| table.name).chain(["erasures"]) {
                // No transaction may be open, so each stands alone.
                let text = format!("{} {table}", sql!("connection", "postgres_vacuum").trim());
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *writer).await?;
            }
            return Ok(());
        }
        // `secure_delete` overwrites what is deleted, not the copies that stay behind in the gaps of a page when its
        // cells move to another one. Only writing the whole file anew leaves none.
        sqlx::raw_sql(sql!("connection", "sqlite_vacuum")).execute(&mut *writer).await?;
        for _ in 0..100 {
            let row = sqlx::query(sql!("connection", "sqlite_checkpoint")).fetch_one(&mut *writer).await?;
            if row.int("busy")? == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Error::Conflict {
            what: "a reader holds the write-ahead log, so erased rows still stand in it".to_owned(),
            next: "it is tried again by itself",
        })
    }

    /// Closes all connections; on SQLite this also folds the write-ahead log back into the file.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.moments.close().await;
        self.shared.writer.close().await;
        self.shared.intake.close().await;
    }
}

impl Conn {
    /// A statement for `n` rows, as this database reads it best.
    pub(crate) fn each(&self, statement: &'static str, n: usize) -> sqlx::AssertSqlSafe<String> {
        crate::sql::each(self.kind, statement, n)
    }

    pub(crate) fn db(&mut self) -> &mut AnyConnection {
        match &mut self.link {
            Link::Lent(lent) => &mut lent.connection,
            Link::Writing(writing) => writing,
        }
    }
}

impl Tx {
    /// Makes everything written durable. When this returns, a power cut does not lose it.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        let shared = self.shared;
        shared.turn(Step::Commit).await;
        if let Link::Writing(writing) = self.conn.link {
            writing.commit().await?;
        }
        shared.turn(Step::Committed).await;
        Ok(())
    }

    /// Takes the next `n` numbers of a counter; the first of them.
    pub(crate) async fn take_numbers(&mut self, counter: &'static str, n: usize) -> Result<i64> {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let row = sqlx::query(sql!("connection", "take_numbers"))
            .bind(counter)
            .bind(n)
            .fetch_one(self.db())
            .await?;
        Ok(row.int("value")? - n + 1)
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

async fn begin(writer: &AnyPool, kind: Kind) -> Result<Transaction<'static, Any>> {
    Ok(match kind {
        // The write lock is taken at once, so that no read inside turns into a write that finds it taken.
        Kind::Sqlite => writer.begin_with(sql!("connection", "sqlite_begin")).await?,
        Kind::Postgres => writer.begin().await?,
    })
}

/// SQLite before 3.51.3 can corrupt a database when two connections reset its write-ahead log.
fn assert_sqlite(found: &str) -> Result<()> {
    let mut numbers = found.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = [numbers.next(), numbers.next(), numbers.next()].map(Option::unwrap_or_default);
    if version < [3, 51, 3] {
        return Err(Error::OldSqlite { found: found.to_owned() });
    }
    Ok(())
}

/// The URL of a database file; creates the file readable by its owner only.
fn sqlite_url(path: &str) -> Result<String> {
    let file_error = |source| Error::File { path: path.to_owned(), source };
    let absolute = std::path::absolute(Path::new(path)).map_err(file_error)?;
    if !absolute.exists() {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&absolute).map_err(file_error)?;
    }
    let mut url = String::from("sqlite://");
    for byte in absolute.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(url + "?mode=rwc")
}

/// Defines reads: each becomes a method of [`Conn`] (and so of [`Tx`]) and of [`Store`], which borrows a connection
/// for the one call.
macro_rules! reads {
    ($($(#[$meta:meta])* pub async fn $name:ident(&mut $self:ident $(, $arg:ident: $ty:ty)* $(,)?) -> $out:ty $body:block)+) => {
        impl $crate::open::Conn {
            $($(#[$meta])* pub async fn $name(&mut $self $(, $arg: $ty)*) -> $out $body)+
        }
        impl $crate::open::Store {
            $($(#[$meta])* pub async fn $name(&self $(, $arg: $ty)*) -> $out {
                self.read().await?.$name($($arg),*).await
            })+
        }
    };
}
pub(crate) use reads;

/// Defines writes: each becomes a method of [`Tx`], and of [`Store`], which gives the one call a transaction of its
/// own.
macro_rules! writes {
    ($($(#[$meta:meta])* pub async fn $name:ident(&mut $self:ident $(, $arg:ident: $ty:ty)* $(,)?) -> $out:ty $body:block)+) => {
        impl $crate::open::Tx {
            $($(#[$meta])* pub async fn $name(&mut $self $(, $arg: $ty)*) -> $out $body)+
        }
        impl $crate::open::Store {
            $($(#[$meta])* pub async fn $name(&self $(, $arg: $ty)*) -> $out {
                let mut tx = self.begin().await?;
                let done = tx.$name($($arg),*).await?;
                tx.commit().await?;
                Ok(done)
            })+
        }
    };
}
pub(crate) use writes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_with_the_wal_reset_fault_is_refused() {
        assert!(assert_sqlite("3.51.3").is_ok());
        assert!(assert_sqlite("3.60.0").is_ok());
        assert!(assert_sqlite("4.0.0").is_ok());
        assert!(assert_sqlite("3.51.2").is_err());
        assert!(assert_sqlite("3.9.9").is_err());
    }
}
