-- The global holdout: which rule holds from when on.

-- name: rules
SELECT h.id, h.from_day, h.months, h.share, h.seed, h.at, p.name AS person
FROM holdout_rules h JOIN people p ON p.id = h.set_by ORDER BY h.id;

-- name: put_rule
INSERT INTO holdout_rules (id, from_day, months, share, seed, set_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: refusals_between
-- Who took marketing consent back between two instants, whatever led to it: everybody's receipts, with or without a message.
SELECT DISTINCT customer FROM consents
WHERE purpose = 'marketing' AND status = 'withdrawn' AND at >= $1 AND at < $2;

-- name: complaints_between
SELECT DISTINCT d.customer AS customer FROM responses r JOIN deliveries d ON d.id = r.message
WHERE r.kind = 'complained' AND r.at >= $1 AND r.at < $2;
