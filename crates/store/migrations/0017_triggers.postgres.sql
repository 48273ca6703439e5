-- Nobody lets a model act without a certificate, for PostgreSQL. The twin for SQLite has the same rule.

CREATE FUNCTION model_moves_certified_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.to_state IN ('shadow', 'canary', 'live') AND NOT (NEW.from_state = 'retired' AND EXISTS (SELECT 1 FROM model_moves m WHERE m.model = NEW.model AND m.to_state = 'live')) AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) THEN
        RAISE EXCEPTION 'candor: a model is let act by somebody whose certificate holds';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER model_moves_certified BEFORE INSERT ON model_moves
FOR EACH ROW EXECUTE FUNCTION model_moves_certified_rule();
