-- When people were contacted, and what they did with it: for caps and for engagement.

-- name: contact_times
-- Messages handed over (a message in doubt counts: it may have arrived) or planned, of all campaigns but one. What a
-- key got before it was joined to another counts for the one that stays, of the same campaign, too.
SELECT d.id AS id, COALESCE(i.customer, d.customer) AS customer, d.campaign AS campaign, d.state AS state,
       COALESCE(d.attempted_at, d.not_before) AS at
FROM deliveries d LEFT JOIN identities i ON i.kind = 'merged' AND i.alias = d.customer
WHERE (d.campaign <> $1 OR i.alias IS NOT NULL) AND d.state IN ('planned', 'attempting', 'sent', 'in_doubt')
  AND COALESCE(d.attempted_at, d.not_before) >= $2;

-- name: contact_times_of
-- Two parts, because with one condition for both SQLite looks messages up by their states.
SELECT id, customer, campaign, state, COALESCE(attempted_at, not_before) AS at FROM deliveries
WHERE customer = $3 AND campaign <> $1 AND state IN ('planned', 'attempting', 'sent', 'in_doubt')
  AND COALESCE(attempted_at, not_before) >= $2
UNION ALL
SELECT d.id, d.customer, d.campaign, d.state, COALESCE(d.attempted_at, d.not_before) AS at
FROM identities i JOIN deliveries d ON d.customer = i.alias
WHERE i.kind = 'merged' AND i.customer = $3 AND d.state IN ('planned', 'attempting', 'sent', 'in_doubt')
  AND COALESCE(d.attempted_at, d.not_before) >= $2;

-- name: engagement_since
SELECT d.customer AS customer, CAST(COUNT(*) AS BIGINT) AS n
FROM responses r JOIN deliveries d ON d.id = r.message
WHERE r.kind IN ('opened', 'clicked') AND r.at >= $1 GROUP BY d.customer;

-- name: next_planned
SELECT MIN(not_before) AS at FROM deliveries WHERE campaign = $1 AND state = 'planned';

-- name: replan_message
UPDATE deliveries SET state = 'planned', lease_until = NULL, worker = NULL, attempted_at = NULL, detail = NULL, not_before = $3
WHERE id = $1 AND fence = $2 AND state = 'attempting';

-- name: replan_doubtful
UPDATE deliveries SET state = 'planned', lease_until = NULL, worker = NULL, attempted_at = NULL, detail = NULL, not_before = $2
WHERE id = $1 AND state = 'in_doubt';

-- name: exposures
-- Messages that were handed over since an instant, each with what it brought: an opt-out or complaint, or an answer.
SELECT d.customer, d.attempted_at AS at,
    CAST((SELECT COUNT(*) FROM responses r WHERE r.message = d.id AND r.kind IN ('opted_out', 'complained')) AS BIGINT) AS harms,
    CAST((SELECT COUNT(*) FROM responses r WHERE r.message = d.id AND r.kind = 'clicked') AS BIGINT) AS answers
FROM deliveries d WHERE d.state = 'sent' AND d.attempted_at >= $1 ORDER BY d.customer, d.attempted_at, d.id;

-- name: exposures_of
SELECT d.customer, d.attempted_at AS at,
    CAST((SELECT COUNT(*) FROM responses r WHERE r.message = d.id AND r.kind IN ('opted_out', 'complained')) AS BIGINT) AS harms,
    CAST((SELECT COUNT(*) FROM responses r WHERE r.message = d.id AND r.kind = 'clicked') AS BIGINT) AS answers
FROM deliveries d WHERE d.state = 'sent' AND d.attempted_at >= $1 AND d.customer = $2 ORDER BY d.attempted_at, d.id;
