-- Consent receipts stay append-only, except for a customer who is being erased in this very transaction; an erasure
-- only goes on. The twin for PostgreSQL has the same rules under the same names.

DROP TRIGGER consents_kept;

CREATE TRIGGER consents_kept BEFORE DELETE ON consents
WHEN NOT EXISTS (SELECT 1 FROM erasures_under_way e WHERE e.customer = OLD.customer)
BEGIN SELECT RAISE(ABORT, 'candor: consent receipts are append-only'); END;

CREATE TRIGGER erasures_go_on BEFORE UPDATE ON erasures
WHEN (OLD.state = 'done') OR (OLD.state = 'scrubbing' AND NEW.state = 'running')
BEGIN SELECT RAISE(ABORT, 'candor: an erasure only goes on'); END;

CREATE TRIGGER erasures_kept BEFORE DELETE ON erasures
BEGIN SELECT RAISE(ABORT, 'candor: erasures are kept'); END;
