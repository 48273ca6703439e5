-- The schema of Candor, the same text on SQLite and PostgreSQL.
-- Times are microseconds since 1970 (UTC), booleans 0 or 1, JSON and hashes text. Identifiers come from `counters`
-- inside the write transaction, so they are dense, ordered, and the same on both databases.

-- ---------------------------------------------------------------------------------------------------------------
-- The state machines, on one screen. Triggers (0001_triggers) refuse every move that is not a row here.
-- ---------------------------------------------------------------------------------------------------------------
CREATE TABLE moves (
    machine    TEXT NOT NULL CHECK (machine IN ('campaign', 'delivery', 'job', 'model')),
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    PRIMARY KEY (machine, from_state, to_state)
);
INSERT INTO moves (machine, from_state, to_state) VALUES
    ('campaign', 'draft',      'checked'),
    ('campaign', 'checked',    'draft'),     ('campaign', 'checked',   'submitted'),
    ('campaign', 'submitted',  'draft'),     ('campaign', 'submitted', 'approved'),
    ('campaign', 'approved',   'draft'),     ('campaign', 'approved',  'running'),
    ('campaign', 'running',    'paused'),    ('campaign', 'running',   'completed'), ('campaign', 'running', 'stopped'),
    ('campaign', 'paused',     'running'),   ('campaign', 'paused',    'stopped'),

    ('delivery', 'planned',    'attempting'), ('delivery', 'planned',   'suppressed'), ('delivery', 'planned', 'cancelled'),
    ('delivery', 'attempting', 'sent'),       ('delivery', 'attempting', 'failed'),    ('delivery', 'attempting', 'in_doubt'),
    ('delivery', 'in_doubt',   'sent'),       ('delivery', 'in_doubt',  'failed'),
    -- Only where the channel knows for sure that nothing left the house.
    ('delivery', 'attempting', 'planned'),    ('delivery', 'in_doubt',  'planned'),

    ('job',      'queued',     'running'),
    ('job',      'running',    'done'),       ('job',      'running',   'queued'),     ('job',      'running', 'failed'),

    ('model',    'candidate',  'validated'),  ('model',    'candidate', 'retired'),
    ('model',    'validated',  'live'),       ('model',    'validated', 'retired'),
    ('model',    'live',       'retired'),    ('model',    'retired',   'live');

CREATE TABLE people (
    id            BIGINT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('marketer', 'approver', 'analyst', 'privacy_officer', 'engineer')),
    password_hash TEXT NOT NULL
);

CREATE TABLE campaigns (
    id              BIGINT NOT NULL PRIMARY KEY,
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('draft', 'checked', 'submitted', 'approved', 'running', 'paused', 'completed', 'stopped')),
    goal            TEXT NOT NULL CHECK (goal IN ('win_back', 'second_purchase', 'reward', 'other')),
    audience        TEXT NOT NULL,
    channel         TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'push', 'post')),
    control_share   DOUBLE PRECISION NOT NULL CHECK (control_share >= 0 AND control_share <= 1),
    seed            BIGINT NOT NULL,
    starts_at       BIGINT NOT NULL,
    ends_at         BIGINT NOT NULL,
    window_days     BIGINT NOT NULL,
    offer           TEXT NOT NULL,
    written_with_ai BIGINT NOT NULL CHECK (written_with_ai IN (0, 1)),
    author          BIGINT NOT NULL REFERENCES people (id),
    content_hash    TEXT,
    changed_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    UNIQUE (id, author)
);
-- A name is free again once its campaign has ended.
CREATE UNIQUE INDEX campaigns_live_name ON campaigns (name) WHERE state NOT IN ('completed', 'stopped');

CREATE TABLE variants (
    id        BIGINT NOT NULL PRIMARY KEY,
    campaign  BIGINT NOT NULL REFERENCES campaigns (id),
    language  TEXT NOT NULL CHECK (language IN ('en', 'es')),
    subject   TEXT NOT NULL,
    preheader TEXT NOT NULL,
    headline  TEXT NOT NULL,
    body      TEXT NOT NULL,
    button    TEXT NOT NULL,
    link      TEXT NOT NULL,
    UNIQUE (campaign, language)
);

