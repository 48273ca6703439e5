-- What was read, drawn and judged is written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER guard_readings_kept BEFORE DELETE ON guard_readings
BEGIN SELECT RAISE(ABORT, 'candor: what the guard said is kept'); END;

CREATE TRIGGER guard_readings_once BEFORE UPDATE ON guard_readings
WHEN OLD.hash <> NEW.hash OR OLD.reading <> NEW.reading OR OLD.writer <> NEW.writer OR OLD.held <> NEW.held OR OLD.at <> NEW.at
BEGIN SELECT RAISE(ABORT, 'candor: what the guard said is kept'); END;

CREATE TRIGGER guard_passes_once BEFORE UPDATE ON guard_passes
BEGIN SELECT RAISE(ABORT, 'candor: what an approver let pass is kept'); END;

CREATE TRIGGER guard_passes_kept BEFORE DELETE ON guard_passes
BEGIN SELECT RAISE(ABORT, 'candor: what an approver let pass is kept'); END;

CREATE TRIGGER guard_draws_once BEFORE UPDATE ON guard_draws
BEGIN SELECT RAISE(ABORT, 'candor: a sample is drawn once'); END;

CREATE TRIGGER guard_draws_kept BEFORE DELETE ON guard_draws
BEGIN SELECT RAISE(ABORT, 'candor: a sample is drawn once'); END;

CREATE TRIGGER guard_verdicts_kept BEFORE DELETE ON guard_verdicts
BEGIN SELECT RAISE(ABORT, 'candor: verdicts are kept; a changed mind is another one'); END;

CREATE TRIGGER guard_verdicts_once BEFORE UPDATE ON guard_verdicts
WHEN NEW.note <> '' OR OLD.truth <> NEW.truth OR OLD.unfair <> NEW.unfair OR OLD.person <> NEW.person OR OLD.draw <> NEW.draw OR OLD.sentence <> NEW.sentence OR OLD.at <> NEW.at
BEGIN SELECT RAISE(ABORT, 'candor: verdicts are kept; a changed mind is another one'); END;
