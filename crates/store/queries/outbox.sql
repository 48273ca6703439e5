-- The outbox. Every step after the claim shows its fence.

-- name: claim_messages
-- No cursor moves here: a claim that is not followed up runs out and is claimed again.
UPDATE deliveries SET worker = $1, fence = $2, lease_until = $3
WHERE id IN (
    SELECT d.id FROM deliveries d JOIN campaigns c ON c.id = d.campaign
    WHERE d.state = 'planned' AND d.not_before <= $4 AND (d.lease_until IS NULL OR d.lease_until <= $4)
      AND c.state = 'running' AND ($5 = 0 OR d.campaign = $5)
    ORDER BY d.not_before, d.id LIMIT $6
)
RETURNING id, campaign, customer, step, variant, not_before, fence;

-- name: mark_attempting
UPDATE deliveries SET state = 'attempting', attempted_at = $3, lease_until = $4, evidence = $5
-- The switch of AI holds in the very statement that begins a message, whatever was read before.
WHERE id = $1 AND fence = $2 AND state = 'planned' AND lease_until > $3
  AND EXISTS (SELECT 1 FROM campaigns c WHERE c.id = deliveries.campaign AND c.state = 'running'
              AND (c.uses_ai = 0 OR COALESCE((SELECT s.stopped FROM ai_switch s ORDER BY s.id DESC LIMIT 1), 0) = 0));

-- name: mark_sent
UPDATE deliveries SET state = 'sent', finished_at = $3, reference = $4, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state = 'attempting';

-- name: mark_failed
UPDATE deliveries SET state = 'failed', finished_at = $3, detail = $4, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state = 'attempting';

-- name: mark_in_doubt
UPDATE deliveries SET state = 'in_doubt', lease_until = NULL, detail = $3
WHERE id = $1 AND fence = $2 AND state = 'attempting';

-- name: mark_suppressed
UPDATE deliveries SET state = 'suppressed', finished_at = $3, exclusion = $4, reasons = $5, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state = 'planned' AND lease_until > $3;

-- name: release_message
UPDATE deliveries SET lease_until = NULL, worker = NULL
WHERE id = $1 AND fence = $2 AND state = 'planned' AND lease_until IS NOT NULL;

-- name: postpone_message
UPDATE deliveries SET lease_until = NULL, worker = NULL, not_before = $3
WHERE id = $1 AND fence = $2 AND state = 'planned' AND lease_until IS NOT NULL;

-- name: recover_messages
UPDATE deliveries SET state = 'in_doubt', lease_until = NULL, detail = 'the worker ended before the reply was recorded'
WHERE state = 'attempting' AND lease_until <= $1
RETURNING id;

-- name: recover_worker
UPDATE deliveries SET state = 'in_doubt', lease_until = NULL, detail = 'the worker ended before the reply was recorded'
WHERE state = 'attempting' AND worker = $1 AND attempted_at <= $2
RETURNING id;

-- name: free_claims_of
UPDATE deliveries SET lease_until = NULL, worker = NULL WHERE state = 'planned' AND worker = $1;

-- name: reconcile_message
UPDATE deliveries SET state = $2, reconciled_by = $3, finished_at = $4 WHERE id = $1 AND state = 'in_doubt';

-- name: cancel_planned
UPDATE deliveries SET state = 'cancelled', finished_at = $2, lease_until = NULL WHERE campaign = $1 AND state = 'planned';

-- name: pending_messages
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deliveries WHERE campaign = $1 AND state IN ('planned', 'attempting');

-- name: handing_over
-- What is between its durable beginning and its recorded reply, by a worker whose lease holds.
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deliveries WHERE campaign = $1 AND state = 'attempting' AND lease_until > $2;

-- name: handing_over_to
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deliveries WHERE customer = $1 AND state = 'attempting' AND lease_until > $2;

-- name: handed_to
SELECT customer FROM deliveries WHERE state = 'attempting' AND lease_until > $1;
