-- Keys that send events, and what became of the events.

-- name: add_write_key
INSERT INTO write_keys (id, name, shown, key_hash, scopes, origins, per_second, created_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL);

-- name: write_keys
SELECT id, name, shown, scopes, origins, per_second, created_at, revoked_at FROM write_keys ORDER BY id;

-- name: write_key_by_hash
SELECT id, name, shown, scopes, origins, per_second, created_at, revoked_at FROM write_keys
WHERE key_hash = $1 AND revoked_at IS NULL;

-- name: revoke_write_key
UPDATE write_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL;

-- name: event_counts
SELECT write_key, fate, n, last_at FROM event_counts ORDER BY write_key, fate;

-- name: count_events
INSERT INTO event_counts (write_key, fate, n, last_at) VALUES /*each*/($1, $2, $3, $4)/*end*/
ON CONFLICT (write_key, fate) DO UPDATE SET n = event_counts.n + excluded.n, last_at = excluded.last_at;
