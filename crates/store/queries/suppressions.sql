-- Suppressions by keyed hash.

-- name: suppression
SELECT reason, at FROM suppressions WHERE address_hash = $1 OR address_hash = $2 ORDER BY at, reason LIMIT 1;

-- name: suppression_reasons
SELECT reason, at FROM suppressions WHERE address_hash = $1 OR address_hash = $2 ORDER BY at, reason;

-- name: suppressions
SELECT address_hash, reason, at FROM suppressions ORDER BY at, reason;

-- name: suppress
INSERT INTO suppressions (address_hash, reason, source, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (address_hash, reason) DO NOTHING;

-- name: lift_suppression
DELETE FROM suppressions WHERE address_hash = $1 AND reason = $2;
