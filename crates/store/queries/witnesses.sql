-- Witnesses of the ledger, and what they signed.

-- name: witnesses
SELECT w.id, w.name, w.vkey, w.url, w.allow_host, w.added_at, w.removed_at, w.tried_at, w.trouble, w.refused_at,
       c.size, c.at
FROM witnesses w
LEFT JOIN ledger_cosignatures c ON c.witness = w.id
     AND c.size = (SELECT MAX(l.size) FROM ledger_cosignatures l WHERE l.witness = w.id)
ORDER BY w.id;

-- name: add_witness
INSERT INTO witnesses (id, name, vkey, url, allow_host, added_at, removed_at, tried_at, trouble, refused_at)
VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, '', NULL);

-- name: remove_witness
UPDATE witnesses SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL;

-- name: tried
UPDATE witnesses SET tried_at = $2, trouble = $3 WHERE id = $1 AND removed_at IS NULL;

-- name: refused
UPDATE witnesses SET refused_at = $2 WHERE id = $1 AND refused_at IS NULL AND removed_at IS NULL;

-- name: add_cosignature
INSERT INTO ledger_cosignatures (witness, size, at, line) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: cosignatures_at
SELECT c.line FROM ledger_cosignatures c WHERE c.size = $1 ORDER BY c.witness;

-- name: all_cosignatures
SELECT w.name, w.vkey, c.size, c.at, c.line, l.note
FROM ledger_cosignatures c JOIN witnesses w ON w.id = c.witness
LEFT JOIN ledger_checkpoints l ON l.size = c.size ORDER BY c.size, c.witness;

-- name: recent
SELECT w.name, c.size, c.at FROM ledger_cosignatures c JOIN witnesses w ON w.id = c.witness
ORDER BY c.size DESC, c.witness LIMIT $1;
