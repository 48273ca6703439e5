-- Events: behaviour that is kept, purchases on their way to the lake.

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
UPDATE events SET customer = given.column2 FROM (VALUES /*each*/($1, $2)/*end*/) AS given
WHERE events.anonymous = given.column1 AND events.customer IS NULL;

-- name: move_events
UPDATE events SET customer = $2 WHERE customer = $1;

-- name: delete_events_of_customers
DELETE FROM events WHERE customer IN (/*each*/$1/*end*/);

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
UPDATE event_purchases SET customer = given.column2 FROM (VALUES /*each*/($1, $2)/*end*/) AS given
WHERE event_purchases.anonymous = given.column1 AND event_purchases.customer IS NULL;

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
