-- A period acts only after a look with exactly that period, for PostgreSQL. The twin for SQLite has the same rules.

CREATE FUNCTION retention_looked_first_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active = 1 AND NOT EXISTS (SELECT 1 FROM retention_steps s JOIN retention_runs r ON r.id = s.run WHERE r.dry = 1 AND s.kind = NEW.kind AND s.days = NEW.days) THEN
        RAISE EXCEPTION 'candor: a retention period acts only after a dry run with it';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER retention_looked_first BEFORE UPDATE ON retention_periods
FOR EACH ROW EXECUTE FUNCTION retention_looked_first_rule();

CREATE TRIGGER retention_starts_waiting BEFORE INSERT ON retention_periods FOR EACH ROW
WHEN (NEW.active = 1)
EXECUTE FUNCTION candor_refuse('a retention period acts only after a dry run with it');

CREATE TRIGGER retention_runs_kept BEFORE DELETE ON retention_runs FOR EACH ROW
EXECUTE FUNCTION candor_refuse('reports of retention are kept');

CREATE TRIGGER retention_steps_kept BEFORE DELETE ON retention_steps FOR EACH ROW
EXECUTE FUNCTION candor_refuse('reports of retention are kept');

CREATE TRIGGER retention_steps_once BEFORE UPDATE ON retention_steps FOR EACH ROW
WHEN (OLD.deleted IS NOT NULL OR OLD.days <> NEW.days OR OLD.found <> NEW.found)
EXECUTE FUNCTION candor_refuse('a step of retention ends once');
