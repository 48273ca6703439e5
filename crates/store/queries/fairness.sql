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
-- Messages handed over since a moment, by customer, and how many of them made an offer.
SELECT deliveries.customer AS customer, CAST(COUNT(*) AS BIGINT) AS n,
    CAST(SUM(CASE WHEN campaigns.offer <> '' THEN 1 ELSE 0 END) AS BIGINT) AS offers
FROM deliveries JOIN campaigns ON campaigns.id = deliveries.campaign
WHERE deliveries.state = 'sent' AND deliveries.finished_at >= $1 GROUP BY deliveries.customer;

-- name: planned_of
-- Whom a launched campaign was meant for: everybody it did not leave out for a reason but chance.
SELECT customer FROM deliveries WHERE campaign = $1 AND arm IS NOT NULL;

-- name: put_house_audit
INSERT INTO fairness_house_audits (id, occasion, at, findings) VALUES ($1, $2, $3, $4);

-- name: latest_house_audit
SELECT occasion, at, findings FROM fairness_house_audits ORDER BY id DESC LIMIT 1;
