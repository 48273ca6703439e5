-- Oversight, for PostgreSQL, and three more reasons to leave somebody out. The twin for SQLite has the same rules.

ALTER TABLE deliveries DROP CONSTRAINT deliveries_exclusion_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_exclusion_check CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'guard', 'not_approved', 'pilot', 'control'));

-- As it was: the twin for SQLite writes its table again and needs the rule again.
DROP TRIGGER deliveries_move ON deliveries;
CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
FOR EACH ROW EXECUTE FUNCTION deliveries_move_rule();

CREATE FUNCTION campaigns_enough_eyes_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state IN ('approved', 'running') AND (SELECT COUNT(DISTINCT a.approver) FROM approvals a WHERE a.campaign = NEW.id AND a.verdict = 'approved' AND a.voided_at IS NULL AND a.content_hash = NEW.content_hash) BETWEEN 1 AND NEW.approvals_needed - 1 THEN
        RAISE EXCEPTION 'candor: a campaign needs as many approvers as it was found to need';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER campaigns_enough_eyes BEFORE UPDATE ON campaigns
FOR EACH ROW EXECUTE FUNCTION campaigns_enough_eyes_rule();

CREATE FUNCTION campaigns_narrowed_once_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('approved', 'running', 'paused', 'completed', 'stopped') AND NEW.state <> 'draft' AND (OLD.struck <> NEW.struck OR COALESCE(OLD.at_most, 0) <> COALESCE(NEW.at_most, 0) OR NEW.approvals_needed < OLD.approvals_needed) THEN
        RAISE EXCEPTION 'candor: what approvers left out of a campaign is not changed behind them';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER campaigns_narrowed_once BEFORE UPDATE ON campaigns
FOR EACH ROW EXECUTE FUNCTION campaigns_narrowed_once_rule();

CREATE FUNCTION campaigns_without_ai_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state = 'running' AND NEW.uses_ai = 1 AND EXISTS (SELECT 1 FROM ai_switch s WHERE s.stopped = 1 AND s.id = (SELECT MAX(id) FROM ai_switch)) THEN
        RAISE EXCEPTION 'candor: all AI is stopped, and this campaign uses it';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER campaigns_without_ai BEFORE UPDATE ON campaigns
FOR EACH ROW EXECUTE FUNCTION campaigns_without_ai_rule();

CREATE TRIGGER ai_switch_kept BEFORE DELETE ON ai_switch FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the switch of AI is kept as it was thrown');

CREATE TRIGGER ai_switch_once BEFORE UPDATE ON ai_switch FOR EACH ROW
EXECUTE FUNCTION candor_refuse('the switch of AI is kept as it was thrown');

CREATE FUNCTION ai_switch_two_people_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stopped = 0 AND (NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) OR EXISTS (SELECT 1 FROM ai_switch s WHERE s.id = (SELECT MAX(b.id) FROM ai_switch b WHERE b.id < NEW.id) AND (s.stopped = 0 OR s.person = NEW.person))) THEN
        RAISE EXCEPTION 'candor: AI goes on by somebody certified who did not stop it';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ai_switch_two_people BEFORE INSERT ON ai_switch
FOR EACH ROW EXECUTE FUNCTION ai_switch_two_people_rule();
