-- Events: hashes of what was seen, the inbox, behaviour that is kept, purchases on their way to the lake.

-- name: seen_events
SELECT hash FROM event_ids WHERE hash IN (/*each*/$1/*end*/);

-- name: add_event_ids
INSERT INTO event_ids (hash, day) VALUES /*each*/($1, $2)/*end*/ ON CONFLICT (hash) DO NOTHING;

-- name: forget_event_ids
DELETE FROM event_ids WHERE day < $1;

-- name: add_inbox
INSERT INTO event_inbox (id, write_key, received_at, n, body) VALUES /*each*/($1, $2, $3, $4, $5)/*end*/;

-- name: inbox
SELECT id, write_key, received_at, n, body FROM event_inbox ORDER BY id LIMIT $1;

-- name: inbox_after
SELECT id, write_key, received_at, n, body FROM event_inbox WHERE id > $1 ORDER BY id LIMIT $2;

-- name: take_inbox
DELETE FROM event_inbox WHERE id >= $1 AND id <= $2;

-- name: rewrite_inbox
UPDATE event_inbox SET n = $2, body = $3 WHERE id = $1;

-- name: inbox_state
SELECT CAST(COUNT(*) AS BIGINT) AS requests, CAST(COALESCE(SUM(n), 0) AS BIGINT) AS events, MIN(received_at) AS oldest
FROM event_inbox;

-- name: add_events
INSERT INTO events (id, kind, name, customer, anonymous, properties, at, received_at, source)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8, $9)/*end*/;

-- name: events_of_customer
SELECT id, kind, name, customer, anonymous, properties, at, received_at, source FROM events
WHERE customer = $1 ORDER BY at, id LIMIT $2;

-- name: events_of_anonymous
SELECT id, kind, name, customer, anonymous, properties, at, received_at, source FROM events
WHERE anonymous = $1 AND customer IS NULL ORDER BY at, id LIMIT $2;

-- name: give_events
UPDATE events SET customer = $2 WHERE anonymous = $1 AND customer IS NULL;

-- name: move_events
UPDATE events SET customer = $2 WHERE customer = $1;

-- name: delete_events_of_customer
DELETE FROM events WHERE customer = $1;

-- name: delete_events_of_anonymous
DELETE FROM events WHERE anonymous = $1 AND customer IS NULL;

-- name: delete_events_before
DELETE FROM events WHERE received_at < $1;

-- name: count_kept_events
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM events;

-- name: add_event_purchases
INSERT INTO event_purchases (id, customer, anonymous, at, minor, order_no, received_at, source)
VALUES /*each*/($1, $2, $3, $4, $5, $6, $7, $8)/*end*/;

-- name: event_purchases_ready
SELECT id, customer, anonymous, at, minor, order_no, received_at, source FROM event_purchases
WHERE customer IS NOT NULL ORDER BY id LIMIT $1;

-- name: event_purchases_of
SELECT id, customer, anonymous, at, minor, order_no, received_at, source FROM event_purchases
WHERE customer = $1 ORDER BY id;

-- name: event_purchases_state
SELECT CAST(COALESCE(SUM(CASE WHEN customer IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS ready,
       CAST(COALESCE(SUM(CASE WHEN customer IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS unnamed
FROM event_purchases;

-- name: give_purchases
UPDATE event_purchases SET customer = $2 WHERE anonymous = $1 AND customer IS NULL;

-- name: move_purchases
UPDATE event_purchases SET customer = $2 WHERE customer = $1;

-- name: delete_event_purchases
DELETE FROM event_purchases WHERE id IN (/*each*/$1/*end*/);

-- name: delete_purchases_of_customer
DELETE FROM event_purchases WHERE customer = $1;

-- name: delete_purchases_of_anonymous
DELETE FROM event_purchases WHERE anonymous = $1 AND customer IS NULL;

-- name: delete_unnamed_purchases_before
DELETE FROM event_purchases WHERE customer IS NULL AND received_at < $1;

-- name: tombstones_among
SELECT hash FROM tombstones WHERE hash IN (/*each*/$1/*end*/);

-- name: consents_to_profiling
-- The receipts about profiling of some customers, through any channel; which one holds is decided by the caller.
SELECT customer, status, at FROM consents
WHERE purpose = 'profiling' AND channel IN ('email', 'sms', 'push', 'post') AND customer IN (/*each*/$1/*end*/);
