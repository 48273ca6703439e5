-- What was decided about learned cues is written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER house_cues_kept BEFORE DELETE ON house_cues
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_cues_once BEFORE UPDATE ON house_cues
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;
