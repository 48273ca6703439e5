-- Retention: periods, looks and runs, and what has ended by place. Each `due_` statement says which rows of a place end
-- (id, and since when), and is used for counting and for deleting alike. $1: the cut-off. $2: now.
-- Kept in any case: what an open rights request may ask for, and what a campaign under way, or still being measured,
-- works with.

-- name: periods
SELECT kind, days, active, looked_days, looked_at, changed_by, changed_at FROM retention_periods ORDER BY kind;

-- name: add_period
INSERT INTO retention_periods (kind, days, active, changed_by, changed_at) VALUES ($1, $2, 0, $3, $4)
ON CONFLICT (kind) DO NOTHING;

-- name: set_period
INSERT INTO retention_periods (kind, days, active, changed_by, changed_at) VALUES ($1, $2, 0, $3, $4)
ON CONFLICT (kind) DO UPDATE SET days = excluded.days, active = 0, looked_days = NULL, looked_at = NULL, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: note_look
UPDATE retention_periods SET looked_days = $2, looked_at = $3 WHERE kind = $1 AND days = $2;

-- name: activate_period
UPDATE retention_periods SET active = 1, changed_by = $3, changed_at = $4
WHERE kind = $1 AND days = $2 AND looked_days = $2;

-- name: add_run
INSERT INTO retention_runs (id, dry, report, at, finished_at) VALUES ($1, $2, '{}', $3, $4);

-- name: finish_run
UPDATE retention_runs SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL;

-- name: runs
SELECT id, dry, at, finished_at FROM retention_runs ORDER BY id DESC LIMIT $1;

-- name: open_run
SELECT id, dry, at, finished_at FROM retention_runs WHERE dry = 0 AND finished_at IS NULL ORDER BY id LIMIT 1;

-- name: add_step
INSERT INTO retention_steps (run, kind, place, days, found, oldest) VALUES ($1, $2, $3, $4, $5, $6);

-- name: end_step
UPDATE retention_steps SET deleted = $4 WHERE run = $1 AND kind = $2 AND place = $3 AND deleted IS NULL;

-- name: steps
SELECT kind, place, days, found, oldest, deleted FROM retention_steps WHERE run = $1 ORDER BY kind, place;

-- name: last_steps
SELECT s.run AS run, s.kind AS kind, s.place AS place, s.days AS days, s.found AS found, s.oldest AS oldest, s.deleted AS deleted, r.at AS at
FROM retention_steps s JOIN retention_runs r ON r.id = s.run
WHERE s.run = (SELECT MAX(x.run) FROM retention_steps x JOIN retention_runs y ON y.id = x.run WHERE x.kind = s.kind AND y.dry = $1)
ORDER BY s.kind, s.place;

-- name: protected
SELECT DISTINCT customer FROM rights_requests WHERE closed_at IS NULL AND customer IS NOT NULL ORDER BY customer;

-- name: first_needed
-- When the earliest campaign that is under way, or still being measured, begins to look at purchases.
SELECT MIN(starts_at - window_days * 86400000000) AS at FROM campaigns
WHERE state IN ('submitted', 'approved', 'running', 'paused')
   OR (state IN ('completed', 'stopped') AND ends_at + window_days * 86400000000 > $1);

-- name: count_due
SELECT COUNT(*) AS n FROM (/*due*/) d;

-- name: due_events
SELECT id, at AS since FROM events e WHERE at < $1
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = e.customer)
  AND NOT EXISTS (SELECT 1 FROM identities i JOIN rights_requests r ON r.customer = i.customer WHERE r.closed_at IS NULL AND e.customer IS NULL AND i.alias = e.anonymous);

-- name: end_events
DELETE FROM events WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_events
SELECT MIN(at) AS at FROM events;

-- name: due_event_purchases
SELECT id, at AS since FROM event_purchases e WHERE at < $1
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = e.customer)
  AND NOT EXISTS (SELECT 1 FROM identities i JOIN rights_requests r ON r.customer = i.customer WHERE r.closed_at IS NULL AND e.customer IS NULL AND i.alias = e.anonymous);

