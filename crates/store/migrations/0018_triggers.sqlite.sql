-- Oversight, for SQLite, and three more reasons to leave somebody out. The twin for PostgreSQL has the same rules.
-- SQLite cannot change a check: the table is written again, and what refers to it is set aside meanwhile.

CREATE TABLE responses_next AS SELECT message, kind, at FROM responses;
DELETE FROM responses;
CREATE TABLE deliveries_new (
    id            BIGINT NOT NULL PRIMARY KEY,
    campaign      BIGINT NOT NULL REFERENCES campaigns (id),
    customer      TEXT NOT NULL,
    step          BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('excluded', 'planned', 'attempting', 'sent', 'failed', 'suppressed', 'in_doubt', 'cancelled')),
    exclusion     TEXT CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'guard', 'not_approved', 'pilot', 'control')),
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

CREATE TRIGGER campaigns_enough_eyes BEFORE UPDATE ON campaigns
WHEN OLD.state <> NEW.state AND NEW.state IN ('approved', 'running') AND (SELECT COUNT(DISTINCT a.approver) FROM approvals a WHERE a.campaign = NEW.id AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = NEW.content_hash) BETWEEN 1 AND NEW.approvals_needed - 1
BEGIN SELECT RAISE(ABORT, 'candor: a campaign needs as many approvers as it was found to need'); END;

CREATE TRIGGER campaigns_narrowed_once BEFORE UPDATE ON campaigns
WHEN OLD.state IN ('approved', 'running', 'paused', 'completed', 'stopped') AND NEW.state <> 'draft' AND (OLD.struck <> NEW.struck OR COALESCE(OLD.at_most, 0) <> COALESCE(NEW.at_most, 0) OR NEW.approvals_needed < OLD.approvals_needed)
BEGIN SELECT RAISE(ABORT, 'candor: what approvers left out of a campaign is not changed behind them'); END;

CREATE TRIGGER campaigns_without_ai BEFORE UPDATE ON campaigns
WHEN OLD.state <> NEW.state AND NEW.state = 'running' AND NEW.uses_ai = 1 AND EXISTS (SELECT 1 FROM ai_switch s WHERE s.stopped = 1 AND s.id = (SELECT MAX(id) FROM ai_switch))
BEGIN SELECT RAISE(ABORT, 'candor: all AI is stopped, and this campaign uses it'); END;

CREATE TRIGGER ai_switch_kept BEFORE DELETE ON ai_switch
BEGIN SELECT RAISE(ABORT, 'candor: the switch of AI is kept as it was thrown'); END;

CREATE TRIGGER ai_switch_once BEFORE UPDATE ON ai_switch
BEGIN SELECT RAISE(ABORT, 'candor: the switch of AI is kept as it was thrown'); END;

CREATE TRIGGER ai_switch_two_people BEFORE INSERT ON ai_switch
WHEN NEW.stopped = 0 AND (NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) OR EXISTS (SELECT 1 FROM ai_switch s WHERE s.id = (SELECT MAX(b.id) FROM ai_switch b WHERE b.id < NEW.id) AND (s.stopped = 0 OR s.person = NEW.person)))
BEGIN SELECT RAISE(ABORT, 'candor: AI goes on by somebody certified who did not stop it'); END;
