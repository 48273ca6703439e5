-- Erasure, tombstones, and how long what is kept.

-- An erasure with its steps. The row names its customer only while there is something left to erase by that name:
-- `customer` and `email` go in the same transaction as the customer's rows.
CREATE TABLE erasures (
    id          BIGINT NOT NULL PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('running', 'scrubbing', 'done')),
    cause       TEXT NOT NULL CHECK (cause IN ('request', 'retention', 'restore', 'operator')),
    customer    TEXT,
    email       TEXT,
    receipts    TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    CHECK ((state = 'running') = (customer IS NOT NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
CREATE INDEX erasures_state ON erasures (state, id);
CREATE INDEX erasures_customer ON erasures (customer);

-- Whose receipts may be deleted. A row is added and removed in the transaction that erases, so it is never seen.
CREATE TABLE erasures_under_way (
    customer TEXT NOT NULL PRIMARY KEY
);

-- Who was erased, as a keyed hash of the customer's key or address: what keeps late events, imports and sign-ups by
-- others out. The secret of the hash is not in the database.
CREATE TABLE tombstones (
    hash  TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL CHECK (cause IN ('request', 'retention', 'restore', 'operator')),
    at    BIGINT NOT NULL
);

-- How many messages of a campaign went with their customers, so that its figures still add up.
CREATE TABLE deliveries_erased (
    campaign  BIGINT NOT NULL REFERENCES campaigns (id),
    state     TEXT NOT NULL,
    exclusion TEXT NOT NULL,
    n         BIGINT NOT NULL CHECK (n >= 0),
    PRIMARY KEY (campaign, state, exclusion)
);

-- For each kind of data how many days it is kept. A period acts only when exactly these days were looked at first.
CREATE TABLE retention_periods (
    kind        TEXT NOT NULL PRIMARY KEY,
    days        BIGINT NOT NULL CHECK (days >= 1),
    active      BIGINT NOT NULL CHECK (active IN (0, 1)),
    looked_days BIGINT,
    looked_at   BIGINT,
    changed_by  TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    CHECK (active = 0 OR (looked_days IS NOT NULL AND looked_days = days))
);

CREATE TABLE retention_runs (
    id     BIGINT NOT NULL PRIMARY KEY,
    dry    BIGINT NOT NULL CHECK (dry IN (0, 1)),
    report TEXT NOT NULL,
    at     BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('erasures', 0), ('retention_runs', 0);
