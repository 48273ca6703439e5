-- Two more reasons to leave somebody out, and the rules of the holdout and of vetoes, for PostgreSQL. The twin for SQLite has the same rules.

ALTER TABLE deliveries DROP CONSTRAINT deliveries_exclusion_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_exclusion_check CHECK (exclusion IN ('restricted', 'no_address', 'suppressed', 'no_consent', 'no_profiling', 'no_ai_content', 'topic', 'cap', 'fatigue', 'not_worth_a_contact', 'quiet_hours', 'no_variant', 'personalisation', 'other_campaign', 'missing_facts', 'global_holdout', 'guard', 'not_approved', 'pilot', 'control'));

-- As it was: the twin for SQLite writes its table again and needs the rule again.
DROP TRIGGER deliveries_move ON deliveries;
CREATE TRIGGER deliveries_move BEFORE UPDATE ON deliveries
FOR EACH ROW EXECUTE FUNCTION deliveries_move_rule();

CREATE TRIGGER holdout_rules_once BEFORE UPDATE ON holdout_rules FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a rule of the holdout is kept as it was set: another one follows it');

CREATE TRIGGER holdout_rules_kept BEFORE DELETE ON holdout_rules FOR EACH ROW
EXECUTE FUNCTION candor_refuse('a rule of the holdout is kept as it was set: another one follows it');

CREATE TRIGGER long_term_judgements_once BEFORE UPDATE ON long_term_judgements FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was judged of a campaign is kept');

CREATE TRIGGER long_term_judgements_kept BEFORE DELETE ON long_term_judgements FOR EACH ROW
EXECUTE FUNCTION candor_refuse('what was judged of a campaign is kept');

CREATE TRIGGER long_term_overrides_once BEFORE UPDATE ON long_term_overrides FOR EACH ROW
EXECUTE FUNCTION candor_refuse('who overruled a veto is kept');

CREATE TRIGGER long_term_overrides_kept BEFORE DELETE ON long_term_overrides FOR EACH ROW
EXECUTE FUNCTION candor_refuse('who overruled a veto is kept');

CREATE FUNCTION long_term_overrides_author_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM campaigns c WHERE c.id = NEW.campaign AND c.author = NEW.person) THEN
        RAISE EXCEPTION 'candor: the author of a campaign cannot overrule its veto';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER long_term_overrides_author BEFORE INSERT ON long_term_overrides
FOR EACH ROW EXECUTE FUNCTION long_term_overrides_author_rule();

CREATE FUNCTION long_term_overrides_certified_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = NEW.person AND c.issued_at <= NEW.at AND NEW.at < c.valid_until) THEN
        RAISE EXCEPTION 'candor: a veto is overruled by somebody whose certificate holds';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER long_term_overrides_certified BEFORE INSERT ON long_term_overrides
FOR EACH ROW EXECUTE FUNCTION long_term_overrides_certified_rule();
