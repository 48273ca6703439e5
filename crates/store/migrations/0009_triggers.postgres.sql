-- The history of facts is written once, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER fact_versions_kept BEFORE DELETE ON fact_versions FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the history of facts is kept');

CREATE TRIGGER fact_versions_once BEFORE UPDATE ON fact_versions FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the history of facts is kept');
