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
