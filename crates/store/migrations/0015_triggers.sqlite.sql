-- What the schema of the registry cannot say, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER models_start BEFORE INSERT ON models
WHEN NEW.state <> 'candidate' AND NOT (NEW.state = 'live' AND NEW.kind IN ('texts', 'cues'))
BEGIN SELECT RAISE(ABORT, 'candor: a model starts as a candidate'); END;

CREATE TRIGGER models_move BEFORE UPDATE ON models
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'model' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a model cannot make this move'); END;

CREATE TRIGGER models_gated BEFORE UPDATE ON models
WHEN OLD.state <> NEW.state AND NEW.state IN ('validated', 'shadow', 'canary', 'live') AND NOT EXISTS (SELECT 1 FROM model_gates g WHERE g.model = NEW.id AND g.passed = 1 AND g.content_hash = NEW.content_hash)
BEGIN SELECT RAISE(ABORT, 'candor: a model needs a gate that it passed'); END;

CREATE TRIGGER models_person BEFORE UPDATE ON models
WHEN OLD.state <> NEW.state AND NEW.state IN ('shadow', 'canary', 'live') AND NOT EXISTS (SELECT 1 FROM model_moves m WHERE m.model = NEW.id AND m.from_state = OLD.state AND m.to_state = NEW.state AND m.content_hash = NEW.content_hash AND m.person <> NEW.responsible AND m.id = (SELECT MAX(l.id) FROM model_moves l WHERE l.model = NEW.id))
BEGIN SELECT RAISE(ABORT, 'candor: a model needs a person who did not make it'); END;

CREATE TRIGGER models_frozen BEFORE UPDATE ON models
WHEN OLD.id <> NEW.id OR OLD.kind <> NEW.kind OR OLD.name <> NEW.name OR OLD.version <> NEW.version OR OLD.content_hash <> NEW.content_hash OR OLD.parameters <> NEW.parameters OR OLD.evaluation <> NEW.evaluation OR OLD.card <> NEW.card OR OLD.responsible <> NEW.responsible OR OLD.made_at <> NEW.made_at OR OLD.seal <> NEW.seal
BEGIN SELECT RAISE(ABORT, 'candor: what was evaluated is not changed; make a new version'); END;

CREATE TRIGGER models_kept BEFORE DELETE ON models
BEGIN SELECT RAISE(ABORT, 'candor: versions of models are kept'); END;

CREATE TRIGGER model_aliases_bound BEFORE INSERT ON model_aliases
WHEN NOT EXISTS (SELECT 1 FROM models o JOIN model_moves m ON m.model = o.id JOIN model_gates g ON g.id = m.gate WHERE o.id = NEW.model AND o.name = NEW.name AND o.state = NEW.slot AND o.content_hash = NEW.content_hash AND m.id = NEW.moved AND m.to_state = NEW.slot AND m.person <> o.responsible AND g.id = NEW.gate AND g.model = o.id AND g.passed = 1 AND g.content_hash = o.content_hash)
BEGIN SELECT RAISE(ABORT, 'candor: an alias leads to a version that passed and was promoted by a person'); END;

CREATE TRIGGER model_aliases_once BEFORE UPDATE ON model_aliases
BEGIN SELECT RAISE(ABORT, 'candor: an alias is not changed; the next one takes its place'); END;

CREATE TRIGGER gate_policies_kept BEFORE DELETE ON gate_policies
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER gate_policies_once BEFORE UPDATE ON gate_policies
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_gates_kept BEFORE DELETE ON model_gates
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_gates_once BEFORE UPDATE ON model_gates
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_moves_kept BEFORE DELETE ON model_moves
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_moves_once BEFORE UPDATE ON model_moves
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_watches_kept BEFORE DELETE ON model_watches
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;

CREATE TRIGGER model_watches_once BEFORE UPDATE ON model_watches
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about models is kept'); END;
