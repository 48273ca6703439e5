-- Notices on the use of data; never changed.

-- name: notices
SELECT id, version, language, purposes, text, hash, added_at FROM notices ORDER BY id;

-- name: notice
SELECT id, version, language, purposes, text, hash, added_at FROM notices WHERE version = $1 AND language = $2;

-- name: add_notice
INSERT INTO notices (id, version, language, purposes, text, hash, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7);
