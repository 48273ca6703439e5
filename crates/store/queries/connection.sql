-- Connections and transactions. The only place where the two databases differ, because of how they lock and sync.

-- name: sqlite_writer
-- FULL: an acknowledged commit survives a power cut. secure_delete: erased bytes are overwritten.
PRAGMA busy_timeout = 60000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
-- 64 MiB of pages, since the default of 2 reads the same ones again and again. The log is folded in every 64 MiB, so
-- that a page many transactions wrote is copied back once.
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 16384;

-- name: sqlite_reader
PRAGMA busy_timeout = 60000;
PRAGMA foreign_keys = ON;
PRAGMA query_only = ON;
PRAGMA temp_store = MEMORY;
-- KiB, for each connection; the default of 2,000 reads the same pages again and again.
PRAGMA cache_size = -16384;

-- name: sqlite_version
SELECT sqlite_version() AS version;

-- name: sqlite_begin
BEGIN IMMEDIATE

-- name: ping
SELECT CAST(1 AS BIGINT) AS one;

-- name: take_writer
-- The row every write transaction holds until it ends, so that a server has one writer at a time as a file has.
UPDATE counters SET value = value + 1 WHERE name = 'writer';

-- name: take_numbers
UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value;

-- name: create_schema_versions
CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL);

-- name: schema_versions
SELECT version, checksum FROM schema_versions ORDER BY version;

-- name: add_schema_version
INSERT INTO schema_versions (version, checksum) VALUES ($1, $2);

-- name: postgres_migration_lock
-- Two programs starting at once migrate one after the other. SQLite's write lock does the same.
SELECT CAST(1 AS BIGINT) AS one FROM pg_advisory_xact_lock(8230143);

-- name: sqlite_checkpoint
PRAGMA wal_checkpoint(TRUNCATE);

-- name: sqlite_vacuum
VACUUM;

-- name: postgres_vacuum
VACUUM

-- name: postgres_one_moment
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
