-- What the schema's constraints cannot say, for PostgreSQL. The twin for SQLite has the same rules under the same
-- names; a test holds the two lists equal.

CREATE FUNCTION candor_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'candor: %', TG_ARGV[0];
END
$$;

CREATE TRIGGER campaigns_start BEFORE INSERT ON campaigns FOR EACH ROW
WHEN (NEW.state <> 'draft')
EXECUTE FUNCTION candor_refuse('a campaign starts as a draft');

CREATE FUNCTION campaigns_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'campaign' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a campaign cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER campaigns_move BEFORE UPDATE ON campaigns
FOR EACH ROW EXECUTE FUNCTION campaigns_move_rule();

CREATE FUNCTION campaigns_four_eyes_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state IN ('approved', 'running') AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.campaign = NEW.id AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = NEW.content_hash) THEN
        RAISE EXCEPTION 'candor: a campaign needs a valid approval of exactly this content';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER campaigns_four_eyes BEFORE UPDATE ON campaigns
FOR EACH ROW EXECUTE FUNCTION campaigns_four_eyes_rule();

CREATE TRIGGER campaigns_author BEFORE UPDATE ON campaigns FOR EACH ROW
WHEN (OLD.author <> NEW.author OR OLD.id <> NEW.id)
EXECUTE FUNCTION candor_refuse('the author of a campaign never changes');

CREATE TRIGGER campaigns_frozen BEFORE UPDATE ON campaigns FOR EACH ROW
WHEN (OLD.state IN ('running', 'paused', 'completed', 'stopped') AND (OLD.version <> NEW.version OR OLD.audience <> NEW.audience OR OLD.control_share <> NEW.control_share OR OLD.content_hash <> NEW.content_hash))
EXECUTE FUNCTION candor_refuse('a campaign that has started cannot be edited');

CREATE FUNCTION deliveries_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'delivery' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a message cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
FOR EACH ROW EXECUTE FUNCTION deliveries_move_rule();

CREATE FUNCTION jobs_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'job' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a job cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER jobs_move BEFORE UPDATE ON jobs
FOR EACH ROW EXECUTE FUNCTION jobs_move_rule();

CREATE FUNCTION models_move_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NOT EXISTS (SELECT 1 FROM moves WHERE machine = 'model' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'candor: a model cannot make this move';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER models_move BEFORE UPDATE ON models
FOR EACH ROW EXECUTE FUNCTION models_move_rule();

CREATE TRIGGER approvals_bound BEFORE UPDATE ON approvals FOR EACH ROW
WHEN (OLD.voided_at IS NOT NULL OR OLD.campaign <> NEW.campaign OR OLD.author <> NEW.author OR OLD.approver <> NEW.approver OR OLD.verdict <> NEW.verdict OR OLD.content_hash <> NEW.content_hash OR OLD.note <> NEW.note OR OLD.at <> NEW.at)
EXECUTE FUNCTION candor_refuse('an approval can be voided once, and not changed');

CREATE TRIGGER approvals_kept BEFORE DELETE ON approvals FOR EACH ROW
EXECUTE FUNCTION candor_refuse('approvals are kept for ever');

CREATE TRIGGER consents_unchanged BEFORE UPDATE ON consents FOR EACH ROW
EXECUTE FUNCTION candor_refuse('consent receipts are append-only');

CREATE TRIGGER consents_kept BEFORE DELETE ON consents FOR EACH ROW
EXECUTE FUNCTION candor_refuse('consent receipts are append-only');

CREATE TRIGGER ledger_leaves_unchanged BEFORE UPDATE ON ledger_leaves FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_leaves_kept BEFORE DELETE ON ledger_leaves FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_nodes_unchanged BEFORE UPDATE ON ledger_nodes FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_nodes_kept BEFORE DELETE ON ledger_nodes FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_checkpoints_unchanged BEFORE UPDATE ON ledger_checkpoints FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_checkpoints_kept BEFORE DELETE ON ledger_checkpoints FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger is append-only');

CREATE TRIGGER ledger_payloads_erase_only BEFORE UPDATE ON ledger_payloads FOR EACH ROW
WHEN (NEW.payload IS NOT NULL OR OLD.seq <> NEW.seq)
EXECUTE FUNCTION candor_refuse('a payload of the ledger can be erased, and not changed');

CREATE TRIGGER ledger_payloads_kept BEFORE DELETE ON ledger_payloads FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a payload of the ledger is erased in place');

CREATE TRIGGER ledger_head_grows BEFORE UPDATE ON ledger_head FOR EACH ROW
WHEN (NEW.size < OLD.size)
EXECUTE FUNCTION candor_refuse('the ledger only grows');

CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the ledger only grows');
