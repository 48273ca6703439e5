-- What the schema of requests cannot say, for PostgreSQL.

CREATE TRIGGER rights_start BEFORE INSERT ON rights_requests FOR EACH ROW
WHEN (NEW.state NOT IN ('received', 'verifying'))
EXECUTE FUNCTION candor_refuse('a request starts when it is received');

CREATE FUNCTION rights_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM rights_moves WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a request cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER rights_move BEFORE UPDATE ON rights_requests
FOR EACH ROW EXECUTE FUNCTION rights_move_rule();

CREATE TRIGGER rights_clock BEFORE UPDATE ON rights_requests FOR EACH ROW
WHEN (OLD.received_at <> NEW.received_at OR OLD.kind <> NEW.kind OR OLD.law <> NEW.law OR (OLD.due_at <> NEW.due_at AND OLD.extended_at IS NOT NULL))
EXECUTE FUNCTION candor_refuse('the clock of a request is set once and extended once');

CREATE TRIGGER rights_kept BEFORE DELETE ON rights_requests FOR EACH ROW
EXECUTE FUNCTION candor_refuse('requests are kept; their personal data are blanked');

CREATE TRIGGER customer_links_once BEFORE UPDATE ON customer_links FOR EACH ROW
WHEN (OLD.used_at IS NOT NULL AND (NEW.used_at IS NULL OR NEW.used_at <> OLD.used_at))
EXECUTE FUNCTION candor_refuse('a link that was used stays used');
