-- Oversight: the switch of AI, and comments of reviews.

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

-- name: comments
SELECT id, campaign, content, person, at, place, language, sentence, words, resolved_by, resolved_at FROM review_comments
WHERE campaign = $1 ORDER BY id;

-- name: put_comment
INSERT INTO review_comments (id, campaign, content, person, at, place, language, sentence, words)
VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7, ''), $8, $9);

-- name: resolve_comment
UPDATE review_comments SET resolved_by = $2, resolved_at = $3 WHERE id = $1 AND resolved_at IS NULL;
