-- What the brand decided about rules is written once, for SQLite. The twin for PostgreSQL has the same rules.

CREATE TRIGGER house_rules_kept BEFORE DELETE ON house_rules
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_rules_once BEFORE UPDATE ON house_rules
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_severities_kept BEFORE DELETE ON house_severities
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_severities_once BEFORE UPDATE ON house_severities
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_overrides_kept BEFORE DELETE ON house_overrides
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_overrides_once BEFORE UPDATE ON house_overrides
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_override_ends_kept BEFORE DELETE ON house_override_ends
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;

CREATE TRIGGER house_override_ends_once BEFORE UPDATE ON house_override_ends
BEGIN SELECT RAISE(ABORT, 'candor: what was decided about rules is kept'); END;
