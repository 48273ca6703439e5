-- Witnesses, for PostgreSQL.

CREATE TRIGGER ledger_cosignatures_unchanged BEFORE UPDATE ON ledger_cosignatures FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what witnesses signed is append-only');

CREATE TRIGGER ledger_cosignatures_kept BEFORE DELETE ON ledger_cosignatures FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what witnesses signed is append-only');

CREATE TRIGGER witnesses_key BEFORE UPDATE ON witnesses FOR EACH ROW
WHEN (OLD.name <> NEW.name OR OLD.vkey <> NEW.vkey OR OLD.added_at <> NEW.added_at OR (OLD.refused_at IS NOT NULL AND NEW.refused_at IS NULL) OR OLD.removed_at IS NOT NULL)
EXECUTE FUNCTION candor_refuse('a witness keeps its key and its refusal');

CREATE TRIGGER witnesses_kept BEFORE DELETE ON witnesses FOR EACH ROW
EXECUTE FUNCTION candor_refuse('witnesses are kept for ever');
