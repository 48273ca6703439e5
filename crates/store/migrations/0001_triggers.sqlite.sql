-- What the schema's constraints cannot say, for SQLite. The twin for PostgreSQL has the same rules under the same
-- names; a test holds the two lists equal.

CREATE TRIGGER campaigns_start BEFORE INSERT ON campaigns
WHEN NEW.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'candor: a campaign starts as a draft'); END;

CREATE TRIGGER campaigns_move BEFORE UPDATE ON campaigns
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'campaign' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a campaign cannot make this move'); END;

CREATE TRIGGER campaigns_four_eyes BEFORE UPDATE ON campaigns
WHEN OLD.state <> NEW.state AND NEW.state IN ('approved', 'running') AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.campaign = NEW.id AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = NEW.content_hash)
BEGIN SELECT RAISE(ABORT, 'candor: a campaign needs a valid approval of exactly this content'); END;

CREATE TRIGGER campaigns_author BEFORE UPDATE ON campaigns
WHEN OLD.author <> NEW.author OR OLD.id <> NEW.id
BEGIN SELECT RAISE(ABORT, 'candor: the author of a campaign never changes'); END;

CREATE TRIGGER campaigns_frozen BEFORE UPDATE ON campaigns
WHEN OLD.state IN ('running', 'paused', 'completed', 'stopped') AND (OLD.version <> NEW.version OR OLD.audience <> NEW.audience OR OLD.control_share <> NEW.control_share OR OLD.content_hash <> NEW.content_hash)
BEGIN SELECT RAISE(ABORT, 'candor: a campaign that has started cannot be edited'); END;

CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'delivery' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a message cannot make this move'); END;

CREATE TRIGGER jobs_move BEFORE UPDATE ON jobs
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'job' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a job cannot make this move'); END;

CREATE TRIGGER models_move BEFORE UPDATE ON models
WHEN OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'model' AND from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'candor: a model cannot make this move'); END;

CREATE TRIGGER approvals_bound BEFORE UPDATE ON approvals
WHEN OLD.voided_at IS NOT NULL OR OLD.campaign <> NEW.campaign OR OLD.author <> NEW.author OR OLD.approver <> NEW.approver OR OLD.verdict <> NEW.verdict OR OLD.content_hash <> NEW.content_hash OR OLD.note <> NEW.note OR OLD.at <> NEW.at
BEGIN SELECT RAISE(ABORT, 'candor: an approval can be voided once, and not changed'); END;

CREATE TRIGGER approvals_kept BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'candor: approvals are kept for ever'); END;

CREATE TRIGGER consents_unchanged BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'candor: consent receipts are append-only'); END;

CREATE TRIGGER consents_kept BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'candor: consent receipts are append-only'); END;

CREATE TRIGGER ledger_leaves_unchanged BEFORE UPDATE ON ledger_leaves
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_leaves_kept BEFORE DELETE ON ledger_leaves
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_nodes_unchanged BEFORE UPDATE ON ledger_nodes
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_nodes_kept BEFORE DELETE ON ledger_nodes
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_checkpoints_unchanged BEFORE UPDATE ON ledger_checkpoints
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_checkpoints_kept BEFORE DELETE ON ledger_checkpoints
BEGIN SELECT RAISE(ABORT, 'candor: the ledger is append-only'); END;

CREATE TRIGGER ledger_payloads_erase_only BEFORE UPDATE ON ledger_payloads
WHEN NEW.payload IS NOT NULL OR OLD.seq <> NEW.seq
BEGIN SELECT RAISE(ABORT, 'candor: a payload of the ledger can be erased, and not changed'); END;

CREATE TRIGGER ledger_payloads_kept BEFORE DELETE ON ledger_payloads
BEGIN SELECT RAISE(ABORT, 'candor: a payload of the ledger is erased in place'); END;

CREATE TRIGGER ledger_head_grows BEFORE UPDATE ON ledger_head
WHEN NEW.size < OLD.size
BEGIN SELECT RAISE(ABORT, 'candor: the ledger only grows'); END;

CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head
BEGIN SELECT RAISE(ABORT, 'candor: the ledger only grows'); END;
