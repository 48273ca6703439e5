-- The frozen audiences.

-- name: freeze_audience
-- No propensity is written as -1, because the driver gives a missing float another type than a float that is there.
INSERT INTO deliveries (id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons, fence)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, -1.0), $10, $11, $12, 0)/*end*/
ON CONFLICT (campaign, customer, step) DO NOTHING;

-- name: funnel
SELECT state, exclusion, CAST(COUNT(*) AS BIGINT) AS n FROM deliveries WHERE campaign = $1 GROUP BY state, exclusion;

-- name: message
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons,
       attempted_at, finished_at, reference, detail, evidence, reconciled_by
FROM deliveries WHERE id = $1;

-- name: messages_of_campaign
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons,
       attempted_at, finished_at, reference, detail, evidence, reconciled_by
FROM deliveries WHERE campaign = $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3 OFFSET $4;

-- name: excluded_of_campaign
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons,
       attempted_at, finished_at, reference, detail, evidence, reconciled_by
FROM deliveries WHERE campaign = $1 AND state = 'excluded' AND exclusion = $2 ORDER BY id LIMIT $3 OFFSET $4;

-- name: messages_of_customer
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons,
       attempted_at, finished_at, reference, detail, evidence, reconciled_by
FROM deliveries WHERE customer = $1 ORDER BY id DESC LIMIT $2;

-- name: arms
SELECT customer, arm, stratum, state, attempted_at, propensity FROM deliveries
WHERE campaign = $1 AND arm IS NOT NULL ORDER BY id;

-- name: contacts_since
-- A message in doubt counts: it may have arrived.
SELECT customer, CAST(COUNT(*) AS BIGINT) AS n FROM deliveries
WHERE (state IN ('attempting', 'sent', 'in_doubt') AND attempted_at >= $1)
   OR ($2 = 1 AND state = 'planned' AND not_before >= $1)
GROUP BY customer;

-- name: contacts_of_since
SELECT customer, CAST(COUNT(*) AS BIGINT) AS n FROM deliveries
WHERE ((state IN ('attempting', 'sent', 'in_doubt') AND attempted_at >= $1)
    OR ($2 = 1 AND state = 'planned' AND not_before >= $1))
  AND customer IN (/*each*/$3/*end*/)
GROUP BY customer;

-- name: planned_elsewhere
SELECT DISTINCT d.customer FROM deliveries d JOIN campaigns c ON c.id = d.campaign
WHERE d.campaign <> $1 AND d.state IN ('planned', 'attempting') AND c.state IN ('approved', 'running', 'paused');
