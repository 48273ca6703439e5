-- What each look at the retention periods found, and what each run deleted: one row a kind and place. A run writes its
-- rows before it deletes anything, so a run that was cut off is gone on with and still says what it deleted.

ALTER TABLE retention_runs ADD COLUMN finished_at BIGINT;

CREATE TABLE retention_steps (
    run     BIGINT NOT NULL REFERENCES retention_runs (id),
    kind    TEXT NOT NULL,
    place   TEXT NOT NULL,
    days    BIGINT NOT NULL CHECK (days >= 1),
    found   BIGINT NOT NULL CHECK (found >= 0),
    -- When the oldest of what the place holds began, whether its period has ended or not.
    oldest  BIGINT,
    -- NULL: only looked at, or not reached yet.
    deleted BIGINT CHECK (deleted >= 0),
    PRIMARY KEY (run, kind, place)
);
CREATE INDEX retention_steps_kind ON retention_steps (kind, run);
