-- Samples that people judge, and what they said.

-- name: put_draw
INSERT INTO guard_draws (id, month, kind, reading, stratum, messages, probability, seed, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (month, kind, reading) DO NOTHING;

-- name: draws
SELECT id, month, kind, reading, stratum, messages, probability, seed, at FROM guard_draws ORDER BY month, kind, id;

-- name: sent_between
-- Messages sent by campaign and language.
SELECT d.campaign AS campaign, v.language AS language, CAST(COUNT(*) AS BIGINT) AS sent
FROM deliveries d JOIN variants v ON v.id = d.variant
WHERE d.state = 'sent' AND d.finished_at >= $1 AND d.finished_at < $2
GROUP BY d.campaign, v.language ORDER BY d.campaign, v.language;

-- name: put_verdict
INSERT INTO guard_verdicts (id, draw, sentence, person, truth, unfair, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: verdicts
SELECT id, draw, sentence, person, truth, unfair, note, at FROM guard_verdicts ORDER BY id;

-- name: verdicts_of
SELECT id, draw, sentence, person, truth, unfair, note, at FROM guard_verdicts WHERE draw = $1 ORDER BY id;
