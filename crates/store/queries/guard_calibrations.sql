-- Thresholds of learned cues that people set.

-- name: calibrations
SELECT id, language, rule, was, threshold, positives, negatives, cues, person, at, undone_by, undone_at
FROM guard_calibrations ORDER BY id;

-- name: put_calibration
INSERT INTO guard_calibrations (id, language, rule, was, threshold, positives, negatives, cues, person, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: undo_calibration
UPDATE guard_calibrations SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_at IS NULL;
