-- The registry: every AI capability with its card, the gates it passed, every move it made and who decided. What was
-- live before anybody had promoted it is retired: fitted again, it passes the gates, and a person lets it act.

CREATE TABLE models_next (
    id           BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('stage', 'value', 'texts', 'cues')),
    name         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('candidate', 'validated', 'shadow', 'canary', 'live', 'retired')),
    -- Customers a canary decides for, in percent.
    share        BIGINT NOT NULL CHECK (share BETWEEN 0 AND 50),
    content_hash TEXT NOT NULL,
    parameters   TEXT NOT NULL,
    evaluation   TEXT NOT NULL,
    card         TEXT NOT NULL,
    responsible  BIGINT NOT NULL REFERENCES people (id),
    made_at      BIGINT NOT NULL,
    -- Over what never changes of the row, under the key of the installation.
    seal         TEXT NOT NULL,
    UNIQUE (name, version)
);
INSERT INTO models_next (id, kind, name, version, state, share, content_hash, parameters, evaluation, card, responsible, made_at, seal)
SELECT id, name, name, version, 'retired', 0, content_hash, parameters, evaluation,
    '{"purpose":"","data":"","features":"","evaluation":"","limits":"","owner":"","languages":""}', responsible, made_at, ''
FROM models WHERE name IN ('stage', 'value');
DROP TABLE model_aliases;
DROP TABLE models;
ALTER TABLE models_next RENAME TO models;
CREATE UNIQUE INDEX models_one_live ON models (name) WHERE state = 'live';
CREATE UNIQUE INDEX models_one_canary ON models (name) WHERE state = 'canary';
CREATE UNIQUE INDEX models_one_shadow ON models (name) WHERE state = 'shadow';

DELETE FROM moves WHERE machine = 'model';
INSERT INTO moves (machine, from_state, to_state) VALUES
    ('model',    'candidate',  'validated'),  ('model',    'candidate', 'retired'),
    ('model',    'validated',  'candidate'),  ('model',    'validated', 'shadow'),  ('model', 'validated', 'canary'),
    ('model',    'validated',  'live'),       ('model',    'validated', 'retired'),
    ('model',    'shadow',     'canary'),     ('model',    'shadow',    'live'),    ('model', 'shadow',    'retired'),
    ('model',    'canary',     'live'),       ('model',    'canary',    'retired'),
    ('model',    'live',       'retired'),    ('model',    'retired',   'live');

-- What must be shown of a kind before one may act: every version a person wrote.
CREATE TABLE gate_policies (
    kind    TEXT NOT NULL CHECK (kind IN ('stage', 'value', 'texts', 'cues')),
    version BIGINT NOT NULL CHECK (version >= 1),
    at      BIGINT NOT NULL,
    person  BIGINT NOT NULL REFERENCES people (id),
    reason  TEXT NOT NULL CHECK (LENGTH(reason) >= 10),
    rules   TEXT NOT NULL,
    seal    TEXT NOT NULL,
    PRIMARY KEY (kind, version)
);

-- What was found of a version, as it was judged.
CREATE TABLE model_gates (
    id           BIGINT NOT NULL PRIMARY KEY,
    model        BIGINT NOT NULL REFERENCES models (id),
    content_hash TEXT NOT NULL,
    policy       BIGINT NOT NULL,
    passed       BIGINT NOT NULL CHECK (passed IN (0, 1)),
    report       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    seal         TEXT NOT NULL
);
CREATE INDEX model_gates_model ON model_gates (model, id);

-- Every move of every version. The system by itself only takes back; what lets a version act has a person.
CREATE TABLE model_moves (
    id           BIGINT NOT NULL PRIMARY KEY,
    model        BIGINT NOT NULL REFERENCES models (id),
    content_hash TEXT NOT NULL,
    from_state   TEXT NOT NULL,
    to_state     TEXT NOT NULL,
    share        BIGINT NOT NULL CHECK (share BETWEEN 0 AND 50),
    gate         BIGINT REFERENCES model_gates (id),
    person       BIGINT REFERENCES people (id),
    reason       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    seal         TEXT NOT NULL,
    CHECK (to_state NOT IN ('shadow', 'canary', 'live') OR (person IS NOT NULL AND gate IS NOT NULL))
);
CREATE INDEX model_moves_model ON model_moves (model, id);

-- The aliases that the stages read a model through.
CREATE TABLE model_aliases (
    name         TEXT NOT NULL,
    slot         TEXT NOT NULL CHECK (slot IN ('live', 'canary', 'shadow')),
    model        BIGINT NOT NULL REFERENCES models (id),
    content_hash TEXT NOT NULL,
    gate         BIGINT NOT NULL REFERENCES model_gates (id),
    moved        BIGINT NOT NULL REFERENCES model_moves (id),
    share        BIGINT NOT NULL CHECK (share BETWEEN 0 AND 50),
    seal         TEXT NOT NULL,
    PRIMARY KEY (name, slot)
);

-- What was watched of models that act or run beside: drift, agreement, guardrails.
CREATE TABLE model_watches (
    id      BIGINT NOT NULL PRIMARY KEY,
    model   BIGINT NOT NULL REFERENCES models (id),
    kind    TEXT NOT NULL CHECK (kind IN ('drift', 'shadow', 'canary')),
    alarm   BIGINT NOT NULL CHECK (alarm IN (0, 1)),
    report  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX model_watches_model ON model_watches (model, kind, id);

INSERT INTO counters (name, value) VALUES ('model_gates', 0), ('model_moves', 0), ('model_watches', 0);
