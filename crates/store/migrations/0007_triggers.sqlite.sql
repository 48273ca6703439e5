-- A period acts only after a look with exactly that period, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER retention_looked_first BEFORE UPDATE ON retention_periods
WHEN NEW.active = 1 AND NOT EXISTS (SELECT 1 FROM retention_steps s JOIN retention_runs r ON r.id = s.run WHERE r.dry = 1 AND s.kind = NEW.kind AND s.days = NEW.days)
BEGIN SELECT RAISE(ABORT, 'candor: a retention period acts only after a dry run with it'); END;

CREATE TRIGGER retention_starts_waiting BEFORE INSERT ON retention_periods
WHEN NEW.active = 1
BEGIN SELECT RAISE(ABORT, 'candor: a retention period acts only after a dry run with it'); END;

CREATE TRIGGER retention_runs_kept BEFORE DELETE ON retention_runs
BEGIN SELECT RAISE(ABORT, 'candor: reports of retention are kept'); END;

CREATE TRIGGER retention_steps_kept BEFORE DELETE ON retention_steps
BEGIN SELECT RAISE(ABORT, 'candor: reports of retention are kept'); END;

CREATE TRIGGER retention_steps_once BEFORE UPDATE ON retention_steps
WHEN OLD.deleted IS NOT NULL OR OLD.days <> NEW.days OR OLD.found <> NEW.found
BEGIN SELECT RAISE(ABORT, 'candor: a step of retention ends once'); END;
