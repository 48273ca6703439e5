-- What the schema's constraints cannot say, for PostgreSQL, and three more reasons to leave somebody out.

ALTER TABLE deliveries DROP CONSTRAINT deliveries_exclusion_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_exclusion_check CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'control'));

-- As it was: the twin for SQLite writes its table again and needs the rule again.
DROP TRIGGER deliveries_move ON deliveries;
CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
FOR EACH ROW EXECUTE FUNCTION deliveries_move_rule();

CREATE TRIGGER vault_openings_unchanged BEFORE UPDATE ON vault_openings FOR EACH ROW
EXECUTE FUNCTION candor_refuse('openings of the vault are append-only');

CREATE TRIGGER vault_openings_kept BEFORE DELETE ON vault_openings FOR EACH ROW
EXECUTE FUNCTION candor_refuse('openings of the vault are append-only');
