-- What was read, drawn and judged is written once, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER guard_readings_kept BEFORE DELETE ON guard_readings FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what the guard said is kept');

CREATE TRIGGER guard_readings_once BEFORE UPDATE ON guard_readings FOR EACH ROW
WHEN (OLD.hash <> NEW.hash OR OLD.reading <> NEW.reading OR OLD.writer <> NEW.writer OR OLD.held <> NEW.held OR OLD.at <> NEW.at)
EXECUTE FUNCTION candor_refuse('what the guard said is kept');

CREATE TRIGGER guard_passes_once BEFORE UPDATE ON guard_passes FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what an approver let pass is kept');

CREATE TRIGGER guard_passes_kept BEFORE DELETE ON guard_passes FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what an approver let pass is kept');

CREATE TRIGGER guard_draws_once BEFORE UPDATE ON guard_draws FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a sample is drawn once');

CREATE TRIGGER guard_draws_kept BEFORE DELETE ON guard_draws FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a sample is drawn once');

CREATE TRIGGER guard_verdicts_kept BEFORE DELETE ON guard_verdicts FOR EACH ROW
EXECUTE FUNCTION candor_refuse('verdicts are kept; a changed mind is another one');

CREATE TRIGGER guard_verdicts_once BEFORE UPDATE ON guard_verdicts FOR EACH ROW
WHEN (NEW.note <> '' OR OLD.truth <> NEW.truth OR OLD.unfair <> NEW.unfair OR OLD.person <> NEW.person OR OLD.draw <> NEW.draw OR OLD.sentence <> NEW.sentence OR OLD.at <> NEW.at)
EXECUTE FUNCTION candor_refuse('verdicts are kept; a changed mind is another one');
