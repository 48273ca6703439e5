-- Erasures and their steps, tombstones beside them.

-- name: begin_erasure
INSERT INTO erasures (id, state, cause, customer, email, receipts, started_at) VALUES ($1, 'running', $2, $3, $4, '[]', $5);

-- name: erasure
SELECT id, state, cause, customer, email, receipts, started_at, finished_at FROM erasures WHERE id = $1;

-- name: erasures
SELECT id, state, cause, customer, email, receipts, started_at, finished_at FROM erasures ORDER BY id DESC LIMIT $1;

-- name: open_erasures
SELECT id, state, cause, customer, email, receipts, started_at, finished_at FROM erasures
WHERE state <> 'done' ORDER BY id;

-- name: erasure_of
SELECT id, state, cause, customer, email, receipts, started_at, finished_at FROM erasures
WHERE state = 'running' AND customer = $1 ORDER BY id LIMIT 1;

-- name: note_receipts
UPDATE erasures SET receipts = $2 WHERE id = $1;

-- name: scrub_erasure
UPDATE erasures SET state = 'scrubbing', customer = NULL, email = NULL, receipts = $2 WHERE id = $1;

-- name: finish_erasure
UPDATE erasures SET state = 'done', receipts = $2, finished_at = $3 WHERE id = $1;

-- name: allow_deleting
INSERT INTO erasures_under_way (customer) VALUES ($1) ON CONFLICT (customer) DO NOTHING;

-- name: forbid_deleting
DELETE FROM erasures_under_way WHERE customer = $1;

-- name: count_erased_deliveries
INSERT INTO deliveries_erased (campaign, state, exclusion, n)
SELECT campaign, state, COALESCE(exclusion, ''), CAST(COUNT(*) AS BIGINT) FROM deliveries WHERE customer = $1
GROUP BY campaign, state, COALESCE(exclusion, '')
ON CONFLICT (campaign, state, exclusion) DO UPDATE SET n = deliveries_erased.n + excluded.n;

-- name: cancel_planned_of
UPDATE deliveries SET state = 'cancelled', worker = NULL, lease_until = NULL, finished_at = $2
WHERE customer = $1 AND state = 'planned';

-- name: messages_of
SELECT id, campaign FROM deliveries WHERE customer = $1 ORDER BY id;
