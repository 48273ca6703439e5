-- Audits are written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER fairness_audits_once BEFORE UPDATE ON fairness_audits
BEGIN SELECT RAISE(ABORT, 'candor: what an audit found is kept'); END;

CREATE TRIGGER fairness_audits_kept BEFORE DELETE ON fairness_audits
BEGIN SELECT RAISE(ABORT, 'candor: what an audit found is kept'); END;
