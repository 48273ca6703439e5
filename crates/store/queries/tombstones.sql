-- Tombstones by keyed hash.

-- name: tombstone
SELECT at FROM tombstones WHERE hash = $1;

-- name: tombstones
SELECT hash, cause, at FROM tombstones ORDER BY hash;

-- name: bury
INSERT INTO tombstones (hash, cause, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING;

-- name: lift_tombstone
DELETE FROM tombstones WHERE hash = $1;

-- name: any_tombstone
SELECT hash FROM tombstones LIMIT 1;

-- name: tombstones_among
SELECT hash FROM tombstones WHERE hash IN (/*each*/$1/*end*/);
