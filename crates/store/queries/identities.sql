-- Other names of customers, and who said what about them.

-- name: identities_named
SELECT kind, alias, customer, source, at FROM identities WHERE kind = $1 AND alias IN (/*each*/$2/*end*/);

-- name: identities_of
SELECT kind, alias, customer, source, at FROM identities WHERE customer = $1 ORDER BY kind, alias;

-- name: put_identity
-- An anonymous id belongs to whoever used it last; a merged key never changes by this.
INSERT INTO identities (kind, alias, customer, source, at) VALUES /*each*/($1, $2, $3, $4, $5)/*end*/
ON CONFLICT (kind, alias) DO UPDATE SET customer = excluded.customer, source = excluded.source, at = excluded.at, moved_at = NULL
WHERE identities.at <= excluded.at;

-- name: move_identities
UPDATE identities SET customer = $2, moved_at = NULL WHERE customer = $1;

-- name: delete_identities_of
DELETE FROM identities WHERE customer = $1;

-- name: delete_identity
DELETE FROM identities WHERE kind = $1 AND alias = $2;

-- name: joined_not_moved
SELECT kind, alias, customer, source, at FROM identities WHERE kind = 'merged' AND moved_at IS NULL ORDER BY alias LIMIT $1;

-- name: set_moved
UPDATE identities SET moved_at = $2 WHERE kind = 'merged' AND moved_at IS NULL AND alias IN (/*each*/$3/*end*/) AND at <= $1;

-- name: trait_sources
SELECT customer, field, source, at FROM trait_sources WHERE customer IN (/*each*/$1/*end*/);

-- name: put_trait_sources
INSERT INTO trait_sources (customer, field, source, at) VALUES /*each*/($1, $2, $3, $4)/*end*/
ON CONFLICT (customer, field) DO UPDATE SET source = excluded.source, at = excluded.at;

-- name: delete_trait_sources
DELETE FROM trait_sources WHERE customer = $1;
