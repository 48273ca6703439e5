-- Backups and restores, as far as a statement does not hold of every table alike.

-- name: counters
SELECT name, value FROM counters WHERE name <> 'writer' ORDER BY name;

-- name: raise_counter
UPDATE counters SET value = CASE WHEN value < $2 THEN $2 ELSE value END WHERE name = $1;

-- name: sqlite_defer
PRAGMA defer_foreign_keys = ON;

-- name: sqlite_triggers
SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name;

-- name: restricted
SELECT key FROM customers WHERE restricted = 1 ORDER BY key;

-- name: cancel_planned
UPDATE deliveries SET state = 'cancelled', worker = NULL, lease_until = NULL WHERE state = 'planned';

-- name: doubt_attempting
UPDATE deliveries SET state = 'in_doubt', worker = NULL, lease_until = NULL WHERE state = 'attempting';

-- name: void_approvals
-- An approved campaign may have been launched after the backup; it needs another look before it can be again.
UPDATE campaigns SET state = 'draft', content_hash = NULL WHERE state = 'approved';

-- name: pause_running
UPDATE campaigns SET state = 'paused' WHERE state = 'running';

-- name: drop_jobs
DELETE FROM jobs;

-- name: empty_payloads
-- What the ledger said of whoever was erased since comes back as what erasure leaves: an empty row beside the leaf.
INSERT INTO ledger_payloads (seq) SELECT l.seq FROM ledger_leaves l
WHERE NOT EXISTS (SELECT 1 FROM ledger_payloads p WHERE p.seq = l.seq);
