-- The vault of sensitive attributes: sealed values, wrapped keys, and the log of openings.

-- name: vault_counts
SELECT attribute, CAST(COUNT(*) AS BIGINT) AS n FROM vault GROUP BY attribute;

-- name: vault_keys
SELECT customer, wrapped FROM vault_keys WHERE customer IN (/*each*/$1/*end*/);

-- name: vault_attributes_of
SELECT attribute, source, at FROM vault WHERE customer = $1 ORDER BY attribute;

-- name: vault_openings
SELECT person, attribute, reason, rows_read, at FROM vault_openings ORDER BY id DESC LIMIT $1;

-- name: add_vault_keys
INSERT INTO vault_keys (customer, wrapped) VALUES /*each*/($1, $2)/*end*/ ON CONFLICT (customer) DO NOTHING;

-- name: put_vault
INSERT INTO vault (customer, attribute, sealed, source, at) VALUES /*each*/($1, $2, $3, $4, $5)/*end*/
ON CONFLICT (customer, attribute) DO UPDATE SET sealed = excluded.sealed, source = excluded.source, at = excluded.at;

-- name: open_vault
SELECT v.customer, v.attribute, v.sealed, v.source, v.at, k.wrapped
FROM vault v JOIN vault_keys k ON k.customer = v.customer WHERE v.attribute = $1 ORDER BY v.customer;

-- name: open_vault_of
SELECT v.customer, v.attribute, v.sealed, v.source, v.at, k.wrapped
FROM vault v JOIN vault_keys k ON k.customer = v.customer WHERE v.customer = $1 ORDER BY v.attribute;

-- name: log_opening
INSERT INTO vault_openings (id, person, attribute, reason, rows_read, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: erase_vault
DELETE FROM vault WHERE customer = $1;

-- name: shred_vault_key
DELETE FROM vault_keys WHERE customer = $1;
