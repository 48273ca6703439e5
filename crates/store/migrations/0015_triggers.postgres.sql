-- What the schema of the registry cannot say, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER models_start BEFORE INSERT ON models FOR EACH ROW
WHEN (NEW.state <> 'candidate' AND NOT (NEW.state = 'live' AND NEW.kind IN ('texts', 'cues')))
EXECUTE FUNCTION candor_refuse('a model starts as a candidate');

CREATE OR REPLACE FUNCTION models_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'model' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a model cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER models_move BEFORE UPDATE ON models
FOR EACH ROW EXECUTE FUNCTION models_move_rule();

CREATE OR REPLACE FUNCTION models_gated_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state IN ('validated', 'shadow', 'canary', 'live') AND NOT EXISTS (SELECT 1 FROM model_gates g WHERE g.model = NEW.id AND g.passed = 1 AND g.content_hash = NEW.content_hash) THEN
        RAISE EXCEPTION 'candor: a model needs a gate that it passed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER models_gated BEFORE UPDATE ON models
FOR EACH ROW EXECUTE FUNCTION models_gated_rule();

CREATE OR REPLACE FUNCTION models_person_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state IN ('shadow', 'canary', 'live') AND NOT EXISTS (SELECT 1 FROM model_moves m WHERE m.model = NEW.id AND m.from_state = OLD.state AND m.to_state = NEW.state AND m.content_hash = NEW.content_hash AND m.person <> NEW.responsible AND m.id = (SELECT MAX(l.id) FROM model_moves l WHERE l.model = NEW.id)) THEN
        RAISE EXCEPTION 'candor: a model needs a person who did not make it';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER models_person BEFORE UPDATE ON models
FOR EACH ROW EXECUTE FUNCTION models_person_rule();

CREATE TRIGGER models_frozen BEFORE UPDATE ON models FOR EACH ROW
WHEN (OLD.id <> NEW.id OR OLD.kind <> NEW.kind OR OLD.name <> NEW.name OR OLD.version <> NEW.version OR OLD.content_hash <> NEW.content_hash OR OLD.parameters <> NEW.parameters OR OLD.evaluation <> NEW.evaluation OR OLD.card <> NEW.card OR OLD.responsible <> NEW.responsible OR OLD.made_at <> NEW.made_at OR OLD.seal <> NEW.seal)
EXECUTE FUNCTION candor_refuse('what was evaluated is not changed; make a new version');

CREATE TRIGGER models_kept BEFORE DELETE ON models FOR EACH ROW
EXECUTE FUNCTION candor_refuse('versions of models are kept');

CREATE OR REPLACE FUNCTION model_aliases_bound_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM models o JOIN model_moves m ON m.model = o.id JOIN model_gates g ON g.id = m.gate WHERE o.id = NEW.model AND o.name = NEW.name AND o.state = NEW.slot AND o.content_hash = NEW.content_hash AND m.id = NEW.moved AND m.to_state = NEW.slot AND m.person <> o.responsible AND g.id = NEW.gate AND g.model = o.id AND g.passed = 1 AND g.content_hash = o.content_hash) THEN
        RAISE EXCEPTION 'candor: an alias leads to a version that passed and was promoted by a person';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER model_aliases_bound BEFORE INSERT ON model_aliases
FOR EACH ROW EXECUTE FUNCTION model_aliases_bound_rule();

CREATE TRIGGER model_aliases_once BEFORE UPDATE ON model_aliases FOR EACH ROW
EXECUTE FUNCTION candor_refuse('an alias is not changed; the next one takes its place');

CREATE TRIGGER gate_policies_kept BEFORE DELETE ON gate_policies FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER gate_policies_once BEFORE UPDATE ON gate_policies FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_gates_kept BEFORE DELETE ON model_gates FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_gates_once BEFORE UPDATE ON model_gates FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_moves_kept BEFORE DELETE ON model_moves FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_moves_once BEFORE UPDATE ON model_moves FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_watches_kept BEFORE DELETE ON model_watches FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');

CREATE TRIGGER model_watches_once BEFORE UPDATE ON model_watches FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about models is kept');
