-- The ledger: leaves and nodes for ever, payloads beside them.

-- name: head
SELECT size, edge FROM ledger_head WHERE id = 1;

-- name: move_head
UPDATE ledger_head SET size = $1, edge = $2 WHERE id = 1;

-- name: add_leaves
INSERT INTO ledger_leaves (seq, action, leaf) VALUES /*each*/($1, $2, $3)/*end*/;

-- name: add_payloads
INSERT INTO ledger_payloads (seq, object, entry_key, payload) VALUES /*each*/($1, $2, $3, $4)/*end*/;

-- name: add_nodes
INSERT INTO ledger_nodes (level, place, hash) VALUES /*each*/($1, $2, $3)/*end*/;

-- name: leaf
SELECT leaf FROM ledger_leaves WHERE seq = $1;

-- name: leaves_between
SELECT leaf FROM ledger_leaves WHERE seq >= $1 AND seq < $2 ORDER BY seq;

-- name: node
SELECT hash FROM ledger_nodes WHERE level = $1 AND place = $2;

-- name: entries
SELECT l.leaf, p.object, p.payload FROM ledger_leaves l LEFT JOIN ledger_payloads p ON p.seq = l.seq
WHERE l.seq < $1 AND ($2 = '' OR l.action = $2) ORDER BY l.seq DESC LIMIT $3;

-- name: entries_of_object
SELECT l.leaf, p.object, p.payload FROM ledger_payloads p JOIN ledger_leaves l ON l.seq = p.seq
WHERE p.object = $4 AND l.seq < $1 AND ($2 = '' OR l.action = $2) ORDER BY l.seq DESC LIMIT $3;

-- name: latest_checkpoint
SELECT size, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1;

-- name: checkpoint_at
SELECT note FROM ledger_checkpoints WHERE size = $1;

-- name: checkpoints
SELECT size, note FROM ledger_checkpoints ORDER BY size;

-- name: add_checkpoint
INSERT INTO ledger_checkpoints (size, note, at) VALUES ($1, $2, $3);

-- name: erase_payloads
UPDATE ledger_payloads SET object = NULL, entry_key = NULL, payload = NULL WHERE object = $1;

-- name: leaves_page
-- Everything of an entry, for verification; `kept` is NULL when the row beside the leaf is gone altogether.
SELECT l.seq, l.action, l.leaf, p.seq AS kept, p.object, p.entry_key, p.payload
FROM ledger_leaves l LEFT JOIN ledger_payloads p ON p.seq = l.seq
WHERE l.seq > $1 AND l.seq < $2 ORDER BY l.seq LIMIT $3;

-- name: nodes_between
SELECT place, hash FROM ledger_nodes WHERE level = $1 AND place >= $2 AND place < $3 ORDER BY place;

-- name: counted
-- One statement, so that an append in between cannot tear the figures apart.
SELECT (SELECT size FROM ledger_head WHERE id = 1) AS size,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_leaves) AS leaves,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_payloads) AS payloads,
       (SELECT CAST(COUNT(*) AS BIGINT) FROM ledger_nodes) AS nodes;
