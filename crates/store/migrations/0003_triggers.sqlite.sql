-- What the schema's constraints cannot say, for SQLite, and three more reasons to leave somebody out.
-- SQLite cannot change a check: the table is written again, and what refers to it is set aside meanwhile.

CREATE TABLE responses_next AS SELECT message, kind, at FROM responses;
DELETE FROM responses;
CREATE TABLE deliveries_new (
    id            BIGINT NOT NULL PRIMARY KEY,
    campaign      BIGINT NOT NULL REFERENCES campaigns (id),
    customer      TEXT NOT NULL,
    step          BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('excluded', 'planned', 'attempting', 'sent', 'failed', 'suppressed', 'in_doubt', 'cancelled')),
    exclusion     TEXT CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'control')),
    arm           TEXT CHECK (arm IN ('treated', 'control')),
    stratum       TEXT NOT NULL,
    propensity    DOUBLE PRECISION,
    variant       BIGINT REFERENCES variants (id),
    not_before    BIGINT,
    reasons       TEXT NOT NULL,
    worker        TEXT,
    fence         BIGINT NOT NULL,
    lease_until   BIGINT,
    attempted_at  BIGINT,
    finished_at   BIGINT,
    reference     TEXT,
    detail        TEXT,
    evidence      TEXT,
    reconciled_by BIGINT REFERENCES people (id),
    UNIQUE (campaign, customer, step),
    CHECK ((state IN ('excluded', 'suppressed')) = (exclusion IS NOT NULL)),
    CHECK (state = 'excluded' OR (arm = 'treated' AND variant IS NOT NULL AND not_before IS NOT NULL))
);
INSERT INTO deliveries_new (id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons, worker, fence, lease_until, attempted_at, finished_at, reference, detail, evidence, reconciled_by)
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons, worker, fence, lease_until, attempted_at, finished_at, reference, detail, evidence, reconciled_by FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_new RENAME TO deliveries;
CREATE INDEX deliveries_due ON deliveries (state, not_before);
CREATE INDEX deliveries_customer ON deliveries (customer, id);
INSERT INTO responses (message, kind, at) SELECT message, kind, at FROM responses_next;
DROP TABLE responses_next;

CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'delivery' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a message cannot make this move'); END;

CREATE TRIGGER vault_openings_unchanged BEFORE UPDATE ON vault_openings
BEGIN SELECT RAISE(ABORT, 'candor: openings of the vault are append-only'); END;

CREATE TRIGGER vault_openings_kept BEFORE DELETE ON vault_openings
BEGIN SELECT RAISE(ABORT, 'candor: openings of the vault are append-only'); END;
