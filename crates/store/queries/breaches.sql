-- Personal data breaches and their clock.

-- name: breaches
SELECT id, title, aware_at, due_at, people, reported_at, told_at, closed_at, outcome FROM breaches
ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, due_at, id;

-- name: add_breach
INSERT INTO breaches (id, title, aware_at, due_at, opened_by, people, outcome) VALUES ($1, $2, $3, $4, $5, $6, '');

-- name: report_breach
UPDATE breaches SET reported_at = $2 WHERE id = $1 AND reported_at IS NULL AND closed_at IS NULL;

-- name: told_of_breach
UPDATE breaches SET told_at = $2 WHERE id = $1 AND told_at IS NULL AND closed_at IS NULL;

-- name: close_breach
UPDATE breaches SET closed_at = $2, outcome = $3 WHERE id = $1 AND closed_at IS NULL;
