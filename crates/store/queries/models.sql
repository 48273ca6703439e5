-- The registry of models.

-- name: live_model
SELECT m.id, m.name, m.version, m.state, m.content_hash, m.parameters, m.evaluation, m.responsible, m.made_at
FROM model_aliases a JOIN models m ON m.id = a.model WHERE a.name = $1 AND m.state = 'live';

-- name: model
SELECT id, name, version, state, content_hash, parameters, evaluation, responsible, made_at FROM models WHERE id = $1;

-- name: models
SELECT id, name, version, state, content_hash, parameters, evaluation, responsible, made_at FROM models
ORDER BY name, version DESC;

-- name: add_model
INSERT INTO models (id, name, version, state, content_hash, parameters, evaluation, responsible, made_at)
SELECT $1, $2, COALESCE(MAX(version), 0) + 1, 'candidate', $3, $4, $5, $6, $7 FROM models WHERE name = $2;

-- name: move_model
UPDATE models SET state = $3 WHERE id = $1 AND state = $2;

-- name: move_alias
INSERT INTO model_aliases (name, model) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET model = excluded.model;
