-- The registry of models.

-- name: acting_models
-- What decides under a name, for everybody or for a share: the live version, then the canary.
SELECT m.id, m.kind, m.name, m.version, m.state, m.share, m.content_hash, m.parameters, m.evaluation, m.card, m.responsible, m.made_at, m.seal
FROM model_aliases a JOIN models m ON m.id = a.model WHERE a.name = $1 AND a.slot IN ('live', 'canary') AND m.state = a.slot
ORDER BY a.slot DESC;

-- name: model
SELECT id, kind, name, version, state, share, content_hash, parameters, evaluation, card, responsible, made_at, seal FROM models
WHERE id = $1;

-- name: models
SELECT id, kind, name, version, state, share, content_hash, parameters, evaluation, card, responsible, made_at, seal FROM models
ORDER BY name, version DESC;

-- name: add_model
INSERT INTO models (id, kind, name, version, state, share, content_hash, parameters, evaluation, card, responsible, made_at, seal)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12);

-- name: next_version
SELECT CAST(COALESCE(MAX(version), 0) + 1 AS BIGINT) AS version FROM models WHERE name = $1;

-- name: move_model
UPDATE models SET state = $3, share = $4 WHERE id = $1 AND state = $2;

-- name: aliases
SELECT name, slot, model, content_hash, gate, moved, share, seal FROM model_aliases ORDER BY name, slot;

-- name: aliases_of
SELECT name, slot, model, content_hash, gate, moved, share, seal FROM model_aliases WHERE name = $1;

-- name: clear_alias
DELETE FROM model_aliases WHERE name = $1 AND slot = $2;

-- name: add_alias
INSERT INTO model_aliases (name, slot, model, content_hash, gate, moved, share, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: add_gate
INSERT INTO model_gates (id, model, content_hash, policy, passed, report, at, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: gates_of
SELECT id, model, content_hash, policy, passed, report, at, seal FROM model_gates WHERE model = $1 ORDER BY id DESC;

-- name: add_move
INSERT INTO model_moves (id, model, content_hash, from_state, to_state, share, gate, person, reason, at, seal)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: moves
SELECT v.id, v.model, m.name, v.content_hash, v.from_state, v.to_state, v.share, v.gate, v.person, v.reason, v.at, v.seal
FROM model_moves v JOIN models m ON m.id = v.model ORDER BY v.id;

-- name: last_move
SELECT v.id, v.model, m.name, v.content_hash, v.from_state, v.to_state, v.share, v.gate, v.person, v.reason, v.at, v.seal
FROM model_moves v JOIN models m ON m.id = v.model ORDER BY v.id DESC LIMIT 1;

-- name: gate_policy
SELECT kind, version, at, person, reason, rules, seal FROM gate_policies WHERE kind = $1 ORDER BY version DESC LIMIT 1;

-- name: gate_policies
SELECT kind, version, at, person, reason, rules, seal FROM gate_policies ORDER BY kind, version DESC;

-- name: add_gate_policy
INSERT INTO gate_policies (kind, version, at, person, reason, rules, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (kind, version) DO NOTHING;

-- name: add_watch
INSERT INTO model_watches (id, model, kind, alarm, report, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: watches_of
SELECT id, model, kind, alarm, report, at FROM model_watches WHERE model = $1 AND kind = $2 ORDER BY id DESC LIMIT $3;
