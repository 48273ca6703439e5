-- What every event passes, and what the constraints cannot say, for PostgreSQL. The twin for SQLite has the same
-- rules under the same names.

-- Keyed hashes of messageIds and order numbers that were seen, so that nothing counts twice.
CREATE TABLE event_ids (
    hash BYTEA NOT NULL PRIMARY KEY,
    day  BIGINT NOT NULL
);

-- What was answered with 202 and not used yet: one row a request.
CREATE TABLE event_inbox (
    id          BIGINT NOT NULL PRIMARY KEY,
    write_key   BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    n           BIGINT NOT NULL,
    body        TEXT NOT NULL
);

CREATE FUNCTION write_keys_unchanged_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.key_hash <> NEW.key_hash OR OLD.scopes <> NEW.scopes OR OLD.origins <> NEW.origins OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'candor: a write key can be revoked once, and not changed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER write_keys_unchanged BEFORE UPDATE ON write_keys
FOR EACH ROW EXECUTE FUNCTION write_keys_unchanged_rule();

CREATE TRIGGER write_keys_kept BEFORE DELETE ON write_keys
FOR EACH ROW EXECUTE FUNCTION candor_refuse('write keys are kept, so that counts keep their name');
