-- What the fact sheet said, and when: every version of every fact. From the versions of a price comes the lowest one of
-- thirty days (Directive 98/6, 6a), and from all of them what a message could stand on at any time.

CREATE TABLE fact_versions (
    fact          BIGINT NOT NULL REFERENCES facts (id),
    version       BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    -- From here on nothing stands on the fact any more.
    ended         BIGINT NOT NULL CHECK (ended IN (0, 1)),
    entity        TEXT NOT NULL,
    predicate     TEXT NOT NULL,
    value         TEXT NOT NULL,
    unit          TEXT NOT NULL,
    polarity      TEXT NOT NULL,
    source        TEXT NOT NULL,
    observed_at   BIGINT NOT NULL,
    valid_from    BIGINT,
    valid_until   BIGINT,
    max_age_hours BIGINT,
    evidence      TEXT NOT NULL,
    PRIMARY KEY (fact, version)
);
CREATE INDEX fact_versions_entity ON fact_versions (entity, fact, version);

-- What is known of the facts there were: how they stood last, since when they were seen so.
INSERT INTO fact_versions (fact, version, at, ended, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence)
SELECT id, 1, observed_at, 0, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence FROM facts;
INSERT INTO fact_versions (fact, version, at, ended, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence)
SELECT id, 2, deleted_at, 1, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence FROM facts WHERE deleted_at IS NOT NULL;
