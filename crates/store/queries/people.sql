-- People who work with Candor.

-- name: person_by_email
SELECT id, name, email, role, password_hash FROM people WHERE email_key = $1;

-- name: person
SELECT id, name, email, role FROM people WHERE id = $1;

-- name: people
SELECT id, name, email, role FROM people ORDER BY id;

-- name: add_person
INSERT INTO people (id, name, email, email_key, role, password_hash) VALUES ($1, $2, $3, $4, $5, $6);

-- name: set_password
UPDATE people SET password_hash = $2 WHERE id = $1;
