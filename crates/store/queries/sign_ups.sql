-- Sign-ups that wait for their confirmation, and those that were confirmed.

-- name: add_sign_up
INSERT INTO sign_ups (id, email, email_key, language, purposes, notice_version, notice_hash, token_hash, source, source_hash, opted_out, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: sign_up
SELECT id, email, language, purposes, notice_version, notice_hash, source, source_hash, opted_out, asked_at, expires_at, confirmed_at, customer
FROM sign_ups WHERE token_hash = $1;

-- name: sign_ups_of
SELECT id, email, language, purposes, notice_version, notice_hash, source, source_hash, opted_out, asked_at, expires_at, confirmed_at, customer
FROM sign_ups WHERE customer = $1 OR email_key = $2 ORDER BY id;

-- name: confirm_sign_up
UPDATE sign_ups SET confirmed_at = $2, customer = $3
WHERE token_hash = $1 AND confirmed_at IS NULL AND expires_at >= $2;

-- name: delete_expired_sign_ups
DELETE FROM sign_ups WHERE confirmed_at IS NULL AND expires_at < $1;

-- name: delete_sign_ups_of
DELETE FROM sign_ups WHERE customer = $1 OR email_key = $2;
