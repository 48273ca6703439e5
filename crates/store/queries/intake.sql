-- Events coming in: hashes of what was seen, and the inbox.

-- name: seen_events
SELECT hash FROM event_ids WHERE hash IN (/*each*/$1/*end*/);

-- name: add_event_ids
-- Hashes of 16 bytes, one after the other in one parameter: there are many of them in every transaction.
WITH RECURSIVE place (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $3)
INSERT INTO event_ids (hash, day)
SELECT substr($1, CAST(16 * n + 1 AS INTEGER), 16), $2 FROM place WHERE $3 > 0
ON CONFLICT (hash) DO NOTHING;

-- name: event_ids_savepoint
SAVEPOINT event_ids;

-- name: event_ids_undo
ROLLBACK TO SAVEPOINT event_ids;

-- name: event_ids_release
RELEASE SAVEPOINT event_ids;

-- name: forget_event_ids
DELETE FROM event_ids WHERE day < $1;

-- name: add_inbox
INSERT INTO event_inbox (id, write_key, received_at, n, body) VALUES /*each*/($1, $2, $3, $4, $5)/*end*/;

-- name: inbox
SELECT id, write_key, received_at, n, body FROM event_inbox ORDER BY id LIMIT $1;

-- name: take_inbox
DELETE FROM event_inbox WHERE id >= $1 AND id <= $2;

-- name: inbox_state
SELECT CAST(COUNT(*) AS BIGINT) AS requests, CAST(COALESCE(SUM(n), 0) AS BIGINT) AS events, MIN(received_at) AS oldest
FROM event_inbox;