-- name: end_event_purchases
DELETE FROM event_purchases WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_event_purchases
SELECT MIN(at) AS at FROM event_purchases;

-- name: due_responses
SELECT p.message AS id, p.kind AS kind, p.at AS since FROM responses p
JOIN deliveries m ON m.id = p.message JOIN campaigns c ON c.id = m.campaign
WHERE p.at < $1
  AND c.state IN ('completed', 'stopped') AND c.ends_at + c.window_days * 86400000000 <= $2
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = m.customer);

-- name: end_responses
DELETE FROM responses WHERE (message, kind, at) IN (SELECT d.id, d.kind, d.since FROM (/*due*/) d);

-- name: oldest_responses
SELECT MIN(at) AS at FROM responses;

-- name: due_messages
SELECT m.id AS id, m.finished_at AS since FROM deliveries m JOIN campaigns c ON c.id = m.campaign
WHERE m.finished_at < $1 AND m.state IN ('sent', 'failed', 'suppressed', 'cancelled')
  AND (m.reasons <> '[]' OR m.evidence IS NOT NULL OR m.detail IS NOT NULL)
  AND c.state IN ('completed', 'stopped') AND c.ends_at + c.window_days * 86400000000 <= $2
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = m.customer);

-- name: end_messages
UPDATE deliveries SET reasons = '[]', evidence = NULL, detail = NULL WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_messages
SELECT MIN(finished_at) AS at FROM deliveries WHERE reasons <> '[]' OR evidence IS NOT NULL OR detail IS NOT NULL;

-- name: due_judging_notes
SELECT v.id AS id, v.at AS since FROM guard_verdicts v WHERE v.at < $1 AND v.note <> '';

-- name: end_judging_notes
UPDATE guard_verdicts SET note = '' WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_judging_notes
SELECT MIN(at) AS at FROM guard_verdicts WHERE note <> '';

-- name: due_service_mails
SELECT s.id AS id, s.finished_at AS since FROM service_mails s WHERE s.finished_at < $1
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = s.customer);

-- name: end_service_mails
DELETE FROM service_mails WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_service_mails
SELECT MIN(finished_at) AS at FROM service_mails;

-- name: due_sessions
SELECT token_hash AS id, expires_at AS since FROM sessions WHERE expires_at < $1;

-- name: end_sessions
DELETE FROM sessions WHERE token_hash IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_sessions
SELECT MIN(expires_at) AS at FROM sessions;

-- name: due_sign_ups
SELECT id, expires_at AS since FROM sign_ups WHERE confirmed_at IS NULL AND expires_at < $1;

-- name: end_sign_ups
DELETE FROM sign_ups WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_sign_ups
SELECT MIN(expires_at) AS at FROM sign_ups WHERE confirmed_at IS NULL;

-- name: due_customer_links
SELECT token_hash AS id, expires_at AS since FROM customer_links l WHERE expires_at < $1
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND (r.customer = l.customer OR r.id = l.request));

-- name: end_customer_links
DELETE FROM customer_links WHERE token_hash IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_customer_links
SELECT MIN(expires_at) AS at FROM customer_links;

-- name: due_jobs
SELECT id, finished_at AS since FROM jobs WHERE state IN ('done', 'failed') AND finished_at < $1;

-- name: end_jobs
DELETE FROM jobs WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_jobs
SELECT MIN(finished_at) AS at FROM jobs WHERE state IN ('done', 'failed');

-- name: due_rights_requests
SELECT q.id AS id, q.closed_at AS since FROM rights_requests q WHERE q.closed_at < $1
  AND (q.customer IS NOT NULL OR q.contact IS NOT NULL OR q.answer IS NOT NULL OR q.details IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM rights_notices n WHERE n.request = q.id AND n.state = 'waiting')
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = q.customer);

-- name: end_rights_requests
UPDATE rights_requests SET customer = NULL, contact = NULL, answer = NULL, details = NULL WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: oldest_rights_requests
SELECT MIN(closed_at) AS at FROM rights_requests WHERE customer IS NOT NULL OR contact IS NOT NULL OR answer IS NOT NULL OR details IS NOT NULL;

