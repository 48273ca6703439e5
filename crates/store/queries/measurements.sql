-- Measured results.

-- name: measurements
SELECT result, at FROM measurements WHERE campaign = $1 ORDER BY id;

-- name: put_measurement
INSERT INTO measurements (id, campaign, result, at) VALUES ($1, $2, $3, $4);
