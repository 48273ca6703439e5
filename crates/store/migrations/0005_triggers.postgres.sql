-- Consent receipts stay append-only, except for a customer who is being erased in this very transaction; an erasure
-- only goes on. The twin for SQLite has the same rules under the same names.

DROP TRIGGER consents_kept ON consents;

CREATE FUNCTION consents_kept_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasures_under_way e WHERE e.customer = OLD.customer) THEN
        RAISE EXCEPTION 'candor: consent receipts are append-only';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER consents_kept BEFORE DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION consents_kept_rule();

CREATE TRIGGER erasures_go_on BEFORE UPDATE ON erasures FOR EACH ROW
WHEN ((OLD.state = 'done') OR (OLD.state = 'scrubbing' AND NEW.state = 'running'))
EXECUTE FUNCTION candor_refuse('an erasure only goes on');

CREATE TRIGGER erasures_kept BEFORE DELETE ON erasures FOR EACH ROW
EXECUTE FUNCTION candor_refuse('erasures are kept');
