-- The rules a brand makes for itself: every version of every rule, every change of severity, every override. Nothing is
-- changed or deleted: what stands is the last version, and what stood at any time can be told.

CREATE TABLE house_rules (
    rule    TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    person  BIGINT NOT NULL REFERENCES people (id),
    -- From here on the rule finds nothing any more.
    retired BIGINT NOT NULL CHECK (retired IN (0, 1)),
    body    TEXT NOT NULL,
    PRIMARY KEY (rule, version)
);

-- A built-in rule made more severe; an empty severity: as it is built in.
CREATE TABLE house_severities (
    rule     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    person   BIGINT NOT NULL REFERENCES people (id),
    severity TEXT NOT NULL CHECK (severity IN ('', 'block')),
    why      TEXT NOT NULL,
    PRIMARY KEY (rule, version)
);

-- The role is that of the person at the time, taken from their row: nobody else's override can stand here.
CREATE TABLE house_overrides (
    id     BIGINT NOT NULL PRIMARY KEY,
    rule   TEXT NOT NULL,
    why    TEXT NOT NULL CHECK (LENGTH(why) >= 20),
    person BIGINT NOT NULL REFERENCES people (id),
    role   TEXT NOT NULL CHECK (role = 'privacy_officer'),
    at     BIGINT NOT NULL,
    until  BIGINT NOT NULL,
    CHECK (at < until AND until <= at + 31536000000000)
);

-- Overrides that were ended early.
CREATE TABLE house_override_ends (
    override BIGINT NOT NULL PRIMARY KEY REFERENCES house_overrides (id),
    at       BIGINT NOT NULL,
    person   BIGINT NOT NULL REFERENCES people (id)
);

INSERT INTO counters (name, value) VALUES ('house_overrides', 0);
