-- Oversight: the switch of AI, and launches.

-- name: ai_switch
SELECT stopped, person, reason, at FROM ai_switch ORDER BY id DESC LIMIT 1;

-- name: ai_switches
SELECT stopped, person, reason, at FROM ai_switch ORDER BY id DESC LIMIT $1;

-- name: put_ai_switch
INSERT INTO ai_switch (id, stopped, person, reason, at) VALUES ($1, $2, $3, $4, $5);

-- name: running_with_ai
SELECT id FROM campaigns WHERE state = 'running' AND uses_ai = 1 ORDER BY id;

-- name: launching
-- What is known of a campaign from its launch on.
UPDATE campaigns SET uses_ai = $2, sends_from = $3 WHERE id = $1 AND state = 'approved';

-- name: sends_from
SELECT sends_from FROM campaigns WHERE id = $1;

-- name: began
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM deliveries WHERE campaign = $1 AND state NOT IN ('planned', 'excluded');