-- name: due_consents
-- Superseded longer ago than the period; or the last word of somebody of whom nothing else is left. The last word of
-- anybody who is still here is relied on, be it a yes or a no, and stays.
SELECT k.id AS id, k.at AS since, k.customer AS customer FROM consents k
WHERE k.at < $1
  AND (EXISTS (SELECT 1 FROM consents n WHERE n.customer = k.customer AND n.purpose = k.purpose AND n.channel = k.channel AND n.at < $1 AND (n.at > k.at OR (n.at = k.at AND n.id > k.id)))
    OR (NOT EXISTS (SELECT 1 FROM customers c WHERE c.key = k.customer)
      AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.alias = k.customer OR i.customer = k.customer)
      AND NOT EXISTS (SELECT 1 FROM deliveries m WHERE m.customer = k.customer)
      AND NOT EXISTS (SELECT 1 FROM consents n WHERE n.customer = k.customer AND n.at >= $1)))
  AND NOT EXISTS (SELECT 1 FROM deliveries m JOIN campaigns c ON c.id = m.campaign WHERE m.customer = k.customer AND (c.state NOT IN ('completed', 'stopped') OR c.ends_at + c.window_days * 86400000000 > $2))
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = k.customer);

-- name: open_consents
INSERT INTO erasures_under_way (customer) SELECT DISTINCT d.customer FROM (/*due*/) d WHERE true
ON CONFLICT (customer) DO NOTHING;

-- name: end_consents
DELETE FROM consents WHERE id IN (SELECT d.id FROM (/*due*/) d);

-- name: close_consents
DELETE FROM erasures_under_way;

-- name: oldest_consents
SELECT MIN(at) AS at FROM consents;

-- name: quiet_customers
-- Customers of whom the store heard nothing since the cut-off. Purchases in the lake are looked at by the caller.
SELECT c.key AS key, c.known_since AS since FROM customers c WHERE c.known_since < $1
  AND NOT EXISTS (SELECT 1 FROM consents k WHERE k.customer = c.key AND k.at >= $1)
  AND NOT EXISTS (SELECT 1 FROM preferences p WHERE p.customer = c.key AND p.changed_at >= $1)
  AND NOT EXISTS (SELECT 1 FROM events e WHERE e.customer = c.key AND e.at >= $1)
  AND NOT EXISTS (SELECT 1 FROM event_purchases e WHERE e.customer = c.key AND e.at >= $1)
  AND NOT EXISTS (SELECT 1 FROM sign_ups s WHERE s.customer = c.key AND s.confirmed_at >= $1)
  AND NOT EXISTS (SELECT 1 FROM deliveries m WHERE m.customer = c.key AND m.finished_at >= $1)
  AND NOT EXISTS (SELECT 1 FROM deliveries m JOIN responses p ON p.message = m.id WHERE m.customer = c.key AND p.at >= $1)
  AND NOT EXISTS (SELECT 1 FROM deliveries m JOIN campaigns a ON a.id = m.campaign WHERE m.customer = c.key AND (a.state NOT IN ('completed', 'stopped') OR a.ends_at + a.window_days * 86400000000 > $2))
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.customer = c.key AND (r.closed_at IS NULL OR r.received_at >= $1))
ORDER BY c.key;

-- name: oldest_customers
SELECT MIN(known_since) AS at FROM customers;

-- name: old_copies
SELECT m.campaign AS campaign, m.id AS id, m.finished_at AS since FROM deliveries m JOIN campaigns c ON c.id = m.campaign
WHERE m.finished_at < $1 AND m.state IN ('sent', 'failed')
  AND c.state IN ('completed', 'stopped') AND c.ends_at + c.window_days * 86400000000 <= $2
  AND NOT EXISTS (SELECT 1 FROM rights_requests r WHERE r.closed_at IS NULL AND r.customer = m.customer)
ORDER BY m.id;
