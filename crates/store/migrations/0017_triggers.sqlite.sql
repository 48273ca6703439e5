-- Nobody lets a model act without a certificate, for SQLite. The twin for PostgreSQL has the same rule.

CREATE TRIGGER model_moves_certified BEFORE INSERT ON model_moves
WHEN NEW.to_state IN ('shadow', 'canary', 'live') AND NOT (NEW.from_state = 'retired' AND EXISTS (SELECT 1 FROM model_moves m WHERE m.model = NEW.model AND m.to_state = 'live')) AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until)
BEGIN SELECT RAISE(ABORT, 'candor: a model is let act by somebody whose certificate holds'); END;