CREATE TABLE reports (
    campaign     BIGINT NOT NULL REFERENCES campaigns (id),
    content_hash TEXT NOT NULL,
    report       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (campaign, content_hash)
);

-- The author stands in the row, the composite key ties it to the campaign's true author, and the check keeps the
-- two people apart: four eyes hold even for somebody with a database client.
CREATE TABLE approvals (
    id           BIGINT NOT NULL PRIMARY KEY,
    campaign     BIGINT NOT NULL,
    author       BIGINT NOT NULL,
    approver     BIGINT NOT NULL REFERENCES people (id),
    verdict      TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')),
    content_hash TEXT NOT NULL,
    note         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    voided_at    BIGINT,
    FOREIGN KEY (campaign, author) REFERENCES campaigns (id, author),
    CHECK (author <> approver)
);
CREATE INDEX approvals_campaign ON approvals (campaign, id);

-- One row for everybody in a frozen audience: excluded with one named reason, or a message with its life.
CREATE TABLE deliveries (
    id            BIGINT NOT NULL PRIMARY KEY,
    campaign      BIGINT NOT NULL REFERENCES campaigns (id),
    customer      TEXT NOT NULL,
    step          BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('excluded', 'planned', 'attempting', 'sent', 'failed', 'suppressed', 'in_doubt', 'cancelled')),
    exclusion     TEXT CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'cap', 'quiet_hours', 'no_variant', 'other_campaign', 'missing_facts', 'control')),
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
CREATE INDEX deliveries_due ON deliveries (state, not_before);
CREATE INDEX deliveries_customer ON deliveries (customer, id);

CREATE TABLE responses (
    message BIGINT NOT NULL REFERENCES deliveries (id),
    kind    TEXT NOT NULL CHECK (kind IN ('opened', 'clicked', 'opted_out', 'complained', 'bounced')),
    at      BIGINT NOT NULL,
    PRIMARY KEY (message, kind, at)
);

CREATE TABLE measurements (
    id       BIGINT NOT NULL PRIMARY KEY,
    campaign BIGINT NOT NULL REFERENCES campaigns (id),
    result   TEXT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX measurements_campaign ON measurements (campaign, id);

CREATE TABLE jobs (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    payload      TEXT NOT NULL,
    dedup        TEXT,
    run_at       BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL CHECK (max_attempts >= 1),
    worker       TEXT,
    fence        BIGINT NOT NULL,
    lease_until  BIGINT,
    error        TEXT,
    created_at   BIGINT NOT NULL,
    finished_at  BIGINT
);
CREATE INDEX jobs_due ON jobs (state, run_at);
-- The same piece of work waits at most once.
CREATE UNIQUE INDEX jobs_dedup ON jobs (dedup) WHERE dedup IS NOT NULL AND state = 'queued';

CREATE TABLE models (
    id           BIGINT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('candidate', 'validated', 'live', 'retired')),
    content_hash TEXT NOT NULL,
    parameters   TEXT NOT NULL,
    evaluation   TEXT NOT NULL,
    responsible  BIGINT NOT NULL REFERENCES people (id),
    made_at      BIGINT NOT NULL,
    UNIQUE (name, version)
);
CREATE UNIQUE INDEX models_one_live ON models (name) WHERE state = 'live';
-- The alias that the lifecycle reads a model through.
CREATE TABLE model_aliases (
    name  TEXT NOT NULL PRIMARY KEY,
    model BIGINT NOT NULL REFERENCES models (id)
);

-- ---------------------------------------------------------------------------------------------------------------
-- Customers and what they said
-- ---------------------------------------------------------------------------------------------------------------
CREATE TABLE customers (
    key         TEXT NOT NULL PRIMARY KEY,
    email       TEXT,
    email_key   TEXT,
    first_name  TEXT,
    name_key    TEXT,
    locale      TEXT NOT NULL,
    country     TEXT,
    time_zone   TEXT,
    known_since BIGINT NOT NULL,
    restricted  BIGINT NOT NULL CHECK (restricted IN (0, 1))
);
CREATE INDEX customers_email ON customers (email_key);

