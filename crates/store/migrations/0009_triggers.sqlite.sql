-- The history of facts is written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER fact_versions_kept BEFORE DELETE ON fact_versions
BEGIN SELECT RAISE(ABORT, 'candor: the history of facts is kept'); END;

CREATE TRIGGER fact_versions_once BEFORE UPDATE ON fact_versions
BEGIN SELECT RAISE(ABORT, 'candor: the history of facts is kept'); END;
