-- Audits of the house are written once, for PostgreSQL. The twin for SQLite has the same rules.

CREATE TRIGGER fairness_house_audits_once BEFORE UPDATE ON fairness_house_audits FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what an audit found is kept');

CREATE TRIGGER fairness_house_audits_kept BEFORE DELETE ON fairness_house_audits FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what an audit found is kept');
