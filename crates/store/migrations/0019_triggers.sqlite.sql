-- Two more reasons to leave somebody out, and the rules of the holdout and of vetoes, for SQLite. The twin for PostgreSQL has the same rules.
-- SQLite cannot change a check: the table is written again, and what refers to it is set aside meanwhile.

CREATE TABLE responses_next AS SELECT message, kind, at FROM responses;
DELETE FROM responses;
CREATE TABLE deliveries_new (
    id            BIGINT NOT NULL PRIMARY KEY,
    campaign      BIGINT NOT NULL REFERENCES campaigns (id),
    customer      TEXT NOT NULL,
    step          BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('excluded', 'planned', 'attempting', 'sent', 'failed', 'suppressed', 'in_doubt', 'cancelled')),
    exclusion     TEXT CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'not_worth_a_contact', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'global_holdout', 'guard', 'not_approved', 'pilot', 'control')),
    arm           TEXT CHECK (arm IN ('treated', 'control')),
    stratum       TEXT NOT NULL,
    propensity    DOUBLE PRECISION,
    variant       BIGINT REFERENCES variants (id),
    not_before    BIGINT,
    reasons       TEXT NOT NULL,
    worker        TEXT,
    fence         BIGINT NOT NULL,
    lease_until   BIGINT,
    attempted_at  BIGINT,
    finished_at   BIGINT,
    reference     TEXT,
    detail        TEXT,
    evidence      TEXT,
    reconciled_by BIGINT REFERENCES people (id),
    UNIQUE (campaign, customer, step),
    CHECK ((state IN ('excluded', 'suppressed')) = (exclusion IS NOT NULL)),
    CHECK (state = 'excluded' OR (arm = 'treated' AND variant IS NOT NULL AND not_before IS NOT NULL))
);
INSERT INTO deliveries_new (id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons, worker, fence, lease_until, attempted_at, finished_at, reference, detail, evidence, reconciled_by)
SELECT id, campaign, customer, step, state, exclusion, arm, stratum, propensity, variant, not_before, reasons, worker, fence, lease_until, attempted_at, finished_at, reference, detail, evidence, reconciled_by FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_new RENAME TO deliveries;
CREATE INDEX deliveries_due ON deliveries (state, not_before);
CREATE INDEX deliveries_customer ON deliveries (customer, state, id);
INSERT INTO responses (message, kind, at) SELECT message, kind, at FROM responses_next;
DROP TABLE responses_next;

CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'delivery' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a message cannot make this move'); END;

CREATE TRIGGER holdout_rules_once BEFORE UPDATE ON holdout_rules
BEGIN SELECT RAISE(ABORT, 'candor: a rule of the holdout is kept as it was set: another one follows it'); END;

CREATE TRIGGER holdout_rules_kept BEFORE DELETE ON holdout_rules
BEGIN SELECT RAISE(ABORT, 'candor: a rule of the holdout is kept as it was set: another one follows it'); END;

CREATE TRIGGER long_term_judgements_once BEFORE UPDATE ON long_term_judgements
BEGIN SELECT RAISE(ABORT, 'candor: what was judged of a campaign is kept'); END;

CREATE TRIGGER long_term_judgements_kept BEFORE DELETE ON long_term_judgements
BEGIN SELECT RAISE(ABORT, 'candor: what was judged of a campaign is kept'); END;

CREATE TRIGGER long_term_overrides_once BEFORE UPDATE ON long_term_overrides
BEGIN SELECT RAISE(ABORT, 'candor: who overruled a veto is kept'); END;

CREATE TRIGGER long_term_overrides_kept BEFORE DELETE ON long_term_overrides
BEGIN SELECT RAISE(ABORT, 'candor: who overruled a veto is kept'); END;

CREATE TRIGGER long_term_overrides_author BEFORE INSERT ON long_term_overrides
WHEN EXISTS (SELECT 1 FROM campaigns c WHERE c.id = NEW.campaign AND c.author = NEW.person)
BEGIN SELECT RAISE(ABORT, 'candor: the author of a campaign cannot overrule its veto'); END;

CREATE TRIGGER long_term_overrides_certified BEFORE INSERT ON long_term_overrides
WHEN NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until)
BEGIN SELECT RAISE(ABORT, 'candor: a veto is overruled by somebody whose certificate holds'); END;
