-- Witnesses, for SQLite.

CREATE TRIGGER ledger_cosignatures_unchanged BEFORE UPDATE ON ledger_cosignatures
BEGIN SELECT RAISE(ABORT, 'candor: what witnesses signed is append-only'); END;

CREATE TRIGGER ledger_cosignatures_kept BEFORE DELETE ON ledger_cosignatures
BEGIN SELECT RAISE(ABORT, 'candor: what witnesses signed is append-only'); END;

CREATE TRIGGER witnesses_key BEFORE UPDATE ON witnesses
WHEN OLD.name <> NEW.name OR OLD.vkey <> NEW.vkey OR OLD.added_at <> NEW.added_at OR (OLD.refused_at IS NOT NULL AND NEW.refused_at IS NULL) OR OLD.removed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'candor: a witness keeps its key and its refusal'); END;

CREATE TRIGGER witnesses_kept BEFORE DELETE ON witnesses
BEGIN SELECT RAISE(ABORT, 'candor: witnesses are kept for ever'); END;
