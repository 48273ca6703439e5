-- The fact sheet.

-- name: facts_of
SELECT id, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence
FROM facts WHERE entity = $1 AND deleted_at IS NULL ORDER BY id;

-- name: facts
SELECT id, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence
FROM facts WHERE deleted_at IS NULL ORDER BY entity, id;

-- name: fact
SELECT id, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence
FROM facts WHERE id = $1;

-- name: put_fact
INSERT INTO facts (id, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE SET entity = excluded.entity, predicate = excluded.predicate, value = excluded.value,
    unit = excluded.unit, polarity = excluded.polarity, source = excluded.source, observed_at = excluded.observed_at,
    valid_from = excluded.valid_from, valid_until = excluded.valid_until, max_age_hours = excluded.max_age_hours,
    evidence = excluded.evidence, deleted_at = NULL;

-- name: delete_fact
UPDATE facts SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL;

-- name: facts_about
-- Of several entities at once.
SELECT id, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence
FROM facts WHERE deleted_at IS NULL AND entity IN (/*each*/ $1 /*end*/) ORDER BY entity, id;

-- name: entities
-- What there are facts of, and how many.
SELECT entity, CAST(COUNT(*) AS BIGINT) AS n FROM facts WHERE deleted_at IS NULL AND entity LIKE $1 GROUP BY entity ORDER BY entity;

-- name: add_version
-- How a fact stands from now on.
INSERT INTO fact_versions (fact, version, at, ended, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence)
SELECT f.id, (SELECT COALESCE(MAX(v.version), 0) + 1 FROM fact_versions v WHERE v.fact = f.id), $2, $3, f.entity, f.predicate, f.value, f.unit, f.polarity,
       f.source, f.observed_at, f.valid_from, f.valid_until, f.max_age_hours, f.evidence
FROM facts f WHERE f.id = $1;

-- name: versions_of
-- Everything that was ever said of an entity, fact by fact in the order it was said.
SELECT fact AS id, version, at, ended, entity, predicate, value, unit, polarity, source, observed_at, valid_from, valid_until, max_age_hours, evidence
FROM fact_versions WHERE entity = $1 ORDER BY fact, version;

-- name: version_of
-- The number of the version that stands; 0 when there never was such a fact.
SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM fact_versions WHERE fact = $1;

-- name: is_ended
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM facts WHERE id = $1 AND deleted_at IS NOT NULL;

-- name: touch_fact
-- The same was seen again: it is not a new version.
UPDATE facts SET observed_at = $2, source = $3, max_age_hours = $4 WHERE id = $1 AND deleted_at IS NULL;
