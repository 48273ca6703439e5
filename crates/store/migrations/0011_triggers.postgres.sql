-- What the brand decided about rules is written once, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER house_rules_kept BEFORE DELETE ON house_rules FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_rules_once BEFORE UPDATE ON house_rules FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_severities_kept BEFORE DELETE ON house_severities FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_severities_once BEFORE UPDATE ON house_severities FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_overrides_kept BEFORE DELETE ON house_overrides FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_overrides_once BEFORE UPDATE ON house_overrides FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_override_ends_kept BEFORE DELETE ON house_override_ends FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');

CREATE TRIGGER house_override_ends_once BEFORE UPDATE ON house_override_ends FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was decided about rules is kept');