CREATE TABLE consents (
    id             BIGINT NOT NULL PRIMARY KEY,
    customer       TEXT NOT NULL,
    purpose        TEXT NOT NULL CHECK (purpose IN ('marketing', 'profiling', 'ai_content', 'measurement', 'sharing')),
    channel        TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'push', 'post')),
    status         TEXT NOT NULL CHECK (status IN ('granted', 'denied', 'withdrawn')),
    basis          TEXT NOT NULL CHECK (basis IN ('consent', 'soft_opt_in', 'legitimate_interest')),
    notice_version TEXT NOT NULL,
    notice_hash    TEXT NOT NULL,
    language       TEXT NOT NULL CHECK (language IN ('en', 'es')),
    source         TEXT NOT NULL,
    proof          TEXT NOT NULL,
    at             BIGINT NOT NULL,
    -- The same receipt imported twice is one receipt.
    UNIQUE (customer, purpose, channel, at, status, source, proof)
);
CREATE INDEX consents_latest ON consents (purpose, channel, customer, at, id);

-- Only a keyed hash of the address, so that a suppression outlives the erasure of its customer.
CREATE TABLE suppressions (
    address_hash TEXT NOT NULL,
    reason       TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce', 'complaint', 'objection', 'manual')),
    source       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (address_hash, reason)
);

CREATE TABLE preferences (
    customer        TEXT NOT NULL PRIMARY KEY,
    personalisation TEXT NOT NULL CHECK (personalisation IN ('none', 'basic', 'full')),
    max_per_month   BIGINT CHECK (max_per_month >= 0),
    topics          TEXT NOT NULL,
    language        TEXT CHECK (language IN ('en', 'es')),
    changed_at      BIGINT NOT NULL
);

CREATE TABLE facts (
    id            BIGINT NOT NULL PRIMARY KEY,
    entity        TEXT NOT NULL,
    predicate     TEXT NOT NULL,
    value         TEXT NOT NULL,
    unit          TEXT NOT NULL,
    polarity      TEXT NOT NULL CHECK (polarity IN ('true', 'false', 'unknown')),
    source        TEXT NOT NULL,
    observed_at   BIGINT NOT NULL,
    valid_from    BIGINT,
    valid_until   BIGINT,
    max_age_hours BIGINT,
    evidence      TEXT NOT NULL CHECK (evidence IN ('plain', 'price_history', 'study', 'guarantee', 'verified_review', 'certificate')),
    deleted_at    BIGINT
);
CREATE INDEX facts_entity ON facts (entity, id);

-- ---------------------------------------------------------------------------------------------------------------
-- Housekeeping
-- ---------------------------------------------------------------------------------------------------------------
CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    person     BIGINT NOT NULL REFERENCES people (id),
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_person ON sessions (person);

CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES
    ('writer', 0), ('fence', 0), ('people', 0), ('campaigns', 0), ('variants', 0), ('approvals', 0), ('deliveries', 0),
    ('measurements', 0), ('jobs', 0), ('models', 0), ('consents', 0), ('facts', 0);

-- ---------------------------------------------------------------------------------------------------------------
-- The ledger: leaves and nodes of the tree are for ever; payload, link and key live beside it and can be erased.
-- ---------------------------------------------------------------------------------------------------------------
CREATE TABLE ledger_leaves (
    seq    BIGINT NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    leaf   TEXT NOT NULL
);
CREATE INDEX ledger_leaves_action ON ledger_leaves (action, seq);

CREATE TABLE ledger_nodes (
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    hash  TEXT NOT NULL,
    PRIMARY KEY (level, place)
);

CREATE TABLE ledger_payloads (
    seq       BIGINT NOT NULL PRIMARY KEY REFERENCES ledger_leaves (seq),
    object    TEXT,
    entry_key TEXT,
    payload   TEXT,
    CHECK ((payload IS NULL) = (entry_key IS NULL) AND (payload IS NULL) = (object IS NULL))
);
CREATE INDEX ledger_payloads_object ON ledger_payloads (object, seq);

CREATE TABLE ledger_checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    at   BIGINT NOT NULL
);

CREATE TABLE ledger_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL,
    edge TEXT NOT NULL
);
INSERT INTO ledger_head (id, size, edge) VALUES (1, 0, '');
