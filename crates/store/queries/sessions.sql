-- Sign-in sessions.

-- name: session
SELECT p.id, p.name, p.email, p.role FROM sessions s JOIN people p ON p.id = s.person
WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.revoked_at IS NULL;

-- name: create_session
INSERT INTO sessions (token_hash, person, expires_at) VALUES ($1, $2, $3);

-- name: revoke_session
UPDATE sessions SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL;

-- name: revoke_sessions
UPDATE sessions SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL;
