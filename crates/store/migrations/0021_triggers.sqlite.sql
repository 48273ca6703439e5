-- Audits of the house are written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER fairness_house_audits_once BEFORE UPDATE ON fairness_house_audits
BEGIN SELECT RAISE(ABORT, 'candor: what an audit found is kept'); END;

CREATE TRIGGER fairness_house_audits_kept BEFORE DELETE ON fairness_house_audits
BEGIN SELECT RAISE(ABORT, 'candor: what an audit found is kept'); END;
