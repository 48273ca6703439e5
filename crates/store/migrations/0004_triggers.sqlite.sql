-- What the schema of requests cannot say, for SQLite.

CREATE TRIGGER rights_start BEFORE INSERT ON rights_requests
WHEN NEW.state NOT IN ('received', 'verifying')
BEGIN SELECT RAISE(ABORT, 'candor: a request starts when it is received'); END;

CREATE TRIGGER rights_move BEFORE UPDATE ON rights_requests
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM rights_moves WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a request cannot make this move'); END;

CREATE TRIGGER rights_clock BEFORE UPDATE ON rights_requests
WHEN OLD.received_at <> NEW.received_at OR OLD.kind <> NEW.kind OR OLD.law <> NEW.law OR (OLD.due_at <> NEW.due_at AND OLD.extended_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'candor: the clock of a request is set once and extended once'); END;

CREATE TRIGGER rights_kept BEFORE DELETE ON rights_requests
BEGIN SELECT RAISE(ABORT, 'candor: requests are kept; their personal data are blanked'); END;

CREATE TRIGGER customer_links_once BEFORE UPDATE ON customer_links
WHEN OLD.used_at IS NOT NULL AND (NEW.used_at IS NULL OR NEW.used_at <> OLD.used_at)
BEGIN SELECT RAISE(ABORT, 'candor: a link that was used stays used'); END;
