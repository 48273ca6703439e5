-- What was decided about learned cues is written once, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER house_cues_kept BEFORE DELETE ON house_cues FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_cues_once BEFORE UPDATE ON house_cues FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');
