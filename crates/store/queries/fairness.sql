-- Audits of audiences by group.

-- name: put_audit
INSERT INTO fairness_audits (id, campaign, occasion, at, content, verdict, alarm, findings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: latest_audit
SELECT id, campaign, occasion, at, content, verdict, alarm, findings FROM fairness_audits
WHERE campaign = $1 ORDER BY id DESC LIMIT 1;

-- name: audits
SELECT id, campaign, occasion, at, content, verdict, alarm, findings FROM fairness_audits ORDER BY id DESC LIMIT $1;

-- name: reached_since
-- Messages handed over since a moment, by customer.
SELECT customer, CAST(COUNT(*) AS BIGINT) AS n FROM deliveries
WHERE state = 'sent' AND finished_at >= $1 GROUP BY customer;

-- name: planned_of
-- Whom a launched campaign was meant for: everybody it did not leave out for a reason but chance.
SELECT customer FROM deliveries WHERE campaign = $1 AND arm IS NOT NULL;
