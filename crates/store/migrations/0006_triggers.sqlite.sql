-- What every event passes, and what the constraints cannot say, for SQLite. The twin for PostgreSQL has the same
-- rules under the same names.

-- Keyed hashes of messageIds and order numbers that were seen, so that nothing counts twice. Without rowid: one tree.
CREATE TABLE event_ids (
    hash BLOB NOT NULL PRIMARY KEY,
    day  BIGINT NOT NULL
) WITHOUT ROWID;

-- What was answered with 202 and not used yet: one row a request. INTEGER PRIMARY KEY: appended, without an index.
CREATE TABLE event_inbox (
    id          INTEGER PRIMARY KEY,
    write_key   BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    n           BIGINT NOT NULL,
    body        TEXT NOT NULL
);

CREATE TRIGGER write_keys_unchanged BEFORE UPDATE ON write_keys
WHEN OLD.key_hash <> NEW.key_hash OR OLD.scopes <> NEW.scopes OR OLD.origins <> NEW.origins OR OLD.revoked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'candor: a write key can be revoked once, and not changed'); END;

CREATE TRIGGER write_keys_kept BEFORE DELETE ON write_keys
BEGIN SELECT RAISE(ABORT, 'candor: write keys are kept, so that counts keep their name'); END;
